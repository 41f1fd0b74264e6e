/* SPDX-License-Identifier: MIT */
/*
 * The rules for one host key document. See
 * docs/reference/host-key-documents.md, "The document".
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
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

/* One document on its way through the rules. */
struct examination {
	const struct hostkey_verifier *verifier;
	const struct hostkey *key;
	time_t now;
	struct hostkey_report_certificate *entry; /* may be NULL */
	struct error *err;
	enum hostkey_rule broken;
};

#define NOT_THE_ISSUER \
	"no IBM Z signing key that issued this host-key document found"

/* The summary is how the documentation of the commands words the verdict. */
static const struct {
	const char *summary, *hint;
} verdicts[] = {
	[HOSTKEY_RULE_STRENGTH] = { "key or signature are too weak", REMEDY_DOCUMENT },
	[HOSTKEY_RULE_NOT_YET] = { "validity period is not valid",
				   "Check the clock of this system" },
	[HOSTKEY_RULE_EXPIRED] = { "validity period is not valid", REMEDY_DOCUMENT },
	[HOSTKEY_RULE_ISSUER] = { NOT_THE_ISSUER, REMEDY_SIGNING_KEY },
	[HOSTKEY_RULE_SIGNATURE] = { NOT_THE_ISSUER, REMEDY_SIGNING_KEY },
	[HOSTKEY_RULE_NO_LIST] = { "IBM Z signing key: no valid CRL found",
				   REMEDY_HOST_KEY_CRL },
	[HOSTKEY_RULE_REVOKED] = { "certificate revoked",
				   "Do not use it anymore. " REMEDY_DOCUMENT },
};

static int __attribute__((format(printf, 3, 4)))
reject(struct examination *x, enum hostkey_rule rule, const char *format, ...)
{
	char detail[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(detail, sizeof(detail), format, ap);
	va_end(ap);
	x->broken = rule;
	error_set(x->err, ERR_AUTH, "Host-key verification failed: %s", detail);
	error_wrap(x->err, ERR_AUTH, "Failed to verify host-key document: '%s': %s",
		   x->key->file, verdicts[rule].summary);
	return error_hint(x->err, ERR_AUTH, "%s", verdicts[rule].hint);
}

/* --- The rules for the document itself ------------------------------------- */

static int check_strength(struct examination *x)
{
	int bits = EVP_PKEY_get_security_bits(x->key->key);
	int digest_bits = 0;

	X509_get_signature_info(x->key->certificate, NULL, NULL, &digest_bits, NULL);
	if (digest_bits < bits)
		bits = digest_bits;
	if (bits >= PKI_SECURITY_BITS)
		return 0;
	return reject(x, HOSTKEY_RULE_STRENGTH,
		      "Not enough bits of security. (%d, %d expected)", bits,
		      PKI_SECURITY_BITS);
}

static int check_dates(struct examination *x)
{
	const ASN1_TIME *from = X509_get0_notBefore(x->key->certificate);
	const ASN1_TIME *until = X509_get0_notAfter(x->key->certificate);
	char date[PKI_DATE_SIZE];

	/* -1: not later than now; 1: later; 0: malformed. */
	if (X509_cmp_time(from, &x->now) != -1)
		return reject(x, HOSTKEY_RULE_NOT_YET,
			      "Before validity period (it begins %s)",
			      pki_date(date, from));
	if (X509_cmp_time(until, &x->now) != 1)
		return reject(x, HOSTKEY_RULE_EXPIRED,
			      "After validity period (it ended %s)",
			      pki_date(date, until));
	return 0;
}

static int check_key_id(struct examination *x)
{
	AUTHORITY_KEYID *akid;
	int critical, rc = X509_V_OK;

	akid = X509_get_ext_d2i(x->key->certificate, NID_authority_key_identifier,
				&critical, NULL);
	if (akid)
		rc = X509_check_akid(x->verifier->signing_key, akid);
	else if (critical != -1) /* there, but twice or malformed */
		rc = X509_V_ERR_INVALID_EXTENSION;
	AUTHORITY_KEYID_free(akid);
	ERR_clear_error();
	if (rc == X509_V_OK)
		return 0;
	return reject(x, HOSTKEY_RULE_ISSUER, "Authority Key Id mismatch");
}

static int check_signature(struct examination *x)
{
	EVP_PKEY *signer = X509_get0_pubkey(x->verifier->signing_key);
	bool good = signer && X509_verify(x->key->certificate, signer) == 1;

	ERR_clear_error();
	if (good)
		return 0;
	return reject(x, HOSTKEY_RULE_SIGNATURE, "Signature verification failed");
}

/* --- Revocation ------------------------------------------------------------ */

/* What looking at the lists has given so far. */
struct revocation {
	size_t usable;
	bool revoked;
	char by[256];        /* which list revokes the document */
	struct text useless; /* "source: problem", each */
};

static void consult(const struct examination *x, struct revocation *state,
		    X509_CRL *crl, const char *source)
{
	const char *problem = crl_problem(crl, x->verifier->signing_key, x->now);

	if (!source)
		source = "the system's trust store";
	report_add_crl(x->entry, crl, source, problem);
	if (problem) {
		text_addf(&state->useless, "%s'%s': %s",
			  state->useless.length ? "; " : "", source, problem);
		return;
	}
	state->usable++;
	if (crl_lists(crl, x->key->certificate) && !state->revoked) {
		state->revoked = true;
		snprintf(state->by, sizeof(state->by), "%s", source);
	}
}

static void consult_name(const struct examination *x, struct revocation *state,
			 X509_STORE_CTX *ctx, const X509_NAME *name)
{
	STACK_OF(X509_CRL) *crls = X509_STORE_CTX_get1_crls(ctx, name);

	for (int i = 0; i < sk_X509_CRL_num(crls); i++) {
		X509_CRL *crl = sk_X509_CRL_value(crls, i);

		consult(x, state, crl, pki_crl_source(&x->verifier->seen, crl));
	}
	sk_X509_CRL_pop_free(crls, X509_CRL_free);
}

/* The lists in the store that carry one of the possible issuer names. */
static int consult_store(const struct examination *x, struct revocation *state)
{
	const struct hostkey_verifier *v = x->verifier;
	X509_NAME *names[SIGNING_KEY_CRL_NAMES];
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	size_t count;

	if (!ctx || X509_STORE_CTX_init(ctx, v->store, NULL, NULL) != 1 ||
	    !signing_key_crl_names(names, &count,
				   X509_get_subject_name(v->signing_key))) {
		X509_STORE_CTX_free(ctx);
		return error_set(x->err, ERR_NOMEM, "Out of memory");
	}
	for (size_t i = 0; i < count; i++)
		consult_name(x, state, ctx, names[i]);
	while (count > 0)
		X509_NAME_free(names[--count]);
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return 0;
}

/* The list that the document itself points to. */
static void consult_published(const struct examination *x, struct revocation *state)
{
	const struct hostkey_verifier *v = x->verifier;
	X509_CRL *crl;
	char *url;

	if (!v->fetcher)
		return;
	crl = fetcher_crl(v->fetcher, x->key->certificate, v->signing_key, x->now, &url);
	if (crl)
		consult(x, state, crl, url);
	X509_CRL_free(crl);
	free(url);
}

static int judge_revocation(struct examination *x, const struct revocation *state)
{
	const char *useless = text_chars(&state->useless);

	if (state->revoked)
		return reject(x, HOSTKEY_RULE_REVOKED,
			      "Host-key document is revoked. (by '%s')", state->by);
	if (state->usable > 0)
		return 0;
	reject(x, HOSTKEY_RULE_NO_LIST, "No valid CRL found%s%s%s",
	       useless[0] ? " (" : "", useless, useless[0] ? ")" : "");
	if (x->verifier->fetcher)
		return ERR_AUTH;
	return error_hint(x->err, ERR_AUTH, "%s; or leave out --offline",
			  REMEDY_HOST_KEY_CRL);
}

static int check_revocation(struct examination *x)
{
	struct revocation state = { 0 };
	int rc = consult_store(x, &state);

	if (rc == 0) {
		consult_published(x, &state);
		rc = judge_revocation(x, &state);
	}
	text_free(&state.useless);
	return rc;
}

/* --- The document ---------------------------------------------------------- */

/*
 * By decision of the format's owner the names do not have to agree: signing
 * keys and documents differ in locality.
 */
static void remark_issuer(const struct examination *x)
{
	const X509_NAME *issuer = X509_get_issuer_name(x->key->certificate);
	const X509_NAME *signer = X509_get_subject_name(x->verifier->signing_key);

	if (X509_NAME_cmp(issuer, signer) != 0 &&
	    !signing_key_names_agree(issuer, signer))
		log_warn(x->verifier->log, "'%s': the signature is the signing key's, "
					   "but the issuer's name is not", x->key->file);
}

static int examine(struct examination *x)
{
	static int (*const rules[])(struct examination *) = {
		check_strength, check_dates, check_key_id, check_signature,
		check_revocation,
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		int rc = rules[i](x);

		if (rc < 0)
			return rc;
	}
	return 0;
}

int hostkey_verify(struct hostkey_verifier *v, const struct hostkey *key,
		   struct error *err)
{
	struct error local = { 0 };
	struct examination x = {
		.verifier = v, .key = key, .now = verifier_now(v),
		.entry = report_add_document(v->report, key),
		.err = err ? err : &local,
	};
	int rc = examine(&x);

	if (rc == 0) {
		remark_issuer(&x);
		log_info(v->log, "'%s' is verified", key->file);
	}
	if (x.entry) {
		x.entry->verdict = rc == 0 ? HOSTKEY_TRUSTED : HOSTKEY_REJECTED;
		x.entry->broken = x.broken;
		if (rc < 0)
			snprintf(x.entry->problem, sizeof(x.entry->problem), "%s",
				 x.err->cause[0] ? x.err->cause : x.err->message);
	}
	return rc;
}
