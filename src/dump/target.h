/* SPDX-License-Identifier: MIT */
/*
 * A dump in another form, as a file that nobody has written yet: its bytes can
 * be read at any offset. Copies and mounts both come from here. See
 * docs/reference/dump.md, "Target formats".
 */
#ifndef UV_DUMP_TARGET_H
#define UV_DUMP_TARGET_H

#include "dump/guest_info.h"
#include "dump/view.h"

enum dump_format {
	DUMP_FORMAT_ELF,  /* what crash and gdb read */
	DUMP_FORMAT_S390, /* what the stand-alone dump tools of s390-tools write */
};

/* What goes into the file. All has to outlive the target. */
struct target_input {
	const struct dump_view *view;
	const struct cpu_state *cpus;
	size_t cpu_count;
	const char *vmcoreinfo; /* for ELF; may be NULL */
	size_t vmcoreinfo_length;
	const struct log *log;  /* may be NULL */
};

struct target;

/*
 * @reader is used here only, for what the s390 format takes from the CPUs' prefix
 * areas. Caller frees with target_free(), which wipes the registers.
 */
int target_new(struct target **out, enum dump_format format,
	       const struct target_input *input, struct dump_reader *reader,
	       struct error *err);
void target_free(struct target *target); /* NULL is allowed */

uint64_t target_size(const struct target *target);

/*
 * The first offset from @offset on where there may be something other than zeros;
 * the size of the file when only zeros follow.
 */
uint64_t target_next_data(const struct target *target, uint64_t offset);

/*
 * Reads @size bytes at @offset, which have to lie inside the file. @reader is the
 * calling thread's. Errors as with dump_read().
 */
int target_read(const struct target *target, struct dump_reader *reader,
		uint64_t offset, void *data, size_t size, struct error *err);

#endif
