/* SPDX-License-Identifier: MIT */
/* Payload: DIAGNOSE 308 in a protected guest, but for the resets (reset.c). */
#include "payload/suite/payload.h"
#include "payload/suite/probe.h"
#include "payload/suite/tap.h"

SNIPPET(diag_308, "diag %r2,%r4,0x308");
SNIPPET(diag_308_based, "diag %r2,%r4,0(%r5)");
SNIPPET(diag_308_odd, "diag %r3,%r4,0x308");
SNIPPET(diag_308_by_ex, "ex %r0,0(%r6)");
SNIPPET(diag_308_by_exrl, ".insn ril,0xc60000000000,%r7,diag_308");
SNIPPET(diag_of_the_start, "diag %r0,%r0,0xe5a");

static uint8_t page[PAGE_SIZE] __attribute__((aligned(4096)));

static struct probe diag_probe(const void *code, uint64_t subcode)
{
	struct probe probe = probe_of(code);

	probe.general[2] = (uint64_t)page;
	probe.general[4] = subcode;
	probe.general[5] = 0x308;
	probe.general[6] = (uint64_t)diag_308;
	probe.general[7] = 0;
	return probe;
}

static void refused(const char *name, const struct probe *probe, uint16_t code,
		    unsigned length)
{
	const struct outcome outcome = probe_run(probe);

	test(name);
	expect_suppressed(probe, &outcome, code, length);
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		expect_element("byte of the operand", i, page[i], 0);
}

static void check_subcodes(void)
{
	static const struct {
		uint64_t subcode;
		const char *name;
	} cases[] = {
		{ 4, "subcode 4, load normal" },
		{ 7, "subcode 7" },
		{ 8, "subcode 8, set protected IPL block" },
		{ 9, "subcode 9, store protected IPL block" },
		{ 10, "subcode 10, start protected" },
		{ 11, "subcode 11, which does not exist" },
		{ 0x10000, "subcode 0x10000" },
		{ 1UL << 32 | 10, "subcode 0x10000000a" },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct probe probe = diag_probe(diag_308, cases[i].subcode);

		refused(cases[i].name, &probe, PGM_SPECIFICATION, 4);
	}
}

static void check_ways(void)
{
	struct probe probe = diag_probe(diag_308_based, 10);

	refused("subcode 10, function code from a base register", &probe,
		PGM_SPECIFICATION, 4);
	probe = diag_probe(diag_308_odd, 8);
	refused("subcode 8 with an odd register", &probe, PGM_SPECIFICATION, 4);
	probe = diag_probe(diag_308_by_ex, 10);
	refused("subcode 10 by EXECUTE", &probe, PGM_SPECIFICATION, 4);
	probe = diag_probe(diag_308_by_exrl, 10);
	refused("subcode 10 by EXECUTE RELATIVE LONG", &probe, PGM_SPECIFICATION, 6);
	probe = diag_probe(diag_of_the_start, 0);
	refused("the function code that the protected start uses", &probe,
		PGM_SPECIFICATION, 4);
}

static void check_problem_state(void)
{
	for (uint64_t subcode = 0; subcode <= 11; subcode++) {
		struct probe probe = diag_probe(diag_308, subcode);

		probe.psw_mask |= PSW_PROBLEM_STATE;
		refused("any subcode in problem state", &probe, PGM_PRIVILEGED, 4);
	}
	{
		struct probe probe = diag_probe(diag_of_the_start, 0);

		probe.psw_mask |= PSW_PROBLEM_STATE;
		refused("the function code of the protected start in problem state",
			&probe, PGM_PRIVILEGED, 4);
	}
}

void payload_main(void)
{
	interruptions_unexpected();
	check_subcodes();
	check_ways();
	check_problem_state();
}
