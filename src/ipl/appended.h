/* SPDX-License-Identifier: MIT */
/*
 * Files with an appended signature, as Linux' sign-file makes them and zipl and
 * kexec take them apart:
 *
 *	content | CMS signature in DER | struct appended_trailer
 *
 * See docs/reference/appended-signature.md.
 */
#ifndef UV_IPL_APPENDED_H
#define UV_IPL_APPENDED_H

#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"

#define APPENDED_MAGIC "~Module signature appended~\n" /* 28 bytes; no NUL in the file */
#define APPENDED_MAGIC_SIZE 28
#define APPENDED_ID_PKCS7 2 /* the only kind of signature there is */

struct appended_trailer {
	uint8_t algorithm;     /* 0x00: this one and the next are zero for PKCS#7 */
	uint8_t hash;          /* 0x01 */
	uint8_t id_type;       /* 0x02: APPENDED_ID_PKCS7 */
	uint8_t signer_length; /* 0x03: zero for PKCS#7 */
	uint8_t key_id_length; /* 0x04: zero for PKCS#7 */
	uint8_t reserved[3];   /* 0x05 */
	be32_t signature_size; /* 0x08 */
	uint8_t magic[APPENDED_MAGIC_SIZE]; /* 0x0c */
};
WIRE_AT(struct appended_trailer, id_type, 0x02);
WIRE_AT(struct appended_trailer, signature_size, 0x08);
WIRE_AT(struct appended_trailer, magic, 0x0c);
WIRE_SIZE(struct appended_trailer, 40);

/* The parts of a file; they point into its bytes. */
struct appended {
	const uint8_t *content;
	size_t content_size;
	const uint8_t *signature; /* NULL: the file has none */
	size_t signature_size;
};

/*
 * Takes the @size bytes at @bytes apart. Without the magic at the end all of
 * them are content. With it, ERR_FORMAT when the trailer contradicts itself or
 * the file, or the signature is of another kind than PKCS#7. @name is the file's
 * in messages.
 */
int appended_split(struct appended *parts, const void *bytes, size_t size,
		   const char *name, struct error *err);

/* The same again and again: what is left when all signatures are stripped. */
int appended_strip(struct appended *parts, const void *bytes, size_t size,
		   const char *name, struct error *err);

/* The trailer behind a signature of @signature_size bytes. */
struct appended_trailer appended_trailer(uint32_t signature_size);

#endif
