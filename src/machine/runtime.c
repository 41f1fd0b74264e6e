/* SPDX-License-Identifier: MIT */
#include "machine/runtime.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define LOCK_FILE "lock"
#define CONTROL_FILE "control"
#define INFO_FILE "info"

/* All that an entry holds; the lock last, so that it guards the removal. */
static const char *const entry_files[] = {
	CONTROL_FILE, INFO_FILE, GUEST_CERTIFICATES_FILE, LOCK_FILE,
};
#define FILES_BUT_LOCK 3

int guest_name_check(const char *name, struct error *err)
{
	size_t length = strlen(name);
	bool ok = length > 0 && length <= GUEST_NAME_MAX &&
		  isalnum((unsigned char)name[0]);

	for (const char *c = name; ok && *c; c++)
		ok = isalnum((unsigned char)*c) || strchr("._-", *c);
	if (ok)
		return 0;
	error_set(err, ERR_INVALID, "'%.60s' is no name for a guest", name);
	return error_hint(err, ERR_INVALID,
			  "take 1 to %d letters, digits, '.', '_' and '-', with a letter or digit first",
			  GUEST_NAME_MAX);
}

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

int private_folder_make(const char *path, struct error *err)
{
	struct stat st;

	if (mkdir(path, 0700) && errno != EEXIST)
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot make the folder '%s'", path);
	if (lstat(path, &st))
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot look at the folder '%s'", path);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)))
		return error_set(err, ERR_REFUSED,
				 "'%s' is not a folder of yours that only you can write to",
				 path);
	return 0;
}

/* The folder that ours lies in. */
static int runtime_base(char **base, struct error *err)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	int rc;

	if (xdg && xdg[0] == '/') {
		*base = strdup(xdg);
		return *base ? 0 : no_memory(err);
	}
	if (asprintf(base, "/tmp/ultraviolet-%u", (unsigned)geteuid()) < 0)
		return no_memory(err);
	rc = private_folder_make(*base, err);
	if (rc)
		free(*base);
	return rc;
}

int runtime_folder(char **folder, struct error *err)
{
	char *base;
	int rc = runtime_base(&base, err);

	if (rc)
		return rc;
	if (asprintf(folder, "%s/ultraviolet", base) < 0)
		rc = no_memory(err);
	free(base);
	if (rc)
		return rc;
	rc = private_folder_make(*folder, err);
	if (rc)
		free(*folder);
	return rc;
}

/* Is the open file @fd still the one at @path? */
static bool is_same_file(int fd, const char *path)
{
	struct stat open_file, named;

	return fstat(fd, &open_file) == 0 && stat(path, &named) == 0 &&
	       open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

static int lock_file(const char *path, int flags)
{
	for (;;) {
		/* Without O_CLOEXEC: QEMU is to inherit it. */
		int fd = open(path, O_RDWR | O_NOFOLLOW | flags, 0600);

		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX | LOCK_NB)) {
			close(fd);
			errno = EWOULDBLOCK;
			return -1;
		}
		/* Whoever removes an entry holds its lock: look once more. */
		if (is_same_file(fd, path))
			return fd;
		close(fd);
	}
}

/* Takes the lock of the entry @folder; -1 with errno when a guest holds it. */
static int lock_entry(const char *folder, int flags)
{
	char *path;
	int fd;

	if (asprintf(&path, "%s/" LOCK_FILE, folder) < 0) {
		errno = ENOMEM;
		return -1;
	}
	fd = lock_file(path, flags);
	free(path);
	return fd;
}

static void remove_files(const char *folder, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *path;

		if (asprintf(&path, "%s/%s", folder, entry_files[i]) < 0)
			continue;
		unlink(path);
		free(path);
	}
}

static void remove_entry(const char *folder)
{
	remove_files(folder, sizeof(entry_files) / sizeof(entry_files[0]));
	rmdir(folder);
}

static int name_entry(struct guest_entry *entry, const char *name,
		      struct error *err)
{
	char *runtime;
	int rc = runtime_folder(&runtime, err);

	if (rc)
		return rc;
	if (asprintf(&entry->folder, "%s/%s", runtime, name) < 0)
		entry->folder = NULL;
	free(runtime);
	if (!entry->folder ||
	    asprintf(&entry->control, "%s/" CONTROL_FILE, entry->folder) < 0) {
		entry->control = NULL;
		return no_memory(err);
	}
	return private_folder_make(entry->folder, err);
}

int guest_entry_take(struct guest_entry *entry, const char *name,
		     struct error *err)
{
	int rc = guest_name_check(name, err);

	*entry = (struct guest_entry){ .lock = -1 };
	if (!rc)
		rc = name_entry(entry, name, err);
	if (rc)
		goto out;
	entry->lock = lock_entry(entry->folder, O_CREAT);
	if (entry->lock < 0 && errno == EWOULDBLOCK)
		rc = error_set(err, ERR_EXISTS,
			       "A guest named '%s' is running already", name);
	else if (entry->lock < 0)
		rc = error_set_errno(err, ERR_IO, errno,
				     "Cannot lock the folder '%s'", entry->folder);
	else
		remove_files(entry->folder, FILES_BUT_LOCK);
out:
	if (rc)
		guest_entry_clear(entry);
	return rc;
}

void guest_entry_clear(struct guest_entry *entry)
{
	if (entry->lock >= 0) {
		remove_entry(entry->folder);
		close(entry->lock);
	}
	free(entry->folder);
	free(entry->control);
	*entry = (struct guest_entry){ .lock = -1 };
}

char *guest_entry_path(const struct guest_entry *entry, const char *file)
{
	char *path;

	return asprintf(&path, "%s/%s", entry->folder, file) < 0 ? NULL : path;
}

int guest_entry_describe(const struct guest_entry *entry, const char *text,
			 struct error *err)
{
	char *path = guest_entry_path(entry, INFO_FILE);
	int rc;

	if (!path)
		return no_memory(err);
	rc = file_write(path, text, strlen(text), OUTFILE_REPLACE, 0600, err);
	free(path);
	return rc;
}

/* Is a guest running in this entry? Removes it when not. */
static bool is_running(const char *folder)
{
	int lock = lock_entry(folder, 0);

	if (lock < 0)
		return errno == EWOULDBLOCK;
	remove_entry(folder);
	close(lock);
	return false;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int runtime_list(struct string_list *names, struct error *err)
{
	struct dirent *found;
	char *folder;
	DIR *stream;
	int rc = runtime_folder(&folder, err);

	if (rc)
		return rc;
	stream = opendir(folder);
	while (stream && (found = readdir(stream))) {
		char *entry;

		if (guest_name_check(found->d_name, NULL) ||
		    asprintf(&entry, "%s/%s", folder, found->d_name) < 0)
			continue;
		if (is_running(entry))
			string_list_add(names, found->d_name);
		free(entry);
	}
	if (stream)
		closedir(stream);
	free(folder);
	if (names->broken)
		return no_memory(err);
	if (names->count)
		qsort(names->items, names->count, sizeof(names->items[0]), by_name);
	return 0;
}

int runtime_path(char **path, const char *name, const char *file,
		 struct error *err)
{
	char *runtime, *entry = NULL;
	int rc = guest_name_check(name, err);

	if (!rc)
		rc = runtime_folder(&runtime, err);
	if (rc)
		return rc;
	if (asprintf(&entry, "%s/%s", runtime, name) < 0 ||
	    asprintf(path, "%s/%s", entry, file) < 0)
		rc = no_memory(err);
	else if (!is_running(entry)) {
		free(*path);
		error_set(err, ERR_NOT_FOUND, "No guest named '%s' is running", name);
		rc = error_hint(err, ERR_NOT_FOUND,
				"'ultraviolet list' shows those that are");
	}
	free(entry);
	free(runtime);
	return rc;
}
