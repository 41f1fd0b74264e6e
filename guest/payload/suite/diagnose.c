/* SPDX-License-Identifier: MIT */
#include "payload/suite/diagnose.h"

#include "payload/suite/tap.h"

struct probe diagnose_probe(const void *code, const void *target, unsigned function,
			    uint64_t subcode, const volatile void *operand)
{
	struct probe probe = probe_of(code);

	probe.general[2] = probe.general[7] = (uint64_t)operand;
	probe.general[4] = subcode;
	probe.general[5] = function;
	probe.general[6] = (uint64_t)target;
	probe.general[9] = 0;
	return probe;
}

void diagnose_refused(const char *name, const struct probe *probe, uint16_t code,
		      unsigned length)
{
	const struct outcome outcome = probe_run(probe);

	test(name);
	expect_suppressed(probe, &outcome, code, length);
}

void diagnose_order(struct probe probe, const void *odd)
{
	probe.psw_mask |= PSW_PROBLEM_STATE;
	diagnose_refused("any subcode in problem state", &probe, PGM_PRIVILEGED, 4);
	probe.code = odd;
	diagnose_refused("any subcode in problem state, odd register", &probe,
			 PGM_PRIVILEGED, 4);
	probe.psw_mask &= ~PSW_PROBLEM_STATE;
	diagnose_refused("any subcode with an odd register", &probe, PGM_SPECIFICATION, 4);
}

void diagnose_answered(const char *name, const struct probe *probe, uint64_t code)
{
	const struct outcome outcome = probe_run(probe);
	const unsigned cc = (unsigned)(probe->psw_mask >> PSW_CC_SHIFT) & 3;

	test(name);
	expect("program interruption", outcome.code, 0);
	expect("condition code, which is kept", outcome.cc, cc);
	expect("code", outcome.general[3], code);
	expect_general(probe, &outcome, 3);
}

void diagnose_faults(const char *name, const struct probe *probe, const void *model,
		     uint64_t where, uint16_t expected, bool nullifying)
{
	struct probe other = *probe;
	struct outcome example;
	const struct outcome outcome = probe_run(probe);
	const bool has_teid = expected != PGM_ADDRESSING &&
			      expected != PGM_TRANSLATION_SPECIFICATION;

	other.code = model;
	other.general[2] = where;
	example = probe_run(&other);
	test(name);
	expect("interruption code of another instruction", example.code, expected);
	if (nullifying)
		expect_nullified(probe, &outcome, expected, 4, example.teid);
	else
		expect_suppressed(probe, &outcome, expected, 4);
	if (has_teid)
		expect("TEID", outcome.teid, example.teid);
}
