/* SPDX-License-Identifier: MIT */
/* Between the files of a machine and the entries of a key bundle. */
#include "machine/bundle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine/bundle_format.h"
#include "machine/ca.h"
#include "machine/folder.h"
#include "machine/machine.h"
#include "machine/report.h"

_Static_assert(BUNDLE_CA_LINKS == CA_LINKS, "a bundle holds the whole CA");

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

/* --- Entries being collected ---------------------------------------------- */

struct collection {
	struct {
		enum bundle_kind kind;
		struct secret *data;
	} items[BUNDLE_MAX_ENTRIES];
	size_t count;
};

static void collection_free(struct collection *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->count; i++)
		secret_free(c->items[i].data);
	free(c);
}

/* Takes over @data. Entries have to come in the order of their kinds. */
static int collect(struct collection *c, enum bundle_kind kind, struct secret *data,
		   struct error *err)
{
	if (c->count == BUNDLE_MAX_ENTRIES) {
		secret_free(data);
		return error_set(err, ERR_UNSUPPORTED,
				 "A key bundle holds no more than %d files",
				 BUNDLE_MAX_ENTRIES);
	}
	c->items[c->count].kind = kind;
	c->items[c->count++].data = data;
	return 0;
}

/* The bytes never lie outside a secret: some of the files are keys. */
static int collect_file(struct collection *c, enum bundle_kind kind, const char *path,
			struct error *err)
{
	struct secret *data;
	int rc = secret_read(&data, path, BUNDLE_MAX_ENTRY, err);

	return rc < 0 ? rc : collect(c, kind, data, err);
}

static int collect_ca_file(struct collection *c, enum bundle_kind kind,
			   const char *folder, const char *name, struct error *err)
{
	char *path;
	int rc = machine_path(&path, folder, name, err);

	if (rc < 0)
		return rc;
	rc = collect_file(c, kind, path, err);
	free(path);
	return rc;
}

/* All entries as one run of bytes. */
static int pack(struct secret **plain, const struct collection *c, struct error *err)
{
	size_t size = 0, offset = 0;

	for (size_t i = 0; i < c->count; i++)
		size += bundle_entry_size(secret_size(c->items[i].data));
	*plain = secret_new(size);
	if (!*plain)
		return no_memory(err);
	for (size_t i = 0; i < c->count; i++) {
		const struct bundle_entry entry = {
			.kind = c->items[i].kind,
			.data = secret_view(c->items[i].data),
			.size = secret_size(c->items[i].data),
		};

		bundle_entry_emit(secret_bytes(*plain) + offset, &entry);
		offset += bundle_entry_size(entry.size);
	}
	return 0;
}

/* --- Export ---------------------------------------------------------------- */

/* The record as it will be in its new place: with the CA inside. */
static int collect_record(struct collection *c, const struct machine *machine,
			  struct error *err)
{
	struct machine_identity id = machine->identity;
	struct text yaml = { 0 };
	struct secret *data = NULL;
	int rc;

	id.ca = (char *)MACHINE_CA_FOLDER;
	machine_identity_format(&yaml, &id);
	if (text_ok(&yaml))
		data = secret_copy(text_chars(&yaml), yaml.length);
	rc = data ? collect(c, BUNDLE_MACHINE_YAML, data, err)
		  : no_memory(err);
	text_free(&yaml);
	return rc;
}

static int collect_machine(struct collection *c, const struct machine *m,
			   struct error *err)
{
	int rc;

	if (!m->host_key) {
		error_set(err, ERR_NOT_FOUND, "The machine '%s' has no host key installed",
			  m->folder);
		return error_hint(err, ERR_NOT_FOUND,
				  "Only a machine with its keys can be exported");
	}
	rc = collect_record(c, m, err);
	if (rc == 0)
		rc = collect_file(c, BUNDLE_HOST_KEY, m->host_key_path, err);
	if (rc == 0 && m->backup_host_key)
		rc = collect_file(c, BUNDLE_BACKUP_HOST_KEY, m->backup_host_key_path, err);
	if (rc == 0)
		rc = collect_file(c, BUNDLE_DOCUMENT, m->document_path, err);
	if (rc == 0 && m->backup_host_key)
		rc = collect_file(c, BUNDLE_BACKUP_DOCUMENT, m->backup_document_path, err);
	return rc;
}

static int collect_revoked(void *collection, const char *path, struct error *err)
{
	return collect_file(collection, BUNDLE_CA_REVOKED, path, err);
}

static int collect_ca(struct collection *c, const char *folder, bool with_keys,
		      struct error *err)
{
	int rc = collect_ca_file(c, BUNDLE_CA_YAML, folder, CA_YAML, err);

	for (unsigned link = 0; rc == 0 && link < CA_LINKS; link++)
		rc = collect_ca_file(c, BUNDLE_CA_CERTIFICATE + link, folder,
				     ca_files[link].certificate, err);
	for (unsigned link = 0; rc == 0 && link < CA_LINKS; link++)
		rc = collect_ca_file(c, BUNDLE_CA_CRL + link, folder, ca_files[link].crl,
				     err);
	for (unsigned link = 0; rc == 0 && with_keys && link < CA_LINKS; link++)
		rc = collect_ca_file(c, BUNDLE_CA_KEY + link, folder, ca_files[link].key,
				     err);
	return rc < 0 ? rc : ca_each_revoked(folder, collect_revoked, c, err);
}

static int export_collected(const struct collection *c, const char *file,
			    const struct secret *passphrase,
			    enum outfile_policy policy, struct error *err)
{
	struct secret *plain;
	uint8_t *bytes = NULL;
	size_t size;
	int rc = pack(&plain, c, err);

	if (rc < 0)
		return rc;
	rc = bundle_seal(&bytes, &size, plain, passphrase, BUNDLE_LOG2_N, err);
	secret_free(plain);
	if (rc == 0)
		rc = file_write(file, bytes, size, policy, 0600, err);
	free(bytes);
	return rc;
}

int machine_export(const char *folder_or_name, const char *file,
		   const struct secret *passphrase, bool with_ca_keys,
		   enum outfile_policy policy, struct error *err)
{
	struct collection *c;
	struct machine *machine;
	int rc = machine_open(&machine, folder_or_name, err);

	if (rc < 0)
		return rc;
	c = calloc(1, sizeof(*c));
	rc = c ? collect_machine(c, machine, err) : no_memory(err);
	if (rc == 0)
		rc = collect_ca(c, machine->ca_folder, with_ca_keys, err);
	if (rc == 0)
		rc = export_collected(c, file, passphrase, policy, err);
	collection_free(c);
	machine_free(machine);
	return rc;
}

/* --- Import ---------------------------------------------------------------- */

/* The file in the machine's folder that an entry becomes; caller frees. */
static char *entry_file(const struct machine_identity *id, enum bundle_kind kind,
			size_t index)
{
	const char *name = NULL;
	char *path = NULL;
	int length;

	switch ((unsigned)kind) {
	case BUNDLE_MACHINE_YAML:
		return strdup(MACHINE_YAML);
	case BUNDLE_HOST_KEY:
		return strdup(MACHINE_HOST_KEY);
	case BUNDLE_BACKUP_HOST_KEY:
		return strdup(MACHINE_BACKUP_HOST_KEY);
	case BUNDLE_DOCUMENT:
	case BUNDLE_BACKUP_DOCUMENT:
		return machine_document_name(id, kind == BUNDLE_BACKUP_DOCUMENT);
	case BUNDLE_CA_YAML:
		name = CA_YAML;
		break;
	case BUNDLE_CA_CERTIFICATE ... BUNDLE_CA_CERTIFICATE + CA_LINKS - 1:
		name = ca_files[kind - BUNDLE_CA_CERTIFICATE].certificate;
		break;
	case BUNDLE_CA_CRL ... BUNDLE_CA_CRL + CA_LINKS - 1:
		name = ca_files[kind - BUNDLE_CA_CRL].crl;
		break;
	case BUNDLE_CA_KEY ... BUNDLE_CA_KEY + CA_LINKS - 1:
		name = ca_files[kind - BUNDLE_CA_KEY].key;
		break;
	}
	if (name)
		length = asprintf(&path, MACHINE_CA_FOLDER "/%s", name);
	else
		length = asprintf(&path, MACHINE_CA_FOLDER "/" CA_REVOKED_FOLDER
				  "/HKD-revoked-%zu.crt", index);
	return length < 0 ? NULL : path;
}

static bool is_key(enum bundle_kind kind)
{
	return kind == BUNDLE_HOST_KEY || kind == BUNDLE_BACKUP_HOST_KEY ||
	       (kind >= BUNDLE_CA_KEY && kind < BUNDLE_CA_KEY + CA_LINKS);
}

static int write_entry(const char *folder, const struct machine_identity *id,
		       const struct bundle_entry *entry, size_t index, struct error *err)
{
	char *name = entry_file(id, entry->kind, index), *path;
	int rc = name ? machine_path(&path, folder, name, err) : no_memory(err);

	free(name);
	if (rc < 0)
		return rc;
	rc = file_write(path, entry->data, entry->size, OUTFILE_KEEP,
			is_key(entry->kind) ? 0600 : file_default_mode(), err);
	free(path);
	return rc;
}

static int make_folder(const char *folder, const char *name, struct error *err)
{
	char *path;
	int rc = machine_path(&path, folder, name, err);

	if (rc == 0 && mkdir(path, 0700) < 0)
		rc = error_set_errno(err, ERR_IO, errno, "Cannot create the folder '%s'",
				     path);
	free(path);
	return rc;
}

/* Reads the record, which is the first entry, and insists on the CA inside. */
static int read_record(struct machine_identity *id, const struct bundle_entry *entries,
		       size_t count, struct error *err)
{
	int rc;

	if (count == 0 || entries[0].kind != BUNDLE_MACHINE_YAML)
		return error_set(err, ERR_FORMAT, "Key bundle: there is no machine in it");
	rc = machine_identity_parse(id, entries[0].data, entries[0].size,
				    MACHINE_YAML " in the key bundle", err);
	if (rc == 0 && strcmp(id->ca, MACHINE_CA_FOLDER) != 0) {
		machine_identity_clear(id);
		rc = error_set(err, ERR_FORMAT,
			       "Key bundle: its machine has a CA outside of itself");
	}
	return rc;
}

static int write_entries(const char *folder, const struct bundle_entry *entries,
			 size_t count, struct error *err)
{
	struct machine_identity id;
	int rc = read_record(&id, entries, count, err);

	if (rc < 0)
		return rc;
	rc = make_folder(folder, MACHINE_CA_FOLDER, err);
	if (rc == 0)
		rc = make_folder(folder, MACHINE_CA_FOLDER "/" CA_REVOKED_FOLDER, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = write_entry(folder, &id, &entries[i], i, err);
	machine_identity_clear(&id);
	return rc;
}

/* What was written has to be a machine with everything that belongs to it. */
static int check_report(const struct machine_report *report, struct error *err)
{
	if (report->host_key.state != MACHINE_KEY_INSTALLED)
		return error_set(err, ERR_FORMAT, "Key bundle: its host key is %s",
				 machine_key_state_word(report->host_key.state));
	if (report->backup_host_key.state != MACHINE_KEY_INSTALLED &&
	    report->backup_host_key.state != MACHINE_KEY_NONE)
		return error_set(err, ERR_FORMAT, "Key bundle: its backup host key is %s",
				 machine_key_state_word(report->backup_host_key.state));
	if (!report->ca) {
		*err = report->ca_error;
		return error_wrap(err, ERR_FORMAT, "Key bundle: its CA is unusable");
	}
	return 0;
}

static int check_machine(const char *folder, struct error *err)
{
	struct machine_report report;
	struct machine *machine;
	struct error inner = { 0 };
	int rc = machine_open(&machine, folder, &inner);

	if (rc == 0) {
		rc = machine_report(&report, machine, &inner);
		if (rc == 0) {
			rc = check_report(&report, &inner);
			machine_report_clear(&report);
		}
		machine_free(machine);
	}
	if (rc < 0 && err)
		*err = inner;
	return rc;
}

static int unpack(const char *folder, const struct secret *plain, struct error *err)
{
	struct bundle_entry *entries;
	struct folder_draft draft;
	size_t count;
	int rc = bundle_entries_parse(&entries, &count, secret_view(plain),
				      secret_size(plain), err);

	if (rc < 0)
		return rc;
	rc = folder_begin(&draft, folder, err);
	if (rc == 0) {
		rc = write_entries(draft.work, entries, count, err);
		if (rc == 0)
			rc = check_machine(draft.work, err);
		if (rc == 0)
			rc = folder_commit(&draft, err);
		else
			folder_abandon(&draft);
	}
	free(entries);
	return rc;
}

/* A target that cannot be made is told before the time that scrypt takes. */
static int try_target(const char *folder, struct error *err)
{
	struct folder_draft draft;
	int rc = folder_begin(&draft, folder, err);

	if (rc == 0)
		folder_abandon(&draft);
	return rc;
}

int machine_import(const char *file, const char *folder,
		   const struct secret *passphrase, struct error *err)
{
	struct secret *plain;
	uint8_t *bytes;
	size_t size;
	int rc = try_target(folder, err);

	if (rc == 0)
		rc = file_read(&bytes, &size, file, BUNDLE_MAX_SIZE, err);
	if (rc < 0)
		return rc;
	rc = bundle_open(&plain, bytes, size, passphrase, err);
	free(bytes);
	if (rc < 0)
		return rc;
	rc = unpack(folder, plain, err);
	secret_free(plain);
	return rc;
}
