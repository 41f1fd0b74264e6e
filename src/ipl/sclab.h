/* SPDX-License-Identifier: MIT */
/*
 * SCLAB, the secure-code-loading-attributes block: at the very end of a signed
 * component, it says under which circumstances the component may be used.
 * Freestanding. See docs/reference/boot-map.md, "SCLAB".
 */
#ifndef UV_IPL_SCLAB_H
#define UV_IPL_SCLAB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/be.h"
#include "ipl/problem.h"

#define SCLAB_FORMAT 0
#define SCLAB_LENGTH_MIN 32

#define SCLAB_OPSW 0x8000 /* names the load PSW; that makes it the global one */
#define SCLAB_OLA 0x4000  /* names the load address */
#define SCLAB_NUC 0x2000  /* no unsigned components beside it (global only) */
#define SCLAB_SC 0x1000   /* no other component beside it (global only) */

struct sclab {
	uint8_t format;       /* 0x00 SCLAB_FORMAT */
	uint8_t reserved_01;  /* 0x01 */
	be16_t flags;         /* 0x02 SCLAB_… */
	uint8_t reserved_04[4]; /* 0x04 */
	be64_t load_psw;      /* 0x08 short format; 0 without SCLAB_OPSW */
	be64_t load_address;  /* 0x10 0 without SCLAB_OLA */
};
WIRE_AT(struct sclab, flags, 0x02);
WIRE_AT(struct sclab, load_psw, 0x08);
WIRE_AT(struct sclab, load_address, 0x10);
WIRE_SIZE(struct sclab, 0x18);

/* The last bytes of the component. */
struct sclab_locator {
	be16_t reserved;  /* 0x00 */
	be16_t length;    /* 0x02 from the start of the SCLAB to the component's end */
	uint8_t magic[4]; /* 0x04 BOOTMAP_MAGIC */
};
WIRE_SIZE(struct sclab_locator, 8);

/*
 * Finds the SCLAB of the @size bytes at @component, as loaded: whole blocks.
 * Copies it to *@sclab and returns IPL_OK, else why there is none
 * (IPL_PROBLEM_SCLAB_…); its format and content are not looked at.
 */
enum ipl_problem sclab_find(const void *component, uint64_t size, struct sclab *sclab);

/* What sclab_check() has to know beside the block. */
struct sclab_place {
	uint64_t address;   /* to which the component was loaded */
	bool global_before; /* an earlier component has a global SCLAB */
};

#define SCLAB_FINDINGS_MAX 8

/* What is wrong with one SCLAB, in the order of the checks. */
struct sclab_findings {
	unsigned count;
	enum ipl_problem problems[SCLAB_FINDINGS_MAX];
};

/* Whether @sclab is a global one. */
bool sclab_is_global(const struct sclab *sclab);

/* Checks all that one component's SCLAB must fulfil on its own. */
void sclab_check(const struct sclab *sclab, const struct sclab_place *place,
		 struct sclab_findings *findings);

#endif
