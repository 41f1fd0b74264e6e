/* SPDX-License-Identifier: MIT */
/* The conversation with the firmware service, over libcurl. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "attestation/firmware.h"

#define DEFAULT_CONNECT_MS 10000L
#define DEFAULT_TOTAL_MS 120000L
#define MAX_REDIRECTS 5L

struct answer_bytes {
	uint8_t *data;
	size_t size;
	bool too_large;
};

static void initialize_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* A short count makes curl give up. */
static size_t take_bytes(char *bytes, size_t one, size_t count, void *context)
{
	struct answer_bytes *answer = context;
	uint8_t *grown;

	count *= one; /* @one is 1 by curl's contract */
	if (count > FIRMWARE_MAX_ANSWER - answer->size) {
		answer->too_large = true;
		return 0;
	}
	grown = realloc(answer->data, answer->size + count + 1);
	if (!grown)
		return 0;
	answer->data = grown;
	memcpy(answer->data + answer->size, bytes, count);
	answer->size += count;
	return count;
}

#define SET(option, value)                                          \
	do {                                                        \
		if (rc == CURLE_OK)                                 \
			rc = curl_easy_setopt(curl, option, value); \
	} while (0)

static CURLcode allow_http_only(CURL *curl, const char *url)
{
	bool secure = strncasecmp(url, "https:", 6) == 0;
	CURLcode rc = CURLE_OK;

#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
#else
	SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
	SET(CURLOPT_REDIR_PROTOCOLS,
	    secure ? (long)CURLPROTO_HTTPS : (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	return rc;
}

static CURLcode configure(CURL *curl, const char *url, const struct text *body,
			  struct curl_slist *fields,
			  const struct firmware_limits *limits,
			  struct answer_bytes *answer, char *reason)
{
	CURLcode rc = allow_http_only(curl, url);
	long connect_ms = limits && limits->connect_ms ? limits->connect_ms :
			  DEFAULT_CONNECT_MS;
	long total_ms = limits && limits->total_ms ? limits->total_ms : DEFAULT_TOTAL_MS;

	SET(CURLOPT_URL, url);
	SET(CURLOPT_ERRORBUFFER, reason);
	SET(CURLOPT_NOSIGNAL, 1L); /* threads, and timeouts without SIGALRM */
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDS, text_chars(body));
	SET(CURLOPT_POSTFIELDSIZE, (long)body->length);
	SET(CURLOPT_HTTPHEADER, fields);
	SET(CURLOPT_USERAGENT, "s390-tools-pvattest"); /* the service's clients */
	SET(CURLOPT_FOLLOWLOCATION, 1L);
	SET(CURLOPT_MAXREDIRS, MAX_REDIRECTS);
	SET(CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	SET(CURLOPT_TIMEOUT_MS, total_ms);
	SET(CURLOPT_WRITEFUNCTION, take_bytes);
	SET(CURLOPT_WRITEDATA, answer);
	return rc;
}

static int explain(CURL *curl, CURLcode rc, const struct answer_bytes *answer,
		   const char *url, const char *reason, struct error *err)
{
	long status = 0;

	if (answer->too_large)
		error_set(err, ERR_IO, "Its answer is longer than %d bytes", FIRMWARE_MAX_ANSWER);
	else if (rc != CURLE_OK)
		error_set(err, ERR_IO, "%s", reason[0] ? reason : curl_easy_strerror(rc));
	else if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK ||
		 status != 200)
		error_set(err, ERR_IO, "It answered with status %ld", status);
	else
		return 0;
	return error_wrap(err, ERR_IO, "Cannot ask the firmware service at '%s'", url);
}

/* One POST; *@answer is the caller's to free, also after a failure. */
static int post(struct answer_bytes *answer, const char *url, const struct text *body,
		const struct firmware_limits *limits, struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct curl_slist client = { "x-client-id: X", NULL };
	struct curl_slist fields = { "Content-Type: application/json", &client };
	char reason[CURL_ERROR_SIZE] = "";
	CURLcode code;
	CURL *curl;
	int rc;

	pthread_once(&once, initialize_curl);
	curl = curl_easy_init();
	if (!curl)
		return error_set(err, ERR_NOMEM, "Cannot ask the firmware service");
	code = configure(curl, url, body, &fields, limits, answer, reason);
	if (code == CURLE_OK)
		code = curl_easy_perform(curl);
	rc = explain(curl, code, answer, url, reason, err);
	curl_easy_cleanup(curl);
	return rc;
}

int firmware_ask(struct firmware_answer *answer, const char *base,
		 enum firmware_version version,
		 const uint8_t state[ATTEST_FIRMWARE_STATE_SIZE],
		 const struct firmware_limits *limits, struct error *err)
{
	struct text url = { 0 }, body = { 0 };
	struct answer_bytes bytes = { 0 };
	int rc;

	firmware_url(&url, base, version);
	rc = firmware_question(&body, state, err);
	if (rc == 0 && !text_ok(&url))
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	if (rc == 0)
		rc = post(&bytes, text_chars(&url), &body, limits, err);
	if (rc == 0)
		rc = firmware_answer_parse(answer, version, bytes.data, bytes.size, err);
	free(bytes.data);
	text_free(&url);
	text_free(&body);
	return rc;
}
