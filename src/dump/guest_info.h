/* SPDX-License-Identifier: MIT */
/*
 * What a dumped Linux tells about itself: its names and its VMCOREINFO. Nothing
 * of it has to be there. See docs/reference/dump.md, "What Linux leaves".
 */
#ifndef UV_DUMP_GUEST_INFO_H
#define UV_DUMP_GUEST_INFO_H

#include "dump/view.h"

#define UTS_NAME_SIZE 65

struct guest_info {
	bool is_live;  /* dumped by itself while it ran */
	bool has_uts;
	char node_name[UTS_NAME_SIZE]; /* printable, NUL-terminated */
	char release[UTS_NAME_SIZE];
	char version[UTS_NAME_SIZE];
	char *vmcoreinfo; /* NUL-terminated text, or NULL */
	size_t vmcoreinfo_length;
};

/*
 * Looks for all of it; what is absent or makes no sense is left out. @note is
 * taken where memory has no VMCOREINFO (may be NULL). Caller frees with
 * guest_info_free().
 */
void guest_info_find(struct guest_info *info, const struct dump_view *view,
		     struct dump_reader *reader, const char *note, size_t length);
void guest_info_free(struct guest_info *info);

#endif
