/* SPDX-License-Identifier: MIT */
/*
 * A file that is or becomes a component of a boot program: its content, the
 * signature behind it, and the SCLAB at the content's end.
 */
#ifndef UV_IPL_COMPONENT_FILE_H
#define UV_IPL_COMPONENT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "ipl/appended.h"
#include "ipl/problem.h"
#include "ipl/sclab.h"
#include "ipl/sign.h"

/* Programs are loaded below 2 GiB. */
#define COMPONENT_FILE_MAX ((size_t)0x7fffffff)

struct component_file {
	uint8_t *bytes;
	size_t size;
	struct appended parts;
	uint8_t *made; /* the signature, when it was made here */
	enum ipl_problem sclab_problem; /* IPL_OK: there is an SCLAB */
	struct sclab sclab;
};

/*
 * Reads the file @path ("-": standard input). Caller frees with
 * component_file_free(), also after a failure. ERR_FORMAT for a damaged
 * signature trailer, an empty file or one beyond COMPONENT_FILE_MAX.
 */
int component_file_read(struct component_file *file, const char *path,
			struct error *err);

/* The same for @size bytes in memory, which are copied; @name is for messages. */
int component_file_copy(struct component_file *file, const void *bytes, size_t size,
			const char *name, struct error *err);

/* Drops all signatures; the SCLAB is looked for anew. */
int component_file_strip(struct component_file *file, const char *name,
			 struct error *err);

/* Signs the content; ->size becomes that of the file with this signature alone. */
int component_file_sign(struct component_file *file, const char *name,
			const struct sign_signer *signer, struct error *err);

/* Tells @log why boot loaders in secure mode would refuse the content when signed. */
void component_file_warn(const struct component_file *file, const char *name,
			 const struct log *log);

void component_file_free(struct component_file *file);

#endif
