/* SPDX-License-Identifier: MIT */
/*
 * Output files, on file systems with and without nameless files, and with and
 * without a rename that never replaces.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "folder.h"

static bool no_nameless, no_noreplace;

/* --- in place of the C library's ------------------------------------------------ */

int openat(int folder, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	if (no_nameless && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	return (int)syscall(SYS_openat, folder, path, flags, mode);
}

int renameat2(int old_folder, const char *old, int new_folder, const char *new,
	      unsigned flags)
{
	if (no_noreplace && (flags & RENAME_NOREPLACE)) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_renameat2, old_folder, old, new_folder, new, flags);
}

/* --- what is there --------------------------------------------------------------- */

static void assert_content(const char *path, const char *expected)
{
	struct error err;
	uint8_t *data;
	size_t size;

	assert_ok(file_read(&data, &size, path, 100, &err), &err);
	assert_string_equal((char *)data, expected);
	free(data);
}

/* The folder holds these names, blank-separated and in order, and nothing else. */
static void assert_only(const char *names)
{
	char command[128];

	snprintf(command, sizeof(command), "test \"$(ls -A | xargs)\" = '%s'", names);
	if (system(command) != 0) {
		assert_int_equal(system("ls -lA >&2"), 0);
		fail_msg("not just: %s", names);
	}
}

static int write_text(const char *path, const char *text, enum outfile_policy policy,
		      struct error *err)
{
	return file_write(path, text, strlen(text), policy, 0600, err);
}

/* --- each on every kind of file system --------------------------------------------- */

static void keeps_or_replaces(void)
{
	struct error err;
	uint8_t *data;
	size_t size;

	assert_ok(write_text("out", "old", OUTFILE_KEEP, &err), &err);
	assert_int_equal(write_text("out", "new", OUTFILE_KEEP, &err), ERR_EXISTS);
	assert_content("out", "old");
	assert_ok(write_text("out", "newer", OUTFILE_REPLACE, &err), &err);
	assert_content("out", "newer");
	assert_int_equal(file_read(&data, &size, "out", 4, &err), ERR_FORMAT);
	assert_only("out");
}

static void has_the_mode_whatever_the_umask(void)
{
	static const mode_t masks[] = { 0, 0077, 0777 };
	mode_t before = umask(0);

	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		struct error err;
		struct stat st;

		umask(masks[i]);
		assert_ok(file_write("out", "x", 1, OUTFILE_REPLACE, 0640, &err), &err);
		assert_int_equal(stat("out", &st), 0);
		assert_int_equal(st.st_mode & 07777, 0640);
	}
	umask(before);
}

static void does_not_follow_links(void)
{
	struct error err;
	struct stat st;

	assert_ok(write_text("victim", "precious", OUTFILE_KEEP, &err), &err);
	assert_int_equal(symlink("victim", "link"), 0);
	assert_int_equal(symlink("nowhere", "loose"), 0);
	assert_int_equal(write_text("link", "x", OUTFILE_KEEP, &err), ERR_EXISTS);
	assert_int_equal(write_text("loose", "x", OUTFILE_KEEP, &err), ERR_EXISTS);
	assert_ok(write_text("link", "x", OUTFILE_REPLACE, &err), &err);
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_content("victim", "precious");
	assert_only("link loose victim");
}

static void aborted_leaves_nothing(void)
{
	struct outfile *file;
	struct error err;

	assert_ok(outfile_open(&file, "gone", OUTFILE_REPLACE, 0600, &err), &err);
	assert_ok(file_write_all(outfile_fd(file), "x", 1, "gone", &err), &err);
	assert_int_equal(access("gone", F_OK), -1);
	outfile_abort(file);
	assert_only("");
}

static void what_appears_meanwhile_is_kept(void)
{
	struct outfile *file;
	struct error err;

	assert_ok(outfile_open(&file, "race", OUTFILE_KEEP, 0600, &err), &err);
	assert_ok(write_text("race", "first", OUTFILE_KEEP, &err), &err);
	assert_int_equal(outfile_commit(file, &err), ERR_EXISTS);
	assert_content("race", "first");
	assert_only("race");
}

/* Also by a link: it goes, what it points to stays. */
static void what_appears_meanwhile_is_replaced(void)
{
	struct outfile *file;
	struct error err;

	assert_ok(write_text("victim", "precious", OUTFILE_KEEP, &err), &err);
	assert_ok(outfile_open(&file, "race", OUTFILE_REPLACE, 0600, &err), &err);
	assert_ok(file_write_all(outfile_fd(file), "x", 1, "race", &err), &err);
	assert_int_equal(symlink("victim", "race"), 0);
	assert_ok(outfile_commit(file, &err), &err);
	assert_content("race", "x");
	assert_content("victim", "precious");
	assert_only("race victim");
}

static void only_files_are_replaced(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct error err;

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(write_text("socket", "x", OUTFILE_REPLACE, &err), ERR_IO);
	assert_int_equal(write_text("folder", "x", OUTFILE_REPLACE, &err), ERR_IO);
	assert_int_equal(write_text("absent/x", "x", OUTFILE_REPLACE, &err), ERR_IO);
	assert_int_equal(write_text("absent/", "x", OUTFILE_REPLACE, &err), ERR_IO);
	assert_int_equal(write_text("", "x", OUTFILE_REPLACE, &err), ERR_IO);
	assert_only("folder socket");
}

static void (*const each[])(void) = {
	keeps_or_replaces,
	has_the_mode_whatever_the_umask,
	does_not_follow_links,
	aborted_leaves_nothing,
	what_appears_meanwhile_is_kept,
	what_appears_meanwhile_is_replaced,
	only_files_are_replaced,
};

/* All of them, with what the C library's stand-ins are told. */
static void run_each(void)
{
	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		void *folder;

		assert_int_equal(enter_folder(&folder), 0);
		each[i]();
		assert_int_equal(leave_folder(&folder), 0);
	}
}

static void with_nameless_files(void **state)
{
	(void)state;
	no_nameless = no_noreplace = false;
	run_each();
}

static void with_temporary_names(void **state)
{
	(void)state;
	no_nameless = true;
	no_noreplace = false;
	run_each();
}

static void with_hard_links(void **state)
{
	(void)state;
	no_nameless = no_noreplace = true;
	run_each();
}

/* --- written in place --------------------------------------------------------------- */

static int usual(void **state)
{
	no_nameless = no_noreplace = false;
	return enter_folder(state);
}

static void devices_are_written_through(void **state)
{
	struct error err;
	struct stat st;

	(void)state;
	assert_true(outfile_writes_through("/dev/null"));
	assert_ok(write_text("/dev/null", "x", OUTFILE_KEEP, &err), &err);
	assert_int_equal(write_text("/dev/full", "x", OUTFILE_REPLACE, &err), ERR_IO);
	assert_int_equal(symlink("/dev/null", "null"), 0);
	assert_true(outfile_writes_through("null"));
	assert_ok(write_text("null", "x", OUTFILE_REPLACE, &err), &err);
	assert_int_equal(lstat("null", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

/* The name of a descriptor is not a name to be given to a new file. */
static void descriptors_are_written_through(void **state)
{
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);
	char path[32];
	struct error err;

	(void)state;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	assert_true(outfile_writes_through(path));
	assert_true(outfile_writes_through("/dev/stdout"));
	assert_true(outfile_writes_through("-"));
	assert_ok(write_text(path, "through", OUTFILE_KEEP, &err), &err);
	assert_content("file", "through");
	close(fd);
	/* A link to a file is none, wherever it lies. */
	assert_int_equal(symlink("file", "link"), 0);
	assert_false(outfile_writes_through("link"));
	assert_false(outfile_writes_through("file"));
	assert_false(outfile_writes_through("absent"));
	assert_only("file link");
}

static void folders_are_made_with_those_above(void **state)
{
	mode_t before = umask(0);
	struct error err;
	struct stat st;

	(void)state;
	assert_ok(file_make_folders("a/b//c/", 0700, &err), &err);
	assert_int_equal(stat("a/b/c", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_ok(file_make_folders("a/b", 0700, &err), &err);
	assert_ok(write_text("file", "x", OUTFILE_KEEP, &err), &err);
	assert_int_equal(file_make_folders("file/b", 0700, &err), ERR_IO);
	assert_int_equal(file_make_folders("", 0700, &err), ERR_IO);
	umask(before);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, usual, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_nameless_files),
		cmocka_unit_test(with_temporary_names),
		cmocka_unit_test(with_hard_links),
		in_folder(devices_are_written_through),
		in_folder(descriptors_are_written_through),
		in_folder(folders_are_made_with_those_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
