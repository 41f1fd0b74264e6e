/* SPDX-License-Identifier: MIT */
/*
 * Judging attestation responses of guests under IBM Secure Execution, for
 * programs that hand out keys, data or work to such guests.
 *
 * One function: everything that a verdict depends on goes in, nothing is
 * remembered, nothing but memory is touched. It may be called from any number of
 * threads. Link with `pkg-config --libs ultraviolet-attestation`; an example is
 * docs/examples/verify-attestation.c, the formats are described in
 * docs/reference/attestation.md.
 */
#ifndef ULTRAVIOLET_ATTESTATION_H
#define ULTRAVIOLET_ATTESTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ULTRAVIOLET_KEY_SIZE 32
#define ULTRAVIOLET_CUID_SIZE 16
#define ULTRAVIOLET_HOST_KEY_HASH_SIZE 32
#define ULTRAVIOLET_STORE_HASH_SIZE 64
#define ULTRAVIOLET_FIRMWARE_STATE_SIZE 320

/* The request, as its owner keeps it. */
struct ultraviolet_attestation_request {
	/* The request protection key of `pvattest create`: 32 bytes. */
	const void *key;
	/* The request file; NULL = the key alone says which request it was. */
	const void *request;
	size_t request_size;
	/* When it was made (seconds since the epoch), and how long it is good for. */
	int64_t created;
	int64_t valid_for; /* seconds; 0 = for ever, and @created does not count */
};

/* What has to be true. What is NULL may be anything, but for the image. */
struct ultraviolet_attestation_expected {
	/*
	 * The image that has to run: its Secure Execution header (pvextract-hdr), or
	 * a policy (pvattest policy --format json). With both, both have to fit.
	 */
	const void *header;
	size_t header_size;
	const void *policy;
	size_t policy_size;
	/* The instance of the guest: 16 bytes, from an earlier attestation. */
	const void *cuid;
	/*
	 * What the guest was told to put in front of its user data. With a
	 * challenge that is used once, no earlier response can be passed off as a
	 * new one, whatever the request.
	 */
	const void *challenge;
	size_t challenge_size;
	/* The machines: hashes of 32 bytes, one after the other. */
	const void *host_keys;
	size_t host_key_count;
	/* The secret store: 64 bytes. */
	const void *store_hash;
};

/* Why a response is not to be trusted. */
enum ultraviolet_attestation_reason {
	ULTRAVIOLET_BAD_ARGUMENT = 1 << 0,  /* nothing to judge by, or out of memory */
	ULTRAVIOLET_BAD_RESPONSE = 1 << 1,  /* not in the format of a response */
	ULTRAVIOLET_OTHER_REQUEST = 1 << 2, /* it answers another request */
	ULTRAVIOLET_OTHER_IMAGE = 1 << 3,   /* the measurement is not that of the image */
	ULTRAVIOLET_EXPIRED = 1 << 4,       /* too late, or before the request was made */
	ULTRAVIOLET_OTHER_INSTANCE = 1 << 5,
	ULTRAVIOLET_OTHER_CHALLENGE = 1 << 6,
	ULTRAVIOLET_OTHER_HOST = 1 << 7,    /* or the response does not say which */
	ULTRAVIOLET_OTHER_SECRETS = 1 << 8, /* likewise */
	ULTRAVIOLET_WEAK_REQUEST = 1 << 9,  /* without the nonce or data that the policy demands */
};

struct ultraviolet_attestation_verdict {
	bool trusted;
	unsigned reasons;  /* why not: enum ultraviolet_attestation_reason, ORed */
	char text[512];    /* the reasons in words; empty when trusted */
	/*
	 * What the response says, pointing into its bytes; NULL where it does not.
	 * Set only when trusted.
	 */
	const uint8_t *cuid;
	const uint8_t *user_data;
	size_t user_data_size;
	const uint8_t *image_host_key;   /* of the machine that started the image */
	const uint8_t *request_host_key; /* of the machine that answered */
	const uint8_t *store_hash;
	const uint8_t *firmware_state;
};

/*
 * Judges the response file in the @response_size bytes at @response as of the
 * time @now (seconds since the epoch). Fills @verdict, and returns its @trusted.
 */
bool ultraviolet_attestation_verify(
	const struct ultraviolet_attestation_request *request,
	const void *response, size_t response_size,
	const struct ultraviolet_attestation_expected *expected, int64_t now,
	struct ultraviolet_attestation_verdict *verdict);

/* One reason as a short sentence without full stop; NULL for what is none. */
const char *ultraviolet_attestation_reason_text(unsigned reason);

#ifdef __cplusplus
}
#endif

#endif
