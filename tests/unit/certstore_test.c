/* SPDX-License-Identifier: MIT */
/* The certificate store: what becomes part of it, under which name, in which order. */
#include "unit.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "boot_pki.h"
#include "crypto/crypto.h"
#include "folder.h"
#include "ipl/certstore.h"

#define NOW 1500000000

static struct certstore store;

/* --- What is said on the way ------------------------------------------------------ */

static char said[4096];
static unsigned remarks;

static void emit(void *context, enum log_level level, const char *text)
{
	size_t used = strlen(said);

	(void)context;
	assert_int_equal(level, LOG_WARN);
	snprintf(said + used, sizeof(said) - used, "%s\n", text);
	remarks++;
}

static const struct log listener = { emit, NULL };

static void assert_said(unsigned count, const char *words)
{
	assert_int_equal(remarks, count);
	if (!strstr(said, words))
		fail_msg("'%s' does not mention '%s'", said, words);
}

/* --- Loading ----------------------------------------------------------------------- */

static int load_all(const char *const *paths, size_t count, struct error *err)
{
	certstore_clear(&store);
	said[0] = '\0';
	remarks = 0;
	return certstore_load(&store, paths, count, NOW, &listener, err);
}

static int load(const char *path, struct error *err)
{
	return load_all(&path, 1, err);
}

static void assert_loads(const char *path, size_t count)
{
	struct error err = { 0 };

	assert_ok(load(path, &err), &err);
	assert_int_equal(store.count, count);
}

static void assert_fails(const char *path, int expected, const char *words)
{
	struct error err = { 0 };

	assert_int_equal(load(path, &err), expected);
	if (!strstr(err.message, words) && !strstr(err.cause, words))
		fail_msg("'%s: %s' does not mention '%s'", err.message, err.cause, words);
}

static void assert_label(size_t index, const char *label)
{
	assert_string_equal(store.certificates[index].label, label);
}

static int enter(void **state)
{
	return enter_folder(state);
}

static int leave(void **state)
{
	certstore_clear(&store);
	return leave_folder(state);
}

/* A certificate that is valid at NOW. */
static struct boot_order valid(enum boot_key key)
{
	return (struct boot_order){ key, .not_before = NOW - 10, .not_after = NOW + 10 };
}

static void write_as(const char *path, bool der, const struct boot_order *order)
{
	X509 *certificate = boot_certificate(order);
	struct boot_bytes bytes;

	if (der)
		boot_to_der(&bytes, certificate);
	else
		boot_to_pem(&bytes, certificate);
	boot_write(path, &bytes);
	X509_free(certificate);
}

static void write_pem(const char *path)
{
	struct boot_order order = valid(BOOT_P256);

	write_as(path, false, &order);
}

static void write_der(const char *path)
{
	struct boot_order order = valid(BOOT_P256);

	write_as(path, true, &order);
}

static void write_text(const char *path, const char *text)
{
	assert_int_equal(file_write(path, text, strlen(text), OUTFILE_REPLACE, 0600, NULL), 0);
}

/* --- Files -------------------------------------------------------------------------- */

static void told_by_content(void **state)
{
	(void)state;
	write_pem("pem.der");
	write_der("der.pem");
	write_pem("no-suffix");
	assert_loads("pem.der", 1);
	assert_loads("der.pem", 1);
	assert_loads("no-suffix", 1);
	assert_int_equal(remarks, 0);
}

static void around_a_pem_block(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_RSA);
	FILE *file = fopen("chatty.pem", "w");

	(void)state;
	fprintf(file, "0 Subject: CN = Boot\nand so on\n\n");
	PEM_write_PrivateKey(file, boot_key(BOOT_RSA), NULL, NULL, 0, NULL, NULL);
	PEM_write_X509(file, certificate);
	fprintf(file, "the end\n");
	fclose(file);
	assert_loads("chatty.pem", 1);
	X509_free(certificate);
}

static void not_a_certificate(void **state)
{
	static const uint8_t sequence[] = { 0x30, 0x82, 0x01, 0x00, 0x02, 0x01, 0x00 };

	(void)state;
	write_text("empty", "");
	assert_fails("empty", ERR_FORMAT, "no X.509 certificate");
	write_text("words", "no certificate at all\n");
	assert_fails("words", ERR_FORMAT, "no X.509 certificate");
	write_text("damaged",
		   "-----BEGIN CERTIFICATE-----\nAAAA%AAA\n-----END CERTIFICATE-----\n");
	assert_fails("damaged", ERR_FORMAT, "damaged");
	write_text("hollow",
		   "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	assert_fails("hollow", ERR_FORMAT, "not hold a whole");
	assert_int_equal(file_write("other", sequence, sizeof(sequence), OUTFILE_REPLACE, 0600,
				    NULL), 0);
	assert_fails("other", ERR_FORMAT, "not hold a whole");
}

static void truncated(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_P256);
	struct boot_bytes der;
	size_t whole;

	(void)state;
	boot_to_der(&der, certificate);
	whole = der.size;
	for (der.size = 2; der.size < whole; der.size += 7) {
		boot_write("cut", &der);
		assert_fails("cut", ERR_FORMAT, "not hold a whole");
	}
	der.size = whole + 1;
	boot_write("long", &der);
	assert_fails("long", ERR_FORMAT, "not hold a whole");
	X509_free(certificate);
}

static void two_in_one_file(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_P256);
	struct boot_bytes bytes;

	(void)state;
	boot_to_pem(&bytes, certificate);
	memcpy(bytes.bytes + bytes.size, bytes.bytes, bytes.size);
	bytes.size *= 2;
	boot_write("two.pem", &bytes);
	assert_fails("two.pem", ERR_FORMAT, "more than one certificate");
	boot_to_der(&bytes, certificate);
	memcpy(bytes.bytes + bytes.size, bytes.bytes, bytes.size);
	bytes.size *= 2;
	boot_write("two.der", &bytes);
	assert_fails("two.der", ERR_FORMAT, "more than one certificate");
	X509_free(certificate);
}

static void sizes(void **state)
{
	X509 *largest = boot_certificate_sized(BOOT_RSA, 8000);
	X509 *larger = boot_certificate_sized(BOOT_RSA, 8001);
	struct boot_bytes bytes;

	(void)state;
	boot_to_pem(&bytes, largest);
	boot_write("largest.pem", &bytes);
	assert_loads("largest.pem", 1);
	boot_to_pem(&bytes, larger);
	boot_write("larger.pem", &bytes);
	assert_fails("larger.pem", ERR_UNSUPPORTED, "8001 bytes");
	boot_to_der(&bytes, larger);
	boot_write("larger.der", &bytes);
	assert_fails("larger.der", ERR_UNSUPPORTED, "at most 8000");
	assert_int_equal(truncate("larger.der", (256 << 10) + 1), 0);
	assert_fails("larger.der", ERR_FORMAT, "larger.der");
	X509_free(largest);
	X509_free(larger);
}

/* --- What is known about a certificate ---------------------------------------------- */

static void names(void **state)
{
	/* "boot_cert-1.pem" and blanks, "A[!]|^.pem" in code page 500. */
	static const uint8_t plain[] = {
		0x82, 0x96, 0x96, 0xa3, 0x6d, 0x83, 0x85, 0x99, 0xa3, 0x60, 0xf1, 0x4b, 0x97,
		0x85, 0x94, 0x40,
	};
	static const uint8_t odd[] = {
		0xc1, 0x4a, 0x4f, 0x5a, 0xbb, 0x5f, 0x6f, 0x6f, 0x4b, 0x97, 0x85, 0x94, 0x40,
	};
	char long_name[80];
	const uint8_t *name = store.certificates[0].name;

	(void)state;
	mkdir("folder", 0700);
	write_pem("folder/boot_cert-1.pem");
	assert_loads("folder/boot_cert-1.pem", 1);
	assert_memory_equal(name, plain, sizeof(plain));
	assert_int_equal(name[63], 0x40);
	/* U+00E4 are two bytes, and two question marks. */
	write_pem("A[!]|^\303\244.pem");
	assert_loads("A[!]|^\303\244.pem", 1);
	assert_memory_equal(name, odd, sizeof(odd));
	memset(long_name, 'a', sizeof(long_name));
	long_name[63] = 'b';
	long_name[64] = 'c';
	strcpy(long_name + 70, ".pem");
	write_pem(long_name);
	assert_loads(long_name, 1);
	assert_int_equal(name[0], 0x81);
	assert_int_equal(name[62], 0x81);
	assert_int_equal(name[63], 0x82);
	assert_label(0, long_name);
}

static void key_ids_and_hashes(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_P521);
	uint8_t expected[SHA256_SIZE], *key = NULL;
	struct boot_bytes der;
	int size = i2d_PUBKEY(boot_key(BOOT_P521), &key);

	(void)state;
	boot_to_der(&der, certificate);
	boot_write("p521.pem", &der);
	write_pem("p256.pem");
	assert_loads("p521.pem", 1);
	assert_int_equal(crypto_sha256(expected, key, (size_t)size, NULL), 0);
	assert_memory_equal(store.certificates[0].key_id, expected, sizeof(expected));
	assert_int_equal(crypto_sha256(expected, der.bytes, der.size, NULL), 0);
	assert_memory_equal(store.certificates[0].hash, expected, sizeof(expected));
	assert_int_equal(store.certificates[0].der_size, der.size);
	assert_memory_equal(store.certificates[0].der, der.bytes, der.size);
	assert_int_equal(store.certificates[0].key_type, VCE_KEY_ECDSA_P521);
	assert_loads("p256.pem", 1);
	assert_int_equal(store.certificates[0].key_type, VCE_KEY_IN_CERTIFICATE);
	OPENSSL_free(key);
	X509_free(certificate);
}

static void write_dates(const char *path, time_t from, time_t to)
{
	struct boot_order order = { BOOT_P256, .not_before = from, .not_after = to };

	write_as(path, false, &order);
}

static void dates(void **state)
{
	const struct boot_certificate *certificate = &store.certificates[0];

	(void)state;
	write_dates("future.pem", NOW + 1, NOW + 100);
	write_dates("past.pem", NOW - 100, NOW - 1);
	write_dates("now.pem", NOW, NOW);
	assert_loads("future.pem", 1);
	assert_said(1, "not valid yet");
	assert_false(boot_certificate_is_valid(certificate, NOW));
	assert_true(boot_certificate_is_valid(certificate, NOW + 1));
	assert_true(boot_certificate_is_valid(certificate, NOW + 100));
	assert_false(boot_certificate_is_valid(certificate, NOW + 101));
	assert_loads("past.pem", 1);
	assert_said(1, "has expired");
	assert_false(boot_certificate_is_valid(certificate, NOW));
	assert_loads("now.pem", 1);
	assert_int_equal(remarks, 0);
	assert_true(boot_certificate_is_valid(certificate, NOW));
}

/* An algorithm that does not exist makes the key unreadable. */
static void unreadable_key(void **state)
{
	static const uint8_t p256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	X509 *certificate = boot_certificate_for(BOOT_P256);
	struct boot_bytes der;
	uint8_t *curve;

	(void)state;
	boot_to_der(&der, certificate);
	curve = memmem(der.bytes, der.size, p256, sizeof(p256));
	assert_non_null(curve);
	curve[7] = 0x7f;
	boot_write("unknown.pem", &der);
	assert_loads("unknown.pem", 1);
	assert_said(1, "verifies nothing");
	assert_false(store.certificates[0].usable);
	assert_false(boot_certificate_is_valid(&store.certificates[0], time(NULL)));
	X509_free(certificate);
}

/* --- Paths and folders ---------------------------------------------------------------- */

static void impossible_paths(void **state)
{
	(void)state;
	assert_fails("", ERR_INVALID, "is empty");
	assert_fails("nothing.pem", ERR_NOT_FOUND, "nothing.pem");
	assert_int_equal(mkfifo("pipe.pem", 0600), 0);
	assert_fails("pipe.pem", ERR_INVALID, "neither a file nor a folder");
	write_pem("unreadable.pem");
	if (geteuid() != 0) {
		chmod("unreadable.pem", 0);
		assert_fails("unreadable.pem", ERR_IO, "unreadable.pem");
	}
}

static void folders(void **state)
{
	(void)state;
	mkdir("certs", 0700);
	assert_loads("certs", 0);
	assert_said(1, "is empty");
	write_text("certs/README", "nothing");
	assert_loads("certs", 0);
	assert_said(1, "passed over");
	write_pem("certs/old.pem.bak");
	write_pem("certs/b.pem");
	write_der("certs/a.der");
	write_pem("certs/C.pem");
	write_pem("certs/\303\244.crt");
	write_pem("certs/a.cer");
	assert_int_equal(symlink("b.pem", "certs/link.pem"), 0);
	mkdir("certs/below", 0700);
	assert_loads("certs", 6);
	assert_said(3, "certs/old.pem.bak");
	assert_said(3, "certs/below");
	assert_label(0, "C.pem");
	assert_label(1, "a.cer");
	assert_label(2, "a.der");
	assert_label(3, "b.pem");
	assert_label(4, "link.pem");
	assert_label(5, "\303\244.crt");
}

static void what_a_folder_must_not_hold(void **state)
{
	(void)state;
	mkdir("certs", 0700);
	mkdir("certs/x.pem", 0700);
	assert_fails("certs", ERR_INVALID, "certs/x.pem");
	rmdir("certs/x.pem");
	assert_int_equal(mkfifo("certs/x.pem", 0600), 0);
	assert_fails("certs", ERR_INVALID, "It is no file");
	unlink("certs/x.pem");
	write_text("certs/x.pem", "no certificate");
	assert_fails("certs", ERR_FORMAT, "certs/x.pem");
	unlink("certs/x.pem");
	assert_int_equal(symlink("nowhere", "certs/x.pem"), 0);
	assert_fails("certs", ERR_NOT_FOUND, "certs/x.pem");
}

static void order_of_paths(void **state)
{
	const char *paths[] = { "z.pem", "certs", "a.pem", "z.pem" };
	struct error err = { 0 };

	(void)state;
	mkdir("certs", 0700);
	write_pem("certs/2.pem");
	write_pem("certs/1.pem");
	write_pem("a.pem");
	write_pem("z.pem");
	assert_ok(load_all(paths, 4, &err), &err);
	assert_int_equal(store.count, 5);
	assert_label(0, "z.pem");
	assert_label(1, "1.pem");
	assert_label(2, "2.pem");
	assert_label(3, "a.pem");
	assert_label(4, "z.pem");
}

static void number_of_certificates(void **state)
{
	const char *both[] = { "certs", "certs/00.pem" };
	struct error err = { 0 };
	char path[40];

	(void)state;
	mkdir("certs", 0700);
	write_pem("certs/00.pem");
	for (unsigned i = 1; i < 64; i++) {
		snprintf(path, sizeof(path), "certs/%02u.pem", i);
		assert_int_equal(link("certs/00.pem", path), 0);
	}
	assert_loads("certs", 64);
	assert_label(63, "63.pem");
	/* Nothing is loaded before they are counted. */
	write_text("certs/00.txt", "not counted");
	assert_loads("certs", 64);
	assert_int_equal(load_all(both, 2, &err), ERR_INVALID);
	assert_non_null(strstr(err.message, "certificate number 65"));
	assert_int_equal(store.count, 0);
	write_text("certs/64.pem", "not even a certificate");
	assert_fails("certs", ERR_INVALID, "certificate number 65");
	assert_int_equal(store.count, 0);
}

/* --- The store as a file ---------------------------------------------------------------- */

static void there_and_back(void **state)
{
	struct certstore again = { .count = 0 };
	struct error err = { 0 };
	struct stat status;

	(void)state;
	mkdir("certs", 0700);
	write_pem("certs/a.pem");
	write_der("certs/b.der");
	assert_loads("certs", 2);
	assert_ok(certstore_write(&store, "file", &err), &err);
	assert_int_equal(stat("file", &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_ok(certstore_read(&again, "file", &err), &err);
	assert_int_equal(again.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(again.certificates[i].label, store.certificates[i].label);
		assert_memory_equal(again.certificates[i].name, store.certificates[i].name, 64);
		assert_memory_equal(again.certificates[i].hash, store.certificates[i].hash, 32);
	}
	certstore_clear(&again);
	certstore_clear(&store);
	assert_ok(certstore_write(&store, "file", &err), &err);
	assert_ok(certstore_read(&again, "file", &err), &err);
	assert_int_equal(again.count, 0);
}

static void parse_bad(const uint8_t *data, size_t size, const char *words)
{
	struct certstore bad = { .count = 0 };
	struct error err = { 0 };

	assert_int_equal(certstore_parse(&bad, data, size, &err), ERR_FORMAT);
	if (!strstr(err.message, words))
		fail_msg("'%s' does not mention '%s'", err.message, words);
	certstore_clear(&bad);
}

static void damaged_file(void **state)
{
	struct certstore bad = { .count = 0 };
	struct error err = { 0 };
	uint8_t *data;
	size_t size;

	(void)state;
	write_pem("a.pem");
	assert_loads("a.pem", 1);
	assert_ok(certstore_write(&store, "file", &err), &err);
	assert_ok(file_read(&data, &size, "file", 1 << 20, &err), &err);
	for (size_t cut = 0; cut < size; cut += 5)
		parse_bad(data, cut, cut < 16 ? "no certificate store" : "inside of an entry");
	data = realloc(data, size + 1);
	parse_bad(data, size + 1, "1 bytes follow");
	data[11] = 2; /* certificates */
	parse_bad(data, size, "inside of an entry");
	data[11] = 1;
	data[24] = '\0'; /* of the name */
	parse_bad(data, size, "name of a certificate");
	data[24] = 'a';
	data[0] ^= 1;
	parse_bad(data, size, "no certificate store");
	free(data);
	assert_int_equal(certstore_read(&bad, "nothing", &err), ERR_IO);
}

#define unit(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit(told_by_content),
		unit(around_a_pem_block),
		unit(not_a_certificate),
		unit(truncated),
		unit(two_in_one_file),
		unit(sizes),
		unit(names),
		unit(key_ids_and_hashes),
		unit(dates),
		unit(unreadable_key),
		unit(impossible_paths),
		unit(folders),
		unit(what_a_folder_must_not_hold),
		unit(order_of_paths),
		unit(number_of_certificates),
		unit(there_and_back),
		unit(damaged_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
