/* SPDX-License-Identifier: MIT */
/*
 * Files of certificates and revocation lists: parsing, and each list as it is and
 * with a signature that fits.
 */
#include "hostkey/crl.h"
#include "hostkey/pki.h"
#include "hostkey/report.h"
#include "hostkey/signing_key.h"
#include "signer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct signer signer;

static void look_at_name(const X509_NAME *name)
{
	X509_NAME *names[SIGNING_KEY_CRL_NAMES];
	size_t count;

	signing_key_mismatch(name);
	free(pki_name_line(name));
	if (signing_key_crl_names(names, &count, name))
		while (count > 0)
			X509_NAME_free(names[--count]);
}

static void look_at_list(X509_CRL *crl, struct hostkey_report_certificate *entry)
{
	time_t now = time(NULL);
	const char *problem = crl_problem(crl, signer.certificate, now);

	if (!problem)
		abort(); /* nobody else can sign */
	look_at_name(X509_CRL_get_issuer(crl));
	report_add_crl(entry, crl, "input", problem);
	crl_lists(crl, signer.certificate);
	if (X509_CRL_sign(crl, signer.key, EVP_sha512()) > 0)
		crl_problem(crl, signer.certificate, now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hostkey_report report = { 0 };
	struct hostkey_report_certificate *entry;
	struct pki_list list = { 0 };

	if (!signer.key)
		signer_make(&signer);
	if (pki_parse(&list, data, size, "input", NULL, NULL) < 0)
		return 0;
	for (size_t i = 0; i < list.count; i++) {
		X509 *certificate = list.items[i].certificate;

		entry = report_add(&report, HOSTKEY_INTERMEDIATE,
				   certificate ? certificate : signer.certificate, "input");
		if (list.items[i].crl)
			look_at_list(list.items[i].crl, entry);
	}
	hostkey_report_free(&report);
	pki_list_free(&list);
	return 0;
}
