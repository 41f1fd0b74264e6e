/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dump/mount.h"

#define MOUNT_TYPE "fuse.zgetdump"

/* Octal escapes of /proc/self/mounts (blanks, backslashes) become characters. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		unsigned value;

		if (from[0] == '\\' && sscanf(from + 1, "%3o", &value) == 1) {
			*to = (char)value;
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* The kernel's table is asked, as a mount whose program was killed cannot be. */
static bool is_mounted(const char *folder)
{
	FILE *mounts = fopen("/proc/self/mounts", "re");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	while (mounts && !found && getline(&line, &room, mounts) > 0) {
		char *rest = line, *where, *type;

		(void)strsep(&rest, " ");
		where = strsep(&rest, " ");
		type = strsep(&rest, " ");
		if (!where || !type || strcmp(type, MOUNT_TYPE) != 0)
			continue;
		unescape(where);
		found = strcmp(where, folder) == 0;
	}
	free(line);
	if (mounts)
		fclose(mounts);
	return found;
}

/* Without the last part: what lies behind a dead mount cannot be looked at. */
static char *full_path(const char *folder)
{
	char *copy = strdup(folder), *slash, *parent, *full = NULL;

	while (copy && strlen(copy) > 1 && copy[strlen(copy) - 1] == '/')
		copy[strlen(copy) - 1] = '\0';
	slash = copy ? strrchr(copy, '/') : NULL;
	if (slash)
		*slash = '\0';
	parent = copy ? realpath(!slash ? "." : *copy ? copy : "/", NULL) : NULL;
	if (parent && asprintf(&full, "%s/%s", strcmp(parent, "/") ? parent : "",
			       slash ? slash + 1 : copy) < 0)
		full = NULL;
	free(parent);
	free(copy);
	return full;
}

/* Users other than root have a program for it. */
static int run_fusermount(const char *folder)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		execlp("fusermount3", "fusermount3", "-u", "--", folder, NULL);
		execlp("fusermount", "fusermount", "-u", "--", folder, NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	errno = EBUSY;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

int dump_unmount(const char *folder, struct error *err)
{
	char *full = full_path(folder);
	int rc = 0;

	if (!full || !is_mounted(full)) {
		error_set(err, ERR_INVALID, "No dump is mounted at '%s'", folder);
		rc = error_hint(err, ERR_INVALID,
				"Give the folder that was given to zgetdump --mount");
	} else if (umount2(full, 0) < 0 && (errno != EPERM || run_fusermount(full) < 0)) {
		error_set_errno(err, ERR_IO, errno, "Cannot unmount '%s'", folder);
		rc = error_hint(err, ERR_IO, "Does a program still use the dump in it?");
	}
	free(full);
	return rc;
}
