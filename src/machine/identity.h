/* SPDX-License-Identifier: MIT */
/*
 * Who a machine is: the record machine.yaml, written once when the machine is
 * created. See docs/reference/machine-folder.md.
 */
#ifndef UV_MACHINE_IDENTITY_H
#define UV_MACHINE_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "ultravisor/generation.h"

#define MACHINE_FORMAT "1"
#define MACHINE_SERIAL_MIN 5 /* what Resource Link asks for */
#define MACHINE_SERIAL_MAX 16
#define MACHINE_TIME_SIZE 21 /* "2026-11-20T23:55:17Z" and NUL */

struct machine_identity {
	uint16_t type;                       /* 0x8561 */
	char serial[MACHINE_SERIAL_MAX + 1]; /* digits and capital letters */
	const struct generation *generation;
	char created[MACHINE_TIME_SIZE];
	char *ca;          /* folder of the CA, absolute or relative to the machine's */
	char *unknown_key; /* the first key that this version does not know, or NULL */
};

/*
 * Reads a machine.yaml of @size bytes; @origin names it in messages. ERR_FORMAT
 * when it breaks a rule, ERR_UNSUPPORTED for a later format or generation.
 * Caller frees with machine_identity_clear().
 */
int machine_identity_parse(struct machine_identity *identity, const void *bytes,
			   size_t size, const char *origin, struct error *err);

/* The same for a file; ERR_NOT_FOUND when it does not exist. */
int machine_identity_read(struct machine_identity *identity, const char *path,
			  struct error *err);

/* Writes what machine_identity_parse() reads. */
void machine_identity_format(struct text *out, const struct machine_identity *identity);

void machine_identity_clear(struct machine_identity *identity);

/* ERR_INVALID unless @serial is 5 to 16 digits and capital letters. */
int machine_serial_check(const char *serial, struct error *err);

/* Reads four digits like "8561". ERR_INVALID for others. */
int machine_type_parse(uint16_t *type, const char *text, struct error *err);

#endif
