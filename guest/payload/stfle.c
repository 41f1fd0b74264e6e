/* SPDX-License-Identifier: MIT */
/*
 * Payload: STORE FACILITY LIST EXTENDED shows the facilities of protected
 * virtualization, in every way to execute it. Parameters: guest=normal or
 * guest=never (it cannot become protected) for what is not a protected guest.
 */
#include <stddef.h>

#include "lib/facility.h"
#include "payload/suite/cpus.h"
#include "payload/suite/facilities.h"
#include "payload/suite/payload.h"
#include "payload/suite/spaces.h"
#include "payload/suite/tap.h"

#define PSW_31 PSW_ADDRESSING_31
#define PSW_24 0UL

SNIPPET(stfle_by_ex, "ex %r0,0(%r4)");
SNIPPET(stfle_by_exrl, ".insn ril,0xc60000000000,%r1,stfle");
SNIPPET(stfle_displaced, ".insn s,0xb2b00000,0x123(%r5)");

static struct facilities list;
static struct facilities whole; /* as one STFLE with room for all stored it */
static unsigned words;          /* that the machine has */

static uint8_t frames[2][PAGE_SIZE] __attribute__((aligned(4096)));

static bool is_protected(void)
{
	return parameter("guest") == NULL;
}

/* General register 0 afterwards: its last byte says how many words there are. */
static void expect_stfle(const struct probe *probe, const struct outcome *outcome,
			 unsigned cc)
{
	expect("program interruption", outcome->code, 0);
	expect("condition code", outcome->cc, cc);
	expect("general register 0", outcome->general[0],
	       (probe->general[0] & ~0xffUL) | (words - 1));
	expect_general(probe, outcome, 0);
}

/* @got has the first @count words of the whole list, and nothing behind them. */
static void expect_list(const struct facilities *got, unsigned count)
{
	for (unsigned i = 0; i < FACILITY_WORDS; i++)
		expect_element("word", i, got->words[i],
			       i < count ? whole.words[i] : FACILITY_WORD_KEPT);
}

static void check_bits(void)
{
	const struct probe probe = stfle_probe(stfle, &whole, FACILITY_WORDS);
	const struct outcome outcome = probe_run(&probe);

	words = (unsigned)(outcome.general[0] & 0xff) + 1;
	test("STFLE with room for all");
	expect_stfle(&probe, &outcome, 0);
	expect_true("at least the words with bits 158 and 161", words >= 3);
	for (unsigned i = words; i < FACILITY_WORDS; i++)
		expect_element("word", i, whole.words[i], FACILITY_WORD_KEPT);
	test("facility 158 is that of a protected guest");
	expect("bit", facility(&whole, FACILITY_UVC), is_protected());
	test("facility 161 is that of a guest that may become protected");
	expect("bit", facility(&whole, FACILITY_UNPACK),
	       parameter_is("guest", "normal"));
}

static void check_short_lists(void)
{
	for (unsigned room = 1; room < words; room++) {
		const struct probe probe = stfle_probe(stfle, &list, room);
		const struct outcome outcome = probe_run(&probe);

		test(room < 3 ? "STFLE with less room than needed for bit 158" :
				"STFLE with room for bit 158, but not for all");
		expect_stfle(&probe, &outcome, 3);
		expect_list(&list, room);
	}
	test("STFLE with exactly the room needed");
	{
		const struct probe probe = stfle_probe(stfle, &list, words);
		const struct outcome outcome = probe_run(&probe);

		expect_stfle(&probe, &outcome, 0);
		expect_list(&list, words);
	}
	test("STFL stores the first half of the first word");
	__asm__ volatile(".insn s,0xb2b10000,0" : : : "memory");
	expect("facilities", lowcore()->facilities, whole.words[0] >> 32);
}

/* The list of one way to execute STFLE is the one that is known. */
static void check_way(const char *name, const struct probe *probe)
{
	const struct outcome outcome = probe_run(probe);

	test(name);
	expect_stfle(probe, &outcome, 0);
	expect_list(&list, words);
}

static void check_ways(void)
{
	struct probe probe = stfle_probe(stfle, &list, FACILITY_WORDS);

	probe.psw_mask |= PSW_PROBLEM_STATE;
	check_way("STFLE in problem state", &probe);

	probe = stfle_probe(stfle_by_ex, &list, FACILITY_WORDS);
	probe.general[4] = (uint64_t)stfle;
	check_way("STFLE by EXECUTE", &probe);

	probe = stfle_probe(stfle_by_exrl, &list, FACILITY_WORDS);
	probe.general[1] = 0;
	check_way("STFLE by EXECUTE RELATIVE LONG", &probe);

	probe = stfle_probe(stfle_displaced, &list, FACILITY_WORDS);
	probe.general[5] = (uint64_t)&list - 0x123;
	check_way("STFLE with base and displacement", &probe);

	probe = stfle_probe(stfle, &list, FACILITY_WORDS);
	probe.psw_mask = PSW_31;
	probe.general[3] |= 0xdeadbeef80000000;
	check_way("STFLE in 31-bit mode, with bits that do not count in the address", &probe);

	probe = stfle_probe(stfle, &list, FACILITY_WORDS);
	probe.psw_mask = PSW_24;
	probe.general[3] |= 0xdeadbeefff000000;
	check_way("STFLE in 24-bit mode, with bits that do not count in the address", &probe);
}

static void check_refusals(void)
{
	struct probe probe = stfle_probe(stfle, &list, FACILITY_WORDS);
	struct outcome outcome;

	probe.general[3] += 4;
	outcome = probe_run(&probe);
	test("STFLE to a list that is not aligned");
	expect_suppressed(&probe, &outcome, PGM_SPECIFICATION, 4);
	expect_list(&list, 0);
}

/* --- Where the list is stored to --------------------------------------------- */

#define WINDOW 0xf0000UL /* two pages of the primary space that frames[] lie behind */

static struct probe translated_probe(uint64_t address)
{
	struct probe probe = stfle_probe(stfle, &list, FACILITY_WORDS);

	probe.psw_mask |= PSW_DAT;
	probe.control_0 |= CR0_ENHANCED_DAT;
	probe.control_1 = space_control(SPACE_PRIMARY);
	probe.control_13 = space_control(SPACE_HOME);
	probe.general[3] = address;
	return probe;
}

/* Puts the list that lies on the two frames from @offset of the first on together. */
static void gather(unsigned first_frame, unsigned offset)
{
	uint8_t *bytes = (uint8_t *)&list;

	for (unsigned i = 0; i < words * 8; i++, offset++)
		bytes[i] = frames[first_frame ^ offset / PAGE_SIZE][offset % PAGE_SIZE];
}

static void check_translated(unsigned offset, const char *name)
{
	struct probe probe = translated_probe(WINDOW + offset);
	struct outcome outcome;

	/* The first page lies on the second frame and the other way round. */
	spaces_reset();
	*space_page(SPACE_PRIMARY, WINDOW) = (uint64_t)frames[1];
	*space_page(SPACE_PRIMARY, WINDOW + PAGE_SIZE) = (uint64_t)frames[0];
	spaces_purge();
	outcome = probe_run(&probe);
	gather(1, offset);
	test(name);
	expect_stfle(&probe, &outcome, 0);
	expect_list(&list, words);
}

static void check_protected_page(void)
{
	struct probe probe = translated_probe(WINDOW);
	struct outcome outcome;

	spaces_reset();
	*space_page(SPACE_PRIMARY, WINDOW) = (uint64_t)&frames[0] | PAGE_PROTECTED;
	spaces_purge();
	((uint64_t *)frames[0])[2] = FACILITY_WORD_KEPT;
	outcome = probe_run(&probe);
	test("STFLE to a page that is protected");
	expect_suppressed(&probe, &outcome, PGM_PROTECTION, 4);
	expect("what the page holds", ((uint64_t *)frames[0])[2], FACILITY_WORD_KEPT);
}

static uint8_t other_area[PREFIX_AREA_SIZE] __attribute__((aligned(PREFIX_AREA_SIZE)));

/* Real 0x1800 is absolute other_area + 0x1800 then. */
static void check_prefixed(void)
{
	const volatile uint64_t *low = (volatile uint64_t *)lowcore();
	struct facilities *real = (struct facilities *)((char *)low + 0x1800);
	struct probe probe;
	struct outcome outcome;

	for (unsigned i = 0; i < PREFIX_AREA_SIZE / 8; i++)
		((uint64_t *)other_area)[i] = low[i];
	set_prefix((uint32_t)(uint64_t)other_area);
	probe = stfle_probe(stfle, real, FACILITY_WORDS);
	outcome = probe_run(&probe);
	set_prefix(0);
	list = *(struct facilities *)(other_area + 0x1800);
	test("STFLE into the prefix area");
	expect_stfle(&probe, &outcome, 0);
	expect_list(&list, words);
	expect("absolute storage below 8 KiB", real->words[2], 0);
}

static struct outcome outcome_elsewhere;

static void run_elsewhere(void *argument)
{
	outcome_elsewhere = probe_run(argument);
}

static void check_other_cpus(void)
{
	const unsigned count = cpu_count();

	for (unsigned cpu = 1; cpu < count && cpu < CPUS_MAX; cpu++) {
		struct probe probe = stfle_probe(stfle, &list, FACILITY_WORDS);

		cpu_start(cpu, run_elsewhere, &probe);
		cpu_wait(cpu);
		test("STFLE on another CPU");
		expect_stfle(&probe, &outcome_elsewhere, 0);
		expect_list(&list, words);
	}
}

void payload_main(void)
{
	interruptions_unexpected();
	check_bits();
	check_short_lists();
	check_ways();
	check_refusals();
	check_translated(0x100, "STFLE with DAT on, to another frame");
	check_translated(PAGE_SIZE - 16, "STFLE with DAT on, bit 158 on the next page");
	check_protected_page();
	check_prefixed();
	check_other_cpus();
}
