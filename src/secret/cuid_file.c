/* SPDX-License-Identifier: MIT */
#include "secret/cuid_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "secret/yaml_file.h"

#define MAX_LEVELS 8
#define MAX_VISITS 4096 /* aliases can make a small file a huge tree */

int cuid_from_hex(uint8_t cuid[ASRCB_CUID_SIZE], const char *text, struct error *err)
{
	const char *digits = strncmp(text, "0x", 2) == 0 ? text + 2 : text;
	int rc = hex_decode(cuid, ASRCB_CUID_SIZE, digits, strlen(digits), err);

	if (rc == 0)
		return 0;
	error_wrap(err, rc, "'%.60s' is no configuration unique ID", text);
	return error_hint(err, rc, "It has 32 hexadecimal digits, leading zeros included");
}

struct search {
	yaml_document_t *document;
	unsigned visits;
};

/* The first string under the name "cuid" in or below the mapping @node. */
static const char *find(struct search *search, const yaml_node_t *node, unsigned level)
{
	const yaml_node_pair_t *pair;
	yaml_node_t *own;
	size_t count;

	if (!node || node->type != YAML_MAPPING_NODE || level == MAX_LEVELS ||
	    search->visits++ == MAX_VISITS)
		return NULL;
	own = yaml_node_entry(search->document, node, "cuid", &count);
	if (count > 0)
		return yaml_node_text(own);
	pair = node->data.mapping.pairs.start;
	for (; pair < node->data.mapping.pairs.top && search->visits < MAX_VISITS; pair++) {
		yaml_node_t *below = yaml_document_get_node(search->document, pair->value);
		const char *text = find(search, below, level + 1);

		if (text)
			return text;
	}
	return NULL;
}

static int from_document(uint8_t cuid[ASRCB_CUID_SIZE], yaml_document_t *document,
			 const char *origin, struct error *err)
{
	yaml_node_t *root = yaml_document_get_root_node(document);
	struct search search = { .document = document };
	const char *text = yaml_node_text(root);

	if (!text)
		text = find(&search, root, 0);
	if (!text)
		return error_set(err, ERR_FORMAT, "'%s' has no entry 'cuid' with a value",
				 origin);
	if (strncmp(text, "0x", 2) != 0)
		return error_set(err, ERR_FORMAT,
				 "'%s': the CUID does not start with 0x", origin);
	return cuid_from_hex(cuid, text, err);
}

int cuid_from_bytes(uint8_t cuid[ASRCB_CUID_SIZE], const void *bytes, size_t size,
		    const char *origin, struct error *err)
{
	yaml_document_t document;
	int rc;

	if (size == ASRCB_CUID_SIZE) {
		memcpy(cuid, bytes, size);
		return 0;
	}
	rc = yaml_file_parse(&document, bytes, size, origin, err);
	if (rc == 0) {
		rc = from_document(cuid, &document, origin, err);
		yaml_document_delete(&document);
	}
	if (rc == 0)
		return 0;
	return error_hint(err, rc,
			  "The file holds 16 raw bytes, or YAML as pvattest verify writes it");
}

int cuid_read_file(uint8_t cuid[ASRCB_CUID_SIZE], const char *path, struct error *err)
{
	uint8_t *bytes;
	size_t size;
	int rc = file_read(&bytes, &size, path, YAML_FILE_MAX_SIZE, err);

	if (rc < 0)
		return rc;
	rc = cuid_from_bytes(cuid, bytes, size, path, err);
	free(bytes);
	return rc;
}
