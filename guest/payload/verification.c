/* SPDX-License-Identifier: MIT */
/*
 * Payload: DIAGNOSE 508, signature verification. Parameters: content (bytes that
 * the test has put at CONTENT; its signatures are at CASES), or store=empty.
 */
#include "ipl/diag508_format.h"
#include "lib/string.h"
#include "payload/suite/cpus.h"
#include "payload/suite/diagnose.h"
#include "payload/suite/payload.h"
#include "payload/suite/spaces.h"
#include "payload/suite/storage.h"
#include "payload/suite/tap.h"

DIAGNOSE_SNIPPETS(508);

#define PATTERN 0xee

/* --- What the test has made --------------------------------------------------- */

#define CONTENT 0x7000000UL
#define CASES 0x6000000UL
#define CASE_SIZE 0x2000UL

/* A signature, and what has to come of it. The last one has no name. */
struct signature_case {
	uint32_t size;
	uint32_t code;
	uint32_t index;    /* of the certificate that verifies it ... */
	uint32_t der_size; /* ... and its length */
	char name[48];
	uint8_t signature[DIAG508_SIGNATURE_MAX];
};
_Static_assert(sizeof(struct signature_case) <= CASE_SIZE, "one behind the other");

static uint64_t content_size;

static struct signature_case *signature_case(unsigned number)
{
	return (struct signature_case *)(CASES + number * CASE_SIZE);
}

/* --- The operand ----------------------------------------------------------------- */

static struct svb block, before;

/* For the signature @number over the content. */
static void prepare(unsigned number)
{
	memset(&block, PATTERN, sizeof(block));
	block.length = be32(sizeof(block));
	block.component_length = be64(content_size);
	block.component_address = be64(CONTENT);
	block.signature_length = be64(signature_case(number)->size);
	block.signature_address = be64((uint64_t)signature_case(number)->signature);
	before = block;
}

static struct probe call(uint64_t subcode, const volatile void *operand)
{
	return diagnose_probe(diag_508, diag_508, 0x508, subcode, operand);
}

static void expect_block(const struct svb *wanted)
{
	expect("block changed otherwise", (uint64_t)memcmp(&block, wanted, sizeof(block)), 0);
}

/* The block as it is now gives @code, and is not changed. */
static void fails(const char *name, uint64_t code)
{
	const struct probe probe = call(DIAG508_VERIFY_SIGNATURE, &block);

	before = block;
	diagnose_answered(name, &probe, code);
	expect_block(&before);
}

/* --- Refused, and the query ---------------------------------------------------------- */

static void check_order(void)
{
	static const uint64_t subcodes[] = {
		DIAG508_QUERY, DIAG508_VERIFY_SIGNATURE, 1, 1UL << 32,
	};
	struct probe probe;

	prepare(0);
	for (unsigned i = 0; i < sizeof(subcodes) / sizeof(subcodes[0]); i++)
		diagnose_order(call(subcodes[i], &block), diag_508_odd);
	for (unsigned bit = 0; bit < 64; bit++) {
		probe = call(1UL << bit, &block);
		if (probe.general[4] != DIAG508_VERIFY_SIGNATURE)
			diagnose_refused("a subcode that does not exist", &probe,
					 PGM_SPECIFICATION, 4);
		probe = call(DIAG508_VERIFY_SIGNATURE ^ 1UL << bit, &block);
		if (probe.general[4] != DIAG508_QUERY)
			diagnose_refused("a subcode with one bit more", &probe,
					 PGM_SPECIFICATION, 4);
	}
	expect_block(&before);
}

static void check_query(void)
{
	static const char *const codes[] = {
		diag_508, diag_508_based, diag_508_by_ex, diag_508_by_exrl,
	};

	for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		for (uint64_t cc = 0; cc < 4; cc++) {
			struct probe probe = call(DIAG508_QUERY, NULL);

			probe.code = codes[i];
			probe.psw_mask |= cc << PSW_CC_SHIFT;
			diagnose_answered("query by DIAGNOSE and by EXECUTE, each condition code",
					  &probe, DIAG508_VERIFY_SIGNATURE);
		}
	}
	{
		struct probe probe = call(0, NULL);

		probe.code = diag_508_same;
		probe.general[3] = DIAG508_QUERY;
		diagnose_answered("the answer goes where the subcode was", &probe,
				  DIAG508_VERIFY_SIGNATURE);
	}
}

static void check_addressing(void)
{
	const uint64_t end = storage_size();
	struct probe probe = call(DIAG508_VERIFY_SIGNATURE, (void *)end);

	diagnose_refused("a block behind storage", &probe, PGM_ADDRESSING, 4);
	probe.general[2] = end - 32;
	diagnose_refused("a block that ends behind storage", &probe, PGM_ADDRESSING, 4);
	probe.general[2] = ~0UL - 31;
	diagnose_refused("a block at the last address", &probe, PGM_ADDRESSING, 4);
}

/* --- Operands ------------------------------------------------------------------------- */

static void check_empty_store(void)
{
	prepare(0);
	fails("an empty store", DIAG508_NO_CERTIFICATES);
	block.length = be32(1);
	fails("an empty store, before a block of a wrong length", DIAG508_NO_CERTIFICATES);
}

static void check_lengths(void)
{
	static const uint32_t lengths[] = { 0, 1, 63, 65, 128, ~0U };

	for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		prepare(0);
		block.length = be32(lengths[i]);
		block.component_length = be64(0);
		fails("a wrong block length, before all else", DIAG508_BAD_SVB_LENGTH);
	}
}

static void check_component_operand(void)
{
	static const uint64_t lengths[] = { 0, DIAG508_COMPONENT_MAX + 1, 1UL << 32, ~0UL };

	for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		prepare(0);
		block.component_length = be64(lengths[i]);
		block.signature_length = be64(0);
		fails("a wrong component length, before a wrong signature length",
		      DIAG508_BAD_COMPONENT);
	}
	prepare(0);
	block.component_address = be64(0);
	fails("no component", DIAG508_BAD_COMPONENT);
	prepare(0);
	block.component_length = be64(DIAG508_COMPONENT_MAX);
	fails("the longest component", DIAG508_NOT_VERIFIED);
	prepare(0);
	block.component_address = be64(storage_size() - content_size + 1);
	fails("a component that ends behind storage", DIAG508_NOT_VERIFIED);
	block.component_address = be64(1UL << 40);
	fails("a component behind storage", DIAG508_NOT_VERIFIED);
	block.component_address = be64(~0UL - 4095);
	fails("a component that wraps around", DIAG508_NOT_VERIFIED);
}

static void check_signature_operand(void)
{
	static const uint64_t lengths[] = { 0, DIAG508_SIGNATURE_MAX + 1, 1UL << 32, ~0UL };

	for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		prepare(0);
		block.signature_length = be64(lengths[i]);
		fails("a wrong signature length", DIAG508_BAD_SIGNATURE_OPERAND);
	}
	prepare(0);
	block.signature_address = be64(0);
	fails("no signature", DIAG508_BAD_SIGNATURE_OPERAND);
	prepare(0);
	block.signature_length = be64(DIAG508_SIGNATURE_MAX);
	fails("the longest signature, with bytes behind it", DIAG508_NOT_VERIFIED);
	prepare(0);
	block.signature_address = be64(storage_size() - 16);
	fails("a signature that ends behind storage", DIAG508_NOT_VERIFIED);
	prepare(0);
	block.signature_length = be64(signature_case(0)->size - 1);
	fails("a signature without its last byte", DIAG508_NOT_VERIFIED);
}

/* --- Verdicts ------------------------------------------------------------------------- */

static void verifies(const char *name, const struct signature_case *wanted,
		     const struct probe *probe)
{
	struct svb answer = before;

	diagnose_answered(name, probe, wanted->code);
	if (wanted->code == DIAG508_OK) {
		memset(&answer.answer, 0, sizeof(answer.answer));
		answer.answer.certificate_index = (uint8_t)wanted->index;
		answer.answer.certificate_length = be64(wanted->der_size);
	}
	expect("index", block.answer.certificate_index, answer.answer.certificate_index);
	expect("certificate length", be64_get(block.answer.certificate_length),
	       be64_get(answer.answer.certificate_length));
	expect_block(&answer);
}

static void check_cases(void)
{
	const struct probe probe = call(DIAG508_VERIFY_SIGNATURE, &block);

	for (unsigned i = 0; signature_case(i)->name[0]; i++) {
		prepare(i);
		verifies(signature_case(i)->name, signature_case(i), &probe);
	}
}

/* The first case is one that verifies. */
static void check_content(void)
{
	static const struct signature_case refused = { .code = DIAG508_NOT_VERIFIED };
	const struct probe probe = call(DIAG508_VERIFY_SIGNATURE, &block);
	volatile uint8_t *bytes = (volatile uint8_t *)CONTENT;
	const uint64_t flips[] = { 0, content_size / 2, content_size - 1 };

	for (unsigned i = 0; i < sizeof(flips) / sizeof(flips[0]); i++) {
		bytes[flips[i]] ^= 1;
		prepare(0);
		verifies("content with one bit changed", &refused, &probe);
		bytes[flips[i]] ^= 1;
		verifies("and changed back", signature_case(0), &probe);
	}
	prepare(0);
	block.component_length = be64(content_size - 1);
	fails("content without its last byte", DIAG508_NOT_VERIFIED);
	block.component_length = be64(content_size + 1);
	fails("content with one byte more", DIAG508_NOT_VERIFIED);
}

/* The value that the key made is at the end; who signed is not looked at. */
#define SIGNATURE_VALUE_SIZE 256U

static void check_signature_bits(void)
{
	struct signature_case *first = signature_case(0);

	prepare(0);
	for (unsigned i = first->size - SIGNATURE_VALUE_SIZE; i < first->size; i += 7) {
		first->signature[i] ^= 0x10;
		fails("a signature with one bit changed", DIAG508_NOT_VERIFIED);
		first->signature[i] ^= 0x10;
	}
}

/* --- Addresses are absolute ------------------------------------------------------------- */

static void check_translated(void)
{
	struct probe probe = call(DIAG508_VERIFY_SIGNATURE, &block);

	spaces_reset();
	*space_segment(SPACE_PRIMARY, CONTENT) = 0x20;
	*space_segment(SPACE_PRIMARY, CASES) = 0x20;
	spaces_purge();
	probe.psw_mask |= PSW_DAT;
	probe.control_0 |= CR0_ENHANCED_DAT;
	probe.control_1 = space_control(SPACE_PRIMARY);
	probe.control_13 = space_control(SPACE_HOME);
	prepare(0);
	verifies("DAT on, content and signature not mapped: addresses are absolute",
		 signature_case(0), &probe);
}

/* The block lies at an address that is real storage of the prefix area. */
static void check_prefixed(void *unused)
{
	struct svb *real = (struct svb *)0x1800;
	struct svb *absolute = (struct svb *)(0x1800 + (uint64_t)prefix());
	const struct probe probe = call(DIAG508_VERIFY_SIGNATURE, real);

	(void)unused;
	prepare(0);
	*absolute = block;
	memset(real, 0, sizeof(*real));
	diagnose_answered("a block at an absolute address below the prefix area", &probe,
			  DIAG508_OK);
	expect("index", absolute->answer.certificate_index, signature_case(0)->index);
	expect("real storage", be32_get(real->length), 0);
}

void payload_main(void)
{
	interruptions_unexpected();
	content_size = parameter_number("content", 0);
	check_order();
	check_query();
	check_addressing();
	if (parameter_is("store", "empty")) {
		check_empty_store();
		return;
	}
	check_lengths();
	check_component_operand();
	check_signature_operand();
	check_cases();
	check_content();
	check_signature_bits();
	check_translated();
	cpu_start(1, check_prefixed, NULL);
	cpu_wait(1);
}
