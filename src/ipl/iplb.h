/* SPDX-License-Identifier: MIT */
/*
 * IPL parameter block (IPLB) of a disk, its load parameter, and QEMU's own IPL
 * parameters (QIPL). Freestanding: the boot loader uses it too. Blocks for a
 * protected start are image/ipib.h. See docs/reference/boot-map.md, "IPL
 * parameter block".
 */
#ifndef UV_IPL_IPLB_H
#define UV_IPL_IPLB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/be.h"

#define IPLB_SIZE 4096 /* room that a block takes, whatever its length says */
#define IPLB_CCW_LENGTH 200 /* type CCW or SCSI without a report */

#define IPLB_SECURE 0x40 /* SIPL: start nothing that is not verified */
#define IPLB_REPORT 0x20 /* IPLIR: an IPL report follows the block */

#define IPLB_LOADPARM_VALID 0x80
#define IPLB_LOADPARM_SIZE 8

enum iplb_type {
	IPLB_FCP = 0x00,
	IPLB_CCW = 0x02,
	IPLB_PCI = 0x04,
	IPLB_PV = 0x05,
	IPLB_SCSI = 0xff, /* a disk behind a virtio-scsi adapter */
};

struct iplb {
	be32_t length;                       /* 0x00 of the block; 4096 with IPLB_REPORT */
	uint8_t flags;                       /* 0x04 IPLB_SECURE, IPLB_REPORT */
	uint8_t reserved_05[2];              /* 0x05 */
	uint8_t version;                     /* 0x07 0 */
	be32_t block_length;                 /* 0x08 192 for CCW and SCSI */
	uint8_t type;                        /* 0x0c enum iplb_type */
	uint8_t block_flags;                 /* 0x0d IPLB_LOADPARM_VALID */
	uint8_t reserved_0e[2];              /* 0x0e */
	uint8_t loadparm[IPLB_LOADPARM_SIZE]; /* 0x10 EBCDIC, padded with blanks */
	be32_t lun;                          /* 0x18 SCSI only */
	be16_t target;                       /* 0x1c SCSI only */
	be16_t channel;                      /* 0x1e SCSI only */
	uint8_t reserved_20[0x4d];           /* 0x20 */
	uint8_t ssid;                        /* 0x6d subchannel set, two bits */
	be16_t devno;                        /* 0x6e of the disk or its adapter */
	uint8_t rest[IPLB_SIZE - 0x70];      /* 0x70 */
};
WIRE_AT(struct iplb, flags, 0x04);
WIRE_AT(struct iplb, version, 0x07);
WIRE_AT(struct iplb, block_length, 0x08);
WIRE_AT(struct iplb, type, 0x0c);
WIRE_AT(struct iplb, loadparm, 0x10);
WIRE_AT(struct iplb, lun, 0x18);
WIRE_AT(struct iplb, target, 0x1c);
WIRE_AT(struct iplb, channel, 0x1e);
WIRE_AT(struct iplb, ssid, 0x6d);
WIRE_AT(struct iplb, devno, 0x6e);
WIRE_SIZE(struct iplb, IPLB_SIZE);

/* How strictly a boot loader looks at what it loads. */
enum ipl_mode {
	IPL_NORMAL, /* signatures are not looked at; no report */
	IPL_AUDIT,  /* everything is checked and reported, and started all the same */
	IPL_SECURE, /* only what passes every check is started */
};

/* The mode that the first boot device's block asks for. */
enum ipl_mode iplb_mode(const struct iplb *iplb);

/* "normal", "audit", "secure". */
const char *ipl_mode_name(enum ipl_mode mode);

/*
 * The number of a program that a load parameter names: its decimal digits.
 * 0, the default program, when it is empty, no number, or not valid.
 */
unsigned iplb_program(const struct iplb *iplb);

/* Whether the load parameter is PROMPT: ask a person which program to load. */
bool iplb_wants_menu(const struct iplb *iplb);

/* QEMU's IPL parameters: 28 bytes at absolute address QIPL_ADDRESS. */
#define QIPL_ADDRESS 0xccUL
#define QIPL_MENU 0x80 /* boot menu wanted on the command line */

struct qipl {
	uint8_t flags;          /* 0x00 */
	uint8_t position;       /* 0x01 in the boot order, from 0 */
	uint8_t reserved_02[2]; /* 0x02 */
	uint8_t reserved_04[8]; /* 0x04 */
	be32_t menu_timeout;    /* 0x0c in ms */
	uint8_t reserved_10[2]; /* 0x10 */
	be16_t fallbacks;       /* 0x12 blocks left at fallback_address */
	be64_t fallback_address; /* 0x14 of blocks of IPLB_SIZE bytes; 0 without */
};
WIRE_AT(struct qipl, menu_timeout, 0x0c);
WIRE_AT(struct qipl, fallbacks, 0x12);
WIRE_AT(struct qipl, fallback_address, 0x14);
WIRE_SIZE(struct qipl, 28);

#endif
