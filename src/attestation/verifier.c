/* SPDX-License-Identifier: MIT */
/* The library function for other programs: see include/ultraviolet/attestation.h. */
#include "ultraviolet/attestation.h"

#include <stdio.h>
#include <string.h>

#include "attestation/policy_read.h"
#include "attestation/response.h"

_Static_assert(ULTRAVIOLET_KEY_SIZE == GCM_KEY_SIZE, "key");
_Static_assert(ULTRAVIOLET_CUID_SIZE == ATTEST_CUID_SIZE, "cuid");
_Static_assert(ULTRAVIOLET_HOST_KEY_HASH_SIZE == PHKH_SIZE, "host key hash");
_Static_assert(ULTRAVIOLET_STORE_HASH_SIZE == ATTEST_STORE_HASH_SIZE, "store hash");
_Static_assert(ULTRAVIOLET_FIRMWARE_STATE_SIZE == ATTEST_FIRMWARE_STATE_SIZE, "state");

typedef struct ultraviolet_attestation_request owner_request;
typedef struct ultraviolet_attestation_expected expectation;
typedef struct ultraviolet_attestation_verdict verdict;

static const struct {
	unsigned reason;
	const char *text;
} reasons[] = {
	{ ULTRAVIOLET_BAD_ARGUMENT, "The response cannot be judged" },
	{ ULTRAVIOLET_BAD_RESPONSE, "This is not an attestation response" },
	{ ULTRAVIOLET_OTHER_REQUEST, "The response answers another request" },
	{ ULTRAVIOLET_OTHER_IMAGE, "The guest runs another image, or the response was changed" },
	{ ULTRAVIOLET_EXPIRED, "The response comes outside the time that the request is good for" },
	{ ULTRAVIOLET_OTHER_INSTANCE, "The response comes from another instance of the guest" },
	{ ULTRAVIOLET_OTHER_CHALLENGE, "The response does not answer this challenge" },
	{ ULTRAVIOLET_OTHER_HOST, "The response does not show that the guest runs on an allowed machine" },
	{ ULTRAVIOLET_OTHER_SECRETS, "The response does not show that the guest's secret store is as expected" },
	{ ULTRAVIOLET_WEAK_REQUEST, "The request did not ask for all that the policy demands" },
};

const char *ultraviolet_attestation_reason_text(unsigned reason)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].reason == reason)
			return reasons[i].text;
	return NULL;
}

/* Adds a reason, with an inner error's words where they say more. */
static void object(verdict *v, unsigned reason, const struct error *err)
{
	const char *text = ultraviolet_attestation_reason_text(reason);
	size_t used = strlen(v->text);

	v->reasons |= reason;
	snprintf(v->text + used, sizeof(v->text) - used, "%s%s", used ? "; " : "", text);
	used = strlen(v->text);
	if (err && err->message[0])
		snprintf(v->text + used, sizeof(v->text) - used, ": %s%s%s", err->message,
			 err->cause[0] ? ": " : "", err->cause);
}

/* What there is to measure against: from the header, the policy, or both. */
struct yardstick {
	struct image_tags image;
	struct policy_rules rules; /* zero without a policy */
};

static bool load_header(struct image_tags *image, const expectation *expected, verdict *v)
{
	struct se_header header;
	struct error err = { 0 };

	if (se_header_parse(&header, expected->header, expected->header_size, NULL, &err) < 0) {
		object(v, ULTRAVIOLET_BAD_ARGUMENT, &err);
		return false;
	}
	image_tags_of(image, &header);
	return true;
}

static bool load_yardstick(struct yardstick *yardstick, const expectation *expected, verdict *v)
{
	struct policy_rules *rules = &yardstick->rules;
	struct error err = { 0 };

	*yardstick = (struct yardstick){ 0 };
	if (!expected->header && !expected->policy) {
		object(v, ULTRAVIOLET_BAD_ARGUMENT, NULL);
		return false;
	}
	if (expected->policy &&
	    policy_read(rules, expected->policy, expected->policy_size, &err) < 0) {
		object(v, ULTRAVIOLET_BAD_ARGUMENT, &err);
		return false;
	}
	if (!expected->header) {
		yardstick->image = rules->image;
		return true;
	}
	if (!load_header(&yardstick->image, expected, v))
		return false;
	if (!expected->policy ||
	    memcmp(&yardstick->image, &rules->image, sizeof(rules->image)) == 0)
		return true;
	object(v, ULTRAVIOLET_BAD_ARGUMENT, NULL); /* they speak of two images */
	return false;
}

/* Is the request in the response the one that was sent? */
static bool same_request(const struct attestation_response *response,
			 const owner_request *request)
{
	const struct exchange_blob *arcb = &response->exchange.arcb;
	struct exchange sent;

	if (!request->request)
		return true;
	return exchange_parse_request(&sent, request->request, request->request_size,
				      NULL) == 0 &&
	       sent.arcb.size == arcb->size &&
	       memcmp(sent.arcb.bytes, arcb->bytes, arcb->size) == 0;
}

/* Without this nothing in the response means anything. */
static bool authentic(const struct attestation_response *response,
		      const owner_request *request, const struct yardstick *yardstick,
		      verdict *v)
{
	struct error err = { 0 };
	int rc;

	if (!same_request(response, request)) {
		object(v, ULTRAVIOLET_OTHER_REQUEST, NULL);
		return false;
	}
	rc = attestation_response_verify(response, &yardstick->image, request->key, &err);
	if (rc == ERR_REFUSED)
		object(v, ULTRAVIOLET_OTHER_IMAGE, NULL);
	else if (rc == ERR_AUTH)
		object(v, ULTRAVIOLET_OTHER_REQUEST, NULL);
	else if (rc < 0)
		object(v, ULTRAVIOLET_BAD_ARGUMENT, &err);
	return rc == 0;
}

static void judge_time(const owner_request *request, int64_t now, verdict *v)
{
	if (request->valid_for == 0)
		return;
	/* As unsigned: no overflow, and a negative span is never long enough. */
	if (request->valid_for < 0 || now < request->created ||
	    (uint64_t)now - (uint64_t)request->created > (uint64_t)request->valid_for)
		object(v, ULTRAVIOLET_EXPIRED, NULL);
}

static bool is_listed(const uint8_t *phkh, const expectation *expected)
{
	const uint8_t *hash = expected->host_keys;

	if (!expected->host_keys)
		return true;
	for (size_t i = 0; phkh && i < expected->host_key_count; i++)
		if (memcmp(phkh, hash + i * PHKH_SIZE, PHKH_SIZE) == 0)
			return true;
	return false;
}

static void judge_hosts(const struct additional_data *data, const expectation *expected,
			const struct policy_rules *rules, verdict *v)
{
	const uint8_t *image = data->items[ADDITIONAL_IMAGE_PHKH];
	const uint8_t *request = data->items[ADDITIONAL_REQUEST_PHKH];

	/* Where both are there, both have to be right; one is enough to know. */
	if ((expected->host_keys && !image && !request) ||
	    (image && !is_listed(image, expected)) ||
	    (request && !is_listed(request, expected)) ||
	    !policy_hashes_allow(&rules->image_hosts, image) ||
	    !policy_hashes_allow(&rules->request_hosts, request))
		object(v, ULTRAVIOLET_OTHER_HOST, NULL);
}

static void judge_store(const struct additional_data *data, const expectation *expected,
			const struct policy_rules *rules, verdict *v)
{
	const uint8_t *found = data->items[ADDITIONAL_STORE_HASH];
	const void *wanted[] = { expected->store_hash,
				 rules->has_store_hash ? rules->store_hash : NULL };

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (!wanted[i])
			continue;
		if (found && memcmp(found, wanted[i], ATTEST_STORE_HASH_SIZE) == 0)
			continue;
		object(v, ULTRAVIOLET_OTHER_SECRETS, NULL);
		return;
	}
}

static void judge_content(const struct attestation_response *response,
			  const struct additional_data *data,
			  const expectation *expected, const struct policy_rules *rules,
			  verdict *v)
{
	const struct exchange_blob *user_data = &response->exchange.user_data;

	if (rules->flags & ~response->arcb.flags)
		object(v, ULTRAVIOLET_WEAK_REQUEST, NULL);
	if (expected->cuid &&
	    memcmp(expected->cuid, response->exchange.cuid.bytes, ATTEST_CUID_SIZE) != 0)
		object(v, ULTRAVIOLET_OTHER_INSTANCE, NULL);
	if (expected->challenge &&
	    (user_data->size < expected->challenge_size || !expected->challenge_size ||
	     memcmp(user_data->bytes, expected->challenge, expected->challenge_size) != 0))
		object(v, ULTRAVIOLET_OTHER_CHALLENGE, NULL);
	judge_hosts(data, expected, rules, v);
	judge_store(data, expected, rules, v);
}

static void report(const struct attestation_response *response,
		   const struct additional_data *data, verdict *v)
{
	v->trusted = true;
	v->cuid = response->exchange.cuid.bytes;
	v->user_data = response->exchange.user_data.bytes;
	v->user_data_size = response->exchange.user_data.size;
	v->image_host_key = data->items[ADDITIONAL_IMAGE_PHKH];
	v->request_host_key = data->items[ADDITIONAL_REQUEST_PHKH];
	v->store_hash = data->items[ADDITIONAL_STORE_HASH];
	v->firmware_state = data->items[ADDITIONAL_FIRMWARE_STATE];
}

bool ultraviolet_attestation_verify(const owner_request *request, const void *bytes,
				    size_t size, const expectation *expected, int64_t now,
				    verdict *v)
{
	struct attestation_response response;
	struct additional_data data;
	struct yardstick yardstick;
	struct error err = { 0 };

	*v = (verdict){ 0 };
	if (!request->key || !bytes) {
		object(v, ULTRAVIOLET_BAD_ARGUMENT, NULL);
		return false;
	}
	judge_time(request, now, v);
	if (!load_yardstick(&yardstick, expected, v))
		return false;
	if (attestation_response_parse(&response, bytes, size, &err) < 0) {
		object(v, ULTRAVIOLET_BAD_RESPONSE, &err);
		return false;
	}
	if (!authentic(&response, request, &yardstick, v))
		return false;
	if (attestation_response_additional(&data, &response, &err) < 0) {
		object(v, ULTRAVIOLET_BAD_RESPONSE, &err);
		return false;
	}
	judge_content(&response, &data, expected, &yardstick.rules, v);
	if (v->reasons == 0)
		report(&response, &data, v);
	return v->trusted;
}
