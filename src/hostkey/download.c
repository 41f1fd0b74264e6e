/* SPDX-License-Identifier: MIT */
#include "hostkey/download.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAX_REDIRECTS 5L

struct body {
	uint8_t *data;
	size_t size, limit;
	bool too_large;
};

static void initialize_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* A short count makes curl give up. */
static size_t take_bytes(char *bytes, size_t one, size_t count, void *context)
{
	struct body *body = context;
	uint8_t *grown;

	count *= one; /* @one is 1 by curl's contract */
	if (count > body->limit - body->size) {
		body->too_large = true;
		return 0;
	}
	grown = realloc(body->data, body->size + count + 1);
	if (!grown)
		return 0;
	body->data = grown;
	memcpy(body->data + body->size, bytes, count);
	body->size += count;
	return count;
}

static CURLcode allow_http_only(CURL *curl)
{
	CURLcode rc;

#if LIBCURL_VERSION_NUM >= 0x075500
	rc = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
	rc = curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
			      (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS,
				      (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	return rc;
}

#define SET(option, value)                                      \
	do {                                                    \
		if (rc == CURLE_OK)                             \
			rc = curl_easy_setopt(curl, option, value); \
	} while (0)

static CURLcode configure(CURL *curl, const char *url,
			  const struct hostkey_limits *limits, struct body *body,
			  char *reason)
{
	CURLcode rc = allow_http_only(curl);

	SET(CURLOPT_URL, url);
	SET(CURLOPT_ERRORBUFFER, reason);
	SET(CURLOPT_NOSIGNAL, 1L); /* threads, and timeouts without SIGALRM */
	SET(CURLOPT_FOLLOWLOCATION, 1L);
	SET(CURLOPT_MAXREDIRS, MAX_REDIRECTS);
	SET(CURLOPT_FAILONERROR, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, limits->connect_ms);
	SET(CURLOPT_TIMEOUT_MS, limits->total_ms);
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)limits->size);
	SET(CURLOPT_USERAGENT, "ultraviolet-crl");
	SET(CURLOPT_WRITEFUNCTION, take_bytes);
	SET(CURLOPT_WRITEDATA, body);
	return rc;
}

static int describe(CURLcode rc, const struct body *body, const char *url,
		    const char *reason, struct error *err)
{
	if (body->too_large || rc == CURLE_FILESIZE_EXCEEDED)
		return error_set(err, ERR_IO, "'%s' is larger than %zu bytes", url,
				 body->limit);
	error_set(err, ERR_IO, "%s", reason[0] ? reason : curl_easy_strerror(rc));
	return error_wrap(err, ERR_IO, "Cannot download '%s'", url);
}

int download(uint8_t **data, size_t *size, const char *url,
	     const struct hostkey_limits *limits, struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char reason[CURL_ERROR_SIZE] = "";
	struct body body = { .limit = limits->size };
	CURLcode rc;
	CURL *curl;

	pthread_once(&once, initialize_curl);
	curl = curl_easy_init();
	if (!curl)
		return error_set(err, ERR_NOMEM, "Cannot start a download");
	rc = configure(curl, url, limits, &body, reason);
	if (rc == CURLE_OK)
		rc = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	if (rc != CURLE_OK) {
		free(body.data);
		return describe(rc, &body, url, reason, err);
	}
	*data = body.data;
	*size = body.size;
	return 0;
}
