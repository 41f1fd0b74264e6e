/* SPDX-License-Identifier: MIT */
/* DIAGNOSE X'508': checks in their order, verdicts, and storage that changes. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "boot_pki.h"
#include "diagnose_world.h"
#include "ipl/diag508.h"

#define STORAGE_SIZE ((size_t)512 << 10)
#define OPERAND 0x2004 /* no alignment is needed */
#define SIGNATURE 0x3001
#define COMPONENT 0x10000
#define COMPONENT_SIZE 100001 /* more than one piece, and no whole number of them */

static struct diagnose_world world;
static struct certstore store;
static struct svb block;
static struct error why;

static struct diagnose_result call_at(uint64_t subcode, uint64_t operand)
{
	struct diagnose call = { false, 4, operand, subcode };

	why = (struct error){ 0 };
	return diag508(&store, &call, &world.storage, &why);
}

static struct diagnose_result verify(void)
{
	memcpy(world.bytes + OPERAND, &block, sizeof(block));
	world.written = 0;
	return call_at(0x8000, OPERAND);
}

/* The component of the tests, and its signature by @key. */
static void sign(enum boot_key key, const EVP_MD *digest, unsigned flags)
{
	X509 *certificate = boot_certificate_for(key);
	struct boot_bytes signature;

	boot_sign(&signature, world.bytes + COMPONENT, COMPONENT_SIZE, key, certificate,
		  digest, flags);
	memcpy(world.bytes + SIGNATURE, signature.bytes, signature.size);
	block.signature_length = be64(signature.size);
	X509_free(certificate);
}

static void add(const char *label, enum boot_key key)
{
	X509 *certificate = boot_certificate_for(key);

	boot_store_add(&store, label, certificate);
	X509_free(certificate);
}

static int renew(void **state)
{
	(void)state;
	diagnose_world_new(&world, STORAGE_SIZE);
	for (size_t i = 0; i < COMPONENT_SIZE; i++)
		world.bytes[COMPONENT + i] = (uint8_t)(i * 7 + i / 251);
	add("other.pem", BOOT_OTHER_RSA);
	add("right.pem", BOOT_RSA);
	memset(&block, 0xff, sizeof(block));
	block.length = be32(64);
	block.component_length = be64(COMPONENT_SIZE);
	block.component_address = be64(COMPONENT);
	block.signature_address = be64(SIGNATURE);
	sign(BOOT_RSA, EVP_sha256(), BOOT_LIKE_SIGN_FILE);
	return 0;
}

static int end(void **state)
{
	(void)state;
	certstore_clear(&store);
	diagnose_world_free(&world);
	return 0;
}

/* Answered with @code, and nothing stored. */
static void assert_refused(uint16_t code)
{
	assert_answered(verify(), code);
	assert_int_equal(world.written, 0);
}

/* Verified by the certificate @index; the rest of the block is as it was. */
static void assert_verified(uint8_t index)
{
	struct svb expected = block;

	assert_answered(verify(), 1);
	expected.answer = (struct svb_answer){
		.certificate_index = index,
		.certificate_length = be64(store.certificates[index].der_size),
	};
	assert_memory_equal(world.bytes + OPERAND, &expected, sizeof(expected));
	assert_int_equal(world.written, sizeof(expected.answer));
}

/* --- What comes before the verification ----------------------------------------- */

static void problem_state_first(void **state)
{
	struct diagnose bad = { true, 3, 0, 0x10000 };

	(void)state;
	assert_interrupted(diag508(&store, &bad, &world.storage, NULL), 0x0002);
}

static void specification_next(void **state)
{
	struct diagnose odd = { false, 3, OPERAND, 0x8000 };

	(void)state;
	assert_interrupted(diag508(&store, &odd, &world.storage, NULL), 0x0006);
	odd.subcode = 0;
	assert_interrupted(diag508(&store, &odd, &world.storage, NULL), 0x0006);
	assert_interrupted(call_at(0x10000, OPERAND), 0x0006);
	assert_interrupted(call_at(0x18000, OPERAND), 0x0006);
	assert_interrupted(call_at(UINT64_C(0x8000000000000000), OPERAND), 0x0006);
	assert_interrupted(call_at(1, OPERAND), 0x0006);
	assert_interrupted(call_at(0x4000, OPERAND), 0x0006);
	assert_interrupted(call_at(0x8001, OPERAND), 0x0006);
	assert_interrupted(call_at(0xffff, OPERAND), 0x0006);
	assert_int_equal(world.written, 0);
}

static void query(void **state)
{
	(void)state;
	assert_answered(call_at(0, 0), 0x8000);
	assert_answered(call_at(0, UINT64_MAX), 0x8000);
	certstore_clear(&store);
	assert_answered(call_at(0, 0), 0x8000);
}

static void operand_beyond_storage(void **state)
{
	(void)state;
	assert_interrupted(call_at(0x8000, STORAGE_SIZE - 63), 0x0005);
	assert_interrupted(call_at(0x8000, STORAGE_SIZE), 0x0005);
	assert_interrupted(call_at(0x8000, UINT64_MAX - 63), 0x0005);
	assert_interrupted(call_at(0x8000, UINT64_MAX), 0x0005);
	/* Its address is absolute, never logical. */
	assert_interrupted(call_at(0x8000, LOGICAL_BASE + OPERAND), 0x0005);
	/* Before the store is looked at. */
	certstore_clear(&store);
	assert_interrupted(call_at(0x8000, STORAGE_SIZE), 0x0005);
}

/* Each wrong thing hides behind those that are tested before it. */
static void order_of_checks(void **state)
{
	struct certstore kept;

	(void)state;
	block.length = be32(0);
	block.component_length = be64(0);
	block.signature_length = be64(0);
	kept = store;
	store.count = 0;
	assert_refused(0x0102);
	store = kept;
	assert_refused(0x0502);
	block.length = be32(64);
	assert_refused(0x0202);
	block.component_length = be64(COMPONENT_SIZE);
	assert_refused(0x0302);
	block.signature_length = be64(10);
	assert_refused(0x0402);
}

static void length_of_the_block(void **state)
{
	static const uint32_t lengths[] = { 0, 1, 63, 65, 128, UINT32_MAX };

	(void)state;
	for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		block.length = be32(lengths[i]);
		assert_refused(0x0502);
	}
}

static void component_operand(void **state)
{
	(void)state;
	block.component_length = be64(0x10000001);
	assert_refused(0x0202);
	block.component_length = be64(UINT64_MAX);
	assert_refused(0x0202);
	block.component_length = be64(COMPONENT_SIZE);
	block.component_address = be64(0);
	assert_refused(0x0202);
	/* The largest that is possible is just not in this guest's storage. */
	block.component_address = be64(COMPONENT);
	block.component_length = be64(0x10000000);
	assert_refused(0x0402);
	assert_non_null(strstr(why.message, "cannot be read"));
	block.component_address = be64(UINT64_MAX);
	assert_refused(0x0402);
	block.component_address = be64(UINT64_MAX - COMPONENT_SIZE + 2);
	block.component_length = be64(COMPONENT_SIZE);
	assert_refused(0x0402);
}

static void signature_operand(void **state)
{
	be64_t right = block.signature_length;

	(void)state;
	block.signature_length = be64(4097);
	assert_refused(0x0302);
	block.signature_length = be64(UINT64_MAX);
	assert_refused(0x0302);
	block.signature_length = right;
	block.signature_address = be64(0);
	assert_refused(0x0302);
	/* As long as it may be, but no signature. */
	block.signature_address = be64(SIGNATURE);
	block.signature_length = be64(4096);
	assert_refused(0x0402);
	block.signature_length = right;
	block.signature_address = be64(STORAGE_SIZE - 1);
	assert_refused(0x0402);
	assert_non_null(strstr(why.message, "does not lie in"));
	block.signature_address = be64(UINT64_MAX);
	assert_refused(0x0402);
}

/* --- Verdicts --------------------------------------------------------------------- */

static void verified(void **state)
{
	(void)state;
	assert_verified(1);
	sign(BOOT_OTHER_RSA, EVP_sha384(), CMS_NOCERTS);
	assert_verified(0);
}

/* The first one that fits wins, and all 64 are tried. */
static void first_and_last_certificate(void **state)
{
	(void)state;
	certstore_clear(&store);
	while (store.count < 63)
		add("other.pem", BOOT_P256);
	add("last.pem", BOOT_P521);
	sign(BOOT_P521, EVP_sha512(), CMS_NOCERTS | CMS_USE_KEYID);
	assert_verified(63);
	sign(BOOT_P256, EVP_sha256(), BOOT_LIKE_SIGN_FILE);
	assert_verified(0);
}

/* The signature names the third, but the second has the same key. */
static void several_certificates_of_a_key(void **state)
{
	X509 *named = boot_certificate(&(struct boot_order){ BOOT_RSA, .name = "Named" });
	struct boot_bytes signature;

	(void)state;
	boot_store_add(&store, "named.pem", named);
	boot_sign(&signature, world.bytes + COMPONENT, COMPONENT_SIZE, BOOT_RSA, named,
		  EVP_sha256(), BOOT_LIKE_SIGN_FILE);
	memcpy(world.bytes + SIGNATURE, signature.bytes, signature.size);
	block.signature_length = be64(signature.size);
	assert_verified(1);
	X509_free(named);
}

/* Whoever names the second has to have its key. */
static void named_falsely(void **state)
{
	X509 *named = boot_certificate(&(struct boot_order){ BOOT_P256, .name = "Named" });
	static const uint8_t key_id[] = { 0x80, 0x14 }; /* of the signer: 20 bytes follow */
	struct boot_bytes signature;
	uint8_t *at;

	(void)state;
	boot_sign(&signature, world.bytes + COMPONENT, COMPONENT_SIZE, BOOT_P256, named,
		  EVP_sha256(), BOOT_LIKE_SIGN_FILE | CMS_USE_KEYID);
	/* The subject key id of another certificate in place of the signer's. */
	at = memmem(signature.bytes, signature.size, key_id, sizeof(key_id));
	assert_non_null(at);
	memcpy(at + 2, ASN1_STRING_get0_data(
			       X509_get0_subject_key_id(store.certificates[1].certificate)),
	       20);
	memcpy(world.bytes + SIGNATURE, signature.bytes, signature.size);
	block.signature_length = be64(signature.size);
	assert_refused(0x0402);
	/* With the key somewhere else in the store, that is found all the same. */
	boot_store_add(&store, "named.pem", named);
	assert_verified(2);
	X509_free(named);
}

static void not_verified(void **state)
{
	(void)state;
	sign(BOOT_P384, EVP_sha384(), BOOT_LIKE_SIGN_FILE);
	assert_refused(0x0402);
	assert_non_null(strstr(why.message, "None of the 2 boot certificates"));
	/* The signer's certificate inside of the signature does not help. */
	sign(BOOT_P384, EVP_sha384(), CMS_NOATTR);
	assert_refused(0x0402);
	sign(BOOT_RSA, EVP_sha1(), BOOT_LIKE_SIGN_FILE);
	assert_refused(0x0402);
}

static void changed_by_one_bit(void **state)
{
	static const size_t places[] = { 0, 4095, 65535, 65536, COMPONENT_SIZE - 1 };

	(void)state;
	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		world.bytes[COMPONENT + places[i]] ^= 0x10;
		assert_refused(0x0402);
		world.bytes[COMPONENT + places[i]] ^= 0x10;
	}
	block.component_length = be64(COMPONENT_SIZE - 1);
	assert_refused(0x0402);
	block.component_length = be64(COMPONENT_SIZE + 1);
	assert_refused(0x0402);
	block.component_length = be64(COMPONENT_SIZE);
	assert_verified(1);
}

static void damaged_signature(void **state)
{
	uint64_t size = be64_get(block.signature_length);

	(void)state;
	block.signature_length = be64(size - 1);
	assert_refused(0x0402);
	block.signature_length = be64(size + 1);
	assert_refused(0x0402);
	block.signature_length = be64(1);
	assert_refused(0x0402);
	block.signature_length = be64(size);
	memset(world.bytes + SIGNATURE, 0, size);
	assert_refused(0x0402);
}

/* Dates are DIAG 320's business: it does not give out what has expired. */
static void dates_do_not_count(void **state)
{
	X509 *expired = boot_certificate(&(struct boot_order){
		BOOT_RSA, .not_before = 1000000000, .not_after = 1100000000 });

	(void)state;
	certstore_clear(&store);
	boot_store_add(&store, "expired.pem", expired);
	assert_verified(0);
	X509_free(expired);
}

static void unusable_certificate(void **state)
{
	(void)state;
	store.certificates[1].usable = false;
	assert_refused(0x0402);
}

/* The block itself may lie in what is verified. */
static void block_inside_the_component(void **state)
{
	(void)state;
	block.component_address = be64(0x2000);
	block.component_length = be64(0x200);
	assert_refused(0x0402);
}

/* --- Storage that changes ------------------------------------------------------- */

static void each_byte_is_read_once(void **state)
{
	uint64_t signature_size = be64_get(block.signature_length);

	(void)state;
	world.reads = calloc(1, STORAGE_SIZE);
	assert_verified(1);
	for (size_t i = 0; i < STORAGE_SIZE; i++) {
		bool wanted = (i >= OPERAND && i < OPERAND + sizeof(block)) ||
			      (i >= SIGNATURE && i < SIGNATURE + signature_size) ||
			      (i >= COMPONENT && i < COMPONENT + COMPONENT_SIZE);

		assert_int_equal(world.reads[i], wanted);
	}
}

/* What was read becomes something else at once. */
static void overwrite(struct diagnose_world *w, uint64_t address, size_t size)
{
	memset(w->bytes + address, 0, size);
}

static void changes_behind_the_reader(void **state)
{
	(void)state;
	world.meanwhile = overwrite;
	assert_answered(verify(), 1);
	assert_int_equal(world.bytes[OPERAND + 0x10], 1);
	/* And what was changed is not verified afterwards. */
	world.meanwhile = NULL;
	assert_refused(0x0402);
}

/* What has not been read yet changes: that is what is verified, and found wanting. */
static void change_ahead(struct diagnose_world *w, uint64_t address, size_t size)
{
	if (address + size < COMPONENT + COMPONENT_SIZE)
		w->bytes[COMPONENT + COMPONENT_SIZE - 1] = 0;
}

static void changes_in_front_of_the_reader(void **state)
{
	(void)state;
	assert_int_not_equal(world.bytes[COMPONENT + COMPONENT_SIZE - 1], 0);
	world.meanwhile = change_ahead;
	assert_answered(verify(), 0x0402);
}

#define unit(test) cmocka_unit_test_setup_teardown(test, renew, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit(problem_state_first),
		unit(specification_next),
		unit(query),
		unit(operand_beyond_storage),
		unit(order_of_checks),
		unit(length_of_the_block),
		unit(component_operand),
		unit(signature_operand),
		unit(verified),
		unit(first_and_last_certificate),
		unit(several_certificates_of_a_key),
		unit(named_falsely),
		unit(not_verified),
		unit(changed_by_one_bit),
		unit(damaged_signature),
		unit(dates_do_not_count),
		unit(unusable_certificate),
		unit(block_inside_the_component),
		unit(each_byte_is_read_once),
		unit(changes_behind_the_reader),
		unit(changes_in_front_of_the_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
