/* SPDX-License-Identifier: MIT */
/*
 * The certificate authority of simulated machines: the chain on which a real
 * host key document hangs, made by ourselves.
 *
 *	root -> intermediate -> IBM Z signing key -> host key documents
 *
 * One folder holds it, for one machine or for several. The file names are
 * those that IBM's manual uses for the real ones, so that its commands run
 * as printed. See docs/reference/machine-folder.md, "The CA folder".
 */
#ifndef UV_MACHINE_CA_H
#define UV_MACHINE_CA_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"

enum ca_link { CA_ROOT, CA_INTERMEDIATE, CA_SIGNING_KEY, CA_LINKS };

/* The files of one link, in the CA's folder and in its URL. */
struct ca_files {
	const char *certificate;
	const char *key;
	const char *crl; /* the list of what this link has revoked */
};

extern const struct ca_files ca_files[CA_LINKS];

#define CA_YAML "ca.yaml"
#define CA_REVOKED_FOLDER "revoked" /* host key documents to list in the CRL */
#define CA_DEFAULT_PORT 8320
#define CA_MAX_REVOKED 1000

/* Where the CRLs of a new CA will be offered; all zero = the default port. */
struct ca_address {
	const char *url; /* NULL = http://127.0.0.1:port/id-of-the-CA */
	uint16_t port;   /* 0 = CA_DEFAULT_PORT */
};

struct ca {
	char *folder;
	char *id;      /* eight hexadecimal digits, in the CA's names and default URL */
	char *crl_url; /* where the CRLs are offered: URL without slash at its end */
	X509 *certificates[CA_LINKS];
	X509_CRL *crls[CA_LINKS];
	EVP_PKEY *keys[CA_LINKS]; /* all, or none: then nothing can be signed */
};

/*
 * Opens the CA in @folder. ERR_NOT_FOUND when there is none, ERR_FORMAT when a
 * file of it is unusable. Caller frees.
 */
int ca_open(struct ca **out, const char *folder, struct error *err);
void ca_free(struct ca *ca);

/* Makes a CA in the existing, empty @folder. ERR_INVALID for an unusable address. */
int ca_create(const char *folder, const struct ca_address *address,
	      struct error *err);

/*
 * Opens the CA in @folder, made first if there is nothing. ERR_INVALID when
 * there is one, and @address asks for another address than its.
 */
int ca_open_or_create(struct ca **out, const char *folder,
		      const struct ca_address *address, struct error *err);

/*
 * The port of this computer that the CA's address names (80 when it names
 * none). ERR_INVALID when it is the address of another computer.
 */
int ca_local_port(uint16_t *port, const struct ca *ca, struct error *err);

bool ca_can_sign(const struct ca *ca);

/*
 * Calls @each with the path of every document in the folder of revoked ones of
 * the CA in @folder, by name; the first failure ends it. No folder, no documents.
 */
int ca_each_revoked(const char *folder,
		    int (*each)(void *context, const char *path, struct error *err),
		    void *context, struct error *err);

/* ERR_INVALID unless @url is a plausible http URL of at most 200 characters. */
int ca_check_url(const char *url, struct error *err);

/*
 * Signs a host key document for the public half of @key at *@out; caller frees.
 * @name ("8561-12345") becomes its common name. ERR_REFUSED when the CA has no keys.
 */
int ca_issue_document(X509 **out, const struct ca *ca, const char *name,
		      EVP_PKEY *key, struct error *err);

/*
 * Signs those CRLs again, in the folder and in @ca, that will have expired
 * within a day, and the host keys' CRL also when the folder of revoked
 * documents holds one that is not listed. A remark tells of each. Without keys
 * there is only a warning.
 */
int ca_renew_crls(struct ca *ca, const struct log *log, struct error *err);

#endif
