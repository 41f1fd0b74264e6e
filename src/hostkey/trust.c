/* SPDX-License-Identifier: MIT */
/* From file names to a store, untrusted certificates and the signing key. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "hostkey/remedy.h"
#include "hostkey/signing_key.h"
#include "hostkey/verifier.h"

static int out_of_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

/* Files all CRLs from item @from on into the store; *@count says how many. */
static int store_crls(struct hostkey_verifier *v, size_t from, size_t *count,
		      struct error *err)
{
	*count = 0;
	for (size_t i = from; i < v->seen.count; i++) {
		X509_CRL *crl = v->seen.items[i].crl;

		if (!crl)
			continue;
		if (X509_STORE_add_crl(v->store, crl) != 1)
			return out_of_memory(err);
		(*count)++;
	}
	return 0;
}

static int no_certificate(const char *file, struct error *err)
{
	return error_set(err, ERR_FORMAT, "'%s' contains no certificate", file);
}

static int load_root_file(struct hostkey_verifier *v, const char *file,
			  struct error *err)
{
	size_t from = v->seen.count, crls, certificates = 0;
	int rc = pki_read(&v->seen, file, v->log, err);

	if (rc < 0)
		return error_wrap(err, rc, "Cannot load the root CA");
	for (size_t i = from; i < v->seen.count; i++) {
		X509 *certificate = v->seen.items[i].certificate;

		if (!certificate)
			continue;
		if (X509_STORE_add_cert(v->store, certificate) != 1)
			return out_of_memory(err);
		certificates++;
	}
	if (certificates == 0)
		return no_certificate(file, err);
	return store_crls(v, from, &crls, err);
}

/* OpenSSL says nothing about a SSL_CERT_FILE that it cannot read. */
static void remark_environment(const struct log *log)
{
	static const char *const variables[] = { "SSL_CERT_FILE", "SSL_CERT_DIR" };

	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		const char *value = secure_getenv(variables[i]);

		if (!value)
			continue;
		log_debug(log, "Trust anchors come from %s=%s", variables[i], value);
		if (!strchr(value, ':') && access(value, R_OK) != 0)
			log_warn(log, "%s: '%s' cannot be read", variables[i], value);
	}
}

static int load_anchors(struct hostkey_verifier *v,
			const struct hostkey_trust *trust, struct error *err)
{
	if (trust->root_ca)
		return load_root_file(v, trust->root_ca, err);
	remark_environment(v->log);
	if (X509_STORE_set_default_paths(v->store) != 1)
		return out_of_memory(err);
	return 0;
}

static int load_crl_file(struct hostkey_verifier *v, const char *file,
			 struct error *err)
{
	size_t from = v->seen.count, count;
	int rc = pki_read(&v->seen, file, v->log, err);

	if (rc == 0)
		rc = store_crls(v, from, &count, err);
	if (rc == 0 && count == 0)
		rc = error_set(err, ERR_FORMAT, "'%s' contains no CRL", file);
	return rc < 0 ? error_wrap(err, rc, "Cannot load CRL from '%s'", file) : 0;
}

/* Makes @certificate the signing key, unless that is another one already. */
static int take_signing_key(struct hostkey_verifier *v, X509 *certificate,
			    struct error *err)
{
	if (v->signing_key && X509_cmp(v->signing_key, certificate) != 0) {
		error_set(err, ERR_INVALID, "'%s' and '%s' hold one each",
			  pki_certificate_source(&v->seen, v->signing_key),
			  pki_certificate_source(&v->seen, certificate));
		return error_wrap(err, ERR_INVALID,
				  "Specify only one IBM Z signing key");
	}
	v->signing_key = certificate;
	return 0;
}

/* Sorts one certificate of a --cert file; reasons against it go to @misses. */
static int sort_certificate(struct hostkey_verifier *v, X509 *certificate,
			    bool named, const char *file, struct text *misses,
			    struct error *err)
{
	const char *mismatch;

	if (named) {
		mismatch = signing_key_mismatch(X509_get_subject_name(certificate));
		if (!mismatch)
			return take_signing_key(v, certificate, err);
		text_addf(misses, "%s'%s': %s", misses->length ? "; " : "", file,
			  mismatch);
	}
	return sk_X509_push(v->untrusted, certificate) > 0 ? 0 : out_of_memory(err);
}

static int load_certificate_file(struct hostkey_verifier *v, const char *file,
				 bool named, struct text *misses,
				 struct error *err)
{
	size_t from = v->seen.count, count = 0, crls;
	int rc = pki_read(&v->seen, file, v->log, err);

	if (rc < 0)
		return error_wrap(err, rc, "Cannot load the certificate '%s'", file);
	for (size_t i = from; i < v->seen.count && rc == 0; i++) {
		X509 *certificate = v->seen.items[i].certificate;

		if (!certificate)
			continue;
		rc = sort_certificate(v, certificate, named, file, misses, err);
		count++;
	}
	if (rc == 0 && count == 0)
		rc = no_certificate(file, err);
	return rc < 0 ? rc : store_crls(v, from, &crls, err);
}

/* The signing key is the first certificate of a file, the rest may help. */
static int load_signing_key_file(struct hostkey_verifier *v, const char *file,
				 struct error *err)
{
	size_t from = v->seen.count;
	int rc = load_certificate_file(v, file, false, NULL, err);

	for (size_t i = from; rc == 0 && !v->signing_key; i++)
		v->signing_key = v->seen.items[i].certificate;
	return rc;
}

static int find_signing_key(struct hostkey_verifier *v,
			    const struct hostkey_trust *trust, struct error *err)
{
	bool named = !trust->signing_key;
	struct text misses = { 0 };
	int rc = 0;

	for (size_t i = 0; i < trust->certificate_count && rc == 0; i++)
		rc = load_certificate_file(v, trust->certificates[i], named,
					   &misses, err);
	if (rc == 0 && !named)
		rc = load_signing_key_file(v, trust->signing_key, err);
	if (rc == 0 && !v->signing_key) {
		error_set(err, ERR_INVALID, "None of the certificates is one: %s",
			  text_chars(&misses));
		error_wrap(err, ERR_INVALID, "Specify one IBM Z signing key");
		rc = error_hint(err, ERR_INVALID, "%s", REMEDY_SIGNING_KEY);
	}
	text_free(&misses);
	return rc;
}

int trust_load(struct hostkey_verifier *v, const struct hostkey_trust *trust,
	       struct error *err)
{
	int rc = 0;

	v->store = X509_STORE_new();
	v->untrusted = sk_X509_new_null();
	if (!v->store || !v->untrusted)
		return out_of_memory(err);
	if (!trust->no_chain)
		rc = load_anchors(v, trust, err);
	for (size_t i = 0; i < trust->crl_count && rc == 0; i++)
		rc = load_crl_file(v, trust->crls[i], err);
	return rc < 0 ? rc : find_signing_key(v, trust, err);
}
