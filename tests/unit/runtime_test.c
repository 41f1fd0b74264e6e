/* SPDX-License-Identifier: MIT */
/* The folders of running guests: who has a name, and for how long. */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/runtime.h"

static char base[] = "/tmp/uv-runtime-XXXXXX";

static int make_base(void **state)
{
	(void)state;
	if (!mkdtemp(base))
		return -1;
	return setenv("XDG_RUNTIME_DIR", base, 1);
}

static int remove_base(void **state)
{
	char path[sizeof(base) + 16];

	(void)state;
	snprintf(path, sizeof(path), "%s/ultraviolet", base);
	rmdir(path);
	return rmdir(base);
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void assert_listed(const char *const *names, size_t count)
{
	struct string_list list = { 0 };
	struct error err = { 0 };

	assert_ok(runtime_list(&list, &err), &err);
	assert_int_equal(list.count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(list.items[i], names[i]);
	string_list_free(&list);
}

static void a_name_is_taken_once(void **state)
{
	static const char *const both[] = { "a", "b" };
	struct guest_entry first, second, other;
	struct error err = { 0 };
	char *path;

	(void)state;
	assert_ok(guest_entry_take(&first, "b", &err), &err);
	assert_int_equal(guest_entry_take(&second, "b", &err), ERR_EXISTS);
	/* The one that failed has taken nothing away. */
	assert_ok(guest_entry_take(&other, "a", &err), &err);
	assert_listed(both, 2);
	assert_ok(runtime_path(&path, "a", "control", &err), &err);
	assert_string_equal(path, other.control);
	free(path);
	guest_entry_clear(&other);
	assert_listed(both + 1, 1);
	assert_int_equal(runtime_path(&path, "a", "control", &err), ERR_NOT_FOUND);
	guest_entry_clear(&first);
	assert_listed(NULL, 0);
}

/* As QEMU does: the lock outlives exec(), and ends with the process. */
static void the_lock_is_inherited(void **state)
{
	static const char *const name[] = { "child" };
	struct guest_entry entry;
	struct error err = { 0 };
	int ends[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		if (guest_entry_take(&entry, "child", NULL) == 0 &&
		    guest_entry_describe(&entry, "info\n", NULL) == 0 &&
		    write(ends[1], "x", 1) == 1)
			execlp("sleep", "sleep", "60", NULL);
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	assert_int_equal(guest_entry_take(&entry, "child", &err), ERR_EXISTS);
	assert_listed(name, 1);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_listed(NULL, 0);
	assert_ok(guest_entry_take(&entry, "child", &err), &err);
	guest_entry_clear(&entry);
}

static void leftovers_are_removed(void **state)
{
	struct guest_entry entry;
	struct error err = { 0 };
	char *folder, *control;

	(void)state;
	assert_ok(guest_entry_take(&entry, "gone", &err), &err);
	assert_ok(guest_entry_describe(&entry, "text\n", &err), &err);
	fclose(fopen(entry.control, "w"));
	folder = strdup(entry.folder);
	control = strdup(entry.control);
	/* The guest ends without a word. */
	close(entry.lock);
	entry.lock = -1;
	guest_entry_clear(&entry);
	assert_true(exists(control));
	assert_ok(guest_entry_take(&entry, "gone", &err), &err);
	assert_false(exists(control));
	guest_entry_clear(&entry);
	assert_false(exists(folder));
	free(folder);
	free(control);
}

static void folders_of_others_are_refused(void **state)
{
	char path[sizeof(base) + 16];
	struct error err;
	char *folder;

	(void)state;
	snprintf(path, sizeof(path), "%s/ultraviolet", base);
	rmdir(path);
	assert_int_equal(symlink("/tmp", path), 0);
	assert_int_equal(runtime_folder(&folder, &err), ERR_REFUSED);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(runtime_folder(&folder, &err), ERR_REFUSED);
	assert_int_equal(chmod(path, 0700), 0);
	assert_ok(runtime_folder(&folder, &err), &err);
	assert_string_equal(folder, path);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_taken_once),
		cmocka_unit_test(the_lock_is_inherited),
		cmocka_unit_test(leftovers_are_removed),
		cmocka_unit_test(folders_of_others_are_refused),
	};

	return cmocka_run_group_tests_name("runtime", tests, make_base, remove_base);
}
