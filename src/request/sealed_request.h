/* SPDX-License-Identifier: MIT */
/*
 * What attestation requests (ARCB) and add-secret requests (ASRCB) have in
 * common: their head, the key slots, the encryption. See
 * docs/reference/attestation.md, "Sealed requests".
 *
 *   request = head || data of its kind || encrypted area || tag
 *
 * The data of its kind holds the customer's public key and the key slots. All
 * before the encrypted area is the additional authenticated data of its
 * AES-256-GCM encryption under the request protection key (ARPK), a random key
 * that each slot wraps for one host. The owner makes requests with the functions
 * of the second half of this file, the ultravisor takes them with those of the
 * first.
 */
#ifndef UV_REQUEST_SEALED_REQUEST_H
#define UV_REQUEST_SEALED_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"
#include "base/secret.h"
#include "image/key_slot.h"

#define REQUEST_MAGIC_SIZE 8
#define REQUEST_VERSION_1 0x100
#define REQUEST_MAX_SLOTS 255      /* the count has one byte */
#define REQUEST_MAX_SIZE 0x100000  /* what Linux' uvdevice takes */

struct request_head {
	uint8_t magic[REQUEST_MAGIC_SIZE]; /* 0x00 by the kind of request */
	be32_t version;                    /* 0x08 RQVN */
	be32_t size;                       /* 0x0c RQL: all of the request */
	uint8_t iv[GCM_IV_SIZE];           /* 0x10 */
	uint8_t reserved_1c[11];           /* 0x1c */
	uint8_t slot_count;                /* 0x27 NKS */
	be32_t reserved_28;                /* 0x28 */
	be32_t area_size;                  /* 0x2c SEA */
};
WIRE_AT(struct request_head, version, 0x08);
WIRE_AT(struct request_head, size, 0x0c);
WIRE_AT(struct request_head, iv, 0x10);
WIRE_AT(struct request_head, reserved_1c, 0x1c);
WIRE_AT(struct request_head, slot_count, 0x27);
WIRE_AT(struct request_head, reserved_28, 0x28);
WIRE_AT(struct request_head, area_size, 0x2c);
WIRE_SIZE(struct request_head, 0x30);

/* What can be wrong with a request's form. The order of the checks is its kind's. */
enum request_defect {
	REQUEST_SOUND,
	REQUEST_TRUNCATED,     /* less than its kind's fixed part */
	REQUEST_BAD_MAGIC,     /* another kind of request */
	REQUEST_BAD_VERSION,
	REQUEST_BAD_SIZE,      /* size field, slots, area and bytes disagree */
	REQUEST_NO_SLOTS,
	REQUEST_BAD_FLAGS,     /* a flag that is not among the supported ones */
	REQUEST_BAD_ALGORITHM, /* of the measurement; ARCB only, as the next */
	REQUEST_BAD_AREA_SIZE, /* not what the flags make it */
	REQUEST_DEFECTS
};

/* A kind of request, in words. */
struct request_kind {
	const char *name;
	const char *magic; /* what one starts with */
};

/*
 * Says in @err what is wrong, and sets *@defect (may be NULL). Returns
 * ERR_UNSUPPORTED for version, flags and algorithm, else ERR_FORMAT. @which is not
 * REQUEST_SOUND.
 */
int request_defective(enum request_defect *defect, enum request_defect which,
		      const struct request_kind *kind, struct error *err);

/* A request taken apart: pointers into the bytes it was parsed from. */
struct sealed_request {
	const struct request_head *head;
	const uint8_t *area; /* encrypted */
	size_t area_size;
	const uint8_t *tag;  /* GCM_TAG_SIZE bytes: the request tag */
	size_t size;
};

/*
 * Checks that head, encrypted area and tag fit into the @size bytes at @bytes,
 * which have to be exactly one request; fills @request, whose pointers live as
 * long as @bytes. ERR_FORMAT otherwise. Neither magic, version nor what lies
 * between head and area is looked at: that is the kind's own business.
 */
int sealed_request_parse(struct sealed_request *request, const void *bytes,
			 size_t size, struct error *err);

/*
 * Finds the slot for the host key with @phkh among the @count at @slots; NULL
 * when there is none.
 */
const struct key_slot *key_slot_find(const struct key_slot *slots, size_t count,
				     const uint8_t phkh[PHKH_SIZE]);

/*
 * Unwraps the request protection key from @slot with the private host key.
 * @customer_key is the request's, in coordinate form. At *@key; caller frees.
 * ERR_FORMAT when the customer's key is no point of the curve, ERR_AUTH when the
 * slot's tag is wrong.
 */
int sealed_request_unwrap(struct secret **key, const struct key_slot *slot,
			  const uint8_t customer_key[EC_COORD_SIZE],
			  EVP_PKEY *host_key, struct error *err);

/*
 * Authenticates the whole request with its protection key (GCM_KEY_SIZE bytes)
 * and decrypts its area. *@area has @request->area_size bytes; caller frees.
 * ERR_AUTH when the tag is wrong.
 */
int sealed_request_open(struct secret **area, const struct sealed_request *request,
			const uint8_t key[GCM_KEY_SIZE], struct error *err);

/* --- Making one ------------------------------------------------------------ */

/*
 * The random parts. They serve one request only: an IV that is used twice with
 * one key gives the plaintext away.
 */
struct request_keys {
	EVP_PKEY *customer;         /* key pair on P-521 */
	struct secret *protection;  /* GCM_KEY_SIZE bytes: the ARPK */
	uint8_t iv[GCM_IV_SIZE];
};

/* Fresh ones. Caller frees with request_keys_free(), also after a failure. */
int request_keys_generate(struct request_keys *keys, struct error *err);
void request_keys_free(struct request_keys *keys);

/* Whom a request is for: public host keys, one slot each, in order. */
struct request_hosts {
	EVP_PKEY *const *keys;
	size_t count;
};

/* ERR_INVALID for no host or more than REQUEST_MAX_SLOTS. */
int request_hosts_check(const struct request_hosts *hosts, struct error *err);

/*
 * Fills @head but for its magic: version 1, @size bytes in all, an encrypted
 * area of @area_size bytes.
 */
void request_head_fill(struct request_head *head, const struct request_keys *keys,
		       const struct request_hosts *hosts, size_t size,
		       size_t area_size);

/*
 * Writes the customer's public key in coordinate form and one key slot for each
 * host. Both places lie in the data of the request's kind.
 */
int request_write_slots(uint8_t customer_key[EC_COORD_SIZE], struct key_slot *slots,
			const struct request_keys *keys,
			const struct request_hosts *hosts, struct error *err);

/*
 * The last step: encrypts @area (as many bytes as the head says) into the
 * request at @bytes and appends the tag. Everything before the area has to be
 * complete. Doing it again after a change before the area is allowed as long as
 * nobody has seen the first result.
 */
int request_seal(void *bytes, const struct request_keys *keys, const void *area,
		 struct error *err);

#endif
