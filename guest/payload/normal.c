/* SPDX-License-Identifier: MIT */
/*
 * Payload for a normal guest: there is no UVC, and DIAGNOSE 308 has the
 * subcodes that lead to a protected one. Not started from an image; with the
 * parameter guest=never on a machine that protects nothing.
 */
#include "payload/suite/registers.h"
#include "payload/suite/storage.h"
#include "payload/suite/tap.h"
#include "payload/suite/uvc.h"

SNIPPET(diag_308, "diag %r2,%r4,0x308");
SNIPPET(diag_308_based, "diag %r2,%r4,0(%r5)");
SNIPPET(diag_308_odd, "diag %r7,%r4,0x308");
SNIPPET(diag_308_by_ex, "ex %r0,0(%r6)");
SNIPPET(diag_308_by_exrl, ".insn ril,0xc60000000000,%r9,diag_308");

#define SUBCODE_SET 8
#define SUBCODE_STORE 9
#define SUBCODE_START 10

#define CODE_OK 0x0001
#define CODE_NO_BLOCK 0x0102
#define CODE_INVALID_BLOCK 0x0402
#define CODE_NO_PV_BLOCK 0x0902

static uint8_t page[2 * PAGE_SIZE] __attribute__((aligned(4096)));
static struct uvcb block, before;

static struct probe diag_probe(const void *code, uint64_t subcode)
{
	struct probe probe = probe_of(code);

	probe.general[2] = probe.general[7] = (uint64_t)page;
	probe.general[4] = subcode;
	probe.general[5] = 0x308;
	probe.general[6] = (uint64_t)diag_308;
	probe.general[9] = 0;
	return probe;
}

/* --- UVC ----------------------------------------------------------------------- */

static void check_uvc(void)
{
	struct probe probe = uvc_probe(uvc, &block);
	struct outcome outcome;

	uvcb_prepare(&block, UVC_QUERY_SIZE, UVC_QUERY);
	before = block;
	outcome = probe_run(&probe);
	test("UVC in a normal guest");
	expect_suppressed(&probe, &outcome, PGM_OPERATION, 4);
	expect_untouched(&block, &before);

	probe.psw_mask |= PSW_PROBLEM_STATE;
	outcome = probe_run(&probe);
	test("UVC in problem state of a normal guest");
	expect_suppressed(&probe, &outcome, PGM_OPERATION, 4);
}

/* --- DIAGNOSE 308 ----------------------------------------------------------------- */

static void refused(const char *name, const struct probe *probe, uint16_t code,
		    unsigned length)
{
	const struct outcome outcome = probe_run(probe);

	test(name);
	expect_suppressed(probe, &outcome, code, length);
}

/* The code is in the register behind that of the address, and nothing else changes. */
static void answered(const char *name, const struct probe *probe, uint64_t code)
{
	const struct outcome outcome = probe_run(probe);
	const unsigned cc = (unsigned)(probe->psw_mask >> PSW_CC_SHIFT) & 3;

	test(name);
	expect("program interruption", outcome.code, 0);
	expect("condition code, which is kept", outcome.cc, cc);
	expect("code", outcome.general[3], code);
	expect_general(probe, &outcome, 3);
}

static void check_without_block(void)
{
	struct probe probe = diag_probe(diag_308, SUBCODE_STORE);

	answered("store without a block", &probe, CODE_NO_BLOCK);
	probe = diag_probe(diag_308, SUBCODE_START);
	answered("start without a block", &probe, CODE_NO_PV_BLOCK);
	for (uint64_t cc = 0; cc < 4; cc++) {
		probe.psw_mask = PSW_ADDRESSING_64 | cc << PSW_CC_SHIFT;
		answered("start without a block keeps the condition code", &probe,
			 CODE_NO_PV_BLOCK);
	}
	probe = diag_probe(diag_308_based, SUBCODE_START);
	answered("start, function code from a base register", &probe, CODE_NO_PV_BLOCK);
	probe = diag_probe(diag_308_by_ex, SUBCODE_START);
	answered("start by EXECUTE", &probe, CODE_NO_PV_BLOCK);
	probe = diag_probe(diag_308_by_exrl, SUBCODE_START);
	answered("start by EXECUTE RELATIVE LONG", &probe, CODE_NO_PV_BLOCK);
}

static void check_refused(void)
{
	static const uint64_t subcodes[] = { SUBCODE_SET, SUBCODE_STORE, SUBCODE_START };
	const uint64_t end = storage_size();

	for (unsigned i = 0; i < 3; i++) {
		struct probe probe = diag_probe(diag_308, subcodes[i]);

		probe.psw_mask |= PSW_PROBLEM_STATE;
		refused("subcodes 8 to 10 in problem state", &probe, PGM_PRIVILEGED, 4);
		probe = diag_probe(diag_308_odd, subcodes[i]);
		refused("subcodes 8 to 10 with an odd register", &probe,
			PGM_SPECIFICATION, 4);
	}
	for (unsigned i = 0; i < 2; i++) {
		struct probe probe = diag_probe(diag_308, subcodes[i]);

		probe.general[2] += 8;
		refused("subcodes 8 and 9 with an address that is not aligned", &probe,
			PGM_SPECIFICATION, 4);
		probe.general[2] = end;
		refused("subcodes 8 and 9 with an address behind storage", &probe,
			PGM_ADDRESSING, 4);
		probe.general[2] = ~(PAGE_SIZE - 1);
		refused("subcodes 8 and 9 with the last page of all addresses", &probe,
			PGM_ADDRESSING, 4);
	}
}

/* --- Blocks ------------------------------------------------------------------------- */

static void put(unsigned offset, unsigned size, uint64_t value)
{
	while (size--) {
		page[offset + size] = (uint8_t)value;
		value >>= 8;
	}
}

/* One component at 0x200000, header at 0x100000. */
static void make_block(void)
{
	for (unsigned i = 0; i < sizeof(page); i++)
		page[i] = 0;
	put(0x00, 4, 0xa0);
	put(0x07, 1, 1);
	put(0x08, 4, 0x98);
	put(0x0c, 1, 5);
	put(0x6f, 1, 1);
	put(0x74, 4, 1);
	put(0x78, 8, 0x100000);
	put(0x80, 8, 0x280);
	put(0x88, 8, 1);
	put(0x90, 8, 0x200000);
	put(0x98, 8, PAGE_SIZE);
}

static void check_blocks(void)
{
	static const struct {
		const char *name;
		unsigned offset, size;
		uint64_t value;
	} cases[] = {
		{ "a block of another type", 0x0c, 1, 4 },
		{ "a block longer than a page", 0x00, 4, 0x1001 },
		{ "a block that is too short", 0x00, 4, 147 },
		{ "a block of no length", 0x00, 4, 0 },
		{ "a block without components", 0x74, 4, 0 },
		{ "a block with more components than it holds", 0x74, 4, 2 },
		{ "a block with most components", 0x74, 4, 0xffffffff },
		{ "a header of more than two pages", 0x80, 8, 0x2001 },
		{ "a header of most bytes", 0x80, 8, ~0UL },
		{ "a header behind storage", 0x78, 8, 1UL << 40 },
		{ "a header at the last address", 0x78, 8, ~0UL },
		{ "a component that is not aligned", 0x90, 8, 0x200001 },
	};
	const struct probe set = diag_probe(diag_308, SUBCODE_SET);

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make_block();
		put(cases[i].offset, cases[i].size, cases[i].value);
		answered(cases[i].name, &set, CODE_INVALID_BLOCK);
	}
	make_block();
	put(0x00, 4, 0xb8);
	put(0x74, 4, 2);
	put(0xa0, 8, 1);
	put(0xa8, 8, 0x300000);
	put(0xb0, 8, PAGE_SIZE);
	answered("tweak prefixes that do not ascend", &set, CODE_INVALID_BLOCK);
	check_without_block();
}

static void check_store(void)
{
	struct probe probe = diag_probe(diag_308, SUBCODE_SET);
	const unsigned size = 0xa0;

	make_block();
	answered("a valid block is taken", &probe, CODE_OK);
	for (unsigned i = 0; i < sizeof(page); i++)
		page[i] = 0xee;
	probe = diag_probe(diag_308, SUBCODE_STORE);
	answered("it is stored again", &probe, CODE_OK);
	test("as it was, and nothing behind it");
	expect("length", page[2] << 8 | page[3], size);
	expect("type", page[0x0c], 5);
	expect("header address", page[0x7d], 0x10);
	expect("component address", page[0x95], 0x20);
	for (unsigned i = size; i < sizeof(page); i++)
		expect_element("byte", i, page[i], 0xee);
}

/*
 * The block leads to zeros where the SE header should be. The machine has been
 * reset by then, and nobody may notice.
 */
static void check_refused_start(void)
{
	const uint64_t step_header = 2, rc_version = 0x0104, rrc_magic = 0x0f00;
	static struct registers before_start, after_start;
	volatile uint64_t *absolute = (volatile uint64_t *)lowcore();
	struct probe probe = diag_probe(diag_308, SUBCODE_START);
	struct outcome outcome;

	test("a start that is refused changes nothing but the code");
	absolute[0] = 0x1122334455667788;
	absolute[1] = 0x99aabbccddeeff00;
	probe.psw_mask |= 2UL << PSW_CC_SHIFT;
	registers_fill();
	registers_take(&before_start);
	outcome = probe_run(&probe);
	registers_take(&after_start);
	expect("program interruption", outcome.code, 0);
	expect("condition code", outcome.cc, 2);
	expect("code", outcome.general[3],
	       step_header << 48 | rrc_magic << 32 | rc_version << 16 | 0x0a02);
	expect_general(&probe, &outcome, 3);
	expect_registers(&after_start, &before_start);
	expect("absolute storage 0", absolute[0], 0x1122334455667788);
	expect("absolute storage 8", absolute[1], 0x99aabbccddeeff00);
}

static void check_never(void)
{
	for (uint64_t subcode = SUBCODE_SET; subcode <= SUBCODE_START; subcode++) {
		const struct probe probe = diag_probe(diag_308, subcode);

		refused("subcodes 8 to 10 without the facility", &probe,
			PGM_SPECIFICATION, 4);
	}
}

void payload_main(void)
{
	interruptions_unexpected();
	check_uvc();
	if (parameter_is("guest", "never")) {
		check_never();
		return;
	}
	check_without_block();
	check_refused();
	check_blocks();
	check_store();
	check_refused_start();
}
