/* SPDX-License-Identifier: MIT */
/*
 * Payload: what the ultravisor answers to each call of a guest. Parameter:
 * generation. Calls that need data of their owner (attestation, secrets) are
 * looked at for their size and their announcement only.
 */
#include <stddef.h>

#include "payload/suite/storage.h"
#include "payload/suite/tap.h"
#include "payload/suite/uvc.h"

static struct uvcb block;
static struct uvcb shared; /* a page to share */

/* --- Which calls there are ------------------------------------------------------ */

#define BIT(n) (1UL << (63 - (n)))

/* From docs/reference/generations.md. */
static const struct generation {
	const char *name;
	uint64_t calls; /* that there may be */
	uint64_t header_flags;
	uint64_t attestation_versions, attestation_flags;
	uint64_t secret_versions, secret_flags, secret_types;
	uint16_t max_association, max_retrievable;
	uint64_t dump_size;
} generations[] = {
	{
		.name = "z15",
		.calls = BIT(0) | BIT(8) | BIT(9),
		.header_flags = 0x100000e2,
	},
	{
		.name = "z16",
		.calls = BIT(0) | BIT(8) | BIT(9) | BIT(28) | BIT(29) | BIT(30) | BIT(31),
		.header_flags = 0x300000e2,
		.attestation_versions = BIT(0),
		.attestation_flags = 0x7800000000000000,
		.secret_versions = BIT(0),
		.secret_flags = BIT(0),
		.secret_types = 0x6000000000000000,
		.max_association = 100,
		.dump_size = 0x1000,
	},
	{
		.name = "z17",
		.calls = BIT(0) | BIT(8) | BIT(9) | BIT(28) | BIT(29) | BIT(30) |
			 BIT(31) | BIT(33) | BIT(34),
		.header_flags = 0x300000f2,
		.attestation_versions = BIT(0),
		.attestation_flags = 0x7800000000000000,
		.secret_versions = BIT(0),
		.secret_flags = BIT(0),
		.secret_types = 0x7fe07e0000000000,
		.max_association = 512,
		.max_retrievable = 512,
		.dump_size = 0x1000,
	},
};

static const struct generation *generation;

static const struct {
	uint16_t code;
	uint8_t bit;
	const char *name;
} host_calls[] = {
	{ 0x000f, 1, "host call 0x000f, initialize" },
	{ 0x0100, 2, "host call 0x0100, create configuration" },
	{ 0x0101, 3, "host call 0x0101, destroy configuration" },
	{ 0x0102, 23, "host call 0x0102, destroy configuration fast" },
	{ 0x0120, 4, "host call 0x0120, create CPU" },
	{ 0x0121, 5, "host call 0x0121, destroy CPU" },
	{ 0x0200, 6, "host call 0x0200, import" },
	{ 0x0201, 7, "host call 0x0201, export" },
	{ 0x0202, 12, "host call 0x0202, destroy page" },
	{ 0x0203, 32, "host call 0x0203, verify large frame" },
	{ 0x0300, 11, "host call 0x0300, set parameters" },
	{ 0x0301, 13, "host call 0x0301, unpack" },
	{ 0x0302, 14, "host call 0x0302, verify" },
	{ 0x0310, 15, "host call 0x0310, CPU reset" },
	{ 0x0311, 16, "host call 0x0311, CPU reset initial" },
	{ 0x0320, 18, "host call 0x0320, prepare reset" },
	{ 0x0321, 19, "host call 0x0321, CPU reset clear" },
	{ 0x0330, 17, "host call 0x0330, CPU set state" },
	{ 0x0340, 20, "host call 0x0340, unshare all" },
	{ 0x0341, 21, "host call 0x0341, pin shared" },
	{ 0x0342, 22, "host call 0x0342, unpin shared" },
	{ 0x0400, 24, "host call 0x0400, dump initiate" },
	{ 0x0401, 25, "host call 0x0401, dump storage state" },
	{ 0x0402, 26, "host call 0x0402, dump CPU" },
	{ 0x0403, 27, "host call 0x0403, dump complete" },
};

static const struct {
	uint16_t code;
	uint8_t bit;
	uint16_t size;
	const char *name;
} guest_calls[] = {
	{ 0x0002, 34, 0x200, "query keys is there if it is announced" },
	{ 0x1000, 8, 0x30, "share is there if it is announced" },
	{ 0x1001, 9, 0x30, "unshare is there if it is announced" },
	{ 0x1020, 28, 0x188, "attest is there if it is announced" },
	{ 0x1031, 29, 0x48, "add secret is there if it is announced" },
	{ 0x1033, 30, 0x48, "list secrets is there if it is announced" },
	{ 0x1034, 31, 0x40, "lock secrets is there if it is announced" },
	{ 0x1035, 33, 0x48, "retrieve secret is there if it is announced" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- Query ------------------------------------------------------------------------ */

static uint64_t whole[UVC_QUERY_SIZE / 8]; /* the answer to a query that fits */

static uint64_t field(unsigned offset, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | ((const uint8_t *)whole)[offset + i];
	return value;
}

static void check_query_whole(void)
{
	const struct probe probe = uvc_probe(uvc, &block);
	static struct uvcb before;
	struct outcome outcome;

	uvcb_prepare(&block, UVC_QUERY_SIZE, UVC_QUERY);
	before = block;
	outcome = probe_run(&probe);
	test("query with room for all");
	expect_completed(&probe, &outcome, 0);
	expect("length field", block.length, UVC_QUERY_SIZE);
	expect("command field", block.command, UVC_QUERY);
	expect("rc", block.rc, RC_EXECUTED);
	expect("rrc", block.rrc, 0);
	for (unsigned i = UVCB_WORD(UVC_QUERY_SIZE); i < COUNT(block.words); i++)
		expect_element("doubleword behind the header", i, block.words[i],
			       before.words[i]);
	for (unsigned i = 1; i < COUNT(whole); i++)
		whole[i] = block.words[i - 1];
}

static void check_query_content(void)
{
	const uint64_t calls = field(0x10, 8);
	const bool attests = calls & BIT(28), keeps_secrets = calls & BIT(29);

	test("query: installed calls");
	expect("of query, share and unshare", calls & (BIT(0) | BIT(8) | BIT(9)),
	       BIT(0) | BIT(8) | BIT(9));
	expect("that the generation does not have", calls & ~generation->calls, 0);
	for (unsigned i = 1; i < 4; i++)
		expect_element("word", i, field(0x10 + 8 * i, 8), 0);
	test("query: limits");
	expect("guests", field(0x7c, 4), 8388607);
	expect("address", field(0x80, 8), 0x800000000000);
	expect("CPU", field(0x9e, 2), 256);
	test("query: SE headers");
	expect("versions", field(0xb0, 8), BIT(0));
	expect("plaintext control flags", field(0xb8, 8), generation->header_flags);
	test("query: dump sizes");
	expect("CPU", field(0x68, 8), generation->dump_size);
	expect("storage state", field(0xc8, 8), generation->dump_size);
	expect("completion", field(0xd0, 8), generation->dump_size);
	test("query: attestation, if it is announced");
	expect("versions", field(0xe0, 8), attests ? generation->attestation_versions : 0);
	expect("flags", field(0xe8, 8), attests ? generation->attestation_flags : 0);
	test("query: secrets, if they are announced");
	expect("versions", field(0xf8, 8), keeps_secrets ? generation->secret_versions : 0);
	expect("flags", field(0x100, 8), keeps_secrets ? generation->secret_flags : 0);
	expect("types", field(0x108, 8), keeps_secrets ? generation->secret_types : 0);
	expect("association secrets", field(0x110, 2),
	       keeps_secrets ? generation->max_association : 0);
	expect("retrievable secrets", field(0x112, 2),
	       keeps_secrets ? generation->max_retrievable : 0);
	test("query: what a host has to donate is nothing for a guest");
	for (unsigned offset = 0x40; offset < 0x68; offset += 8)
		expect_element("field at offset", offset, field(offset, 8), 0);
	test("query: reserved fields are zero");
	expect("0x08", field(0x08, 8), 0);
	expect("0x30", field(0x30, 8) | field(0x38, 8), 0);
	expect("0x70", field(0x70, 8) | field(0x78, 4), 0);
	expect("0x88", field(0x88, 8) | field(0x90, 8) | field(0x98, 6), 0);
	expect("0xa8", field(0xa8, 8), 0);
	expect("0xc0", field(0xc0, 8), 0);
	expect("0xd8", field(0xd8, 8), 0);
	expect("0xf0", field(0xf0, 8), 0);
	expect("0x114", field(0x114, 8) | field(0x11c, 4), 0);
}

static void check_query_too_short(const char *name, uint16_t length)
{
	uvcb_prepare(&block, length, UVC_QUERY);
	test(name);
	expect_call(&block, 1, RC_INVALID_LENGTH);
}

static void check_query_short(const char *name, uint16_t length)
{
	const struct probe probe = uvc_probe(uvc, &block);
	static struct uvcb before;
	struct outcome outcome;

	uvcb_prepare(&block, length, UVC_QUERY);
	before = block;
	outcome = probe_run(&probe);
	test(name);
	expect_completed(&probe, &outcome, 1);
	expect("rc", block.rc, RC_MORE_DATA);
	expect("rrc", block.rrc, 0);
	for (unsigned i = 0; i < COUNT(block.words); i++)
		expect_element("doubleword behind the header", i, block.words[i],
			       8 * (i + 1) < length ? whole[i + 1] : before.words[i]);
}

/* Longer than the answer: the rest becomes zero. */
static void check_query_long(const char *name, uint16_t length)
{
	static uint8_t room[17 * PAGE_SIZE] __attribute__((aligned(4096)));
	const struct probe probe = uvc_probe(uvc, room);
	struct outcome outcome;

	for (unsigned i = 0; i < sizeof(room); i++)
		room[i] = 0x99;
	uvcb_prepare(&block, length, UVC_QUERY);
	for (unsigned i = 0; i < 8; i++)
		room[i] = ((uint8_t *)&block)[i];
	outcome = probe_run(&probe);
	test(name);
	expect_completed(&probe, &outcome, 0);
	expect("rc and rrc", (uint64_t)room[4] << 24 | room[5] << 16 | room[6] << 8 | room[7],
	       RC_EXECUTED << 16);
	for (unsigned i = 8; i < sizeof(room); i++)
		expect_element("byte", i, room[i],
			       i < UVC_QUERY_SIZE ? ((uint8_t *)whole)[i] :
			       i < length ? 0 : 0x99);
}

static void check_query(void)
{
	check_query_whole();
	check_query_content();
	check_query_too_short("query of 0 bytes", 0);
	check_query_too_short("query of 7 bytes, less than its own header", 7);
	check_query_too_short("query of 8 bytes", 8);
	check_query_too_short("query of 0xa0 bytes", 0xa0);
	check_query_too_short("query of 0xa7 bytes", 0xa7);
	check_query_short("query of 0xa8 bytes", 0xa8);
	check_query_short("query of 0x118 bytes", 0x118);
	check_query_long("query of 0x128 bytes", 0x128);
	check_query_long("query of 0x200 bytes", 0x200);
	check_query_long("query of 0xffff bytes", 0xffff);
}

/* --- Refused calls ------------------------------------------------------------------ */

/* The header alone is enough to find out. */
static void check_invalid(const char *name, uint16_t code, uint16_t length)
{
	uvcb_prepare(&block, length, code);
	test(name);
	expect_call(&block, 1, RC_INVALID_COMMAND);
}

static void check_invalid_calls(void)
{
	check_invalid("an unknown call", UVC_UNKNOWN, 8);
	check_invalid("an unknown call of 0 bytes", UVC_UNKNOWN, 0);
	check_invalid("an unknown call of most of a page", UVC_UNKNOWN, 0xff0);
	check_invalid("call 0", 0, 8);
	check_invalid("call 0xffff", 0xffff, 8);
	check_invalid("the call behind query keys", 0x0003, 8);
	for (unsigned i = 0; i < COUNT(host_calls); i++) {
		uvcb_prepare(&block, 8, host_calls[i].code);
		test(host_calls[i].name);
		expect_call(&block, 1, RC_INVALID_COMMAND);
		expect("its bit in the installed calls",
		       field(0x10 + host_calls[i].bit / 8, 1) >>
				       (7 - host_calls[i].bit % 8) & 1, 0);
	}
}

static void check_sizes(void)
{
	for (unsigned i = 0; i < COUNT(guest_calls); i++) {
		const unsigned bit = guest_calls[i].bit;
		const bool announced = field(0x10 + bit / 8, 1) >> (7 - bit % 8) & 1;
		const uint16_t rc = announced ? RC_INVALID_LENGTH : RC_INVALID_COMMAND;
		const uint16_t size = guest_calls[i].size;
		const uint16_t wrong[] = {
			0, 8, size - 8, size - 1, size + 1, size + 8,
		};

		test(guest_calls[i].name);
		for (unsigned j = 0; j < COUNT(wrong); j++) {
			uvcb_prepare(&block, wrong[j], guest_calls[i].code);
			expect_call(&block, 1, rc);
		}
	}
}

/* --- Sharing -------------------------------------------------------------------------- */

static void check_shared(const char *name, uint16_t command, uint64_t address,
			 unsigned cc, uint16_t rc)
{
	uvcb_prepare_share(&block, command, address);
	test(name);
	expect_call(&block, cc, rc);
}

static void check_page(const char *name)
{
	static struct uvcb expected;

	uvcb_prepare(&expected, 1, 2);
	test(name);
	expect_untouched(&shared, &expected);
}

static void check_sharing(void)
{
	const uint64_t page = (uint64_t)&shared;

	uvcb_prepare(&shared, 1, 2);
	check_shared("unshare a page that is not shared", UVC_UNSHARE, page, 0, RC_EXECUTED);
	check_shared("share a page", UVC_SHARE, page, 0, RC_EXECUTED);
	check_page("the page keeps its content");
	check_shared("share a shared page", UVC_SHARE, page, 0, RC_EXECUTED);
	check_page("the page keeps its content, shared twice");
	check_shared("unshare a page", UVC_UNSHARE, page, 0, RC_EXECUTED);
	check_page("the page keeps its content, unshared");
	check_shared("share page 0", UVC_SHARE, 0, 0, RC_EXECUTED);
	check_shared("unshare page 0", UVC_UNSHARE, 0, 0, RC_EXECUTED);
	check_shared("share the page of the block itself", UVC_SHARE,
		     (uint64_t)&block, 0, RC_EXECUTED);
	check_shared("unshare the page of the block itself", UVC_UNSHARE,
		     (uint64_t)&block, 0, RC_EXECUTED);
}

static void check_sharing_refused(uint16_t command)
{
	const uint64_t page = (uint64_t)&shared, end = storage_size();
	const struct {
		const char *name;
		uint64_t address;
	} cases[] = {
		{ "an address that is not aligned", page + 1 },
		{ "an address in the middle of a page", page + 0x800 },
		{ "the last byte of a page", page + 0xfff },
		{ "the page behind storage", end },
		{ "the page behind that", end + PAGE_SIZE },
		{ "a page far behind storage", 0x800000000000 },
		{ "the last page of all addresses", ~(PAGE_SIZE - 1) },
		{ "the last byte of all addresses", ~0UL },
	};

	note(command == UVC_SHARE ? "share" : "unshare");
	check_shared("the last page of storage", command, end - PAGE_SIZE, 0, RC_EXECUTED);
	for (unsigned i = 0; i < COUNT(cases); i++)
		check_shared(cases[i].name, command, cases[i].address, 1,
			     RC_SHARE_ADDRESS);
}

/* What is shared at the end, the host side looks at: one page. */
static void leave_one_shared(void)
{
	uvcb_prepare_share(&block, UVC_SHARE, (uint64_t)&shared);
	uvc_execute(&block);
}

void payload_main(void)
{
	interruptions_unexpected();
	for (unsigned i = 0; i < COUNT(generations); i++) {
		if (parameter_is("generation", generations[i].name))
			generation = &generations[i];
	}
	if (!generation)
		bail_out("no generation is named", 0, 0);
	check_query();
	check_invalid_calls();
	check_sizes();
	check_sharing();
	check_sharing_refused(UVC_UNSHARE);
	check_sharing_refused(UVC_SHARE);
	uvcb_prepare_share(&block, UVC_UNSHARE, storage_size() - PAGE_SIZE);
	uvc_execute(&block);
	leave_one_shared();
}
