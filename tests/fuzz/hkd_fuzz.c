/* SPDX-License-Identifier: MIT */
/*
 * Host key documents: the bytes as they are, then with a signature that fits, so
 * that revocation and reporting see them too.
 */
#include <string.h>

#include "hostkey/crl.h"
#include "hostkey/hostkey.h"
#include "hostkey/signing_key.h"
#include "signer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct signer signer;
static struct hostkey_verifier *verifier;
static struct hostkey_report report;

/* A verifier that believes @signer, with an empty revocation list. */
static void make_verifier(void)
{
	char folder[] = "/tmp/uv-hkd-fuzz-XXXXXX", crt[64], crl[64];
	const char *crls[] = { crl };
	struct hostkey_trust trust = {
		.crls = crls, .crl_count = 1, .signing_key = crt,
		.offline = true, .no_chain = true, .report = &report,
	};
	struct mint_crl order;
	X509_CRL *list;

	signer_make(&signer);
	order = (struct mint_crl){ .issuer = signer.certificate, .issuer_key = signer.key,
				   .next_update = mint_years_from_now(100) };
	if (!mkdtemp(folder) || mint_crl(&list, &order, NULL) < 0)
		abort();
	snprintf(crt, sizeof(crt), "%s/crt", folder);
	snprintf(crl, sizeof(crl), "%s/crl", folder);
	if (mint_write_certificate(crt, signer.certificate, MINT_PEM, OUTFILE_KEEP, NULL) < 0 ||
	    mint_write_crl(crl, list, MINT_PEM, OUTFILE_KEEP, NULL) < 0 ||
	    hostkey_verifier_new(&verifier, &trust, NULL, NULL) < 0)
		abort();
	X509_CRL_free(list);
	unlink(crt);
	unlink(crl);
	rmdir(folder);
}

static void look_at_names(const X509 *certificate)
{
	const X509_NAME *issuer = X509_get_issuer_name(certificate);
	const X509_NAME *subject = X509_get_subject_name(certificate);
	X509_NAME *names[SIGNING_KEY_CRL_NAMES];
	size_t count;

	signing_key_mismatch(subject);
	signing_key_names_agree(issuer, subject);
	if (signing_key_crl_names(names, &count, subject))
		while (count > 0)
			X509_NAME_free(names[--count]);
}

static void look_at_urls(const X509 *certificate)
{
	char *urls[CRL_MAX_URLS];
	size_t count = crl_urls(urls, certificate);

	while (count > 0) {
		char *url = urls[--count];

		for (size_t i = 0; url[i]; i++)
			if (url[i] <= ' ' || url[i] > '~')
				abort(); /* such would reach curl and terminals */
		free(url);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hostkey *key;
	struct error err;

	if (!verifier)
		make_verifier();
	if (hostkey_parse(&key, data, size, "input", NULL, &err) < 0)
		return 0;
	look_at_names(key->certificate);
	look_at_urls(key->certificate);
	hostkey_names_ibm(key);
	/* Nobody but the signer can sign: the input's own signature is never it. */
	if (hostkey_verify(verifier, key, &err) == 0)
		abort();
	if (X509_sign(key->certificate, signer.key, EVP_sha512()) > 0)
		hostkey_verify(verifier, key, &err);
	hostkey_report_free(&report);
	hostkey_free(key);
	return 0;
}
