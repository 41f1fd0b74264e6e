/* SPDX-License-Identifier: MIT */
/* Making machines. See docs/reference/machine-folder.md. */
#ifndef UV_MACHINE_CREATE_H
#define UV_MACHINE_CREATE_H

#include <stdbool.h>

#include "base/error.h"
#include "machine/ca.h"

/*
 * The generation of a machine that does not name one. It has every call and
 * secret type, so that all tools can be tried; older ones are for seeing what
 * they refuse.
 */
#define MACHINE_DEFAULT_GENERATION "z17"

/* What to make; NULL means the default. */
struct machine_order {
	const char *generation; /* that of @type, or MACHINE_DEFAULT_GENERATION */
	const char *type;       /* the first of the generation */
	const char *serial;     /* five random digits */
	const char *ca;         /* folder of a CA to share, made if absent; NULL = one inside */
	struct ca_address address; /* of the CA */
	bool backup_key;        /* a backup host key and its document, too */
};

/*
 * Makes a machine in the new folder @folder (mode 0700), whole or not at all.
 * Takes a second or two when a CA has to be made. ERR_EXISTS when @folder
 * exists, ERR_INVALID when type, generation and the rest do not fit.
 */
int machine_create(const char *folder, const struct machine_order *order,
		   struct error *err);

#endif
