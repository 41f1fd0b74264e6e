/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "image/control_flags.h"
#include "plugin/pckmo.h"

/* Function codes by the flag that allows them (linux: arch/s390/include/asm/cpacf.h). */
static const struct {
	uint64_t flag;
	uint8_t first, last;
} functions[] = {
	{ PCF_PCKMO_DEA, 1, 3 },      /* DEA, TDEA with two and three keys */
	{ PCF_PCKMO_AES, 18, 22 },    /* AES of three sizes, AES-XTS of two */
	{ PCF_PCKMO_ECC, 32, 34 },    /* P-256, P-384, P-521 */
	{ PCF_PCKMO_ECC, 40, 41 },    /* Ed25519, Ed448 */
	{ PCF_PCKMO_HMAC, 118, 118 }, /* HMAC-SHA-256 */
	{ PCF_PCKMO_HMAC, 122, 122 }, /* HMAC-SHA-512 */
};

void pckmo_allowed(uint8_t allowed[PCKMO_STATUS_SIZE], uint64_t pcf)
{
	memset(allowed, 0xff, PCKMO_STATUS_SIZE);
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (pcf & functions[i].flag)
			continue;
		for (unsigned code = functions[i].first; code <= functions[i].last; code++)
			allowed[code / 8] &= (uint8_t)~(0x80 >> code % 8);
	}
}
