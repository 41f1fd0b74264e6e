/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "folder.h"
#include "machine/bundle.h"
#include "machine/bundle_format.h"
#include "machine/create.h"
#include "machine/machine.h"

static struct secret *passphrase;

/* A small bundle with one entry, and its bytes. */
static struct secret *small_plain;
static uint8_t *small;
static size_t small_size;

static struct secret *plain_of(const struct bundle_entry *entries, size_t count)
{
	size_t size = 0, offset = 0;
	struct secret *plain;

	for (size_t i = 0; i < count; i++)
		size += bundle_entry_size(entries[i].size);
	plain = secret_new(size);
	for (size_t i = 0; i < count; i++) {
		bundle_entry_emit(secret_bytes(plain) + offset, &entries[i]);
		offset += bundle_entry_size(entries[i].size);
	}
	return plain;
}

static int make_world(void **state)
{
	const struct bundle_entry entry = { BUNDLE_HOST_KEY, (const uint8_t *)"key", 3 };
	struct error err;

	passphrase = secret_copy("correct horse", 13);
	small_plain = plain_of(&entry, 1);
	return enter_folder(state) < 0 ||
	       bundle_seal(&small, &small_size, small_plain, passphrase, BUNDLE_MIN_LOG2_N,
			   &err) < 0;
}

static int remove_world(void **state)
{
	secret_free(passphrase);
	secret_free(small_plain);
	free(small);
	return leave_folder(state);
}

/* --- Header ---------------------------------------------------------------------- */

static void bundle_opens_again(void **state)
{
	struct secret *plain;
	struct error err;

	(void)state;
	assert_int_equal(small_size, 0x80 + 8 + 3 + 16);
	assert_ok(bundle_open(&plain, small, small_size, passphrase, &err), &err);
	assert_true(secret_equal(plain, small_plain));
	secret_free(plain);
}

static void two_bundles_share_nothing(void **state)
{
	struct error err;
	uint8_t *other;
	size_t size;

	(void)state;
	assert_ok(bundle_seal(&other, &size, small_plain, passphrase, BUNDLE_MIN_LOG2_N,
			   &err), &err);
	assert_int_equal(size, small_size);
	assert_memory_not_equal(other + 0x1c, small + 0x1c, 12);
	assert_memory_not_equal(other + 0x28, small + 0x28, 32);
	assert_memory_not_equal(other + 0x48, small + 0x48, 16);
	assert_memory_not_equal(other + 0x80, small + 0x80, 11);
	free(other);
}

static void wrong_passphrase_is_told_apart(void **state)
{
	struct secret *wrong = secret_copy("correct horsf", 13), *plain;
	struct error err;

	(void)state;
	assert_int_equal(bundle_open(&plain, small, small_size, wrong, &err), ERR_AUTH);
	assert_non_null(strstr(err.message, "passphrase"));
	assert_null(plain);
	secret_free(wrong);
}

/* Whatever byte is damaged: it is noticed, without the passphrase. */
static void every_damaged_byte_is_noticed(void **state)
{
	struct bundle bundle;
	struct error err;

	(void)state;
	assert_ok(bundle_parse(&bundle, small, small_size, &err), &err);
	for (size_t i = 0; i < small_size; i++) {
		small[i] ^= 0x01;
		if (bundle_parse(&bundle, small, small_size, &err) == 0)
			fail_msg("byte 0x%zx", i);
		small[i] ^= 0x01;
	}
	for (size_t size = 0; size < small_size; size++)
		assert_int_equal(bundle_parse(&bundle, small, size, &err), ERR_FORMAT);
}

/* A copy of the small bundle with @bytes at @offset and a digest that fits. */
static uint8_t *forged(size_t offset, const void *bytes, size_t size)
{
	uint8_t *copy = malloc(small_size);
	struct error err;

	memcpy(copy, small, small_size);
	memcpy(copy + offset, bytes, size);
	assert_ok(bundle_digest(copy + 0x60, copy, small_size, &err), &err);
	return copy;
}

static void fields_have_limits(void **state)
{
	static const struct {
		size_t offset;
		uint32_t value;
		int rc;
		const char *why;
	} cases[] = {
		{ 0x00, 0x55566b66, ERR_FORMAT, "no key bundle" },
		{ 0x04, 0x00000000, ERR_FORMAT, "no key bundle" },
		{ 0x08, 0x200, ERR_UNSUPPORTED, "0x200" },
		{ 0x08, 0, ERR_UNSUPPORTED, "0x0" },
		{ 0x0c, BUNDLE_MAX_PAYLOAD + 1, ERR_FORMAT, "payload_size" },
		{ 0x0c, UINT32_MAX, ERR_FORMAT, "payload_size" },
		{ 0x0c, 10, ERR_FORMAT, "announces" },
		{ 0x0c, 12, ERR_FORMAT, "announces" },
		{ 0x10, 9, ERR_FORMAT, "log2_n" },
		{ 0x10, 19, ERR_FORMAT, "log2_n" },
		{ 0x10, 64, ERR_FORMAT, "log2_n" },
		{ 0x10, UINT32_MAX, ERR_FORMAT, "log2_n" },
		{ 0x14, 0, ERR_FORMAT, "r at" },
		{ 0x14, 16, ERR_FORMAT, "r at" },
		{ 0x18, 0, ERR_FORMAT, "p at" },
		{ 0x18, 5, ERR_FORMAT, "p at" },
		{ 0x58, 1, ERR_FORMAT, "0x58" },
		{ 0x5c, 1, ERR_FORMAT, "0x58" },
	};
	struct bundle bundle;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const be32_t value = be32(cases[i].value);
		uint8_t *copy = forged(cases[i].offset, &value, sizeof(value));
		int rc = bundle_parse(&bundle, copy, small_size, &err);

		if (rc != cases[i].rc || !strstr(err.message, cases[i].why))
			fail_msg("case %zu: rc %d, %s", i, rc, err.message);
		free(copy);
	}
}

/* With the digest adapted, each of these still fails: as wrong passphrase or as forged. */
static void changes_on_purpose_are_noticed(void **state)
{
	static const struct {
		size_t offset;
		const char *why;
	} cases[] = {
		{ 0x1c, "tag" },        /* iv */
		{ 0x28, "passphrase" }, /* salt */
		{ 0x48, "passphrase" }, /* check */
		{ 0x80, "tag" },        /* sealed */
		{ 0x8b, "tag" },        /* tag */
	};
	struct secret *plain;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint8_t changed = small[cases[i].offset] ^ 0x80;
		uint8_t *copy = forged(cases[i].offset, &changed, 1);
		int rc = bundle_open(&plain, copy, small_size, passphrase, &err);

		if (rc != ERR_AUTH || !strstr(err.message, cases[i].why))
			fail_msg("case %zu: rc %d, %s", i, rc, err.message);
		assert_null(plain);
		free(copy);
	}
}

/* --- Entries --------------------------------------------------------------------- */

static void entries_survive(void **state)
{
	const struct bundle_entry given[] = {
		{ BUNDLE_MACHINE_YAML, (const uint8_t *)"yaml", 4 },
		{ BUNDLE_HOST_KEY, (const uint8_t *)"", 0 },
		{ BUNDLE_CA_KEY + 2, (const uint8_t *)"k", 1 },
		{ BUNDLE_CA_REVOKED, (const uint8_t *)"r1", 2 },
		{ BUNDLE_CA_REVOKED, (const uint8_t *)"r2", 2 },
	};
	struct secret *plain = plain_of(given, 5);
	struct bundle_entry *entries;
	struct error err;
	size_t count;

	(void)state;
	assert_ok(bundle_entries_parse(&entries, &count, secret_view(plain),
				       secret_size(plain), &err), &err);
	assert_int_equal(count, 5);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(entries[i].kind, given[i].kind);
		assert_int_equal(entries[i].size, given[i].size);
		assert_memory_equal(entries[i].data, given[i].data, given[i].size);
	}
	free(entries);
	assert_ok(bundle_entries_parse(&entries, &count, "", 0, &err), &err);
	assert_int_equal(count, 0);
	free(entries);
	secret_free(plain);
}

static void broken_entries_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *why;
	} cases[] = {
		{ "\0\0\0\1\0\0\0", 7, "cut off" },
		{ "\0\0\0\1\0\0\0\1", 8, "claims 1 bytes" },
		{ "\0\0\0\1\0\0\0\2x", 9, "claims 2 bytes" },
		{ "\0\0\0\1\0\1\0\1x", 9, "claims 65537 bytes" },
		{ "\0\0\0\1\xff\xff\xff\xff", 8, "claims 4294967295 bytes" },
		{ "\0\0\0\0\0\0\0\0", 8, "unknown kind 0" },
		{ "\0\0\0\6\0\0\0\0", 8, "unknown kind 6" },
		{ "\0\0\0\32\0\0\0\0", 8, "unknown kind 26" },
		{ "\0\0\0\41\0\0\0\0", 8, "unknown kind 33" },
		{ "\200\0\0\1\0\0\0\0", 8, "unknown kind 2147483649" },
		{ "\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0", 16, "out of order" },
		{ "\0\0\0\2\0\0\0\0\0\0\0\1\0\0\0\0", 16, "out of order" },
		{ "\0\0\0\1\0\0\0\0\0", 9, "cut off" },
	};
	struct bundle_entry *entries;
	struct error err;
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = bundle_entries_parse(&entries, &count, cases[i].bytes,
					      cases[i].size, &err);

		if (rc != ERR_FORMAT || !strstr(err.message, cases[i].why))
			fail_msg("case %zu: rc %d, %s", i, rc, err.message);
		assert_null(entries);
	}
}

static void entries_are_counted(void **state)
{
	static uint8_t many[(BUNDLE_MAX_ENTRIES + 1) * 8];
	struct bundle_entry *entries;
	struct error err;
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof(many); i += 8)
		many[i + 3] = BUNDLE_CA_REVOKED;
	assert_ok(bundle_entries_parse(&entries, &count, many, sizeof(many) - 8, &err), &err);
	assert_int_equal(count, BUNDLE_MAX_ENTRIES);
	free(entries);
	assert_int_equal(bundle_entries_parse(&entries, &count, many, sizeof(many), &err),
			 ERR_FORMAT);
}

/* --- Machines -------------------------------------------------------------------- */

static void machine_travels(void **state)
{
	const struct machine_order order = { .backup_key = true, .ca = "shared" };
	struct machine *one, *two;
	struct error err;
	struct stat st;

	(void)state;
	assert_ok(machine_create("m", &order, &err), &err);
	umask(0);
	assert_ok(machine_export("m", "m.uvk", passphrase, true, OUTFILE_KEEP, &err), &err);
	assert_int_equal(stat("m.uvk", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_ok(machine_import("m.uvk", "copy", passphrase, &err), &err);
	umask(022);
	assert_ok(machine_open(&one, "m", &err), &err);
	assert_ok(machine_open(&two, "copy", &err), &err);
	assert_int_equal(EVP_PKEY_eq(one->host_key, two->host_key), 1);
	assert_int_equal(EVP_PKEY_eq(one->backup_host_key, two->backup_host_key), 1);
	assert_string_equal(one->identity.serial, two->identity.serial);
	assert_string_equal(one->identity.created, two->identity.created);
	assert_string_equal(two->ca_folder, "copy/ca");
	machine_free(one);
	machine_free(two);
	assert_int_equal(stat("copy", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(system("for k in copy/host-key.pem copy/backup-host-key.pem "
				"copy/ca/*.key; do [ $(stat -c %a $k) = 600 ] || exit 1; done"), 0);
	assert_int_equal(system("cmp shared/rootCA.key copy/ca/rootCA.key && "
				"cmp shared/ibm-z-host-key.crl copy/ca/ibm-z-host-key.crl && "
				"cmp shared/revoked/HKD-revoked.crt copy/ca/revoked/*.crt"), 0);
	assert_int_equal(machine_import("m.uvk", "copy", passphrase, &err), ERR_EXISTS);
	assert_int_equal(machine_export("m", "m.uvk", passphrase, false, OUTFILE_KEEP, &err),
			 ERR_EXISTS);
}

static void ca_keys_stay_behind_unless_asked_for(void **state)
{
	struct error err;

	(void)state;
	assert_ok(machine_export("m", "nokeys.uvk", passphrase, false, OUTFILE_KEEP, &err), &err);
	assert_ok(machine_import("nokeys.uvk", "nokeys", passphrase, &err), &err);
	assert_int_equal(system("ls nokeys/ca/*.key 2>/dev/null"), 512);
	assert_int_equal(machine_export("nokeys", "x", passphrase, true, OUTFILE_KEEP, &err),
			 ERR_NOT_FOUND);
	assert_int_equal(access("x", F_OK), -1);
}

static void a_machine_without_keys_stays(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(system("cp -a m bare && rm bare/host-key.pem"), 0);
	assert_int_equal(machine_export("bare", "x", passphrase, false, OUTFILE_KEEP, &err),
			 ERR_NOT_FOUND);
	assert_non_null(strstr(err.message, "no host key"));
}

/* Imports a bundle made of the entries of "m.uvk", of which @change changes some. */
static int import_changed(void (*change)(struct bundle_entry *entries, size_t *count),
			  struct error *err)
{
	struct bundle_entry *entries;
	struct secret *plain, *changed;
	uint8_t *bytes;
	size_t size, count;
	int rc;

	assert_ok(file_read(&bytes, &size, "m.uvk", BUNDLE_MAX_SIZE, err), err);
	assert_ok(bundle_open(&plain, bytes, size, passphrase, err), err);
	free(bytes);
	assert_ok(bundle_entries_parse(&entries, &count, secret_view(plain),
				       secret_size(plain), err), err);
	change(entries, &count);
	changed = plain_of(entries, count);
	assert_ok(bundle_seal(&bytes, &size, changed, passphrase, BUNDLE_MIN_LOG2_N,
			   err), err);
	assert_ok(file_write("changed.uvk", bytes, size, OUTFILE_REPLACE, 0600, err), err);
	rc = machine_import("changed.uvk", "imported", passphrase, err);
	assert_int_equal(access("imported", F_OK), -1);
	assert_int_equal(system("test -z \"$(ls -d .imported* 2>/dev/null)\""), 0);
	free(bytes);
	free(entries);
	secret_free(plain);
	secret_free(changed);
	return rc;
}

static void without_host_key(struct bundle_entry *entries, size_t *count)
{
	memmove(&entries[1], &entries[2], (--*count - 1) * sizeof(*entries));
}

static void with_the_backup_key_twice(struct bundle_entry *entries, size_t *count)
{
	(void)count;
	entries[1].data = entries[2].data;
	entries[1].size = entries[2].size;
}

static void without_record(struct bundle_entry *entries, size_t *count)
{
	memmove(&entries[0], &entries[1], --*count * sizeof(*entries));
}

static void with_ca_elsewhere(struct bundle_entry *entries, size_t *count)
{
	static char yaml[1024];
	char *at;

	(void)count;
	snprintf(yaml, sizeof(yaml), "%.*s", (int)entries[0].size, entries[0].data);
	at = strstr(yaml, "ca: \"ca\"");
	assert_non_null(at);
	strcpy(at, "ca: \"/etc\"\n");
	entries[0].data = (const uint8_t *)yaml;
	entries[0].size = strlen(yaml);
}

static void without_ca_record(struct bundle_entry *entries, size_t *count)
{
	size_t i = 0;

	while (entries[i].kind != BUNDLE_CA_YAML)
		i++;
	memmove(&entries[i], &entries[i + 1], (--*count - i) * sizeof(*entries));
}

static void incomplete_machines_are_refused(void **state)
{
	static const struct {
		void (*change)(struct bundle_entry *entries, size_t *count);
		const char *why;
	} cases[] = {
		{ without_host_key, "removed" },
		{ with_the_backup_key_twice, "other than" },
		{ without_record, "no machine" },
		{ with_ca_elsewhere, "outside" },
		{ without_ca_record, "CA is unusable" },
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = import_changed(cases[i].change, &err);

		if (rc != ERR_FORMAT || !strstr(err.message, cases[i].why))
			fail_msg("case %zu: rc %d, %s", i, rc, err.message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bundle_opens_again),
		cmocka_unit_test(two_bundles_share_nothing),
		cmocka_unit_test(wrong_passphrase_is_told_apart),
		cmocka_unit_test(every_damaged_byte_is_noticed),
		cmocka_unit_test(fields_have_limits),
		cmocka_unit_test(changes_on_purpose_are_noticed),
		cmocka_unit_test(entries_survive),
		cmocka_unit_test(broken_entries_are_refused),
		cmocka_unit_test(entries_are_counted),
		cmocka_unit_test(machine_travels),
		cmocka_unit_test(ca_keys_stay_behind_unless_asked_for),
		cmocka_unit_test(a_machine_without_keys_stays),
		cmocka_unit_test(incomplete_machines_are_refused),
	};

	return cmocka_run_group_tests(tests, make_world, remove_world);
}
