/* SPDX-License-Identifier: MIT */
#include "uvdevice/cpacf.h"

#ifdef __s390x__
#include <stdint.h>
#include <sys/auxv.h>

#define HWCAP_MSA (1UL << 3) /* linux: arch/s390/include/asm/elf.h */

/* Functions of KM with an encrypted, that is a protected, AES key (linux: asm/cpacf.h). */
#define KM_PROTECTED_AES_128 26
#define KM_PROTECTED_AES_256 28

/* One bit per function code, from the left. Function 0 of KM stores it. */
static void query_km(uint8_t functions[16])
{
	register uint64_t function __asm__("0") = 0;
	register uint8_t *parameter __asm__("1") = functions;

	/* The operand registers, even ones, are not used by a query. */
	__asm__ volatile(".insn rre,0xb92e0000,%%r2,%%r4"
			 :
			 : "d"(function), "a"(parameter)
			 : "memory", "cc", "2", "3", "4", "5");
}

bool cpacf_takes_protected_keys(void)
{
	uint8_t functions[16] = { 0 };

	if (!(getauxval(AT_HWCAP) & HWCAP_MSA))
		return false;
	query_km(functions);
	for (unsigned i = KM_PROTECTED_AES_128; i <= KM_PROTECTED_AES_256; i++)
		if (functions[i / 8] & 0x80 >> i % 8)
			return true;
	return false;
}
#else
bool cpacf_takes_protected_keys(void)
{
	return false;
}
#endif
