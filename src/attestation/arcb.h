/* SPDX-License-Identifier: MIT */
/*
 * Attestation request control block (ARCB), version 1: its bytes, and the two
 * directions between them and the program. See docs/reference/attestation.md,
 * "Attestation request".
 *
 *   ARCB = fixed part || key slots || encrypted area || tag
 */
#ifndef UV_ATTESTATION_ARCB_H
#define UV_ATTESTATION_ARCB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attestation/additional.h"
#include "base/be.h"
#include "base/error.h"
#include "base/secret.h"
#include "request/sealed_request.h"

#define ARCB_HMAC_SHA512 1 /* the one measurement algorithm there is */
#define ARCB_KEY_SIZE 64   /* of the measurement */
#define ARCB_NONCE_SIZE 16

struct arcb_fixed {
	struct request_head head;            /* 0x00 magic: zeros */
	be64_t flags;                        /* 0x30 PAF: ATTEST_..., additional.h */
	be32_t algorithm;                    /* 0x38 MAI */
	be32_t reserved_3c;                  /* 0x3c */
	uint8_t customer_key[EC_COORD_SIZE]; /* 0x40 */
};
WIRE_AT(struct arcb_fixed, flags, 0x30);
WIRE_AT(struct arcb_fixed, algorithm, 0x38);
WIRE_AT(struct arcb_fixed, reserved_3c, 0x3c);
WIRE_AT(struct arcb_fixed, customer_key, 0x40);
WIRE_SIZE(struct arcb_fixed, 0xe0);

/* The encrypted area, decrypted. The nonce is there exactly with ATTEST_NONCE. */
struct arcb_area {
	uint8_t measurement_key[ARCB_KEY_SIZE]; /* 0x00 */
	uint8_t nonce[ARCB_NONCE_SIZE];         /* 0x40 */
};
WIRE_AT(struct arcb_area, nonce, 0x40);
WIRE_SIZE(struct arcb_area, 0x50);

/* Bytes of the encrypted area of an ARCB with these @flags. */
static inline size_t arcb_area_size(uint64_t flags)
{
	return flags & ATTEST_NONCE ? sizeof(struct arcb_area) : ARCB_KEY_SIZE;
}

/* Bytes of a whole ARCB with @slots key slots and these @flags. */
static inline size_t arcb_size(size_t slots, uint64_t flags)
{
	return sizeof(struct arcb_fixed) + slots * sizeof(struct key_slot) +
	       arcb_area_size(flags) + GCM_TAG_SIZE;
}

/*
 * The check of the fixed part alone, for who has not yet read the rest. Its order:
 * magic, version, slots, flags, algorithm, size of the area, size.
 */
enum request_defect arcb_check_fixed(const struct arcb_fixed *fixed,
				     uint64_t supported_flags);

/* An ARCB taken apart: pointers into the bytes it was parsed from. */
struct arcb {
	const struct arcb_fixed *fixed;
	const struct key_slot *slots;
	size_t slot_count;
	uint64_t flags;
	struct sealed_request request;
};

/*
 * Checks the form of the ARCB that the @size bytes at @bytes have to be, no less
 * and no more, and fills @arcb, whose pointers live as long as @bytes.
 * @supported_flags is UINT64_MAX where flags do not matter. ERR_FORMAT
 * otherwise (ERR_UNSUPPORTED for version, flags and algorithm); *@defect (may be
 * NULL) then says which rule failed. Cryptographic content is not looked at.
 */
int arcb_parse(struct arcb *arcb, const void *bytes, size_t size,
	       uint64_t supported_flags, enum request_defect *defect,
	       struct error *err);

/*
 * Authenticates the ARCB with its 32-byte protection key and decrypts its area.
 * *@area holds the first arcb_area_size() bytes of a struct arcb_area, the rest
 * zero; caller frees. ERR_AUTH when the tag is wrong.
 */
int arcb_open(struct secret **area, const struct arcb *arcb,
	      const uint8_t key[GCM_KEY_SIZE], struct error *err);

/*
 * The same with a private host key, whose hash is @phkh: unwraps the protection
 * key first. ERR_NOT_FOUND when the ARCB has no slot for this host.
 */
int arcb_open_as_host(struct secret **area, const struct arcb *arcb,
		      EVP_PKEY *host_key, const uint8_t phkh[PHKH_SIZE],
		      struct error *err);

/* What arcb_build() puts into an ARCB. */
struct arcb_input {
	struct request_hosts hosts;
	uint64_t flags;
	const struct request_keys *keys;
	const struct arcb_area *area; /* without ATTEST_NONCE only its key counts */
};

/*
 * Writes arcb_size(hosts.count, flags) bytes to @bytes. ERR_INVALID without a
 * host or with too many.
 */
int arcb_build(void *bytes, const struct arcb_input *input, struct error *err);

/* A finished request with what its owner has to keep. */
struct arcb_request {
	uint8_t *bytes;
	size_t size;
	struct secret *protection_key; /* GCM_KEY_SIZE bytes: the ARPK */
};

/*
 * Makes a request with fresh keys, measurement key and nonce (ATTEST_NONCE is
 * added to @flags). Caller frees with arcb_request_free().
 */
int arcb_request_new(struct arcb_request *request, const struct request_hosts *hosts,
		     uint64_t flags, struct error *err);
void arcb_request_free(struct arcb_request *request);

#endif
