/* SPDX-License-Identifier: MIT */
/* What a CA signs: its own chain, host key documents, revocation lists. */
#include "machine/ca.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "crypto/crypto.h"
#include "crypto/ec.h"
#include "crypto/key_pem.h"
#include "hostkey/mint.h"
#include "machine/ca_internal.h"
#include "machine/flat_yaml.h"
#include "machine/machine.h"

/*
 * 3072 bits have the strength of 128-bit keys, more than a simulation needs,
 * and three of them are made in about a second; 4096 bits (as the real chain
 * has) take three times as long for nothing.
 */
#define RSA_BITS 3072

/* Years that things are valid, the higher the longer. */
#define ROOT_YEARS 20
#define INTERMEDIATE_YEARS 15
#define SIGNING_KEY_YEARS 12
#define DOCUMENT_YEARS 10
#define CRL_YEARS 1

#define RENEW_AHEAD (24 * 60 * 60)

#define LOCALITY "Poughkeepsie"
#define REVOKED_EXAMPLE "HKD-revoked.crt"

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

/* The address of the CRL of @link. Caller frees. */
static int crl_address(char **out, const struct ca *ca, enum ca_link link,
		       struct error *err)
{
	if (asprintf(out, "%s/%s", ca->crl_url, ca_files[link].crl) >= 0)
		return 0;
	*out = NULL;
	return no_memory(err);
}

/* Signs @order, whose revocations @issuer lists. */
static int sign(X509 **out, struct mint_certificate *order, const struct ca *ca,
		enum ca_link issuer, struct error *err)
{
	char *url;
	int rc = crl_address(&url, ca, issuer, err);

	if (rc < 0)
		return rc;
	order->issuer = ca->certificates[issuer];
	order->issuer_key = ca->keys[issuer];
	order->crl_urls = (const char *const[]){ url };
	order->crl_url_count = 1;
	rc = mint_certificate(out, order, err);
	free(url);
	return rc;
}

/* --- The chain ------------------------------------------------------------ */

static int make_ca_certificate(struct ca *ca, enum ca_link link, const char *role,
			       struct error *err)
{
	char name[80];
	const struct mint_entry subject[] = {
		{ "O", "Ultraviolet" },
		{ "OU", "Simulated machines" },
		{ "CN", name },
		{ NULL, NULL },
	};
	struct mint_certificate order = {
		.profile = link == CA_ROOT ? MINT_ROOT_CA : MINT_INTERMEDIATE_CA,
		.subject = subject,
		.key = ca->keys[link],
		.issuer_key = ca->keys[link],
		.not_after = mint_years_from_now(link == CA_ROOT ? ROOT_YEARS
								 : INTERMEDIATE_YEARS),
	};

	/* The id keeps the CAs of different machines apart where only names count. */
	snprintf(name, sizeof(name), "Simulated %s CA %s", role, ca->id);
	if (link == CA_ROOT)
		return mint_certificate(&ca->certificates[link], &order, err);
	return sign(&ca->certificates[link], &order, ca, CA_ROOT, err);
}

static int make_signing_certificate(struct ca *ca, struct error *err)
{
	struct mint_entry subject[MINT_NAME_ENTRIES];
	struct mint_certificate order = {
		.profile = MINT_SIGNING_KEY,
		.subject = subject,
		.key = ca->keys[CA_SIGNING_KEY],
		.not_after = mint_years_from_now(SIGNING_KEY_YEARS),
	};

	mint_signing_key_name(subject, LOCALITY);
	return sign(&ca->certificates[CA_SIGNING_KEY], &order, ca, CA_INTERMEDIATE, err);
}

static int make_chain(struct ca *ca, struct error *err)
{
	int rc = 0;

	for (int link = 0; rc == 0 && link < CA_LINKS; link++)
		rc = mint_rsa_key(&ca->keys[link], RSA_BITS, err);
	if (rc == 0)
		rc = make_ca_certificate(ca, CA_ROOT, "Root", err);
	if (rc == 0)
		rc = make_ca_certificate(ca, CA_INTERMEDIATE, "Intermediate", err);
	if (rc == 0)
		rc = make_signing_certificate(ca, err);
	return rc;
}

int ca_issue_document(X509 **out, const struct ca *ca, const char *name,
		      EVP_PKEY *key, struct error *err)
{
	const struct mint_entry subject[] = {
		{ "O", "Ultraviolet" },
		{ "OU", "Simulated host key" },
		{ "CN", name },
		{ NULL, NULL },
	};
	struct mint_certificate order = {
		.profile = MINT_HOST_KEY,
		.subject = subject,
		.key = key,
		.not_after = mint_years_from_now(DOCUMENT_YEARS),
	};

	*out = NULL;
	if (ca_can_sign(ca))
		return sign(out, &order, ca, CA_SIGNING_KEY, err);
	error_set(err, ERR_REFUSED, "The CA in '%s' cannot sign: its keys are not there",
		  ca->folder);
	return error_hint(err, ERR_REFUSED,
			  "Machines that were imported without CA keys cannot lend their CA to others");
}

/* --- Revocation ----------------------------------------------------------- */

struct revoked_list {
	X509 **documents;
	size_t count;
};

static void revoked_free(struct revoked_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		X509_free(list->documents[i]);
	free(list->documents);
	*list = (struct revoked_list){ 0 };
}

static int read_revoked_one(void *context, const char *path, struct error *err)
{
	struct revoked_list *list = context;
	int rc;

	if (list->count == CA_MAX_REVOKED)
		return error_set(err, ERR_UNSUPPORTED,
				 "There are more than %d revoked documents: '%s'",
				 CA_MAX_REVOKED, path);
	rc = mint_read_certificate(&list->documents[list->count], path, err);
	if (rc == 0)
		list->count++;
	return rc;
}

/* All documents in the CA's folder of revoked ones. */
static int revoked_read(struct revoked_list *list, const struct ca *ca,
			struct error *err)
{
	int rc;

	*list = (struct revoked_list){
		.documents = calloc(CA_MAX_REVOKED, sizeof(*list->documents)),
	};
	if (!list->documents)
		return no_memory(err);
	rc = ca_each_revoked(ca->folder, read_revoked_one, list, err);
	if (rc < 0)
		revoked_free(list);
	return rc;
}

static int sign_crl(struct ca *ca, enum ca_link link, const struct revoked_list *list,
		    struct error *err)
{
	struct mint_entry name[MINT_NAME_ENTRIES];
	struct mint_crl order = {
		.issuer = ca->certificates[link],
		.issuer_key = ca->keys[link],
		.next_update = mint_years_from_now(CRL_YEARS),
	};
	X509_CRL *crl;
	int rc;

	if (link == CA_SIGNING_KEY) {
		struct mint_revoked *revoked = calloc(list->count + 1, sizeof(*revoked));

		if (!revoked)
			return no_memory(err);
		for (size_t i = 0; i < list->count; i++)
			revoked[i].certificate = list->documents[i];
		order.revoked = revoked;
		order.revoked_count = list->count;
		/* IBM's list names its issuer in another order than the certificate. */
		mint_signing_key_crl_name(name, LOCALITY);
		order.issuer_name = name;
	}
	rc = mint_crl(&crl, &order, err);
	free((void *)order.revoked);
	if (rc < 0)
		return rc;
	X509_CRL_free(ca->crls[link]);
	ca->crls[link] = crl;
	return 0;
}

static int write_crl(const struct ca *ca, enum ca_link link, struct error *err)
{
	char *path;
	int rc = machine_path(&path, ca->folder, ca_files[link].crl, err);

	if (rc < 0)
		return rc;
	rc = mint_write_crl(path, ca->crls[link], MINT_PEM, OUTFILE_REPLACE, err);
	free(path);
	return rc;
}

static bool expires_soon(const X509_CRL *crl)
{
	time_t soon = time(NULL) + RENEW_AHEAD;
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);

	/* 0 is a malformed time, which a new list mends as well. */
	return !next || X509_cmp_time(next, &soon) <= 0;
}

static bool lists_all(X509_CRL *crl, const struct revoked_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		X509_REVOKED *entry;

		/* By number only: the names differ in the order of their parts. */
		if (X509_CRL_get0_by_serial(crl, &entry,
					    X509_get_serialNumber(list->documents[i])) != 1)
			return false;
	}
	return true;
}

static int renew_one(struct ca *ca, enum ca_link link, const struct revoked_list *list,
		     const struct log *log, struct error *err)
{
	bool outdated = expires_soon(ca->crls[link]);
	bool incomplete = link == CA_SIGNING_KEY && !lists_all(ca->crls[link], list);
	int rc;

	if (!outdated && !incomplete)
		return 0;
	if (!ca_can_sign(ca)) {
		log_warn(log, "'%s/%s' is %s, and the CA's keys are not there to sign it anew",
			 ca->folder, ca_files[link].crl,
			 outdated ? "out of date" : "incomplete");
		return 0;
	}
	rc = sign_crl(ca, link, list, err);
	if (rc == 0)
		rc = write_crl(ca, link, err);
	if (rc == 0)
		log_info(log, "Signed '%s/%s' anew: it was %s", ca->folder,
			 ca_files[link].crl, outdated ? "out of date" : "incomplete");
	return rc;
}

int ca_renew_crls(struct ca *ca, const struct log *log, struct error *err)
{
	struct revoked_list list;
	int rc = revoked_read(&list, ca, err);

	for (int link = 0; rc == 0 && link < CA_LINKS; link++)
		rc = renew_one(ca, (enum ca_link)link, &list, log, err);
	revoked_free(&list);
	return rc;
}

/* --- A new folder --------------------------------------------------------- */

/* So that a "no" can be seen, too: a document that the CRL lists from the start. */
static int make_revoked_example(const struct ca *ca, struct error *err)
{
	char *path;
	EVP_PKEY *key = NULL;
	X509 *document = NULL;
	int rc = machine_path(&path, ca->folder, CA_REVOKED_FOLDER, err);

	if (rc < 0)
		return rc;
	if (mkdir(path, 0700) < 0)
		rc = error_set_errno(err, ERR_IO, errno, "Cannot create the folder '%s'",
				     path);
	free(path);
	path = NULL;
	if (rc == 0)
		rc = machine_path(&path, ca->folder,
				  CA_REVOKED_FOLDER "/" REVOKED_EXAMPLE, err);
	if (rc == 0)
		rc = ec_generate(&key, err);
	if (rc == 0)
		rc = ca_issue_document(&document, ca, "revoked", key, err);
	if (rc == 0)
		rc = mint_write_certificate(path, document, MINT_PEM, OUTFILE_KEEP, err);
	X509_free(document);
	EVP_PKEY_free(key);
	free(path);
	return rc;
}

static int write_link(const struct ca *ca, enum ca_link link, struct error *err)
{
	char *certificate = NULL, *key = NULL;
	int rc = machine_path(&certificate, ca->folder, ca_files[link].certificate, err);

	if (rc == 0)
		rc = machine_path(&key, ca->folder, ca_files[link].key, err);
	if (rc == 0)
		rc = mint_write_certificate(certificate, ca->certificates[link], MINT_PEM,
					    OUTFILE_KEEP, err);
	if (rc == 0)
		rc = key_pem_write(key, ca->keys[link], OUTFILE_KEEP, err);
	if (rc == 0)
		rc = write_crl(ca, link, err);
	free(certificate);
	free(key);
	return rc;
}

static int write_record(const struct ca *ca, struct error *err)
{
	struct text yaml = { 0 };
	char *path;
	int rc = machine_path(&path, ca->folder, CA_YAML, err);

	if (rc < 0)
		return rc;
	text_add(&yaml, "# The CA of software machines of Ultraviolet. Not to be edited.\n");
	text_add(&yaml, "format: " CA_FORMAT "\nsimulated: true\n");
	flat_yaml_add(&yaml, "id", ca->id);
	flat_yaml_add(&yaml, "crl_url", ca->crl_url);
	if (text_ok(&yaml))
		rc = file_write(path, text_chars(&yaml), yaml.length, OUTFILE_KEEP,
				file_default_mode(), err);
	else
		rc = no_memory(err);
	text_free(&yaml);
	free(path);
	return rc;
}

static int sign_and_write(struct ca *ca, struct error *err)
{
	struct revoked_list list = { 0 };
	int rc = make_chain(ca, err);

	if (rc == 0)
		rc = make_revoked_example(ca, err);
	if (rc == 0)
		rc = revoked_read(&list, ca, err);
	for (int link = 0; rc == 0 && link < CA_LINKS; link++)
		rc = sign_crl(ca, (enum ca_link)link, &list, err);
	for (int link = 0; rc == 0 && link < CA_LINKS; link++)
		rc = write_link(ca, (enum ca_link)link, err);
	if (rc == 0)
		rc = write_record(ca, err);
	revoked_free(&list);
	return rc;
}

/* Fills in folder, id and address. */
static int name_ca(struct ca *ca, const char *folder, const struct ca_address *address,
		   struct error *err)
{
	uint8_t id[CA_ID_LENGTH / 2];
	char digits[CA_ID_LENGTH + 1];
	int rc = address->url ? ca_check_url(address->url, err) : 0;

	if (rc == 0)
		rc = crypto_random(id, sizeof(id), err);
	if (rc < 0)
		return rc;
	hex_encode(digits, id, sizeof(id));
	ca->folder = strdup(folder);
	ca->id = strdup(digits);
	if (address->url)
		ca->crl_url = strndup(address->url, ca_url_length(address->url));
	else if (asprintf(&ca->crl_url, "http://127.0.0.1:%d/%s",
			  address->port ? address->port : CA_DEFAULT_PORT, digits) < 0)
		ca->crl_url = NULL;
	return ca->folder && ca->id && ca->crl_url ? 0 : no_memory(err);
}

int ca_create(const char *folder, const struct ca_address *address,
	      struct error *err)
{
	struct ca *ca = calloc(1, sizeof(*ca));
	int rc;

	if (!ca)
		return no_memory(err);
	rc = name_ca(ca, folder, address, err);
	if (rc == 0)
		rc = sign_and_write(ca, err);
	ca_free(ca);
	return rc;
}
