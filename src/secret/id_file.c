/* SPDX-License-Identifier: MIT */
#include "secret/id_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "secret/list_report.h"
#include "secret/yaml_file.h"

#define TAG_ASSOCIATION "!Association"
#define TAG_RETRIEVABLE "!Retrievable"

/* --- writing ------------------------------------------------------------------ */

static int add_output(void *context, unsigned char *bytes, size_t size)
{
	text_add_bytes(context, (const char *)bytes, size);
	return 1;
}

/*
 * Would every reader take the plain scalar for a string? Only what starts with a
 * letter and is none of YAML's words is certain; the rest gets quotes.
 */
static bool plainly_a_string(const char *text)
{
	static const char *const words[] = { "true", "false", "null", "yes", "no",
					     "on", "off", "y", "n" };

	if (isascii((unsigned char)text[0]) && !isalpha((unsigned char)text[0]))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(text, words[i]) == 0)
			return false;
	return true;
}

/* The code point at *@text, which moves behind it; negative for what is no UTF-8. */
static long next_code_point(const unsigned char **text)
{
	static const long smallest[] = { 0, 0x80, 0x800, 0x10000 };
	unsigned char first = *(*text)++;
	int more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	long point = more ? first & (0x3f >> more) : first;

	if ((first >= 0x80 && first < 0xc0) || first >= 0xf8)
		return -1;
	for (int i = 0; i < more; i++) {
		if ((**text & 0xc0) != 0x80)
			return -1;
		point = point << 6 | (*(*text)++ & 0x3f);
	}
	if (point < smallest[more] || point > 0x10ffff ||
	    (point >= 0xd800 && point <= 0xdfff))
		return -1;
	return point;
}

/* libyaml's own check when writing is laxer than when reading. */
static bool is_utf8(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at)
		if (next_code_point(&at) < 0)
			return false;
	return true;
}

/* Does it hold what ends a line, or cannot be shown? */
static bool needs_escapes(const char *text)
{
	static const char *const breaks[] = { "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9" };

	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++)
		if (strstr(text, breaks[i]))
			return true;
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return true;
	return false;
}

static yaml_scalar_style_t style_for(const char *text)
{
	if (needs_escapes(text))
		return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	return plainly_a_string(text) ? YAML_PLAIN_SCALAR_STYLE
				      : YAML_SINGLE_QUOTED_SCALAR_STYLE;
}

static bool emit(yaml_emitter_t *emitter, yaml_event_t *event, int initialized)
{
	/* The emitter takes the event over, also when it fails. */
	return initialized && yaml_emitter_emit(emitter, event);
}

/* The scalar as a document of its own; libyaml may quote it more than it is told. */
static bool emit_scalar(yaml_emitter_t *emitter, const char *text)
{
	yaml_event_t event;

	return emit(emitter, &event,
		    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)) &&
	       emit(emitter, &event,
		    yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1)) &&
	       emit(emitter, &event,
		    yaml_scalar_event_initialize(&event, NULL, NULL,
						 (const yaml_char_t *)text,
						 (int)strlen(text), 1, 1,
						 style_for(text))) &&
	       emit(emitter, &event, yaml_document_end_event_initialize(&event, 1)) &&
	       emit(emitter, &event, yaml_stream_end_event_initialize(&event));
}

static bool scalar_to_text(struct text *out, const char *text)
{
	yaml_emitter_t emitter;
	bool ok;

	if (!yaml_emitter_initialize(&emitter))
		return false;
	yaml_emitter_set_output(&emitter, add_output, out);
	yaml_emitter_set_width(&emitter, -1);
	yaml_emitter_set_unicode(&emitter, 1);
	ok = emit_scalar(&emitter, text);
	yaml_emitter_delete(&emitter);
	return ok && text_ok(out);
}

/* The name as one line: the emitter's line end and end mark are cut off. */
static int add_name(struct text *out, const char *name, struct error *err)
{
	struct text line = { 0 };
	bool ok = is_utf8(name) && scalar_to_text(&line, name);

	if (ok)
		text_add_bytes(out, line.chars, strcspn(line.chars, "\n"));
	text_free(&line);
	if (ok)
		return 0;
	return error_set(err, ERR_INVALID, "The name of the secret is not valid UTF-8");
}

int id_file_format(struct text *out, const struct guest_secret *secret,
		   const char *name, struct error *err)
{
	int rc;

	if (secret->kind->retrievable)
		text_addf(out, TAG_RETRIEVABLE "\nkind: %u (%s)\n", secret->kind->type,
			  secret->kind->name);
	else
		text_add(out, TAG_ASSOCIATION "\n");
	text_add(out, "name: ");
	rc = add_name(out, name, err);
	text_add(out, "\nid: ");
	secret_id_add_yaml(out, secret->id);
	text_add(out, "\n");
	if (rc == 0 && !text_ok(out))
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	return rc;
}

int id_file_path(char **path, const char *beside, const char *name, struct error *err)
{
	const char *slash = strrchr(beside, '/'), *last = strrchr(name, '/');
	const char *dot = strrchr(last ? last : name, '.');
	int folder = slash ? (int)(slash - beside) + 1 : 0;
	int stem = (int)(dot && dot > name ? (size_t)(dot - name) : strlen(name));

	if (!*name)
		return error_set(err, ERR_INVALID, "The name of the secret is empty");
	if (asprintf(path, "%.*s%.*s.yaml", folder, beside, stem, name) < 0) {
		*path = NULL;
		return error_set(err, ERR_NOMEM, "Out of memory");
	}
	for (char *c = *path + folder; c < *path + folder + stem; c++)
		if (isspace((unsigned char)*c) || *c == '/')
			*c = '_';
	return 0;
}

/* --- reading ------------------------------------------------------------------ */

/* The text of the one entry @name. */
static int take_entry(const char **text, yaml_document_t *document,
		      const char *name, const char *origin, struct error *err)
{
	size_t count;

	*text = yaml_node_text(yaml_node_entry(
		document, yaml_document_get_root_node(document), name, &count));
	if (count > 1)
		return error_set(err, ERR_FORMAT, "'%s' has several entries '%s'", origin, name);
	if (!*text)
		return error_set(err, ERR_FORMAT, "'%s' has no entry '%s' with a value",
				 origin, name);
	return 0;
}

/* "5 (AES-192-KEY)": only the number counts. */
static int parse_kind(uint16_t *type, const char *text, const char *origin,
		      struct error *err)
{
	const struct secret_kind *kind;
	unsigned number = 0;
	size_t digits;

	for (digits = 0; digits < 5 && isdigit((unsigned char)text[digits]); digits++)
		number = number * 10 + (unsigned)(text[digits] - '0');
	kind = number <= UINT16_MAX ? secret_kind_find((uint16_t)number) : NULL;
	if (digits == 0 || (text[digits] && text[digits] != ' ') || !kind ||
	    !kind->retrievable)
		return error_set(err, ERR_FORMAT,
				 "'%s': the kind '%.40s' is none of a retrievable secret",
				 origin, text);
	*type = kind->type;
	return 0;
}

static int parse_root(struct id_file *file, yaml_document_t *document,
		      const char *origin, struct error *err)
{
	const yaml_node_t *root = yaml_document_get_root_node(document);
	const char *tag = root->tag ? (const char *)root->tag : "";
	const char *kind, *name, *id;
	int rc;

	if (strcmp(tag, TAG_ASSOCIATION) == 0) {
		file->type = SECRET_ASSOCIATION;
	} else if (strcmp(tag, TAG_RETRIEVABLE) == 0) {
		rc = take_entry(&kind, document, "kind", origin, err);
		if (rc == 0)
			rc = parse_kind(&file->type, kind, origin, err);
		if (rc < 0)
			return rc;
	} else {
		return error_set(err, ERR_FORMAT,
				 "'%s' is no ID file: it does not start with " TAG_RETRIEVABLE
				 " or " TAG_ASSOCIATION, origin);
	}
	rc = take_entry(&name, document, "name", origin, err);
	if (rc == 0)
		rc = take_entry(&id, document, "id", origin, err);
	if (rc == 0)
		rc = secret_id_from_hex(file->id, id, err);
	return rc;
}

int id_file_parse(struct id_file *file, const void *bytes, size_t size,
		  const char *origin, struct error *err)
{
	yaml_document_t document;
	int rc = yaml_file_parse(&document, bytes, size, origin, err);

	if (rc < 0)
		return rc;
	rc = parse_root(file, &document, origin, err);
	yaml_document_delete(&document);
	return rc;
}

int id_file_read(struct id_file *file, const char *path, struct error *err)
{
	uint8_t *bytes;
	size_t size;
	int rc = file_read(&bytes, &size, path, YAML_FILE_MAX_SIZE, err);

	if (rc < 0)
		return rc;
	rc = id_file_parse(file, bytes, size, path, err);
	free(bytes);
	return rc;
}
