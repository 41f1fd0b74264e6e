/* SPDX-License-Identifier: MIT */
/*
 * Private keys on elliptic curves in the encoding of retrievable secrets: the
 * scalar, or the raw key, big-endian and right-aligned in the size of its kind.
 * See docs/reference/secrets.md, "Secret types".
 */
#ifndef UV_SECRET_EC_SECRET_H
#define UV_SECRET_EC_SECRET_H

#include "base/error.h"
#include "base/secret.h"
#include "secret/secret_type.h"

/*
 * Reads the PEM or DER file in the @size bytes at @file. *@value has
 * (*@kind)->size bytes; caller frees. ERR_FORMAT for no key, ERR_UNSUPPORTED for one
 * on another curve.
 */
int ec_secret_parse(struct secret **value, const struct secret_kind **kind,
		    const void *file, size_t size, struct error *err);

#endif
