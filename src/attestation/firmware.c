/* SPDX-License-Identifier: MIT */
#include "attestation/firmware.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_read.h"
#include "http/http.h"

#define DEFAULT_CONNECT_MS 10000
#define DEFAULT_TOTAL_MS 120000
#define BASE64_SIZE(size) (((size) + 2) / 3 * 4 + 1)

void firmware_url(struct text *url, const char *base, enum firmware_version version)
{
	size_t length = strlen(base);

	while (length > 0 && base[length - 1] == '/')
		length--;
	text_add_bytes(url, base, length);
	text_addf(url, "/hmrs/firmware/attestation/v%d/verify", (int)version);
}

int firmware_question(struct text *body,
		      const uint8_t state[ATTEST_FIRMWARE_STATE_SIZE],
		      struct error *err)
{
	unsigned char payload[BASE64_SIZE(ATTEST_FIRMWARE_STATE_SIZE)];
	struct json json = json_to(body, false);

	EVP_EncodeBlock(payload, state, ATTEST_FIRMWARE_STATE_SIZE);
	json_object_begin(&json, NULL);
	json_text(&json, "version", "1.0"); /* of the question; whatever the interface */
	json_text(&json, "payload", (const char *)payload);
	json_object_end(&json);
	return text_ok(body) ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
}

/* Reaches terminals and files: nothing but printable ASCII. */
static void tame(char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			*text = '?';
}

static int lacks(struct error *err, const char *what)
{
	error_set(err, ERR_FORMAT, "it has no %s", what);
	return error_wrap(err, ERR_FORMAT, "Unexpected answer of the firmware service");
}

/* A string of any length into @out, cut to what fits. */
static bool get_text(char *out, size_t room, struct json_value value)
{
	char whole[4096];

	out[0] = '\0';
	if (!json_get_string(whole, sizeof(whole), value))
		return false;
	tame(whole);
	snprintf(out, room, "%.*s", (int)room - 1, whole);
	return true;
}

static bool known_version(struct json_value value)
{
	char version[8];

	return json_get_string(version, sizeof(version), value) &&
	       (strcmp(version, "1.0") == 0 || strcmp(version, "2.0") == 0);
}

static int check_hashes(struct json_value list, struct error *err)
{
	struct json_value entry = json_first(list);

	if (list.kind != JSON_ARRAY)
		return lacks(err, "list 'verifiedHashes'");
	for (; entry.kind != JSON_ABSENT; entry = json_next(list, entry))
		if (json_member(entry, "hash").kind != JSON_STRING ||
		    json_member(entry, "signature").kind != JSON_STRING)
			return lacks(err, "'hash' and 'signature' in an entry of 'verifiedHashes'");
	return 0;
}

int firmware_answer_parse(struct firmware_answer *answer,
			  enum firmware_version version, const void *bytes,
			  size_t size, struct error *err)
{
	struct json_value document, reason;
	int rc = json_read(&document, bytes, size, err);

	*answer = (struct firmware_answer){ 0 };
	if (rc < 0)
		return error_wrap(err, rc, "Unexpected answer of the firmware service");
	if (!known_version(json_member(document, "version")))
		return lacks(err, "'version' that is known");
	reason = json_member(document, "reason");
	if (!get_text(answer->reason, sizeof(answer->reason), reason) &&
	    (version == FIRMWARE_V2 ||
	     (reason.kind != JSON_ABSENT && reason.kind != JSON_NULL)))
		return lacks(err, "readable 'reason'");
	if (version == FIRMWARE_V1 &&
	    !get_text(answer->reference, sizeof(answer->reference),
		      json_member(document, "referenceId")))
		return lacks(err, "'referenceId'");
	if (version == FIRMWARE_V2)
		rc = check_hashes(json_member(document, "verifiedHashes"), err);
	/* Last: an answer that is not whole never says yes. */
	if (rc == 0 && !json_get_bool(&answer->valid, json_member(document, "valid")))
		return lacks(err, "'valid' that is true or false");
	return rc;
}

static int post(uint8_t **bytes, size_t *size, const char *url, const char *question,
		const struct firmware_limits *limits, struct error *err)
{
	const struct http_request request = {
		.url = url,
		.user_agent = "s390-tools-pvattest", /* the service's clients */
		.json = question,
		.field = "x-client-id: X",
		.stays_secure = true,
		.connect_ms = limits && limits->connect_ms ? limits->connect_ms :
							     DEFAULT_CONNECT_MS,
		.total_ms = limits && limits->total_ms ? limits->total_ms :
							 DEFAULT_TOTAL_MS,
		.max_size = FIRMWARE_MAX_ANSWER,
	};
	int rc = http_ask(bytes, size, &request, err);

	return rc < 0 ? error_wrap(err, rc, "Cannot ask the firmware service at '%s'",
				   url) :
			0;
}

int firmware_ask(struct firmware_answer *answer, const char *base,
		 enum firmware_version version,
		 const uint8_t state[ATTEST_FIRMWARE_STATE_SIZE],
		 const struct firmware_limits *limits, struct error *err)
{
	struct text url = { 0 }, question = { 0 };
	uint8_t *bytes = NULL;
	size_t size;
	int rc;

	*answer = (struct firmware_answer){ 0 };
	firmware_url(&url, base, version);
	rc = firmware_question(&question, state, err);
	if (rc == 0 && !text_ok(&url))
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	if (rc == 0)
		rc = post(&bytes, &size, text_chars(&url), text_chars(&question), limits,
			  err);
	if (rc == 0)
		rc = firmware_answer_parse(answer, version, bytes, size, err);
	free(bytes);
	text_free(&url);
	text_free(&question);
	return rc;
}
