/* SPDX-License-Identifier: MIT */
#include "secret/yaml_file.h"

#include <string.h>

static int refuse(const yaml_parser_t *parser, const char *origin, struct error *err)
{
	return error_set(err, ERR_FORMAT, "'%s', line %zu: no valid YAML: %s", origin,
			 parser->problem_mark.line + 1,
			 parser->problem ? parser->problem : "unreadable");
}

/* Nothing may follow the document. */
static int check_end(yaml_parser_t *parser, const char *origin, struct error *err)
{
	yaml_document_t next;
	int rc = 0;

	if (!yaml_parser_load(parser, &next))
		return refuse(parser, origin, err);
	if (yaml_document_get_root_node(&next))
		rc = error_set(err, ERR_FORMAT, "'%s' holds more than one YAML document",
			       origin);
	yaml_document_delete(&next);
	return rc;
}

static int load(yaml_parser_t *parser, yaml_document_t *document, const char *origin,
		struct error *err)
{
	int rc;

	if (!yaml_parser_load(parser, document))
		return refuse(parser, origin, err);
	if (yaml_document_get_root_node(document))
		rc = check_end(parser, origin, err);
	else
		rc = error_set(err, ERR_FORMAT, "'%s' is empty", origin);
	if (rc < 0)
		yaml_document_delete(document);
	return rc;
}

int yaml_file_parse(yaml_document_t *document, const void *bytes, size_t size,
		    const char *origin, struct error *err)
{
	yaml_parser_t parser;
	int rc;

	if (size > YAML_FILE_MAX_SIZE)
		return error_set(err, ERR_FORMAT, "'%s' is longer than %d bytes", origin,
				 YAML_FILE_MAX_SIZE);
	if (!yaml_parser_initialize(&parser))
		return error_set(err, ERR_NOMEM, "Out of memory");
	yaml_parser_set_input_string(&parser, bytes, size);
	rc = load(&parser, document, origin, err);
	yaml_parser_delete(&parser);
	return rc;
}

const char *yaml_node_text(const yaml_node_t *node)
{
	const char *text;

	if (!node || node->type != YAML_SCALAR_NODE)
		return NULL;
	text = (const char *)node->data.scalar.value;
	return strlen(text) == node->data.scalar.length ? text : NULL;
}

yaml_node_t *yaml_node_entry(yaml_document_t *document, const yaml_node_t *node,
			     const char *name, size_t *count)
{
	yaml_node_t *found = NULL;
	size_t matches = 0;

	if (node && node->type == YAML_MAPPING_NODE) {
		const yaml_node_pair_t *pair = node->data.mapping.pairs.start;

		for (; pair < node->data.mapping.pairs.top; pair++) {
			const char *key = yaml_node_text(
				yaml_document_get_node(document, pair->key));

			if (!key || strcmp(key, name) != 0)
				continue;
			if (matches++ == 0)
				found = yaml_document_get_node(document, pair->value);
		}
	}
	if (count)
		*count = matches;
	return found;
}
