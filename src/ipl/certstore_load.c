/* SPDX-License-Identifier: MIT */
/* A certificate store out of the files and folders that a command line names. */
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "ipl/certstore.h"

/* Files that are going to be loaded. */
struct candidates {
	char *paths[CERTSTORE_MAX];
	size_t count;
};

static void candidates_free(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++)
		free(candidates->paths[i]);
}

/* Takes over @path, which may be NULL for want of memory. */
static int add_candidate(struct candidates *candidates, char *path, struct error *err)
{
	if (!path)
		return error_set(err, ERR_NOMEM, "Out of memory");
	if (candidates->count == CERTSTORE_MAX) {
		error_set(err, ERR_INVALID,
			  "'%s' would be certificate number %d; a certificate store has room for %d",
			  path, CERTSTORE_MAX + 1, CERTSTORE_MAX);
		free(path);
		return error_hint(err, ERR_INVALID,
				  "name only the certificates that this machine needs");
	}
	candidates->paths[candidates->count++] = path;
	return 0;
}

/* --- Folders ----------------------------------------------------------------- */

/* Old copies ("x.pem.bak") must not come back to life by lying in the folder. */
static bool has_certificate_suffix(const char *name)
{
	static const char *const suffixes[] = { ".pem", ".der", ".crt", ".cer" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcmp(dot, suffixes[i]) == 0)
			return true;
	}
	return false;
}

static int add_entry(struct candidates *candidates, const char *folder, const char *name,
		     const struct log *log, struct error *err)
{
	char *path;

	if (!has_certificate_suffix(name)) {
		log_warn(log,
			 "'%s/%s' is passed over: its name does not end in .pem, .der, .crt or .cer",
			 folder, name);
		return 0;
	}
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		path = NULL;
	return add_candidate(candidates, path, err);
}

static int not_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Not alphasort(): the order must not depend on the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(struct candidates *candidates, const char *folder,
		      const struct log *log, struct error *err)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, not_dots, by_bytes);
	int rc = 0;

	if (count < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot read the folder '%s'",
				       folder);
	if (count == 0)
		log_warn(log, "The folder '%s' with boot certificates is empty", folder);
	for (int i = 0; i < count; i++) {
		if (!rc)
			rc = add_entry(candidates, folder, entries[i]->d_name, log, err);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

/* --- Paths ------------------------------------------------------------------- */

static int status_of(struct stat *status, const char *path, struct error *err)
{
	if (stat(path, status) == 0)
		return 0;
	return error_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno,
			       "Cannot look at the boot certificate '%s'", path);
}

static int neither_file_nor_folder(const char *path, struct error *err)
{
	return error_set(err, ERR_INVALID,
			 "The boot certificate '%s' is neither a file nor a folder", path);
}

static int add_path(struct candidates *candidates, const char *path,
		    const struct log *log, struct error *err)
{
	struct stat status;
	int rc;

	if (!path[0]) {
		error_set(err, ERR_INVALID, "The path of a boot certificate is empty");
		return error_hint(err, ERR_INVALID, "name a certificate file or a folder");
	}
	rc = status_of(&status, path, err);
	if (rc)
		return rc;
	if (S_ISDIR(status.st_mode))
		return add_folder(candidates, path, log, err);
	if (!S_ISREG(status.st_mode))
		return neither_file_nor_folder(path, err);
	return add_candidate(candidates, strdup(path), err);
}

/* --- Loading ----------------------------------------------------------------- */

static void remark(const struct boot_certificate *certificate, const char *path,
		   int64_t now, const struct log *log)
{
	if (!certificate->usable)
		log_warn(log,
			 "The key or the dates of the boot certificate '%s' cannot be read: it verifies nothing",
			 path);
	else if (now < certificate->not_before)
		log_warn(log, "The boot certificate '%s' is not valid yet: what it signed does not start",
			 path);
	else if (now > certificate->not_after)
		log_warn(log, "The boot certificate '%s' has expired: what it signed does not start",
			 path);
}

static int load_file(struct certstore *store, const char *path, int64_t now,
		     const struct log *log, struct error *err)
{
	char *copy = strdup(path);
	uint8_t *data = NULL;
	struct stat status;
	size_t size;
	int rc = copy ? status_of(&status, path, err) :
			error_set(err, ERR_NOMEM, "Out of memory");

	/* A folder may hold another one, or a pipe, with the name of a file. */
	if (!rc && !S_ISREG(status.st_mode))
		rc = error_set(err, ERR_INVALID, "It is no file");
	if (!rc)
		rc = file_read(&data, &size, path, CERTIFICATE_FILE_MAX, err);
	if (!rc)
		rc = certstore_add(store, basename(copy), data, size, err);
	if (!rc)
		remark(&store->certificates[store->count - 1], path, now, log);
	else
		error_wrap(err, rc, "Cannot use the boot certificate '%s'", path);
	free(data);
	free(copy);
	return rc;
}

int certstore_load(struct certstore *store, const char *const *paths, size_t count,
		   int64_t now, const struct log *log, struct error *err)
{
	struct candidates candidates = { .count = 0 };
	int rc = 0;

	for (size_t i = 0; i < count && !rc; i++)
		rc = add_path(&candidates, paths[i], log, err);
	for (size_t i = 0; i < candidates.count && !rc; i++)
		rc = load_file(store, candidates.paths[i], now, log, err);
	candidates_free(&candidates);
	return rc;
}
