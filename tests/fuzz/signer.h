/* SPDX-License-Identifier: MIT */
/*
 * A signing key for fuzz targets: so that inputs can be signed anew, and get
 * beyond the check of their signature.
 */
#ifndef UV_TESTS_FUZZ_SIGNER_H
#define UV_TESTS_FUZZ_SIGNER_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/ec.h"
#include "hostkey/mint.h"

struct signer {
	EVP_PKEY *key;
	X509 *certificate;
};

/* Called an IBM Z signing key; elliptic, because that is quick. */
static inline void signer_make(struct signer *signer)
{
	struct mint_entry name[MINT_NAME_ENTRIES];
	struct mint_certificate order = { .profile = MINT_SIGNING_KEY, .subject = name,
					  .not_after = mint_years_from_now(100) };

	mint_signing_key_name(name, "Armonk");
	if (ec_generate(&signer->key, NULL) < 0)
		abort();
	order.key = order.issuer_key = signer->key;
	if (mint_certificate(&signer->certificate, &order, NULL) < 0)
		abort();
}

#endif
