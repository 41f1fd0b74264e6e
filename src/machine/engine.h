/* SPDX-License-Identifier: MIT */
/*
 * The QEMU that runs guests, and the plugin that goes into it. See
 * docs/reference/engine.md, "The engine".
 */
#ifndef UV_MACHINE_ENGINE_H
#define UV_MACHINE_ENGINE_H

#include <stdbool.h>

#include "base/error.h"

#define ENGINE_PROGRAM "qemu-system-s390x"
#define ENGINE_VERSION_SIZE 32

/* The first QEMU with the plugin interface that the plugin needs. */
#define ENGINE_MIN_MAJOR 11
#define ENGINE_MIN_MINOR 1

/* The first QEMU that has Secure IPL itself. */
#define ENGINE_SECURE_IPL_MAJOR 11
#define ENGINE_SECURE_IPL_MINOR 2

struct engine {
	char *program;                     /* path to execute */
	char version[ENGINE_VERSION_SIZE]; /* "11.1.2" */
};

/*
 * Finds QEMU: $ULTRAVIOLET_QEMU, else the one that `make setup` keeps in the
 * cache, else qemu-system-s390x on PATH. ERR_NOT_FOUND when there is none,
 * ERR_UNSUPPORTED when it is too old; both with what to do. Caller frees with
 * engine_clear().
 */
int engine_find(struct engine *engine, struct error *err);
void engine_clear(struct engine *engine);

/* Takes "QEMU emulator version 11.1.2 (...)" apart; ERR_FORMAT otherwise. */
int engine_version_parse(char version[ENGINE_VERSION_SIZE], const char *text,
			 struct error *err);

/* ERR_UNSUPPORTED when @version is older than the plugin needs. */
int engine_version_check(const char *version, const char *program,
			 struct error *err);

/*
 * The path of the plugin: $ULTRAVIOLET_PLUGIN, else beside the program that
 * runs (../lib), else where it was to be installed. Caller frees.
 */
int engine_find_plugin(char **path, struct error *err);

/*
 * The path of the boot loader for audit and secure mode: $ULTRAVIOLET_FIRMWARE,
 * else where the plugin lies. Caller frees.
 */
int engine_find_firmware(char **path, struct error *err);

/* Does QEMU @version have Secure IPL of its own? */
bool engine_has_secure_ipl(const char *version);

#endif
