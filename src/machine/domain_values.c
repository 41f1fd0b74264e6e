/* SPDX-License-Identifier: MIT */
/* Faults, values, and options in the making. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "machine/domain_internal.h"

static void __attribute__((format(printf, 4, 0)))
say(struct domain *domain, enum log_level level, const xmlNode *node, const char *format,
    va_list args)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, args);
	/* What is quoted from the document makes no lines of its own. */
	for (char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
	log_emit(domain->log, level, "%s, line %ld: %s", (const char *)node->doc->URL,
		 xmlGetLineNo(node), text);
}

void domain_fault(struct domain *domain, const xmlNode *node, const char *format, ...)
{
	va_list args;

	if (domain->faults++ >= DOMAIN_FAULTS_MAX)
		return;
	va_start(args, format);
	say(domain, LOG_ERROR, node, format, args);
	va_end(args);
}

void domain_warn(struct domain *domain, const xmlNode *node, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(domain, LOG_WARN, node, format, args);
	va_end(args);
}

void domain_note_unused(struct domain *domain, const xmlNode *node, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < domain->unused.count; i++) {
		const char *known = domain->unused.items[i];

		if (strncmp(known, name, length) == 0 && known[length] == ' ')
			return;
	}
	string_list_addf(&domain->unused, "%s (line %ld)", name,
			 xmlGetLineNo(node));
}

void domain_note_attributes(struct domain *domain, const xmlNode *node, const char *names)
{
	const xmlAttr *found = node ? node->properties : NULL;

	for (; found; found = found->next) {
		if (domain_schema_allows(names, (const char *)found->name))
			domain_note_unused(domain, node, (const char *)found->name);
	}
}

const char *domain_attribute(struct domain *domain, const xmlNode *node, const char *name)
{
	return domain_xml_attribute(node, name, &domain->broken);
}

const char *domain_text(struct domain *domain, const xmlNode *node)
{
	const char *text = domain_xml_text(node, &domain->broken);

	return text ? text : "";
}

const char *domain_child_text(struct domain *domain, const xmlNode *parent, const char *name)
{
	const xmlNode *child = domain_xml_child(parent, name);

	return child ? domain_text(domain, child) : NULL;
}

bool domain_attribute_is(struct domain *domain, const xmlNode *node, const char *name,
			 const char *value)
{
	const char *actual = domain_attribute(domain, node, name);

	return actual && strcmp(actual, value) == 0;
}

const xmlNode *domain_device(const struct domain *domain, const char *name, size_t *index)
{
	while (*index < domain->device_count) {
		const xmlNode *device = domain->devices[(*index)++];

		if (strcmp((const char *)device->name, name) == 0)
			return device;
	}
	return NULL;
}

/* Digits of that base and nothing else; false as well when they do not fit. */
static bool parse_digits(const char *text, unsigned base, uint64_t *value)
{
	*value = 0;
	if (!*text)
		return false;
	for (; *text; text++) {
		const char *digits = "0123456789abcdef0123456789ABCDEF";
		const char *digit = strchr(digits, *text);
		unsigned worth = digit ? (unsigned)(digit - digits) % 16 : 16;

		if (worth >= base || __builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)worth, value))
			return false;
	}
	return true;
}

bool domain_number(struct domain *domain, const xmlNode *node, const char *what,
		   const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	bool hexadecimal = strncmp(text, "0x", 2) == 0;

	if (parse_digits(hexadecimal ? text + 2 : text, hexadecimal ? 16 : 10, value) &&
	    *value >= min && *value <= max)
		return true;
	domain_fault(domain, node, "%s '%.40s' is no number from %llu to %llu", what, text,
		     (unsigned long long)min, (unsigned long long)max);
	return false;
}

/* Bytes in one @unit, which may be written in either case; 0 for no unit. */
static uint64_t bytes_of_unit(const char *unit)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} units[] = {
		{ "b", 1 },           { "bytes", 1 },
		{ "KB", 1000 },       { "k", 1ULL << 10 }, { "KiB", 1ULL << 10 },
		{ "MB", 1000000 },    { "M", 1ULL << 20 }, { "MiB", 1ULL << 20 },
		{ "GB", 1000000000 }, { "G", 1ULL << 30 }, { "GiB", 1ULL << 30 },
		{ "TB", 1000000000000 }, { "T", 1ULL << 40 }, { "TiB", 1ULL << 40 },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcasecmp(units[i].name, unit) == 0)
			return units[i].bytes;
	}
	return 0;
}

bool domain_size(struct domain *domain, const xmlNode *node, uint64_t *bytes)
{
	const char *unit = domain_attribute(domain, node, "unit");
	uint64_t factor = bytes_of_unit(unit ? unit : "KiB");
	const char *text = domain_text(domain, node);

	if (!factor) {
		domain_fault(domain, node, "unit='%.20s' is no unit of storage; take KiB, MiB or GiB",
			     unit);
		return false;
	}
	/* What does not fit into 63 bits as bytes is no size either. */
	if (!domain_number(domain, node, (const char *)node->name, text, 1,
			   INT64_MAX / factor, bytes))
		return false;
	*bytes *= factor;
	return true;
}

const char *domain_path(struct domain *domain, const xmlNode *node, const char *path)
{
	if (path[0] == '/')
		return path;
	domain_fault(domain, node, "<%s>: '%.200s' is no path from the root folder",
		     (const char *)node->name, path);
	return NULL;
}

void domain_key(struct text *option, const char *name, const char *value)
{
	text_addf(option, ",%s=", name);
	for (; *value; value++) {
		if (*value == ',')
			text_add(option, ",");
		text_add_bytes(option, value, 1);
	}
}

void domain_emit(struct domain *domain, const char *option, struct text *value)
{
	const char *chars = text_chars(value);

	if (text_ok(value))
		domain_emit_plain(domain, option, chars + (chars[0] == ','));
	else
		domain->broken = true;
	text_free(value);
}

void domain_emit_plain(struct domain *domain, const char *option, const char *value)
{
	string_list_add(domain->argv, option);
	if (value)
		string_list_add(domain->argv, value);
}
