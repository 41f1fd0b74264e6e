/* SPDX-License-Identifier: MIT */
/*
 * The value of a QEMU option taken apart: "virtio-blk-ccw,drive=d0" or, for
 * -device and -object, a JSON object. See docs/reference/engine.md, "Options".
 */
#ifndef UV_MACHINE_QEMU_OPTION_H
#define UV_MACHINE_QEMU_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Enough for a machine with a path for each boot certificate. */
#define QEMU_OPTION_KEYS_MAX 160

struct qemu_key {
	char *name; /* "" for the first one when it was given without a name */
	char *value; /* "on" for a name alone */
};

struct qemu_option {
	struct qemu_key keys[QEMU_OPTION_KEYS_MAX];
	size_t count;
	bool json;
};

/*
 * Parses @text. In QEMU's own form a comma inside a value is doubled; in JSON
 * the members that are strings, numbers and booleans (as on and off) are taken.
 * ERR_FORMAT for JSON that is none or too many keys. Caller frees with
 * qemu_option_clear().
 */
int qemu_option_parse(struct qemu_option *option, const char *text,
		      struct error *err);
void qemu_option_clear(struct qemu_option *option);

/* The last value of @name, or NULL. */
const char *qemu_option_get(const struct qemu_option *option, const char *name);

/* The value of the first key when it was given without a name, or of @name. */
const char *qemu_option_first(const struct qemu_option *option, const char *name);

/* Is the value of @name one of QEMU's words for yes? */
bool qemu_option_is_on(const struct qemu_option *option, const char *name);

/* Removes the key at @index. */
void qemu_option_remove_at(struct qemu_option *option, size_t index);

/* Removes every key @name. */
void qemu_option_remove(struct qemu_option *option, const char *name);

/* QEMU's own form again, commas doubled; NULL when memory is short. Caller frees. */
char *qemu_option_format(const struct qemu_option *option);

/* @value with commas doubled, to stand in an option; caller frees. */
char *qemu_option_escape(const char *value);

#endif
