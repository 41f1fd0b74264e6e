/* SPDX-License-Identifier: MIT */
/*
 * What Retrieve Secret gives out, in the forms in which a guest keeps it. See
 * docs/reference/secrets.md, "Retrieved secrets".
 */
#ifndef UV_SECRET_RETRIEVED_H
#define UV_SECRET_RETRIEVED_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"

/* What the ultravisor returned for a secret of this type. */
struct retrieved {
	uint16_t type; /* enum secret_type */
	const uint8_t *bytes;
	size_t size;
};

/*
 * The bytes that count: for a plaintext secret its payload, without length and
 * padding, where these are sound; else all of them. A new secret at *@out; caller
 * frees.
 */
int retrieved_to_binary(struct secret **out, const struct retrieved *retrieved,
			struct error *err);

/* The same bytes as PEM (no NUL behind it); for a key, with its kind. */
int retrieved_to_pem(struct secret **out, const struct retrieved *retrieved,
		     struct error *err);

#endif
