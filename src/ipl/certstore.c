/* SPDX-License-Identifier: MIT */
#include "ipl/certstore.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/crypto.h"
#include "crypto/ec.h"
#include "ipl/ebcdic.h"

#define DER_SEQUENCE 0x30
#define DER_LONG_LENGTH 0x80

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

/* --- One certificate out of bytes ------------------------------------------ */

static int not_one(const char *label, struct error *err)
{
	error_set(err, ERR_FORMAT, "'%s' holds more than one certificate", label);
	return error_hint(err, ERR_FORMAT, "put each certificate into a file of its own");
}

static int take_der(X509 **out, const char *label, const uint8_t *data, size_t size,
		    struct error *err)
{
	const uint8_t *at = data;
	bool another;

	*out = d2i_X509(NULL, &at, (long)size);
	ERR_clear_error();
	if (*out && at == data + size)
		return 0;
	another = *out && *at == DER_SEQUENCE;
	X509_free(*out);
	*out = NULL;
	if (another)
		return not_one(label, err);
	return error_set(err, ERR_FORMAT, "'%s' does not hold a whole X.509 certificate",
			 label);
}

static bool is_certificate_label(const char *name)
{
	return strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0;
}

static int take_block(X509 **certificate, const char *name, const uint8_t *data,
		      size_t size, const char *label, struct error *err)
{
	if (!is_certificate_label(name))
		return 0; /* a key, say: none of our business */
	if (*certificate)
		return not_one(label, err);
	return take_der(certificate, label, data, size, err);
}

/* 1 = another block was dealt with, 0 = there is none. */
static int take_next_block(X509 **certificate, BIO *bio, const char *label,
			   struct error *err)
{
	char *name = NULL, *header = NULL;
	uint8_t *data = NULL;
	long size = 0;
	int rc;

	if (PEM_read_bio(bio, &name, &header, &data, &size) == 1) {
		rc = take_block(certificate, name, data, (size_t)size, label, err);
		rc = rc < 0 ? rc : 1;
	} else if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) {
		rc = 0;
	} else {
		rc = error_set(err, ERR_FORMAT, "'%s': a PEM block is damaged", label);
	}
	ERR_clear_error();
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_clear_free(data, (size_t)size);
	return rc;
}

/* *@out may be set on failure too. */
static int take_pem(X509 **out, const char *label, const void *data, size_t size,
		    struct error *err)
{
	BIO *bio = BIO_new_mem_buf(data, (int)size);
	int rc = bio ? 1 : no_memory(err);

	while (rc == 1)
		rc = take_next_block(out, bio, label, err);
	BIO_free(bio);
	if (rc == 0 && !*out) {
		error_set(err, ERR_FORMAT, "'%s' holds no X.509 certificate", label);
		return error_hint(err, ERR_FORMAT, "give a certificate in PEM or DER");
	}
	return rc;
}

/* No text begins with these two bytes. */
static bool is_der(const uint8_t *data, size_t size)
{
	return size >= 2 && data[0] == DER_SEQUENCE && data[1] & DER_LONG_LENGTH;
}

/* As take_pem(). */
static int take_certificate(X509 **out, const char *label, const void *data, size_t size,
			    struct error *err)
{
	if (size > CERTIFICATE_FILE_MAX)
		return error_set(err, ERR_UNSUPPORTED,
				 "'%s' has %zu bytes: too many for a certificate", label, size);
	if (is_der(data, size))
		return take_der(out, label, data, size, err);
	return take_pem(out, label, data, size, err);
}

/* --- What is known about it -------------------------------------------------- */

static void fill_name(uint8_t name[CERTIFICATE_NAME_SIZE], const char *label)
{
	size_t length = strnlen(label, CERTIFICATE_NAME_SIZE);

	memset(name, EBCDIC_BLANK, CERTIFICATE_NAME_SIZE);
	for (size_t i = 0; i < length; i++)
		name[i] = ebcdic_from_ascii(label[i]);
}

static int fill_der(struct boot_certificate *entry, struct error *err)
{
	int size = i2d_X509(entry->certificate, NULL);
	uint8_t *at;

	if (size <= 0)
		return crypto_error(err, "Cannot encode '%s'", entry->label);
	if (size > CERTIFICATE_DER_MAX)
		return error_set(err, ERR_UNSUPPORTED,
				 "The certificate in '%s' has %d bytes in DER; at most %d fit into a certificate store",
				 entry->label, size, CERTIFICATE_DER_MAX);
	entry->der_size = (size_t)size;
	entry->der = at = malloc(entry->der_size);
	if (!at)
		return no_memory(err);
	i2d_X509(entry->certificate, &at);
	return crypto_sha256(entry->hash, entry->der, entry->der_size, err);
}

static int fill_key_id(struct boot_certificate *entry, struct error *err)
{
	uint8_t *key = NULL;
	int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(entry->certificate), &key);
	int rc = size > 0 ? crypto_sha256(entry->key_id, key, (size_t)size, err) :
			    crypto_error(err, "Cannot encode the key in '%s'", entry->label);

	OPENSSL_free(key);
	return rc;
}

static bool read_time(int64_t *out, const ASN1_TIME *time)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	*out = timegm(&tm);
	return true;
}

static void fill_key(struct boot_certificate *entry)
{
	X509 *certificate = entry->certificate;
	EVP_PKEY *key = X509_get0_pubkey(certificate);

	entry->usable = key &&
			read_time(&entry->not_before, X509_get0_notBefore(certificate)) &&
			read_time(&entry->not_after, X509_get0_notAfter(certificate));
	if (key && ec_check_p521(key, NULL) == 0)
		entry->key_type = VCE_KEY_ECDSA_P521;
	ERR_clear_error();
}

static void entry_free(struct boot_certificate *entry)
{
	X509_free(entry->certificate);
	free(entry->der);
	free(entry->label);
	*entry = (struct boot_certificate){ 0 };
}

/* --- The store --------------------------------------------------------------- */

int certstore_add(struct certstore *store, const char *label, const void *data,
		  size_t size, struct error *err)
{
	struct boot_certificate entry = { 0 };
	int rc;

	if (store->count == CERTSTORE_MAX)
		return error_set(err, ERR_INVALID,
				 "A certificate store has room for %d certificates",
				 CERTSTORE_MAX);
	rc = take_certificate(&entry.certificate, label, data, size, err);
	if (!rc) {
		entry.label = strdup(label);
		rc = entry.label ? fill_der(&entry, err) : no_memory(err);
	}
	if (!rc)
		rc = fill_key_id(&entry, err);
	if (rc) {
		entry_free(&entry);
		return rc;
	}
	fill_name(entry.name, label);
	fill_key(&entry);
	store->certificates[store->count++] = entry;
	return 0;
}

void certstore_clear(struct certstore *store)
{
	while (store->count > 0)
		entry_free(&store->certificates[--store->count]);
}

bool boot_certificate_is_valid(const struct boot_certificate *certificate, int64_t now)
{
	return certificate->usable && certificate->not_before <= now &&
	       now <= certificate->not_after;
}
