/* SPDX-License-Identifier: MIT */
/*
 * Guests described as libvirt describes them: a domain XML becomes QEMU's
 * options. See docs/reference/domain-xml.md.
 */
#ifndef UV_MACHINE_DOMAIN_H
#define UV_MACHINE_DOMAIN_H

#include <stddef.h>

#include "base/error.h"
#include "base/log.h"
#include "machine/string_list.h"

/* Larger files are no domain XML. */
#define DOMAIN_FILE_MAX (1 << 20)

/* A document that was read. */
struct domain_source {
	const void *data;
	size_t size;
	const char *name; /* for messages */
};

/*
 * Appends to @argv QEMU's options for the guest that @domain describes, as
 * `ultraviolet run` takes them behind "--". Each of the @attached documents
 * describes one more device of it. Nothing outside the documents is looked at:
 * whether files exist is QEMU's to say.
 *
 * What cannot be had here is named to @log as an error, with its line, each
 * thing for itself; then comes ERR_INVALID. What only libvirt uses, and what
 * stands in for something of libvirt's, is a warning. ERR_FORMAT for what is no
 * XML, has a document type declaration, or is too large or too deep.
 */
int domain_parse(struct string_list *argv, const struct domain_source *domain,
		 const struct domain_source *attached, size_t attached_count,
		 const struct log *log, struct error *err);

/* The same with files; at most DOMAIN_FILE_MAX bytes each (else ERR_FORMAT). */
int domain_read(struct string_list *argv, const char *path,
		const char *const *attached, size_t attached_count,
		const struct log *log, struct error *err);

#endif
