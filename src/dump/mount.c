/* SPDX-License-Identifier: MIT */
#include "dump/mount.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FUSE_USE_VERSION 31
#include <fuse.h>
#include <fuse_lowlevel.h>

#define FOREVER 1e9 /* seconds: names and attributes never change */
#define MAX_IDLE_READERS 16

/* Readers that no thread uses now: threads of libfuse come and go. */
struct server {
	const struct dump_mount *mount;
	const char *name; /* of the file, with a slash */
	uid_t uid;
	gid_t gid;
	pthread_mutex_t lock; /* guards all below */
	struct dump_reader *idle[MAX_IDLE_READERS];
	size_t idle_count;
};

static struct server *current_server(void)
{
	return fuse_get_context()->private_data;
}

static struct dump_reader *borrow_reader(struct server *server)
{
	struct dump_reader *reader = NULL;

	pthread_mutex_lock(&server->lock);
	if (server->idle_count > 0)
		reader = server->idle[--server->idle_count];
	pthread_mutex_unlock(&server->lock);
	if (!reader)
		(void)dump_reader_new(&reader, server->mount->dump, NULL);
	return reader;
}

static void return_reader(struct server *server, struct dump_reader *reader)
{
	pthread_mutex_lock(&server->lock);
	if (server->idle_count < MAX_IDLE_READERS) {
		server->idle[server->idle_count++] = reader;
		reader = NULL;
	}
	pthread_mutex_unlock(&server->lock);
	dump_reader_free(reader);
}

/* --- What the kernel asks ------------------------------------------------- */

static void *serve_init(struct fuse_conn_info *connection, struct fuse_config *config)
{
	(void)connection;
	config->kernel_cache = 1;
	config->entry_timeout = config->attr_timeout = config->negative_timeout = FOREVER;
	return current_server();
}

static int serve_getattr(const char *path, struct stat *st, struct fuse_file_info *file)
{
	const struct server *server = current_server();
	const struct stat *times = &server->mount->times;

	(void)file;
	*st = (struct stat){
		.st_uid = server->uid,
		.st_gid = server->gid,
		.st_atim = times->st_atim,
		.st_mtim = times->st_mtim,
		.st_ctim = times->st_ctim,
	};
	if (strcmp(path, "/") == 0) {
		st->st_mode = S_IFDIR | 0500;
		st->st_nlink = 2;
		return 0;
	}
	if (strcmp(path, server->name) != 0)
		return -ENOENT;
	st->st_mode = S_IFREG | 0400;
	st->st_nlink = 1;
	st->st_size = (off_t)target_size(server->mount->target);
	st->st_blksize = DUMP_PAGE_SIZE;
	st->st_blocks = (st->st_size + 511) / 512;
	return 0;
}

static int serve_readdir(const char *path, void *buffer, fuse_fill_dir_t fill,
			 off_t offset, struct fuse_file_info *file,
			 enum fuse_readdir_flags flags)
{
	(void)offset;
	(void)file;
	(void)flags;
	if (strcmp(path, "/") != 0)
		return -ENOENT;
	fill(buffer, ".", NULL, 0, 0);
	fill(buffer, "..", NULL, 0, 0);
	fill(buffer, current_server()->name + 1, NULL, 0, 0);
	return 0;
}

static int serve_open(const char *path, struct fuse_file_info *file)
{
	if (strcmp(path, current_server()->name) != 0)
		return -ENOENT;
	return (file->flags & O_ACCMODE) == O_RDONLY ? 0 : -EACCES;
}

static int serve_read(const char *path, char *data, size_t size, off_t offset,
		      struct fuse_file_info *file)
{
	struct server *server = current_server();
	uint64_t end = target_size(server->mount->target);
	struct dump_reader *reader;
	int rc;

	(void)path;
	(void)file;
	if (offset < 0 || (uint64_t)offset >= end)
		return 0;
	if (size > end - (uint64_t)offset)
		size = (size_t)(end - (uint64_t)offset);
	reader = borrow_reader(server);
	if (!reader)
		return -ENOMEM;
	rc = target_read(server->mount->target, reader, (uint64_t)offset, data, size, NULL);
	return_reader(server, reader);
	return rc < 0 ? -EIO : (int)size;
}

static int serve_statfs(const char *path, struct statvfs *st)
{
	(void)path;
	*st = (struct statvfs){
		.f_bsize = DUMP_PAGE_SIZE,
		.f_frsize = DUMP_PAGE_SIZE,
		.f_blocks = (fsblkcnt_t)(target_size(current_server()->mount->target) /
					 DUMP_PAGE_SIZE),
		.f_files = 1,
		.f_namemax = NAME_MAX,
	};
	return 0;
}

static const struct fuse_operations operations = {
	.init = serve_init,
	.getattr = serve_getattr,
	.readdir = serve_readdir,
	.open = serve_open,
	.read = serve_read,
	.statfs = serve_statfs,
};

/* --- Mounting --------------------------------------------------------------- */

/* libfuse tells its reasons to a function, not to the caller. */
static char last_words[256];

static void keep_words(enum fuse_log_level level, const char *format, va_list ap)
{
	if (level > FUSE_LOG_ERR)
		return;
	vsnprintf(last_words, sizeof(last_words), format, ap);
	last_words[strcspn(last_words, "\n")] = '\0';
}

static int mount_error(const struct dump_mount *mount, struct error *err)
{
	error_set(err, ERR_IO, "%s", last_words[0] ? last_words : "libfuse gives no reason");
	error_wrap(err, ERR_IO, "Cannot mount the dump at '%s'", mount->folder);
	return error_hint(err, ERR_IO,
			  "This takes an empty folder of yours, /dev/fuse, and for others than "
			  "root the program fusermount3 (Debian: package fuse3)");
}

static int make_options(char **options, const struct dump_mount *mount, struct error *err)
{
	char *source;
	int rc;

	*options = NULL;
	if (asprintf(&source, "fsname=%s", mount->source) < 0)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = fuse_opt_add_opt(options, "ro,default_permissions,subtype=zgetdump") == 0 &&
	     fuse_opt_add_opt_escaped(options, source) == 0 ? 0 : ERR_NOMEM;
	free(source);
	return rc < 0 ? error_set(err, ERR_NOMEM, "Out of memory") : 0;
}

/* From mounted to unmounted. */
static int serve(struct fuse *fuse, const struct dump_mount *mount, struct error *err)
{
	struct fuse_session *session = fuse_get_session(fuse);
	int rc = 0;

	if (fuse_set_signal_handlers(session) < 0)
		return error_set(err, ERR_IO, "Cannot set up signal handlers");
	if (mount->ready(mount->context) && fuse_loop_mt(fuse, 1) < 0)
		rc = error_set(err, ERR_IO, "Serving the dump at '%s' failed", mount->folder);
	fuse_remove_signal_handlers(session);
	return rc;
}

static int mount_with(struct fuse_args *args, struct server *server, struct error *err)
{
	struct fuse *fuse = fuse_new(args, &operations, sizeof(operations), server);
	int rc;

	if (!fuse)
		return mount_error(server->mount, err);
	if (fuse_mount(fuse, server->mount->folder) < 0) {
		rc = mount_error(server->mount, err);
	} else {
		rc = serve(fuse, server->mount, err);
		fuse_unmount(fuse);
	}
	fuse_destroy(fuse);
	return rc;
}

/* libfuse would hide a file behind the mount just as well. */
static int check_folder(const char *folder, struct error *err)
{
	struct stat st;

	if (stat(folder, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	error_set(err, ERR_INVALID, "Cannot mount the dump at '%s': that is no folder", folder);
	return error_hint(err, ERR_INVALID, "Make an empty folder for it");
}

int dump_mount(const struct dump_mount *mount, struct error *err)
{
	struct server server = {
		.mount = mount,
		.name = mount->format == DUMP_FORMAT_ELF ? "/dump.elf" : "/dump.s390",
		.uid = geteuid(),
		.gid = getegid(),
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	char program[] = "zgetdump", option[] = "-o", *options = NULL;
	int rc = check_folder(mount->folder, err);

	fuse_set_log_func(keep_words);
	if (rc == 0)
		rc = make_options(&options, mount, err);
	if (rc == 0) {
		char *words[] = { program, option, options, NULL };
		struct fuse_args args = FUSE_ARGS_INIT(3, words);

		rc = mount_with(&args, &server, err);
		fuse_opt_free_args(&args);
	}
	free(options);
	while (server.idle_count > 0)
		dump_reader_free(server.idle[--server.idle_count]);
	return rc;
}
