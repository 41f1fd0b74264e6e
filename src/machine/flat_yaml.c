/* SPDX-License-Identifier: MIT */
#include "machine/flat_yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "base/file.h"

struct reader {
	yaml_parser_t parser;
	struct flat_yaml *yaml;
	const char *origin;
	struct error *err;
};

static int refuse(const struct reader *r, const yaml_mark_t *mark, const char *why)
{
	return error_set(r->err, ERR_FORMAT, "'%s', line %zu: %s", r->origin,
			 mark->line + 1, why);
}

/* Why the parser stopped, in its words (which quote nothing of the input). */
static int refuse_syntax(const struct reader *r)
{
	return error_set(r->err, ERR_FORMAT, "'%s', line %zu: no valid YAML: %s",
			 r->origin, r->parser.problem_mark.line + 1,
			 r->parser.problem ? r->parser.problem : "unreadable");
}

/* The next event, which the caller deletes, has to be of type @wanted. */
static int expect(struct reader *r, yaml_event_t *event, yaml_event_type_t wanted,
		  const char *why)
{
	int rc = 0;

	if (!yaml_parser_parse(&r->parser, event))
		return refuse_syntax(r);
	if (event->type != wanted)
		rc = refuse(r, &event->start_mark, why);
	if (rc < 0)
		yaml_event_delete(event);
	return rc;
}

static int skip(struct reader *r, yaml_event_type_t wanted, const char *why)
{
	yaml_event_t event;
	int rc = expect(r, &event, wanted, why);

	if (rc == 0)
		yaml_event_delete(&event);
	return rc;
}

/*
 * Does @text start with a character that is no text on a line: a control
 * character, or one of the Unicode line ends and non-characters, which escapes
 * can bring in, but which do not survive being written plainly?
 */
static bool is_control(const unsigned char *text, size_t length)
{
	static const char *const lines[] = {
		"\xe2\x80\xa8", "\xe2\x80\xa9",                /* U+2028, U+2029 */
		"\xef\xbb\xbf", "\xef\xbf\xbe", "\xef\xbf\xbf", /* U+FEFF, U+FFFE, U+FFFF */
	};

	if (text[0] < 0x20 || text[0] == 0x7f)
		return true;
	if (length >= 2 && text[0] == 0xc2 && text[1] < 0xa0) /* U+0080 to U+009F */
		return true;
	for (size_t i = 0; length >= 3 && i < sizeof(lines) / sizeof(lines[0]); i++)
		if (memcmp(text, lines[i], 3) == 0)
			return true;
	return false;
}

/* A copy of the scalar in @event, if it is a plain one of at most @limit bytes. */
static int copy_scalar(struct reader *r, char **out, const yaml_event_t *event,
		       size_t limit)
{
	const char *bytes = (const char *)event->data.scalar.value;
	size_t length = event->data.scalar.length;

	if (event->type != YAML_SCALAR_EVENT)
		return refuse(r, &event->start_mark,
			      "only plain values are allowed, no lists, mappings or aliases");
	if (event->data.scalar.anchor || event->data.scalar.tag)
		return refuse(r, &event->start_mark, "anchors and tags are not allowed");
	if (length > limit)
		return refuse(r, &event->start_mark, "a name or value is too long");
	for (size_t i = 0; i < length; i++)
		if (is_control((const unsigned char *)bytes + i, length - i))
			return refuse(r, &event->start_mark,
				      "a name or value contains a control character");
	*out = strndup(bytes, length);
	return *out ? 0 : error_set(r->err, ERR_NOMEM, "Out of memory");
}

static int check_new_name(const struct reader *r, const char *name,
			  const yaml_mark_t *mark)
{
	if (!*name)
		return refuse(r, mark, "a name is empty");
	for (size_t i = 0; i < r->yaml->count; i++)
		if (strcmp(r->yaml->entries[i].name, name) == 0)
			return refuse(r, mark, "the name appears twice");
	return 0;
}

/* Reads the value that belongs to the name of @entry. */
static int read_value(struct reader *r, struct flat_yaml_entry *entry)
{
	yaml_event_t event;
	int rc;

	if (!yaml_parser_parse(&r->parser, &event))
		return refuse_syntax(r);
	rc = copy_scalar(r, &entry->value, &event, FLAT_YAML_MAX_VALUE);
	yaml_event_delete(&event);
	return rc;
}

static int read_entry(struct reader *r, const yaml_event_t *name)
{
	struct flat_yaml_entry entry = { .line = name->start_mark.line + 1 };
	int rc = 0;

	if (r->yaml->count == FLAT_YAML_MAX_ENTRIES)
		rc = refuse(r, &name->start_mark, "there are too many entries");
	if (rc == 0)
		rc = copy_scalar(r, &entry.name, name, FLAT_YAML_MAX_NAME);
	if (rc == 0)
		rc = check_new_name(r, entry.name, &name->start_mark);
	if (rc == 0)
		rc = read_value(r, &entry);
	if (rc < 0) {
		free(entry.name);
		free(entry.value);
		return rc;
	}
	r->yaml->entries[r->yaml->count++] = entry;
	return 0;
}

/* From behind the start of the mapping to its end. */
static int read_entries(struct reader *r)
{
	for (;;) {
		yaml_event_t event;
		bool end;
		int rc = 0;

		if (!yaml_parser_parse(&r->parser, &event))
			return refuse_syntax(r);
		end = event.type == YAML_MAPPING_END_EVENT;
		if (!end)
			rc = read_entry(r, &event);
		yaml_event_delete(&event);
		if (rc < 0 || end)
			return rc;
	}
}

static int read_mapping_start(struct reader *r)
{
	yaml_event_t event;
	int rc = expect(r, &event, YAML_MAPPING_START_EVENT,
			"lines of the form 'name: value' are expected");

	if (rc < 0)
		return rc;
	if (event.data.mapping_start.anchor || event.data.mapping_start.tag)
		rc = refuse(r, &event.start_mark, "anchors and tags are not allowed");
	yaml_event_delete(&event);
	return rc;
}

static int read_stream(struct reader *r)
{
	int rc = skip(r, YAML_STREAM_START_EVENT, "no YAML stream");

	if (rc == 0)
		rc = skip(r, YAML_DOCUMENT_START_EVENT, "the file is empty");
	if (rc == 0)
		rc = read_mapping_start(r);
	if (rc == 0)
		rc = read_entries(r);
	if (rc == 0)
		rc = skip(r, YAML_DOCUMENT_END_EVENT, "no end of the document");
	if (rc == 0)
		rc = skip(r, YAML_STREAM_END_EVENT,
			  "something follows the one document");
	return rc;
}

int flat_yaml_parse(struct flat_yaml *yaml, const void *bytes, size_t size,
		    const char *origin, struct error *err)
{
	struct reader r = { .yaml = yaml, .origin = origin, .err = err };
	int rc;

	*yaml = (struct flat_yaml){ 0 };
	if (size > FLAT_YAML_MAX_SIZE)
		return error_set(err, ERR_FORMAT, "'%s' is larger than %d bytes",
				 origin, FLAT_YAML_MAX_SIZE);
	if (!yaml_parser_initialize(&r.parser))
		return error_set(err, ERR_NOMEM, "Out of memory");
	yaml_parser_set_input_string(&r.parser, bytes, size);
	rc = read_stream(&r);
	yaml_parser_delete(&r.parser);
	if (rc < 0)
		flat_yaml_free(yaml);
	return rc;
}

int flat_yaml_read(struct flat_yaml *yaml, const char *path, struct error *err)
{
	uint8_t *bytes;
	size_t size;
	int rc;

	*yaml = (struct flat_yaml){ 0 };
	if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set_errno(err, ERR_NOT_FOUND, errno, "Cannot open '%s'",
				       path);
	rc = file_read(&bytes, &size, path, FLAT_YAML_MAX_SIZE, err);
	if (rc < 0)
		return rc;
	rc = flat_yaml_parse(yaml, bytes, size, path, err);
	free(bytes);
	return rc;
}

void flat_yaml_free(struct flat_yaml *yaml)
{
	for (size_t i = 0; i < yaml->count; i++) {
		free(yaml->entries[i].name);
		free(yaml->entries[i].value);
	}
	*yaml = (struct flat_yaml){ 0 };
}

const char *flat_yaml_get(struct flat_yaml *yaml, const char *name)
{
	for (size_t i = 0; i < yaml->count; i++) {
		struct flat_yaml_entry *entry = &yaml->entries[i];

		if (strcmp(entry->name, name) == 0) {
			entry->taken = true;
			return entry->value;
		}
	}
	return NULL;
}

int flat_yaml_require(const char **value, struct flat_yaml *yaml, const char *name,
		      const char *origin, struct error *err)
{
	*value = flat_yaml_get(yaml, name);
	return *value ? 0 : error_set(err, ERR_FORMAT, "'%s' has no entry '%s'",
				      origin, name);
}

const struct flat_yaml_entry *flat_yaml_unknown(const struct flat_yaml *yaml)
{
	for (size_t i = 0; i < yaml->count; i++)
		if (!yaml->entries[i].taken)
			return &yaml->entries[i];
	return NULL;
}

void flat_yaml_add(struct text *out, const char *name, const char *value)
{
	text_addf(out, "%s: \"", name);
	for (const char *c = value; *c; c++) {
		unsigned char byte = (unsigned char)*c;

		/* As it stands, a line end would read back as a blank. */
		if (byte < 0x20 || byte == 0x7f) {
			text_addf(out, "\\x%02x", byte);
			continue;
		}
		if (*c == '"' || *c == '\\')
			text_add(out, "\\");
		text_add_bytes(out, c, 1);
	}
	text_add(out, "\"\n");
}
