/* SPDX-License-Identifier: MIT */
#include "machine/qemu_option.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

static int add_key(struct qemu_option *option, const char *name, const char *value,
		   struct error *err)
{
	struct qemu_key *key = &option->keys[option->count];

	if (option->count == QEMU_OPTION_KEYS_MAX)
		return error_set(err, ERR_FORMAT,
				 "A QEMU option has more than %d parts",
				 QEMU_OPTION_KEYS_MAX);
	key->name = strdup(name);
	key->value = strdup(value);
	option->count++;
	return key->name && key->value ? 0 : no_memory(err);
}

/* Splits "name=value" in @part, which is changed. The first may be a value alone. */
static int add_part(struct qemu_option *option, char *part, struct error *err)
{
	/* There is no comma in a name, doubled or not. */
	char *equals = part + strcspn(part, "=,");

	/* Behind a last comma. */
	if (part[0] == '\0' && option->count > 0)
		return 0;
	if (equals == part && *equals == '=')
		return error_set(err, ERR_FORMAT, "A QEMU option has a value without a name: '%s'",
				 part);
	if (*equals == '=') {
		*equals = '\0';
		return add_key(option, part, equals + 1, err);
	}
	if (option->count == 0)
		return add_key(option, "", part, err);
	return add_key(option, part, "on", err);
}

static int parse_list(struct qemu_option *option, const char *text,
		      struct error *err)
{
	char *part = malloc(strlen(text) + 1);
	size_t used = 0;
	int rc = part ? 0 : no_memory(err);

	for (const char *c = text; !rc; c++) {
		bool in_value = option->count == 0 || memchr(part, '=', used);

		if (in_value && c[0] == ',' && c[1] == ',') {
			part[used++] = *c++;
		} else if (c[0] == ',' || c[0] == '\0') {
			part[used] = '\0';
			used = 0;
			rc = add_part(option, part, err);
			if (c[0] == '\0')
				break;
		} else {
			part[used++] = c[0];
		}
	}
	free(part);
	return rc;
}

static int add_member(struct qemu_option *option, const char *name,
		      const json_t *value, struct error *err)
{
	char number[32];

	if (json_is_string(value))
		return add_key(option, name, json_string_value(value), err);
	if (json_is_boolean(value))
		return add_key(option, name, json_is_true(value) ? "on" : "off", err);
	if (!json_is_integer(value))
		return 0;
	snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
		 json_integer_value(value));
	return add_key(option, name, number, err);
}

static int parse_json(struct qemu_option *option, const char *text,
		      struct error *err)
{
	json_error_t why;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	const char *name;
	json_t *value;
	int rc = 0;

	option->json = true;
	if (!json_is_object(root)) {
		rc = error_set(err, ERR_FORMAT,
			       "A QEMU option starts with { but is no JSON object");
		if (!root && err)
			snprintf(err->cause, sizeof(err->cause), "column %d: %s",
				 why.column, why.text);
	}
	json_object_foreach(root, name, value) {
		if (!rc)
			rc = add_member(option, name, value, err);
	}
	json_decref(root);
	return rc;
}

int qemu_option_parse(struct qemu_option *option, const char *text,
		      struct error *err)
{
	int rc;

	*option = (struct qemu_option){ 0 };
	rc = text[0] == '{' ? parse_json(option, text, err) :
			      parse_list(option, text, err);
	if (rc)
		qemu_option_clear(option);
	return rc;
}

static void clear_key(struct qemu_key *key)
{
	free(key->name);
	free(key->value);
}

void qemu_option_clear(struct qemu_option *option)
{
	for (size_t i = 0; i < option->count; i++)
		clear_key(&option->keys[i]);
	*option = (struct qemu_option){ 0 };
}

const char *qemu_option_get(const struct qemu_option *option, const char *name)
{
	for (size_t i = option->count; i-- > 0;) {
		if (strcmp(option->keys[i].name, name) == 0)
			return option->keys[i].value;
	}
	return NULL;
}

const char *qemu_option_first(const struct qemu_option *option, const char *name)
{
	const char *value = qemu_option_get(option, name);

	return value ? value : qemu_option_get(option, "");
}

bool qemu_option_is_on(const struct qemu_option *option, const char *name)
{
	const char *value = qemu_option_get(option, name);

	return value && (strcmp(value, "on") == 0 || strcmp(value, "yes") == 0 ||
			 strcmp(value, "true") == 0 || strcmp(value, "y") == 0);
}

void qemu_option_remove_at(struct qemu_option *option, size_t index)
{
	struct qemu_key *key = &option->keys[index];

	clear_key(key);
	option->count--;
	memmove(key, key + 1, (option->count - index) * sizeof(*key));
}

void qemu_option_remove(struct qemu_option *option, const char *name)
{
	for (size_t i = option->count; i-- > 0;) {
		if (strcmp(option->keys[i].name, name) == 0)
			qemu_option_remove_at(option, i);
	}
}

static void add_escaped(struct text *out, const char *value)
{
	for (const char *c = value; *c; c++) {
		if (*c == ',')
			text_add(out, ",");
		text_add_bytes(out, c, 1);
	}
}

/* The finished text as a string of the caller's; NULL when it is broken. */
static char *take_text(struct text *text)
{
	char *chars = text_ok(text) ? strdup(text_chars(text)) : NULL;

	text_free(text);
	return chars;
}

char *qemu_option_format(const struct qemu_option *option)
{
	struct text out = { 0 };

	for (size_t i = 0; i < option->count; i++) {
		const struct qemu_key *key = &option->keys[i];

		if (i > 0)
			text_add(&out, ",");
		if (key->name[0])
			text_addf(&out, "%s=", key->name);
		add_escaped(&out, key->value);
	}
	return take_text(&out);
}

char *qemu_option_escape(const char *value)
{
	struct text out = { 0 };

	add_escaped(&out, value);
	return take_text(&out);
}
