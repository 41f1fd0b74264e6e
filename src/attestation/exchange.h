/* SPDX-License-Identifier: MIT */
/*
 * The file that travels between owner and guest: request on the way there,
 * response on the way back. See docs/reference/attestation.md, "Exchange file".
 * (No cryptography in here: the guest's side needs none.)
 */
#ifndef UV_ATTESTATION_EXCHANGE_H
#define UV_ATTESTATION_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"
#include "base/text.h"

#define EXCHANGE_MAGIC "pvattest"
#define EXCHANGE_MAGIC_SIZE 8
#define EXCHANGE_VERSION_1 0x100
#define EXCHANGE_CUID_SIZE 16
#define EXCHANGE_MAX_ARCB 0x100000
#define EXCHANGE_MAX_MEASUREMENT 0x8000
#define EXCHANGE_MAX_ADDITIONAL 0x8000
#define EXCHANGE_MAX_USER_DATA 256

/* An absent blob has size 0; an announced one a size and no offset. */
struct exchange_entry {
	be32_t size;   /* 0x0 */
	be32_t offset; /* 0x4 from the start of the file */
};
WIRE_SIZE(struct exchange_entry, 0x8);

struct exchange_header {
	uint8_t magic[EXCHANGE_MAGIC_SIZE]; /* 0x00 */
	be32_t version;                     /* 0x08 */
	be32_t size;                        /* 0x0c of the file */
	be64_t reserved_10;                 /* 0x10 */
	struct exchange_entry arcb;         /* 0x18 */
	struct exchange_entry measurement;  /* 0x20 */
	struct exchange_entry additional;   /* 0x28 */
	struct exchange_entry user_data;    /* 0x30 */
	struct exchange_entry cuid;         /* 0x38 */
};
WIRE_AT(struct exchange_header, version, 0x08);
WIRE_AT(struct exchange_header, size, 0x0c);
WIRE_AT(struct exchange_header, reserved_10, 0x10);
WIRE_AT(struct exchange_header, arcb, 0x18);
WIRE_AT(struct exchange_header, measurement, 0x20);
WIRE_AT(struct exchange_header, additional, 0x28);
WIRE_AT(struct exchange_header, user_data, 0x30);
WIRE_AT(struct exchange_header, cuid, 0x38);
WIRE_SIZE(struct exchange_header, 0x40);

/* Part of a file: NULL with a size announces so many bytes; size 0 = absent. */
struct exchange_blob {
	const uint8_t *bytes;
	size_t size;
};

/* The content of a file. When read: pointers into the file's bytes. */
struct exchange {
	struct exchange_blob arcb;
	struct exchange_blob measurement;
	struct exchange_blob additional;
	struct exchange_blob user_data;
	struct exchange_blob cuid;
};

/* The largest file that can be valid. */
#define EXCHANGE_MAX_SIZE                                                    \
	(sizeof(struct exchange_header) + EXCHANGE_MAX_ARCB +                \
	 EXCHANGE_MAX_MEASUREMENT + EXCHANGE_MAX_ADDITIONAL +                \
	 EXCHANGE_MAX_USER_DATA + EXCHANGE_CUID_SIZE)

/*
 * Reads a request: the ARCB is there; measurement and additional data are
 * announced, or, when somebody hands in a response, there. ERR_FORMAT, naming
 * the field, otherwise. @bytes may be longer than the file says.
 */
int exchange_parse_request(struct exchange *exchange, const void *bytes,
			   size_t size, struct error *err);

/*
 * Reads a response: ARCB, measurement and CUID are there. ERR_FORMAT, naming the
 * field, otherwise.
 */
int exchange_parse_response(struct exchange *exchange, const void *bytes,
			    size_t size, struct error *err);

/*
 * Adds the file with this content to @out: header and blobs without gaps, in the
 * order of the struct.
 */
void exchange_write(struct text *out, const struct exchange *exchange);

#endif
