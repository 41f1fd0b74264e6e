/* SPDX-License-Identifier: MIT */
#include "machine/ca_publish.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"

/* Takes over @body, which OpenSSL allocated. */
static int fill(struct crl_document *document, const struct ca *ca, const char *name,
		const char *type, uint8_t *body, int size, struct error *err)
{
	const char *path = ca->crl_url + strlen("http://");

	path += strcspn(path, "/");
	document->type = type;
	document->body = body;
	document->size = size > 0 ? (size_t)size : 0;
	if (size <= 0)
		return crypto_error(err, "Cannot encode %s", name);
	if (asprintf(&document->path, "%s/%s", path, name) >= 0)
		return 0;
	document->path = NULL;
	return error_set(err, ERR_NOMEM, "Out of memory");
}

int ca_documents(struct crl_document documents[CA_DOCUMENTS], const struct ca *ca,
		 struct error *err)
{
	int rc = 0;

	memset(documents, 0, CA_DOCUMENTS * sizeof(documents[0]));
	for (int link = 0; rc == 0 && link < CA_LINKS; link++) {
		uint8_t *certificate = NULL, *crl = NULL;
		int size = i2d_X509(ca->certificates[link], &certificate);

		rc = fill(&documents[2 * link], ca, ca_files[link].certificate,
			  "application/pkix-cert", certificate, size, err);
		if (rc < 0)
			break;
		size = i2d_X509_CRL(ca->crls[link], &crl);
		rc = fill(&documents[2 * link + 1], ca, ca_files[link].crl,
			  "application/pkix-crl", crl, size, err);
	}
	if (rc < 0)
		ca_documents_clear(documents);
	return rc;
}

void ca_documents_clear(struct crl_document documents[CA_DOCUMENTS])
{
	for (size_t i = 0; i < CA_DOCUMENTS; i++) {
		free(documents[i].path);
		OPENSSL_free(documents[i].body);
	}
	memset(documents, 0, CA_DOCUMENTS * sizeof(documents[0]));
}
