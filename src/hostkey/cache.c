/* SPDX-License-Identifier: MIT */
#include "hostkey/cache.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "crypto/crypto.h"

#define SUBFOLDER "ultraviolet/crl"
#define ENTRY_LIMIT ((size_t)64 << 20)

char *cache_default_folder(void)
{
	const char *base = secure_getenv("XDG_CACHE_HOME");
	const char *between = "";
	char *folder;

	/* The XDG specification: relative paths are to be ignored. */
	if (!base || base[0] != '/') {
		base = secure_getenv("HOME");
		between = "/.cache";
	}
	if (!base || base[0] != '/' ||
	    asprintf(&folder, "%s%s/" SUBFOLDER, base, between) < 0)
		return NULL;
	return folder;
}

static char *entry_path(const char *folder, const char *url)
{
	uint8_t digest[SHA256_SIZE];
	char name[2 * SHA256_SIZE + 1];
	char *path;

	if (crypto_sha256(digest, url, strlen(url), NULL) < 0 ||
	    asprintf(&path, "%s/%s.crl", folder,
		     hex_encode(name, digest, sizeof(digest))) < 0)
		return NULL;
	return path;
}

X509_CRL *cache_load(const char *folder, const char *url)
{
	char *path = folder ? entry_path(folder, url) : NULL;
	struct stat status;
	X509_CRL *crl = NULL;
	uint8_t *data;
	size_t size;

	/* Another user's file could bring back a list that names too little. */
	if (path && stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_uid == geteuid() &&
	    file_read(&data, &size, path, ENTRY_LIMIT, NULL) == 0) {
		const uint8_t *at = data;

		crl = d2i_X509_CRL(NULL, &at, (long)size);
		free(data);
		ERR_clear_error();
	}
	free(path);
	return crl;
}

void cache_store(const char *folder, const char *url, X509_CRL *crl,
		 const struct log *log)
{
	char *path = folder ? entry_path(folder, url) : NULL;
	struct error err = { 0 };
	uint8_t *der = NULL;
	int size = path ? i2d_X509_CRL(crl, &der) : 0;

	if (size > 0 && (file_make_folders(folder, 0700, &err) < 0 ||
			 file_write(path, der, (size_t)size, OUTFILE_REPLACE, 0600,
				    &err) < 0))
		log_debug(log, "%s: %s", err.message, err.cause);
	OPENSSL_free(der);
	free(path);
}
