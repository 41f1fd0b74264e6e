/* SPDX-License-Identifier: MIT */
/*
 * ID files: the part of a secret that is not confidential, in YAML, for whoever
 * retrieves it or associates it with an adapter. See docs/reference/secrets.md,
 * "ID files".
 */
#ifndef UV_SECRET_ID_FILE_H
#define UV_SECRET_ID_FILE_H

#include "base/error.h"
#include "base/text.h"
#include "secret/guest_secret.h"

/*
 * Adds the ID file of @secret, a listable one, to @out. ERR_INVALID for a @name
 * that is not UTF-8.
 */
int id_file_format(struct text *out, const struct guest_secret *secret,
		   const char *name, struct error *err);

/*
 * The path of the ID file of the secret @name beside the file @beside: blanks and
 * slashes become '_', what follows the last dot becomes "yaml". Caller frees.
 */
int id_file_path(char **path, const char *beside, const char *name, struct error *err);

struct id_file {
	uint16_t type; /* SECRET_ASSOCIATION, or of a retrievable kind */
	uint8_t id[SECRET_ID_SIZE];
};

/*
 * Reads an ID file, our own or IBM's, from the @size bytes at @bytes; @origin
 * names them in messages. ERR_FORMAT.
 */
int id_file_parse(struct id_file *file, const void *bytes, size_t size,
		  const char *origin, struct error *err);

/* The same for a file; "-" is standard input. */
int id_file_read(struct id_file *file, const char *path, struct error *err);

#endif
