/* SPDX-License-Identifier: MIT */
/*
 * Makes a boot image in one pass over its inputs, with constant memory. See
 * docs/reference/se-image.md, "Image layout".
 */
#ifndef UV_IMAGE_CREATE_H
#define UV_IMAGE_CREATE_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/progress.h"
#include "image/boot_stages.h"
#include "image/component_list.h"
#include "image/se_header.h"

/* The secured components in address order. */
enum component_kind {
	COMPONENT_KERNEL,
	COMPONENT_RAMDISK,
	COMPONENT_CMDLINE,
	COMPONENT_STAGE3B,
	COMPONENT_KINDS,
};

/* Random bytes of a tweak prefix, behind the two bytes of the component's type. */
#define TWEAK_RANDOM_SIZE 6

/* The longest command line that any kernel can be configured for, with its NUL. */
#define CMDLINE_MAX_SIZE (1024UL * 1024)

/* What is otherwise drawn at random; for reproducible images (tests). */
struct image_randomness {
	EVP_PKEY *customer_key;
	uint8_t iv[GCM_IV_SIZE];
	uint8_t tweaks[COMPONENT_KINDS][TWEAK_RANDOM_SIZE];
};

struct image_input {
	/* Paths as for source_from_file(); only the kernel is needed. */
	const char *kernel;
	const char *ramdisk;
	const char *cmdline;
	const struct boot_stages *stages;
	EVP_PKEY *const *host_keys; /* public keys: one slot each, in order */
	size_t host_key_count;
	/* Keys, or NULL for a random one. */
	const uint8_t *cck;        /* CCK_SIZE bytes */
	const uint8_t *header_key; /* GCM_KEY_SIZE bytes */
	const uint8_t *image_key;  /* XTS_KEY_SIZE bytes with different halves */
	uint64_t pcf;              /* PCF_NO_ENCRYPTION decides about encryption */
	uint64_t scf;
	bool has_psw_address;      /* else the guest starts at stage3b */
	uint64_t psw_address;
	bool unchecked;            /* skip the component checks */
	const struct image_randomness *fixed; /* NULL: random */
	const struct log *log;
	const struct progress *progress;
};

/* Where a component of an image lies. */
struct image_part {
	uint64_t address;
	uint64_t size; /* without padding */
	uint64_t tweak_prefix;
};

struct image_layout {
	uint64_t stage3a_size;
	uint64_t header_size;
	struct image_part parts[COMPONENT_KINDS];
	bool present[COMPONENT_KINDS];
	uint64_t ipib_address;
	uint64_t ipib_size;
	uint64_t page_count;
	uint64_t psw_address;
};

/*
 * Starts the output file of an image: mode 0600, whole or not at all. Caller
 * ends it with outfile_commit() or outfile_abort(). ERR_EXISTS with
 * OUTFILE_KEEP; ERR_INVALID for what is no regular file ("-" too): the first
 * bytes of an image depend on the last ones, so it cannot be a stream.
 */
int image_output_open(struct outfile **out, const char *path,
		      enum outfile_policy policy, struct error *err);

/* Checks everything that can be checked before work begins. ERR_INVALID. */
int image_input_check(const struct image_input *input, struct error *err);

/*
 * Writes the image into the empty regular file @fd and tells in *@layout (may
 * be NULL) where things lie. On failure the file has an arbitrary content.
 * ERR_INVALID: input that contradicts itself; ERR_FORMAT: a component or boot
 * stage that cannot work; ERR_IO, ERR_CRYPTO, ERR_NOMEM.
 */
int image_create(int fd, const struct image_input *input,
		 struct image_layout *layout, struct error *err);

#endif
