/* SPDX-License-Identifier: MIT */
#include "secret/secret_id.h"

#include <string.h>

#include "base/hex.h"
#include "crypto/crypto.h"

int secret_id_from_hash(uint8_t id[SECRET_ID_SIZE], const char *name,
			struct error *err)
{
	return crypto_sha256(id, name, strlen(name), err);
}

void secret_id_from_name(uint8_t id[SECRET_ID_SIZE], const char *name)
{
	memset(id, 0, SECRET_ID_SIZE);
	memcpy(id, name, strnlen(name, SECRET_ID_SIZE - 1));
}

bool secret_id_to_name(char name[SECRET_ID_SIZE], const uint8_t id[SECRET_ID_SIZE])
{
	size_t length = 0;

	/* Line breaks are left out: a name must not look like a line of a list. */
	while (length < SECRET_ID_SIZE && id[length] >= ' ' && id[length] <= '~')
		length++;
	if (length == 0 || length == SECRET_ID_SIZE)
		return false;
	for (size_t i = length; i < SECRET_ID_SIZE; i++)
		if (id[i] != 0)
			return false;
	memcpy(name, id, SECRET_ID_SIZE);
	return true;
}

char *secret_id_to_hex(char text[SECRET_ID_HEX_SIZE], const uint8_t id[SECRET_ID_SIZE])
{
	text[0] = '0';
	text[1] = 'x';
	hex_encode(text + 2, id, SECRET_ID_SIZE);
	return text;
}

int secret_id_from_hex(uint8_t id[SECRET_ID_SIZE], const char *text, struct error *err)
{
	int rc;

	if (strncmp(text, "0x", 2) != 0)
		return error_set(err, ERR_FORMAT, "A secret ID starts with 0x, not so '%.80s'", text);
	rc = hex_decode(id, SECRET_ID_SIZE, text + 2, strlen(text + 2), err);
	return rc < 0 ? error_wrap(err, rc, "'%.80s' is no secret ID", text) : 0;
}
