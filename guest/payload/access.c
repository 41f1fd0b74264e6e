/* SPDX-License-Identifier: MIT */
/*
 * Payload: UVC with DAT on. Its block is named in the home space, and an access
 * exception is exactly that of an instruction which accesses the same address
 * there: each is compared with one that QEMU executes.
 */
#include "payload/suite/spaces.h"
#include "payload/suite/tap.h"
#include "payload/suite/uvc.h"

/* Pages of the spaces that are not mapped as they lie. */
#define WINDOW 0xf0000UL      /* two pages */
#define NEXT (WINDOW + PAGE_SIZE)
#define NO_SEGMENT 0x50000000UL
#define BEYOND_TABLE 0x80000000UL /* 2 GiB: more than the control element covers */

static struct uvcb block;  /* reached as it lies */
static struct uvcb frames[2];
static struct uvcb before;

static struct probe translated(const void *code, uint64_t address)
{
	struct probe probe = uvc_probe(code, (const void *)address);

	probe.psw_mask |= PSW_DAT;
	probe.control_0 |= CR0_ENHANCED_DAT;
	probe.control_1 = space_control(SPACE_PRIMARY);
	probe.control_13 = space_control(SPACE_HOME);
	return probe;
}

static void map(enum space space, uint64_t page, uint64_t entry)
{
	*space_page(space, page) = entry;
	spaces_purge();
}

/* --- Where the block is found -------------------------------------------------------- */

static void executed(const char *name, const struct probe *probe, struct uvcb *where)
{
	struct outcome outcome;

	uvcb_prepare_share(where, UVC_UNSHARE, (uint64_t)where);
	before = *where;
	outcome = probe_run(probe);
	test(name);
	expect_completed(probe, &outcome, 0);
	expect("rc", where->rc, RC_EXECUTED);
	expect("rrc", where->rrc, 0);
	expect("operand", where->words[UVCB_WORD(0x20)], (uint64_t)where);
}

static void check_found(void)
{
	struct probe probe = translated(uvc, (uint64_t)&block);

	spaces_reset();
	executed("DAT on, mapped as it lies", &probe, &block);

	map(SPACE_HOME, WINDOW, (uint64_t)&frames[0]);
	map(SPACE_PRIMARY, WINDOW, (uint64_t)&frames[1]);
	probe = translated(uvc, WINDOW);
	executed("DAT on, the home space maps to another frame than the primary one",
		 &probe, &frames[0]);

	map(SPACE_PRIMARY, WINDOW, PAGE_INVALID);
	executed("DAT on, invalid in the primary space", &probe, &frames[0]);

	map(SPACE_PRIMARY, WINDOW, (uint64_t)&frames[0] | PAGE_PROTECTED);
	executed("DAT on, protected in the primary space", &probe, &frames[0]);

	probe.psw_mask |= PSW_HOME_SPACE;
	executed("DAT on, home-space mode", &probe, &frames[0]);

	probe = translated(uvc, (uint64_t)&block);
	probe.psw_mask &= ~PSW_ADDRESSING_64;
	probe.psw_mask |= PSW_ADDRESSING_31;
	probe.general[2] |= 0xdeadbeef80000000;
	executed("DAT on, 31-bit mode", &probe, &block);

	*space_segment(SPACE_HOME, NO_SEGMENT) = (uint64_t)&block & ~0xfffffUL;
	*space_segment(SPACE_HOME, NO_SEGMENT) |= 0x400;
	spaces_purge();
	probe = translated(uvc, NO_SEGMENT | ((uint64_t)&block & 0xfffff));
	executed("DAT on, by a large frame", &probe, &block);

	probe = translated(uvc, (uint64_t)&block);
	probe.control_13 = 0x20;
	executed("DAT on, the home space is a real space", &probe, &block);
}

/* The block's halves lie on two frames that do not follow each other. */
static void found_crossing(const char *name, uint64_t operand, unsigned cc, uint16_t rc)
{
	struct probe probe = translated(uvc, NEXT - 0x10);
	struct outcome outcome;

	spaces_reset();
	map(SPACE_HOME, WINDOW, (uint64_t)&frames[1]);
	map(SPACE_HOME, NEXT, (uint64_t)&frames[0]);
	uvcb_prepare_share(&block, UVC_UNSHARE, operand);
	frames[1].words[UVCB_WORD(0xff0)] = *(uint64_t *)&block;
	frames[1].words[UVCB_WORD(0xff8)] = block.words[0];
	for (unsigned i = 0; i < 4; i++)
		((uint64_t *)&frames[0])[i] = block.words[1 + i];
	outcome = probe_run(&probe);
	test(name);
	expect_completed(&probe, &outcome, cc);
	expect("rc and rrc", frames[1].words[UVCB_WORD(0xff0)] & 0xffffffff,
	       (uint64_t)rc << 16);
}

static void check_found_crossing(void)
{
	found_crossing("DAT on, the block crosses to a frame elsewhere",
		       (uint64_t)&block, 0, RC_EXECUTED);
	found_crossing("DAT on, such a block with a wrong operand there",
		       (uint64_t)&block + 1, 1, RC_SHARE_ADDRESS);
}

/* --- Access exceptions ------------------------------------------------------------------- */

/* What an access to @address in the home space ends in. */
static struct outcome native(const void *code, uint64_t address,
			     const struct probe *like)
{
	struct probe probe = *like;

	probe.code = code;
	probe.psw_mask |= PSW_HOME_SPACE;
	probe.general[2] = address;
	return probe_run(&probe);
}

/*
 * UVC with its block at @address has to end like @code with an access to @where;
 * @nullifying says whether the old PSW points at the instruction.
 */
static void faults(const char *name, const struct probe *probe, const void *code,
		   uint64_t where, uint16_t expected, bool nullifying)
{
	const struct outcome model = native(code, where, probe);
	const struct outcome outcome = probe_run(probe);
	const bool has_teid = expected != PGM_ADDRESSING &&
			      expected != PGM_TRANSLATION_SPECIFICATION;

	test(name);
	expect("interruption code of another instruction", model.code, expected);
	if (nullifying)
		expect_nullified(probe, &outcome, expected, 4, model.teid);
	else
		expect_suppressed(probe, &outcome, expected, 4);
	if (has_teid)
		expect("TEID", outcome.teid, model.teid);
}

static void check_invalid_pages(void)
{
	struct probe probe = translated(uvc, WINDOW + 0x120);

	spaces_reset();
	map(SPACE_HOME, WINDOW, PAGE_INVALID);
	faults("a block on an invalid page", &probe, fetch_byte, WINDOW + 0x120,
	       PGM_PAGE_TRANSLATION, true);

	probe = translated(uvc, NO_SEGMENT + 0x5000);
	faults("a block in an invalid segment", &probe, fetch_byte, NO_SEGMENT + 0x5000,
	       PGM_SEGMENT_TRANSLATION, true);

	probe = translated(uvc, BEYOND_TABLE + 0x1234);
	faults("a block beyond what the control element covers", &probe, fetch_byte,
	       BEYOND_TABLE + 0x1234, PGM_ASCE_TYPE, true);

	map(SPACE_HOME, WINDOW, (uint64_t)&frames[0] | 0x800);
	probe = translated(uvc, WINDOW);
	faults("a block behind an entry with a bit that has to be zero", &probe,
	       fetch_byte, WINDOW, PGM_TRANSLATION_SPECIFICATION, false);

	map(SPACE_HOME, WINDOW, 0x7ff00000);
	faults("a block on a page that lies beyond storage", &probe, fetch_byte,
	       WINDOW, PGM_ADDRESSING, false);
}

/* Only the second page cannot be accessed: nothing may be stored to the first. */
static void check_crossing(const char *name, unsigned room, uint64_t second,
			   const void *code, uint16_t expected, bool nullifying)
{
	const uint64_t address = NEXT - room;
	struct probe probe = translated(uvc, address);
	struct uvcb *header = (struct uvcb *)((uint8_t *)&frames[0] + PAGE_SIZE - room);

	spaces_reset();
	map(SPACE_HOME, WINDOW, (uint64_t)&frames[0]);
	map(SPACE_HOME, NEXT, second);
	uvcb_prepare(&frames[0], 0, 0);
	uvcb_prepare(&frames[1], 0, 0);
	header->length = UVC_QUERY_SIZE;
	if (room >= 8)
		header->command = UVC_QUERY;
	before = frames[0];
	faults(name, &probe, code, NEXT, expected, nullifying);
	expect_untouched(&frames[0], &before);
}

static void check_crossings(void)
{
	check_crossing("a block whose length alone is on a valid page", 2, PAGE_INVALID,
		       store_byte, PGM_PAGE_TRANSLATION, true);
	check_crossing("a block whose header alone is on a valid page", 8, PAGE_INVALID,
		       store_byte, PGM_PAGE_TRANSLATION, true);
	check_crossing("a block whose last byte is on an invalid page",
		       UVC_QUERY_SIZE - 2, PAGE_INVALID, store_byte,
		       PGM_PAGE_TRANSLATION, true);
	check_crossing("a block that crosses to a page beyond storage", 16, 0x7ff00000,
		       store_byte, PGM_ADDRESSING, false);
}

static void check_protection(void)
{
	struct probe probe = translated(uvc, WINDOW);

	spaces_reset();
	map(SPACE_HOME, WINDOW, (uint64_t)&frames[0] | PAGE_PROTECTED);
	uvcb_prepare_share(&frames[0], UVC_UNSHARE, (uint64_t)&block);
	before = frames[0];
	faults("a block on a protected page", &probe, store_byte, WINDOW,
	       PGM_PROTECTION, false);
	expect_untouched(&frames[0], &before);

	check_crossing("a block that crosses to a protected page", 16,
		       (uint64_t)&frames[1] | PAGE_PROTECTED, store_byte,
		       PGM_PROTECTION, false);

	spaces_reset();
	*space_segment(SPACE_HOME, NO_SEGMENT) =
		((uint64_t)&block & ~0xfffffUL) | 0x400 | 0x200;
	spaces_purge();
	probe = translated(uvc, NO_SEGMENT | ((uint64_t)&block & 0xfffff));
	uvcb_prepare_share(&block, UVC_UNSHARE, (uint64_t)&block);
	before = block;
	faults("a block in a protected large frame", &probe, store_byte,
	       probe.general[2], PGM_PROTECTION, false);
	expect_untouched(&block, &before);

	probe = translated(uvc, 0x1100);
	probe.control_0 |= CR0_LOW_PROTECTION;
	faults("a block in protected low storage", &probe, store_byte, 0x1100,
	       PGM_PROTECTION, false);
}

static void check_order(void)
{
	struct probe probe = translated(uvc, WINDOW);

	spaces_reset();
	map(SPACE_HOME, WINDOW, PAGE_INVALID);
	probe.psw_mask |= PSW_PROBLEM_STATE;
	{
		const struct outcome outcome = probe_run(&probe);

		test("a block on an invalid page, in problem state");
		expect_suppressed(&probe, &outcome, PGM_PRIVILEGED, 4);
	}
}

/* --- Operands of a call are absolute ------------------------------------------------------- */

static void check_operand(void)
{
	struct probe probe = translated(uvc, (uint64_t)&block);
	struct outcome outcome;

	spaces_reset();
	map(SPACE_HOME, WINDOW, PAGE_INVALID);
	uvcb_prepare_share(&block, UVC_SHARE, WINDOW);
	outcome = probe_run(&probe);
	test("share a page whose virtual address is invalid: it is an absolute one");
	expect_completed(&probe, &outcome, 0);
	expect("rc", block.rc, RC_EXECUTED);
	uvcb_prepare_share(&block, UVC_UNSHARE, WINDOW);
	uvc_execute(&block);
}

void payload_main(void)
{
	interruptions_unexpected();
	check_found();
	check_found_crossing();
	check_invalid_pages();
	check_crossings();
	check_protection();
	check_order();
	check_operand();
}
