/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/ec.h"
#include "crypto/ec_pem.h"
#include "crypto/key_pem.h"
#include "folder.h"

static void key_survives_the_file(void **state)
{
	const mode_t masks[] = { 0, 077, 0777 };
	EVP_PKEY *key, *again;
	struct error err;
	struct stat st;

	(void)state;
	assert_ok(ec_generate(&key, &err), &err);
	for (size_t i = 0; i < 3; i++) {
		umask(masks[i]);
		assert_ok(key_pem_write("key", key, OUTFILE_REPLACE, &err), &err);
		assert_int_equal(stat("key", &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	umask(022);
	assert_ok(ec_pem_read_private(&again, "key", &err), &err);
	assert_int_equal(EVP_PKEY_eq(key, again), 1);
	assert_int_equal(key_pem_write("key", key, OUTFILE_KEEP, &err), ERR_EXISTS);
	EVP_PKEY_free(key);
	EVP_PKEY_free(again);
}

static void file_is_pkcs8(void **state)
{
	EVP_PKEY *key;
	struct error err;
	uint8_t *text;
	size_t size;

	(void)state;
	assert_ok(ec_generate(&key, &err), &err);
	assert_ok(key_pem_write("key", key, OUTFILE_KEEP, &err), &err);
	assert_ok(file_read(&text, &size, "key", 4096, &err), &err);
	assert_memory_equal(text, "-----BEGIN PRIVATE KEY-----\n", 28);
	free(text);
	EVP_PKEY_free(key);
}

static void write_text(const char *path, const char *text)
{
	struct error err;

	assert_ok(file_write(path, text, strlen(text), OUTFILE_REPLACE, 0600, &err), &err);
}

static void absent_and_unusable_files_differ(void **state)
{
	EVP_PKEY *key = (EVP_PKEY *)1;
	struct error err;

	(void)state;
	assert_int_equal(ec_pem_read_private(&key, "none", &err), ERR_NOT_FOUND);
	assert_null(key);
	write_text("key", "");
	assert_int_equal(ec_pem_read_private(&key, "key", &err), ERR_FORMAT);
	write_text("key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
	assert_int_equal(ec_pem_read_private(&key, "key", &err), ERR_FORMAT);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(ec_pem_read_private(&key, "folder", &err), ERR_IO);
	assert_int_equal(truncate("key", KEY_PEM_MAX_SIZE + 1), 0);
	assert_int_equal(ec_pem_read_private(&key, "key", &err), ERR_FORMAT);
	assert_non_null(strstr(err.message, "more than"));
}

static void write_key(const char *path, EVP_PKEY *key, const EVP_CIPHER *cipher)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(PEM_write_PKCS8PrivateKey(file, key, cipher, cipher ? "pass" : NULL,
						   cipher ? 4 : 0, NULL, NULL), 1);
	fclose(file);
}

static void other_curves_and_kinds_are_refused(void **state)
{
	EVP_PKEY *others[] = { EVP_EC_gen("P-384"), EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") };
	EVP_PKEY *key;
	struct error err;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		write_key("other", others[i], NULL);
		assert_int_equal(ec_pem_read_private(&key, "other", &err), ERR_UNSUPPORTED);
		assert_null(key);
		assert_non_null(strstr(err.message, "'other'"));
		/* They are keys all the same. */
		assert_ok(key_pem_read(&key, "other", &err), &err);
		assert_int_equal(EVP_PKEY_eq(key, others[i]), 1);
		EVP_PKEY_free(key);
		EVP_PKEY_free(others[i]);
	}
}

static void nothing_asks_for_a_passphrase(void **state)
{
	EVP_PKEY *key, *again;
	struct error err;

	(void)state;
	assert_ok(ec_generate(&key, &err), &err);
	write_key("locked", key, EVP_aes_256_cbc());
	assert_int_equal(ec_pem_read_private(&again, "locked", &err), ERR_FORMAT);
	EVP_PKEY_free(key);
}

/* A key pair whose halves come from two keys: legal DER, and a trap. */
static void halves_have_to_fit(void **state)
{
	EVP_PKEY *one, *two, *again;
	struct secret *pem_one, *pem_two;
	uint8_t mixed[4096], *der = NULL, *other = NULL;
	struct error err;
	int size;
	BIO *bio;
	char *text;
	long length;

	(void)state;
	assert_ok(ec_generate(&one, &err), &err);
	assert_ok(ec_generate(&two, &err), &err);
	assert_ok(key_pem_format(&pem_one, one, &err), &err);
	assert_ok(key_pem_format(&pem_two, two, &err), &err);
	size = i2d_PrivateKey(one, &der);
	assert_int_equal(i2d_PrivateKey(two, &other), size);
	/* The public point is the last field of the structure. */
	memcpy(mixed, der, (size_t)size);
	memcpy(mixed + size - 132, other + size - 132, 132);
	bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio(bio, "EC PRIVATE KEY", "", mixed, size) > 0, 1);
	length = BIO_get_mem_data(bio, &text);
	assert_int_equal(ec_pem_parse_private(&again, text, (size_t)length, "mixed", &err),
			 ERR_FORMAT);
	assert_non_null(strstr(err.message, "does not fit"));
	/* The same bytes unmixed are fine. */
	assert_ok(ec_pem_parse_private(&again, secret_view(pem_one), secret_size(pem_one),
				       "one", &err), &err);
	EVP_PKEY_free(again);
	BIO_free(bio);
	OPENSSL_free(der);
	OPENSSL_free(other);
	secret_free(pem_one);
	secret_free(pem_two);
	EVP_PKEY_free(one);
	EVP_PKEY_free(two);
}

#define in_folder(test) \
	cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_folder(key_survives_the_file),
		in_folder(file_is_pkcs8),
		in_folder(absent_and_unusable_files_differ),
		in_folder(other_curves_and_kinds_are_refused),
		in_folder(nothing_asks_for_a_passphrase),
		cmocka_unit_test(halves_have_to_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
