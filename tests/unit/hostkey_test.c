/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "hostkey_fixture.h"

#define CHAIN "ibm.crt inter_ca.crt"
#define CRLS "ibm.crl inter_ca.crl root_ca.crl"
#define CHAIN_CRLS "inter_ca.crl root_ca.crl"
#define NO_ISSUER \
	"no IBM Z signing key that issued this host-key document found"
#define DAY ((time_t)86400)

/* --- The table of outcomes ------------------------------------------------- */

/* Which sets of certificates have the files of a row. */
enum { OURS = 1, THEIRS = 2, BOTH = OURS | THEIRS };

struct outcome {
	int sets;
	const char *document, *certificates, *crls, *root;
	int code;                  /* 0 = accepted */
	const char *fragments[3];  /* of the error */
};

static const struct outcome outcomes[] = {
	{ BOTH, "host.crt", CHAIN, CRLS, "root_ca.crt", 0, { NULL } },
	{ BOTH, "host2.crt", CHAIN, CRLS, "root_ca.crt", 0, { NULL } },
	{ OURS, "host.der", CHAIN, CRLS, "root_ca.crt", 0, { NULL } },
	{ BOTH, "host_uri_na.crt", CHAIN, CRLS, "root_ca.crt", 0, { NULL } },
	{ OURS, "host_no_akid.crt", CHAIN, CRLS, "root_ca.crt", 0, { NULL } },
	/* Localities and orders of names that do not agree. */
	{ BOTH, "host.crt", "ibm_armonk.crt inter_ca.crt", CRLS, "root_ca.crt", 0, { NULL } },
	{ BOTH, "host_armonk.crt", CHAIN, CRLS, "root_ca.crt", 0, { NULL } },
	{ BOTH, "host_armonk.crt", "ibm_armonk.crt inter_ca.crt",
	  "ibm_armonk.crl " CHAIN_CRLS, "root_ca.crt", 0, { NULL } },
	{ OURS, "host.crt", CHAIN, "ibm_reordered.crl " CHAIN_CRLS, "root_ca.crt", 0, { NULL } },
	{ OURS, "host.crt", "ibm_armonk.crt inter_ca.crt", "ibm_reordered.crl " CHAIN_CRLS,
	  "root_ca.crt", 0, { NULL } },
	{ OURS, "host_rev.crt", CHAIN, "ibm_reordered.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "certificate revoked" } },
	{ OURS, "host_rev.crt", "ibm_armonk.crt inter_ca.crt",
	  "ibm_reordered.crl " CHAIN_CRLS, "root_ca.crt", ERR_AUTH, { "certificate revoked" } },
	{ OURS, "host_other_issuer_name.crt", CHAIN, CRLS, "root_ca.crt", 0, { NULL } },
	/* Files in other orders, forms and combinations. */
	{ BOTH, "host.crt", "inter_ca.crt ibm.crt", "root_ca.crl inter_ca.crl ibm.crl",
	  "root_ca.crt", 0, { NULL } },
	{ BOTH, "host.crt", "root_ca.crt ibm.crt fake_inter_ca.crt inter_ca.crt", CRLS,
	  "root_ca.crt", 0, { NULL } },
	{ OURS, "host.crt", "ibm.crt inter_ca.der", "der.crl " CHAIN_CRLS, "root_ca.der", 0,
	  { NULL } },
	{ BOTH, "host.crt", "der.crt inter_ca.crt", "der.crl " CHAIN_CRLS, "root_ca.crt", 0,
	  { NULL } },
	{ OURS, "host.crt", "bundle.crt", "all.crl", "roots.crt", 0, { NULL } },
	{ OURS, "host.crt", "bundle.crt ibm.crt", "all.crl", "root_ca.crt", 0, { NULL } },
	{ BOTH, "host.crt", "ibm.chained.crt inter_ca.chained.crt", "root_ca.crl",
	  "root_ca.crt", 0, { NULL } },
	{ BOTH, "host.crt", "ibm.chained.crt inter_ca.chained.crt", NULL,
	  "root_ca.chained.crt", 0, { NULL } },
	/* The document. */
	{ BOTH, "host_rev.crt", CHAIN, CRLS, "root_ca.crt", ERR_AUTH,
	  { "Failed to verify host-key document: '", "certificate revoked",
	    "Host-key document is revoked." } },
	{ OURS, "host_rev.crt", CHAIN, "ibm_empty.crl " CRLS, "root_ca.crt", ERR_AUTH,
	  { "certificate revoked" } },
	{ BOTH, "host_crt_expired.crt", CHAIN, CRLS, "root_ca.crt", ERR_AUTH,
	  { "validity period is not valid", "After validity period",
	    "host-key-documents.html" } },
	{ OURS, "host_not_yet.crt", CHAIN, CRLS, "root_ca.crt", ERR_AUTH,
	  { "validity period is not valid", "Before validity period", "clock" } },
	{ BOTH, "host_invalid_signing_key.crt", CHAIN, CRLS, "root_ca.crt", ERR_AUTH,
	  { NO_ISSUER, "Host-key verification failed: ", "secure-execution-gen2.html" } },
	{ OURS, "host_invalid_signing_key.crt", CHAIN, CRLS, "root_ca.crt", ERR_AUTH,
	  { "Signature verification failed" } },
	{ BOTH, "fake_host.crt", CHAIN, CRLS, "root_ca.crt", ERR_AUTH,
	  { NO_ISSUER, "Authority Key Id mismatch" } },
	{ OURS, "host_sha1.crt", CHAIN, CRLS, "root_ca.crt", ERR_AUTH,
	  { "Not enough bits of security. (", "112 expected" } },
	/* The signing key. */
	{ BOTH, "host.crt", "ibm_wrong_subject.crt inter_ca.crt", CRLS, "root_ca.crt",
	  ERR_INVALID, { "Specify one IBM Z signing key" } },
	{ OURS, "host.crt", "ibm_wrong_subject.crt inter_ca.crt", CRLS, "root_ca.crt",
	  ERR_INVALID, { "neither Poughkeepsie nor Armonk", "exactly six" } },
	{ BOTH, "host.crt", "inter_ca.crt", CRLS, "root_ca.crt", ERR_INVALID,
	  { "Specify one IBM Z signing key" } },
	{ BOTH, "host.crt", "ibm.crt ibm_armonk.crt inter_ca.crt", CRLS, "root_ca.crt",
	  ERR_INVALID, { "Specify only one IBM Z signing key" } },
	{ BOTH, "host.crt", "ibm_rev.crt inter_ca.crt", CRLS, "root_ca.crt", ERR_AUTH,
	  { "The IBM Z signing key could not be verified. Error occurred at level 0",
	    "certificate revoked", "failed to verify certificate '" } },
	{ BOTH, "host.crt", "ibm_expired.crt inter_ca.crt", CRLS, "root_ca.crt", ERR_AUTH,
	  { "The IBM Z signing key could not be verified.", "certificate has expired" } },
	/* The chain. */
	{ BOTH, "host.crt", "ibm.crt", CRLS, "root_ca.crt", ERR_AUTH,
	  { "unable to get local issuer certificate", "--cert" } },
	{ BOTH, "host.crt", CHAIN, CRLS, "fake_root_ca.crt", ERR_AUTH,
	  { "The IBM Z signing key could not be verified." } },
	{ BOTH, "host.crt", "ibm.crt fake_inter_ca.crt", CRLS, "root_ca.crt", ERR_AUTH,
	  { "The IBM Z signing key could not be verified." } },
	{ BOTH, "fake_host.crt", "fake_ibm.crt fake_inter_ca.crt",
	  "fake_ibm.crl fake_inter_ca.crl fake_root_ca.crl", "root_ca.crt", ERR_AUTH,
	  { "The IBM Z signing key could not be verified." } },
	{ BOTH, "host.crt", CHAIN, CRLS, NULL, ERR_AUTH,
	  { "unable to get local issuer certificate", "--root-ca" } },
	{ OURS, "host.crt", "ibm_self_signed.crt", CRLS, "ibm_self_signed.crt", ERR_AUTH,
	  { "The IBM Z signing key could not be verified." } },
	/* Revocation lists of the authorities. */
	{ BOTH, "host.crt", CHAIN, "ibm.crl inter_ca.crl", "root_ca.crt", ERR_AUTH,
	  { "unable to get certificate CRL", "--crl", "--offline" } },
	{ BOTH, "host.crt", CHAIN, "ibm.crl root_ca.crl", "root_ca.crt", ERR_AUTH,
	  { "level 0: unable to get certificate CRL" } },
	{ BOTH, "host.crt", CHAIN, "ibm.crl root_ca.crl inter_ca.invalid_date.crl",
	  "root_ca.crt", ERR_AUTH, { "CRL has expired" } },
	{ BOTH, "host.crt", CHAIN, "ibm.crl root_ca.crl inter_ca.invalid_signer.crl",
	  "root_ca.crt", ERR_AUTH, { "The IBM Z signing key could not be verified." } },
	{ OURS, "host.crt", CHAIN, "ibm.crl root_ca.crl inter_ca.invalid_signer.crl",
	  "root_ca.crt", ERR_AUTH, { "CRL signature failure" } },
	/* The revocation list of host keys. */
	{ BOTH, "host.crt", CHAIN, CHAIN_CRLS, "root_ca.crt", ERR_AUTH,
	  { "IBM Z signing key: no valid CRL found", "No valid CRL found", "--crl" } },
	{ BOTH, "host.crt", CHAIN, "ibm_invalid_hash.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "No valid CRL found", "its signature is not the issuer's" } },
	{ BOTH, "host.crt", CHAIN, "ibm_outdated_early.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "No valid CRL found", "it is not yet valid" } },
	{ BOTH, "host.crt", CHAIN, "ibm_outdated_late.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "No valid CRL found", "it is no longer valid" } },
	{ OURS, "host.crt", CHAIN, "ibm_endless.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "No valid CRL found", "until when" } },
	{ OURS, "host.crt", CHAIN, "ibm_sha1.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "No valid CRL found", "weak digest" } },
	{ OURS, "host.crt", CHAIN, "ibm_partial.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "No valid CRL found", "not a complete list" } },
	{ OURS, "host.crt", CHAIN, "ibm_delta.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "No valid CRL found", "not a complete list" } },
	{ OURS, "host.crt", CHAIN, "ibm_wrong_issuer.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "No valid CRL found" } },
	/* There it pretends to be the intermediate CA's. */
	{ THEIRS, "host.crt", CHAIN, "ibm_wrong_issuer.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "The IBM Z signing key could not be verified." } },
	{ BOTH, "host.crt", CHAIN, "fake_ibm.crl " CHAIN_CRLS, "root_ca.crt",
	  ERR_AUTH, { "No valid CRL found", "another key" } },
	{ BOTH, "host.crt", CHAIN, "ibm_outdated_late.crl ibm.crl " CHAIN_CRLS,
	  "root_ca.crt", 0, { NULL } },
	/* Files that are not what they should be. */
	{ BOTH, "absent.crt", CHAIN, CRLS, "root_ca.crt", ERR_IO, { "absent.crt" } },
	{ BOTH, "ibm.crl", CHAIN, CRLS, "root_ca.crt", ERR_FORMAT,
	  { "contains no certificate!" } },
	{ OURS, "empty.crt", CHAIN, CRLS, "root_ca.crt", ERR_FORMAT,
	  { "is not in PEM or DER format" } },
	{ OURS, "garbage.crt", CHAIN, CRLS, "root_ca.crt", ERR_FORMAT,
	  { "is not in PEM or DER format" } },
	{ OURS, "damaged.crt", CHAIN, CRLS, "root_ca.crt", ERR_FORMAT, { "PEM block" } },
	{ BOTH, "ibm.crt", CHAIN, CRLS, "root_ca.crt", ERR_UNSUPPORTED, { "RSA" } },
	{ BOTH, "host.crt", "ibm.crt absent.crt", CRLS, "root_ca.crt", ERR_IO,
	  { "Cannot load the certificate" } },
	{ BOTH, "host.crt", "ibm.crt inter_ca.crl", CRLS, "root_ca.crt", ERR_FORMAT,
	  { "contains no certificate" } },
	{ BOTH, "host.crt", CHAIN, "ibm.crl inter_ca.crt", "root_ca.crt", ERR_FORMAT,
	  { "Cannot load CRL from '", "contains no CRL" } },
	{ BOTH, "host.crt", CHAIN, CRLS, "root_ca.crl", ERR_FORMAT,
	  { "contains no certificate" } },
	{ BOTH, "host.crt", CHAIN, CRLS, "absent.crt", ERR_IO,
	  { "Cannot load the root CA" } },
};

static void print_row(const struct outcome *row)
{
	print_message("# %s with -C %s --crl %s --root-ca %s\n", row->document,
		      row->certificates, row->crls, row->root);
}

static void check_outcomes(const char *folder, int set)
{
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(*outcomes); i++) {
		const struct outcome *row = &outcomes[i];
		struct verification v = { folder, row->document, row->certificates,
					  row->crls, row->root };
		struct error err = { 0 };
		int rc;

		if (!(row->sets & set))
			continue;
		rc = verify(&v, NULL, NULL, &err);
		if (rc != row->code) {
			print_row(row);
			fail_msg("%d instead of %d: %s: %s", rc, row->code,
				 err.message, err.cause);
		}
		for (size_t n = 0; n < 3 && row->fragments[n]; n++)
			assert_says(&err, row->fragments[n]);
	}
}

static void outcomes_on_minted_set(void **state)
{
	(void)state;
	check_outcomes("pki", OURS);
}

/* The certificates that IBM's tools are tested with; valid from 2024 to 2388. */
static void outcomes_on_ibm_set(void **state)
{
	static const char archive[] =
		UV_SOURCE_ROOT "/../shared/fixtures/s390-tools-assets.tar.gz";

	(void)state;
	if (access(archive, R_OK) < 0) {
		print_message("# skipped: there is no %s\n", archive);
		skip();
	}
	assert_int_equal(system("tar -xzf '" UV_SOURCE_ROOT
				"/../shared/fixtures/s390-tools-assets.tar.gz'"), 0);
	check_outcomes("s390-tools/rust/pv/tests/assets/cert", THEIRS);
}

/* --- One document ---------------------------------------------------------- */

static void loads_pem_and_der_alike(void **state)
{
	struct hostkey *pem, *der;
	struct error err;

	(void)state;
	assert_ok(hostkey_load(&pem, "pki/host.crt", NULL, &err), &err);
	assert_ok(hostkey_load(&der, "pki/host.der", NULL, &err), &err);
	assert_string_equal(pem->file, "pki/host.crt");
	assert_memory_equal(pem->phkh, der->phkh, PHKH_SIZE);
	assert_int_equal(EVP_PKEY_eq(pem->key, der->key), 1);
	hostkey_free(pem);
	hostkey_free(der);
}

static void takes_the_first_of_several(void **state)
{
	struct hostkey *first, *both, *many;
	struct remarks remarks;
	struct error err;

	(void)state;
	remarks_start(&remarks);
	assert_ok(hostkey_load(&first, "pki/host.crt", &remarks.log, &err), &err);
	assert_string_equal(text_chars(&remarks.text), "");
	assert_ok(hostkey_load(&both, "pki/two_hosts.crt", &remarks.log, &err), &err);
	assert_non_null(strstr(text_chars(&remarks.text),
			       "'pki/two_hosts.crt' contains more than one certificate!"));
	assert_memory_equal(first->phkh, both->phkh, PHKH_SIZE);
	assert_ok(hostkey_load(&many, "pki/many_hosts.crt", &remarks.log, &err), &err);
	assert_non_null(strstr(text_chars(&remarks.text), "Only the first of 96 is used."));
	assert_memory_equal(first->phkh, many->phkh, PHKH_SIZE);
	hostkey_free(first);
	hostkey_free(both);
	hostkey_free(many);
	remarks_end(&remarks);
}

static void refuses_other_keys(void **state)
{
	static const struct {
		const char *file;
		int code;
		const char *says;
	} rows[] = {
		{ "pki/host_p384.crt", ERR_UNSUPPORTED, "P-521" },
		{ "pki/host_rsa.crt", ERR_UNSUPPORTED, "RSA" },
		{ "pki/host_off_curve.crt", ERR_FORMAT, "no point of its curve" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct error err = { 0 };
		struct hostkey *key;

		assert_int_equal(hostkey_load(&key, rows[i].file, NULL, &err), rows[i].code);
		assert_null(key);
		assert_says(&err, rows[i].says);
		assert_says(&err, rows[i].file);
		assert_true(err.hint[0]);
	}
}

static void remarks_bytes_behind_der(void **state)
{
	struct remarks remarks;
	struct hostkey *key;
	struct error err;
	uint8_t *der, *longer;
	size_t size;

	(void)state;
	assert_ok(file_read(&der, &size, "pki/host.der", 1 << 16, &err), &err);
	longer = calloc(1, size + 3);
	assert_non_null(longer);
	memcpy(longer, der, size);
	remarks_start(&remarks);
	assert_ok(hostkey_parse(&key, longer, size + 3, "x", &remarks.log, &err), &err);
	assert_non_null(strstr(text_chars(&remarks.text), "3 bytes"));
	hostkey_free(key);
	/* Cut short it is no certificate at any length. */
	for (size_t cut = 0; cut < size; cut += 7)
		assert_int_equal(hostkey_parse(&key, der, cut, "x", NULL, &err), ERR_FORMAT);
	remarks_end(&remarks);
	free(longer);
	free(der);
}

static void knows_ibm_issuers(void **state)
{
	struct hostkey *ibm, *other;
	struct error err;

	(void)state;
	assert_ok(hostkey_load(&ibm, "pki/host_armonk.crt", NULL, &err), &err);
	assert_ok(hostkey_load(&other, "pki/host_other_issuer_name.crt", NULL, &err), &err);
	assert_true(hostkey_names_ibm(ibm));
	assert_false(hostkey_names_ibm(other));
	hostkey_free(ibm);
	hostkey_free(other);
}

/* --- Trust ----------------------------------------------------------------- */

static const struct verification good = { "pki", "host.crt", CHAIN, CRLS, "root_ca.crt" };
static const struct verification by_system = { "pki", "host.crt", CHAIN, CRLS, NULL };

static void remarks_foreign_issuer_name(void **state)
{
	struct verification v = good;
	struct remarks remarks;
	struct error err;

	(void)state;
	remarks_start(&remarks);
	v.document = "host_armonk.crt";
	assert_ok(verify(&v, NULL, &remarks.log, &err), &err);
	assert_null(strstr(text_chars(&remarks.text), "issuer's name"));
	v.document = "host_other_issuer_name.crt";
	assert_ok(verify(&v, NULL, &remarks.log, &err), &err);
	assert_non_null(strstr(text_chars(&remarks.text), "issuer's name is not"));
	remarks_end(&remarks);
}

static void honours_ssl_cert_file(void **state)
{
	struct remarks remarks;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(verify(&by_system, NULL, NULL, &err), ERR_AUTH);
	setenv("SSL_CERT_FILE", "pki/root_ca.crt", 1);
	assert_ok(verify(&by_system, NULL, NULL, &err), &err);
	setenv("SSL_CERT_FILE", "pki/fake_root_ca.crt", 1);
	assert_int_equal(verify(&by_system, NULL, NULL, &err), ERR_AUTH);
	setenv("SSL_CERT_FILE", "pki/absent.crt", 1);
	remarks_start(&remarks);
	assert_int_equal(verify(&by_system, NULL, &remarks.log, &err), ERR_AUTH);
	assert_non_null(strstr(text_chars(&remarks.text), "'pki/absent.crt' cannot be read"));
	remarks_end(&remarks);
	/* An explicit root counts alone. */
	assert_ok(verify(&good, NULL, NULL, &err), &err);
	unsetenv("SSL_CERT_FILE");
}

static void honours_ssl_cert_dir(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(system("mkdir certs && cp pki/root_ca.crt certs && "
				"openssl rehash certs"), 0);
	setenv("SSL_CERT_DIR", "certs", 1);
	assert_ok(verify(&by_system, NULL, NULL, &err), &err);
	unsetenv("SSL_CERT_DIR");
}

static void judges_as_of_another_time(void **state)
{
	struct hostkey_trust trust = { .offline = true };
	struct verification v = good;
	struct error err;

	(void)state;
	/* Everything minted is valid from a day before it was. */
	trust.now = time(NULL) - 2 * DAY;
	assert_int_equal(verify(&v, &trust, NULL, &err), ERR_AUTH);
	assert_says(&err, "not yet valid");
	assert_says(&err, "clock");
	trust.now = time(NULL) + 40 * DAY;
	v.document = "host_not_yet.crt";
	assert_ok(verify(&v, &trust, NULL, &err), &err);
}

static void believes_a_signing_key_without_chain(void **state)
{
	struct verification v = { "pki", "host.crt", "ibm.crt", "ibm.crl", NULL };
	struct hostkey_trust trust = { .offline = true, .no_chain = true };
	struct error err;

	(void)state;
	assert_ok(verify(&v, &trust, NULL, &err), &err);
	v.document = "fake_host.crt";
	assert_int_equal(verify(&v, &trust, NULL, &err), ERR_AUTH);
	assert_says(&err, NO_ISSUER);
}

static void takes_a_named_signing_key(void **state)
{
	struct verification v = { "pki", "host.crt", "inter_ca.crt",
				  "ibm_wrong_subject.crl " CHAIN_CRLS, "root_ca.crt" };
	struct hostkey_trust trust = { .offline = true,
				       .signing_key = "pki/ibm_wrong_subject.crt" };
	struct error err;

	(void)state;
	assert_ok(verify(&v, &trust, NULL, &err), &err);
	trust.signing_key = "pki/fake_ibm.crt";
	assert_int_equal(verify(&v, &trust, NULL, &err), ERR_AUTH);
	trust.signing_key = "pki/ibm.crl";
	assert_int_equal(verify(&v, &trust, NULL, &err), ERR_FORMAT);
}

/* --- The report ------------------------------------------------------------ */

static void reports_the_whole_chain(void **state)
{
	static const enum hostkey_role roles[] = {
		HOSTKEY_ROOT, HOSTKEY_INTERMEDIATE, HOSTKEY_SIGNING_KEY, HOSTKEY_DOCUMENT,
	};
	static const char *const sources[] = {
		"pki/root_ca.crt", "pki/inter_ca.crt", "pki/ibm.crt", "pki/host.crt",
	};
	static const char *const lists[] = {
		"pki/root_ca.crl", "pki/root_ca.crl", "pki/inter_ca.crl", "pki/ibm.crl",
	};
	struct hostkey_report report = { 0 };
	struct hostkey_trust trust = { .offline = true, .report = &report };
	struct error err;

	(void)state;
	assert_ok(verify(&good, &trust, NULL, &err), &err);
	assert_int_equal(report.count, 4);
	for (size_t i = 0; i < report.count; i++) {
		const struct hostkey_report_certificate *c = &report.certificates[i];

		assert_int_equal(c->role, roles[i]);
		assert_int_equal(c->verdict, HOSTKEY_TRUSTED);
		assert_string_equal(c->source, sources[i]);
		assert_string_equal(c->problem, "");
		assert_true(c->not_before < time(NULL) && c->not_after > time(NULL));
		assert_int_equal(c->crl_count, 1);
		assert_string_equal(c->crls[0].source, lists[i]);
		assert_true(c->crls[0].usable);
	}
	assert_int_equal(report.certificates[3].crls[0].revoked, 2);
	hostkey_report_free(&report);
}

static void reports_every_problem_of_a_chain(void **state)
{
	struct hostkey_report report = { 0 };
	struct hostkey_trust trust = { .offline = true, .report = &report };
	struct verification v = good;
	struct error err;

	(void)state;
	v.crls = "ibm.crl inter_ca.invalid_signer.crl";
	assert_int_equal(verify(&v, &trust, NULL, &err), ERR_AUTH);
	assert_int_equal(report.count, 3);
	assert_string_equal(report.certificates[0].problem, "unable to get certificate CRL");
	assert_string_equal(report.certificates[1].problem, "unable to get certificate CRL");
	assert_string_equal(report.certificates[2].problem, "CRL signature failure");
	assert_false(report.certificates[2].crls[0].usable);
	for (size_t i = 0; i < report.count; i++)
		assert_int_equal(report.certificates[i].verdict, HOSTKEY_REJECTED);
	hostkey_report_free(&report);
}

static void reports_a_broken_chain(void **state)
{
	struct hostkey_report report = { 0 };
	struct hostkey_trust trust = { .offline = true, .report = &report };
	struct verification v = good;
	struct error err;

	(void)state;
	v.certificates = "ibm.crt";
	assert_int_equal(verify(&v, &trust, NULL, &err), ERR_AUTH);
	assert_int_equal(report.count, 1);
	assert_int_equal(report.certificates[0].role, HOSTKEY_SIGNING_KEY);
	assert_int_equal(report.certificates[0].verdict, HOSTKEY_REJECTED);
	assert_string_equal(report.certificates[0].problem,
			    "unable to get local issuer certificate");
	hostkey_report_free(&report);
}

static void reports_why_a_document_is_refused(void **state)
{
	struct hostkey_report report = { 0 };
	struct hostkey_trust trust = { .offline = true, .report = &report };
	struct verification v = good;
	struct error err;

	(void)state;
	v.document = "host_rev.crt";
	assert_int_equal(verify(&v, &trust, NULL, &err), ERR_AUTH);
	assert_int_equal(report.count, 4);
	assert_int_equal(report.certificates[2].verdict, HOSTKEY_TRUSTED);
	assert_int_equal(report.certificates[3].verdict, HOSTKEY_REJECTED);
	assert_non_null(strstr(report.certificates[3].problem, "is revoked"));
	hostkey_report_free(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes_on_minted_set),
		cmocka_unit_test(outcomes_on_ibm_set),
		cmocka_unit_test(loads_pem_and_der_alike),
		cmocka_unit_test(takes_the_first_of_several),
		cmocka_unit_test(refuses_other_keys),
		cmocka_unit_test(remarks_bytes_behind_der),
		cmocka_unit_test(knows_ibm_issuers),
		cmocka_unit_test(remarks_foreign_issuer_name),
		cmocka_unit_test(honours_ssl_cert_file),
		cmocka_unit_test(honours_ssl_cert_dir),
		cmocka_unit_test(judges_as_of_another_time),
		cmocka_unit_test(believes_a_signing_key_without_chain),
		cmocka_unit_test(takes_a_named_signing_key),
		cmocka_unit_test(reports_the_whole_chain),
		cmocka_unit_test(reports_every_problem_of_a_chain),
		cmocka_unit_test(reports_a_broken_chain),
		cmocka_unit_test(reports_why_a_document_is_refused),
	};

	return cmocka_run_group_tests_name("hostkey", tests, hostkey_enter, hostkey_leave);
}
