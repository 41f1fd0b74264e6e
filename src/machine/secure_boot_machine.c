/* SPDX-License-Identifier: MIT */
/* The properties of -machine that are about Secure IPL. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "machine/secure_boot_scan.h"

#define SECURE_BOOT "secure-boot"
#define LIST "boot-certs"
#define ALIAS "boot-certificates"

static int set_string(struct boot_scan *scan, char **to, const char *value)
{
	free(*to);
	*to = strdup(value);
	return *to ? 0 : boot_scan_no_memory(scan);
}

static int set_secure_boot(struct boot_scan *scan, const char *value)
{
	if (!boot_scan_switch(&scan->secure, value))
		return error_set(scan->err, ERR_INVALID,
				 "-machine " SECURE_BOOT "=%s: it can be on or off", value);
	scan->boot->asked = true;
	return 0;
}

static int set_path(struct boot_scan *scan, size_t index, const char *path)
{
	if (index >= BOOT_CERTS_MAX)
		return error_set(scan->err, ERR_INVALID,
				 "-machine " LIST ".%zu: the list goes from 0 to %d", index,
				 BOOT_CERTS_MAX - 1);
	scan->boot->asked = true;
	return set_string(scan, &scan->paths[index], path);
}

/* --- QEMU's own form --------------------------------------------------------- */

/* The N of "boot-certs.N.path"; false for anything else. */
static bool parse_list_name(size_t *index, const char *name)
{
	static const char prefix[] = LIST ".", suffix[] = ".path";
	const char *digits = name + strlen(prefix);
	char *end;

	if (strncmp(name, prefix, strlen(prefix)) != 0 || digits[0] < '0' || digits[0] > '9')
		return false;
	*index = strtoul(digits, &end, 10);
	/* One way to write a number. */
	return strcmp(end, suffix) == 0 && (digits[0] != '0' || end == digits + 1);
}

static bool is_list_name(const char *name)
{
	return strcmp(name, LIST) == 0 || strncmp(name, LIST ".", strlen(LIST ".")) == 0;
}

static int take_list(struct boot_scan *scan, const char *name, const char *value)
{
	size_t index;

	if (parse_list_name(&index, name))
		return set_path(scan, index, value);
	error_set(scan->err, ERR_INVALID, "-machine %s=%s: there is no such property", name,
		  value);
	return error_hint(scan->err, ERR_INVALID,
			  "write " LIST ".0.path=FILE," LIST ".1.path=FOLDER and so on");
}

/* Takes one property if it is ours. */
static int take_property(struct boot_scan *scan, const char *name, const char *value,
			 bool *ours)
{
	*ours = true;
	if (strcmp(name, SECURE_BOOT) == 0)
		return set_secure_boot(scan, value);
	if (is_list_name(name))
		return take_list(scan, name, value);
	if (strcmp(name, ALIAS) == 0) {
		scan->boot->asked = true;
		return set_string(scan, &scan->alias, value);
	}
	*ours = false;
	return 0;
}

static int take_properties(struct boot_scan *scan, struct qemu_option *option)
{
	size_t i = 0;

	while (i < option->count) {
		const struct qemu_key *key = &option->keys[i];
		bool ours;
		int rc = take_property(scan, key->name, key->value, &ours);

		if (rc)
			return rc;
		if (ours)
			qemu_option_remove_at(option, i);
		else
			i++;
	}
	return 0;
}

static int scan_list_form(struct boot_scan *scan, const char *name, const char *value)
{
	struct qemu_option option;
	int rc = qemu_option_parse(&option, value, scan->err);

	if (rc)
		return rc;
	rc = take_properties(scan, &option);
	if (!rc)
		rc = boot_scan_keep(scan, name, &option);
	qemu_option_clear(&option);
	return rc;
}

/* --- JSON -------------------------------------------------------------------- */

static int take_json_list(struct boot_scan *scan, const json_t *list)
{
	const json_t *entry;
	size_t index;
	int rc = 0;

	if (!json_is_array(list))
		return error_set(scan->err, ERR_INVALID,
				 "-machine: \"" LIST "\" is no array");
	json_array_foreach(list, index, entry) {
		const char *path = json_string_value(json_object_get(entry, "path"));

		if (!path || json_object_size(entry) != 1)
			return error_set(scan->err, ERR_INVALID,
					 "-machine: element %zu of \"" LIST "\" is not {\"path\": \"...\"}",
					 index);
		rc = set_path(scan, index, path);
		if (rc)
			return rc;
	}
	return 0;
}

static int take_json(struct boot_scan *scan, json_t *root)
{
	const json_t *list = json_object_get(root, LIST);
	const json_t *alias = json_object_get(root, ALIAS);
	const json_t *secure = json_object_get(root, SECURE_BOOT);
	bool ours;
	int rc = list ? take_json_list(scan, list) : 0;

	if (!rc && secure && !json_is_boolean(secure))
		rc = error_set(scan->err, ERR_INVALID,
			       "-machine: \"" SECURE_BOOT "\" can be true or false");
	if (!rc && secure)
		rc = set_secure_boot(scan, json_is_true(secure) ? "on" : "off");
	if (!rc && alias && !json_is_string(alias))
		rc = error_set(scan->err, ERR_INVALID, "-machine: \"" ALIAS "\" is no string");
	if (!rc && alias)
		rc = take_property(scan, ALIAS, json_string_value(alias), &ours);
	json_object_del(root, LIST);
	json_object_del(root, ALIAS);
	json_object_del(root, SECURE_BOOT);
	return rc;
}

static int keep_json(struct boot_scan *scan, const char *name, const json_t *root)
{
	char *text;

	if (json_object_size(root) == 0)
		return 0;
	text = json_dumps(root, JSON_COMPACT);
	if (!text)
		return boot_scan_no_memory(scan);
	string_list_addf(&scan->boot->argv, "-%s", name);
	string_list_add(&scan->boot->argv, text);
	free(text);
	return 0;
}

static int scan_json_form(struct boot_scan *scan, const char *name, const char *value)
{
	json_error_t why;
	json_t *root = json_loads(value, JSON_REJECT_DUPLICATES, &why);
	int rc;

	if (!json_is_object(root)) {
		json_decref(root);
		return error_set(scan->err, ERR_FORMAT,
				 "-%s starts with { but is no JSON object", name);
	}
	rc = take_json(scan, root);
	if (!rc)
		rc = keep_json(scan, name, root);
	json_decref(root);
	return rc;
}

/* ----------------------------------------------------------------------------- */

int boot_scan_machine(struct boot_scan *scan, const char *name, const char *value)
{
	return value[0] == '{' ? scan_json_form(scan, name, value) :
				 scan_list_form(scan, name, value);
}

/* The parts of @alias between colons, empty ones too. */
static void split_alias(struct string_list *paths, const char *alias)
{
	for (;;) {
		size_t length = strcspn(alias, ":");

		string_list_addf(paths, "%.*s", (int)length, alias);
		if (alias[length] == '\0')
			return;
		alias += length + 1;
	}
}

static int list_paths(struct boot_scan *scan, struct string_list *paths)
{
	size_t end = BOOT_CERTS_MAX;

	while (end > 0 && !scan->paths[end - 1])
		end--;
	for (size_t i = 0; i < end; i++) {
		if (!scan->paths[i])
			return error_set(scan->err, ERR_INVALID,
					 "-machine " LIST ".%zu.path is missing: the list has a gap",
					 i);
		string_list_add(paths, scan->paths[i]);
	}
	return 0;
}

int boot_scan_paths(struct boot_scan *scan, struct string_list *paths)
{
	int rc = list_paths(scan, paths);

	if (rc)
		return rc;
	if (scan->alias && paths->count > 0)
		return error_set(scan->err, ERR_INVALID,
				 "-machine has both " LIST " and its old form " ALIAS);
	if (scan->alias)
		split_alias(paths, scan->alias);
	return paths->broken ? boot_scan_no_memory(scan) : 0;
}
