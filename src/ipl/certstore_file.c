/* SPDX-License-Identifier: MIT */
/* A certificate store as one file. */
#include <stdlib.h>
#include <string.h>

#include "base/be.h"
#include "base/cursor.h"
#include "base/file.h"
#include "base/text.h"
#include "ipl/certstore.h"

#define STORE_MAGIC "UVCERTS1"
#define STORE_MAGIC_SIZE 8

struct store_header {
	char magic[STORE_MAGIC_SIZE]; /* 0x00 */
	be32_t count;                 /* 0x08 certificates that follow */
	uint8_t reserved_0c[4];       /* 0x0c */
};
WIRE_AT(struct store_header, count, 0x08);
WIRE_SIZE(struct store_header, 0x10);

/* In front of every certificate: its label, without a NUL, and its DER form follow. */
struct store_entry {
	be32_t label_size; /* 0x00 */
	be32_t der_size;   /* 0x04 */
};
WIRE_AT(struct store_entry, der_size, 0x04);
WIRE_SIZE(struct store_entry, 0x08);

#define LABEL_MAX 255 /* of a file's name */

#define STORE_MAX (sizeof(struct store_header) + \
		   CERTSTORE_MAX * (sizeof(struct store_entry) + LABEL_MAX + CERTIFICATE_DER_MAX))

static void add_bytes(struct text *out, const void *data, size_t size)
{
	text_add_bytes(out, data, size);
}

static void add_entry(struct text *out, const struct boot_certificate *certificate)
{
	size_t label_size = strnlen(certificate->label, LABEL_MAX);
	struct store_entry entry = {
		.label_size = be32((uint32_t)label_size),
		.der_size = be32((uint32_t)certificate->der_size),
	};

	add_bytes(out, &entry, sizeof(entry));
	add_bytes(out, certificate->label, label_size);
	add_bytes(out, certificate->der, certificate->der_size);
}

int certstore_write(const struct certstore *store, const char *path, struct error *err)
{
	struct store_header header = { .count = be32((uint32_t)store->count) };
	struct text out = { 0 };
	int rc;

	memcpy(header.magic, STORE_MAGIC, STORE_MAGIC_SIZE);
	add_bytes(&out, &header, sizeof(header));
	for (size_t i = 0; i < store->count; i++)
		add_entry(&out, &store->certificates[i]);
	rc = text_ok(&out) ?
		     file_write(path, out.chars, out.length, OUTFILE_REPLACE, 0600, err) :
		     error_set(err, ERR_NOMEM, "Out of memory");
	text_free(&out);
	return rc;
}

static int cut_off(const struct cursor *file, struct error *err)
{
	return error_set(err, ERR_FORMAT, "It ends inside of an entry, after byte %zu",
			 file->position);
}

static int read_entry(struct certstore *store, struct cursor *file, struct error *err)
{
	const struct store_entry *entry = cursor_take(file, sizeof(*entry));
	const char *label;
	const void *der;
	char name[LABEL_MAX + 1];
	uint32_t label_size;

	if (!entry)
		return cut_off(file, err);
	label_size = be32_get(entry->label_size);
	label = cursor_take(file, label_size);
	der = cursor_take(file, be32_get(entry->der_size));
	if (!label || !der)
		return cut_off(file, err);
	if (label_size > LABEL_MAX || memchr(label, '\0', label_size))
		return error_set(err, ERR_FORMAT, "The name of a certificate is none");
	memcpy(name, label, label_size);
	name[label_size] = '\0';
	return certstore_add(store, name, der, be32_get(entry->der_size), err);
}

int certstore_parse(struct certstore *store, const void *data, size_t size,
		    struct error *err)
{
	struct cursor file = cursor_over(data, size);
	const struct store_header *header = cursor_take(&file, sizeof(*header));
	int rc = 0;

	if (!header || memcmp(header->magic, STORE_MAGIC, STORE_MAGIC_SIZE) != 0)
		return error_set(err, ERR_FORMAT, "It is no certificate store");
	for (uint32_t i = be32_get(header->count); i > 0 && !rc; i--)
		rc = read_entry(store, &file, err);
	if (!rc && cursor_left(&file) > 0)
		rc = error_set(err, ERR_FORMAT, "%zu bytes follow its last entry",
			       cursor_left(&file));
	return rc;
}

int certstore_read(struct certstore *store, const char *path, struct error *err)
{
	uint8_t *data;
	size_t size;
	int rc = file_read(&data, &size, path, STORE_MAX, err);

	if (rc)
		return rc;
	rc = certstore_parse(store, data, size, err);
	free(data);
	return rc ? error_wrap(err, rc, "Cannot read the certificate store '%s'", path) : 0;
}
