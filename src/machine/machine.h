/* SPDX-License-Identifier: MIT */
/*
 * A machine as its users see it: identity and keys out of its folder.
 * See docs/reference/machine-folder.md.
 *
 *	struct machine *machine;
 *	rc = machine_open(&machine, "z17-test", err);
 *	... machine->identity.generation, machine->host_key ...
 *	machine_free(machine);
 */
#ifndef UV_MACHINE_MACHINE_H
#define UV_MACHINE_MACHINE_H

#include <openssl/evp.h>
#include <stdbool.h>

#include "base/error.h"
#include "machine/identity.h"

/* Names inside a machine's folder. */
#define MACHINE_YAML "machine.yaml"
#define MACHINE_HOST_KEY "host-key.pem"
#define MACHINE_BACKUP_HOST_KEY "backup-host-key.pem"
#define MACHINE_CA_FOLDER "ca"

struct machine {
	char *folder;
	struct machine_identity identity;
	EVP_PKEY *host_key;        /* key pair, or NULL when none is installed */
	EVP_PKEY *backup_host_key; /* likewise */
	char *host_key_path;
	char *backup_host_key_path;
	char *document_path;        /* the host key document */
	char *backup_document_path; /* that of the backup host key */
	char *ca_folder;
};

/*
 * Opens the machine in a folder, or of a name in machine_default_folder(): a
 * name without '/' is looked for in the current folder first. Keys that are
 * absent are NULL; keys that are there and unusable are an error. ERR_NOT_FOUND
 * when there is no such machine. Caller frees.
 */
int machine_open(struct machine **out, const char *folder_or_name, struct error *err);
void machine_free(struct machine *machine);

/*
 * Where machines that are called by name lie: $ULTRAVIOLET_MACHINES, else
 * $XDG_DATA_HOME/ultraviolet/machines, else ~/.local/share/ultraviolet/machines.
 * Caller frees. ERR_NOT_FOUND when none of the variables is set.
 */
int machine_default_folder(char **folder, struct error *err);

/* "HKD-8561-12345.crt", or "HKD-8561-12345-backup.crt"; caller frees; NULL = no memory. */
char *machine_document_name(const struct machine_identity *identity, bool backup);

/* "@folder/@name", or @name alone when that is absolute; caller frees. */
int machine_path(char **out, const char *folder, const char *name, struct error *err);

#endif
