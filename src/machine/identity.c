/* SPDX-License-Identifier: MIT */
#include "machine/identity.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/flat_yaml.h"

int machine_serial_check(const char *serial, struct error *err)
{
	size_t length = strlen(serial);

	if (length >= MACHINE_SERIAL_MIN && length <= MACHINE_SERIAL_MAX &&
	    strspn(serial, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == length)
		return 0;
	return error_set(err, ERR_INVALID,
			 "Serial number '%.40s' is not %d to %d digits and capital letters",
			 serial, MACHINE_SERIAL_MIN, MACHINE_SERIAL_MAX);
}

int machine_type_parse(uint16_t *type, const char *text, struct error *err)
{
	if (strlen(text) != 4 || strspn(text, "0123456789") != 4)
		return error_set(err, ERR_INVALID,
				 "Machine type '%.40s' is not four digits", text);
	/* Types are hexadecimal numbers that happen to use decimal digits only. */
	*type = (uint16_t)strtoul(text, NULL, 16);
	return 0;
}

/* One mark for each character of "2026-11-20T23:55:17Z": d is a digit. */
static int check_time(const char *text, const char *origin, struct error *err)
{
	static const char pattern[] = "dddd-dd-ddTdd:dd:ddZ";
	size_t i = 0;

	while (pattern[i] && text[i] &&
	       (pattern[i] == 'd' ? isdigit((unsigned char)text[i])
				  : text[i] == pattern[i]))
		i++;
	if (pattern[i] || text[i])
		return error_set(err, ERR_FORMAT,
				 "'%s': 'created' is not of the form 2026-11-20T23:55:17Z",
				 origin);
	return 0;
}

static int check_constants(struct flat_yaml *yaml, const char *origin,
			   struct error *err)
{
	const char *format, *simulated;
	int rc = flat_yaml_require(&format, yaml, "format", origin, err);

	if (rc < 0)
		return rc;
	if (strcmp(format, MACHINE_FORMAT) != 0) {
		error_set(err, ERR_UNSUPPORTED, "'%s' has format %.20s, not %s",
			  origin, format, MACHINE_FORMAT);
		return error_hint(err, ERR_UNSUPPORTED,
				  "It was made by another version of Ultraviolet");
	}
	rc = flat_yaml_require(&simulated, yaml, "simulated", origin, err);
	if (rc == 0 && strcmp(simulated, "true") != 0)
		rc = error_set(err, ERR_FORMAT, "'%s' does not say 'simulated: true'",
			       origin);
	return rc;
}

static int read_generation(struct machine_identity *id, struct flat_yaml *yaml,
			   const char *origin, struct error *err)
{
	const char *type, *name;
	int rc = flat_yaml_require(&name, yaml, "generation", origin, err);

	if (rc == 0)
		rc = flat_yaml_require(&type, yaml, "type", origin, err);
	if (rc < 0)
		return rc;
	if (machine_type_parse(&id->type, type, err) < 0)
		return error_wrap(err, ERR_FORMAT, "Cannot use '%s'", origin);
	id->generation = generation_by_name(name);
	if (!id->generation)
		return error_set(err, ERR_UNSUPPORTED,
				 "'%s' names an unknown generation '%.40s'", origin,
				 name);
	if (generation_by_type(id->type) != id->generation)
		return error_set(err, ERR_FORMAT,
				 "'%s': type %s is no machine of generation %s", origin,
				 type, id->generation->name);
	return 0;
}

static int read_serial(struct machine_identity *id, struct flat_yaml *yaml,
		       const char *origin, struct error *err)
{
	const char *serial;
	int rc = flat_yaml_require(&serial, yaml, "serial", origin, err);

	if (rc < 0)
		return rc;
	if (machine_serial_check(serial, err) < 0)
		return error_wrap(err, ERR_FORMAT, "Cannot use '%s'", origin);
	snprintf(id->serial, sizeof(id->serial), "%s", serial);
	return 0;
}

static int read_created(struct machine_identity *id, struct flat_yaml *yaml,
			const char *origin, struct error *err)
{
	const char *created;
	int rc = flat_yaml_require(&created, yaml, "created", origin, err);

	if (rc == 0)
		rc = check_time(created, origin, err);
	if (rc == 0)
		snprintf(id->created, sizeof(id->created), "%s", created);
	return rc;
}

static int read_ca(struct machine_identity *id, struct flat_yaml *yaml,
		   const char *origin, struct error *err)
{
	const char *ca;
	int rc = flat_yaml_require(&ca, yaml, "ca", origin, err);

	if (rc < 0)
		return rc;
	if (!*ca)
		return error_set(err, ERR_FORMAT, "'%s': 'ca' is empty", origin);
	id->ca = strdup(ca);
	return id->ca ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
}

static int note_unknown(struct machine_identity *id, const struct flat_yaml *yaml,
			struct error *err)
{
	const struct flat_yaml_entry *entry = flat_yaml_unknown(yaml);

	if (!entry)
		return 0;
	id->unknown_key = strdup(entry->name);
	return id->unknown_key ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
}

static int identity_from_yaml(struct machine_identity *id, struct flat_yaml *yaml,
			      const char *origin, struct error *err)
{
	int rc = check_constants(yaml, origin, err);

	if (rc == 0)
		rc = read_generation(id, yaml, origin, err);
	if (rc == 0)
		rc = read_serial(id, yaml, origin, err);
	if (rc == 0)
		rc = read_created(id, yaml, origin, err);
	if (rc == 0)
		rc = read_ca(id, yaml, origin, err);
	if (rc == 0)
		rc = note_unknown(id, yaml, err);
	if (rc < 0)
		machine_identity_clear(id);
	return rc;
}

int machine_identity_parse(struct machine_identity *identity, const void *bytes,
			   size_t size, const char *origin, struct error *err)
{
	struct flat_yaml yaml;
	int rc;

	*identity = (struct machine_identity){ 0 };
	rc = flat_yaml_parse(&yaml, bytes, size, origin, err);
	if (rc < 0)
		return rc;
	rc = identity_from_yaml(identity, &yaml, origin, err);
	flat_yaml_free(&yaml);
	return rc;
}

int machine_identity_read(struct machine_identity *identity, const char *path,
			  struct error *err)
{
	struct flat_yaml yaml;
	int rc;

	*identity = (struct machine_identity){ 0 };
	rc = flat_yaml_read(&yaml, path, err);
	if (rc < 0)
		return rc;
	rc = identity_from_yaml(identity, &yaml, path, err);
	flat_yaml_free(&yaml);
	return rc;
}

void machine_identity_format(struct text *out, const struct machine_identity *identity)
{
	text_add(out, "# A software machine of Ultraviolet. Written once; not to be edited.\n");
	text_add(out, "format: " MACHINE_FORMAT "\n");
	text_add(out, "simulated: true\n");
	text_addf(out, "generation: %s\n", identity->generation->name);
	text_addf(out, "type: \"%04x\"\n", identity->type);
	flat_yaml_add(out, "serial", identity->serial);
	flat_yaml_add(out, "created", identity->created);
	flat_yaml_add(out, "ca", identity->ca);
}

void machine_identity_clear(struct machine_identity *identity)
{
	free(identity->ca);
	free(identity->unknown_key);
	*identity = (struct machine_identity){ 0 };
}
