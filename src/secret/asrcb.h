/* SPDX-License-Identifier: MIT */
/*
 * Add-secret request control block (ASRCB), version 1: its bytes, and the two
 * directions between them and the program. See docs/reference/secrets.md,
 * "Add-secret request".
 *
 *   ASRCB = fixed part || key slots || secret header || encrypted area || tag
 *   encrypted area = value of the secret || extension secret
 */
#ifndef UV_SECRET_ASRCB_H
#define UV_SECRET_ASRCB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"
#include "base/secret.h"
#include "request/image_tags.h"
#include "request/sealed_request.h"
#include "secret/extension_secret.h"
#include "secret/guest_secret.h"
#include "secret/secret_type.h"
#include "secret/user_data.h"

#define ASRCB_MAGIC "asrcbM"
#define ASRCB_MAGIC_SIZE 6
#define ASRCB_CUID_SIZE 16

/* Flags. */
#define ASRCB_DISABLE_DUMP MSB0(0) /* no dump of this guest from now on */

/* The magic of the head, which also says what the user data is. */
struct asrcb_magic {
	uint8_t text[ASRCB_MAGIC_SIZE]; /* 0x0 */
	be16_t user_data_type;          /* 0x6 enum user_data_type */
};
WIRE_AT(struct asrcb_magic, user_data_type, 0x6);
WIRE_SIZE(struct asrcb_magic, REQUEST_MAGIC_SIZE);

struct asrcb_fixed {
	struct request_head head;            /* 0x000 magic: struct asrcb_magic */
	be64_t flags;                        /* 0x030 ASRCB_... */
	struct image_tags image;             /* 0x038 whose guest it is for */
	uint8_t cuid[ASRCB_CUID_SIZE];       /* 0x108 zero: for any instance */
	uint8_t reserved_118[256];           /* 0x118 */
	uint8_t user_data[USER_DATA_SIZE];   /* 0x218 */
	uint8_t customer_key[EC_COORD_SIZE]; /* 0x418 */
};
WIRE_AT(struct asrcb_fixed, flags, 0x030);
WIRE_AT(struct asrcb_fixed, image, 0x038);
WIRE_AT(struct asrcb_fixed, cuid, 0x108);
WIRE_AT(struct asrcb_fixed, reserved_118, 0x118);
WIRE_AT(struct asrcb_fixed, user_data, 0x218);
WIRE_AT(struct asrcb_fixed, customer_key, 0x418);
WIRE_SIZE(struct asrcb_fixed, 0x4b8);

/* Bytes of a whole ASRCB with @slots key slots. */
static inline size_t asrcb_size(size_t slots, const struct secret_kind *kind,
				size_t value_size)
{
	return sizeof(struct asrcb_fixed) + slots * sizeof(struct key_slot) +
	       kind->header_size + value_size + EXTENSION_SECRET_SIZE + GCM_TAG_SIZE;
}

/*
 * The check of the fixed part alone, for who has not yet read the rest: its size
 * field is then one that such a request can have, up to REQUEST_MAX_SIZE. Its
 * order: magic, version, size, slots, flags.
 */
enum request_defect asrcb_check_fixed(const struct asrcb_fixed *fixed,
				      uint64_t supported_flags);

/* An ASRCB taken apart: pointers into the bytes it was parsed from. */
struct asrcb {
	const struct asrcb_fixed *fixed;
	const struct key_slot *slots;
	size_t slot_count;
	uint64_t flags;
	/* What follows is believable once the request is opened. */
	uint16_t type;                  /* enum secret_type, or any other number */
	const struct secret_kind *kind; /* NULL for a number without meaning */
	const uint8_t *id;              /* SECRET_ID_SIZE bytes; NULL: it has none */
	size_t value_size;              /* need not be one that the kind takes */
	struct sealed_request request;
};

/*
 * Checks the form of the ASRCB that the @size bytes at @bytes have to be, no less
 * and no more, and fills @asrcb, whose pointers live as long as @bytes.
 * @supported_flags is UINT64_MAX where flags do not matter. ERR_FORMAT
 * otherwise (ERR_UNSUPPORTED for version and flags); *@defect (may be NULL) then
 * says which rule failed. Cryptographic content, type and size of the secret are
 * not looked at: the ultravisor has answers of its own for them.
 */
int asrcb_parse(struct asrcb *asrcb, const void *bytes, size_t size,
		uint64_t supported_flags, enum request_defect *defect,
		struct error *err);

/* The number that says what the user data is; any, if the owner errs. */
static inline uint16_t asrcb_user_data_type(const struct asrcb_fixed *fixed)
{
	const struct asrcb_magic *magic = (const struct asrcb_magic *)fixed->head.magic;

	return be16_get(magic->user_data_type);
}

/* The content of the encrypted area. */
struct asrcb_secrets {
	struct secret *value;     /* NULL when it has no bytes */
	struct secret *extension; /* EXTENSION_SECRET_SIZE bytes */
};

/* Also after a failure, on zeroed ones. */
void asrcb_secrets_free(struct asrcb_secrets *secrets);

/*
 * Authenticates the ASRCB with its 32-byte protection key and decrypts its area.
 * Caller frees with asrcb_secrets_free(). ERR_AUTH when the tag is wrong.
 */
int asrcb_open(struct asrcb_secrets *secrets, const struct asrcb *asrcb,
	       const uint8_t key[GCM_KEY_SIZE], struct error *err);

/*
 * The same with a private host key, whose hash is @phkh: unwraps the protection
 * key first. ERR_NOT_FOUND when the ASRCB has no slot for this host.
 */
int asrcb_open_as_host(struct asrcb_secrets *secrets, const struct asrcb *asrcb,
		       EVP_PKEY *host_key, const uint8_t phkh[PHKH_SIZE],
		       struct error *err);

/* --- Making one ------------------------------------------------------------ */

/* What goes into an ASRCB. What is NULL or zero there is left out. */
struct asrcb_input {
	struct request_hosts hosts;
	const struct image_tags *image;     /* required */
	const struct guest_secret *secret;  /* required */
	uint64_t flags;
	const uint8_t *cuid;                /* ASRCB_CUID_SIZE bytes */
	const uint8_t *extension_secret;    /* EXTENSION_SECRET_SIZE bytes */
	const void *user_data;              /* "" for empty user data */
	size_t user_data_size;
	EVP_PKEY *sign_key;                 /* private */
};

/*
 * Checks what can be checked before the hosts are known: the kind of the signing
 * key (ERR_UNSUPPORTED) and the size of the user data (ERR_INVALID).
 */
int asrcb_input_check(const struct asrcb_input *input, struct error *err);

/*
 * Makes the request with @keys, which serve only this one. Caller frees *@bytes.
 * Errors as for asrcb_input_check(); ERR_INVALID for no host or too many.
 */
int asrcb_build(uint8_t **bytes, size_t *size, const struct asrcb_input *input,
		const struct request_keys *keys, struct error *err);

/* The same with fresh keys, which are forgotten: only the hosts can open it. */
int asrcb_create(uint8_t **bytes, size_t *size, const struct asrcb_input *input,
		 struct error *err);

/* --- The owner's signature --------------------------------------------------- */

/*
 * The guest's view of a request, without a host key: checks the user data's type
 * and the signature that goes with it. @key is the owner's public key, NULL where
 * none is expected; a key that does not fit, or its absence, is
 * ERR_REFUSED, a wrong signature ERR_AUTH, an unknown type ERR_UNSUPPORTED.
 * Then the *@size bytes at *@data are the user data with its padding (none: 0).
 */
int asrcb_verify_user_data(const uint8_t **data, size_t *size,
			   const struct asrcb *asrcb, EVP_PKEY *key,
			   struct error *err);

#endif
