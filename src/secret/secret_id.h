/* SPDX-License-Identifier: MIT */
/*
 * The ID under which a secret is stored and listed: 32 bytes, made from a name
 * that the owner chose. See docs/reference/secrets.md, "Secret IDs".
 */
#ifndef UV_SECRET_SECRET_ID_H
#define UV_SECRET_SECRET_ID_H

#include "base/error.h"
#include "secret/secret_type.h"

/* Characters of an ID in text: 0x, two digits a byte, NUL. */
#define SECRET_ID_HEX_SIZE (2 + 2 * SECRET_ID_SIZE + 1)

/* The usual ID: SHA-256 of the bytes of @name. */
int secret_id_from_hash(uint8_t id[SECRET_ID_SIZE], const char *name,
			struct error *err);

/* The ID that is the name itself: its first 31 bytes, then zeros. */
void secret_id_from_name(uint8_t id[SECRET_ID_SIZE], const char *name);

/*
 * The name in an ID of the second sort, into @name (SECRET_ID_SIZE bytes with the NUL);
 * false when the ID is no such: not at least one printable ASCII character or
 * blank, followed by nothing but zeros.
 */
bool secret_id_to_name(char name[SECRET_ID_SIZE], const uint8_t id[SECRET_ID_SIZE]);

/* Writes 0x and 64 lower-case digits; returns @text. */
char *secret_id_to_hex(char text[SECRET_ID_HEX_SIZE], const uint8_t id[SECRET_ID_SIZE]);

/* Reads 64 hexadecimal digits behind the prefix 0x. ERR_FORMAT. */
int secret_id_from_hex(uint8_t id[SECRET_ID_SIZE], const char *text, struct error *err);

#endif
