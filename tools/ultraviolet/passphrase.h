/* SPDX-License-Identifier: MIT */
#ifndef UV_TOOLS_ULTRAVIOLET_PASSPHRASE_H
#define UV_TOOLS_ULTRAVIOLET_PASSPHRASE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/secret.h"

#define PASSPHRASE_MAX 1024 /* bytes */

/*
 * The passphrase in the first line of @file, which has to be its only one; with
 * @file NULL asks on the terminal, twice if @confirm. Caller frees.
 * ERR_INVALID for an empty or too long one, and when there is no terminal.
 */
int passphrase_get(struct secret **out, const char *file, bool confirm,
		   struct error *err);

#endif
