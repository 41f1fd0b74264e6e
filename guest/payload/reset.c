/* SPDX-License-Identifier: MIT */
/*
 * Payload: DIAGNOSE 308 subcodes 0 and 1 of a protected guest reset it without
 * leaving protection. Every reset leads to payload_entry again; what was stored
 * stays, so that static variables go from one life to the next.
 *
 * Meanwhile the other CPUs share and unshare pages. Whether all pages were
 * unshared only the host side can see: at the end one page is shared.
 */
#include "payload/suite/cpus.h"
#include "payload/suite/entry_state.h"
#include "payload/suite/facilities.h"
#include "payload/suite/registers.h"
#include "payload/suite/tap.h"
#include "payload/suite/uvc.h"

SNIPPET(diag_308, "diag %r2,%r4,0x308");

#define SUBCODE_CLEAR 0
#define SUBCODE_LOAD_NORMAL 1

#define SHORT_PSW 0x0008000000000000UL
#define SHORT_PSW_CC_2 0x0000200000000000UL
#define SHORT_PSW_PROGRAM_MASK 0x00000f0000000000UL

#define RESET_CONTROL_0 0xe0UL
#define RESET_CONTROL_14 0xc2000000UL

/* Lives: each ends with a reset, but for the last one. */
enum life {
	LIFE_FIRST = 1,    /* ends with subcode 1 */
	LIFE_LOAD_NORMAL,  /* ends with subcode 0 */
	LIFE_CLEAR,        /* ends with a reset by another CPU */
	LIFE_OTHER_CPU,    /* ends with the first of many */
	LIFE_STORM,
};
#define STORM_RESETS 20

static struct uvcb block, shared_pages[3];
static struct registers late, before; /* of this life, of the end of the last one */
static struct probe last;             /* the DIAG that ended the last life */
static uint64_t short_psw;
static volatile bool sharers_run;
static unsigned storm_faults;
static uint8_t other_area[PREFIX_AREA_SIZE] __attribute__((aligned(PREFIX_AREA_SIZE)));

/* --- Before a reset ------------------------------------------------------------ */

/* Runs on another CPU until a reset stops it. */
static void share_for_ever(void *argument)
{
	static struct uvcb blocks[CPUS_MAX];
	struct uvcb *mine = &blocks[cpu_address()];

	(void)argument;
	sharers_run = true;
	for (uint64_t i = 0;; i++) {
		uvcb_prepare_share(mine, i % 3 ? UVC_SHARE : UVC_UNSHARE,
				   (64UL << 20) + (i % 512) * PAGE_SIZE);
		uvc_execute(mine);
	}
}

static void start_sharers(void)
{
	const unsigned count = cpu_count();

	sharers_run = false;
	for (unsigned cpu = 0; cpu < count && cpu < CPUS_MAX; cpu++) {
		if (cpu != cpu_address())
			cpu_start(cpu, share_for_ever, NULL);
	}
	while (count > 1 && !sharers_run)
		;
}

static void share_some(void)
{
	for (unsigned i = 0; i < 3; i++) {
		uvcb_prepare_share(&block, UVC_SHARE, (uint64_t)&shared_pages[i]);
		uvc_execute(&block);
	}
}

/* The PSW is loaded from absolute 0, wherever the prefix area is. */
static void plant(uint64_t psw)
{
	volatile uint64_t *absolute = (volatile uint64_t *)lowcore();

	short_psw = psw | (uint64_t)payload_entry;
	*absolute = short_psw;
}

static void take_other_prefix(void)
{
	const volatile uint64_t *low = (const volatile uint64_t *)lowcore();

	for (unsigned i = 1; i < PREFIX_AREA_SIZE / 8; i++)
		((volatile uint64_t *)other_area)[i] = low[i];
	*(volatile uint64_t *)other_area = 0; /* no PSW to go on with */
	set_prefix((uint32_t)(uint64_t)other_area);
}

static _Noreturn void reset(uint64_t subcode)
{
	last = probe_of(diag_308);
	last.general[4] = subcode;
	last.control_1 = 0x123000;
	last.control_13 = 0x456000;
	registers_fill();
	registers_take(&before);
	probe_run(&last);
	bail_out("the guest was not reset by subcode", subcode, 0);
}

static void reset_from_elsewhere(void *subcode)
{
	reset((uint64_t)subcode);
}

/* --- After a reset ---------------------------------------------------------------- */

static void check_control(void)
{
	for (unsigned i = 0; i < 16; i++)
		expect_element("control register", i, entry_state.control[i],
			       i == 0 ? RESET_CONTROL_0 :
			       i == 14 ? RESET_CONTROL_14 : 0);
	expect("prefix", entry_state.prefix, 0);
	expect("clock comparator", entry_state.clock_comparator, 0);
	expect("floating-point control", late.floating_control, 0);
}

static void check_cleared(void)
{
	for (unsigned i = 0; i < 16; i++) {
		expect_element("general register", i, entry_state.general[i], 0);
		expect_element("access register", i, entry_state.access[i], 0);
	}
	for (unsigned i = 0; i < 32; i++)
		expect_element("vector register", i,
			       late.vectors[i][0] | late.vectors[i][1], 0);
}

/* An initial CPU reset leaves these alone. */
static void check_kept(void)
{
	for (unsigned i = 0; i < 16; i++) {
		expect_element("general register", i, entry_state.general[i],
			       last.general[i]);
		expect_element("access register", i, entry_state.access[i],
			       before.access[i]);
	}
	for (unsigned i = 0; i < 32; i++)
		expect_element("vector register", i, late.vectors[i][0],
			       before.vectors[i][0]);
}

static void check_others_stopped(unsigned running)
{
	const unsigned count = cpu_count();

	for (unsigned cpu = 0; cpu < count; cpu++) {
		if (cpu != running)
			expect_element("stopped, CPU", cpu, cpu_is_stopped(cpu), 1);
	}
}

static void check_protected(void)
{
	struct facilities list;

	uvcb_prepare_share(&block, UVC_UNSHARE, (uint64_t)&shared_pages[0]);
	expect("rc of a call", uvc_execute(&block), RC_EXECUTED);
	stfle_run(&list, 3);
	expect("facility 158", facility(&list, FACILITY_UVC), 1);
	expect("facility 161", list.words[2] >> 30 & 1, 0);
}

static void check_life(unsigned cpu)
{
	/* QEMU does not take over the condition code. */
	const uint64_t not_kept = SHORT_PSW | 3UL << PSW_CC_SHIFT | 0x7fffffff;

	test("the PSW is that of absolute 0");
	expect("mask", entry_state.psw_mask, short_psw & ~not_kept);
	test("the CPU that asked for the reset goes on");
	expect("CPU address", entry_state.cpu_address, cpu);
	test("control registers, prefix and the like are reset");
	check_control();
	test("all other CPUs are stopped");
	check_others_stopped(cpu);
	test("storage stays, page 0 too");
	expect("doubleword at absolute 0", *(volatile uint64_t *)lowcore(), short_psw);
	for (unsigned i = 0; i < 3; i++)
		expect_element("shared page", i, shared_pages[i].words[7], 0x1111 * i);
	test("the guest is still a protected one");
	check_protected();
}

/* --- The lives ---------------------------------------------------------------------- */

static _Noreturn void first_life(void)
{
	note("reset by subcode 1");
	for (unsigned i = 0; i < 3; i++)
		shared_pages[i].words[7] = 0x1111 * i;
	share_some();
	start_sharers();
	plant(SHORT_PSW | PSW_ADDRESSING_31 | SHORT_PSW_CC_2 | SHORT_PSW_PROGRAM_MASK);
	reset(SUBCODE_LOAD_NORMAL);
}

static _Noreturn void load_normal_life(void)
{
	test("subcode 1 keeps general, access and vector registers");
	check_kept();
	check_life(0);
	note("reset by subcode 0, with a prefix");
	share_some();
	start_sharers();
	plant(SHORT_PSW | PSW_ADDRESSING_64 | SHORT_PSW_CC_2);
	take_other_prefix();
	reset(SUBCODE_CLEAR);
}

static _Noreturn void clear_life(void)
{
	test("subcode 0 clears general, access and vector registers");
	check_cleared();
	check_life(0);
	share_some();
	plant(SHORT_PSW | PSW_ADDRESSING_64);
	if (cpu_count() == 1) {
		entry_state.count++;
		reset(SUBCODE_CLEAR);
	}
	note("reset by another CPU");
	cpu_start(1, reset_from_elsewhere, (void *)SUBCODE_CLEAR);
	for (;;)
		;
}

static _Noreturn void other_cpu_life(void)
{
	check_life(1);
	note("many resets");
	start_sharers();
	reset(SUBCODE_LOAD_NORMAL);
}

/* Without a word, but for the last one. */
static void storm_life(void)
{
	const unsigned running = entry_state.cpu_address;
	const unsigned count = cpu_count();

	for (unsigned cpu = 0; cpu < count; cpu++)
		storm_faults += cpu != running && !cpu_is_stopped(cpu);
	uvcb_prepare_share(&block, UVC_UNSHARE, (uint64_t)&block);
	storm_faults += uvc_execute(&block) != RC_EXECUTED;
	if (entry_state.count < LIFE_STORM + STORM_RESETS) {
		start_sharers();
		reset(entry_state.count % 2);
	}
	test("after many resets the guest is what it was");
	expect("faults", storm_faults, 0);
	check_protected();
	uvcb_prepare_share(&block, UVC_SHARE, (uint64_t)&shared_pages[0]);
	uvc_execute(&block);
}

void payload_main(void)
{
	interruptions_unexpected();
	registers_take(&late);
	switch (entry_state.count) {
	case LIFE_FIRST:
		first_life();
	case LIFE_LOAD_NORMAL:
		load_normal_life();
	case LIFE_CLEAR:
		clear_life();
	case LIFE_OTHER_CPU:
		other_cpu_life();
	default:
		storm_life();
	}
}
