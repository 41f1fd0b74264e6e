/* SPDX-License-Identifier: MIT */
/*
 * Payload: several CPUs at once. Blocks and page tables change while a call is
 * executed, all CPUs share and unshare, all CPUs run into program
 * interruptions. At the end 512 pages in 128 runs are shared, which the host side
 * looks at. Wants four CPUs.
 */
#include <stddef.h>

#include "lib/cpu.h"
#include "payload/suite/cpus.h"
#include "payload/suite/spaces.h"
#include "payload/suite/tap.h"
#include "payload/suite/uvc.h"

SNIPPET(uvc_m3, ".insn rrf,0xb9a40000,%r1,%r2,1,0");

#define CPUS 4
#define WINDOW 0xf0000UL

/* For a block of any length, with a page before and behind that stays as it is. */
static struct {
	uint8_t before[PAGE_SIZE];
	uint8_t room[0x10000 + PAGE_SIZE];
	uint8_t behind[PAGE_SIZE];
} victim __attribute__((aligned(4096)));

static struct uvcb blocks[CPUS_MAX];
static volatile bool stop;

static void start_others(void (*function)(void *), unsigned count)
{
	stop = false;
	for (unsigned cpu = 1; cpu <= count; cpu++)
		cpu_start(cpu, function, (void *)(uint64_t)cpu);
}

static void stop_others(unsigned count)
{
	stop = true;
	for (unsigned cpu = 1; cpu <= count; cpu++)
		cpu_wait(cpu);
}

/*
 * A second of it, and on a busy host as long as nothing has happened yet; a
 * minute at most.
 */
static bool goes_on(uint64_t begin, bool happened)
{
	const uint64_t spent = clock_now() - begin;

	return spent < CLOCK_SECOND || (!happened && spent < 60 * CLOCK_SECOND);
}

/* --- A block that changes ---------------------------------------------------------- */

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void change_block(void *cpu)
{
	static const uint16_t lengths[] = {
		0, 4, 8, 0x28, 0x30, 0xa8, 0x120, 0x188, 0x200, 0xfff, 0xffff,
	};
	static const uint16_t commands[] = {
		UVC_QUERY, 0x0002, UVC_SHARE, UVC_UNSHARE, 0x1033, UVC_UNKNOWN,
	};
	volatile uint64_t *words = (volatile uint64_t *)victim.room;
	uint64_t state = 88172645463325252UL + (uint64_t)cpu;

	while (!stop) {
		uint64_t random = next_random(&state);
		uint64_t length = lengths[random % 11];
		uint64_t command = commands[(random >> 8) % 6];

		words[0] = length << 48 | command << 32 | (uint32_t)random;
		words[4] = (128UL << 20) + (random >> 20) % 64 * PAGE_SIZE;
	}
}

static void check_changing_block(void)
{
	const struct probe probe = uvc_probe(uvc, victim.room);
	const uint64_t begin = clock_now();
	unsigned interrupted = 0, other_cc = 0, calls = 0;

	for (unsigned i = 0; i < PAGE_SIZE; i++)
		victim.before[i] = victim.behind[i] = 0x3c;
	start_others(change_block, 2);
	while (goes_on(begin, calls >= 100)) {
		const struct outcome outcome = probe_run(&probe);

		interrupted += outcome.interrupted;
		other_cc += outcome.cc > 1;
		calls++;
	}
	stop_others(2);
	test("a block that two CPUs change for a second while it is used");
	expect("interruptions", interrupted, 0);
	expect("condition codes above 1", other_cc, 0);
	expect_true("at least a hundred calls", calls >= 100);
	for (unsigned i = 0; i < PAGE_SIZE; i++) {
		expect_element("byte before the block", i, victim.before[i], 0x3c);
		expect_element("byte behind the block", i, victim.behind[i], 0x3c);
	}
	for (unsigned i = 0; i < 64; i++) {
		uvcb_prepare_share(&blocks[0], UVC_UNSHARE, (128UL << 20) + i * PAGE_SIZE);
		expect("rc of a call afterwards", uvc_execute(&blocks[0]), RC_EXECUTED);
	}
}

/* --- A page that comes and goes ------------------------------------------------------ */

static void change_mapping(void *cpu)
{
	volatile uint64_t *entry = space_page(SPACE_HOME, WINDOW);

	(void)cpu;
	while (!stop) {
		*entry = PAGE_INVALID;
		*entry = (uint64_t)&blocks[0];
	}
}

static void check_changing_mapping(void)
{
	struct probe probe = uvc_probe(uvc, (void *)WINDOW);
	const uint64_t begin = clock_now();
	unsigned done = 0, faults = 0, others = 0;

	spaces_reset();
	*space_page(SPACE_HOME, WINDOW) = (uint64_t)&blocks[0];
	probe.psw_mask |= PSW_DAT;
	probe.control_0 |= CR0_ENHANCED_DAT;
	probe.control_1 = space_control(SPACE_PRIMARY);
	probe.control_13 = space_control(SPACE_HOME);
	uvcb_prepare_share(&blocks[0], UVC_UNSHARE, (uint64_t)&blocks[0]);
	start_others(change_mapping, 1);
	while (goes_on(begin, done > 0 && faults > 0)) {
		const struct outcome outcome = probe_run(&probe);

		if (!outcome.interrupted && outcome.cc == 0)
			done++;
		else if (outcome.interrupted && outcome.code == PGM_PAGE_TRANSLATION &&
			 (outcome.teid & ~0xfffUL) == WINDOW && outcome.advance == 0)
			faults++;
		else
			others++;
	}
	stop_others(1);
	test("a block whose page comes and goes for a second");
	expect("outcomes that are neither execution nor page translation", others, 0);
	expect_true("both came about", done > 0 && faults > 0);
}

/* --- A prefix area that another CPU writes to ----------------------------------------- */

#define MESSAGE 0x180 /* where the machine stores nothing */

static unsigned lost_messages;
static volatile unsigned sent_messages;

/* With a prefix, its address leads to absolute 0: the prefix area of CPU 0. */
static void send_messages(void *cpu)
{
	volatile uint64_t *message = (volatile uint64_t *)(uint64_t)(prefix() + MESSAGE);

	(void)cpu;
	while (!stop) {
		*message = ++sent_messages;
		for (unsigned i = 0; i < 100; i++) {
			if (*message != sent_messages) {
				lost_messages++;
				break;
			}
		}
	}
}

static void check_written_prefix_area(void)
{
	const uint64_t begin = clock_now();

	start_others(send_messages, 1);
	while (goes_on(begin, sent_messages > 0)) {
		uvcb_prepare_share(&blocks[0], UVC_UNSHARE, (uint64_t)&blocks[0]);
		uvc_execute(&blocks[0]);
	}
	stop_others(1);
	test("what another CPU stores to the prefix area of one that calls stays");
	expect_true("something was stored", sent_messages > 0);
	expect("lost", lost_messages, 0);
}

/* --- Interruptions everywhere --------------------------------------------------------- */

static unsigned wrong_interruptions[CPUS_MAX], right_interruptions[CPUS_MAX];

static void interrupt_again_and_again(void *argument)
{
	const uint64_t cpu = (uint64_t)argument;
	struct probe probe = uvc_probe(uvc, &blocks[cpu]);
	uint16_t expected = PGM_PRIVILEGED;

	if (cpu == 0) {
		probe.psw_mask |= PSW_PROBLEM_STATE;
	} else if (cpu == 1) {
		probe.code = uvc_m3;
		expected = PGM_SPECIFICATION;
	} else if (cpu == 2) {
		probe.general[2] = 1UL << 40;
		expected = PGM_ADDRESSING;
	} else {
		probe.general[2] = WINDOW;
		probe.psw_mask |= PSW_DAT;
		probe.control_0 |= CR0_ENHANCED_DAT;
		probe.control_1 = space_control(SPACE_PRIMARY);
		probe.control_13 = space_control(SPACE_HOME);
		expected = PGM_PAGE_TRANSLATION;
	}
	for (unsigned i = 0; i < 20000; i++) {
		const struct outcome outcome = probe_run(&probe);

		if (outcome.interrupted && outcome.code == expected)
			right_interruptions[cpu]++;
		else
			wrong_interruptions[cpu]++;
	}
}

static void check_interruptions(void)
{
	spaces_reset();
	*space_page(SPACE_HOME, WINDOW) = PAGE_INVALID;
	start_others(interrupt_again_and_again, CPUS - 1);
	interrupt_again_and_again((void *)0);
	stop_others(CPUS - 1);
	test("four CPUs run into four kinds of interruption at once");
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		expect_element("wrong interruptions of CPU", cpu, wrong_interruptions[cpu], 0);
		expect_element("right interruptions of CPU", cpu, right_interruptions[cpu], 20000);
	}
}

/* --- Sharing everywhere ------------------------------------------------------------------ */

#define AREA (64UL << 20)
#define AREA_PAGES 1024UL
#define CONTENDED (96UL << 20) /* pages that every CPU shares and unshares */
#define CONTENDED_PAGES 16UL
#define ROUNDS 8

static unsigned failed_calls[CPUS_MAX];

static void call(uint64_t cpu, uint16_t command, uint64_t address)
{
	uvcb_prepare_share(&blocks[cpu], command, address);
	failed_calls[cpu] += uvc_execute(&blocks[cpu]) != RC_EXECUTED;
}

/* Of each four pages the CPU's own one; of two such groups the first stays shared. */
static void share_and_unshare(void *argument)
{
	const uint64_t cpu = (uint64_t)argument;

	for (unsigned round = 0; round < ROUNDS; round++) {
		for (uint64_t i = cpu; i < AREA_PAGES; i += CPUS) {
			call(cpu, UVC_SHARE, AREA + i * PAGE_SIZE);
			call(cpu, UVC_SHARE, CONTENDED + i % CONTENDED_PAGES * PAGE_SIZE);
			call(cpu, UVC_UNSHARE, AREA + i * PAGE_SIZE);
			call(cpu, UVC_UNSHARE, CONTENDED + i % CONTENDED_PAGES * PAGE_SIZE);
		}
	}
	for (uint64_t i = cpu; i < AREA_PAGES; i += CPUS) {
		if (i / CPUS % 2 == 0)
			call(cpu, UVC_SHARE, AREA + i * PAGE_SIZE);
	}
}

static void check_sharing(void)
{
	start_others(share_and_unshare, CPUS - 1);
	share_and_unshare((void *)0);
	stop_others(CPUS - 1);
	for (uint64_t i = 0; i < CONTENDED_PAGES; i++)
		call(0, UVC_UNSHARE, CONTENDED + i * PAGE_SIZE);
	test("four CPUs share and unshare at once");
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		expect_element("failed calls of CPU", cpu, failed_calls[cpu], 0);
}

void payload_main(void)
{
	interruptions_unexpected();
	if (cpu_count() < CPUS)
		bail_out("too few CPUs", cpu_count(), 0);
	check_changing_block();
	check_changing_mapping();
	check_written_prefix_area();
	check_interruptions();
	check_sharing();
}
