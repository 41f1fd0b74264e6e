/* SPDX-License-Identifier: MIT */
#include "secret/retrieved.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/be.h"
#include "secret/list_report.h"
#include "secret/secret_type.h"

/* Bytes that make one line of PEM, and characters of such a line. */
#define LINE_BYTES 48
#define LINE_CHARS 64

static bool all_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* Narrows *@bytes and *@size down to the payload of a plaintext, if it has one. */
static void strip_plaintext(const uint8_t **bytes, size_t *size)
{
	const size_t prefix = sizeof(be16_t);
	be16_t length;
	size_t payload, padding;

	if (*size < prefix)
		return;
	memcpy(&length, *bytes, prefix);
	payload = be16_get(length);
	if (payload > SECRET_PLAINTEXT_MAX_PAYLOAD || payload > *size - prefix)
		return;
	padding = *size - prefix - payload;
	if (padding >= SECRET_PLAINTEXT_STEP || !all_zero(*bytes + prefix + payload, padding))
		return;
	*bytes += prefix;
	*size = payload;
}

static void content(const uint8_t **bytes, size_t *size, const struct retrieved *retrieved)
{
	*bytes = retrieved->bytes;
	*size = retrieved->size;
	if (retrieved->type == SECRET_PLAINTEXT)
		strip_plaintext(bytes, size);
}

int retrieved_to_binary(struct secret **out, const struct retrieved *retrieved,
			struct error *err)
{
	const uint8_t *bytes;
	size_t size;

	content(&bytes, &size, retrieved);
	*out = secret_copy(bytes, size);
	return *out ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
}

static size_t pem_lines_size(size_t size)
{
	size_t lines = (size + LINE_BYTES - 1) / LINE_BYTES;

	return (size + 2) / 3 * 4 + lines;
}

static char *add(char *at, const char *text)
{
	return memcpy(at, text, strlen(text)), at + strlen(text);
}

/* The Base64 lines, straight into the secret: no copy of a key stays behind. */
static char *add_lines(char *at, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		size_t part = size < LINE_BYTES ? size : LINE_BYTES;
		uint8_t line[LINE_CHARS + 1]; /* EVP adds a NUL */
		int count = EVP_EncodeBlock(line, bytes, (int)part);

		memcpy(at, line, (size_t)count);
		at[count] = '\n';
		at += count + 1;
		bytes += part;
		size -= part;
		secret_wipe(line, sizeof(line));
	}
	return at;
}

int retrieved_to_pem(struct secret **out, const struct retrieved *retrieved,
		     struct error *err)
{
	bool key = retrieved->type != SECRET_PLAINTEXT;
	const char *label = key ? "IBM PROTECTED KEY" : "PLAINTEXT SECRET";
	char begin[64], end[64], header[64] = "", kind[SECRET_TYPE_NAME_SIZE];
	const uint8_t *bytes;
	size_t size;
	char *at;

	content(&bytes, &size, retrieved);
	snprintf(begin, sizeof(begin), "-----BEGIN %s-----\n", label);
	snprintf(end, sizeof(end), "-----END %s-----\n", label);
	if (key)
		snprintf(header, sizeof(header), "kind: %s\n\n",
			 secret_type_name(kind, retrieved->type));
	*out = secret_new(strlen(begin) + strlen(header) + pem_lines_size(size) +
			  strlen(end));
	if (!*out)
		return error_set(err, ERR_NOMEM, "Out of memory");
	at = add((char *)secret_bytes(*out), begin);
	at = add_lines(add(at, header), bytes, size);
	add(at, end);
	return 0;
}
