/* SPDX-License-Identifier: MIT */
/*
 * Running guests: each has a folder of its name in the runtime folder
 * (${XDG_RUNTIME_DIR:-/tmp/ultraviolet-UID}/ultraviolet), and holds a lock in it
 * as long as its QEMU lives, however that ends. See docs/howto/run.md.
 */
#ifndef UV_MACHINE_RUNTIME_H
#define UV_MACHINE_RUNTIME_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "machine/string_list.h"

#define GUEST_NAME_MAX 40

/* ERR_INVALID unless @name is 1 to 40 letters, digits, '.', '_' and '-', and
 * starts with a letter or digit. */
int guest_name_check(const char *name, struct error *err);

/*
 * The runtime folder, made with mode 0700 when it is missing. ERR_REFUSED when
 * it could be somebody else's. Caller frees.
 */
int runtime_folder(char **folder, struct error *err);

/* Files of an entry that others write. */
#define GUEST_CERTIFICATES_FILE "certificates" /* see ipl/certstore.h */

/* Makes the folder @path with mode 0700; ERR_REFUSED when one that is there could be
 * somebody else's. */
int private_folder_make(const char *path, struct error *err);

struct guest_entry {
	char *folder;
	char *control; /* path of the control socket */
	int lock;      /* to be inherited by QEMU: closing it frees the name */
};

/*
 * Where what the guest @name's boot loader reported is kept, also when the guest is
 * gone: until one of that name is started again, or REPORTS_MAX newer ones are
 * there. Caller frees.
 */
#define REPORTS_MAX 100
int runtime_report_path(char **path, const char *name, struct error *err);

/* Removes the report of @name, and the oldest that are too many. */
void runtime_report_forget(const char *name);

/*
 * Takes the name @name for a guest about to start: makes its folder, removing
 * what a guest that is gone left there. ERR_EXISTS when such a guest runs.
 * Caller ends it with guest_entry_clear(), which gives the name back.
 */
int guest_entry_take(struct guest_entry *entry, const char *name,
		     struct error *err);
void guest_entry_clear(struct guest_entry *entry);

/* The path of the file @file of the entry; NULL when memory is short. Caller frees. */
char *guest_entry_path(const struct guest_entry *entry, const char *file);

/* Leaves @text as the file "info" of the entry. */
int guest_entry_describe(const struct guest_entry *entry, const char *text,
			 struct error *err);

/* The names of running guests, sorted; folders of guests that are gone are removed. */
int runtime_list(struct string_list *names, struct error *err);

/* Path of the file @file of the running guest @name; ERR_NOT_FOUND when there is
 * none. Caller frees. */
int runtime_path(char **path, const char *name, const char *file,
		 struct error *err);

#endif
