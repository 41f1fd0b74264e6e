/* SPDX-License-Identifier: MIT */
#include "hostkey/hostkey.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "hostkey/pki.h"
#include "hostkey/remedy.h"

#define DOCUMENT_LIMIT ((size_t)1 << 20)

void hostkey_free(struct hostkey *key)
{
	if (!key)
		return;
	free(key->file);
	X509_free(key->certificate);
	EVP_PKEY_free(key->key);
	free(key);
}

/* The first certificate; NULL = none. */
static X509 *first_certificate(const struct pki_list *list, size_t *count)
{
	X509 *first = NULL;

	*count = 0;
	for (size_t i = 0; i < list->count; i++) {
		if (!list->items[i].certificate)
			continue;
		if ((*count)++ == 0)
			first = list->items[i].certificate;
	}
	return first;
}

/* Sets the key and its hash, both from the certificate. */
static int take_public_key(struct hostkey *key, struct error *err)
{
	int rc;

	key->key = X509_get_pubkey(key->certificate);
	ERR_clear_error();
	if (!key->key) {
		rc = error_set(err, ERR_FORMAT, "Its public key cannot be decoded: "
			       "the kind of key is unknown, or no point of its curve");
	} else {
		rc = ec_check_p521(key->key, err);
		if (rc == 0)
			rc = ec_phkh(key->phkh, key->key, err);
	}
	if (rc == 0)
		return 0;
	error_wrap(err, rc, "The host-key document in '%s' holds no usable host key",
		   key->file);
	return error_hint(err, rc, "%s", REMEDY_DOCUMENT);
}

static int take_certificate(struct hostkey *key, const struct pki_list *list,
			    const struct log *log, struct error *err)
{
	size_t count;
	X509 *first = first_certificate(list, &count);

	if (!first) {
		error_set(err, ERR_FORMAT,
			  "The host-key document in '%s' contains no certificate!",
			  key->file);
		return error_hint(err, ERR_FORMAT, "%s", REMEDY_DOCUMENT);
	}
	if (count > 1)
		log_warn(log, "The host-key document in '%s' contains more than one "
			      "certificate! Only the first of %zu is used.",
			 key->file, count);
	X509_up_ref(first);
	key->certificate = first;
	return take_public_key(key, err);
}

int hostkey_parse(struct hostkey **out, const void *data, size_t size,
		  const char *file, const struct log *log, struct error *err)
{
	struct hostkey *key = calloc(1, sizeof(*key));
	struct pki_list list = { 0 };
	int rc;

	*out = NULL;
	if (key)
		key->file = strdup(file);
	if (!key || !key->file) {
		hostkey_free(key);
		return error_set(err, ERR_NOMEM, "Out of memory");
	}
	rc = pki_parse(&list, data, size, file, log, err);
	if (rc < 0)
		error_wrap(err, rc, "The host-key document in '%s' cannot be read",
			   file);
	else
		rc = take_certificate(key, &list, log, err);
	pki_list_free(&list);
	if (rc < 0) {
		hostkey_free(key);
		return rc;
	}
	*out = key;
	return 0;
}

int hostkey_load(struct hostkey **out, const char *file, const struct log *log,
		 struct error *err)
{
	uint8_t *data;
	size_t size;
	int rc;

	*out = NULL;
	rc = file_read(&data, &size, file, DOCUMENT_LIMIT, err);
	if (rc < 0)
		return rc;
	rc = hostkey_parse(out, data, size, file, log, err);
	free(data);
	return rc;
}
