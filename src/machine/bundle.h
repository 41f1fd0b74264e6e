/* SPDX-License-Identifier: MIT */
/*
 * Machines in one file, under a passphrase: for carrying a machine to another
 * computer, and as its backup. See docs/reference/key-bundle.md.
 */
#ifndef UV_MACHINE_BUNDLE_H
#define UV_MACHINE_BUNDLE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"

/*
 * Writes the machine at @folder_or_name to @file (mode 0600). The CA's
 * certificates and CRLs go along; its keys only @with_ca_keys, which is
 * ERR_NOT_FOUND when they are not there. ERR_NOT_FOUND also when no host key
 * is installed: there would be nothing to carry.
 */
int machine_export(const char *folder_or_name, const char *file,
		   const struct secret *passphrase, bool with_ca_keys,
		   enum outfile_policy policy, struct error *err);

/*
 * Makes the machine of @file in the new folder @folder, with the CA inside.
 * ERR_EXISTS when @folder exists; ERR_FORMAT for a damaged file; ERR_AUTH for a
 * wrong passphrase, and for a file that was changed on purpose (the messages
 * differ).
 */
int machine_import(const char *file, const char *folder,
		   const struct secret *passphrase, struct error *err);

/*
 * The two halves between entries and bundle, without files. @plain holds
 * entries in their wire form; @log2_n is what scrypt shall cost, BUNDLE_LOG2_N
 * for real ones. Callers free the outputs.
 */
int bundle_seal(uint8_t **bytes, size_t *size, const struct secret *plain,
		const struct secret *passphrase, unsigned log2_n, struct error *err);
int bundle_open(struct secret **plain, const void *bytes, size_t size,
		const struct secret *passphrase, struct error *err);

#endif
