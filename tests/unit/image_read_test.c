/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "folder.h"
#include "image/control_flags.h"
#include "image/layout.h"
#include "image/metadata.h"
#include "image/read.h"
#include "image/report.h"
#include "image/verify.h"
#include "image_fixture.h"

#define HEADER_AT 0x14000
#define PAYLOAD_AT 0x15000

static void save(const char *path, const void *data, size_t size)
{
	struct error err;

	assert_ok(file_write(path, data, size, OUTFILE_REPLACE, 0600, &err), &err);
}

static void put_u64(uint8_t *image, uint64_t offset, uint64_t value)
{
	be64_t wire = be64(value);

	memcpy(image + offset, &wire, sizeof(wire));
}

/* Turns the image into one of the legacy layout: IPIB at 0x13000, no metadata. */
static void make_legacy(const char *path)
{
	size_t size;
	uint8_t *image = fixture_read("image", &size);
	struct ipib *ipib = (struct ipib *)(image + LEGACY_IPIB_ADDRESS);

	memset(image + IMAGE_METADATA_ADDRESS, 0, sizeof(struct image_metadata));
	memcpy(ipib, image + 0x3c000, 232);
	ipib->total_size = be32(4096);
	ipib->pv_version = 0;
	ipib->header_address = be64(0);
	ipib->header_size = be64(0);
	save(path, image, 0x3c000);
	free(image);
}

static int open_code(const char *path, struct error *err)
{
	struct se_image *image;
	int rc = se_image_open(&image, path, NULL, err);

	if (rc == 0)
		se_image_close(image);
	else
		assert_null(image);
	return rc;
}

static void assert_found(const char *path, enum se_image_form form,
			 uint64_t header, uint64_t ipib)
{
	struct se_image *image;
	struct error err;

	assert_ok(se_image_open(&image, path, NULL, &err), &err);
	assert_int_equal(image->form, form);
	assert_int_equal(image->header_offset, header);
	assert_int_equal(image->ipib_offset, ipib);
	assert_int_equal(image->header.size, 640);
	se_image_close(image);
}

static void all_forms_are_found(void **state)
{
	size_t size;
	uint8_t *image = fixture_read("image", &size);

	(void)state;
	assert_found("image", SE_IMAGE_CURRENT, HEADER_AT, 0x3c000);
	make_legacy("legacy");
	assert_found("legacy", SE_IMAGE_LEGACY, HEADER_AT, 0x13000);
	save("header", image + HEADER_AT, 640);
	assert_found("header", SE_IMAGE_BARE_HEADER, 0, 0);
	free(image);
}

/* The metadata may name any place, the search goes to 0x14000 and no further. */
static void headers_elsewhere(void **state)
{
	size_t size;
	uint8_t *image = fixture_read("image", &size);
	uint8_t *other = calloc(1, 0x200000);
	struct error err;

	(void)state;
	memcpy(other, image, 0x14000);
	memcpy(other + 0x123456, image + HEADER_AT, 640);
	put_u64(other, IMAGE_METADATA_ADDRESS + 8, 0x123456);
	save("far", other, 0x200000);
	assert_found("far", SE_IMAGE_CURRENT, 0x123456, 0x3c000);
	memset(other, 0, 0x200000);
	memcpy(other + 0x5000, image + HEADER_AT, 640);
	save("early", other, 0x20000);
	assert_found("early", SE_IMAGE_LEGACY, 0x5000, 0x13000);
	memset(other, 0, 0x200000);
	memcpy(other + 0x15000, image + HEADER_AT, 640);
	save("late", other, 0x20000);
	assert_int_equal(open_code("late", &err), ERR_NOT_FOUND);
	memset(other, 0, 0x200000);
	memcpy(other + 0x5010, image + HEADER_AT, 640);
	save("unaligned", other, 0x20000);
	assert_int_equal(open_code("unaligned", &err), ERR_NOT_FOUND);
	free(other);
	free(image);
}

static void bad_files(void **state)
{
	static const uint64_t nowhere[] = { 0, 0x14001, 0x3c0e8 - 4, 0x3c0e8,
					    INT64_MAX, UINT64_MAX };
	size_t size;
	uint8_t *image = fixture_read("image", &size);
	struct error err;

	(void)state;
	assert_int_equal(open_code("absent", &err), ERR_IO);
	assert_int_equal(open_code(".", &err), ERR_IO);
	save("empty", "", 0);
	assert_int_equal(open_code("empty", &err), ERR_NOT_FOUND);
	save("short", "IBMSecE", 7);
	assert_int_equal(open_code("short", &err), ERR_NOT_FOUND);
	save("magic", "IBMSecEx", 8);
	assert_int_equal(open_code("magic", &err), ERR_FORMAT);
	save("cut", image + HEADER_AT, 639);
	assert_int_equal(open_code("cut", &err), ERR_FORMAT);
	save("cut", image, HEADER_AT + 639);
	assert_int_equal(open_code("cut", &err), ERR_FORMAT);
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		put_u64(image, IMAGE_METADATA_ADDRESS + 8, nowhere[i]);
		save("astray", image, size);
		assert_int_equal(open_code("astray", &err), ERR_NOT_FOUND);
	}
	free(image);
}

static void count_warnings(void *context, enum log_level level, const char *text)
{
	(void)text;
	*(int *)context += level == LOG_WARN;
}

static void oddities_are_remarked(void **state)
{
	int warnings = 0;
	struct log log = { count_warnings, &warnings };
	size_t size;
	uint8_t *bytes = fixture_read("image", &size);
	struct se_image *image;
	struct error err;

	(void)state;
	bytes[IMAGE_METADATA_ADDRESS + 0x13] = 2; /* version */
	save("odd", bytes, size);
	assert_ok(se_image_open(&image, "odd", &log, &err), &err);
	se_image_close(image);
	assert_int_equal(warnings, 1);
	bytes[HEADER_AT + 0x1f] = 1; /* reserved */
	save("odd", bytes, size);
	assert_ok(se_image_open(&image, "odd", &log, &err), &err);
	se_image_close(image);
	assert_int_equal(warnings, 3);
	free(bytes);
}

static void pipes_are_enough(void **state)
{
	int ends[2], saved = dup(STDIN_FILENO), status;
	struct error err;
	pid_t writer;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	writer = fork();
	if (writer == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		execlp("cat", "cat", "image", NULL);
	}
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
	assert_ok(open_code("-", &err), &err);
	dup2(saved, STDIN_FILENO);
	close(saved);
	waitpid(writer, &status, 0);
}

/* --- the IPIB ---------------------------------------------------------------- */

static void component_lists_round_trip(void **state)
{
	struct component_list list = {
		.header_address = 0x14000, .header_size = 640, .count = 2,
		.entries = { { 1, 0x15000, 0x2000 }, { 2, 0x17000, 0x1000 } },
	}, again;
	uint8_t bytes[IPIB_MAX_SIZE];
	struct error err;
	size_t size = component_list_render(bytes, &list);

	(void)state;
	assert_int_equal(size, 136 + 48);
	assert_ok(component_list_parse(&again, bytes, size, &err), &err);
	assert_int_equal(again.count, 2);
	assert_int_equal(again.header_address, 0x14000);
	assert_int_equal(again.entries[1].address, 0x17000);
	assert_int_equal(component_list_pages(&again), 3);
	for (size_t cut = 0; cut < size; cut++)
		assert_int_equal(component_list_parse(&again, bytes, cut, &err),
				 ERR_FORMAT);
}

static void longest_component_list(void **state)
{
	struct component_list *list = calloc(2, sizeof(*list));
	uint8_t bytes[IPIB_MAX_SIZE];
	struct error err;

	(void)state;
	assert_int_equal(IPIB_MAX_COMPONENTS, 165);
	list->count = IPIB_MAX_COMPONENTS;
	for (size_t i = 0; i < list->count; i++)
		list->entries[i] = (struct component_entry){ i, i * 4096, 4096 };
	assert_int_equal(component_list_render(bytes, list), 4096);
	assert_ok(component_list_parse(&list[1], bytes, sizeof(bytes), &err), &err);
	assert_memory_equal(&list[0], &list[1], sizeof(list[0]));
	free(list);
}

static void bad_component_lists(void **state)
{
	/* Offset in the block, width, value; one rule broken each. */
	static const struct {
		size_t offset, width;
		uint64_t value;
	} cases[] = {
		{ 0x00, 4, 147 }, { 0x00, 4, 0 }, { 0x00, 4, 183 }, { 0x00, 4, 4097 },
		{ 0x00, 4, UINT32_MAX },
		{ 0x07, 1, 0 }, { 0x07, 1, 2 },
		{ 0x08, 4, 0 }, { 0x08, 4, 175 }, { 0x08, 4, 177 }, { 0x08, 4, UINT32_MAX },
		{ 0x0c, 1, 0 }, { 0x0c, 1, 4 },
		{ 0x74, 4, 0 }, { 0x74, 4, 3 }, { 0x74, 4, 166 }, { 0x74, 4, UINT32_MAX },
		{ 0xa0, 8, 1 }, { 0xa0, 8, 0 },             /* second prefix */
		{ 0x90, 8, 0x15001 }, { 0x90, 8, 0x16000 }, /* first address */
		{ 0x90, 8, UINT64_MAX - 0xfff }, { 0xa8, 8, 0x14000 },
		{ 0x98, 8, 0 }, { 0x98, 8, 1 }, { 0x98, 8, 0x3000 }, /* first size */
		{ 0x98, 8, UINT64_MAX - 0xfff }, { 0x98, 8, 0x8000000000000000 },
	};
	const struct component_list list = {
		.count = 2,
		.entries = { { 1, 0x15000, 0x2000 }, { 2, 0x17000, 0x1000 } },
	};
	uint8_t bytes[IPIB_MAX_SIZE];
	struct component_list parsed;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		be64_t value = be64(cases[i].value);
		size_t size = component_list_render(bytes, &list);

		memcpy(bytes + cases[i].offset, value.b + 8 - cases[i].width,
		       cases[i].width);
		if (component_list_parse(&parsed, bytes, size, &err) != ERR_FORMAT)
			fail_msg("case %zu (offset 0x%zx) was accepted", i,
				 cases[i].offset);
	}
}

/* --- verifying --------------------------------------------------------------- */

static struct image_verdict verdict_on(const char *path)
{
	struct image_verdict verdict;
	struct se_image *image;
	struct error err;

	assert_ok(se_image_open(&image, path, NULL, &err), &err);
	assert_ok(image_verify(&verdict, image, NULL, &err), &err);
	se_image_close(image);
	return verdict;
}

static void sound_images_are_verified(void **state)
{
	struct image_verdict verdict = verdict_on("image");

	(void)state;
	assert_true(image_verdict_is_yes(&verdict));
	assert_int_equal(verdict.pages, 0x27);
	make_legacy("legacy");
	verdict = verdict_on("legacy");
	assert_true(image_verdict_is_yes(&verdict));
}

/* Any bit of any component page. */
static void changed_pages_are_noticed(void **state)
{
	size_t size;
	uint8_t *image = fixture_read("image", &size);
	uint64_t random = 88172645463325252;

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct image_verdict verdict;
		uint64_t at;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		at = PAYLOAD_AT + random % (0x3c000 - PAYLOAD_AT);
		image[at] ^= (uint8_t)(1 << (random >> 61));
		save("changed", image, size);
		image[at] ^= (uint8_t)(1 << (random >> 61));
		verdict = verdict_on("changed");
		assert_false(verdict.contents_match);
		assert_true(verdict.addresses_match && verdict.tweaks_match &&
			    verdict.pages_match && verdict.header_linked);
		assert_false(image_verdict_is_yes(&verdict));
	}
	free(image);
}

/* What the IPIB says: each kind of lie shows in its own digest. */
static void changed_lists_are_noticed(void **state)
{
	size_t size;
	uint8_t *image = fixture_read("image", &size);
	uint8_t *entries = image + 0x3c000 + sizeof(struct ipib);
	struct image_verdict verdict;

	(void)state;
	put_u64(entries, 0, 0x28010203040507); /* a prefix */
	save("changed", image, size);
	verdict = verdict_on("changed");
	assert_true(verdict.contents_match && verdict.addresses_match &&
		    verdict.pages_match);
	assert_false(verdict.tweaks_match);
	put_u64(entries, 0, 0x28010203040506);

	put_u64(entries, 0x58, 0x1000); /* the last component is one page shorter */
	save("changed", image, size);
	verdict = verdict_on("changed");
	assert_false(verdict.pages_match || verdict.contents_match ||
		     verdict.addresses_match || verdict.tweaks_match);
	put_u64(entries, 0x58, 0x2000);

	put_u64(image, 0x3c078, 0x15000); /* the header's address */
	save("changed", image, size);
	verdict = verdict_on("changed");
	assert_true(verdict.contents_match && !verdict.header_linked);
	assert_false(image_verdict_is_yes(&verdict));
	put_u64(image, 0x3c078, 0x14000);

	image[HEADER_AT + 0x160] ^= 1; /* the header's own digest of tweaks */
	save("changed", image, size);
	verdict = verdict_on("changed");
	assert_true(verdict.contents_match && !verdict.tweaks_match);
	free(image);
}

static int verify_code(const char *path, struct error *err)
{
	struct image_verdict verdict;
	struct se_image *image;
	int rc;

	assert_ok(se_image_open(&image, path, NULL, err), err);
	rc = image_verify(&verdict, image, NULL, err);
	se_image_close(image);
	return rc;
}

static void impossible_lists_are_errors(void **state)
{
	size_t size;
	uint8_t *image = fixture_read("image", &size);
	uint8_t *entries = image + 0x3c000 + sizeof(struct ipib);
	struct error err;

	(void)state;
	save("header", image + HEADER_AT, 640);
	assert_int_equal(verify_code("header", &err), ERR_UNSUPPORTED);
	put_u64(entries, 0x58, 0x100000); /* beyond the file */
	save("changed", image, size);
	assert_int_equal(verify_code("changed", &err), ERR_FORMAT);
	put_u64(entries, 0x58, 0x4000000000000000);
	save("changed", image, size);
	assert_int_equal(verify_code("changed", &err), ERR_FORMAT);
	put_u64(entries, 0x58, 0x2000);
	put_u64(entries, 0x08, 0x14000); /* over the header */
	save("changed", image, size);
	assert_int_equal(verify_code("changed", &err), ERR_FORMAT);
	put_u64(entries, 0x08, 0x15000);
	put_u64(image, IMAGE_METADATA_ADDRESS + 0x14, size); /* no IPIB there */
	save("changed", image, size);
	assert_int_equal(verify_code("changed", &err), ERR_FORMAT);
	put_u64(image, IMAGE_METADATA_ADDRESS + 0x14, UINT64_MAX);
	save("changed", image, size);
	assert_int_equal(verify_code("changed", &err), ERR_FORMAT);
	free(image);
}

/* --- reports ----------------------------------------------------------------- */

static void report(struct text *out, bool json, bool detailed, bool decrypted)
{
	struct report_origin origin = { "1.2.3-test", "here", 1795220509 };
	struct se_header_report report = { .verified = decrypted };
	struct secret *area = NULL;
	struct se_image *image;
	struct error err;
	uint8_t key[32];

	fixture_count_up(key, sizeof(key), 0);
	assert_ok(se_image_open(&image, "image", NULL, &err), &err);
	report.header = &image->header;
	if (decrypted) {
		assert_ok(se_header_open(&area, &image->header, key, &err), &err);
		report.area = (const struct se_header_area *)secret_view(area);
	}
	if (json)
		se_header_report_json(out, &report, &origin, detailed);
	else
		se_header_report_text(out, &report, detailed);
	assert_true(text_ok(out));
	secret_free(area);
	se_image_close(image);
}

static void text_report(void **state)
{
	struct text out = { 0 };

	(void)state;
	report(&out, false, false, false);
	assert_string_equal(text_chars(&out),
		"Secure Execution header\n"
		"  version: 1\n"
		"  key slots:\n"
		"   - target key hash: c375b94b87e650f245e310f7a7d1fbe5083aa4bb5854670f8b953af3f9e0ad0c\n"
		"  plaintext control flags:\n"
		"   - DEA and TDEA PCKMO support\n"
		"   - AES PCKMO support\n"
		"   - ECC PCKMO support\n");
	text_free(&out);
	report(&out, false, true, false);
	assert_non_null(strstr(text_chars(&out), "\n  encrypted data: "));
	assert_null(strstr(text_chars(&out), "CCK"));
	text_free(&out);
	report(&out, false, true, true);
	assert_non_null(strstr(text_chars(&out),
		"\n  secret control flags:\n  \n"
		"  CCK: 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n"));
	assert_non_null(strstr(text_chars(&out), "\n    address: 0x0000000003a000\n"));
	assert_null(strstr(text_chars(&out), "encrypted data"));
	text_free(&out);
}

static void json_report(void **state)
{
	struct text out = { 0 };
	const char *chars;

	(void)state;
	report(&out, true, false, false);
	chars = text_chars(&out);
	assert_non_null(strstr(chars, "{\"meta\":{\"api_level\":1,\"version\":\"1.2.3-test\","
				      "\"host\":\"here\",\"time_epoch\":1795220509,"
				      "\"time\":\"2026-11-21 00:21:49+0000\"},"
				      "\"data\":{\"kind\":\"se_hdr\",\"verified\":false,"
				      "\"magic_hex\":\"49424d5365634578\","));
	assert_non_null(strstr(chars, "\"cipher_data_b64\":\""));
	assert_null(strstr(chars, "cck_hex"));
	assert_true(chars[strlen(chars) - 1] == '\n');
	text_free(&out);
	report(&out, true, true, true);
	chars = text_chars(&out);
	assert_non_null(strstr(chars, "\n    \"kind\": \"decrypted_se_hdr\",\n"
				      "    \"verified\": true,\n"));
	assert_non_null(strstr(chars, "\n    \"psw\": {\n"
				      "      \"mask_hex\": \"0000000180000000\",\n"
				      "      \"addr_hex\": \"000000000003a000\"\n"
				      "    },\n"));
	assert_null(strstr(chars, "cipher_data_b64"));
	text_free(&out);
}

#define on_image(test) \
	cmocka_unit_test_setup_teardown(test, fixture_example, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_image(all_forms_are_found),
		on_image(headers_elsewhere),
		on_image(bad_files),
		on_image(oddities_are_remarked),
		on_image(pipes_are_enough),
		cmocka_unit_test(component_lists_round_trip),
		cmocka_unit_test(longest_component_list),
		cmocka_unit_test(bad_component_lists),
		on_image(sound_images_are_verified),
		on_image(changed_pages_are_noticed),
		on_image(changed_lists_are_noticed),
		on_image(impossible_lists_are_errors),
		on_image(text_report),
		on_image(json_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
