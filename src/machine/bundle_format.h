/* SPDX-License-Identifier: MIT */
/*
 * Key bundle: a machine in one file, under a passphrase. Its bytes.
 * See docs/reference/key-bundle.md.
 *
 *	bundle = header || encrypted entries || tag
 *
 * scrypt makes 48 bytes of the passphrase: the key of AES-256-GCM, which seals
 * the entries with the header up to the digest as additional data, and the key
 * check value. The digest is over everything but itself, so that a damaged file
 * and a wrong passphrase can be told apart.
 */
#ifndef UV_MACHINE_BUNDLE_FORMAT_H
#define UV_MACHINE_BUNDLE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"
#include "crypto/crypto.h"

#define BUNDLE_MAGIC "UVkeybdl"
#define BUNDLE_MAGIC_SIZE 8
#define BUNDLE_VERSION_1 0x100
#define BUNDLE_SALT_SIZE 32
#define BUNDLE_CHECK_SIZE 16
#define BUNDLE_MAX_PAYLOAD (1024 * 1024) /* bytes of all entries */
#define BUNDLE_MAX_ENTRY (64 * 1024)

/* scrypt: N = 2^17, r = 8, p = 1 takes 128 MiB and some tenths of a second. */
#define BUNDLE_LOG2_N 17
#define BUNDLE_R 8
#define BUNDLE_P 1

/* What a reader agrees to: at most 256 MiB of memory. */
#define BUNDLE_MIN_LOG2_N 10
#define BUNDLE_MAX_LOG2_N 18
#define BUNDLE_MAX_P 4

struct bundle_header {
	uint8_t magic[BUNDLE_MAGIC_SIZE];   /* 0x00 */
	be32_t version;                     /* 0x08 */
	be32_t payload_size;                /* 0x0c bytes of the entries, without the tag */
	be32_t log2_n;                      /* 0x10 scrypt's N = 2^log2_n */
	be32_t r;                           /* 0x14 */
	be32_t p;                           /* 0x18 */
	uint8_t iv[GCM_IV_SIZE];            /* 0x1c */
	uint8_t salt[BUNDLE_SALT_SIZE];     /* 0x28 */
	uint8_t check[BUNDLE_CHECK_SIZE];   /* 0x48 */
	be64_t reserved_58;                 /* 0x58 */
	uint8_t digest[SHA256_SIZE];        /* 0x60 of all other bytes */
};
WIRE_AT(struct bundle_header, version, 0x08);
WIRE_AT(struct bundle_header, payload_size, 0x0c);
WIRE_AT(struct bundle_header, log2_n, 0x10);
WIRE_AT(struct bundle_header, r, 0x14);
WIRE_AT(struct bundle_header, p, 0x18);
WIRE_AT(struct bundle_header, iv, 0x1c);
WIRE_AT(struct bundle_header, salt, 0x28);
WIRE_AT(struct bundle_header, check, 0x48);
WIRE_AT(struct bundle_header, reserved_58, 0x58);
WIRE_AT(struct bundle_header, digest, 0x60);
WIRE_SIZE(struct bundle_header, 0x80);

/* Everything before the digest is additional authenticated data. */
#define BUNDLE_AAD_SIZE offsetof(struct bundle_header, digest)

#define BUNDLE_MAX_SIZE \
	(sizeof(struct bundle_header) + BUNDLE_MAX_PAYLOAD + GCM_TAG_SIZE)

#define BUNDLE_CA_LINKS 3 /* root, intermediate, signing key: in this order */

/* What an entry is; the file that it becomes follows from that, never from a name. */
enum bundle_kind {
	BUNDLE_MACHINE_YAML = 1,
	BUNDLE_HOST_KEY = 2,
	BUNDLE_BACKUP_HOST_KEY = 3,
	BUNDLE_DOCUMENT = 4,
	BUNDLE_BACKUP_DOCUMENT = 5,
	BUNDLE_CA_YAML = 16,
	/* BUNDLE_CA_LINKS numbers from here on, for each of the next three. */
	BUNDLE_CA_CERTIFICATE = 17,
	BUNDLE_CA_CRL = 20,
	BUNDLE_CA_KEY = 23,
	BUNDLE_CA_REVOKED = 32, /* a revoked document; the only kind that may repeat */
};

/* Entries follow each other without gaps, in ascending order of their kinds. */
struct bundle_entry_header {
	be32_t kind; /* 0x00 enum bundle_kind */
	be32_t size; /* 0x04 bytes that follow */
};
WIRE_AT(struct bundle_entry_header, kind, 0x00);
WIRE_AT(struct bundle_entry_header, size, 0x04);
WIRE_SIZE(struct bundle_entry_header, 0x08);

struct bundle_entry {
	enum bundle_kind kind;
	const uint8_t *data;
	size_t size;
};

#define BUNDLE_MAX_ENTRIES 1024

/* A bundle taken apart: pointers into its bytes. */
struct bundle {
	const struct bundle_header *header;
	const uint8_t *sealed;
	size_t sealed_size;
	const uint8_t *tag;
};

/*
 * Checks the form of a bundle of exactly @size bytes, its limits and its digest;
 * the pointers of @bundle live as long as @bytes. ERR_FORMAT, with the field and
 * its offset in the message; ERR_UNSUPPORTED for a later version.
 */
int bundle_parse(struct bundle *bundle, const void *bytes, size_t size,
		 struct error *err);

/* The digest that belongs into the header. */
int bundle_digest(uint8_t digest[SHA256_SIZE], const void *bytes, size_t size,
		  struct error *err);

/*
 * Takes the decrypted entries apart. *@entries is an array of *@count, whose
 * pointers live as long as @bytes; caller frees the array. ERR_FORMAT.
 */
int bundle_entries_parse(struct bundle_entry **entries, size_t *count,
			 const void *bytes, size_t size, struct error *err);

/* Bytes of an entry with @size bytes of data. */
static inline size_t bundle_entry_size(size_t size)
{
	return sizeof(struct bundle_entry_header) + size;
}

/* Writes that many bytes. */
void bundle_entry_emit(void *bytes, const struct bundle_entry *entry);

#endif
