/* SPDX-License-Identifier: MIT */
#include "handover.h"

#include "lib/cpu.h"
#include "lib/diag308.h"
#include "lib/stop_boot.h"

static void set_block(const struct iplb *iplb)
{
	if (diag308(DIAG308_SET_IPLB, (uint64_t)iplb) != DIAG308_OK)
		stop_boot("the hypervisor does not take the IPL parameter block", NULL);
}

/* Whether the machine keeps the block of a SCSI disk with the report's length. */
static bool block_was_kept(void)
{
	static struct iplb kept __attribute__((aligned(4096)));

	return diag308(DIAG308_STORE_IPLB, (uint64_t)&kept) == DIAG308_OK &&
	       be32_get(kept.length) == IPLB_SIZE;
}

/*
 * QEMU knows a SCSI disk by its place in the boot order, which it expects
 * instead of the adapter's number. The first one's block it has already.
 */
static void set_plain_block(struct iplb *iplb, unsigned position)
{
	if (iplb->type == IPLB_SCSI) {
		if (position == 0)
			return;
		iplb->devno = be16((uint16_t)position);
	}
	set_block(iplb);
}

/*
 * QEMU 11.1 takes a SCSI disk's device number for a place in the boot order if
 * there is such a place, and makes a new block without room for a report. Then
 * the program gets a block that names the adapter alone.
 */
static void set_block_with_report(struct iplb *iplb)
{
	set_block(iplb);
	if (iplb->type != IPLB_SCSI || block_was_kept())
		return;
	iplb->type = IPLB_CCW;
	set_block(iplb);
}

noreturn void handover(const struct load *load, struct iplb *iplb, unsigned position,
		       uint32_t subchannel)
{
	if (load->request->mode == IPL_NORMAL) {
		set_plain_block(iplb, position);
	} else {
		if (load->report_size == 0)
			stop_boot("there is no IPL report", NULL);
		set_block_with_report(iplb);
	}
	lowcore()->iplb_address = (uint32_t)(uint64_t)iplb;
	lowcore()->subchannel = subchannel;
	lowcore()->io_parameter = 0;
	stop_on_program_check_end();
	start_program(load->psw);
}
