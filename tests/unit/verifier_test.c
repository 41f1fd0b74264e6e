/* SPDX-License-Identifier: MIT */
/* The function for other programs: every reason to distrust, and trust without any. */
#include "unit.h"

#include <string.h>

#include "attestation/policy.h"
#include "attestation_fixture.h"
#include "image_fixture.h"
#include "ultraviolet/attestation.h"

#define NOW 1000000

/* A header whose tags are the vector's; nothing else in it matters. */
struct world {
	struct vector *v;
	uint8_t header[640];
	struct ultraviolet_attestation_request request;
	struct ultraviolet_attestation_expected expected;
};

static void make_header(struct world *w)
{
	struct se_header_fixed *fixed = (struct se_header_fixed *)w->header;
	struct key_slot *slot = (struct key_slot *)(fixed + 1);

	assert_int_equal(se_header_size(1), sizeof(w->header));
	memcpy(fixed->magic, SE_HEADER_MAGIC, sizeof(fixed->magic));
	fixed->version = be32(SE_HEADER_VERSION_1);
	fixed->size = be32(sizeof(w->header));
	fixed->slot_count = be64(1);
	fixed->area_size = be64(sizeof(struct se_header_area));
	fixed->digests = w->v->image.digests;
	memcpy(slot->phkh, w->v->phkh, sizeof(slot->phkh));
	memcpy(w->header + sizeof(w->header) - GCM_TAG_SIZE, w->v->image.tag, GCM_TAG_SIZE);
}

static struct world make_world(struct vector *v)
{
	struct world w = { .v = v };

	make_header(&w);
	w.request = (struct ultraviolet_attestation_request){
		.key = secret_view(v->keys.protection),
		.request = v->request.chars, .request_size = v->request.length,
		.created = NOW, .valid_for = 60,
	};
	return w;
}

static void judge(struct world *w, struct ultraviolet_attestation_verdict *verdict, int64_t now)
{
	bool trusted;

	if (!w->expected.header && !w->expected.policy) {
		w->expected.header = w->header;
		w->expected.header_size = sizeof(w->header);
	}
	trusted = ultraviolet_attestation_verify(&w->request, w->v->response.chars,
						 w->v->response.length, &w->expected, now,
						 verdict);
	assert_int_equal(trusted, verdict->trusted);
	assert_int_equal(trusted, verdict->reasons == 0);
	assert_int_equal(trusted, verdict->text[0] == '\0');
	assert_int_equal(trusted, verdict->cuid != NULL);
}

static void expect(struct world *w, unsigned reasons)
{
	struct ultraviolet_attestation_verdict verdict;

	judge(w, &verdict, NOW + 1);
	if (verdict.reasons != reasons)
		fail_msg("reasons 0x%x, not 0x%x: %s", verdict.reasons, reasons, verdict.text);
}

static void trusts_what_fits(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);
	struct ultraviolet_attestation_verdict verdict;

	w.expected.cuid = v->cuid;
	w.expected.challenge = "hello";
	w.expected.challenge_size = 5;
	w.expected.host_keys = v->phkh;
	w.expected.host_key_count = 1;
	w.expected.store_hash = v->additional + 64;
	judge(&w, &verdict, NOW + 60);
	assert_true(verdict.trusted);
	assert_memory_equal(verdict.cuid, v->cuid, sizeof(v->cuid));
	assert_int_equal(verdict.user_data_size, strlen(VECTOR_USER_DATA));
	assert_memory_equal(verdict.user_data, VECTOR_USER_DATA, verdict.user_data_size);
	assert_memory_equal(verdict.image_host_key, v->phkh, PHKH_SIZE);
	assert_memory_equal(verdict.request_host_key, v->phkh, PHKH_SIZE);
	assert_memory_equal(verdict.store_hash, v->additional + 64, 64);
	assert_null(verdict.firmware_state);
}

static void refuses_bad_arguments(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);
	struct ultraviolet_attestation_verdict verdict;

	w.request.key = NULL;
	expect(&w, ULTRAVIOLET_BAD_ARGUMENT);
	w = make_world(v);
	assert_false(ultraviolet_attestation_verify(&w.request, v->response.chars,
						    v->response.length, &w.expected, NOW,
						    &verdict)); /* no image */
	assert_int_equal(verdict.reasons, ULTRAVIOLET_BAD_ARGUMENT);
	assert_false(ultraviolet_attestation_verify(&w.request, NULL, 0, &w.expected, NOW,
						    &verdict));
	assert_int_equal(verdict.reasons, ULTRAVIOLET_BAD_ARGUMENT);
	w.expected.header = w.header;
	w.expected.header_size = sizeof(w.header) - 1;
	expect(&w, ULTRAVIOLET_BAD_ARGUMENT);
	w.expected.header_size = sizeof(w.header);
	w.header[0] = 'x';
	expect(&w, ULTRAVIOLET_BAD_ARGUMENT);
}

static void refuses_no_response(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);

	v->response.chars[0] ^= 1;
	expect(&w, ULTRAVIOLET_BAD_RESPONSE);
	v->response.chars[0] ^= 1;
	v->response.length--;
	expect(&w, ULTRAVIOLET_BAD_RESPONSE);
}

/* Another key; another request under the same key; a request that is none. */
static void refuses_another_request(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);
	uint8_t key[GCM_KEY_SIZE] = { 0 };

	w.request.key = key;
	expect(&w, ULTRAVIOLET_OTHER_REQUEST);
	w = make_world(v);
	v->request.chars[0x40 + 0x10] ^= 1; /* IV */
	expect(&w, ULTRAVIOLET_OTHER_REQUEST);
	w.request.request_size = 10;
	expect(&w, ULTRAVIOLET_OTHER_REQUEST);
	w.request.request = NULL;
	expect(&w, 0);
}

static void refuses_another_image(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);

	w.header[0xe0] ^= 1; /* PLD */
	expect(&w, ULTRAVIOLET_OTHER_IMAGE);
	w.header[0xe0] ^= 1;
	w.header[sizeof(w.header) - 1] ^= 1; /* tag */
	expect(&w, ULTRAVIOLET_OTHER_IMAGE);
}

/* Nothing that a forged response says is repeated as a fact. */
static void refuses_a_changed_response(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);

	w.expected.cuid = v->cuid;
	v->response.chars[v->response.length - 1] ^= 1; /* CUID */
	expect(&w, ULTRAVIOLET_OTHER_IMAGE);
}

static void refuses_the_wrong_time(void **state)
{
	struct world w = make_world(*state);
	struct ultraviolet_attestation_verdict verdict;
	static const struct {
		int64_t now, valid_for;
		unsigned reasons;
	} cases[] = {
		{ NOW, 60, 0 }, { NOW + 60, 60, 0 },
		{ NOW + 61, 60, ULTRAVIOLET_EXPIRED }, { NOW - 1, 60, ULTRAVIOLET_EXPIRED },
		{ NOW, -1, ULTRAVIOLET_EXPIRED }, { INT64_MIN, 60, ULTRAVIOLET_EXPIRED },
		{ INT64_MAX, 60, ULTRAVIOLET_EXPIRED }, { INT64_MAX, INT64_MAX, 0 },
		{ INT64_MIN, 0, 0 }, { NOW + 61, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		w.request.valid_for = cases[i].valid_for;
		judge(&w, &verdict, cases[i].now);
		assert_int_equal(verdict.reasons, cases[i].reasons);
	}
	w.request.created = INT64_MIN;
	w.request.valid_for = 60;
	judge(&w, &verdict, INT64_MAX);
	assert_int_equal(verdict.reasons, ULTRAVIOLET_EXPIRED);
}

/* The same image, started once more. */
static void refuses_another_instance(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);
	uint8_t first[ATTEST_CUID_SIZE];

	memcpy(first, v->cuid, sizeof(first));
	w.expected.cuid = first;
	expect(&w, 0);
	v->cuid[15] ^= 1;
	vector_respond(v, NULL, 0);
	expect(&w, ULTRAVIOLET_OTHER_INSTANCE);
}

/* An earlier response to the same request, played back. */
static void refuses_a_replay(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);

	w.expected.challenge = "challenge-1";
	w.expected.challenge_size = 11;
	vector_respond(v, "challenge-1|guest key", 21);
	expect(&w, 0);
	w.expected.challenge = "challenge-2";
	expect(&w, ULTRAVIOLET_OTHER_CHALLENGE);
	vector_respond(v, "challenge-", 10);
	expect(&w, ULTRAVIOLET_OTHER_CHALLENGE);
	vector_respond(v, NULL, 0);
	expect(&w, ULTRAVIOLET_OTHER_CHALLENGE);
	w.expected.challenge_size = 0; /* an empty challenge proves nothing */
	expect(&w, ULTRAVIOLET_OTHER_CHALLENGE);
}

static void refuses_other_machines(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);
	uint8_t allowed[2 * PHKH_SIZE] = { 0 };

	w.expected.host_keys = allowed;
	w.expected.host_key_count = 2;
	expect(&w, ULTRAVIOLET_OTHER_HOST);
	memcpy(allowed + PHKH_SIZE, v->phkh, PHKH_SIZE);
	expect(&w, 0);
	w.expected.host_key_count = 1;
	expect(&w, ULTRAVIOLET_OTHER_HOST);
	w.expected.host_key_count = 0; /* none is allowed */
	expect(&w, ULTRAVIOLET_OTHER_HOST);
	w.expected.host_key_count = 2;
	v->additional[5] ^= 1; /* the image's key */
	vector_respond(v, NULL, 0);
	expect(&w, ULTRAVIOLET_OTHER_HOST);
	v->additional[5] ^= 1;
	v->additional[37] ^= 1; /* the request's key */
	vector_respond(v, NULL, 0);
	expect(&w, ULTRAVIOLET_OTHER_HOST);
}

static void refuses_other_secrets(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);
	uint8_t hash[ATTEST_STORE_HASH_SIZE] = { 0 };

	w.expected.store_hash = hash;
	expect(&w, ULTRAVIOLET_OTHER_SECRETS);
	memcpy(hash, v->additional + 64, sizeof(hash));
	expect(&w, 0);
}

/* All reasons are told at once, when the response is authentic. */
static void tells_all_reasons(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);
	struct ultraviolet_attestation_verdict verdict;
	uint8_t zeros[64] = { 0 };

	w.expected.cuid = w.expected.store_hash = w.expected.host_keys = zeros;
	w.expected.host_key_count = 1;
	w.expected.challenge = "x";
	w.expected.challenge_size = 1;
	judge(&w, &verdict, NOW + 61);
	assert_int_equal(verdict.reasons, ULTRAVIOLET_EXPIRED | ULTRAVIOLET_OTHER_INSTANCE |
			 ULTRAVIOLET_OTHER_CHALLENGE | ULTRAVIOLET_OTHER_HOST |
			 ULTRAVIOLET_OTHER_SECRETS);
	for (unsigned bit = 1; bit < 0x400; bit <<= 1) {
		const char *text = ultraviolet_attestation_reason_text(bit);

		assert_non_null(text);
		assert_int_equal(!!strstr(verdict.text, text), !!(verdict.reasons & bit));
	}
	assert_null(ultraviolet_attestation_reason_text(0x400));
	assert_null(ultraviolet_attestation_reason_text(0));
	assert_null(ultraviolet_attestation_reason_text(3));
}

/* --- with a policy -------------------------------------------------------------------- */

static void add_policy(struct text *out, struct world *w, uint64_t flags,
		       const uint8_t *store_hash)
{
	struct se_header header;
	struct policy policy = { .header = &header, .flags = flags, .store_hash = store_hash };
	struct error err;

	assert_ok(se_header_parse(&header, w->header, sizeof(w->header), NULL, &err), &err);
	text_free(out);
	policy_add_record(out, RECORD_JSON, &policy);
	assert_true(text_ok(out));
	w->expected.policy = out->chars;
	w->expected.policy_size = out->length;
}

static void goes_by_a_policy(void **state)
{
	struct vector *v = *state;
	struct world w = make_world(v);
	struct text policy = { 0 };

	add_policy(&policy, &w, VECTOR_FLAGS, NULL);
	expect(&w, 0);
	add_policy(&policy, &w, VECTOR_FLAGS | ATTEST_FIRMWARE_STATE, NULL);
	expect(&w, ULTRAVIOLET_WEAK_REQUEST);
	add_policy(&policy, &w, VECTOR_FLAGS, v->additional + 64);
	expect(&w, 0);
	add_policy(&policy, &w, VECTOR_FLAGS, v->additional);
	expect(&w, ULTRAVIOLET_OTHER_SECRETS);
	w.header[sizeof(struct se_header_fixed)] ^= 1; /* the slot's hash */
	add_policy(&policy, &w, VECTOR_FLAGS, NULL);
	expect(&w, ULTRAVIOLET_OTHER_HOST);
	add_policy(&policy, &w, ATTEST_NONCE, NULL); /* says nothing about hosts */
	expect(&w, 0);
	w.header[0xe0] ^= 1;
	add_policy(&policy, &w, ATTEST_NONCE, NULL);
	expect(&w, ULTRAVIOLET_OTHER_IMAGE);
	/* Policy and header have to agree. */
	w.expected.header = w.header;
	w.expected.header_size = sizeof(w.header);
	expect(&w, ULTRAVIOLET_OTHER_IMAGE);
	w.header[0xe0] ^= 1;
	expect(&w, ULTRAVIOLET_BAD_ARGUMENT);
	w.expected.policy_size--; /* and to be whole */
	w.expected.policy_size--;
	expect(&w, ULTRAVIOLET_BAD_ARGUMENT);
	text_free(&policy);
}

#define WITH_VECTOR(test) cmocka_unit_test_setup_teardown(test, vector_setup, vector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_VECTOR(trusts_what_fits),
		WITH_VECTOR(refuses_bad_arguments),
		WITH_VECTOR(refuses_no_response),
		WITH_VECTOR(refuses_another_request),
		WITH_VECTOR(refuses_another_image),
		WITH_VECTOR(refuses_a_changed_response),
		WITH_VECTOR(refuses_the_wrong_time),
		WITH_VECTOR(refuses_another_instance),
		WITH_VECTOR(refuses_a_replay),
		WITH_VECTOR(refuses_other_machines),
		WITH_VECTOR(refuses_other_secrets),
		WITH_VECTOR(tells_all_reasons),
		WITH_VECTOR(goes_by_a_policy),
	};

	return cmocka_run_group_tests_name("verifier", tests, NULL, NULL);
}
