/* SPDX-License-Identifier: MIT */
/*
 * Detached signatures: CMS (PKCS#7) SignedData in DER with one signer. Of the
 * bytes that they sign only the digest is needed, which is computed once; then
 * any number of keys can be tried. See docs/reference/diag-508.md, "Signatures".
 */
#ifndef UV_IPL_CMS_H
#define UV_IPL_CMS_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define CMS_SIGNATURE_MAX 4096 /* bytes; the largest that can be handed over */

/* A signature under examination. */
struct cms_check;

/*
 * Takes the @size bytes at @der apart; *@out is ready for the content, caller
 * frees with cms_check_free(). ERR_FORMAT unless they are exactly one detached
 * SignedData in DER with exactly one signer; ERR_UNSUPPORTED when that one uses
 * another digest than SHA-256, SHA-384 or SHA-512.
 */
int cms_check_new(struct cms_check **out, const void *der, size_t size,
		  struct error *err);

/* The next @size bytes of the content. ERR_CRYPTO. */
int cms_check_add(struct cms_check *check, const void *data, size_t size,
		  struct error *err);

/*
 * Whether the signature says that @certificate is its signer's. That proves nothing,
 * but tells where to look first.
 */
bool cms_check_names(const struct cms_check *check, X509 *certificate);

/*
 * Whether the owner of @certificate signed the content, all of which has been
 * added: 0, or ERR_AUTH. Its key alone counts; it must be RSA or on an elliptic
 * curve (ERR_UNSUPPORTED). May be called for one certificate after the other.
 */
int cms_check_signer(struct cms_check *check, X509 *certificate, struct error *err);

/* NULL is allowed. */
void cms_check_free(struct cms_check *check);

#endif
