/* SPDX-License-Identifier: MIT */
/*
 * The chain from the signing key to a trust anchor. See
 * docs/reference/host-key-documents.md, "The chain of the signing key".
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "hostkey/crl.h"
#include "hostkey/remedy.h"
#include "hostkey/report.h"
#include "hostkey/verifier.h"

#define MAX_DEPTH 2  /* intermediate certificates */
#define AUTH_LEVEL 2 /* 112 bits of security, no SHA-1 */
#define MIN_LENGTH 2 /* signing key and root */
#define CHAIN_LIMIT 8

#define BASE_FLAGS                                                    \
	(X509_V_FLAG_X509_STRICT | X509_V_FLAG_TRUSTED_FIRST |        \
	 X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_POLICY_CHECK)
#define CRL_FLAGS (X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL)

static X509_STORE_CTX *new_context(const struct hostkey_verifier *v,
				   unsigned long flags)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;

	if (!ctx ||
	    X509_STORE_CTX_init(ctx, v->store, v->signing_key, v->untrusted) != 1) {
		X509_STORE_CTX_free(ctx);
		return NULL;
	}
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_depth(param, MAX_DEPTH);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY);
	X509_VERIFY_PARAM_set_time(param, verifier_now(v));
	X509_VERIFY_PARAM_set_flags(param, flags);
	return ctx;
}

/* --- What to do about it --------------------------------------------------- */

static void add_urls(struct text *text, const X509 *certificate)
{
	char *urls[CRL_MAX_URLS];
	size_t count = crl_urls(urls, certificate);

	for (size_t i = 0; i < count; i++) {
		text_addf(text, "%s%s", i ? " or " : " from ", urls[i]);
		free(urls[i]);
	}
}

static void hint_crl(struct error *err, const X509 *certificate, bool offline)
{
	char *issuer = pki_name_line(X509_get_issuer_name(certificate));
	struct text urls = { 0 };

	add_urls(&urls, certificate);
	error_hint(err, 0, "Get the current revocation list of '%s'%s and give it "
			   "with --crl%s",
		   issuer ? issuer : "", text_chars(&urls),
		   offline ? ", or leave out --offline" : "");
	text_free(&urls);
	free(issuer);
}

static void hint_issuer(struct error *err, const X509 *certificate)
{
	char *issuer = pki_name_line(X509_get_issuer_name(certificate));

	error_hint(err, 0, "Get the certificate of '%s': give it with --cert when "
			   "it is an intermediate, with --root-ca when it is the "
			   "root that you trust (or add it to the system's trust "
			   "store)", issuer ? issuer : "");
	free(issuer);
}

static void hint_chain(struct error *err, int code, const X509 *certificate,
		       const struct hostkey_verifier *v)
{
	switch (code) {
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_CRL_HAS_EXPIRED:
	case X509_V_ERR_CRL_SIGNATURE_FAILURE:
	case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
		hint_crl(err, certificate, !v->fetcher);
		break;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		hint_issuer(err, certificate);
		break;
	case X509_V_ERR_CERT_NOT_YET_VALID:
	case X509_V_ERR_CRL_NOT_YET_VALID:
		error_hint(err, 0, "Check the clock of this system");
		break;
	default:
		error_hint(err, 0, "%s", REMEDY_SIGNING_KEY);
	}
}

/* Describes why the context's verification failed. */
static int describe_failure(const struct hostkey_verifier *v, X509_STORE_CTX *ctx,
			    int code, struct error *err)
{
	X509 *certificate = X509_STORE_CTX_get_current_cert(ctx);
	char *subject;
	const char *source;

	if (!certificate)
		certificate = v->signing_key;
	subject = pki_name_line(X509_get_subject_name(certificate));
	source = pki_certificate_source(&v->seen, certificate);
	error_set(err, ERR_AUTH, "failed to verify certificate '%s' (%s): %s",
		  subject ? subject : "",
		  source ? source : "of the system's trust store",
		  X509_verify_cert_error_string(code));
	free(subject);
	error_wrap(err, ERR_AUTH, "The IBM Z signing key could not be verified. "
		   "Error occurred at level %d: %s",
		   X509_STORE_CTX_get_error_depth(ctx),
		   X509_verify_cert_error_string(code));
	hint_chain(err, code, certificate, v);
	return ERR_AUTH;
}

/* --- Report ---------------------------------------------------------------- */

/* The first problem of each certificate of a chain. */
struct problems {
	int code[CHAIN_LIMIT];
};

/* Notes a problem and goes on, to learn of the others. */
static int note_problem(int ok, X509_STORE_CTX *ctx)
{
	struct problems *problems = X509_STORE_CTX_get_app_data(ctx);
	int depth = X509_STORE_CTX_get_error_depth(ctx);

	if (!ok && depth >= 0 && depth < CHAIN_LIMIT && !problems->code[depth])
		problems->code[depth] = X509_STORE_CTX_get_error(ctx);
	return 1;
}

static void report_lists(struct hostkey_report_certificate *entry,
			 const struct hostkey_verifier *v, X509_STORE_CTX *ctx,
			 X509 *certificate, X509 *issuer)
{
	STACK_OF(X509_CRL) *crls =
		X509_STORE_CTX_get1_crls(ctx, X509_get_issuer_name(certificate));

	for (int i = 0; i < sk_X509_CRL_num(crls); i++) {
		X509_CRL *crl = sk_X509_CRL_value(crls, i);

		report_add_crl(entry, crl, pki_crl_source(&v->seen, crl),
			       issuer ? crl_problem(crl, issuer, verifier_now(v)) :
					"its issuer's certificate is missing");
	}
	sk_X509_CRL_pop_free(crls, X509_CRL_free);
}

static enum hostkey_role role_of(int depth, bool self_signed)
{
	if (depth == 0)
		return HOSTKEY_SIGNING_KEY;
	return self_signed ? HOSTKEY_ROOT : HOSTKEY_INTERMEDIATE;
}

static void report_certificate(const struct hostkey_verifier *v,
			       X509_STORE_CTX *ctx, int depth, bool good,
			       int problem)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	X509 *certificate = sk_X509_value(chain, depth);
	X509 *issuer = sk_X509_value(chain, depth + 1);
	bool self_signed = X509_get_extension_flags(certificate) & EXFLAG_SS;
	struct hostkey_report_certificate *entry;

	entry = report_add(v->report, role_of(depth, self_signed), certificate,
			   pki_certificate_source(&v->seen, certificate));
	if (!entry)
		return;
	if (good)
		entry->verdict = HOSTKEY_TRUSTED;
	if (problem) {
		entry->verdict = HOSTKEY_REJECTED;
		snprintf(entry->problem, sizeof(entry->problem), "%s",
			 X509_verify_cert_error_string(problem));
	}
	report_lists(entry, v, ctx, certificate,
		     issuer || !self_signed ? issuer : certificate);
}

/*
 * Goes through the chain a second time without stopping at the first problem.
 * This decides nothing: @failure is what the real check found (0 = good).
 */
static void report_chain(const struct hostkey_verifier *v, unsigned long flags,
			 int failure, int depth)
{
	struct problems problems = { 0 };
	X509_STORE_CTX *ctx = v->report ? new_context(v, flags) : NULL;

	if (!ctx)
		return;
	X509_STORE_CTX_set_app_data(ctx, &problems);
	X509_STORE_CTX_set_verify_cb(ctx, note_problem);
	X509_verify_cert(ctx);
	if (depth >= 0 && depth < CHAIN_LIMIT && !problems.code[depth])
		problems.code[depth] = failure;
	for (int i = sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) - 1; i >= 0; i--)
		report_certificate(v, ctx, i, !failure,
				   i < CHAIN_LIMIT ? problems.code[i] : 0);
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
}

/* --- Verification ---------------------------------------------------------- */

/* On success *@chain is the chain, signing key first; caller frees. */
static int check_chain(const struct hostkey_verifier *v, unsigned long flags,
		       STACK_OF(X509) **chain, struct error *err)
{
	X509_STORE_CTX *ctx = new_context(v, flags);
	int code = X509_V_OK, rc = 0;

	*chain = NULL;
	if (!ctx)
		return error_set(err, ERR_NOMEM, "Out of memory");
	if (X509_verify_cert(ctx) != 1) {
		code = X509_STORE_CTX_get_error(ctx);
		if (code == X509_V_OK)
			code = X509_V_ERR_UNSPECIFIED;
	} else if (sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) < MIN_LENGTH) {
		code = X509_V_ERR_APPLICATION_VERIFICATION;
	}
	if (code != X509_V_OK) {
		rc = describe_failure(v, ctx, code, err);
		report_chain(v, flags, code, X509_STORE_CTX_get_error_depth(ctx));
	} else {
		*chain = X509_STORE_CTX_get1_chain(ctx);
		if (!*chain)
			rc = error_set(err, ERR_NOMEM, "Out of memory");
	}
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return rc;
}

/* Adds the published list for each certificate of the chain below the root. */
static int fetch_lists(struct hostkey_verifier *v, STACK_OF(X509) *chain,
		       struct error *err)
{
	int rc = 0;

	for (int i = 0; i + 1 < sk_X509_num(chain) && rc == 0; i++) {
		char *url;
		X509_CRL *crl = fetcher_crl(v->fetcher, sk_X509_value(chain, i),
					    sk_X509_value(chain, i + 1),
					    verifier_now(v), &url);

		if (crl && X509_STORE_add_crl(v->store, crl) == 1)
			rc = pki_add_crl(&v->seen, crl, url, err);
		X509_CRL_free(crl);
		free(url);
	}
	return rc;
}

/*
 * First without revocation lists: so nothing is downloaded on the word of
 * certificates that do not hang on a trust anchor.
 */
int chain_verify(struct hostkey_verifier *v, struct error *err)
{
	STACK_OF(X509) *chain;
	int rc = check_chain(v, BASE_FLAGS, &chain, err);

	if (rc < 0)
		return rc;
	if (v->fetcher)
		rc = fetch_lists(v, chain, err);
	sk_X509_pop_free(chain, X509_free);
	if (rc < 0)
		return rc;
	rc = check_chain(v, BASE_FLAGS | CRL_FLAGS, &chain, err);
	if (rc < 0)
		return rc;
	sk_X509_pop_free(chain, X509_free);
	report_chain(v, BASE_FLAGS | CRL_FLAGS, X509_V_OK, -1);
	log_info(v->log, "The IBM Z signing key is verified");
	return 0;
}
