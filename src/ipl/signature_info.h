/* SPDX-License-Identifier: MIT */
/* What a signature says about itself, for people to read. */
#ifndef UV_IPL_SIGNATURE_INFO_H
#define UV_IPL_SIGNATURE_INFO_H

#include <stdbool.h>
#include <stddef.h>

/* Nothing of it is verified; texts are cut where they are too long. */
struct signature_info {
	char issuer[256];  /* of the signer's certificate, RFC 2253; or empty */
	char serial[80];   /* hexadecimal; or empty */
	char key_id[80];   /* subject key identifier instead of both; or empty */
	char digest[32];   /* OpenSSL's name, such as SHA256 */
	char algorithm[48];
	bool attributes;   /* the signature is about attributes that name the digest */
	int certificates;  /* that come with it */
};

/* False unless the @size bytes at @der are CMS SignedData with one signer. */
bool signature_info_read(struct signature_info *info, const void *der, size_t size);

#endif
