/* SPDX-License-Identifier: MIT */
/*
 * Payload: DIAGNOSE 320, the certificate store. Parameters: certificates (how
 * many there are; the test has put what each entry has to be at EXPECTED), or
 * guest=without (no certificate-store facility).
 */
#include "ipl/diag320_format.h"
#include "lib/string.h"
#include "payload/suite/cpus.h"
#include "payload/suite/diagnose.h"
#include "payload/suite/payload.h"
#include "payload/suite/spaces.h"
#include "payload/suite/storage.h"
#include "payload/suite/tap.h"

DIAGNOSE_SNIPPETS(320);

#define PATTERN 0xee

/* --- What the test has made --------------------------------------------------- */

#define EXPECTED 0x4000000UL
#define EXPECTED_SIZE 0x3000UL

struct expected {
	uint32_t der_size;
	uint8_t valid;
	uint8_t key_type;
	uint8_t reserved[2];
	uint8_t name[CERTIFICATE_NAME_SIZE];
	uint8_t key_id[CERTIFICATE_KEY_ID_SIZE];
	uint8_t hash[CERTIFICATE_HASH_SIZE];
	uint8_t der[CERTIFICATE_DER_MAX];
};
_Static_assert(sizeof(struct expected) <= EXPECTED_SIZE, "one behind the other");

static unsigned count;

/* Certificate @index, counted from 1 as in the calls. */
static const struct expected *expected(unsigned index)
{
	return (const struct expected *)(EXPECTED + (index - 1) * EXPECTED_SIZE);
}

static uint32_t expected_length(unsigned index)
{
	return expected(index)->valid ? vce_length(expected(index)->der_size) :
					VCE_INVALID_LENGTH;
}

/* Of a block with these entries. */
static uint32_t block_length(unsigned first, unsigned last)
{
	uint32_t length = sizeof(struct vcb);

	for (unsigned i = first; i <= last; i++)
		length += expected_length(i);
	return length;
}

/* --- The operand ----------------------------------------------------------------- */

/* Room for a whole store and a guard behind it. */
#define AREA_SIZE (sizeof(struct vcb) + CERTSTORE_MAX * VCE_MAX_LENGTH + 2 * PAGE_SIZE)
static uint8_t *const area = (uint8_t *)0x5000000;

static void prepare(void)
{
	memset(area, PATTERN, AREA_SIZE);
}

static void expect_area_untouched(size_t from)
{
	size_t i = from;

	while (i < AREA_SIZE && area[i] == PATTERN)
		i++;
	expect("first changed byte behind what is stored", i, AREA_SIZE);
}

static struct probe call(uint64_t subcode, const volatile void *operand)
{
	return diagnose_probe(diag_320, diag_320, 0x320, subcode, operand);
}

/* --- Refused ----------------------------------------------------------------------- */

static void check_order(void)
{
	static const uint64_t subcodes[] = { 0, 1, 2, 3, 0xff, 0x100, 1UL << 32 };
	struct probe probe;

	prepare();
	for (unsigned i = 0; i < sizeof(subcodes) / sizeof(subcodes[0]); i++)
		diagnose_order(call(subcodes[i], area), diag_320_odd);
	for (unsigned bit = 8; bit < 64; bit++) {
		probe = call(1 | 1UL << bit, area);
		diagnose_refused("a subcode of more than a byte", &probe,
				 PGM_SPECIFICATION, 4);
	}
	expect_area_untouched(0);
}

static void check_without_facility(void)
{
	for (uint64_t subcode = 0; subcode < 4; subcode++) {
		struct probe probe = call(subcode, area);

		diagnose_refused("without the facility", &probe, PGM_SPECIFICATION, 4);
	}
}

static void check_unknown(void)
{
	prepare();
	for (uint64_t subcode = 3; subcode <= 0xff; subcode++) {
		const struct probe probe = call(subcode, area + 1);

		diagnose_answered("a subcode that does not exist", &probe,
				  DIAG320_NO_SUBCODE);
	}
	expect_area_untouched(0);
}

/* --- Subcode 0 ------------------------------------------------------------------------ */

static void check_query(void)
{
	for (unsigned shift = 0; shift < 8; shift++) {
		const struct probe probe = call(DIAG320_QUERY_SUBCODES, area + shift);
		be32_t word;

		prepare();
		diagnose_answered("query, at any address", &probe, DIAG320_OK);
		memcpy(&word, area + shift, sizeof(word));
		expect("installed subcodes", be32_get(word), 0xe0000000);
		expect_area_untouched(shift + sizeof(word));
	}
}

static void check_ways(void)
{
	static const char *const codes[] = {
		diag_320, diag_320_based, diag_320_by_ex, diag_320_by_exrl,
	};

	for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		for (uint64_t cc = 0; cc < 4; cc++) {
			struct probe probe = call(DIAG320_QUERY_SUBCODES, area);

			prepare();
			probe.code = codes[i];
			probe.psw_mask |= cc << PSW_CC_SHIFT;
			diagnose_answered("query by DIAGNOSE and by EXECUTE, each condition code",
					  &probe, DIAG320_OK);
			expect("first installed subcodes", area[0], 0xe0);
		}
	}
	{
		struct probe probe = call(0, area);

		probe.code = diag_320_same;
		probe.general[3] = DIAG320_QUERY_SUBCODES;
		diagnose_answered("the code goes where the subcode was", &probe,
				  DIAG320_OK);
	}
}

/* --- Subcode 1 ------------------------------------------------------------------------ */

static void set_length(uint32_t length)
{
	const be32_t bytes = be32(length);

	prepare();
	memcpy(area, &bytes, sizeof(bytes));
}

static void check_storage_refused(void)
{
	static const uint32_t lengths[] = { 0, 4, 64, 127, 129, 4096, ~0U };
	const uint64_t end = storage_size();
	struct probe probe;

	for (unsigned shift = 1; shift < 8; shift++) {
		set_length(sizeof(struct vcssb));
		probe = call(DIAG320_QUERY_STORAGE, area + shift);
		diagnose_refused("storage, an address that is not aligned", &probe,
				 PGM_SPECIFICATION, 4);
		expect_area_untouched(4);
	}
	probe = call(DIAG320_QUERY_STORAGE, (void *)end);
	diagnose_refused("storage, an address behind storage", &probe, PGM_ADDRESSING, 4);
	probe = call(DIAG320_QUERY_STORAGE, (void *)(end - 64));
	diagnose_refused("storage, a block that ends behind storage", &probe,
			 PGM_ADDRESSING, 4);
	for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		set_length(lengths[i]);
		probe = call(DIAG320_QUERY_STORAGE, area);
		diagnose_answered("storage, a wrong length", &probe,
				  DIAG320_BAD_VCSSB_LENGTH);
		expect_area_untouched(4);
	}
}

static void check_storage_empty(void)
{
	const struct probe probe = call(DIAG320_QUERY_STORAGE, area);

	set_length(sizeof(struct vcssb));
	diagnose_answered("storage of an empty store", &probe, DIAG320_OK);
	expect("length", area[3], VCSSB_NO_CERTIFICATES);
	expect_area_untouched(4);
}

static void check_storage(void)
{
	const struct probe probe = call(DIAG320_QUERY_STORAGE, area);
	uint32_t longest = 0, total = sizeof(struct vcb);
	struct vcssb vcssb, zeros = { 0 };

	for (unsigned i = 1; i <= count; i++) {
		uint32_t length = vce_length(expected(i)->der_size);

		longest = length > longest ? length : longest;
		total += length;
	}
	set_length(sizeof(struct vcssb));
	diagnose_answered("storage", &probe, DIAG320_OK);
	memcpy(&vcssb, area, sizeof(vcssb));
	expect("length", be32_get(vcssb.length), sizeof(vcssb));
	expect("version", vcssb.version, 0);
	expect("certificates", be16_get(vcssb.count), count);
	expect("most certificates", be16_get(vcssb.max_count), CERTSTORE_MAX);
	expect("longest block of one", be32_get(vcssb.max_single_vcb_length),
	       sizeof(struct vcb) + longest);
	expect("block of all", be32_get(vcssb.total_vcb_length), total);
	expect("reserved bytes", (uint64_t)memcmp(vcssb.reserved_60, zeros.reserved_60,
						  sizeof(zeros.reserved_60)), 0);
	expect_area_untouched(sizeof(vcssb));
}

/* --- Subcode 2 ------------------------------------------------------------------------ */

/* A header full of what must not come back. */
static void set_header(uint32_t input_length, unsigned first, unsigned last)
{
	struct vcb *vcb = (struct vcb *)area;

	prepare();
	vcb->input_length = be32(input_length);
	vcb->first = be16((uint16_t)first);
	vcb->last = be16((uint16_t)last);
}

static uint32_t whole_pages(uint32_t length)
{
	return (length + VCB_UNIT - 1) / VCB_UNIT * VCB_UNIT;
}

static void expect_header(unsigned stored, unsigned remaining, uint32_t length)
{
	const struct vcb *vcb = (const struct vcb *)area;

	expect("output length", be32_get(vcb->output_length), length);
	expect("stored", be16_get(vcb->stored), stored);
	expect("remaining", be16_get(vcb->remaining), remaining);
	expect("version", vcb->version, 0);
	expect("reserved byte 0x24", vcb->reserved_24[0], 0);
	expect("reserved byte 0x3f", vcb->reserved_2c[19], 0);
	expect_area_untouched(length);
}

static void expect_bytes(const char *what, const void *got, const void *wanted, size_t size)
{
	const uint8_t *one = got, *other = wanted;
	size_t i = 0;

	while (i < size && one[i] == other[i])
		i++;
	expect(what, i, size);
}

static void expect_valid(const struct vce *vce, const struct expected *wanted)
{
	const uint8_t *bytes = (const uint8_t *)vce;
	const uint32_t end = vce_length(wanted->der_size);

	expect("flags", vce->flags, VCE_VALID);
	expect("format", vce->format, VCE_FORMAT_X509_DER);
	expect("key id length", be16_get(vce->key_id_length), CERTIFICATE_KEY_ID_SIZE);
	expect("hash type", vce->hash_type, VCE_HASH_SHA256);
	expect("hash length", be16_get(vce->hash_length), CERTIFICATE_HASH_SIZE);
	expect("certificate length", be32_get(vce->certificate_length), wanted->der_size);
	expect("hash offset", be16_get(vce->hash_offset), 0xa0);
	expect("certificate offset", be16_get(vce->certificate_offset), 0xc0);
	expect_bytes("equal bytes of the key id", bytes + 0x80, wanted->key_id,
		     CERTIFICATE_KEY_ID_SIZE);
	expect_bytes("equal bytes of the hash", bytes + 0xa0, wanted->hash,
		     CERTIFICATE_HASH_SIZE);
	expect_bytes("equal bytes of the certificate", bytes + 0xc0, wanted->der,
		     wanted->der_size);
	for (uint32_t i = 0xc0 + wanted->der_size; i < end; i++)
		expect_element("padding", i, bytes[i], 0);
}

static void expect_entry(const uint8_t *at, unsigned index)
{
	const struct vce *vce = (const struct vce *)at;
	const struct expected *wanted = expected(index);

	expect("entry length", be32_get(vce->length), expected_length(index));
	expect("index", be16_get(vce->index), index);
	expect("key type", vce->key_type, wanted->key_type);
	expect_bytes("equal bytes of the name", vce->name, wanted->name, sizeof(wanted->name));
	if (wanted->valid)
		expect_valid(vce, wanted);
	else
		expect("flags", vce->flags, 0);
}

/* Of the entries @first to @last the first @stored have to be there. */
static void stores(const char *name, uint32_t input_length, unsigned first, unsigned last,
		   unsigned stored)
{
	const struct probe probe = call(DIAG320_STORE, area);
	const uint8_t *at = area + sizeof(struct vcb);
	const unsigned from = first ? first : 1;

	set_header(input_length, first, last);
	diagnose_answered(name, &probe, DIAG320_OK);
	for (unsigned i = from; i < from + stored; i++) {
		expect_entry(at, i);
		at += expected_length(i);
	}
	expect_header(stored, last ? last - from + 1 - stored : 0, (uint32_t)(at - area));
}

/* The header alone comes back. */
static void stores_nothing(const char *name, unsigned first, unsigned last)
{
	const struct probe probe = call(DIAG320_STORE, area);

	set_header(VCB_UNIT, first, last);
	diagnose_answered(name, &probe, DIAG320_OK);
	expect_header(0, 0, sizeof(struct vcb));
}

static void check_store_refused(void)
{
	static const uint32_t lengths[] = { 0, 1, 64, 4095, 4097, 8191, ~0U };
	const uint64_t end = storage_size();
	struct probe probe;

	for (unsigned bit = 0; bit < 12; bit++) {
		set_header(VCB_UNIT, 1, 1);
		probe = call(DIAG320_STORE, area + (1UL << bit));
		diagnose_refused("store, an address that is not aligned", &probe,
				 PGM_SPECIFICATION, 4);
	}
	probe = call(DIAG320_STORE, (void *)end);
	diagnose_refused("store, an address behind storage", &probe, PGM_ADDRESSING, 4);
	probe = call(DIAG320_STORE, area);
	for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		set_header(lengths[i], 1, 1);
		diagnose_answered("store, a wrong length", &probe, DIAG320_BAD_VCB_LENGTH);
		expect_area_untouched(0x0c);
	}
	set_header(VCB_UNIT, 2, 1);
	diagnose_answered("store, from 2 to 1", &probe, DIAG320_BAD_RANGE);
	set_header(VCB_UNIT, 0xffff, 0);
	diagnose_answered("store, from 65535 to 0", &probe, DIAG320_BAD_RANGE);
	set_header(100, 2, 1);
	diagnose_answered("store, the length comes before the range", &probe,
			  DIAG320_BAD_VCB_LENGTH);
	expect_area_untouched(0x0c);
}

static void check_store(void)
{
	const uint32_t all = whole_pages(block_length(1, count));

	stores_nothing("store, 0 to 0", 0, 0);
	stores_nothing("store, the last is not there", 1, count + 1);
	stores_nothing("store, the first is not there either", count + 1, count + 1);
	stores_nothing("store, 65535 is not there", 0xffff, 0xffff);
	if (count == 0)
		return;
	for (unsigned i = 1; i <= count; i++)
		stores("store, one", whole_pages(block_length(i, i)), i, i, 1);
	stores("store, 0 to 1", whole_pages(block_length(1, 1)), 0, 1, 1);
	stores("store, all", all, 1, count, count);
	stores("store, all from 0", all, 0, count, count);
	stores("store, all, with room to spare", all + VCB_UNIT, 1, count, count);
}

/* A page at a time: each of the lengths in turn is too short for one entry more. */
static void check_store_short(void)
{
	const uint32_t all = whole_pages(block_length(1, count));

	for (uint32_t length = VCB_UNIT; length < all; length += VCB_UNIT) {
		unsigned stored = 0;

		while (stored < count && block_length(1, stored + 1) <= length)
			stored++;
		stores("store, too short for all", length, 1, count, stored);
	}
}

/* --- Addresses ------------------------------------------------------------------------ */

/* Pages of the spaces that are not mapped as they lie. */
#define WINDOW 0xf0000UL
#define NEXT (WINDOW + PAGE_SIZE)

static uint8_t frames[2][PAGE_SIZE] __attribute__((aligned(4096)));

static struct probe translated(uint64_t subcode, uint64_t address)
{
	struct probe probe = call(subcode, (void *)address);

	probe.psw_mask |= PSW_DAT;
	probe.control_0 |= CR0_ENHANCED_DAT;
	probe.control_1 = space_control(SPACE_PRIMARY);
	probe.control_13 = space_control(SPACE_HOME);
	return probe;
}

static void map(enum space space, uint64_t page, uint64_t entry)
{
	*space_page(space, page) = entry;
	spaces_purge();
}

static void check_spaces(void)
{
	struct probe probe = translated(DIAG320_QUERY_SUBCODES, WINDOW + 8);

	spaces_reset();
	map(SPACE_PRIMARY, WINDOW, (uint64_t)frames[0]);
	map(SPACE_HOME, WINDOW, (uint64_t)frames[1]);
	memset(frames, PATTERN, sizeof(frames));
	diagnose_answered("query, DAT on: the operand is in the primary space", &probe,
			  DIAG320_OK);
	expect("byte of the primary space's frame", frames[0][8], 0xe0);
	expect("byte of the home space's frame", frames[1][8], PATTERN);

	memset(frames, PATTERN, sizeof(frames));
	probe.psw_mask |= PSW_HOME_SPACE;
	diagnose_answered("query, home-space mode: the operand is in the home space",
			  &probe, DIAG320_OK);
	expect("byte of the primary space's frame", frames[0][8], PATTERN);
	expect("byte of the home space's frame", frames[1][8], 0xe0);

	spaces_reset();
	map(SPACE_PRIMARY, WINDOW, (uint64_t)frames[1]);
	map(SPACE_PRIMARY, NEXT, (uint64_t)frames[0]);
	memset(frames, PATTERN, sizeof(frames));
	probe = translated(DIAG320_QUERY_SUBCODES, NEXT - 2);
	diagnose_answered("query, the word crosses to a frame elsewhere", &probe,
			  DIAG320_OK);
	expect("last bytes of the first page", frames[1][4094] << 8 | frames[1][4095], 0xe000);
	expect("first bytes of the second page", frames[0][0] << 8 | frames[0][1], 0);
}

static void check_faults(void)
{
	struct probe probe = translated(DIAG320_QUERY_SUBCODES, WINDOW);

	spaces_reset();
	map(SPACE_PRIMARY, WINDOW, PAGE_INVALID);
	diagnose_faults("query, an invalid page", &probe, store_byte, WINDOW,
			PGM_PAGE_TRANSLATION, true);
	map(SPACE_PRIMARY, WINDOW, (uint64_t)frames[0] | PAGE_PROTECTED);
	diagnose_faults("query, a protected page", &probe, store_byte, WINDOW,
			PGM_PROTECTION, false);
	map(SPACE_PRIMARY, WINDOW, 0x7ff00000);
	diagnose_faults("query, a page beyond storage", &probe, store_byte, WINDOW,
			PGM_ADDRESSING, false);

	probe = translated(DIAG320_QUERY_STORAGE, NEXT - 64);
	spaces_reset();
	map(SPACE_PRIMARY, WINDOW, (uint64_t)frames[0]);
	map(SPACE_PRIMARY, NEXT, PAGE_INVALID);
	memset(frames, PATTERN, sizeof(frames));
	diagnose_faults("storage, a block that crosses to an invalid page", &probe,
			store_byte, NEXT, PGM_PAGE_TRANSLATION, true);
	expect("last byte of the first page", frames[0][4095], PATTERN);

	probe = translated(DIAG320_STORE, WINDOW);
	map(SPACE_PRIMARY, WINDOW, PAGE_INVALID);
	diagnose_faults("store, an invalid page", &probe, fetch_byte, WINDOW,
			PGM_PAGE_TRANSLATION, true);
	probe.psw_mask |= PSW_PROBLEM_STATE;
	{
		const struct outcome outcome = probe_run(&probe);

		test("store, an invalid page in problem state");
		expect_suppressed(&probe, &outcome, PGM_PRIVILEGED, 4);
	}
}

/* On a CPU with a prefix area of its own: real addresses of it are not absolute. */
static void check_prefixed(void *unused)
{
	volatile uint8_t *real = (volatile uint8_t *)0x1800;
	volatile uint8_t *absolute = real + prefix();
	const struct probe probe = call(DIAG320_QUERY_SUBCODES, real);

	(void)unused;
	real[0] = absolute[0] = PATTERN;
	diagnose_answered("query, a real address in the prefix area", &probe, DIAG320_OK);
	expect("real storage", real[0], 0xe0);
	expect("the storage that has this absolute address", absolute[0], PATTERN);
}

void payload_main(void)
{
	interruptions_unexpected();
	if (parameter_is("guest", "without")) {
		check_without_facility();
		return;
	}
	count = parameter_number("certificates", 0);
	check_order();
	check_unknown();
	check_query();
	check_ways();
	check_storage_refused();
	if (count)
		check_storage();
	else
		check_storage_empty();
	check_store_refused();
	check_store();
	if (count)
		check_store_short();
	check_spaces();
	check_faults();
	cpu_start(1, check_prefixed, NULL);
	cpu_wait(1);
}
