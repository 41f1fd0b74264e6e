/* SPDX-License-Identifier: MIT */
/*
 * IPL report: what a boot loader in audit or secure mode tells the program
 * that it starts (IPL information report block, IIRB). It lies directly behind
 * the IPL parameter block. Freestanding. See docs/reference/ipl-report.md.
 */
#ifndef UV_IPL_REPORT_H
#define UV_IPL_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "ipl/bootmap.h"
#include "ipl/iplb.h"

struct iirb {
	be32_t length;          /* 0x00 of this header and all blocks */
	uint8_t flags;          /* 0x04 0 */
	uint8_t reserved_05[2]; /* 0x05 */
	uint8_t version;        /* 0x07 0 */
	uint8_t reserved_08[8]; /* 0x08 */
};
WIRE_SIZE(struct iirb, 16);

enum iirb_block_type {
	IIRB_CERTIFICATES = 1,
	IIRB_COMPONENTS = 2,
};

/* Followed by its entries. */
struct iirb_block {
	be32_t length;          /* 0x00 of this header and the entries */
	uint8_t type;           /* 0x04 enum iirb_block_type */
	uint8_t reserved_05[3]; /* 0x05 */
	be16_t iiei;            /* 0x08 IIEI_… in a list of components */
	uint8_t reserved_0a[6]; /* 0x0a */
};
WIRE_AT(struct iirb_block, iiei, 0x08);
WIRE_SIZE(struct iirb_block, 16);

#define IIRB_SIGNED 0x80   /* SC: the component has a signature */
#define IIRB_VERIFIED 0x40 /* CSV: and the signature verifies */

/* The last one stands for the EXEC entry: its address is the load PSW, its length 0. */
struct iirb_component {
	be64_t address;         /* 0x00 absolute */
	be64_t length;          /* 0x08 in bytes, whole blocks */
	uint8_t flags;          /* 0x10 IIRB_SIGNED, IIRB_VERIFIED */
	uint8_t reserved_11[5]; /* 0x11 */
	be16_t certificate;     /* 0x16 index into this report's certificates */
	be32_t cei;             /* 0x18 CEI_… */
	uint8_t reserved_1c[4]; /* 0x1c */
};
WIRE_AT(struct iirb_component, flags, 0x10);
WIRE_AT(struct iirb_component, certificate, 0x16);
WIRE_AT(struct iirb_component, cei, 0x18);
WIRE_SIZE(struct iirb_component, 32);

struct iirb_certificate {
	be64_t address; /* 0x00 absolute, of the certificate in DER */
	be64_t length;  /* 0x08 in bytes */
};
WIRE_SIZE(struct iirb_certificate, 16);

#define IIRB_COMPONENTS_MAX BOOTMAP_ENTRIES_MAX
#define IIRB_CERTIFICATES_MAX 64

/* The most that a report takes. */
#define IIRB_SIZE_MAX                                                           \
	(sizeof(struct iirb) + 2 * sizeof(struct iirb_block) +                  \
	 IIRB_COMPONENTS_MAX * sizeof(struct iirb_component) +                  \
	 IIRB_CERTIFICATES_MAX * sizeof(struct iirb_certificate))

/* Storage for an IPL parameter block with a report behind it. */
#define IPL_REPORT_ROOM (IPLB_SIZE + IIRB_SIZE_MAX)

/* What a report says, while it is being put together or after reading. */
struct ipl_report {
	uint16_t iiei;
	unsigned component_count;
	unsigned certificate_count;
	struct iirb_component components[IIRB_COMPONENTS_MAX];
	struct iirb_certificate certificates[IIRB_CERTIFICATES_MAX];
};

/*
 * Writes @report to @to (IIRB_SIZE_MAX bytes) and returns its size. A list of
 * certificates without entries comes first, since readers overlook it at the
 * end; else the components come first.
 */
size_t ipl_report_write(const struct ipl_report *report, void *to);

/*
 * Reads a report of at most @size bytes at @from. False when it is damaged,
 * has more entries than fit, a certificate index beyond the list, or lacks a
 * list of components. Unknown blocks are skipped.
 */
bool ipl_report_read(struct ipl_report *report, const void *from, size_t size);

/* Where the report of @iplb lies, counted from the block's start. */
uint32_t ipl_report_offset(const struct iplb *iplb);

#endif
