/* SPDX-License-Identifier: MIT */
/*
 * The block of Query Ultravisor Information. See
 * docs/reference/ultravisor-calls.md, "Query Ultravisor Information".
 */
#ifndef UV_ULTRAVISOR_QUERY_H
#define UV_ULTRAVISOR_QUERY_H

#include "ultravisor/generation.h"
#include "ultravisor/uvcb.h"

/* A shorter block is refused; one shorter than the whole gets what fits. */
#define QUERY_MIN_SIZE 0xa8

struct uvcb_query {
	struct uvcb_header header;                  /* 0x000 */
	be64_t reserved_08;                         /* 0x008 */
	be64_t calls[GENERATION_CALL_WORDS];        /* 0x010 installed calls, MSB0 */
	be64_t reserved_30[2];                      /* 0x030 */
	be64_t base_storage_size;                   /* 0x040 */
	be64_t reserved_48;                         /* 0x048 */
	be64_t configuration_base_size;             /* 0x050 */
	be64_t configuration_virtual_size;          /* 0x058 fixed part */
	be64_t configuration_virtual_per_mib;       /* 0x060 */
	be64_t cpu_storage_size;                    /* 0x068 */
	uint8_t reserved_70[12];                    /* 0x070 */
	be32_t max_configurations;                  /* 0x07c */
	be64_t max_address;                         /* 0x080 of guest storage */
	uint8_t reserved_88[22];                    /* 0x088 */
	be16_t max_cpu_id;                          /* 0x09e */
	be64_t feature_indications;                 /* 0x0a0 */
	be64_t reserved_a8;                         /* 0x0a8 */
	be64_t header_versions;                     /* 0x0b0 */
	be64_t header_pcf;                          /* 0x0b8 */
	be64_t reserved_c0;                         /* 0x0c0 */
	be64_t dump_storage_state_size;             /* 0x0c8 for one MiB */
	be64_t dump_completion_size;                /* 0x0d0 */
	be64_t reserved_d8;                         /* 0x0d8 */
	be64_t attestation_versions;                /* 0x0e0 */
	be64_t attestation_flags;                   /* 0x0e8 */
	be64_t reserved_f0;                         /* 0x0f0 */
	be64_t add_secret_versions;                 /* 0x0f8 */
	be64_t add_secret_flags;                    /* 0x100 */
	be64_t secret_types;                        /* 0x108 bit n = type n */
	be16_t max_association_secrets;             /* 0x110 */
	be16_t max_retrievable_secrets;             /* 0x112 */
	uint8_t reserved_114[12];                   /* 0x114 */
};
WIRE_AT(struct uvcb_query, calls, 0x10);
WIRE_AT(struct uvcb_query, base_storage_size, 0x40);
WIRE_AT(struct uvcb_query, configuration_base_size, 0x50);
WIRE_AT(struct uvcb_query, configuration_virtual_size, 0x58);
WIRE_AT(struct uvcb_query, configuration_virtual_per_mib, 0x60);
WIRE_AT(struct uvcb_query, cpu_storage_size, 0x68);
WIRE_AT(struct uvcb_query, max_configurations, 0x7c);
WIRE_AT(struct uvcb_query, max_address, 0x80);
WIRE_AT(struct uvcb_query, max_cpu_id, 0x9e);
WIRE_AT(struct uvcb_query, feature_indications, 0xa0);
WIRE_AT(struct uvcb_query, header_versions, 0xb0);
WIRE_AT(struct uvcb_query, header_pcf, 0xb8);
WIRE_AT(struct uvcb_query, dump_storage_state_size, 0xc8);
WIRE_AT(struct uvcb_query, dump_completion_size, 0xd0);
WIRE_AT(struct uvcb_query, attestation_versions, 0xe0);
WIRE_AT(struct uvcb_query, attestation_flags, 0xe8);
WIRE_AT(struct uvcb_query, add_secret_versions, 0xf8);
WIRE_AT(struct uvcb_query, add_secret_flags, 0x100);
WIRE_AT(struct uvcb_query, secret_types, 0x108);
WIRE_AT(struct uvcb_query, max_association_secrets, 0x110);
WIRE_AT(struct uvcb_query, max_retrievable_secrets, 0x112);
WIRE_SIZE(struct uvcb_query, 0x120);

#endif
