/* SPDX-License-Identifier: MIT */
#include "machine/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/crypto.h"

static int refuse_existing(const char *target, struct error *err)
{
	error_set(err, ERR_EXISTS, "'%s' exists already", target);
	return error_hint(err, ERR_EXISTS,
			  "Choose another name; an existing folder is never replaced");
}

/* ".NAME.RANDOM.tmp" in the folder of @target. */
static int name_work(struct folder_draft *draft, struct error *err)
{
	char *folder = strdup(draft->target), *base = strdup(draft->target);
	uint64_t number;
	int rc = crypto_random(&number, sizeof(number), err);

	if (rc == 0 && (!folder || !base ||
			asprintf(&draft->work, "%s/.%s.%016" PRIx64 ".tmp",
				 dirname(folder), basename(base), number) < 0)) {
		draft->work = NULL;
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	}
	free(folder);
	free(base);
	return rc;
}

static int make_work(struct folder_draft *draft, struct error *err)
{
	/* chmod: the umask may have taken bits from the owner, too. */
	if (mkdir(draft->work, 0700) == 0 && chmod(draft->work, 0700) == 0)
		return 0;
	return error_set_errno(err, ERR_IO, errno, "Cannot create the folder '%s'",
			       draft->target);
}

static void draft_free(struct folder_draft *draft)
{
	free(draft->target);
	free(draft->work);
	*draft = (struct folder_draft){ 0 };
}

int folder_begin(struct folder_draft *draft, const char *target, struct error *err)
{
	size_t length = strlen(target);
	struct stat st;
	int rc;

	while (length > 1 && target[length - 1] == '/')
		length--;
	*draft = (struct folder_draft){ .target = strndup(target, length) };
	if (!draft->target)
		return error_set(err, ERR_NOMEM, "Out of memory");
	if (length == 0)
		rc = error_set(err, ERR_INVALID, "The name of a folder is empty");
	else if (lstat(draft->target, &st) == 0)
		rc = refuse_existing(draft->target, err);
	else
		rc = name_work(draft, err);
	if (rc == 0)
		rc = make_work(draft, err);
	if (rc < 0)
		draft_free(draft);
	return rc;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	remove(path);
	return 0;
}

void folder_abandon(struct folder_draft *draft)
{
	if (draft->work)
		nftw(draft->work, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	draft_free(draft);
}

/* Renames without replacing; 0 or -1 with errno. */
static int publish(const struct folder_draft *draft)
{
	if (renameat2(AT_FDCWD, draft->work, AT_FDCWD, draft->target,
		      RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* No such rename here: reserve the name with an empty folder, replace that. */
	if (mkdir(draft->target, 0700) < 0)
		return -1;
	if (rename(draft->work, draft->target) == 0)
		return 0;
	rmdir(draft->target);
	return -1;
}

static int sync_folder(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		rc = error_set_errno(err, ERR_IO, errno, "Cannot store the folder '%s'",
				     path);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int sync_parent(const char *path, struct error *err)
{
	char *copy = strdup(path);
	int rc = copy ? sync_folder(dirname(copy), err)
		      : error_set(err, ERR_NOMEM, "Out of memory");

	free(copy);
	return rc;
}

int folder_commit(struct folder_draft *draft, struct error *err)
{
	int rc = sync_folder(draft->work, err);

	if (rc == 0 && publish(draft) < 0)
		rc = errno == EEXIST || errno == ENOTEMPTY
			? refuse_existing(draft->target, err)
			: error_set_errno(err, ERR_IO, errno,
					  "Cannot create the folder '%s'", draft->target);
	if (rc < 0) {
		folder_abandon(draft);
		return rc;
	}
	rc = sync_parent(draft->target, err);
	draft_free(draft);
	return rc;
}
