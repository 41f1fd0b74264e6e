/* SPDX-License-Identifier: MIT */
/*
 * Dynamic address translation as the architecture describes it: from an
 * address of a guest to an absolute one, or to the access exception that the
 * access has to end in. It knows no vCPU and no QEMU, so it can be tested alone.
 *
 * QEMU's own translation cannot be asked: it ignores page protection and does
 * not say which exception is due. See docs/reference/engine.md, "Access
 * exceptions".
 */
#ifndef UV_PLUGIN_DAT_H
#define UV_PLUGIN_DAT_H

#include <stdbool.h>
#include <stdint.h>

/* Interruption codes of access exceptions. */
#define PGM_PROTECTION 0x04
#define PGM_ADDRESSING 0x05
#define PGM_SEGMENT_TRANSLATION 0x10
#define PGM_PAGE_TRANSLATION 0x11
#define PGM_TRANSLATION_SPECIFICATION 0x12
#define PGM_ASCE_TYPE 0x38
#define PGM_REGION_FIRST_TRANSLATION 0x39
#define PGM_REGION_SECOND_TRANSLATION 0x3a
#define PGM_REGION_THIRD_TRANSLATION 0x3b

/* Address spaces, with their numbers in a translation-exception identification. */
enum dat_space { DAT_PRIMARY = 0, DAT_SECONDARY = 2, DAT_HOME = 3 };

/* What of a CPU's state decides how its addresses are translated. */
struct dat_context {
	bool dat;              /* addresses are virtual, else real */
	enum dat_space space;  /* that they belong to; for exceptions */
	bool low_protection;   /* CR0: stores to the first bytes are refused */
	bool large_frames;     /* CR0: enhanced DAT */
	uint64_t asce;         /* of the space */
	uint64_t prefix;       /* of the prefix area, 8 KiB aligned */
	uint64_t address_mask; /* by addressing mode: 64, 31 or 24 bits */
	/* Reads 8 bytes of absolute storage; false beyond its end. */
	bool (*read_entry)(void *storage, uint64_t absolute, uint64_t *entry);
	void *storage;
};

/* The exception that an access ends in. */
struct access_fault {
	uint16_t code;
	bool nullifying; /* the old PSW points at the instruction, not behind it */
	bool has_teid;
	uint64_t teid;   /* translation-exception identification */
};

enum dat_access { DAT_FETCH, DAT_STORE };

/*
 * Translates @address for an access that does not leave its page. False, with
 * *@fault filled, when the access is not allowed. That the absolute address is
 * configured is checked too, for its first byte.
 */
bool dat_translate(const struct dat_context *dat, uint64_t address,
		   enum dat_access access, uint64_t *absolute,
		   struct access_fault *fault);

#endif
