/* SPDX-License-Identifier: MIT */
/* The exchange file: read, written, refused. */
#include "unit.h"

#include "folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attestation/exchange.h"
#include "attestation_fixture.h"
#include "image_fixture.h"

static void writes_the_vector(void **state)
{
	const struct vector *v = *state;

	assert_hex(v->request.chars, 0x40,
		   "707661747465737400000100000001d000000000000000000000019000000040"
		   "0000004000000000000000800000000000000000000000000000000000000000");
	assert_sha256(v->request.chars, v->request.length,
		      "18b86ba9340cb10c70c81257679ba9ee046e019cc5f2232998f40d27614da1f8");
	assert_hex(v->response.chars, 0x40,
		   "707661747465737400000100000002b100000000000000000000019000000040"
		   "00000040000001d00000008000000210000000110000029000000010000002a1");
	assert_sha256(v->response.chars, v->response.length,
		      "1008b16c0cfb1dc9894aa90c924251d5db9ff9dd6cc02132f0cdb49c9123dee3");
}

static void reads_a_request(void **state)
{
	const struct vector *v = *state;
	struct exchange exchange;
	struct error err;

	assert_ok(exchange_parse_request(&exchange, v->request.chars, v->request.length, &err),
		  &err);
	assert_int_equal(exchange.arcb.size, sizeof(v->arcb));
	assert_memory_equal(exchange.arcb.bytes, v->arcb, sizeof(v->arcb));
	assert_int_equal(exchange.measurement.size, MEASUREMENT_SIZE);
	assert_null(exchange.measurement.bytes);
	assert_int_equal(exchange.additional.size, VECTOR_ADDITIONAL_SIZE);
	assert_null(exchange.additional.bytes);
	assert_int_equal(exchange.user_data.size, 0);
	assert_int_equal(exchange.cuid.size, 0);
}

static void reads_a_response(void **state)
{
	const struct vector *v = *state;
	struct exchange exchange;
	struct error err;

	assert_ok(exchange_parse_response(&exchange, v->response.chars, v->response.length,
					  &err), &err);
	assert_memory_equal(exchange.arcb.bytes, v->arcb, sizeof(v->arcb));
	assert_memory_equal(exchange.measurement.bytes, v->measurement, MEASUREMENT_SIZE);
	assert_memory_equal(exchange.additional.bytes, v->additional, VECTOR_ADDITIONAL_SIZE);
	assert_int_equal(exchange.user_data.size, strlen(VECTOR_USER_DATA));
	assert_memory_equal(exchange.user_data.bytes, VECTOR_USER_DATA, exchange.user_data.size);
	assert_memory_equal(exchange.cuid.bytes, v->cuid, sizeof(v->cuid));
}

/* What came back can be sent again: its blobs say how long the new ones will be. */
static void takes_a_response_for_a_request(void **state)
{
	const struct vector *v = *state;
	struct exchange exchange;
	struct error err;

	assert_ok(exchange_parse_request(&exchange, v->response.chars, v->response.length,
					 &err), &err);
	assert_int_equal(exchange.measurement.size, MEASUREMENT_SIZE);
	assert_int_equal(exchange.additional.size, VECTOR_ADDITIONAL_SIZE);
	assert_int_equal(exchange_parse_response(&exchange, v->request.chars,
						 v->request.length, &err), ERR_FORMAT);
	assert_string_not_equal(err.hint, "");
}

static void takes_longer_files(void **state)
{
	struct vector *v = *state;
	struct exchange exchange;
	struct error err;

	text_add(&v->request, "and then some");
	text_add(&v->response, "and then some");
	assert_ok(exchange_parse_request(&exchange, v->request.chars, v->request.length, &err),
		  &err);
	assert_ok(exchange_parse_response(&exchange, v->response.chars, v->response.length,
					  &err), &err);
}

static void refuses_shorter_files(void **state)
{
	const struct vector *v = *state;
	struct exchange exchange;
	struct error err;

	for (size_t size = 0; size < v->response.length; size++) {
		uint8_t *copy = malloc(size + 1);

		assert_non_null(copy);
		memcpy(copy, v->response.chars, size);
		assert_int_equal(exchange_parse_response(&exchange, copy, size, &err),
				 ERR_FORMAT);
		if (size < v->request.length)
			assert_int_equal(exchange_parse_request(&exchange, copy, size, &err),
					 ERR_FORMAT);
		free(copy);
	}
}

/* Evil headers: a 32-bit value at an offset, and who refuses it. */
struct evil {
	size_t offset;
	uint32_t value;
	bool as_request, as_response;
	const char *cause; /* part of what the error says */
};

static const struct evil evils[] = {
	{ 0x00, 0x50766174, true, true, "does not start with" },
	{ 0x04, 0, true, true, "does not start with" },
	{ 0x08, 0x200, true, true, "version 0x200" },
	{ 0x08, 0, true, true, "version 0x0" },
	{ 0x0c, 0x3f, true, true, "less than a header" },
	{ 0x0c, 0, true, true, "less than a header" },
	{ 0x0c, 0x2b2, true, true, "should have 690 bytes" },
	{ 0x0c, 0xffffffff, true, true, "should have" },
	{ 0x0c, 0x2b0, true, true, "reaches beyond the end" }, /* the CUID does not fit */
	/* ARCB */
	{ 0x18, 0, true, true, "no attestation request" },
	{ 0x18, 0x100001, true, true, "more than 1048576" },
	{ 0x18, 0xffffffff, true, true, "more than 1048576" },
	{ 0x18, 0x272, true, true, "reaches beyond the end" },
	{ 0x18, 0x191, true, true, "overlap" },
	{ 0x1c, 0, true, true, "no attestation request" }, /* only announced */
	{ 0x1c, 0x3f, true, true, "inside the header" },
	{ 0x1c, 1, true, true, "inside the header" },
	{ 0x1c, 0x2b1, true, true, "reaches beyond the end" },
	{ 0x1c, 0xffffff80, true, true, "reaches beyond the end" }, /* would wrap */
	/* measurement */
	{ 0x20, 0, true, true, "no measurement|announces no measurement" },
	{ 0x20, 0x8001, true, true, "more than 32768" },
	{ 0x24, 0, false, true, "no measurement" },
	{ 0x24, 0x40, true, true, "overlap" },
	{ 0x24, 0x272, true, true, "reaches beyond the end" },
	/* additional data */
	{ 0x28, 0, false, false, NULL },
	{ 0x28, 0x8001, true, true, "more than 32768" },
	{ 0x2c, 0, false, true, "only announced" },
	{ 0x2c, 0x20f, true, true, "overlap" },
	{ 0x2c, 0x232, true, true, "reaches beyond the end" },
	/* user data */
	{ 0x30, 0, false, false, NULL },
	{ 0x30, 257, true, true, "more than 256" },
	{ 0x34, 0, false, true, "only announced" },
	{ 0x34, 0x291, true, true, "overlap" },
	{ 0x34, 0x2a1, true, true, "reaches beyond the end" },
	/* CUID */
	{ 0x38, 0, false, true, "no configuration UID" },
	{ 0x38, 15, false, true, "no configuration UID" },
	{ 0x38, 17, true, true, "more than 16" },
	{ 0x3c, 0, false, true, "no configuration UID" },
	{ 0x3c, 0x2a0, true, true, "overlap" },
	{ 0x3c, 0x2a2, true, true, "reaches beyond the end" },
	/* reserved: nobody's business */
	{ 0x10, 0xffffffff, false, false, NULL },
};

/* One of the alternatives in "a|b". */
static bool says(const char *text, const char *alternatives)
{
	const char *bar = strchr(alternatives, '|');
	char first[64];

	if (!bar)
		return strstr(text, alternatives);
	snprintf(first, sizeof(first), "%.*s", (int)(bar - alternatives), alternatives);
	return strstr(text, first) || strstr(text, bar + 1);
}

static void check_evil(const struct evil *evil, bool refused, int rc,
		       const struct error *err)
{
	if (!refused && rc == 0)
		return;
	if (!refused || rc != ERR_FORMAT)
		fail_msg("0x%zx = 0x%x: rc %d", evil->offset, evil->value, rc);
	if (!says(err->cause, evil->cause))
		fail_msg("0x%zx = 0x%x: %s", evil->offset, evil->value, err->cause);
}

static void refuses_evil_headers(void **state)
{
	struct vector *v = *state;

	for (size_t i = 0; i < sizeof(evils) / sizeof(evils[0]); i++) {
		const struct evil *evil = &evils[i];
		be32_t value = be32(evil->value);
		struct exchange exchange;
		struct error err = { 0 };
		char kept[4];

		memcpy(kept, v->response.chars + evil->offset, 4);
		memcpy(v->response.chars + evil->offset, &value, 4);
		check_evil(evil, evil->as_request,
			   exchange_parse_request(&exchange, v->response.chars,
						  v->response.length, &err), &err);
		check_evil(evil, evil->as_response,
			   exchange_parse_response(&exchange, v->response.chars,
						   v->response.length, &err), &err);
		memcpy(v->response.chars + evil->offset, kept, 4);
	}
}

/* --- fixtures of IBM's tools --------------------------------------------------------- */

static void check_ibm_file(const char *path, const struct exchange *content, bool response)
{
	struct text ours = { 0 };
	struct exchange read;
	struct error err;
	uint8_t *theirs;
	size_t size;

	theirs = fixture_read(path, &size);
	exchange_write(&ours, content);
	assert_int_equal(ours.length, size);
	assert_memory_equal(ours.chars, theirs, size);
	assert_ok(response ? exchange_parse_response(&read, theirs, size, &err) :
			     exchange_parse_request(&read, theirs, size, &err), &err);
	assert_int_equal(read.arcb.size, 16);
	assert_int_equal(read.additional.size, content->additional.size);
	assert_int_equal(read.user_data.size, content->user_data.size);
	text_free(&ours);
	free(theirs);
}

static void agrees_with_ibm_files(void **state)
{
	uint8_t arcb[16], measurement[64], additional[32], cuid[16], user[256];
	struct exchange content = { .arcb = { arcb, 16 }, .measurement = { NULL, 64 } };

	(void)state;
	if (!fixture_ibm_assets())
		skip();
	memset(arcb, 0x11, sizeof(arcb));
	memset(measurement, 0x12, sizeof(measurement));
	memset(additional, 0x13, sizeof(additional));
	memset(cuid, 0x14, sizeof(cuid));
	memset(user, 0x13, sizeof(user));
	assert_int_equal(chdir("s390-tools/rust"), 0);
#define EXCHANGE "pvattest/tests/assets/exp/exchange/"
	check_ibm_file(EXCHANGE "min_req.bin", &content, false);
	content.additional = (struct exchange_blob){ NULL, 32 };
	check_ibm_file(EXCHANGE "add_req.bin", &content, false);
	content.measurement.bytes = measurement;
	content.cuid = (struct exchange_blob){ cuid, 16 };
	content.additional = (struct exchange_blob){ NULL, 0 };
	check_ibm_file(EXCHANGE "min_resp.bin", &content, true);
	content.additional = (struct exchange_blob){ additional, 32 };
	check_ibm_file(EXCHANGE "add_resp.bin", &content, true);
	content.user_data = (struct exchange_blob){ user, 256 };
	check_ibm_file("pv/tests/assets/exp/exchange.bin", &content, true);
}

#define WITH_VECTOR(test) cmocka_unit_test_setup_teardown(test, vector_setup, vector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_VECTOR(writes_the_vector),
		WITH_VECTOR(reads_a_request),
		WITH_VECTOR(reads_a_response),
		WITH_VECTOR(takes_a_response_for_a_request),
		WITH_VECTOR(takes_longer_files),
		WITH_VECTOR(refuses_shorter_files),
		WITH_VECTOR(refuses_evil_headers),
		cmocka_unit_test_setup_teardown(agrees_with_ibm_files, enter_folder,
						leave_folder),
	};

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
