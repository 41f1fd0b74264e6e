/* SPDX-License-Identifier: MIT */
/*
 * Small configuration records: one YAML mapping of names to plain values.
 *
 * The files may come from anywhere (a machine folder is handed around), so
 * only that subset is read: no nesting, no lists, no anchors, aliases or tags,
 * one document, bounded sizes, every name once.
 */
#ifndef UV_MACHINE_FLAT_YAML_H
#define UV_MACHINE_FLAT_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

#define FLAT_YAML_MAX_SIZE (16 * 1024) /* bytes of a file */
#define FLAT_YAML_MAX_ENTRIES 32
#define FLAT_YAML_MAX_NAME 64    /* bytes of a name, without NUL */
#define FLAT_YAML_MAX_VALUE 4096 /* bytes of a value, without NUL */

struct flat_yaml_entry {
	char *name;
	char *value;
	size_t line; /* from 1 */
	bool taken;
};

struct flat_yaml {
	struct flat_yaml_entry entries[FLAT_YAML_MAX_ENTRIES];
	size_t count;
};

/*
 * Reads the @size bytes at @bytes; @origin names them in messages. ERR_FORMAT
 * says line and rule. On success the caller frees with flat_yaml_free().
 */
int flat_yaml_parse(struct flat_yaml *yaml, const void *bytes, size_t size,
		    const char *origin, struct error *err);

/* The same for a file. ERR_NOT_FOUND when it does not exist. */
int flat_yaml_read(struct flat_yaml *yaml, const char *path, struct error *err);

void flat_yaml_free(struct flat_yaml *yaml);

/*
 * The value of @name, owned by @yaml, or NULL; the entry counts as known from
 * now on. The flavour with @err makes its absence ERR_FORMAT.
 */
const char *flat_yaml_get(struct flat_yaml *yaml, const char *name);
int flat_yaml_require(const char **value, struct flat_yaml *yaml, const char *name,
		      const char *origin, struct error *err);

/* The first entry that nobody asked for, or NULL. */
const struct flat_yaml_entry *flat_yaml_unknown(const struct flat_yaml *yaml);

/*
 * Adds the line `name: "value"`, quoted so that it reads back as it was, or is
 * refused by the reader; never as another value.
 */
void flat_yaml_add(struct text *out, const char *name, const char *value);

#endif
