/* SPDX-License-Identifier: MIT */
/* Reports of boots, which outlive their guests: the folder ".reports". */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine/runtime.h"

/* No guest can have this name. */
#define REPORTS_FOLDER ".reports"

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

static int reports_folder(char **folder, struct error *err)
{
	char *runtime;
	int rc = runtime_folder(&runtime, err);

	if (rc)
		return rc;
	if (asprintf(folder, "%s/" REPORTS_FOLDER, runtime) < 0)
		rc = no_memory(err);
	free(runtime);
	if (rc)
		return rc;
	rc = private_folder_make(*folder, err);
	if (rc)
		free(*folder);
	return rc;
}

int runtime_report_path(char **path, const char *name, struct error *err)
{
	char *folder;
	int rc = guest_name_check(name, err);

	if (!rc)
		rc = reports_folder(&folder, err);
	if (rc)
		return rc;
	if (asprintf(path, "%s/%s", folder, name) < 0)
		rc = no_memory(err);
	free(folder);
	return rc;
}

struct oldest {
	char name[GUEST_NAME_MAX + 1];
	struct timespec time;
	unsigned count; /* of all reports */
};

static bool is_older(const struct timespec *one, const struct timespec *other)
{
	return one->tv_sec < other->tv_sec ||
	       (one->tv_sec == other->tv_sec && one->tv_nsec < other->tv_nsec);
}

static void find_oldest(struct oldest *oldest, DIR *stream)
{
	struct dirent *found;

	*oldest = (struct oldest){ 0 };
	while ((found = readdir(stream))) {
		struct stat st;

		if (guest_name_check(found->d_name, NULL) ||
		    fstatat(dirfd(stream), found->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		oldest->count++;
		if (oldest->count > 1 && !is_older(&st.st_mtim, &oldest->time))
			continue;
		/* A guest's name fits. */
		strcpy(oldest->name, found->d_name);
		oldest->time = st.st_mtim;
	}
}

/* One more is about to come. */
static void remove_oldest(const char *folder)
{
	DIR *stream = opendir(folder);
	struct oldest oldest;

	if (!stream)
		return;
	find_oldest(&oldest, stream);
	if (oldest.count >= REPORTS_MAX)
		unlinkat(dirfd(stream), oldest.name, 0);
	closedir(stream);
}

void runtime_report_forget(const char *name)
{
	char *path, *slash;

	if (runtime_report_path(&path, name, NULL))
		return;
	unlink(path);
	slash = strrchr(path, '/');
	*slash = '\0';
	remove_oldest(path);
	free(path);
}
