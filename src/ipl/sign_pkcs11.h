/* SPDX-License-Identifier: MIT */
/* Keys in tokens. Internal to src/ipl; others go through ipl/sign.h. */
#ifndef UV_IPL_SIGN_PKCS11_H
#define UV_IPL_SIGN_PKCS11_H

#include "ipl/sign.h"

/* As sign_key_load(), for a PKCS#11 URI. */
int sign_pkcs11_load(EVP_PKEY **out, const char *uri,
		     const struct sign_passphrase *passphrase, struct error *err);

#endif
