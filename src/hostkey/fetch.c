/* SPDX-License-Identifier: MIT */
#include "hostkey/fetch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "hostkey/cache.h"
#include "hostkey/crl.h"
#include "hostkey/pki.h"
#include "http/http.h"

#define DEFAULT_CONNECT_MS 3000
#define DEFAULT_TOTAL_MS 10000
#define DEFAULT_SIZE ((size_t)1 << 20)

/* What became of one URL. */
struct visit {
	struct visit *next;
	char *url;
	X509_CRL *crl; /* NULL = nothing came of it */
	bool downloaded;
};

struct fetcher {
	struct hostkey_limits limits;
	char *folder; /* NULL = no cache */
	const struct log *log;
	pthread_mutex_t lock; /* protects @visits; held while downloading, so
			       * that no two threads ask for the same list */
	struct visit *visits;
};

int fetcher_new(struct fetcher **out, const struct hostkey_limits *limits,
		const struct log *log, struct error *err)
{
	struct fetcher *fetcher = calloc(1, sizeof(*fetcher));

	*out = NULL;
	if (!fetcher)
		return error_set(err, ERR_NOMEM, "Out of memory");
	fetcher->limits = *limits;
	if (limits->connect_ms <= 0)
		fetcher->limits.connect_ms = DEFAULT_CONNECT_MS;
	if (limits->total_ms <= 0)
		fetcher->limits.total_ms = DEFAULT_TOTAL_MS;
	if (limits->size == 0)
		fetcher->limits.size = DEFAULT_SIZE;
	fetcher->folder = limits->cache ? strdup(limits->cache) :
					  cache_default_folder();
	fetcher->log = log;
	pthread_mutex_init(&fetcher->lock, NULL);
	*out = fetcher;
	return 0;
}

void fetcher_free(struct fetcher *fetcher)
{
	if (!fetcher)
		return;
	while (fetcher->visits) {
		struct visit *visit = fetcher->visits;

		fetcher->visits = visit->next;
		X509_CRL_free(visit->crl);
		free(visit->url);
		free(visit);
	}
	pthread_mutex_destroy(&fetcher->lock);
	free(fetcher->folder);
	free(fetcher);
}

/* The entry for @url, new where there is none; NULL = out of memory. */
static struct visit *visit_of(struct fetcher *fetcher, const char *url)
{
	struct visit *visit;

	for (visit = fetcher->visits; visit; visit = visit->next)
		if (strcmp(visit->url, url) == 0)
			return visit;
	visit = calloc(1, sizeof(*visit));
	if (!visit)
		return NULL;
	visit->url = strdup(url);
	if (!visit->url) {
		free(visit);
		return NULL;
	}
	visit->next = fetcher->visits;
	fetcher->visits = visit;
	visit->crl = cache_load(fetcher->folder, url);
	return visit;
}

/* The first list in a downloaded file. */
static X509_CRL *parse_first_crl(const uint8_t *data, size_t size,
				 const char *url, const struct log *log)
{
	struct pki_list list = { 0 };
	struct error err = { 0 };
	X509_CRL *crl = NULL;

	if (pki_parse(&list, data, size, url, NULL, &err) < 0) {
		log_info(log, "%s", err.message);
		return NULL;
	}
	for (size_t i = 0; i < list.count && !crl; i++) {
		crl = list.items[i].crl;
		list.items[i].crl = NULL;
	}
	if (!crl)
		log_info(log, "'%s' holds no revocation list", url);
	pki_list_free(&list);
	return crl;
}

static int download(uint8_t **data, size_t *size, const char *url,
		    const struct hostkey_limits *limits, struct error *err)
{
	const struct http_request request = {
		.url = url,
		.user_agent = "ultraviolet-crl",
		.connect_ms = limits->connect_ms,
		.total_ms = limits->total_ms,
		.max_size = limits->size,
	};
	int rc = http_ask(data, size, &request, err);

	return rc < 0 ? error_wrap(err, rc, "Cannot download '%s'", url) : 0;
}

static X509_CRL *download_crl(struct fetcher *fetcher, const char *url)
{
	struct error err = { 0 };
	X509_CRL *crl;
	uint8_t *data;
	size_t size;

	log_debug(fetcher->log, "Downloading '%s'", url);
	if (download(&data, &size, url, &fetcher->limits, &err) < 0) {
		log_info(fetcher->log, "%s%s%s", err.message,
			 err.cause[0] ? ": " : "", err.cause);
		return NULL;
	}
	crl = parse_first_crl(data, size, url, fetcher->log);
	free(data);
	return crl;
}

/* What memory or cache has when it is good, else what the network has. */
static X509_CRL *fetch_url(struct fetcher *fetcher, const char *url,
			   X509 *issuer, time_t now)
{
	struct visit *visit = visit_of(fetcher, url);
	const char *problem;

	if (!visit)
		return NULL;
	if (visit->crl && !crl_problem(visit->crl, issuer, now))
		return visit->crl;
	if (!visit->downloaded) {
		visit->downloaded = true;
		X509_CRL_free(visit->crl);
		visit->crl = download_crl(fetcher, url);
	}
	if (!visit->crl)
		return NULL;
	problem = crl_problem(visit->crl, issuer, now);
	if (problem) {
		log_info(fetcher->log, "The revocation list from '%s' is of no use: %s",
			 url, problem);
		return NULL;
	}
	cache_store(fetcher->folder, url, visit->crl, fetcher->log);
	return visit->crl;
}

X509_CRL *fetcher_crl(struct fetcher *fetcher, const X509 *certificate,
		      X509 *issuer, time_t now, char **url)
{
	char *urls[CRL_MAX_URLS];
	size_t count = crl_urls(urls, certificate);
	X509_CRL *crl = NULL;

	*url = NULL;
	pthread_mutex_lock(&fetcher->lock);
	for (size_t i = 0; i < count; i++) {
		if (!crl) {
			crl = fetch_url(fetcher, urls[i], issuer, now);
			if (crl) {
				X509_CRL_up_ref(crl);
				*url = urls[i];
				continue;
			}
		}
		free(urls[i]);
	}
	pthread_mutex_unlock(&fetcher->lock);
	return crl;
}
