/* SPDX-License-Identifier: MIT */
/* Revocation lists over the network, and their cache. */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/key_pem.h"
#include "hostkey/mint.h"
#include "hostkey_fixture.h"

#define DAY ((time_t)86400)
#define CACHE "cache/crl"

/* Each test begins with an empty cache and a well-behaved server. */
static int fresh(void **state)
{
	(void)state;
	pki_remove("cache");
	loopback_reset(hostkey_server);
	return 0;
}

static const struct hostkey_trust online = { .limits.cache = CACHE };
static const struct verification no_lists = { "web", "host.crt", "ibm.crt inter_ca.crt",
					      NULL, "root_ca.crt" };
/* The root's list is published nowhere that its own certificate names. */
static const struct verification chain_lists = {
	"web", "host.crt", "ibm.crt inter_ca.crt", "inter_ca.crl root_ca.crl", "root_ca.crt"
};

static size_t cached_files(void)
{
	DIR *folder = opendir(CACHE);
	size_t count = 0;
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	if (folder)
		closedir(folder);
	return count;
}

/* Changes every file of the cache. */
static void spoil_cache(void (*spoil)(uint8_t *data, size_t size))
{
	DIR *folder = opendir(CACHE);
	struct dirent *entry;

	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		char path[512];
		struct error err;
		uint8_t *data;
		size_t size;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CACHE "/%s", entry->d_name);
		assert_ok(file_read(&data, &size, path, 1 << 20, &err), &err);
		spoil(data, size);
		assert_ok(file_write(path, data, size, OUTFILE_REPLACE, 0600, &err), &err);
		free(data);
	}
	closedir(folder);
}

/* --- Downloads ------------------------------------------------------------- */

static void downloads_what_certificates_name(void **state)
{
	struct hostkey_report report = { 0 };
	struct hostkey_trust trust = online;
	char source[128];
	struct error err;

	(void)state;
	trust.report = &report;
	assert_ok(verify(&no_lists, &trust, NULL, &err), &err);
	assert_int_equal(loopback_hits(hostkey_server, "/root_ca.crl"), 1);
	assert_int_equal(loopback_hits(hostkey_server, "/inter_ca.crl"), 1);
	assert_int_equal(loopback_hits(hostkey_server, "/ibm.crl"), 1);
	assert_int_equal(loopback_hits(hostkey_server, NULL), 3);
	assert_int_equal(report.count, 4);
	snprintf(source, sizeof(source), "%s/ibm.crl", loopback_url(hostkey_server));
	assert_string_equal(report.certificates[3].crls[0].source, source);
	hostkey_report_free(&report);
}

static void offline_asks_for_nothing(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(verify(&no_lists, NULL, NULL, &err), ERR_AUTH);
	assert_says(&err, "unable to get certificate CRL");
	assert_says(&err, "leave out --offline");
	assert_says(&err, "/inter_ca.crl");
	assert_int_equal(loopback_hits(hostkey_server, NULL), 0);
}

static void asks_for_nothing_without_a_good_chain(void **state)
{
	struct verification v = no_lists;
	struct error err;

	(void)state;
	v.root = "fake_root_ca.crt";
	assert_int_equal(verify(&v, &online, NULL, &err), ERR_AUTH);
	v = chain_lists;
	v.document = "fake_host.crt"; /* names /fake_ibm.crl */
	assert_int_equal(verify(&v, &online, NULL, &err), ERR_AUTH);
	assert_int_equal(loopback_hits(hostkey_server, "/fake_ibm.crl"), 0);
	assert_int_equal(loopback_hits(hostkey_server, "/fake_root_ca.crl"), 0);
}

static void tries_every_distribution_point(void **state)
{
	struct verification v = chain_lists;
	struct remarks remarks;
	struct error err;

	(void)state;
	v.document = "host_uri_na.crt";
	remarks_start(&remarks);
	assert_ok(verify(&v, &online, &remarks.log, &err), &err);
	assert_int_equal(loopback_hits(hostkey_server, "/absent.crl"), 1);
	assert_int_equal(loopback_hits(hostkey_server, "/ibm.crl"), 1);
	assert_non_null(strstr(text_chars(&remarks.text), "Cannot download '"));
	assert_non_null(strstr(text_chars(&remarks.text), "404"));
	remarks_end(&remarks);
}

static void passes_over_useless_answers(void **state)
{
	static const struct {
		enum loopback_kind kind;
		const char *value, *remark;
	} rows[] = {
		{ LOOPBACK_STATUS, "500 Internal Server Error", "500" },
		{ LOOPBACK_STATUS, "403 Forbidden", "403" },
		{ LOOPBACK_TEXT, "<html>Please log in</html>", "not in PEM or DER format" },
		{ LOOPBACK_TEXT, "", "not in PEM or DER format" },
		{ LOOPBACK_FILE, "web/host.crt", "holds no revocation list" },
		{ LOOPBACK_FILE, "web/fake_ibm.crl", "names another key" },
		{ LOOPBACK_FILE, "web/ibm_invalid_hash.crl", "signature is not" },
		{ LOOPBACK_FILE, "web/ibm_outdated_late.crl", "no longer valid" },
	};
	struct verification v = chain_lists;

	(void)state;
	v.document = "host_uri_na.crt";
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct remarks remarks;
		struct error err;

		fresh(NULL);
		loopback_set(hostkey_server, "/absent.crl", rows[i].kind, rows[i].value);
		remarks_start(&remarks);
		assert_ok(verify(&v, &online, &remarks.log, &err), &err);
		if (!strstr(text_chars(&remarks.text), rows[i].remark))
			fail_msg("no \"%s\" in %s", rows[i].remark,
				 text_chars(&remarks.text));
		remarks_end(&remarks);
	}
}

/* Verifies with one answer for the document's list, which has to be useless. */
static void assert_useless(enum loopback_kind kind, const char *value,
			   const struct hostkey_trust *trust, const char *remark)
{
	struct remarks remarks;
	struct error err = { 0 };

	fresh(NULL);
	loopback_set(hostkey_server, "/ibm.crl", kind, value);
	remarks_start(&remarks);
	assert_int_equal(verify(&chain_lists, trust, &remarks.log, &err), ERR_AUTH);
	assert_says(&err, "IBM Z signing key: no valid CRL found");
	assert_int_equal(loopback_hits(hostkey_server, "/ibm.crl"), 1);
	if (!strstr(text_chars(&remarks.text), remark))
		fail_msg("no \"%s\" in %s", remark, text_chars(&remarks.text));
	remarks_end(&remarks);
}

static void limits_the_size(void **state)
{
	struct hostkey_trust small = online;

	(void)state;
	assert_useless(LOOPBACK_FLOOD, NULL, &online, "larger than 1048576 bytes");
	small.limits.size = 200;
	assert_useless(LOOPBACK_FILE, "web/ibm.crl", &small, "larger than 200 bytes");
}

static void limits_the_time(void **state)
{
	struct hostkey_trust hasty = online;
	time_t before = time(NULL);

	(void)state;
	hasty.limits.total_ms = 300;
	assert_useless(LOOPBACK_HANG, NULL, &hasty, "Cannot download '");
	assert_true(time(NULL) - before <= 3);
}

static void follows_redirects_to_http_only(void **state)
{
	char file[256], folder[200], elsewhere[128];
	struct error err;

	(void)state;
	assert_non_null(getcwd(folder, sizeof(folder)));
	snprintf(file, sizeof(file), "file://%s/web/ibm.crl", folder);
	assert_useless(LOOPBACK_REDIRECT, file, &online, "Cannot download '");
	assert_useless(LOOPBACK_REDIRECT, "ftp://127.0.0.1/ibm.crl", &online,
		       "Cannot download '");
	snprintf(elsewhere, sizeof(elsewhere), "%s/der.crl", loopback_url(hostkey_server));
	fresh(NULL);
	loopback_set(hostkey_server, "/ibm.crl", LOOPBACK_REDIRECT, elsewhere);
	assert_ok(verify(&chain_lists, &online, NULL, &err), &err);
	assert_int_equal(loopback_hits(hostkey_server, "/der.crl"), 1);
}

static void stops_in_circles(void **state)
{
	struct error err;

	(void)state;
	loopback_set(hostkey_server, "/ibm.crl", LOOPBACK_REDIRECT, "/ibm.crl");
	assert_int_equal(verify(&chain_lists, &online, NULL, &err), ERR_AUTH);
	assert_int_equal(loopback_hits(hostkey_server, "/ibm.crl"), 6);
}

static void refuses_other_schemes(void **state)
{
	struct pki_options options = { 0 };
	struct verification v = chain_lists;
	char folder[200], base[256];
	struct remarks remarks;
	struct error err;

	(void)state;
	assert_non_null(getcwd(folder, sizeof(folder)));
	snprintf(base, sizeof(base), "file://%s/local", folder);
	options.crl_base = base;
	assert_int_equal(mkdir("local", 0700), 0);
	assert_ok(pki_mint("local", &options, &err), &err);
	v.folder = "local";
	remarks_start(&remarks);
	assert_int_equal(verify(&v, &online, &remarks.log, &err), ERR_AUTH);
	assert_says(&err, "no valid CRL found");
	assert_non_null(strstr(text_chars(&remarks.text), "Cannot download 'file://"));
	remarks_end(&remarks);
}

static void a_published_list_revokes_as_well(void **state)
{
	struct verification v = chain_lists;
	struct error err;

	(void)state;
	v.document = "host_rev.crt";
	v.crls = "ibm_empty.crl inter_ca.crl root_ca.crl";
	assert_ok(verify(&v, NULL, NULL, &err), &err); /* offline: not known yet */
	assert_int_equal(verify(&v, &online, NULL, &err), ERR_AUTH);
	assert_says(&err, "certificate revoked");
	assert_says(&err, "/ibm.crl");
}

static void asks_once_for_many_documents(void **state)
{
	static const char *const certificates[] = { "web/ibm.crt", "web/inter_ca.crt" };
	static const char *const documents[] = { "web/host.crt", "web/host2.crt",
						 "web/host_armonk.crt" };
	struct hostkey_trust trust = online;
	struct hostkey_verifier *verifier;
	struct error err;

	(void)state;
	trust.certificates = certificates;
	trust.certificate_count = 2;
	trust.root_ca = "web/root_ca.crt";
	trust.limits.cache = "/proc/nowhere"; /* not even a cache */
	assert_ok(hostkey_verifier_new(&verifier, &trust, NULL, &err), &err);
	for (size_t i = 0; i < 3; i++) {
		struct hostkey *key;

		assert_ok(hostkey_load(&key, documents[i], NULL, &err), &err);
		assert_ok(hostkey_verify(verifier, key, &err), &err);
		hostkey_free(key);
	}
	hostkey_verifier_free(verifier);
	assert_int_equal(loopback_hits(hostkey_server, "/ibm.crl"), 1);
	assert_int_equal(cached_files(), 0);
}

/* --- Cache ----------------------------------------------------------------- */

static void keeps_lists_until_the_next_update(void **state)
{
	struct error err;

	(void)state;
	assert_ok(verify(&no_lists, &online, NULL, &err), &err);
	assert_int_equal(cached_files(), 3);
	assert_int_equal(loopback_hits(hostkey_server, NULL), 3);
	assert_ok(verify(&no_lists, &online, NULL, &err), &err);
	assert_int_equal(loopback_hits(hostkey_server, NULL), 3);
}

static void keeps_them_in_the_cache_folder_of_xdg(void **state)
{
	struct hostkey_trust trust = { 0 };
	struct error err;

	(void)state;
	assert_ok(verify(&no_lists, &trust, NULL, &err), &err);
	assert_int_equal(access("ultraviolet/crl", R_OK), 0);
	loopback_reset(hostkey_server);
	assert_ok(verify(&no_lists, &trust, NULL, &err), &err);
	assert_int_equal(loopback_hits(hostkey_server, NULL), 0);
	pki_remove("ultraviolet");
}

static void write_short_list(const char *file, int days)
{
	struct error err;
	struct mint_crl order = { .next_update = time(NULL) + days * DAY };
	X509_CRL *crl;

	assert_ok(mint_read_certificate(&order.issuer, "web/ibm.crt", &err), &err);
	assert_ok(key_pem_read(&order.issuer_key, "web/ibm.key", &err), &err);
	assert_ok(mint_crl(&crl, &order, &err), &err);
	assert_ok(mint_write_crl(file, crl, MINT_DER, OUTFILE_REPLACE, &err), &err);
	X509_CRL_free(crl);
	X509_free(order.issuer);
	EVP_PKEY_free(order.issuer_key);
}

static void fetches_anew_after_the_next_update(void **state)
{
	struct hostkey_trust later = online;
	struct error err;

	(void)state;
	write_short_list("web/short.crl", 2);
	later.now = time(NULL) + 3 * DAY;
	loopback_set(hostkey_server, "/ibm.crl", LOOPBACK_FILE, "web/short.crl");
	assert_ok(verify(&chain_lists, &online, NULL, &err), &err);
	assert_ok(verify(&chain_lists, &online, NULL, &err), &err);
	assert_int_equal(loopback_hits(hostkey_server, "/ibm.crl"), 1);
	/* Nothing newer is published: the old one does not do. */
	assert_int_equal(verify(&chain_lists, &later, NULL, &err), ERR_AUTH);
	assert_int_equal(loopback_hits(hostkey_server, "/ibm.crl"), 2);
	loopback_reset(hostkey_server);
	assert_ok(verify(&chain_lists, &later, NULL, &err), &err);
	assert_int_equal(loopback_hits(hostkey_server, "/ibm.crl"), 1);
	assert_ok(verify(&chain_lists, &later, NULL, &err), &err);
	assert_int_equal(loopback_hits(hostkey_server, "/ibm.crl"), 1);
}

static void to_garbage(uint8_t *data, size_t size)
{
	memset(data, 'x', size);
}

/* The list stays well-formed; its signature does not fit any more. */
static void to_forgery(uint8_t *data, size_t size)
{
	data[size - 1] ^= 1;
}

static void distrusts_the_cache(void **state)
{
	void (*const spoilers[])(uint8_t *, size_t) = { to_garbage, to_forgery };
	struct error err;

	(void)state;
	assert_ok(verify(&no_lists, &online, NULL, &err), &err);
	for (size_t i = 0; i < 2; i++) {
		loopback_reset(hostkey_server);
		spoil_cache(spoilers[i]);
		assert_ok(verify(&no_lists, &online, NULL, &err), &err);
		assert_int_equal(loopback_hits(hostkey_server, NULL), 3);
		/* And what replaced it is good again. */
		assert_ok(verify(&no_lists, &online, NULL, &err), &err);
		assert_int_equal(loopback_hits(hostkey_server, NULL), 3);
	}
}

static void never_keeps_useless_lists(void **state)
{
	struct error err;

	(void)state;
	loopback_set(hostkey_server, "/ibm.crl", LOOPBACK_FILE, "web/fake_ibm.crl");
	assert_int_equal(verify(&chain_lists, &online, NULL, &err), ERR_AUTH);
	assert_int_equal(cached_files(), 2); /* the chain's */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(downloads_what_certificates_name, fresh),
		cmocka_unit_test_setup(offline_asks_for_nothing, fresh),
		cmocka_unit_test_setup(asks_for_nothing_without_a_good_chain, fresh),
		cmocka_unit_test_setup(tries_every_distribution_point, fresh),
		cmocka_unit_test_setup(passes_over_useless_answers, fresh),
		cmocka_unit_test_setup(limits_the_size, fresh),
		cmocka_unit_test_setup(limits_the_time, fresh),
		cmocka_unit_test_setup(follows_redirects_to_http_only, fresh),
		cmocka_unit_test_setup(stops_in_circles, fresh),
		cmocka_unit_test_setup(refuses_other_schemes, fresh),
		cmocka_unit_test_setup(a_published_list_revokes_as_well, fresh),
		cmocka_unit_test_setup(asks_once_for_many_documents, fresh),
		cmocka_unit_test_setup(keeps_lists_until_the_next_update, fresh),
		cmocka_unit_test_setup(keeps_them_in_the_cache_folder_of_xdg, fresh),
		cmocka_unit_test_setup(fetches_anew_after_the_next_update, fresh),
		cmocka_unit_test_setup(distrusts_the_cache, fresh),
		cmocka_unit_test_setup(never_keeps_useless_lists, fresh),
	};

	return cmocka_run_group_tests_name("hostkey_fetch", tests, hostkey_enter_online,
				      hostkey_leave_online);
}
