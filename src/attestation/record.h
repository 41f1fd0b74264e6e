/* SPDX-License-Identifier: MIT */
/*
 * Writes one result in YAML or in JSON, in the order in which it is told.
 *
 * Strings are quoted in YAML where a reader could take them for something else.
 * So are hexadecimal numbers that fit into 128 bits, since some readers would
 * make integers of them; longer ones stand bare, as IBM's tools write them.
 */
#ifndef UV_ATTESTATION_RECORD_H
#define UV_ATTESTATION_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"

enum record_format { RECORD_YAML, RECORD_JSON };

/* "json", or anything else, also NULL, for YAML: the tools' default. */
enum record_format record_format_named(const char *name);

/* Lists hold strings, or records whose fields are given one after the other. */
struct record {
	struct text *out;
	enum record_format format;
	struct json json;
	unsigned depth;  /* of YAML's indentation */
	bool item_begun; /* the next field stands behind a list's dash */
};

struct record record_begin(struct text *out, enum record_format format);
void record_end(struct record *record);

void record_group_begin(struct record *record, const char *name);
void record_group_end(struct record *record);
/* @empty: nothing will follow before its end. */
void record_list_begin(struct record *record, const char *name, bool empty);
void record_list_end(struct record *record);
/* One record of a list. */
void record_item_begin(struct record *record);
void record_item_end(struct record *record);

void record_string(struct record *record, const char *name, const char *value);
void record_bool(struct record *record, const char *name, bool value);
void record_u64(struct record *record, const char *name, uint64_t value);
/* 0x and lower-case digits. */
void record_hex(struct record *record, const char *name, const void *data, size_t size);
/* One string, or one number, of a list. */
void record_item(struct record *record, const char *value);
void record_item_hex(struct record *record, const void *data, size_t size);

#endif
