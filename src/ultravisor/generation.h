/* SPDX-License-Identifier: MIT */
/*
 * What the machine generations offer: one table for everything that depends on
 * it (calls, flags, limits). The page docs/reference/generations.md prints it with the
 * source of each value.
 */
#ifndef UV_ULTRAVISOR_GENERATION_H
#define UV_ULTRAVISOR_GENERATION_H

#include <stdbool.h>
#include <stdint.h>

#define GENERATION_CALL_WORDS 4

struct generation {
	const char *name;            /* "z15" */
	const uint16_t *types;       /* machine types, as hexadecimal digits read (0x8561); 0 ends */
	const char *const *cpu_models; /* QEMU's name of the CPU model of each type */
	uint64_t calls[GENERATION_CALL_WORDS]; /* installed calls a guest sees, MSB0 */
	uint64_t feature_indications;
	uint64_t header_versions;    /* MSB0 bit n = version (n + 1) * 0x100 */
	uint64_t pcf;                /* plaintext control flags accepted */
	uint64_t scf;                /* secret control flags accepted */
	uint64_t attestation_versions;
	uint64_t attestation_flags;
	uint64_t add_secret_versions;
	uint64_t add_secret_flags;
	uint64_t secret_types;       /* MSB0 bit n = type n */
	uint16_t max_association_secrets;
	uint16_t max_retrievable_secrets;
	uint32_t max_guests;
	uint16_t max_cpu_id;         /* the highest CPU address of a guest */
	uint64_t max_address;        /* highest guest storage address */
	bool dump;                   /* confidential dump */
	bool ap;                     /* crypto adapters for protected guests */
};

/* All generations, oldest first; ended by an entry without a name. */
extern const struct generation generations[];

/* By name ("z16"), or by machine type (0x3931); NULL when there is none. */
const struct generation *generation_by_name(const char *name);
const struct generation *generation_by_type(uint16_t type);

/* QEMU's name of the CPU model of machine type @type ("gen16a"); NULL if unknown. */
const char *generation_cpu_model(uint16_t type);

#endif
