/* SPDX-License-Identifier: MIT */
#include "payload/suite/probe.h"

#include "payload/suite/payload_area.h"
#include "payload/suite/payload.h"
#include "payload/suite/tap.h"

SNIPPET(fetch_byte, "ic %r1,0(%r2)");
SNIPPET(store_byte, "mvi 0(%r2),0x5a");

/* Of probe_run.S. */
void probe_go(void) LINKED_HERE;
void probe_completed(void) LINKED_HERE;
void probe_interrupted(void) LINKED_HERE;
void unexpected_interruption(void) LINKED_HERE;
_Noreturn void report_unexpected_interruption(void);

struct controls {
	uint64_t c0, c1, c13;
};

static struct controls controls_read(void)
{
	struct controls c;

	__asm__ volatile("stctg %%c0,%%c0,%0\n"
			 "stctg %%c1,%%c1,%1\n"
			 "stctg %%c13,%%c13,%2\n"
			 : "=Q"(c.c0), "=Q"(c.c1), "=Q"(c.c13));
	return c;
}

static void controls_load(const struct controls *c)
{
	__asm__ volatile("lctlg %%c0,%%c0,%0\n"
			 "lctlg %%c1,%%c1,%1\n"
			 "lctlg %%c13,%%c13,%2\n"
			 : : "Q"(c->c0), "Q"(c->c1), "Q"(c->c13) : "memory");
}

struct probe probe_of(const void *code)
{
	const struct controls now = controls_read();
	struct probe probe = {
		.code = code,
		.psw_mask = PSW_ADDRESSING_64,
		.control_0 = now.c0,
		.control_1 = now.c1,
		.control_13 = now.c13,
	};

	for (unsigned i = 0; i < 16; i++)
		probe.general[i] = 0x0101010101010101UL * (0xa0 + i);
	return probe;
}

static volatile uint64_t *area(unsigned offset)
{
	return (volatile uint64_t *)((volatile char *)lowcore() + offset);
}

static void interruptions_lead_to(void (*completed)(void), void (*interrupted)(void))
{
	lowcore()->svc_new.mask = PSW_ADDRESSING_64;
	lowcore()->svc_new.address = (uint64_t)completed;
	lowcore()->program_new.mask = PSW_ADDRESSING_64;
	lowcore()->program_new.address = (uint64_t)interrupted;
}

void interruptions_unexpected(void)
{
	interruptions_lead_to(unexpected_interruption, unexpected_interruption);
}

static void prepare(const struct probe *probe)
{
	lowcore()->program_code = 0;
	lowcore()->program_length = 0;
	lowcore()->teid = 0;
	interruptions_lead_to(probe_completed, probe_interrupted);
	*area(AREA_PROBE_PSW) = probe->psw_mask;
	*area(AREA_PROBE_PSW + 8) = (uint64_t)probe->code;
	for (unsigned i = 0; i < 16; i++)
		*area(AREA_PROBE_GENERAL_IN + 8 * i) = probe->general[i];
}

static struct outcome collect(const struct probe *probe)
{
	bool interrupted = *area(AREA_PROBE_KIND) == PROBE_KIND_INTERRUPTED;
	volatile const struct psw *old = interrupted ? &lowcore()->program_old :
						       &lowcore()->svc_old;
	struct outcome outcome = {
		.interrupted = interrupted,
		.code = lowcore()->program_code,
		.length = lowcore()->program_length,
		.teid = lowcore()->teid,
		.old = { old->mask, old->address },
		.advance = old->address - (uint64_t)probe->code,
		.cc = (unsigned)(old->mask >> PSW_CC_SHIFT) & 3,
	};

	for (unsigned i = 0; i < 16; i++)
		outcome.general[i] = *area(AREA_PROBE_GENERAL_OUT + 8 * i);
	return outcome;
}

struct outcome probe_run(const struct probe *probe)
{
	const struct controls saved = controls_read();
	const struct controls wanted = {
		probe->control_0, probe->control_1, probe->control_13,
	};
	struct outcome outcome;

	prepare(probe);
	controls_load(&wanted);
	probe_go();
	controls_load(&saved);
	outcome = collect(probe);
	interruptions_unexpected();
	return outcome;
}

_Noreturn void report_unexpected_interruption(void)
{
	bail_out("unexpected program interruption", lowcore()->program_code,
		 lowcore()->program_old.address);
}

/* --- Expectations ---------------------------------------------------------- */

void expect_general(const struct probe *probe, const struct outcome *outcome,
		    unsigned except)
{
	for (unsigned i = 0; i < 16; i++) {
		if (i != except)
			expect_element("general register", i, outcome->general[i],
				       probe->general[i]);
	}
}

/* All of an old PSW's mask but the condition code. */
static void expect_interruption(const struct probe *probe,
				const struct outcome *outcome, uint16_t code,
				unsigned length)
{
	const uint64_t cc = 3UL << PSW_CC_SHIFT;

	expect_true("interrupted", outcome->interrupted);
	expect("interruption code", outcome->code, code);
	expect("instruction length", outcome->length, length);
	expect("old PSW mask", outcome->old.mask & ~cc, probe->psw_mask & ~cc);
	expect("condition code", outcome->cc, (unsigned)(probe->psw_mask >> PSW_CC_SHIFT) & 3);
	expect_general(probe, outcome, 16);
}

void expect_suppressed(const struct probe *probe, const struct outcome *outcome,
		       uint16_t code, unsigned length)
{
	expect_interruption(probe, outcome, code, length);
	expect("old PSW behind the snippet's begin", outcome->advance, length);
}

void expect_nullified(const struct probe *probe, const struct outcome *outcome,
		      uint16_t code, unsigned length, uint64_t teid)
{
	expect_interruption(probe, outcome, code, length);
	expect("old PSW behind the snippet's begin", outcome->advance, 0);
	expect("TEID", outcome->teid, teid);
}

void expect_completed(const struct probe *probe, const struct outcome *outcome,
		      unsigned cc)
{
	expect("program interruption", outcome->code, 0);
	expect_true("completed", !outcome->interrupted);
	expect("condition code", outcome->cc, cc);
	expect_general(probe, outcome, 16);
}
