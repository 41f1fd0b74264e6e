/* SPDX-License-Identifier: MIT */
/*
 * A dump as its owner reads it: ELF core files of s390x machines, those of
 * protected guests among them. See docs/reference/dump.md.
 *
 * Opening looks at the form; unlocking takes the key and opens what the
 * ultravisor sealed; then any number of readers, one for each thread, give out
 * memory in the clear. Memory use does not depend on the size of the dump.
 */
#ifndef UV_DUMP_DUMP_H
#define UV_DUMP_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "dump/confidential.h"
#include "dump/cpu_state.h"

#define DUMP_MAX_CPUS 512

struct dump;

/* Memory that lies in one piece in the dump. */
struct dump_chunk {
	uint64_t address;
	uint64_t size;   /* never 0, nor does its end wrap around */
	uint64_t offset; /* in the file */
	bool zero;       /* nothing in the file: all bytes are zero */
};

/*
 * Opens the dump @path and checks its headers, notes and sections: what can be
 * checked without a key. At *@out; caller ends with dump_close(). ERR_NOT_FOUND,
 * ERR_IO, ERR_UNSUPPORTED when it is no dump that is understood, ERR_FORMAT when
 * it is damaged. @log (may be NULL) has to live as long as the dump.
 */
int dump_open(struct dump **out, const char *path, const struct log *log,
	      struct error *err);
void dump_close(struct dump *dump); /* NULL is allowed */

/* Is it of a protected guest, readable only after dump_unlock()? */
bool dump_is_protected(const struct dump *dump);

/*
 * Opens what the ultravisor sealed with the customer communication key @cck.
 * ERR_INVALID when it does not have DUMP_CCK_SIZE bytes. ERR_AUTH when it is not
 * the guest's key; ERR_FORMAT when the key is right, as some sealed area shows,
 * and another one is damaged. Does nothing for other dumps.
 */
int dump_unlock(struct dump *dump, const struct secret *cck, struct error *err);

/* Ascending by address, not overlapping, at least one. */
const struct dump_chunk *dump_chunks(const struct dump *dump, size_t *count);

/*
 * *@count is the number of CPUs, also of a locked dump; the registers are NULL
 * while it is locked.
 */
const struct cpu_state *dump_cpus(const struct dump *dump, size_t *count);

/*
 * What the note VMCOREINFO says, NUL-terminated, with its length; NULL when there
 * is none. That of a protected dump was not protected.
 */
const char *dump_vmcoreinfo_note(const struct dump *dump, size_t *length);

/* Gives out memory. For one thread at a time. */
struct dump_reader;

/* ERR_REFUSED while the dump is locked. The dump has to outlive it. */
int dump_reader_new(struct dump_reader **out, const struct dump *dump,
		    struct error *err);
void dump_reader_free(struct dump_reader *reader); /* NULL is allowed */

/*
 * Reads @size bytes of memory at @address, decrypted. ERR_NOT_FOUND when they are
 * not all in the dump, ERR_FORMAT when a page's state is invalid or the file is
 * shorter than it was.
 */
int dump_read(struct dump_reader *reader, uint64_t address, void *data,
	      size_t size, struct error *err);

#endif
