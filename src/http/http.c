/* SPDX-License-Identifier: MIT */
#include "http/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_REDIRECTS 5L

struct answer {
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
	struct answer *answer = context;
	uint8_t *grown;

	count *= one; /* @one is 1 by curl's contract */
	if (count > answer->limit - answer->size) {
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

static CURLcode allow_http_only(CURL *curl, bool secure)
{
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

static CURLcode set_content(CURL *curl, const char *json, struct curl_slist *fields)
{
	CURLcode rc = CURLE_OK;

	SET(CURLOPT_HTTPHEADER, fields);
	if (!json)
		return rc;
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDS, json);
	SET(CURLOPT_POSTFIELDSIZE, (long)strlen(json));
	return rc;
}

static CURLcode configure(CURL *curl, const struct http_request *request,
			  struct answer *answer, char *reason)
{
	bool secure = request->stays_secure &&
		      strncasecmp(request->url, "https:", 6) == 0;
	CURLcode rc = allow_http_only(curl, secure);

	SET(CURLOPT_URL, request->url);
	SET(CURLOPT_ERRORBUFFER, reason);
	SET(CURLOPT_NOSIGNAL, 1L); /* threads, and timeouts without SIGALRM */
	SET(CURLOPT_USERAGENT, request->user_agent);
	SET(CURLOPT_FOLLOWLOCATION, 1L);
	SET(CURLOPT_MAXREDIRS, MAX_REDIRECTS);
	SET(CURLOPT_CONNECTTIMEOUT_MS, request->connect_ms);
	SET(CURLOPT_TIMEOUT_MS, request->total_ms);
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->max_size);
	SET(CURLOPT_WRITEFUNCTION, take_bytes);
	SET(CURLOPT_WRITEDATA, answer);
	return rc;
}

static int judge(CURL *curl, CURLcode rc, const struct answer *answer,
		 const char *reason, struct error *err)
{
	long status = 0;

	if (answer->too_large || rc == CURLE_FILESIZE_EXCEEDED)
		return error_set(err, ERR_IO, "The answer is larger than %zu bytes",
				 answer->limit);
	if (rc != CURLE_OK)
		return error_set(err, ERR_IO, "%s",
				 reason[0] ? reason : curl_easy_strerror(rc));
	if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK ||
	    status != 200)
		return error_set(err, ERR_IO, "The answer has status %ld", status);
	return 0;
}

static int ask(CURL *curl, struct answer *answer, const struct http_request *request,
	       struct error *err)
{
	char json_type[] = "Content-Type: application/json";
	struct curl_slist further = { (char *)request->field, NULL };
	struct curl_slist fields = { json_type, request->field ? &further : NULL };
	char reason[CURL_ERROR_SIZE] = "";
	CURLcode rc = configure(curl, request, answer, reason);

	if (rc == CURLE_OK)
		rc = set_content(curl, request->json,
				 request->json ? &fields : fields.next);
	if (rc == CURLE_OK)
		rc = curl_easy_perform(curl);
	return judge(curl, rc, answer, reason, err);
}

int http_ask(uint8_t **data, size_t *size, const struct http_request *request,
	     struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct answer answer = { .limit = request->max_size };
	CURL *curl;
	int rc;

	*data = NULL;
	*size = 0;
	pthread_once(&once, initialize_curl);
	curl = curl_easy_init();
	if (!curl)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = ask(curl, &answer, request, err);
	curl_easy_cleanup(curl);
	if (rc < 0) {
		free(answer.data);
		return rc;
	}
	*data = answer.data;
	*size = answer.size;
	return 0;
}
