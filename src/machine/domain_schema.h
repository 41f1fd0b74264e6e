/* SPDX-License-Identifier: MIT */
/*
 * Which elements and attributes of a domain XML are understood, as tables. What
 * is in none of them is named as a fault; domain capabilities are printed from
 * the same tables. See docs/reference/domain-xml.md, "Elements".
 */
#ifndef UV_MACHINE_DOMAIN_SCHEMA_H
#define UV_MACHINE_DOMAIN_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#define DOMAIN_CPUS_MAX 248

enum domain_flags {
	DOMAIN_MANY = 1 << 0,     /* may come more than once */
	DOMAIN_TEXT = 1 << 1,     /* has text */
	DOMAIN_REQUIRED = 1 << 2, /* has to be there */
	DOMAIN_UNUSED = 1 << 3,   /* of use to libvirt alone: mentioned, not looked into */
};

struct domain_attribute {
	const char *name;    /* NULL ends a table */
	const char *choices; /* blank separated; NULL = any value */
	unsigned flags;      /* DOMAIN_REQUIRED, DOMAIN_UNUSED */
};

struct domain_element {
	const char *name; /* NULL ends a table */
	unsigned flags;
	const char *choices; /* of the text; NULL = any */
	const struct domain_attribute *attributes; /* NULL = none */
	const struct domain_element *children;     /* NULL = none */
	const char *refusal; /* why it cannot be had, if it is known and cannot */
};

extern const struct domain_element domain_schema;

/* The entry of @name in a table (which may be NULL), or NULL. */
const struct domain_element *domain_schema_element(const struct domain_element *table,
						   const char *name);
const struct domain_attribute *
domain_schema_attribute(const struct domain_attribute *table, const char *name);

/*
 * The element at @path below <domain>, names separated by '/', for instance
 * "devices/disk/target"; it has to exist.
 */
const struct domain_element *domain_schema_at(const char *path);

/* Is @value one of @choices? */
bool domain_schema_allows(const char *choices, const char *value);

#endif
