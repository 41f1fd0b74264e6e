/* SPDX-License-Identifier: MIT */
/*
 * The certificates of the tests: a complete hierarchy with its black sheep, and
 * a second one that pretends to be the first. docs/reference/host-key-documents.md
 * lists them under "The test set".
 */
#ifndef UV_TESTS_PKI_H
#define UV_TESTS_PKI_H

#include "base/error.h"

struct pki_options {
	unsigned rsa_bits;    /* 0 = 2048 */
	const char *crl_base; /* URL of the folder that the CRLs are published under;
			       * NULL = certificates name no distribution points */
};

/* Mints the whole set into the existing @folder. */
int pki_mint(const char *folder, const struct pki_options *options,
	     struct error *err);

/* Removes a folder and what is in it. */
void pki_remove(const char *folder);

#endif
