/* SPDX-License-Identifier: MIT */
/*
 * What the ultravisor puts into the dump of a protected guest, and its
 * cryptography. The ultravisor seals, the owner opens; both with the functions
 * here. See docs/reference/dump.md, "The ultravisor's data".
 *
 *   dump key = HKDF-SHA-512(CCK, salt: seed of this dump)
 *     -> completion area (AES-256-GCM): keys of the pages, tweak nonce
 *     -> one CPU area per CPU (AES-256-GCM)
 *   keys of the pages -> every page (AES-256-XTS, its tweak component OR nonce)
 */
#ifndef UV_DUMP_CONFIDENTIAL_H
#define UV_DUMP_CONFIDENTIAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"
#include "base/secret.h"
#include "crypto/crypto.h"
#include "dump/cpu_state.h"

#define DUMP_PAGE_SIZE CRYPTO_PAGE_SIZE
#define DUMP_CCK_SIZE 32
#define DUMP_KEY_SIZE GCM_KEY_SIZE
#define DUMP_SEED_SIZE 64
#define DUMP_AREA_VERSION 1
#define DUMP_AREA_MAX_SIZE 4096 /* what readers take: of a completion or CPU area */

/* --- Completion area: section "pv_compl" --------------------------------- */

/* The encrypted part, decrypted. */
struct dump_page_keys {
	uint8_t tweak_nonce[XTS_TWEAK_SIZE]; /* 0x00 */
	uint8_t xts_key[XTS_KEY_SIZE];       /* 0x10 */
	uint8_t reserved_50[96];             /* 0x50 */
};
WIRE_AT(struct dump_page_keys, xts_key, 0x10);
WIRE_AT(struct dump_page_keys, reserved_50, 0x50);
WIRE_SIZE(struct dump_page_keys, 0xb0);

struct dump_completion {
	be32_t version;               /* 0x000 DUMP_AREA_VERSION */
	be32_t size;                  /* 0x004 of this struct */
	be64_t reserved_08;           /* 0x008 */
	uint8_t seed[DUMP_SEED_SIZE]; /* 0x010 */
	uint8_t iv[GCM_IV_SIZE];      /* 0x050 */
	be32_t reserved_5c;           /* 0x05c */
	struct dump_page_keys keys;   /* 0x060 encrypted; all above is authenticated */
	uint8_t tag[GCM_TAG_SIZE];    /* 0x110 */
};
WIRE_AT(struct dump_completion, size, 0x004);
WIRE_AT(struct dump_completion, reserved_08, 0x008);
WIRE_AT(struct dump_completion, seed, 0x010);
WIRE_AT(struct dump_completion, iv, 0x050);
WIRE_AT(struct dump_completion, reserved_5c, 0x05c);
WIRE_AT(struct dump_completion, keys, 0x060);
WIRE_AT(struct dump_completion, tag, 0x110);
WIRE_SIZE(struct dump_completion, 288);

/*
 * The key of one dump from the customer communication key and the dump's seed,
 * at *@key (DUMP_KEY_SIZE bytes); caller frees.
 */
int dump_key_derive(struct secret **key, const uint8_t cck[DUMP_CCK_SIZE],
		    const uint8_t seed[DUMP_SEED_SIZE], struct error *err);

/*
 * Fills all of @completion. @iv serves this one area: never again under the
 * same dump key, not for a CPU area either. @keys->reserved_50 goes in as it is
 * (zeros).
 */
int dump_completion_seal(struct dump_completion *completion,
			 const uint8_t dump_key[DUMP_KEY_SIZE],
			 const uint8_t seed[DUMP_SEED_SIZE],
			 const uint8_t iv[GCM_IV_SIZE],
			 const struct dump_page_keys *keys, struct error *err);

/*
 * Checks the completion area that the first of the @size bytes at @area are,
 * and opens it with the customer communication key. *@dump_key opens the CPU
 * areas; *@keys holds a struct dump_page_keys; caller frees both.
 * ERR_FORMAT when it is too short or its size is wrong, ERR_UNSUPPORTED for
 * another version, ERR_AUTH when the key is not the guest's or the area was
 * changed.
 */
int dump_completion_open(struct secret **dump_key, struct secret **keys,
			 const void *area, size_t size,
			 const uint8_t cck[DUMP_CCK_SIZE], struct error *err);

/* --- CPU area: note NT_S390_PV_CPU_DATA ----------------------------------- */

#define DUMP_CPU_PARTIAL 0x8000 /* registers in the middle of an instruction */

/* The encrypted part, decrypted; offsets count from the area's start. */
struct dump_cpu_registers {
	be64_t gprs[16];           /* 0x020 */
	be64_t psw_mask;           /* 0x0a0 */
	be64_t psw_address;        /* 0x0a8 */
	be64_t reserved_b0;        /* 0x0b0 */
	be32_t prefix;             /* 0x0b8 */
	be32_t fpc;                /* 0x0bc */
	be32_t reserved_c0;        /* 0x0c0 */
	be32_t tod_programmable;   /* 0x0c4 */
	be64_t cpu_timer;          /* 0x0c8 */
	be64_t clock_comparator;   /* 0x0d0 */
	be64_t reserved_d8;        /* 0x0d8 */
	be32_t acrs[16];           /* 0x0e0 */
	be64_t crs[16];            /* 0x120 */
	uint8_t vectors[VECTOR_COUNT][VECTOR_SIZE]; /* 0x1a0 */
	uint8_t reserved_3a0[512]; /* 0x3a0 */
	be64_t guarded_storage[4]; /* 0x5a0 0, GSD, GSSM, GS EPL address */
	uint8_t reserved_5c0[64];  /* 0x5c0 */
	be16_t flags;              /* 0x600 DUMP_CPU_... */
	uint8_t reserved_602[14];  /* 0x602 */
};

struct dump_cpu_area {
	be32_t version;                      /* 0x000 DUMP_AREA_VERSION */
	be32_t size;                         /* 0x004 of this struct */
	uint8_t iv[GCM_IV_SIZE];             /* 0x008 */
	uint8_t reserved_14[12];             /* 0x014 */
	struct dump_cpu_registers registers; /* 0x020 encrypted; all above is authenticated */
	uint8_t tag[GCM_TAG_SIZE];           /* 0x610 */
};
WIRE_AT(struct dump_cpu_area, size, 0x004);
WIRE_AT(struct dump_cpu_area, iv, 0x008);
WIRE_AT(struct dump_cpu_area, reserved_14, 0x014);
WIRE_AT(struct dump_cpu_area, registers.gprs, 0x020);
WIRE_AT(struct dump_cpu_area, registers.psw_mask, 0x0a0);
WIRE_AT(struct dump_cpu_area, registers.psw_address, 0x0a8);
WIRE_AT(struct dump_cpu_area, registers.reserved_b0, 0x0b0);
WIRE_AT(struct dump_cpu_area, registers.prefix, 0x0b8);
WIRE_AT(struct dump_cpu_area, registers.fpc, 0x0bc);
WIRE_AT(struct dump_cpu_area, registers.reserved_c0, 0x0c0);
WIRE_AT(struct dump_cpu_area, registers.tod_programmable, 0x0c4);
WIRE_AT(struct dump_cpu_area, registers.cpu_timer, 0x0c8);
WIRE_AT(struct dump_cpu_area, registers.clock_comparator, 0x0d0);
WIRE_AT(struct dump_cpu_area, registers.reserved_d8, 0x0d8);
WIRE_AT(struct dump_cpu_area, registers.acrs, 0x0e0);
WIRE_AT(struct dump_cpu_area, registers.crs, 0x120);
WIRE_AT(struct dump_cpu_area, registers.vectors, 0x1a0);
WIRE_AT(struct dump_cpu_area, registers.reserved_3a0, 0x3a0);
WIRE_AT(struct dump_cpu_area, registers.guarded_storage, 0x5a0);
WIRE_AT(struct dump_cpu_area, registers.reserved_5c0, 0x5c0);
WIRE_AT(struct dump_cpu_area, registers.flags, 0x600);
WIRE_AT(struct dump_cpu_area, registers.reserved_602, 0x602);
WIRE_AT(struct dump_cpu_area, tag, 0x610);
WIRE_SIZE(struct dump_cpu_area, 1568);

/* Fills all of @area. For @iv see dump_completion_seal(). */
int dump_cpu_seal(struct dump_cpu_area *area,
		  const uint8_t dump_key[DUMP_KEY_SIZE],
		  const uint8_t iv[GCM_IV_SIZE], const struct cpu_state *cpu,
		  struct error *err);

/*
 * Checks the CPU area that the first of the @size bytes at @area are, and opens
 * it. Errors as with dump_completion_open(). Caller wipes @cpu.
 */
int dump_cpu_open(struct cpu_state *cpu, const void *area, size_t size,
		  const uint8_t dump_key[DUMP_KEY_SIZE], struct error *err);

/* --- Storage state: section "pv_mem_meta" --------------------------------- */

/*
 * One page: either its tweak component, or, with 0xff in the first four bytes,
 * flags in the last one.
 */
struct dump_page_state {
	uint8_t bytes[XTS_TWEAK_SIZE];
};
WIRE_SIZE(struct dump_page_state, 16);

#define DUMP_PAGES_PER_MIB 256
#define DUMP_STATE_PER_MIB (DUMP_PAGES_PER_MIB * sizeof(struct dump_page_state))

enum dump_page_flags {
	DUMP_PAGE_ZERO = 0x01,
	DUMP_PAGE_SHARED = 0x02,
	DUMP_PAGE_MAPPED = 0x04, /* no meaning of its own */
};

enum dump_page_kind {
	DUMP_PAGE_IS_ENCRYPTED,
	DUMP_PAGE_IS_ZERO,   /* 4096 zero bytes, whatever the file holds */
	DUMP_PAGE_IS_SHARED, /* in the clear */
	DUMP_PAGE_IS_INVALID,
};

enum dump_page_kind dump_page_kind(const struct dump_page_state *state);

/* The state of a page without tweak component; @flags from enum dump_page_flags. */
struct dump_page_state dump_page_special(unsigned flags);

/* The tweak of the encrypted page in @state. */
void dump_page_tweak(uint8_t tweak[XTS_TWEAK_SIZE],
		     const struct dump_page_state *state,
		     const uint8_t nonce[XTS_TWEAK_SIZE]);

#endif
