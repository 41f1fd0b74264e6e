/* SPDX-License-Identifier: MIT */
/*
 * Payload: the instruction UVC with DAT off, in every way to execute it and to
 * have it refused. The calls themselves are the business of calls.c.
 */
#include <stddef.h>

#include "payload/suite/cpus.h"
#include "payload/suite/registers.h"
#include "payload/suite/storage.h"
#include "payload/suite/tap.h"
#include "payload/suite/uvc.h"

SNIPPET(uvc_m3, ".insn rrf,0xb9a40000,%r1,%r2,4,0");
SNIPPET(uvc_m4, ".insn rrf,0xb9a40000,%r1,%r2,0,2");
SNIPPET(uvc_m3_m4, ".insn rrf,0xb9a40000,%r1,%r2,15,15");
SNIPPET(uvc_register_0, ".insn rrf,0xb9a40000,%r1,%r0,0,0");
SNIPPET(uvc_same_registers, ".insn rrf,0xb9a40000,%r2,%r2,0,0");
SNIPPET(uvc_by_ex, "ex %r0,0(%r4)");
SNIPPET(uvc_by_exrl, ".insn ril,0xc60000000000,%r5,uvc");

static struct uvcb block, before;
static struct uvcb pages[2]; /* for blocks that cross from one to the other */

/* --- Refused before the block is looked at ----------------------------------- */

static void refused(const char *name, const struct probe *probe, uint16_t code,
		    unsigned length)
{
	struct outcome outcome;

	before = block;
	outcome = probe_run(probe);
	test(name);
	expect_suppressed(probe, &outcome, code, length);
	expect_untouched(&block, &before);
}

static void check_fields(void)
{
	static const struct {
		const char *name;
		const char *code;
	} cases[] = {
		{ "UVC with M3 not zero", uvc_m3 },
		{ "UVC with M4 not zero", uvc_m4 },
		{ "UVC with M3 and M4 not zero", uvc_m3_m4 },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct probe probe = uvc_probe(cases[i].code, &block);

		uvcb_prepare(&block, UVC_QUERY_SIZE, UVC_QUERY);
		refused(cases[i].name, &probe, PGM_SPECIFICATION, 4);
	}
}

static void check_problem_state(void)
{
	static const struct {
		const char *name;
		uint16_t command;
		uint16_t length;
	} cases[] = {
		{ "query in problem state", UVC_QUERY, UVC_QUERY_SIZE },
		{ "share in problem state", UVC_SHARE, UVC_SHARE_SIZE },
		{ "an unknown call in problem state", UVC_UNKNOWN, 8 },
	};
	struct probe probe;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		probe = uvc_probe(uvc, &block);
		probe.psw_mask |= PSW_PROBLEM_STATE;
		uvcb_prepare(&block, cases[i].length, cases[i].command);
		refused(cases[i].name, &probe, PGM_PRIVILEGED, 4);
	}
	probe = uvc_probe(uvc_m3, &block);
	probe.psw_mask |= PSW_PROBLEM_STATE;
	refused("M3 not zero in problem state", &probe, PGM_PRIVILEGED, 4);

	probe = uvc_probe(uvc, (void *)(1UL << 40));
	probe.psw_mask |= PSW_PROBLEM_STATE;
	refused("a block beyond storage in problem state", &probe, PGM_PRIVILEGED, 4);

	probe = uvc_probe(uvc_by_exrl, &block);
	probe.general[5] = 0;
	probe.psw_mask |= PSW_PROBLEM_STATE;
	refused("UVC by EXECUTE RELATIVE LONG in problem state", &probe,
		PGM_PRIVILEGED, 6);
}

/* --- Ways to execute it -------------------------------------------------------- */

/* A share of @block's own page: the shortest call. */
static void executed(const char *name, const struct probe *probe)
{
	struct outcome outcome;

	uvcb_prepare_share(&block, UVC_UNSHARE, (uint64_t)&block);
	before = block;
	outcome = probe_run(probe);
	test(name);
	expect_completed(probe, &outcome, 0);
	expect("rc", block.rc, RC_EXECUTED);
	expect("rrc", block.rrc, 0);
	expect("operand", block.words[UVCB_WORD(0x20)], (uint64_t)&block);
}

static void check_ways(void)
{
	struct probe probe = uvc_probe(uvc, &block);

	executed("UVC", &probe);
	probe.psw_mask |= 3UL << PSW_CC_SHIFT;
	executed("UVC sets the condition code, whatever it was", &probe);

	probe = uvc_probe(uvc_register_0, NULL);
	probe.general[0] = (uint64_t)&block;
	executed("UVC with the address in register 0", &probe);

	probe = uvc_probe(uvc_same_registers, &block);
	executed("UVC with the same register twice", &probe);

	probe = uvc_probe(uvc_by_ex, &block);
	probe.general[4] = (uint64_t)uvc;
	executed("UVC by EXECUTE", &probe);

	probe = uvc_probe(uvc_by_exrl, &block);
	probe.general[5] = 0;
	executed("UVC by EXECUTE RELATIVE LONG", &probe);

	probe = uvc_probe(uvc, &block);
	probe.psw_mask = PSW_ADDRESSING_31;
	probe.general[2] |= 0xdeadbeef80000000;
	executed("UVC in 31-bit mode, with bits that do not count in the address", &probe);

	probe = uvc_probe(uvc, &block);
	probe.psw_mask = 0;
	probe.general[2] |= 0xdeadbeefff000000;
	executed("UVC in 24-bit mode, with bits that do not count in the address", &probe);
}

static void check_execute_refusals(void)
{
	struct probe probe = uvc_probe(uvc_by_ex, (void *)(1UL << 40));

	probe.general[4] = (uint64_t)uvc;
	refused("UVC by EXECUTE, the block beyond storage", &probe, PGM_ADDRESSING, 4);

	probe = uvc_probe(uvc_by_exrl, (void *)(1UL << 40));
	probe.general[5] = 0;
	refused("UVC by EXECUTE RELATIVE LONG, the block beyond storage", &probe,
		PGM_ADDRESSING, 6);
}

static void check_registers(void)
{
	static struct registers then, now;

	registers_fill();
	registers_take(&then);
	uvcb_prepare(&block, UVC_QUERY_SIZE, UVC_QUERY);
	uvc_execute(&block);
	uvcb_prepare_share(&block, UVC_SHARE, (uint64_t)&pages[0]);
	uvc_execute(&block);
	uvcb_prepare_share(&block, UVC_UNSHARE, (uint64_t)&pages[0]);
	uvc_execute(&block);
	registers_take(&now);
	test("calls change no other register");
	expect_registers(&now, &then);
}

/* --- Where the block lies --------------------------------------------------------- */

static void check_alignment(void)
{
	uint8_t *bytes = (uint8_t *)pages;

	for (unsigned offset = 1; offset < 8; offset++) {
		struct uvcb *odd = (struct uvcb *)(bytes + offset);
		struct probe probe = uvc_probe(uvc, odd);
		struct outcome outcome;

		uvcb_prepare_share(&block, UVC_UNSHARE, (uint64_t)&block);
		for (unsigned i = 0; i < UVC_SHARE_SIZE; i++)
			bytes[offset + i] = ((uint8_t *)&block)[i];
		outcome = probe_run(&probe);
		test("a block that is not aligned is taken");
		expect_completed(&probe, &outcome, 0);
		expect("rc", (uint64_t)bytes[offset + 4] << 8 | bytes[offset + 5],
		       RC_EXECUTED);
	}
}

/* The operand lies on the second page: a wrong one shows that it was read there. */
static void check_crossing(const char *name, uint64_t operand, unsigned cc, uint16_t rc)
{
	struct uvcb *across = (struct uvcb *)((uint8_t *)pages + PAGE_SIZE - 8);
	struct probe probe = uvc_probe(uvc, across);
	struct outcome outcome;

	uvcb_prepare(&pages[0], 0, 0);
	uvcb_prepare(&pages[1], 0, 0);
	across->length = UVC_SHARE_SIZE;
	across->command = UVC_UNSHARE;
	across->words[UVCB_WORD(0x20)] = operand;
	outcome = probe_run(&probe);
	test(name);
	expect_completed(&probe, &outcome, cc);
	expect("rc", across->rc, rc);
	expect("rrc", across->rrc, 0);
	expect("operand", across->words[UVCB_WORD(0x20)], operand);
}

static void check_crossings(void)
{
	check_crossing("a block that begins 8 bytes before the end of its page",
		       (uint64_t)&block, 0, RC_EXECUTED);
	check_crossing("such a block with a wrong operand", (uint64_t)&block + 1, 1,
		       RC_SHARE_ADDRESS);
}

static volatile uint16_t *halfword(uint64_t address)
{
	volatile uint16_t *at;

	__asm__("" : "=a"(at) : "0"(address));
	return at;
}

/* A block for which only @room bytes at the end of storage are left. */
static void check_end_of_storage(const char *name, uint64_t end, unsigned room,
				 uint16_t length)
{
	struct probe probe = uvc_probe(uvc, (void *)(end - room));
	struct outcome outcome;

	for (uint64_t at = end - PAGE_SIZE; at < end; at += 2)
		*halfword(at) = RC_UNTOUCHED;
	if (room >= 2)
		*halfword(end - room) = length;
	if (room >= 4)
		*halfword(end - room + 2) = UVC_QUERY;
	outcome = probe_run(&probe);
	test(name);
	expect_suppressed(&probe, &outcome, PGM_ADDRESSING, 4);
	for (unsigned left = room; left > 4; left -= 2)
		expect_element("halfword before the end", left / 2 - 2,
			       *halfword(end - left + 4), RC_UNTOUCHED);
}

static void check_beyond_storage(void)
{
	const uint64_t end = storage_size();
	struct probe probe = uvc_probe(uvc, (void *)~0UL);
	struct uvcb *last = (struct uvcb *)(end - PAGE_SIZE);
	struct outcome outcome;

	check_end_of_storage("a block behind the end of storage", end, 0, 0);
	check_end_of_storage("a block whose length alone is in storage", end, 2,
			     UVC_QUERY_SIZE);
	check_end_of_storage("a block whose length is zero, and whose header is cut",
			     end, 4, 0);
	check_end_of_storage("a block whose header reaches beyond storage", end, 6, 8);
	check_end_of_storage("a block whose content reaches beyond storage", end, 64,
			     UVC_QUERY_SIZE);
	check_end_of_storage("a block that needs two bytes more than there are", end,
			     UVC_QUERY_SIZE - 2, UVC_QUERY_SIZE);
	uvcb_prepare_share(last, UVC_UNSHARE, (uint64_t)&block);
	test("a block on the last page of storage");
	expect_call(last, 0, RC_EXECUTED);
	outcome = probe_run(&probe);
	test("a block at the last address there can be");
	expect_suppressed(&probe, &outcome, PGM_ADDRESSING, 4);
}

/* --- Prefixing and protection of low storage ------------------------------------------ */

static uint8_t other_area[PREFIX_AREA_SIZE] __attribute__((aligned(PREFIX_AREA_SIZE)));

#define PREFIXED 0x1a00UL /* in the prefix area, used for nothing else */

static struct uvcb *prefixed(uint64_t area)
{
	struct uvcb *at;

	__asm__("" : "=a"(at) : "0"(area + PREFIXED));
	return at;
}

static void copy_header(struct uvcb *to, const struct uvcb *from)
{
	const volatile uint64_t *words = (const volatile uint64_t *)from;

	for (unsigned i = 0; i < UVC_SHARE_SIZE / 8; i++)
		((volatile uint64_t *)to)[i] = words[i];
}

static void enter_other_area(void)
{
	const volatile uint64_t *low = (const volatile uint64_t *)lowcore();

	for (unsigned i = 0; i < PREFIX_AREA_SIZE / 8; i++)
		((uint64_t *)other_area)[i] = low[i];
	set_prefix((uint32_t)(uint64_t)other_area);
}

/*
 * With a prefix, a real address below 8 KiB is one in the prefix area, and the
 * prefix area's own real address is absolute storage below 8 KiB.
 */
static void check_prefix(void)
{
	const uint64_t area = (uint64_t)other_area;
	struct probe probe = uvc_probe(uvc, prefixed(0));
	struct outcome low, high;

	uvcb_prepare_share(&block, UVC_UNSHARE, (uint64_t)&block);
	copy_header(prefixed(0), &block);
	enter_other_area();
	copy_header(prefixed(0), &block);    /* absolute: in other_area */
	copy_header(prefixed(area), &block); /* absolute: below 8 KiB */
	low = probe_run(&probe);
	set_prefix(0);

	test("a block in the prefix area, with a prefix");
	expect_completed(&probe, &low, 0);
	expect("rc in the prefix area", prefixed(area)->rc, RC_EXECUTED);
	expect("rc in absolute storage", prefixed(0)->rc, RC_UNTOUCHED);

	copy_header(prefixed(area), &block);
	enter_other_area();
	probe = uvc_probe(uvc, prefixed(area));
	high = probe_run(&probe);
	set_prefix(0);
	test("a block at the address of the prefix area, with a prefix");
	expect_completed(&probe, &high, 0);
	expect("rc in absolute storage", prefixed(0)->rc, RC_EXECUTED);
	expect("rc in the prefix area", prefixed(area)->rc, RC_UNTOUCHED);
}

/* The interruption itself goes to the prefix area too. */
static void check_interruption_with_prefix(void)
{
	struct probe probe = uvc_probe(uvc_m3, &block);
	struct outcome outcome;

	lowcore()->program_code = 0x1234;
	enter_other_area();
	outcome = probe_run(&probe);
	set_prefix(0);
	test("UVC with M3 not zero, with a prefix");
	expect_suppressed(&probe, &outcome, PGM_SPECIFICATION, 4);
	expect("interruption code in absolute storage", lowcore()->program_code, 0x1234);
}

static void check_low_protection(void)
{
	struct uvcb *low = prefixed((uint64_t)0x1c0 - PREFIXED);
	struct probe probe = uvc_probe(uvc, low);
	const uint16_t rc = low->rc;
	struct outcome outcome;

	/* SVC's new PSW: what lies there serves as header of some call. */
	probe.control_0 |= CR0_LOW_PROTECTION;
	outcome = probe_run(&probe);
	test("a block in protected low storage");
	expect_suppressed(&probe, &outcome, PGM_PROTECTION, 4);
	expect("rc", low->rc, rc);
}

/* --- The prefix area of a call that is executed --------------------------------------- */

#define AREA_FIRST 0x8c  /* from the program interruption's length ... */
#define AREA_END 0x1a0   /* ... to the first new PSW */
#define SVC_OLD_PSW 0x140

static volatile uint8_t *area_byte(unsigned offset)
{
	return (volatile uint8_t *)lowcore() + offset;
}

/* What the SVC behind the instruction stores, and what probe_run() sets to zero. */
static bool is_used(unsigned offset)
{
	return offset < 0x90 || (offset >= 0xa8 && offset < 0xb0) ||
	       (offset >= SVC_OLD_PSW && offset < SVC_OLD_PSW + sizeof(struct psw));
}

static void check_prefix_area(void)
{
	/* First of all: the console uses the prefix area. */
	test("a call leaves no trace in the prefix area");
	for (unsigned i = AREA_FIRST; i < AREA_END; i++)
		*area_byte(i) = (uint8_t)(i * 7 + 3);
	uvcb_prepare_share(&block, UVC_UNSHARE, (uint64_t)&block);
	uvc_execute(&block);
	expect("program interruption code", lowcore()->program_code, 0);
	expect("program interruption length", lowcore()->program_length, 0);
	expect("TEID", lowcore()->teid, 0);
	for (unsigned i = AREA_FIRST; i < AREA_END; i++) {
		if (!is_used(i))
			expect_element("byte", i, *area_byte(i), (uint8_t)(i * 7 + 3));
	}
}

/* Where program interruptions store the breaking-event address, among others. */
static void check_block_in_prefix_area(void)
{
	struct uvcb *low = prefixed((uint64_t)0x100 - PREFIXED);
	const struct probe probe = uvc_probe(uvc, low);
	struct outcome outcome;

	uvcb_prepare_share(&block, UVC_UNSHARE, (uint64_t)&block);
	copy_header(low, &block);
	outcome = probe_run(&probe);
	test("a block where program interruptions are stored");
	expect_completed(&probe, &outcome, 0);
	expect("rc", low->rc, RC_EXECUTED);
	expect("rrc", low->rrc, 0);
	for (unsigned i = 0; i < (UVC_SHARE_SIZE - 8) / 8; i++)
		expect_element("doubleword behind the header", i, low->words[i],
			       block.words[i]);
}

void payload_main(void)
{
	interruptions_unexpected();
	check_fields();
	check_problem_state();
	check_ways();
	check_execute_refusals();
	check_registers();
	check_alignment();
	check_crossings();
	check_beyond_storage();
	check_prefix();
	check_interruption_with_prefix();
	check_low_protection();
	check_prefix_area();
	check_block_in_prefix_area();
}
