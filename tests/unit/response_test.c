/* SPDX-License-Identifier: MIT */
/* Responses: verified, judged by policies, written down. Each yes has its no. */
#include "unit.h"

#include <string.h>

#include "attestation/result.h"
#include "attestation_fixture.h"
#include "image_fixture.h"

static struct attestation_response parsed(const struct vector *v)
{
	struct attestation_response response;
	struct error err;

	assert_ok(attestation_response_parse(&response, v->response.chars,
					     v->response.length, &err), &err);
	return response;
}

static int verify(const struct vector *v, const struct image_tags *image,
		  const uint8_t *key, struct error *err)
{
	struct attestation_response response = parsed(v);

	return attestation_response_verify(&response, image, key, err);
}

/* --- verifying --------------------------------------------------------------------- */

static void believes_the_vector(void **state)
{
	const struct vector *v = *state;
	struct error err;

	assert_ok(verify(v, &v->image, secret_view(v->keys.protection), &err), &err);
}

static void refuses_another_key(void **state)
{
	const struct vector *v = *state;
	uint8_t key[GCM_KEY_SIZE];
	struct error err;

	memcpy(key, secret_view(v->keys.protection), sizeof(key));
	key[31] ^= 1;
	assert_int_equal(verify(v, &v->image, key, &err), ERR_AUTH);
	assert_string_not_equal(err.hint, "");
}

static void refuses_another_image(void **state)
{
	const struct vector *v = *state;
	struct image_tags image = v->image;
	uint8_t *bytes = (uint8_t *)&image;
	struct error err;

	for (size_t i = 0; i < sizeof(image); i += 13) {
		bytes[i] ^= 0x80;
		assert_int_equal(verify(v, &image, secret_view(v->keys.protection), &err),
				 ERR_REFUSED);
		bytes[i] ^= 0x80;
	}
}

/* Every bit behind the header is either covered by a tag or by the measurement. */
static void refuses_every_change(void **state)
{
	struct vector *v = *state;
	const uint8_t *key = secret_view(v->keys.protection);
	struct error err;

	for (size_t i = 0x40; i < v->response.length; i++) {
		struct attestation_response response;
		int rc;

		v->response.chars[i] ^= 4;
		rc = attestation_response_parse(&response, v->response.chars,
						v->response.length, &err);
		if (rc == 0)
			rc = attestation_response_verify(&response, &v->image, key, &err);
		assert_int_not_equal(rc, 0);
		if (i >= 0x40 + VECTOR_ARCB_SIZE)
			assert_int_equal(rc, ERR_REFUSED);
		v->response.chars[i] ^= 4;
	}
}

/* A measurement that is cut, or longer, is none. */
static void refuses_another_length(void **state)
{
	struct vector *v = *state;
	struct exchange content = {
		.arcb = { v->arcb, sizeof(v->arcb) },
		.additional = { v->additional, sizeof(v->additional) },
		.user_data = { (const uint8_t *)VECTOR_USER_DATA, strlen(VECTOR_USER_DATA) },
		.cuid = { v->cuid, sizeof(v->cuid) },
	};
	uint8_t longer[MEASUREMENT_SIZE + 1] = { 0 };
	struct error err;

	memcpy(longer, v->measurement, MEASUREMENT_SIZE);
	for (size_t size = 1; size <= sizeof(longer); size++) {
		content.measurement = (struct exchange_blob){ longer, size };
		text_free(&v->response);
		exchange_write(&v->response, &content);
		assert_int_equal(verify(v, &v->image, secret_view(v->keys.protection), &err),
				 size == MEASUREMENT_SIZE ? 0 : ERR_REFUSED);
	}
}

static void refuses_a_broken_request(void **state)
{
	struct vector *v = *state;
	struct attestation_response response;
	struct error err;

	v->response.chars[0x40 + 0x27] = 0; /* key slots */
	assert_int_equal(attestation_response_parse(&response, v->response.chars,
						    v->response.length, &err), ERR_FORMAT);
	v->response.chars[0x40 + 0x27] = 1;
	v->response.chars[0x40 + 0x3b] = 17; /* algorithm */
	assert_int_equal(attestation_response_parse(&response, v->response.chars,
						    v->response.length, &err),
			 ERR_UNSUPPORTED);
}

/* --- policies ------------------------------------------------------------------------- */

/* Judges, and compares the number of issues and a part of the first. */
static void expect(const struct vector *v, const struct check_policies *policies,
		   size_t issues, const char *part)
{
	struct attestation_response response = parsed(v);
	struct check_result result;
	struct error err;

	assert_ok(check_response(&result, &response, policies, &err), &err);
	assert_int_equal(result.issue_count, issues);
	if (part && !strstr(text_chars(&result.issues[0]), part))
		fail_msg("'%s' is not in '%s'", part, text_chars(&result.issues[0]));
	check_result_free(&result);
}

static void no_policy_is_no_issue(void **state)
{
	const struct check_policies policies = { 0 };

	assert_false(check_has_policies(&policies));
	expect(*state, &policies, 0, NULL);
}

static void checks_host_keys(void **state)
{
	struct vector *v = *state;
	struct check_host hosts[3] = { { .file = "a" }, { .file = "b" }, { .file = "c" } };
	struct check_policies policies = { .hosts = hosts, .host_count = 3 };

	expect(v, &policies, 2, "None of the host key documents has the image");
	memcpy(hosts[1].phkh, v->phkh, PHKH_SIZE);
	expect(v, &policies, 0, NULL);
	memcpy(hosts[2].phkh, v->phkh, PHKH_SIZE);
	expect(v, &policies, 2, "More than one");
	policies.host_count = 2;
	policies.need_image_hash = policies.need_request_hash = true;
	expect(v, &policies, 0, NULL);
	/* One hash of another machine: a byte of the image's, then of the request's. */
	v->additional[0] ^= 1;
	vector_respond(v, NULL, 0);
	expect(v, &policies, 1, "image host key hash");
	v->additional[0] ^= 1;
	v->additional[63] ^= 1;
	vector_respond(v, NULL, 0);
	expect(v, &policies, 1, "attestation host key hash");
}

/* A request that asked for no hashes. */
static void misses_host_keys_on_demand(void **state)
{
	struct vector *v = *state;
	struct check_host host = { .file = "a" };
	struct check_policies policies = { .hosts = &host, .host_count = 1 };
	struct attestation_response response = parsed(v);
	struct check_result result;
	struct error err;

	response.arcb.flags = ATTEST_NONCE;
	assert_ok(check_response(&result, &response, &policies, &err), &err);
	assert_int_equal(result.issue_count, 0);
	assert_null(result.image_host.file);
	check_result_free(&result);
	policies.need_image_hash = true;
	assert_ok(check_response(&result, &response, &policies, &err), &err);
	assert_int_equal(result.issue_count, 1);
	assert_non_null(strstr(result.issues[0].chars, "no image host key hash"));
	check_result_free(&result);
	policies.need_image_hash = false;
	policies.need_request_hash = true;
	assert_ok(check_response(&result, &response, &policies, &err), &err);
	assert_int_equal(result.issue_count, 1);
	assert_non_null(strstr(result.issues[0].chars, "no attestation host key hash"));
	check_result_free(&result);
}

static void checks_user_data(void **state)
{
	struct vector *v = *state;
	struct check_policies policies = {
		.check_user_data = true,
		.user_data = (const uint8_t *)VECTOR_USER_DATA,
		.user_size = strlen(VECTOR_USER_DATA),
	};

	expect(v, &policies, 0, NULL);
	policies.user_size--;
	expect(v, &policies, 1, "user data");
	policies.user_data = (const uint8_t *)"hello attestatioN";
	policies.user_size++;
	expect(v, &policies, 1, "user data");
	vector_respond(v, NULL, 0);
	expect(v, &policies, 1, "holds no user data");
	policies.user_size = 0; /* an empty file is not the same as none */
	expect(v, &policies, 1, "holds no user data");
}

static void checks_the_store(void **state)
{
	struct vector *v = *state;
	uint8_t tags[2 * GCM_TAG_SIZE];
	const char *const files[] = { "one", "two" };
	struct check_policies policies = {
		.check_store = true, .store_locked = true, .store_tags = tags,
		.store_files = files, .store_count = 2,
	};
	struct error err;

	memset(tags, 1, GCM_TAG_SIZE);
	memset(tags + GCM_TAG_SIZE, 2, GCM_TAG_SIZE);
	assert_ok(store_hash_compute(v->additional + 64, tags, 2, true, &err), &err);
	vector_respond(v, NULL, 0);
	expect(v, &policies, 0, NULL);
	policies.store_locked = false;
	expect(v, &policies, 1, "not locked");
	policies.store_locked = true;
	policies.store_count = 1; /* one too few */
	expect(v, &policies, 1, "locked");
	policies.store_count = 0;
	expect(v, &policies, 1, "no requests");
	policies.store_count = 2;
	memset(tags, 2, GCM_TAG_SIZE); /* another order */
	memset(tags + GCM_TAG_SIZE, 1, GCM_TAG_SIZE);
	expect(v, &policies, 1, "in this order");
}

static void misses_the_store(void **state)
{
	struct vector *v = *state;
	struct check_policies policies = { .check_store = true };
	struct attestation_response response = parsed(v);
	struct check_result result;
	struct error err;

	response.arcb.flags = ATTEST_NONCE;
	assert_ok(check_response(&result, &response, &policies, &err), &err);
	assert_int_equal(result.issue_count, 1);
	assert_false(result.store_fits);
	assert_non_null(strstr(result.issues[0].chars, "no secret store hash"));
	check_result_free(&result);
}

static void checks_the_firmware(void **state)
{
	struct vector *v = *state;
	uint8_t additional[320] = { 0 };
	struct firmware_answer answer = { .valid = true };
	struct check_policies policies = { .check_firmware = true, .firmware = &answer };
	struct attestation_response response = parsed(v);
	struct check_result result;
	struct error err;

	expect(v, &policies, 1, "no firmware state");
	response.arcb.flags = ATTEST_FIRMWARE_STATE;
	response.exchange.additional = (struct exchange_blob){ additional, 320 };
	assert_ok(check_response(&result, &response, &policies, &err), &err);
	assert_int_equal(result.issue_count, 0);
	check_result_free(&result);
	answer = (struct firmware_answer){ .reason = "too old", .reference = "R1" };
	assert_ok(check_response(&result, &response, &policies, &err), &err);
	assert_int_equal(result.issue_count, 1);
	assert_non_null(strstr(result.issues[0].chars, "too old; reference R1"));
	check_result_free(&result);
	policies.firmware = NULL; /* nobody was asked: that is no yes */
	assert_ok(check_response(&result, &response, &policies, &err), &err);
	assert_int_equal(result.issue_count, 1);
	check_result_free(&result);
}

static void checks_rules(void **state)
{
	struct vector *v = *state;
	struct policy_rules rules = { .flags = VECTOR_FLAGS };
	struct check_policies policies = { .rules = &rules };

	assert_true(check_has_policies(&policies));
	expect(v, &policies, 0, NULL);
	rules.flags |= ATTEST_FIRMWARE_STATE;
	expect(v, &policies, 1, "did not ask");
	rules.flags = 0;
	rules.image_hosts.demanded = true;
	expect(v, &policies, 1, "image host key hash");
	memcpy(rules.image_hosts.hashes[rules.image_hosts.count++], v->phkh, PHKH_SIZE);
	expect(v, &policies, 0, NULL);
	rules.request_hosts.demanded = true;
	expect(v, &policies, 1, "attestation host key hash");
	memcpy(rules.request_hosts.hashes[rules.request_hosts.count++], v->phkh, PHKH_SIZE);
	expect(v, &policies, 0, NULL);
	rules.has_store_hash = true;
	expect(v, &policies, 1, "secret store hash");
	memcpy(rules.store_hash, v->additional + 64, sizeof(rules.store_hash));
	expect(v, &policies, 0, NULL);
}

/* The request asked for more than the response holds. */
static void refuses_missing_data(void **state)
{
	struct vector *v = *state;
	struct attestation_response response = parsed(v);
	struct check_policies policies = { 0 };
	struct check_result result;
	struct additional_data data;
	struct error err;

	response.exchange.additional.size--;
	assert_int_equal(check_response(&result, &response, &policies, &err), ERR_FORMAT);
	check_result_free(&result);
	response.exchange.additional = (struct exchange_blob){ NULL, 0 };
	assert_int_equal(attestation_response_additional(&data, &response, &err), ERR_FORMAT);
	assert_non_null(strstr(err.message, "Image PHKH"));
}

/* --- results ----------------------------------------------------------------------- */

static void writes_what_was_verified(void **state)
{
	struct vector *v = *state;
	struct attestation_response response = parsed(v);
	struct additional_data data;
	struct text out = { 0 };
	struct error err;

	response.arcb.flags &= ~ATTEST_STORE_HASH; /* 64 bytes that nothing explains */
	assert_ok(attestation_response_additional(&data, &response, &err), &err);
	result_add_text(&out, &response, &data);
	assert_memory_equal(out.chars, "Config UID:\n0x0a3043af8e3938e5e10456f080875ffe\n"
			    "Additional-data:\n0xac72b191", 71);
	assert_non_null(strstr(out.chars, "Unrecognized\n0x90c03061"));
	assert_non_null(strstr(out.chars, "\n\nuser-data:\n0x68656c6c6f20"));
	text_free(&out);
	result_add_record(&out, RECORD_YAML, &response, &data);
	assert_memory_equal(out.chars, "cuid: '0x0a3043af8e3938e5e10456f080875ffe'\n"
			    "add: 0xac72b191", 58);
	assert_non_null(strstr(out.chars, "\nadd_fields:\n  image_phkh: 0xac72b191"));
	assert_non_null(strstr(out.chars, "\n  unrecognized: 0x90c03061"));
	assert_non_null(strstr(out.chars,
			       "\nuser_data: 0x68656c6c6f206174746573746174696f6e\n"));
	text_free(&out);
	response.exchange.additional.size = response.exchange.user_data.size = 0;
	result_add_record(&out, RECORD_JSON, &response, &data);
	assert_string_equal(out.chars,
			    "{\n  \"cuid\": \"0x0a3043af8e3938e5e10456f080875ffe\"\n}\n");
	text_free(&out);
}

/* Hexadecimal numbers of up to 128 bits are quoted, whatever zeros lead them. */
static void quotes_what_looks_like_numbers(void **state)
{
	uint8_t bytes[17] = { [16] = 1 };
	struct text out = { 0 };
	struct record record = record_begin(&out, RECORD_YAML);

	(void)state;
	record_hex(&record, "a", bytes, 17);
	bytes[0] = 1;
	record_hex(&record, "b", bytes, 17);
	record_hex(&record, "c", bytes + 1, 16);
	record_end(&record);
	assert_string_equal(out.chars,
			    "a: '0x0000000000000000000000000000000001'\n"
			    "b: 0x0100000000000000000000000000000001\n"
			    "c: '0x00000000000000000000000000000001'\n");
	text_free(&out);
}

static void quotes_what_yaml_would_change(void **state)
{
	static const struct {
		const char *value, *written;
	} cases[] = {
		{ "path/of/hkd.crt", "path/of/hkd.crt" }, { "/abs", "/abs" },
		{ "AES support", "AES support" }, { "", "''" }, { "true", "'true'" },
		{ "No", "'No'" }, { "null", "'null'" }, { "1", "'1'" }, { "-x", "'-x'" },
		{ "a: b", "'a: b'" }, { "a #b", "'a #b'" }, { "it's", "'it''s'" },
		{ "a ", "'a '" }, { " a", "' a'" }, { "[x]", "'[x]'" }, { "{x}", "'{x}'" },
		{ "&x", "'&x'" }, { "*x", "'*x'" }, { "!x", "'!x'" }, { "%x", "'%x'" },
		{ "~", "'~'" }, { "a\nb", "\"a\\x0ab\"" }, { "\"\\\x7f", "\"\\\"\\\\\\x7f\"" },
		{ "@x", "'@x'" }, { "`x", "'`x'" }, { "0x10", "'0x10'" }, { ".5", "'.5'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text out = { 0 }, wanted = { 0 };
		struct record record = record_begin(&out, RECORD_YAML);

		record_string(&record, "k", cases[i].value);
		text_addf(&wanted, "k: %s\n", cases[i].written);
		assert_string_equal(out.chars, wanted.chars);
		text_free(&out);
		text_free(&wanted);
	}
}

static void writes_verdicts(void **state)
{
	struct vector *v = *state;
	struct attestation_response response = parsed(v);
	struct check_host host = { .file = "a b.crt" };
	struct check_policies policies = {
		.hosts = &host, .host_count = 1, .need_image_hash = true,
		.check_firmware = true,
	};
	struct check_result result;
	struct text out = { 0 };
	struct error err;

	memcpy(host.phkh, v->phkh, PHKH_SIZE);
	assert_ok(check_response(&result, &response, &policies, &err), &err);
	result_add_check(&out, RECORD_YAML, &result, &policies, &response);
	assert_string_equal(out.chars,
			    "successful: false\n"
			    "issues:\n"
			    "- The response holds no firmware state, but one is expected\n"
			    "image_host_key:\n"
			    "  check_enforced: true\n"
			    "  hash: a b.crt\n"
			    "attest_host_key:\n"
			    "  check_enforced: false\n"
			    "  hash: a b.crt\n"
			    "valid_firmware: false\n");
	text_free(&out);
	check_result_free(&result);
	policies.check_firmware = false;
	assert_ok(check_response(&result, &response, &policies, &err), &err);
	result_add_check(&out, RECORD_JSON, &result, &policies, &response);
	assert_non_null(strstr(out.chars, "\"successful\": true"));
	assert_null(strstr(out.chars, "issues"));
	text_free(&out);
	check_result_free(&result);
}

#define WITH_VECTOR(test) cmocka_unit_test_setup_teardown(test, vector_setup, vector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_VECTOR(believes_the_vector),
		WITH_VECTOR(refuses_another_key),
		WITH_VECTOR(refuses_another_image),
		WITH_VECTOR(refuses_every_change),
		WITH_VECTOR(refuses_another_length),
		WITH_VECTOR(refuses_a_broken_request),
		WITH_VECTOR(no_policy_is_no_issue),
		WITH_VECTOR(checks_host_keys),
		WITH_VECTOR(misses_host_keys_on_demand),
		WITH_VECTOR(checks_user_data),
		WITH_VECTOR(checks_the_store),
		WITH_VECTOR(misses_the_store),
		WITH_VECTOR(checks_the_firmware),
		WITH_VECTOR(checks_rules),
		WITH_VECTOR(refuses_missing_data),
		WITH_VECTOR(writes_what_was_verified),
		cmocka_unit_test(quotes_what_looks_like_numbers),
		cmocka_unit_test(quotes_what_yaml_would_change),
		WITH_VECTOR(writes_verdicts),
	};

	return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
