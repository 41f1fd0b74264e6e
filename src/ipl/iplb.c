/* SPDX-License-Identifier: MIT */
#include "ipl/iplb.h"

#define EBCDIC_0 0xf0
#define EBCDIC_BLANK 0x40

enum ipl_mode iplb_mode(const struct iplb *iplb)
{
	if (!(iplb->flags & IPLB_REPORT))
		return IPL_NORMAL;
	return iplb->flags & IPLB_SECURE ? IPL_SECURE : IPL_AUDIT;
}

const char *ipl_mode_name(enum ipl_mode mode)
{
	switch (mode) {
	case IPL_NORMAL:
		return "normal";
	case IPL_AUDIT:
		return "audit";
	case IPL_SECURE:
		return "secure";
	}
	return "";
}

static bool is_padding(uint8_t byte)
{
	return byte == EBCDIC_BLANK || byte == 0;
}

unsigned iplb_program(const struct iplb *iplb)
{
	unsigned number = 0;

	if (!(iplb->block_flags & IPLB_LOADPARM_VALID))
		return 0;
	for (unsigned i = 0; i < IPLB_LOADPARM_SIZE && !is_padding(iplb->loadparm[i]); i++) {
		unsigned digit = iplb->loadparm[i] - (unsigned)EBCDIC_0;

		if (digit > 9)
			return 0;
		number = number * 10 + digit; /* eight digits: cannot overflow */
	}
	return number;
}

bool iplb_wants_menu(const struct iplb *iplb)
{
	static const uint8_t prompt[] = { 0xd7, 0xd9, 0xd6, 0xd4, 0xd7, 0xe3 };

	if (!(iplb->block_flags & IPLB_LOADPARM_VALID))
		return false;
	for (unsigned i = 0; i < IPLB_LOADPARM_SIZE; i++) {
		if (i < sizeof(prompt) ? iplb->loadparm[i] != prompt[i]
				       : !is_padding(iplb->loadparm[i]))
			return false;
	}
	return true;
}
