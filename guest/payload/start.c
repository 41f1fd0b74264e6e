/* SPDX-License-Identifier: MIT */
/*
 * Payload: what a protected guest finds when it is entered. Parameters: cpus
 * (how many there are), stage3b (its size).
 */
#include "image/layout.h"
#include "payload/pattern.h"
#include "payload/suite/cpus.h"
#include "payload/suite/entry_state.h"
#include "payload/suite/payload.h"
#include "payload/suite/registers.h"
#include "payload/suite/storage.h"
#include "payload/suite/tap.h"

#define RESET_CONTROL_0 0xe0UL
#define RESET_CONTROL_14 0xc2000000UL

/* --- Registers -------------------------------------------------------------- */

/* Floating-point and vector registers: code here uses none. */
static struct registers late;

static void check_registers(void)
{
	test("general registers are zero");
	for (unsigned i = 0; i < 16; i++)
		expect_element("general register", i, entry_state.general[i], 0);
	test("access registers are zero");
	for (unsigned i = 0; i < 16; i++)
		expect_element("access register", i, entry_state.access[i], 0);
	test("control registers are those of a reset");
	for (unsigned i = 0; i < 16; i++)
		expect_element("control register", i, entry_state.control[i],
			       i == 0 ? RESET_CONTROL_0 :
			       i == 14 ? RESET_CONTROL_14 : 0);
	test("floating-point control and vector registers are zero");
	expect("floating-point control", late.floating_control, 0);
	for (unsigned i = 0; i < 32; i++) {
		expect_element("left half of vector register", i,
			       late.vectors[i][0], 0);
		expect_element("right half of vector register", i,
			       late.vectors[i][1], 0);
	}
}

static void check_psw(void)
{
	test("the PSW is that of the SE header");
	expect("mask", entry_state.psw_mask, PSW_ADDRESSING_64);
	expect("entries", entry_state.count, 1);
	test("the prefix is zero");
	expect("prefix", entry_state.prefix, 0);
	test("the CPU is the first one");
	expect("CPU address", entry_state.cpu_address, 0);
	test("the clock comparator is zero");
	expect("clock comparator", entry_state.clock_comparator, 0);
}

/* --- Storage ---------------------------------------------------------------- */

/* Where the first byte that is not zero was found; its end when there is none. */
static struct {
	uint64_t lowcore, stage3a, legacy_ipib, header, between, behind;
} dirt;

static uint64_t storage_end, components_end;

static uint64_t page_align(uint64_t address)
{
	return (address + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

/* Before anything is written outside the payload's own storage. */
static void storage_look(void)
{
	const char *end = payload_parameters;

	while (*end)
		end++;
	components_end = page_align((uint64_t)end) +
			 page_align(parameter_number("stage3b", 0));
	dirt.lowcore = first_not_zero(0, 2 * PAGE_SIZE);
	dirt.between = first_not_zero(2 * PAGE_SIZE, STAGE3A_ADDRESS);
	dirt.stage3a = first_not_zero(STAGE3A_ADDRESS, STAGE3A_LIMIT);
	dirt.legacy_ipib = first_not_zero(LEGACY_IPIB_ADDRESS, SE_HEADER_ADDRESS);
	dirt.header = first_not_zero(SE_HEADER_ADDRESS, (uint64_t)payload_start);
	storage_end = storage_size();
	dirt.behind = first_not_zero(components_end, storage_end);
}

static void check_storage(void)
{
	test("the prefix area is zero");
	expect("first byte that is not", dirt.lowcore, 2 * PAGE_SIZE);
	test("storage up to stage3a, with the image's metadata, is zero");
	expect("first byte that is not", dirt.between, STAGE3A_ADDRESS);
	test("the place of stage3a is zero");
	expect("first byte that is not", dirt.stage3a, STAGE3A_LIMIT);
	test("the place of an old image's IPIB is zero");
	expect("first byte that is not", dirt.legacy_ipib, SE_HEADER_ADDRESS);
	test("the place of the SE header is zero");
	expect("first byte that is not", dirt.header, (uint64_t)payload_start);
	test("storage behind the components, with the IPIB, is zero");
	expect("first byte that is not", dirt.behind, storage_end);
	test("storage is as large as the guest was given");
	expect("MiB", storage_end >> 20, parameter_number("storage", 512));
}

static void check_own_pages(void)
{
	uint64_t word = PATTERN_FIRST;

	test("the component was unpacked as it was made");
	for (unsigned i = 0; i < PATTERN_WORDS; i++, word += PATTERN_STEP)
		expect_element("doubleword", i, pattern[i], word);
	test("the component behind it is there");
	expect_true("stage3b is not zero",
		    first_not_zero(components_end - PAGE_SIZE, components_end) !=
			    components_end);
}

/* --- Other CPUs ------------------------------------------------------------- */

static void check_cpus(void)
{
	const unsigned count = parameter_number("cpus", 1);
	uint32_t status;

	test("there are as many CPUs as the guest was given");
	expect("CPUs", cpu_count(), count);
	test("every other CPU is stopped, with nothing pending");
	for (unsigned cpu = 1; cpu < count; cpu++) {
		expect_element("condition code of SIGP sense to CPU", cpu,
			       sigp(cpu, SIGP_SENSE, 0, &status), SIGP_STATUS_STORED);
		expect_element("status of CPU", cpu, status, SIGP_STATUS_STOPPED);
	}
	test("a CPU that does not exist is not operational");
	expect("condition code", sigp(count, SIGP_SENSE, 0, &status),
	       SIGP_NOT_OPERATIONAL);
}

void payload_main(void)
{
	storage_look();
	interruptions_unexpected();
	registers_take(&late);
	check_registers();
	check_psw();
	check_storage();
	check_own_pages();
	check_cpus();
}
