/* SPDX-License-Identifier: MIT */
#include "machine/create.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "crypto/crypto.h"
#include "crypto/ec.h"
#include "crypto/key_pem.h"
#include "hostkey/mint.h"
#include "machine/folder.h"
#include "machine/machine.h"

static int choose_generation(struct machine_identity *id,
			     const struct machine_order *order, struct error *err)
{
	const char *name = order->generation;

	if (order->type) {
		int rc = machine_type_parse(&id->type, order->type, err);

		if (rc < 0)
			return rc;
		id->generation = generation_by_type(id->type);
		if (!id->generation)
			return error_set(err, ERR_INVALID,
					 "%s is no machine type with Secure Execution",
					 order->type);
	}
	if (!name && id->generation)
		return 0;
	if (!name)
		name = MACHINE_DEFAULT_GENERATION;
	if (id->generation && strcmp(id->generation->name, name) != 0)
		return error_set(err, ERR_INVALID,
				 "Type %s is a machine of generation %s, not %s",
				 order->type, id->generation->name, name);
	id->generation = generation_by_name(name);
	if (!id->generation)
		return error_set(err, ERR_INVALID, "There is no generation '%.40s'", name);
	if (!id->type)
		id->type = id->generation->types[0];
	return 0;
}

static int choose_serial(struct machine_identity *id,
			 const struct machine_order *order, struct error *err)
{
	uint32_t number;
	int rc;

	if (order->serial) {
		rc = machine_serial_check(order->serial, err);
		if (rc < 0)
			return rc;
		snprintf(id->serial, sizeof(id->serial), "%s", order->serial);
		return 0;
	}
	rc = crypto_random(&number, sizeof(number), err);
	if (rc == 0)
		snprintf(id->serial, sizeof(id->serial), "%05X",
			 (unsigned)(number & 0xfffff));
	return rc;
}

static int note_time(struct machine_identity *id, struct error *err)
{
	time_t now = time(NULL);
	struct tm utc;

	if (!gmtime_r(&now, &utc) ||
	    strftime(id->created, sizeof(id->created), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		return error_set(err, ERR_IO, "The clock gives no usable time");
	return 0;
}

/* Where the CA is: a name inside the machine, or the absolute path of a shared one. */
static int note_ca(struct machine_identity *id, const char *shared, struct error *err)
{
	id->ca = shared ? realpath(shared, NULL) : strdup(MACHINE_CA_FOLDER);
	if (id->ca)
		return 0;
	return error_set_errno(err, ERR_IO, errno, "Cannot find the CA '%s'",
			       shared ? shared : MACHINE_CA_FOLDER);
}

static int open_own_ca(struct ca **ca, const char *folder,
		       const struct ca_address *address, struct error *err)
{
	char *path;
	int rc = machine_path(&path, folder, MACHINE_CA_FOLDER, err);

	if (rc < 0)
		return rc;
	if (mkdir(path, 0700) < 0)
		rc = error_set_errno(err, ERR_IO, errno, "Cannot create '%s'", path);
	if (rc == 0)
		rc = ca_create(path, address, err);
	if (rc == 0)
		rc = ca_open(ca, path, err);
	free(path);
	return rc;
}

/* Makes one host key with its document, in files @key_name and HKD-…crt. */
static int make_host_key(const char *folder, const struct machine_identity *id,
			 const struct ca *ca, bool backup, struct error *err)
{
	const char *key_name = backup ? MACHINE_BACKUP_HOST_KEY : MACHINE_HOST_KEY;
	char *document = machine_document_name(id, backup);
	char *key_path = NULL, *document_path = NULL;
	EVP_PKEY *key = NULL;
	X509 *certificate = NULL;
	char common_name[MACHINE_SERIAL_MAX + 16];
	int rc = document ? ec_generate(&key, err)
			  : error_set(err, ERR_NOMEM, "Out of memory");

	snprintf(common_name, sizeof(common_name), "%04x-%s%s", id->type, id->serial,
		 backup ? "-backup" : "");
	if (rc == 0)
		rc = ca_issue_document(&certificate, ca, common_name, key, err);
	if (rc == 0)
		rc = machine_path(&key_path, folder, key_name, err);
	if (rc == 0)
		rc = machine_path(&document_path, folder, document, err);
	if (rc == 0)
		rc = key_pem_write(key_path, key, OUTFILE_KEEP, err);
	if (rc == 0)
		rc = mint_write_certificate(document_path, certificate, MINT_PEM,
					    OUTFILE_KEEP, err);
	free(document);
	free(key_path);
	free(document_path);
	EVP_PKEY_free(key);
	X509_free(certificate);
	return rc;
}

static int write_record(const char *folder, const struct machine_identity *id,
			struct error *err)
{
	struct machine_identity reread;
	struct text yaml = { 0 };
	char *path;
	int rc = machine_path(&path, folder, MACHINE_YAML, err);

	if (rc < 0)
		return rc;
	machine_identity_format(&yaml, id);
	/* What could not be read again (a path that is no UTF-8) is refused now. */
	rc = text_ok(&yaml) ? machine_identity_parse(&reread, text_chars(&yaml),
						     yaml.length, MACHINE_YAML, err)
			    : error_set(err, ERR_NOMEM, "Out of memory");
	if (rc == 0) {
		machine_identity_clear(&reread);
		rc = file_write(path, text_chars(&yaml), yaml.length, OUTFILE_KEEP,
				file_default_mode(), err);
	}
	text_free(&yaml);
	free(path);
	return rc;
}

static int fill(const char *folder, struct machine_identity *id,
		const struct machine_order *order, struct error *err)
{
	struct ca *ca = NULL;
	int rc = order->ca ? ca_open_or_create(&ca, order->ca, &order->address, err)
			   : open_own_ca(&ca, folder, &order->address, err);

	if (rc == 0)
		rc = note_ca(id, order->ca, err);
	if (rc == 0)
		rc = make_host_key(folder, id, ca, false, err);
	if (rc == 0 && order->backup_key)
		rc = make_host_key(folder, id, ca, true, err);
	/* Last, because a folder with this file in it is a machine. */
	if (rc == 0)
		rc = write_record(folder, id, err);
	ca_free(ca);
	return rc;
}

int machine_create(const char *folder, const struct machine_order *order,
		   struct error *err)
{
	struct machine_identity id = { 0 };
	struct folder_draft draft;
	int rc = choose_generation(&id, order, err);

	if (rc == 0)
		rc = choose_serial(&id, order, err);
	if (rc == 0)
		rc = note_time(&id, err);
	if (rc == 0 && order->address.url)
		rc = ca_check_url(order->address.url, err);
	if (rc == 0)
		rc = folder_begin(&draft, folder, err);
	if (rc < 0)
		return rc;
	rc = fill(draft.work, &id, order, err);
	if (rc == 0)
		rc = folder_commit(&draft, err);
	else
		folder_abandon(&draft);
	machine_identity_clear(&id);
	return rc;
}
