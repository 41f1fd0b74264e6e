/* SPDX-License-Identifier: MIT */
/* One verifier in many threads; many verifiers at once. */
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "hostkey_fixture.h"

#define THREADS 4
#define ROUNDS 8

static const char *const certificates[] = { "web/ibm.crt", "web/inter_ca.crt" };
static const struct hostkey_trust trust = {
	.certificates = certificates, .certificate_count = 2,
	.root_ca = "web/root_ca.crt", .limits.cache = "shared-cache",
};

/* Counts the verdicts that are not as they should be. */
static size_t verify_rounds(struct hostkey_verifier *verifier)
{
	static const struct {
		const char *file;
		int code;
	} rows[] = {
		{ "web/host.crt", 0 },
		{ "web/host_rev.crt", ERR_AUTH },
		{ "web/host_uri_na.crt", 0 },
		{ "web/host_crt_expired.crt", ERR_AUTH },
	};
	size_t wrong = 0;

	for (size_t i = 0; i < ROUNDS; i++) {
		struct hostkey *key;
		struct error err;
		size_t row = i % 4;

		if (hostkey_load(&key, rows[row].file, NULL, &err) < 0)
			return ROUNDS;
		wrong += hostkey_verify(verifier, key, &err) != rows[row].code;
		hostkey_free(key);
	}
	return wrong;
}

static void *share_verifier(void *context)
{
	return (void *)verify_rounds(context);
}

static void *own_verifier(void *context)
{
	struct hostkey_verifier *verifier;
	struct error err;
	size_t wrong;

	(void)context;
	if (hostkey_verifier_new(&verifier, &trust, NULL, &err) < 0)
		return (void *)ROUNDS;
	wrong = verify_rounds(verifier);
	hostkey_verifier_free(verifier);
	return (void *)wrong;
}

static void run_threads(void *(*body)(void *), void *context)
{
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, body, context), 0);
	for (size_t i = 0; i < THREADS; i++) {
		void *wrong;

		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_int_equal((size_t)wrong, 0);
	}
}

static void many_verifiers_share_a_cache(void **state)
{
	(void)state;
	run_threads(own_verifier, NULL);
}

static void one_verifier_serves_many_threads(void **state)
{
	struct hostkey_trust uncached = trust;
	struct hostkey_verifier *verifier;
	struct error err;

	(void)state;
	uncached.limits.cache = "/proc/nowhere";
	loopback_reset(hostkey_server);
	assert_ok(hostkey_verifier_new(&verifier, &uncached, NULL, &err), &err);
	run_threads(share_verifier, verifier);
	hostkey_verifier_free(verifier);
	/* Two lists of the chain, the documents' and the one that is not there. */
	assert_int_equal(loopback_hits(hostkey_server, NULL), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_verifiers_share_a_cache),
		cmocka_unit_test(one_verifier_serves_many_threads),
	};

	return cmocka_run_group_tests_name("hostkey_threads", tests, hostkey_enter_online,
				      hostkey_leave_online);
}
