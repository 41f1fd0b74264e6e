/* SPDX-License-Identifier: MIT */
#include "machine/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/ec_pem.h"

int machine_path(char **out, const char *folder, const char *name, struct error *err)
{
	int length = name[0] == '/' ? asprintf(out, "%s", name)
				    : asprintf(out, "%s/%s", folder, name);

	if (length >= 0)
		return 0;
	*out = NULL;
	return error_set(err, ERR_NOMEM, "Out of memory");
}

char *machine_document_name(const struct machine_identity *identity, bool backup)
{
	char *name;

	if (asprintf(&name, "HKD-%04x-%s%s.crt", identity->type, identity->serial,
		     backup ? "-backup" : "") < 0)
		return NULL;
	return name;
}

int machine_default_folder(char **folder, struct error *err)
{
	const char *own = getenv("ULTRAVIOLET_MACHINES");
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	*folder = NULL;
	if (own && *own)
		return machine_path(folder, ".", own, err);
	/* The base directory specification has relative values ignored. */
	if (data && data[0] == '/')
		return machine_path(folder, data, "ultraviolet/machines", err);
	if (home && *home)
		return machine_path(folder, home, ".local/share/ultraviolet/machines",
				    err);
	error_set(err, ERR_NOT_FOUND, "There is no folder for machines");
	return error_hint(err, ERR_NOT_FOUND,
			  "Set ULTRAVIOLET_MACHINES, or name the machine by its path");
}

static bool is_machine(const char *folder)
{
	char *yaml;
	bool found;

	if (machine_path(&yaml, folder, MACHINE_YAML, NULL) < 0)
		return false;
	found = access(yaml, F_OK) == 0;
	free(yaml);
	return found;
}

/* Looks for @name among the machines called by name. */
static int find_by_name(char **folder, const char *name, struct error *err)
{
	char *home;
	int rc = machine_default_folder(&home, err);

	if (rc < 0)
		return rc;
	rc = machine_path(folder, home, name, err);
	if (rc == 0 && !is_machine(*folder)) {
		free(*folder);
		*folder = NULL;
		error_set(err, ERR_NOT_FOUND,
			  "There is no machine '%s', neither here nor in '%s'", name,
			  home);
		rc = error_hint(err, ERR_NOT_FOUND,
				"'ultraviolet machine create' makes one, 'ultraviolet machine list' shows those there are");
	}
	free(home);
	return rc;
}

static int find(char **folder, const char *folder_or_name, struct error *err)
{
	*folder = NULL;
	if (*folder_or_name && is_machine(folder_or_name)) {
		*folder = strdup(folder_or_name);
		return *folder ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
	}
	if (*folder_or_name && !strchr(folder_or_name, '/'))
		return find_by_name(folder, folder_or_name, err);
	error_set(err, ERR_NOT_FOUND, "'%s' is no machine: it has no %s",
		  folder_or_name, MACHINE_YAML);
	return error_hint(err, ERR_NOT_FOUND,
			  "'ultraviolet machine create' makes a machine");
}

/* Fills in the paths that follow from folder and identity. */
static int name_files(struct machine *m, struct error *err)
{
	char *document = machine_document_name(&m->identity, false);
	char *backup = machine_document_name(&m->identity, true);
	int rc = document && backup ? 0 : error_set(err, ERR_NOMEM, "Out of memory");

	if (rc == 0)
		rc = machine_path(&m->host_key_path, m->folder, MACHINE_HOST_KEY, err);
	if (rc == 0)
		rc = machine_path(&m->backup_host_key_path, m->folder,
				  MACHINE_BACKUP_HOST_KEY, err);
	if (rc == 0)
		rc = machine_path(&m->document_path, m->folder, document, err);
	if (rc == 0)
		rc = machine_path(&m->backup_document_path, m->folder, backup, err);
	if (rc == 0)
		rc = machine_path(&m->ca_folder, m->folder, m->identity.ca, err);
	free(document);
	free(backup);
	return rc;
}

/* No file is no key; anything else that goes wrong is an error. */
static int read_installed_key(EVP_PKEY **key, const char *path, struct error *err)
{
	int rc = ec_pem_read_private(key, path, err);

	if (rc != ERR_NOT_FOUND)
		return rc;
	error_clear(err);
	return 0;
}

static int fill(struct machine *m, const char *folder_or_name, struct error *err)
{
	char *yaml;
	int rc = find(&m->folder, folder_or_name, err);

	if (rc < 0)
		return rc;
	rc = machine_path(&yaml, m->folder, MACHINE_YAML, err);
	if (rc < 0)
		return rc;
	rc = machine_identity_read(&m->identity, yaml, err);
	free(yaml);
	if (rc == 0)
		rc = name_files(m, err);
	if (rc == 0)
		rc = read_installed_key(&m->host_key, m->host_key_path, err);
	if (rc == 0)
		rc = read_installed_key(&m->backup_host_key, m->backup_host_key_path,
					err);
	return rc;
}

int machine_open(struct machine **out, const char *folder_or_name, struct error *err)
{
	struct machine *machine = calloc(1, sizeof(*machine));
	int rc;

	*out = NULL;
	if (!machine)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = fill(machine, folder_or_name, err);
	if (rc < 0) {
		machine_free(machine);
		return rc;
	}
	*out = machine;
	return 0;
}

void machine_free(struct machine *machine)
{
	if (!machine)
		return;
	machine_identity_clear(&machine->identity);
	EVP_PKEY_free(machine->host_key);
	EVP_PKEY_free(machine->backup_host_key);
	free(machine->folder);
	free(machine->host_key_path);
	free(machine->backup_host_key_path);
	free(machine->document_path);
	free(machine->backup_document_path);
	free(machine->ca_folder);
	free(machine);
}
