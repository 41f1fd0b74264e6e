/* SPDX-License-Identifier: MIT */
/*
 * Memory as one system saw it. A machine on which kdump runs holds two: the
 * production system, whose first memory was moved aside, and the kdump kernel,
 * which took its place. See docs/reference/dump.md, "Two systems".
 */
#ifndef UV_DUMP_VIEW_H
#define UV_DUMP_VIEW_H

#include "dump/dump.h"

enum dump_system {
	DUMP_SYSTEM_UNSPECIFIED, /* the only one; ERR_INVALID when there are two */
	DUMP_SYSTEM_PRODUCTION,  /* ERR_INVALID when there is only one */
	DUMP_SYSTEM_KDUMP,
	DUMP_SYSTEM_ALL,         /* memory as it lies */
};

struct dump_range {
	uint64_t address;
	uint64_t size;
	uint64_t source; /* address in the dump */
	bool zero;       /* all bytes are */
};

struct dump_view {
	struct dump_range *ranges; /* ascending, not overlapping */
	size_t count;
	bool has_registers; /* those in the dump are this system's */
};

/* Caller frees with dump_view_free(). */
int dump_view_make(struct dump_view *view, const struct dump *dump,
		   struct dump_reader *reader, enum dump_system system,
		   struct error *err);
void dump_view_free(struct dump_view *view);

/* As dump_read(), by the addresses of the view. */
int dump_view_read(const struct dump_view *view, struct dump_reader *reader,
		   uint64_t address, void *data, size_t size, struct error *err);

#endif
