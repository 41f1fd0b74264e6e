/* SPDX-License-Identifier: MIT */
/*
 * Payload: PERFORM CRYPTOGRAPHIC KEY MANAGEMENT OPERATION, which makes protected
 * keys. Its query has to name no function that the image forbids (parameter pcf:
 * the plaintext control flags, decimal), and what it does not name must not work.
 */
#include "payload/suite/facilities.h"
#include "payload/suite/payload.h"
#include "payload/suite/probe.h"
#include "payload/suite/tap.h"

#define FACILITY_MSA3 76
#define QUERY 0
#define STATUS_SIZE 16
#define BLOCK_SIZE 160 /* room for the keys of each function */
#define KEPT 0xee

#define PCF_DEA 0x80
#define PCF_AES 0x40
#define PCF_ECC 0x20
#define PCF_HMAC 0x10

SNIPPET(pckmo, ".insn rre,0xb9280000,%r0,%r0");

static const struct {
	unsigned flag;
	uint8_t code;
	const char *name;
} functions[] = {
	{ PCF_DEA, 1, "DEA" },
	{ PCF_DEA, 2, "TDEA, two keys" },
	{ PCF_DEA, 3, "TDEA, three keys" },
	{ PCF_AES, 18, "AES-128" },
	{ PCF_AES, 19, "AES-192" },
	{ PCF_AES, 20, "AES-256" },
	{ PCF_AES, 21, "AES-XTS-128" },
	{ PCF_AES, 22, "AES-XTS-256" },
	{ PCF_ECC, 32, "P-256" },
	{ PCF_ECC, 33, "P-384" },
	{ PCF_ECC, 34, "P-521" },
	{ PCF_ECC, 40, "Ed25519" },
	{ PCF_ECC, 41, "Ed448" },
	{ PCF_HMAC, 118, "HMAC-SHA-256" },
	{ PCF_HMAC, 122, "HMAC-SHA-512" },
};

static uint8_t block[BLOCK_SIZE], status[STATUS_SIZE];

static struct probe pckmo_probe(uint64_t code)
{
	struct probe probe = probe_of(pckmo);

	for (unsigned i = 0; i < BLOCK_SIZE; i++)
		block[i] = KEPT;
	probe.general[0] = code;
	probe.general[1] = (uint64_t)block;
	return probe;
}

static bool offered(unsigned code)
{
	return status[code / 8] & 0x80 >> code % 8;
}

static void check_query(void)
{
	const struct probe probe = pckmo_probe(QUERY);
	const struct outcome outcome = probe_run(&probe);

	test("PCKMO query");
	expect("program interruption", outcome.code, 0);
	expect_general(&probe, &outcome, 16);
	for (unsigned i = 0; i < STATUS_SIZE; i++)
		status[i] = block[i];
	for (unsigned i = STATUS_SIZE; i < BLOCK_SIZE; i++)
		expect_element("byte behind the status", i, block[i], KEPT);
	expect_true("the query itself is offered", offered(QUERY));
}

static void check_allowed(void)
{
	unsigned pcf = parameter_number("pcf", 0);

	test("PCKMO query: no function that the image forbids");
	for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (!(pcf & functions[i].flag))
			expect(functions[i].name, offered(functions[i].code), 0);
}

/* An encrypted key takes the place of the clear one. */
static void check_function(unsigned code, const char *name)
{
	const struct probe probe = pckmo_probe(code);
	const struct outcome outcome = probe_run(&probe);

	test(name);
	if (offered(code)) {
		expect("program interruption", outcome.code, 0);
		expect_true("the key is no longer clear", block[0] != KEPT);
		note("this CPU makes protected keys");
		return;
	}
	expect_suppressed(&probe, &outcome, PGM_SPECIFICATION, 4);
	for (unsigned i = 0; i < BLOCK_SIZE; i++)
		expect_element("byte of the block", i, block[i], KEPT);
}

void payload_main(void)
{
	struct facilities list;

	interruptions_unexpected();
	stfle_run(&list, FACILITY_WORDS);
	test("facility 76, with PCKMO");
	expect_true("bit", facility(&list, FACILITY_MSA3));
	check_query();
	check_allowed();
	for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		check_function(functions[i].code, functions[i].name);
}
