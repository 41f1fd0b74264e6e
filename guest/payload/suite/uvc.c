/* SPDX-License-Identifier: MIT */
#include "payload/suite/uvc.h"

#include "payload/suite/tap.h"

SNIPPET(uvc, ".insn rrf,0xb9a40000,%r1,%r2,0,0");

void uvcb_prepare(struct uvcb *block, uint16_t length, uint16_t command)
{
	block->length = length;
	block->command = command;
	block->rc = RC_UNTOUCHED;
	block->rrc = RC_UNTOUCHED;
	for (uint64_t i = 0; i < sizeof(block->words) / 8; i++)
		block->words[i] = 0x5a00c3 * (i + 1) << 24 | i;
}

void uvcb_prepare_share(struct uvcb *block, uint16_t command, uint64_t address)
{
	uvcb_prepare(block, UVC_SHARE_SIZE, command);
	block->words[UVCB_WORD(0x20)] = address;
}

struct probe uvc_probe(const void *code, const volatile void *block)
{
	struct probe probe = probe_of(code);

	probe.general[2] = (uint64_t)block;
	return probe;
}

static void expect_rest(const struct uvcb *block, const struct uvcb *before)
{
	expect("length field", block->length, before->length);
	expect("command field", block->command, before->command);
	for (unsigned i = 0; i < sizeof(block->words) / 8; i++)
		expect_element("doubleword behind the header", i, block->words[i],
			       before->words[i]);
}

void expect_untouched(const struct uvcb *block, const struct uvcb *before)
{
	expect("rc", block->rc, before->rc);
	expect("rrc", block->rrc, before->rrc);
	expect_rest(block, before);
}

void expect_call(struct uvcb *block, unsigned cc, uint16_t rc)
{
	static struct uvcb before;
	const struct probe probe = uvc_probe(uvc, block);
	struct outcome outcome;

	before = *block;
	outcome = probe_run(&probe);
	expect_completed(&probe, &outcome, cc);
	expect("rc", block->rc, rc);
	expect("rrc", block->rrc, 0);
	expect_rest(block, &before);
}

uint16_t uvc_execute(struct uvcb *block)
{
	const struct probe probe = uvc_probe(uvc, block);
	const struct outcome outcome = probe_run(&probe);

	return outcome.interrupted ? 0 : block->rc;
}
