/* SPDX-License-Identifier: MIT */
/*
 * Key material.
 *
 * A secret lives in its own pages: locked in memory where the limits allow
 * it, left out of core dumps and of forked children, wiped when freed. There
 * is deliberately no function that prints one.
 */
#ifndef UV_BASE_SECRET_H
#define UV_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct secret;

/* A new secret of @size zero bytes; NULL when memory is short. Caller frees. */
struct secret *secret_new(size_t size);

/* A new secret with a copy of the @size bytes at @data. Caller frees. */
struct secret *secret_copy(const void *data, size_t size);

/* Wipes and frees. NULL is allowed. */
void secret_free(struct secret *secret);

/* The bytes, valid until secret_free(); and how many there are. */
uint8_t *secret_bytes(struct secret *secret);
const uint8_t *secret_view(const struct secret *secret);
size_t secret_size(const struct secret *secret);

/* Compares in constant time; secrets of different sizes are unequal. */
bool secret_equal(const struct secret *a, const struct secret *b);
bool secret_equal_bytes(const void *a, const void *b, size_t size);

/* Overwrites @size bytes in a way that no optimizer removes. */
void secret_wipe(void *data, size_t size);

/*
 * Reads the file @path of at most @limit bytes into a new secret at *@out, of
 * the file's size; caller frees. ERR_NOT_FOUND when there is none, ERR_FORMAT
 * when it is longer, ERR_IO.
 */
int secret_read(struct secret **out, const char *path, size_t limit,
		struct error *err);

/* As secret_read() for exactly @size bytes; ERR_FORMAT for any other size. */
int secret_read_file(struct secret **out, const char *path, size_t size,
		     struct error *err);

/*
 * Keeps this process out of core dumps, and other processes of its user from
 * looking into it, until it executes another program: the crypto library holds
 * copies of keys in ordinary memory.
 */
void secret_hide_process(void);

#endif
