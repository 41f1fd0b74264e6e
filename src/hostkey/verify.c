/* SPDX-License-Identifier: MIT */
/*
 * The rules for one host key document. See
 * docs/reference/host-key-documents.md, "The document".
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "hostkey/crl.h"
#include "hostkey/remedy.h"
#include "hostkey/report.h"
#include "hostkey/signing_key.h"
#include "hostkey/verifier.h"

int hostkey_verifier_new(struct hostkey_verifier **out,
			 const struct hostkey_trust *trust,
			 const struct log *log, struct error *err)
{
	struct hostkey_verifier *v = calloc(1, sizeof(*v));
	int rc;

	*out = NULL;
	if (!v)
		return error_set(err, ERR_NOMEM, "Out of memory");
	v->log = log;
	v->now = trust->now;
	v->report = trust->report;
	rc = trust_load(v, trust, err);
	if (rc == 0 && !trust->offline)
		rc = fetcher_new(&v->fetcher, &trust->limits, log, err);
	if (rc == 0 && !trust->no_chain)
		rc = chain_verify(v, err);
	if (rc < 0) {
		hostkey_verifier_free(v);
		return rc;
	}
	if (trust->no_chain)
		report_add(v->report, HOSTKEY_SIGNING_KEY, v->signing_key,
			   pki_certificate_source(&v->seen, v->signing_key));
	*out = v;
	return 0;
}

void hostkey_verifier_free(struct hostkey_verifier *v)
{
	if (!v)
		return;
	fetcher_free(v->fetcher);
	sk_X509_free(v->untrusted);
	X509_STORE_free(v->store);
	pki_list_free(&v->seen);
	free(v);
}

bool hostkey_names_ibm(const struct hostkey *key)
{
	return !signing_key_mismatch(X509_get_issuer_name(key->certificate));
}

/* --- Verdicts -------------------------------------------------------------- */

#define NOT_THE_ISSUER \
	"no IBM Z signing key that issued this host-key document found"

/*
 * @summary is how the documentation of the commands words the verdict, @rule
 * names the broken rule.
 */
static int reject(const struct hostkey *key, const char *summary,
		  const char *rule, const char *hint, struct error *err)
{
	error_set(err, ERR_AUTH, "Host-key verification failed: %s", rule);
	error_wrap(err, ERR_AUTH, "Failed to verify host-key document: '%s': %s",
		   key->file, summary);
	return error_hint(err, ERR_AUTH, "%s", hint);
}

static int check_strength(const struct hostkey *key, struct error *err)
{
	int bits = EVP_PKEY_get_security_bits(key->key);
	int digest_bits = 0;
	char rule[80];

	X509_get_signature_info(key->certificate, NULL, NULL, &digest_bits, NULL);
	if (digest_bits < bits)
		bits = digest_bits;
	if (bits >= PKI_SECURITY_BITS)
		return 0;
	snprintf(rule, sizeof(rule), "Not enough bits of security. (%d, %d expected)",
		 bits, PKI_SECURITY_BITS);
	return reject(key, "key or signature are too weak", rule, REMEDY_DOCUMENT, err);
}

static int check_dates(const struct hostkey *key, time_t now, struct error *err)
{
	const ASN1_TIME *from = X509_get0_notBefore(key->certificate);
	const ASN1_TIME *until = X509_get0_notAfter(key->certificate);
	char date[PKI_DATE_SIZE], rule[160];

	/* -1: not later than now; 1: later; 0: malformed. */
	if (X509_cmp_time(from, &now) != -1) {
		snprintf(rule, sizeof(rule), "Before validity period (it begins %s)",
			 pki_date(date, from));
		return reject(key, "validity period is not valid", rule,
			      "Check the clock of this system", err);
	}
	if (X509_cmp_time(until, &now) != 1) {
		snprintf(rule, sizeof(rule), "After validity period (it ended %s)",
			 pki_date(date, until));
		return reject(key, "validity period is not valid", rule,
			      REMEDY_DOCUMENT, err);
	}
	return 0;
}

static int check_key_id(const struct hostkey_verifier *v,
			const struct hostkey *key, struct error *err)
{
	AUTHORITY_KEYID *akid;
	int critical, rc = X509_V_OK;

	akid = X509_get_ext_d2i(key->certificate, NID_authority_key_identifier,
				&critical, NULL);
	if (akid)
		rc = X509_check_akid(v->signing_key, akid);
	else if (critical != -1) /* there, but twice or malformed */
		rc = X509_V_ERR_INVALID_EXTENSION;
	AUTHORITY_KEYID_free(akid);
	ERR_clear_error();
	if (rc == X509_V_OK)
		return 0;
	return reject(key, NOT_THE_ISSUER, "Authority Key Id mismatch",
		      REMEDY_SIGNING_KEY, err);
}

static int check_signature(const struct hostkey_verifier *v,
			   const struct hostkey *key, struct error *err)
{
	EVP_PKEY *signer = X509_get0_pubkey(v->signing_key);
	bool good = signer && X509_verify(key->certificate, signer) == 1;

	ERR_clear_error();
	if (good)
		return 0;
	return reject(key, NOT_THE_ISSUER, "Signature verification failed",
		      REMEDY_SIGNING_KEY, err);
}

/* --- Revocation ------------------------------------------------------------ */

/* What looking at the lists has given so far. */
struct revocation {
	const struct hostkey_verifier *verifier;
	const struct hostkey *key;
	struct hostkey_report_certificate *entry; /* may be NULL */
	size_t usable;
	bool revoked;
	char by[256];        /* which list revokes the document */
	struct text useless; /* "source: problem", each */
};

static void consult(struct revocation *state, X509_CRL *crl, const char *source)
{
	const struct hostkey_verifier *v = state->verifier;
	const char *problem = crl_problem(crl, v->signing_key, verifier_now(v));

	report_add_crl(state->entry, crl, source, problem);
	if (problem) {
		text_addf(&state->useless, "%s'%s': %s",
			  state->useless.length ? "; " : "",
			  source ? source : "(trust store)", problem);
		return;
	}
	state->usable++;
	if (crl_lists(crl, state->key->certificate) && !state->revoked) {
		state->revoked = true;
		snprintf(state->by, sizeof(state->by), "%s",
			 source ? source : "the system's trust store");
	}
}

static void consult_name(struct revocation *state, X509_STORE_CTX *ctx,
			 const X509_NAME *name)
{
	STACK_OF(X509_CRL) *crls = X509_STORE_CTX_get1_crls(ctx, name);

	for (int i = 0; i < sk_X509_CRL_num(crls); i++) {
		X509_CRL *crl = sk_X509_CRL_value(crls, i);

		consult(state, crl, pki_crl_source(&state->verifier->seen, crl));
	}
	sk_X509_CRL_pop_free(crls, X509_CRL_free);
}

/* The lists in the store that carry one of the possible issuer names. */
static int consult_store(struct revocation *state, struct error *err)
{
	const struct hostkey_verifier *v = state->verifier;
	X509_NAME *names[SIGNING_KEY_CRL_NAMES];
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	size_t count;

	if (!ctx || X509_STORE_CTX_init(ctx, v->store, NULL, NULL) != 1 ||
	    !signing_key_crl_names(names, &count,
				   X509_get_subject_name(v->signing_key))) {
		X509_STORE_CTX_free(ctx);
		return error_set(err, ERR_NOMEM, "Out of memory");
	}
	for (size_t i = 0; i < count; i++)
		consult_name(state, ctx, names[i]);
	while (count > 0)
		X509_NAME_free(names[--count]);
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return 0;
}

/* The list that the document itself points to. */
static void consult_published(struct revocation *state)
{
	const struct hostkey_verifier *v = state->verifier;
	X509_CRL *crl;
	char *url;

	if (!v->fetcher)
		return;
	crl = fetcher_crl(v->fetcher, state->key->certificate, v->signing_key,
			  verifier_now(v), &url);
	if (crl)
		consult(state, crl, url);
	X509_CRL_free(crl);
	free(url);
}

static int judge_revocation(const struct revocation *state, struct error *err)
{
	const struct hostkey_verifier *v = state->verifier;
	char rule[512];

	if (state->usable == 0) {
		snprintf(rule, sizeof(rule), "No valid CRL found%s%s%s",
			 state->useless.length ? " (" : "",
			 text_chars(&state->useless),
			 state->useless.length ? ")" : "");
		reject(state->key, "IBM Z signing key: no valid CRL found", rule,
		       REMEDY_HOST_KEY_CRL, err);
		return v->fetcher ? ERR_AUTH :
			error_hint(err, ERR_AUTH, "%s; or leave out --offline",
				   REMEDY_HOST_KEY_CRL);
	}
	if (!state->revoked)
		return 0;
	snprintf(rule, sizeof(rule), "Host-key document is revoked. (by '%s')",
		 state->by);
	return reject(state->key, "certificate revoked", rule,
		      "Do not use it. " REMEDY_DOCUMENT, err);
}

static int check_revocation(const struct hostkey_verifier *v,
			    const struct hostkey *key,
			    struct hostkey_report_certificate *entry,
			    struct error *err)
{
	struct revocation state = { .verifier = v, .key = key, .entry = entry };
	int rc = consult_store(&state, err);

	if (rc == 0) {
		consult_published(&state);
		rc = judge_revocation(&state, err);
	}
	text_free(&state.useless);
	return rc;
}

/* --- The document ---------------------------------------------------------- */

/*
 * By decision of the format's owner the names do not have to agree: signing
 * keys and documents differ in locality.
 */
static void remark_issuer(const struct hostkey_verifier *v,
			  const struct hostkey *key)
{
	const X509_NAME *issuer = X509_get_issuer_name(key->certificate);
	const X509_NAME *signer = X509_get_subject_name(v->signing_key);

	if (X509_NAME_cmp(issuer, signer) != 0 &&
	    !signing_key_names_agree(issuer, signer))
		log_warn(v->log, "'%s': the signature is the signing key's, but the "
				 "issuer's name is not", key->file);
}

static int check_document(const struct hostkey_verifier *v,
			  const struct hostkey *key,
			  struct hostkey_report_certificate *entry,
			  struct error *err)
{
	int rc = check_strength(key, err);

	if (rc == 0)
		rc = check_dates(key, verifier_now(v), err);
	if (rc == 0)
		rc = check_key_id(v, key, err);
	if (rc == 0)
		rc = check_signature(v, key, err);
	if (rc == 0)
		rc = check_revocation(v, key, entry, err);
	return rc;
}

int hostkey_verify(struct hostkey_verifier *v, const struct hostkey *key,
		   struct error *err)
{
	struct hostkey_report_certificate *entry =
		report_add_document(v->report, key);
	struct error local = { 0 };
	int rc;

	if (!err)
		err = &local;
	rc = check_document(v, key, entry, err);
	if (rc == 0) {
		remark_issuer(v, key);
		log_info(v->log, "'%s' is verified", key->file);
	}
	if (entry) {
		entry->verdict = rc == 0 ? HOSTKEY_TRUSTED : HOSTKEY_REJECTED;
		if (rc < 0)
			snprintf(entry->problem, sizeof(entry->problem), "%s",
				 err->cause[0] ? err->cause : err->message);
	}
	return rc;
}
