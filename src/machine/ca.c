/* SPDX-License-Identifier: MIT */
#include "machine/ca.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "crypto/crypto.h"
#include "crypto/key_pem.h"
#include "hostkey/mint.h"
#include "machine/ca_internal.h"
#include "machine/flat_yaml.h"
#include "machine/folder.h"
#include "machine/machine.h"

#define MAX_URL 200

const struct ca_files ca_files[CA_LINKS] = {
	[CA_ROOT] = { "rootCA.crt", "rootCA.key", "rootCA.crl" },
	[CA_INTERMEDIATE] = { "DigiCertCA.crt", "DigiCertCA.key", "DigiCertCA.crl" },
	[CA_SIGNING_KEY] = { "ibm-z-host-key-signing.crt", "ibm-z-host-key-signing.key",
			     "ibm-z-host-key.crl" },
};

size_t ca_url_length(const char *url)
{
	size_t length = strlen(url);

	while (length > 0 && url[length - 1] == '/')
		length--;
	return length;
}

int ca_check_url(const char *url, struct error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/%[]";
	static const char scheme[] = "http://";
	size_t length = strlen(url);

	if (length <= MAX_URL && strncmp(url, scheme, strlen(scheme)) == 0 &&
	    strspn(url, allowed) == length && url[strlen(scheme)] != '/' &&
	    url[strlen(scheme)] != '\0')
		return 0;
	error_set(err, ERR_INVALID, "'%.80s' cannot be an address of CRLs", url);
	return error_hint(err, ERR_INVALID,
			  "An address like http://127.0.0.1:%d/crl of at most %d characters is expected",
			  CA_DEFAULT_PORT, MAX_URL);
}

/* The part of the CA's address between scheme and path. */
static const char *authority(const struct ca *ca, size_t *length)
{
	const char *start = ca->crl_url + strlen("http://");

	*length = strcspn(start, "/");
	return start;
}

int ca_local_port(uint16_t *port, const struct ca *ca, struct error *err)
{
	static const char *const own_names[] = { "127.0.0.1", "localhost" };
	size_t length;
	const char *start = authority(ca, &length);
	const char *colon = memchr(start, ':', length);
	size_t host = colon ? (size_t)(colon - start) : length;
	unsigned long number = 80;
	char *end;

	if (colon) {
		number = strtoul(colon + 1, &end, 10);
		if (end != start + length || end == colon + 1 || number == 0 ||
		    number > UINT16_MAX)
			return error_set(err, ERR_INVALID,
					 "The CA's address %s has no valid port",
					 ca->crl_url);
	}
	*port = (uint16_t)number;
	for (size_t i = 0; i < sizeof(own_names) / sizeof(own_names[0]); i++)
		if (strlen(own_names[i]) == host &&
		    memcmp(own_names[i], start, host) == 0)
			return 0;
	error_set(err, ERR_INVALID, "The CRLs belong at %s, which is not this computer",
		  ca->crl_url);
	return error_hint(err, ERR_INVALID,
			  "Copy the files there, or choose a port here with --port");
}

static int parse_crl(X509_CRL **out, const char *path, const uint8_t *bytes,
		     size_t size, struct error *err)
{
	BIO *bio = BIO_new_mem_buf(bytes, (int)size);

	*out = bio ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	if (*out)
		return 0;
	crypto_error(err, "'%s' holds no PEM revocation list", path);
	return ERR_FORMAT;
}

static int read_crl(X509_CRL **out, const char *path, struct error *err)
{
	uint8_t *bytes;
	size_t size;
	int rc = file_read(&bytes, &size, path, CA_MAX_FILE, err);

	if (rc < 0)
		return rc;
	rc = parse_crl(out, path, bytes, size, err);
	free(bytes);
	return rc;
}

/* A key that is not there is none; @key then stays NULL. */
static int read_optional_key(EVP_PKEY **key, const char *path, struct error *err)
{
	int rc = key_pem_read(key, path, err);

	if (rc != ERR_NOT_FOUND)
		return rc;
	error_clear(err);
	return 0;
}

static int open_link(struct ca *ca, enum ca_link link, struct error *err)
{
	char *certificate = NULL, *key = NULL, *crl = NULL;
	int rc = machine_path(&certificate, ca->folder, ca_files[link].certificate, err);

	if (rc == 0)
		rc = machine_path(&key, ca->folder, ca_files[link].key, err);
	if (rc == 0)
		rc = machine_path(&crl, ca->folder, ca_files[link].crl, err);
	if (rc == 0)
		rc = mint_read_certificate(&ca->certificates[link], certificate, err);
	if (rc == 0)
		rc = read_crl(&ca->crls[link], crl, err);
	if (rc == 0)
		rc = read_optional_key(&ca->keys[link], key, err);
	if (rc == 0 && ca->keys[link] &&
	    X509_check_private_key(ca->certificates[link], ca->keys[link]) != 1)
		rc = error_set(err, ERR_FORMAT, "'%s' is not the key of '%s'", key,
			       certificate);
	free(certificate);
	free(key);
	free(crl);
	return rc;
}

static int take(char **out, struct flat_yaml *yaml, const char *name,
		const char *origin, struct error *err)
{
	const char *value;
	int rc = flat_yaml_require(&value, yaml, name, origin, err);

	if (rc < 0)
		return rc;
	*out = strdup(value);
	return *out ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
}

static int check_id(const char *id, const char *origin, struct error *err)
{
	if (strlen(id) == CA_ID_LENGTH && strspn(id, "0123456789abcdef") == CA_ID_LENGTH)
		return 0;
	return error_set(err, ERR_FORMAT, "'%s': 'id' is not %d hexadecimal digits",
			 origin, CA_ID_LENGTH);
}

static int fill_from_yaml(struct ca *ca, struct flat_yaml *yaml, const char *origin,
			  struct error *err)
{
	const char *format;
	int rc = flat_yaml_require(&format, yaml, "format", origin, err);

	if (rc == 0 && strcmp(format, CA_FORMAT) != 0)
		rc = error_set(err, ERR_UNSUPPORTED, "'%s' has format %.20s, not %s",
			       origin, format, CA_FORMAT);
	if (rc == 0)
		rc = take(&ca->id, yaml, "id", origin, err);
	if (rc == 0)
		rc = check_id(ca->id, origin, err);
	if (rc == 0)
		rc = take(&ca->crl_url, yaml, "crl_url", origin, err);
	if (rc == 0 && ca_check_url(ca->crl_url, err) < 0)
		rc = error_wrap(err, ERR_FORMAT, "Cannot use '%s'", origin);
	return rc;
}

static int read_record(struct ca *ca, struct error *err)
{
	struct flat_yaml yaml;
	char *path;
	int rc = machine_path(&path, ca->folder, CA_YAML, err);

	if (rc < 0)
		return rc;
	rc = flat_yaml_read(&yaml, path, err);
	if (rc == 0) {
		rc = fill_from_yaml(ca, &yaml, path, err);
		flat_yaml_free(&yaml);
	}
	free(path);
	return rc;
}

/* All keys or none: a half CA signs half of what it should. */
static int check_keys(const struct ca *ca, struct error *err)
{
	for (int link = 1; link < CA_LINKS; link++)
		if (!ca->keys[link] != !ca->keys[0])
			return error_set(err, ERR_FORMAT,
					 "The CA in '%s' has some of its keys, but not all",
					 ca->folder);
	return 0;
}

static int fill(struct ca *ca, const char *folder, struct error *err)
{
	int rc;

	ca->folder = strdup(folder);
	if (!ca->folder)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = read_record(ca, err);
	for (int link = 0; rc == 0 && link < CA_LINKS; link++)
		rc = open_link(ca, (enum ca_link)link, err);
	return rc < 0 ? rc : check_keys(ca, err);
}

int ca_open(struct ca **out, const char *folder, struct error *err)
{
	struct ca *ca = calloc(1, sizeof(*ca));
	int rc;

	*out = NULL;
	if (!ca)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = fill(ca, folder, err);
	if (rc < 0) {
		ca_free(ca);
		return rc;
	}
	*out = ca;
	return 0;
}

void ca_free(struct ca *ca)
{
	if (!ca)
		return;
	for (int link = 0; link < CA_LINKS; link++) {
		X509_free(ca->certificates[link]);
		X509_CRL_free(ca->crls[link]);
		EVP_PKEY_free(ca->keys[link]);
	}
	free(ca->folder);
	free(ca->id);
	free(ca->crl_url);
	free(ca);
}

bool ca_can_sign(const struct ca *ca)
{
	return ca->keys[CA_SIGNING_KEY] != NULL;
}

static int is_document(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot && strcmp(dot, ".crt") == 0;
}

int ca_each_revoked(const char *folder,
		    int (*each)(void *context, const char *path, struct error *err),
		    void *context, struct error *err)
{
	struct dirent **names = NULL;
	char *revoked, *path;
	int count, rc = machine_path(&revoked, folder, CA_REVOKED_FOLDER, err);

	if (rc < 0)
		return rc;
	count = scandir(revoked, &names, is_document, alphasort);
	if (count < 0 && errno != ENOENT)
		rc = error_set_errno(err, ERR_IO, errno, "Cannot read '%s'", revoked);
	for (int i = 0; i < count; i++) {
		if (rc == 0)
			rc = machine_path(&path, revoked, names[i]->d_name, err);
		if (rc == 0) {
			rc = each(context, path, err);
			free(path);
		}
		free(names[i]);
	}
	free(names);
	free(revoked);
	return rc;
}

/* Makes the CA under a temporary name, so that nobody sees half of it. */
static int create_whole(const char *folder, const struct ca_address *address,
			struct error *err)
{
	struct folder_draft draft;
	int rc = folder_begin(&draft, folder, err);

	if (rc < 0)
		return rc;
	rc = ca_create(draft.work, address, err);
	if (rc < 0) {
		folder_abandon(&draft);
		return error_wrap(err, rc, "Cannot create the CA '%s'", folder);
	}
	return folder_commit(&draft, err);
}

static int check_same_address(const struct ca *ca, const struct ca_address *address,
			      struct error *err)
{
	size_t length = address->url ? ca_url_length(address->url) : 0;
	uint16_t port;
	bool same = !address->url || (strlen(ca->crl_url) == length &&
				      memcmp(ca->crl_url, address->url, length) == 0);

	if (same && address->port)
		same = ca_local_port(&port, ca, NULL) == 0 && port == address->port;
	if (same)
		return 0;
	error_set(err, ERR_INVALID, "The CA in '%s' offers its CRLs elsewhere, at %s",
		  ca->folder, ca->crl_url);
	return error_hint(err, ERR_INVALID,
			  "The address is part of all its certificates: leave it out, or use a new CA");
}

int ca_open_or_create(struct ca **out, const char *folder,
		      const struct ca_address *address, struct error *err)
{
	int rc = ca_open(out, folder, err);

	if (rc == ERR_NOT_FOUND) {
		/* Somebody else may be making it at this moment: whoever is first wins. */
		rc = create_whole(folder, address, err);
		if (rc == 0 || rc == ERR_EXISTS)
			rc = ca_open(out, folder, err);
	}
	if (rc == 0)
		rc = check_same_address(*out, address, err);
	if (rc < 0) {
		ca_free(*out);
		*out = NULL;
	}
	return rc;
}
