/* SPDX-License-Identifier: MIT */
/* What there is to know about a machine, for people and programs that ask. */
#ifndef UV_MACHINE_REPORT_H
#define UV_MACHINE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "crypto/ec.h"
#include "machine/ca.h"
#include "machine/machine.h"

enum machine_key_state {
	MACHINE_KEY_NONE,      /* neither key nor document: never had one */
	MACHINE_KEY_REMOVED,   /* a document, but no key: images for it do not start */
	MACHINE_KEY_INSTALLED, /* both, and they fit */
	MACHINE_KEY_BARE,      /* a key without document */
	MACHINE_KEY_MISMATCH,  /* the document is for another key */
};

struct machine_key_report {
	enum machine_key_state state;
	uint8_t phkh[PHKH_SIZE]; /* of the document, else of the key; none: zero */
};

struct machine_report {
	const struct machine *machine; /* the caller's */
	struct machine_key_report host_key;
	struct machine_key_report backup_host_key;
	struct ca *ca; /* NULL when it cannot be opened: then @ca_error says why */
	struct error ca_error;
};

/*
 * Looks at @machine, which has to outlive the report. A document that cannot
 * be read is an error; a CA that cannot be opened is part of the report.
 * Caller frees the content with machine_report_clear().
 */
int machine_report(struct machine_report *report, const struct machine *machine,
		   struct error *err);
void machine_report_clear(struct machine_report *report);

/* The state as a word for tables: "installed", "removed", … */
const char *machine_key_state_word(enum machine_key_state state);

/* As lines of "name: value", and as one object (a value named @name in @json). */
void machine_report_print(struct text *out, const struct machine_report *report);
void machine_report_json(struct json *json, const char *name,
			 const struct machine_report *report);

#endif
