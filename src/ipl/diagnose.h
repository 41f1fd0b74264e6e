/* SPDX-License-Identifier: MIT */
/*
 * What the DIAGNOSE calls of Secure IPL have in common: how they come in, how
 * they end, and what they need from the world. They know no QEMU, so that every
 * call can be tested with an array for a guest.
 */
#ifndef UV_IPL_DIAGNOSE_H
#define UV_IPL_DIAGNOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A DIAGNOSE instruction of a CPU. */
struct diagnose {
	bool problem_state;
	unsigned r1;       /* number of the register with the operand's address */
	uint64_t operand;  /* its content */
	uint64_t subcode;  /* content of the register R3 */
};

/*
 * The guest's storage. All calls are all or nothing: false when a byte of the
 * range cannot be accessed, and then nothing has been read or written.
 */
struct diagnose_storage {
	/*
	 * By logical address, as the CPU that issued the call would access it.
	 * Whoever implements them keeps the access exception of a failure: it
	 * is what the instruction ends with (DIAGNOSE_FAULT).
	 */
	bool (*read)(void *cpu, uint64_t address, void *data, size_t size);
	bool (*write)(void *cpu, uint64_t address, const void *data, size_t size);
	bool (*can_write)(void *cpu, uint64_t address, size_t size);

	/* By absolute address. */
	bool (*read_absolute)(void *cpu, uint64_t address, void *data, size_t size);
	bool (*write_absolute)(void *cpu, uint64_t address, const void *data,
			       size_t size);

	void *cpu;
};

enum diagnose_end {
	DIAGNOSE_ANSWERED,    /* ->value goes to register R1 + 1 */
	DIAGNOSE_INTERRUPTED, /* by a program interruption with code ->value */
	DIAGNOSE_FAULT,       /* by that of the last failed access by logical address */
};

/* Unless answered, registers stay as they are. */
struct diagnose_result {
	enum diagnose_end end;
	uint64_t value;
};

/* Codes of the program interruptions. */
#define DIAGNOSE_PRIVILEGED_OPERATION 0x0002
#define DIAGNOSE_ADDRESSING 0x0005
#define DIAGNOSE_SPECIFICATION 0x0006

static inline struct diagnose_result diagnose_answered(uint64_t value)
{
	return (struct diagnose_result){ DIAGNOSE_ANSWERED, value };
}

static inline struct diagnose_result diagnose_interrupted(uint16_t code)
{
	return (struct diagnose_result){ DIAGNOSE_INTERRUPTED, code };
}

static inline struct diagnose_result diagnose_fault(void)
{
	return (struct diagnose_result){ DIAGNOSE_FAULT, 0 };
}

#endif
