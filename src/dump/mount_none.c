/* SPDX-License-Identifier: MIT */
/* Stands for mount.c where libfuse is not at hand. */
#include "dump/mount.h"

int dump_mount(const struct dump_mount *mount, struct error *err)
{
	error_set(err, ERR_UNSUPPORTED, "Cannot mount the dump at '%s': this program was "
		  "built without libfuse", mount->folder);
	return error_hint(err, ERR_UNSUPPORTED,
			  "Copy the dump, or build with libfuse 3 (Debian: libfuse3-dev)");
}
