/* SPDX-License-Identifier: MIT */
#include "hostkey/pki.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* A list of a large CA has some megabytes. */
#define FILE_LIMIT ((size_t)16 << 20)
#define DER_SEQUENCE 0x30

static int out_of_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

static void item_free(struct pki_item *item)
{
	X509_free(item->certificate);
	X509_CRL_free(item->crl);
	free(item->source);
}

static void list_truncate(struct pki_list *list, size_t count)
{
	while (list->count > count)
		item_free(&list->items[--list->count]);
	if (count == 0) {
		free(list->items);
		list->items = NULL;
	}
}

void pki_list_free(struct pki_list *list)
{
	list_truncate(list, 0);
}

/* Takes over the object, also on failure. */
static int list_append(struct pki_list *list, X509 *certificate, X509_CRL *crl,
		       const char *source, struct error *err)
{
	struct pki_item item = { certificate, crl, strdup(source) };
	struct pki_item *grown = NULL;

	if (item.source)
		grown = reallocarray(list->items, list->count + 1, sizeof(item));
	if (!grown) {
		item_free(&item);
		return out_of_memory(err);
	}
	list->items = grown;
	list->items[list->count++] = item;
	return 0;
}

int pki_add_crl(struct pki_list *list, X509_CRL *crl, const char *source,
		struct error *err)
{
	X509_CRL_up_ref(crl);
	return list_append(list, NULL, crl, source, err);
}

/* 1 = the bytes are one object followed by *@behind others; 0 = they are not. */
static int parse_der(struct pki_list *list, const uint8_t *data, long size,
		     const char *source, long *behind, struct error *err)
{
	const uint8_t *at = data;
	X509 *certificate = d2i_X509(NULL, &at, size);
	X509_CRL *crl = NULL;
	int rc;

	if (!certificate) {
		at = data;
		crl = d2i_X509_CRL(NULL, &at, size);
	}
	ERR_clear_error();
	if (!certificate && !crl)
		return 0;
	*behind = size - (at - data);
	rc = list_append(list, certificate, crl, source, err);
	return rc < 0 ? rc : 1;
}

static bool is_certificate_label(const char *label)
{
	return strcmp(label, PEM_STRING_X509) == 0 ||
	       strcmp(label, PEM_STRING_X509_OLD) == 0 ||
	       strcmp(label, PEM_STRING_X509_TRUSTED) == 0;
}

static int parse_block(struct pki_list *list, const char *label,
		       const uint8_t *data, long size, const char *source,
		       struct error *err)
{
	X509 *certificate = NULL;
	X509_CRL *crl = NULL;

	if (is_certificate_label(label))
		certificate = d2i_X509_AUX(NULL, &data, size);
	else if (strcmp(label, PEM_STRING_X509_CRL) == 0)
		crl = d2i_X509_CRL(NULL, &data, size);
	else
		return 0; /* a key, say: none of our business */
	ERR_clear_error();
	if (!certificate && !crl)
		return error_set(err, ERR_FORMAT,
				 "'%s': a PEM block \"%s\" does not hold what it says",
				 source, label);
	return list_append(list, certificate, crl, source, err);
}

/* 1 = another block was dealt with, 0 = there is none. */
static int parse_next_block(struct pki_list *list, BIO *bio, const char *source,
			    struct error *err)
{
	char *label = NULL, *header = NULL;
	uint8_t *data = NULL;
	long size = 0;
	int rc;

	if (PEM_read_bio(bio, &label, &header, &data, &size) == 1) {
		rc = parse_block(list, label, data, size, source, err);
		rc = rc < 0 ? rc : 1;
	} else if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) {
		rc = 0;
	} else {
		rc = error_set(err, ERR_FORMAT, "'%s': a PEM block is damaged",
			       source);
	}
	ERR_clear_error();
	OPENSSL_free(label);
	OPENSSL_free(header);
	OPENSSL_clear_free(data, (size_t)size);
	return rc;
}

static int parse_pem(struct pki_list *list, const void *data, size_t size,
		     const char *source, struct error *err)
{
	BIO *bio = BIO_new_mem_buf(size > 0 ? data : "", (int)size);
	size_t blocks = 0;
	int rc;

	if (!bio)
		return out_of_memory(err);
	while ((rc = parse_next_block(list, bio, source, err)) > 0)
		blocks++;
	BIO_free(bio);
	if (rc == 0 && blocks == 0)
		rc = error_set(err, ERR_FORMAT, "'%s' is not in PEM or DER format",
			       source);
	return rc;
}

int pki_parse(struct pki_list *list, const void *data, size_t size,
	      const char *source, const struct log *log, struct error *err)
{
	size_t before = list->count;
	long behind = 0;
	int rc = 0;

	if (size > FILE_LIMIT)
		return error_set(err, ERR_FORMAT, "'%s' is too large", source);
	if (size > 0 && *(const uint8_t *)data == DER_SEQUENCE)
		rc = parse_der(list, data, (long)size, source, &behind, err);
	if (rc == 0)
		rc = parse_pem(list, data, size, source, err);
	if (rc < 0) {
		list_truncate(list, before);
		return rc;
	}
	if (behind > 0)
		log_warn(log, "'%s': %ld bytes behind the first DER object are ignored",
			 source, behind);
	return 0;
}

int pki_read(struct pki_list *list, const char *file, const struct log *log,
	     struct error *err)
{
	uint8_t *data;
	size_t size;
	int rc = file_read(&data, &size, file, FILE_LIMIT, err);

	if (rc < 0)
		return rc;
	rc = pki_parse(list, data, size, file, log, err);
	/* The file may hold a private key beside its certificate. */
	OPENSSL_cleanse(data, size);
	free(data);
	return rc;
}

const char *pki_certificate_source(const struct pki_list *list,
				   const X509 *certificate)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct pki_item *item = &list->items[i];

		if (item->certificate &&
		    X509_cmp(item->certificate, certificate) == 0)
			return item->source;
	}
	return NULL;
}

const char *pki_crl_source(const struct pki_list *list, const X509_CRL *crl)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct pki_item *item = &list->items[i];

		if (item->crl && X509_CRL_match(item->crl, crl) == 0)
			return item->source;
	}
	return NULL;
}

char *pki_name_line(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *line = NULL;
	char *chars;
	long length;

	if (bio && X509_NAME_print_ex(bio, name, 0,
				      XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		length = BIO_get_mem_data(bio, &chars);
		line = strndup(length > 0 ? chars : "", (size_t)length);
	}
	BIO_free(bio);
	return line;
}

bool pki_time(time_t *out, const ASN1_TIME *time)
{
	struct tm tm;

	if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	*out = timegm(&tm);
	return true;
}

char *pki_date(char out[PKI_DATE_SIZE], const ASN1_TIME *time)
{
	struct tm tm;

	if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
		snprintf(out, PKI_DATE_SIZE, "(no date)");
	else
		strftime(out, PKI_DATE_SIZE, "%Y-%m-%d %H:%M:%S UTC", &tm);
	return out;
}
