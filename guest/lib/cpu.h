/* SPDX-License-Identifier: MIT */
/*
 * The CPU as guest code sees it: program status words, the prefix area and
 * the few instructions that C has no word for. z/Architecture, DAT off.
 */
#ifndef UV_GUEST_CPU_H
#define UV_GUEST_CPU_H

#include <stdint.h>
#include <stdnoreturn.h>

/* For symbols that assembler code or a linker script defines: no detour by a GOT. */
#define LINKED_HERE __attribute__((visibility("hidden")))

#define PSW_EXTERNAL 0x0100000000000000UL /* external interruptions open */
#define PSW_WAIT 0x0002000000000000UL
#define PSW_ADDRESSING_31 0x0000000080000000UL
#define PSW_ADDRESSING_64 0x0000000180000000UL

struct psw {
	uint64_t mask;
	uint64_t address;
} __attribute__((aligned(8)));

/* The prefix area ("lowcore"), as far as used. */
struct lowcore {
	uint64_t ipl_psw;            /* 0x000 short format: where IPL starts */
	uint8_t reserved_008[12];
	uint32_t iplb_address;       /* 0x014 by boot loaders for what they start */
	uint8_t reserved_018[0x68];
	uint32_t external_parameter; /* 0x080 */
	uint16_t external_address;   /* 0x084 */
	uint16_t external_code;      /* 0x086 */
	uint8_t reserved_088[4];
	uint16_t program_length;     /* 0x08c */
	uint16_t program_code;       /* 0x08e */
	uint8_t reserved_090[0x18];
	uint64_t teid;               /* 0x0a8 translation-exception identification */
	uint8_t reserved_0b0[8];
	uint32_t subchannel;         /* 0x0b8 of the device that was booted */
	uint32_t io_parameter;       /* 0x0bc */
	uint8_t reserved_0c0[8];
	uint32_t facilities;         /* 0x0c8 stored by STFL */
	uint8_t reserved_0cc[0x64];
	struct psw external_old;     /* 0x130 */
	struct psw svc_old;          /* 0x140 */
	struct psw program_old;      /* 0x150 */
	uint8_t reserved_160[0x40];
	struct psw restart_new;      /* 0x1a0 */
	struct psw external_new;     /* 0x1b0 */
	struct psw svc_new;          /* 0x1c0 */
	struct psw program_new;      /* 0x1d0 */
};
_Static_assert(__builtin_offsetof(struct lowcore, iplb_address) == 0x14, "lowcore");
_Static_assert(__builtin_offsetof(struct lowcore, external_code) == 0x86, "lowcore");
_Static_assert(__builtin_offsetof(struct lowcore, program_code) == 0x8e, "lowcore");
_Static_assert(__builtin_offsetof(struct lowcore, teid) == 0xa8, "lowcore");
_Static_assert(__builtin_offsetof(struct lowcore, subchannel) == 0xb8, "lowcore");
_Static_assert(__builtin_offsetof(struct lowcore, facilities) == 0xc8, "lowcore");
_Static_assert(__builtin_offsetof(struct lowcore, external_old) == 0x130, "lowcore");
_Static_assert(__builtin_offsetof(struct lowcore, restart_new) == 0x1a0, "lowcore");
_Static_assert(__builtin_offsetof(struct lowcore, external_new) == 0x1b0, "lowcore");
_Static_assert(__builtin_offsetof(struct lowcore, program_new) == 0x1d0, "lowcore");

/*
 * The prefix area lies at real address 0. The compiler must not know the
 * number: it takes an access near address 0 for a mistake.
 */
static inline volatile struct lowcore *lowcore(void)
{
	volatile struct lowcore *area;

	__asm__("" : "=a"(area) : "0"(0UL));
	return area;
}

/* The time-of-day clock: units of 2^-12 microseconds. */
#define CLOCK_SECOND (1000000UL << 12)

static inline uint64_t clock_now(void)
{
	uint64_t now;

	__asm__ volatile("stck %0" : "=Q"(now) : : "cc");
	return now;
}

static inline noreturn void psw_load(const struct psw *psw)
{
	__asm__ volatile("lpswe %0" : : "Q"(*psw) : "memory", "cc");
	__builtin_unreachable();
}

/* Stops the CPU for good; hypervisors show @reason, the address of the PSW. */
static inline noreturn void disabled_wait(uint64_t reason)
{
	const struct psw psw = { PSW_WAIT | PSW_ADDRESSING_31, reason };

	psw_load(&psw);
}

#endif
