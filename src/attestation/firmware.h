/* SPDX-License-Identifier: MIT */
/*
 * Is the firmware that attested known to its maker? The firmware state of a
 * response means nothing to us; IBM runs a service that knows. See
 * docs/reference/attestation.md, "Firmware service".
 */
#ifndef UV_ATTESTATION_FIRMWARE_H
#define UV_ATTESTATION_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attestation/additional.h"
#include "base/error.h"
#include "base/text.h"

#define FIRMWARE_SERVICE "https://esupport.ibm.com/eccedge/ent/z"
#define FIRMWARE_MAX_ANSWER (256 * 1024)

/* Versions of the service's interface. */
enum firmware_version { FIRMWARE_V1 = 1, FIRMWARE_V2 = 2 };

struct firmware_answer {
	bool valid;
	char reason[512];    /* printable ASCII, cut if need be; or empty */
	char reference[128]; /* the same; of version 1 */
};

/* The address below @base (no blank after it) and the body of a question. */
void firmware_url(struct text *url, const char *base, enum firmware_version version);
int firmware_question(struct text *body,
		      const uint8_t state[ATTEST_FIRMWARE_STATE_SIZE],
		      struct error *err);

/* Reads an answer. ERR_FORMAT when it is none, or misses what the version needs. */
int firmware_answer_parse(struct firmware_answer *answer,
			  enum firmware_version version, const void *bytes,
			  size_t size, struct error *err);

/* Bounds of a conversation; a zero field means the default. */
struct firmware_limits {
	long connect_ms; /* 10000 */
	long total_ms;   /* 120000, redirects included */
};

/*
 * Asks the service below @base, by http or https and nothing else; what began
 * with https stays with it. ERR_IO when there is no answer with status 200,
 * ERR_UNSUPPORTED in a program without network code.
 */
int firmware_ask(struct firmware_answer *answer, const char *base,
		 enum firmware_version version,
		 const uint8_t state[ATTEST_FIRMWARE_STATE_SIZE],
		 const struct firmware_limits *limits, struct error *err);

#endif
