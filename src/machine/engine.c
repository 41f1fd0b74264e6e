/* SPDX-License-Identifier: MIT */
#include "machine/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

#define PLUGIN_FILE "ultraviolet.so"
#define FIRMWARE_FILE "ultraviolet-ipl.img"
#define HOW_TO_GET "run scripts/engine.sh, or install QEMU 11.1 or newer, or set ULTRAVIOLET_QEMU"


/* The program in the cache folder of scripts/engine.sh; NULL when none is there. */
static char *find_in_cache(void)
{
	const char *cache = getenv("ULTRAVIOLET_CACHE");
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *path = NULL;
	int length = -1;

	if (cache && cache[0])
		length = asprintf(&path, "%s/engine/" ENGINE_PROGRAM, cache);
	else if (xdg && xdg[0])
		length = asprintf(&path, "%s/ultraviolet/engine/" ENGINE_PROGRAM, xdg);
	else if (home && home[0])
		length = asprintf(&path, "%s/.cache/ultraviolet/engine/" ENGINE_PROGRAM, home);
	if (length < 0)
		return NULL;
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* The first executable @name in the folders of PATH; NULL when there is none. */
static char *find_on_path(const char *name)
{
	const char *folder = getenv("PATH");

	while (folder && folder[0]) {
		size_t length = strcspn(folder, ":");
		char *path;

		if (asprintf(&path, "%.*s/%s", (int)length, folder, name) < 0)
			return NULL;
		if (length > 0 && access(path, X_OK) == 0)
			return path;
		free(path);
		folder += length + (folder[length] == ':');
	}
	return NULL;
}

static int find_program(char **program, bool *in_cache, struct error *err)
{
	const char *given = getenv("ULTRAVIOLET_QEMU");

	if (given && given[0]) {
		*program = strchr(given, '/') ? strdup(given) : find_on_path(given);
		if (!*program || access(*program, X_OK))
			return error_set(err, ERR_NOT_FOUND,
					 "ULTRAVIOLET_QEMU names '%s', which is no program",
					 given);
		return 0;
	}
	*program = find_in_cache();
	*in_cache = *program != NULL;
	if (!*program)
		*program = find_on_path(ENGINE_PROGRAM);
	if (*program)
		return 0;
	error_set(err, ERR_NOT_FOUND, "There is no " ENGINE_PROGRAM
		  ", neither in the cache nor on PATH");
	return error_hint(err, ERR_NOT_FOUND, HOW_TO_GET);
}

int engine_version_parse(char version[ENGINE_VERSION_SIZE], const char *text,
			 struct error *err)
{
	static const char marker[] = " version ";
	const char *at = strstr(text, marker);
	size_t length;

	if (at)
		at += strlen(marker);
	length = at ? strspn(at, "0123456789.") : 0;
	if (length == 0 || length >= ENGINE_VERSION_SIZE)
		return error_set(err, ERR_FORMAT,
				 "QEMU does not say its version in a form known here");
	memcpy(version, at, length);
	version[length] = '\0';
	return 0;
}

static bool is_at_least(const char *version, int least_major, int least_minor)
{
	int major = 0, minor = 0;

	sscanf(version, "%d.%d", &major, &minor);
	return major > least_major || (major == least_major && minor >= least_minor);
}

bool engine_has_secure_ipl(const char *version)
{
	return is_at_least(version, ENGINE_SECURE_IPL_MAJOR, ENGINE_SECURE_IPL_MINOR);
}

int engine_version_check(const char *version, const char *program,
			 struct error *err)
{
	if (is_at_least(version, ENGINE_MIN_MAJOR, ENGINE_MIN_MINOR))
		return 0;
	error_set(err, ERR_UNSUPPORTED, "'%s' is QEMU %s, and %d.%d or newer is needed",
		  program, version, ENGINE_MIN_MAJOR, ENGINE_MIN_MINOR);
	return error_hint(err, ERR_UNSUPPORTED, HOW_TO_GET);
}

/* Reads what `PROGRAM --version` prints. */
static int ask_version(char *text, size_t room, const char *program,
		       struct error *err)
{
	char *argv[] = { (char *)(uintptr_t)program, (char *)"--version", NULL };
	int ends[2], status = -1;
	size_t got = 0;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return error_set_errno(err, ERR_IO, errno, "Cannot make a pipe");
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execv(program, argv);
		_exit(127);
	}
	close(ends[1]);
	if (child > 0) {
		file_read_some(ends[0], text, room - 1, &got);
		waitpid(child, &status, 0);
	}
	close(ends[0]);
	text[got] = '\0';
	if (status == 0)
		return 0;
	return error_set(err, ERR_IO, "'%s --version' does not work", program);
}

/*
 * The version that scripts/engine.sh noted beside a program in the cache; asking
 * QEMU takes a tenth of a second. False when there is none.
 */
static bool read_version(char version[ENGINE_VERSION_SIZE], const char *program)
{
	const char *slash = strrchr(program, '/');
	char *path, line[ENGINE_VERSION_SIZE + 16];
	uint8_t *bytes = NULL;
	size_t size;

	if (!slash || asprintf(&path, "%.*s/version", (int)(slash - program), program) < 0)
		return false;
	if (file_read(&bytes, &size, path, ENGINE_VERSION_SIZE, NULL) == 0)
		snprintf(line, sizeof(line), " version %s", (const char *)bytes);
	else
		line[0] = '\0';
	free(bytes);
	free(path);
	return engine_version_parse(version, line, NULL) == 0;
}

static int learn_version(struct engine *engine, bool in_cache, struct error *err)
{
	char text[512];
	int rc;

	if (in_cache && read_version(engine->version, engine->program))
		return 0;
	rc = ask_version(text, sizeof(text), engine->program, err);
	return rc ? rc : engine_version_parse(engine->version, text, err);
}

int engine_find(struct engine *engine, struct error *err)
{
	bool in_cache = false;
	int rc;

	*engine = (struct engine){ 0 };
	rc = find_program(&engine->program, &in_cache, err);
	if (!rc)
		rc = learn_version(engine, in_cache, err);
	if (!rc)
		rc = engine_version_check(engine->version, engine->program, err);
	if (rc)
		engine_clear(engine);
	return rc;
}

void engine_clear(struct engine *engine)
{
	free(engine->program);
	*engine = (struct engine){ 0 };
}

/* Of "/build/tools/ultraviolet" it is "/build/lib/@name". */
static char *find_beside_program(const char *name)
{
	char self[4096], *slash, *path;
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length < 0)
		return NULL;
	self[length] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	return asprintf(&path, "%s/../lib/%s", self, name) < 0 ? NULL : path;
}

/* The file @name, called @what: as @variable says, or one of ours. */
static int find_part(char **path, const char *what, const char *name,
		     const char *variable, struct error *err)
{
	const char *given = getenv(variable);
	char *candidates[2];

	*path = NULL;
	candidates[0] = given && given[0] ? strdup(given) : find_beside_program(name);
	if (asprintf(&candidates[1], UV_PLUGIN_FOLDER "/%s", name) < 0)
		candidates[1] = NULL;
	for (size_t i = 0; i < 2; i++) {
		if (!*path && candidates[i] && access(candidates[i], R_OK) == 0)
			*path = realpath(candidates[i], NULL);
		free(candidates[i]);
	}
	if (*path)
		return 0;
	error_set(err, ERR_NOT_FOUND, "The %s %s is not there, neither beside this program nor in "
		  UV_PLUGIN_FOLDER, what, name);
	return error_hint(err, ERR_NOT_FOUND, "set %s to its path", variable);
}

int engine_find_plugin(char **path, struct error *err)
{
	return find_part(path, "plugin", PLUGIN_FILE, "ULTRAVIOLET_PLUGIN", err);
}

int engine_find_firmware(char **path, struct error *err)
{
	int rc = find_part(path, "boot loader", FIRMWARE_FILE, "ULTRAVIOLET_FIRMWARE", err);

	if (rc)
		error_hint(err, rc,
			   "run make, or set ULTRAVIOLET_FIRMWARE to its path");
	return rc;
}
