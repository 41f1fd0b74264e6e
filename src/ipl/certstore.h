/* SPDX-License-Identifier: MIT */
/*
 * The certificate store of a machine: the keys whose signatures its boot
 * components may carry. Filled from files and folders before the machine
 * starts, unchanged from then on. See docs/reference/certificate-store.md.
 */
#ifndef UV_IPL_CERTSTORE_H
#define UV_IPL_CERTSTORE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "ipl/diag320_format.h"

/* Of one file: a certificate in PEM with all that people write in front of it. */
#define CERTIFICATE_FILE_MAX ((size_t)256 << 10)

struct boot_certificate {
	uint8_t name[CERTIFICATE_NAME_SIZE]; /* of the file, EBCDIC */
	uint8_t key_id[CERTIFICATE_KEY_ID_SIZE];
	uint8_t hash[CERTIFICATE_HASH_SIZE];
	enum vce_key_type key_type;
	bool usable;         /* the public key could be read */
	int64_t not_before;  /* seconds since the epoch */
	int64_t not_after;
	uint8_t *der;
	size_t der_size;
	X509 *certificate;
	char *label;         /* the file's name as it was, for messages */
};

/* Start with { 0 }. */
struct certstore {
	struct boot_certificate certificates[CERTSTORE_MAX];
	size_t count;
};

/*
 * Fills the empty @store from @count files and folders, in their order; the
 * files of a folder by name, bytewise. Files hold one certificate, PEM or DER.
 * Nothing is loaded before all names are known to be no more than
 * CERTSTORE_MAX. What is passed over, or cannot serve at time @now (seconds since
 * the epoch), is told to @log. Caller frees with certstore_clear(), also after a
 * failure. ERR_INVALID (an empty path, too many files, neither file nor folder),
 * ERR_NOT_FOUND, ERR_IO, ERR_FORMAT (no certificate, or several),
 * ERR_UNSUPPORTED (too large).
 */
int certstore_load(struct certstore *store, const char *const *paths,
		   size_t count, int64_t now, const struct log *log,
		   struct error *err);

/*
 * Appends one certificate in the form of @size bytes at @data, PEM or DER; its
 * name is @label, cut after CERTIFICATE_NAME_SIZE characters. Errors as above.
 */
int certstore_add(struct certstore *store, const char *label, const void *data,
		  size_t size, struct error *err);

void certstore_clear(struct certstore *store);

/* Whether DIAG 320 hands out the certificate at time @now as a valid one. */
bool boot_certificate_is_valid(const struct boot_certificate *certificate,
			       int64_t now);

/*
 * The store as one file, for the plugin; see docs/reference/certificate-store.md,
 * "Store file". Written with mode 0600, read with all checks of certstore_add().
 */
int certstore_write(const struct certstore *store, const char *path,
		    struct error *err);
int certstore_read(struct certstore *store, const char *path, struct error *err);

/* The same for the bytes of the file. */
int certstore_parse(struct certstore *store, const void *data, size_t size,
		    struct error *err);

/* Bytes that a signature is about, wherever they are. */
struct certstore_content {
	/* Reads bytes once, in ascending order; false when it cannot. */
	bool (*read)(void *context, uint64_t offset, void *data, size_t size);
	void *context;
	uint64_t size;
};

/*
 * Which certificate verifies @signature over @content: the first one; its number,
 * from 0, goes to *@index. Dates are not looked at. ERR_AUTH when there is none,
 * ERR_IO when @content cannot be read, and what cms_check_new() says.
 */
int certstore_verify(const struct certstore *store, size_t *index,
		     const struct certstore_content *content,
		     const void *signature, size_t signature_size,
		     struct error *err);

#endif
