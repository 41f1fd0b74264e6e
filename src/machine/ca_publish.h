/* SPDX-License-Identifier: MIT */
/* What a CA offers over HTTP: its certificates and CRLs, in DER. */
#ifndef UV_MACHINE_CA_PUBLISH_H
#define UV_MACHINE_CA_PUBLISH_H

#include <stdint.h>

#include "machine/ca.h"
#include "machine/crl_server.h"

#define CA_DOCUMENTS (2 * CA_LINKS)

/*
 * Fills @documents with copies for the paths under the CA's address; caller
 * frees their content with ca_documents_clear().
 */
int ca_documents(struct crl_document documents[CA_DOCUMENTS], const struct ca *ca,
		 struct error *err);
void ca_documents_clear(struct crl_document documents[CA_DOCUMENTS]);

#endif
