/* SPDX-License-Identifier: MIT */
#include "plugin/arguments.h"

#include <stdio.h>
#include <string.h>

#include "plugin/scp_info.h"
#include "ultravisor/calls.h"

#define DEFAULT_NAME "guest"
#define DEFAULT_GENERATION "z16"

static int parse_switch(bool *value, const char *name, const char *text,
			struct error *err)
{
	if (strcmp(text, "on") == 0)
		*value = true;
	else if (strcmp(text, "off") == 0)
		*value = false;
	else
		return error_set(err, ERR_INVALID,
				 "plugin argument %s: '%s' is neither on nor off",
				 name, text);
	return 0;
}

static int parse_generation(const struct generation **generation,
			    const char *name, struct error *err)
{
	*generation = generation_by_name(name);
	if (*generation)
		return 0;
	return error_set(err, ERR_NOT_FOUND,
			 "plugin argument generation: there is no generation '%s'",
			 name);
}

/* "CALL:CC:TIMES", with a call's name or "any"; a knob for tests of guests. */
static int parse_injection(struct injection *injection, const char *text,
			   struct error *err)
{
	size_t length = strcspn(text, ":");
	const struct call *call = call_by_name(text, length);
	bool any = length == 3 && strncmp(text, "any", 3) == 0;
	char end;

	if ((!call && !any) ||
	    sscanf(text + length, ":%1u:%9u%c", &injection->cc, &injection->times,
		   &end) != 2 ||
	    injection->cc < 2 || injection->cc > 3)
		return error_set(err, ERR_INVALID,
				 "plugin argument inject: '%s' is not CALL:CC:TIMES with CC 2 or 3",
				 text);
	injection->code = call ? call->code : 0;
	return 0;
}

static int parse_mode(struct secure_ipl_arguments *secure_ipl, const char *text,
		      struct error *err)
{
	static const enum ipl_mode modes[] = { IPL_NORMAL, IPL_AUDIT, IPL_SECURE };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(text, ipl_mode_name(modes[i])) != 0)
			continue;
		secure_ipl->offered = true;
		secure_ipl->mode = modes[i];
		return 0;
	}
	return error_set(err, ERR_INVALID,
			 "plugin argument secure-ipl: there is no mode '%s'", text);
}

/* "cstore+sipl+sclaf", or fewer of them. */
static int parse_facilities(unsigned *facilities, const char *text,
			    struct error *err)
{
	static const struct {
		const char *name;
		unsigned facility;
	} names[] = {
		{ "cstore", SCP_CSTORE }, { "sipl", SCP_SIPL }, { "sclaf", SCP_SCLAF },
	};

	for (const char *at = text; *at;) {
		size_t length = strcspn(at, "+"), i = 0;

		while (i < 3 && (strlen(names[i].name) != length ||
				 strncmp(at, names[i].name, length) != 0))
			i++;
		if (i == 3)
			return error_set(err, ERR_INVALID,
					 "plugin argument facilities: '%.*s' is none",
					 (int)length, at);
		*facilities |= names[i].facility;
		at += length + (at[length] == '+');
	}
	return 0;
}

static int parse_one(struct arguments *arguments, const char *argument,
		     struct error *err)
{
	const struct {
		const char *name;
		const char **value;
	} texts[] = {
		{ "name=", &arguments->name },
		{ "host-key=", &arguments->host_key },
		{ "backup-host-key=", &arguments->backup_host_key },
		{ "control=", &arguments->control },
		{ "crash-dump=", &arguments->crash_dump },
		{ "certificates=", &arguments->secure_ipl.certificates },
		{ "report=", &arguments->secure_ipl.report },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t length = strlen(texts[i].name);

		if (strncmp(argument, texts[i].name, length) == 0) {
			*texts[i].value = argument + length;
			return 0;
		}
	}
	if (strncmp(argument, "generation=", 11) == 0)
		return parse_generation(&arguments->generation, argument + 11, err);
	if (strncmp(argument, "inject=", 7) == 0)
		return parse_injection(&arguments->injection, argument + 7, err);
	if (strncmp(argument, "trace=", 6) == 0)
		return parse_switch(&arguments->trace, "trace", argument + 6, err);
	if (strncmp(argument, "crash-pause=", 12) == 0)
		return parse_switch(&arguments->crash_pause, "crash-pause",
				    argument + 12, err);
	if (strncmp(argument, "protected=", 10) == 0)
		return parse_switch(&arguments->protectable, "protected",
				    argument + 10, err);
	if (strncmp(argument, "secure-ipl=", 11) == 0)
		return parse_mode(&arguments->secure_ipl, argument + 11, err);
	if (strncmp(argument, "facilities=", 11) == 0)
		return parse_facilities(&arguments->secure_ipl.facilities,
					argument + 11, err);
	return error_set(err, ERR_INVALID, "unknown plugin argument '%s'", argument);
}

int arguments_parse(struct arguments *arguments, int argc, char *const *argv,
		    struct error *err)
{
	*arguments = (struct arguments){
		.name = DEFAULT_NAME,
		.generation = generation_by_name(DEFAULT_GENERATION),
		.protectable = true,
	};
	for (int i = 0; i < argc; i++) {
		int rc = parse_one(arguments, argv[i], err);

		if (rc)
			return rc;
	}
	return 0;
}
