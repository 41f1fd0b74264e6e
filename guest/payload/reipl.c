/* SPDX-License-Identifier: MIT */
/*
 * Payload: names the disk devno (a decimal number) for the next boot, with flags of
 * its own in the IPL parameter block (flags, likewise), and boots.
 */
#include "ipl/iplb.h"
#include "payload/suite/diagnose.h"
#include "payload/suite/payload.h"
#include "payload/suite/tap.h"

DIAGNOSE_SNIPPETS(308);

#define SUBCODE_LOAD_CLEAR 3
#define SUBCODE_SET 5
#define CODE_OK 0x0001

static struct iplb block __attribute__((aligned(4096)));

void payload_main(void)
{
	struct probe probe = diagnose_probe(diag_308, diag_308, 0x308, SUBCODE_SET, &block);

	interruptions_unexpected();
	block.length = be32(IPLB_SIZE);
	block.flags = (uint8_t)parameter_number("flags", 0);
	block.block_length = be32(IPLB_CCW_LENGTH - 8);
	block.type = IPLB_CCW;
	block.devno = be16((uint16_t)parameter_number("devno", 0));
	diagnose_answered("block set with flags of the guest", &probe, CODE_OK);
	note("boots");
	probe = diagnose_probe(diag_308, diag_308, 0x308, SUBCODE_LOAD_CLEAR, &block);
	probe_run(&probe);
	bail_out("the boot did not happen", 0, 0);
}
