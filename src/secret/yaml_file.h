/* SPDX-License-Identifier: MIT */
/*
 * Small YAML files that may come from anybody: one document, of bounded size, as
 * libyaml's tree of nodes.
 */
#ifndef UV_SECRET_YAML_FILE_H
#define UV_SECRET_YAML_FILE_H

#include <stddef.h>
#include <yaml.h>

#include "base/error.h"

#define YAML_FILE_MAX_SIZE (64 * 1024)

/*
 * Reads the @size bytes at @bytes; @origin names them in messages. ERR_FORMAT
 * unless they are one YAML document with content. Caller frees *@document with
 * yaml_document_delete(). Aliases make nodes appear in several places, even
 * below themselves: whoever walks the tree bounds the walk.
 */
int yaml_file_parse(yaml_document_t *document, const void *bytes, size_t size,
		    const char *origin, struct error *err);

/* The text of a scalar node (NULL is none) without NUL bytes in it, or NULL. */
const char *yaml_node_text(const yaml_node_t *node);

/*
 * The value of the entry @name of a mapping @node, or NULL. Of several the
 * first; *@count (may be NULL) says how many there are.
 */
yaml_node_t *yaml_node_entry(yaml_document_t *document, const yaml_node_t *node,
			     const char *name, size_t *count);

#endif
