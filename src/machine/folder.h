/* SPDX-License-Identifier: MIT */
/*
 * Folders that appear whole or not at all: they are filled under a temporary
 * name beside the target and get their name with one rename at the end.
 */
#ifndef UV_MACHINE_FOLDER_H
#define UV_MACHINE_FOLDER_H

#include "base/error.h"

struct folder_draft {
	char *target; /* the final path, without slashes at its end */
	char *work;   /* the path to fill meanwhile */
};

/*
 * Starts the folder @target: makes the temporary one, mode 0700 whatever the
 * umask. ERR_EXISTS when there is anything at @target. Ended by
 * folder_commit() or folder_abandon().
 */
int folder_begin(struct folder_draft *draft, const char *target, struct error *err);

/*
 * Gives the folder its name and stores that on disk. ERR_EXISTS when something
 * has appeared there meanwhile; on failure everything is removed.
 */
int folder_commit(struct folder_draft *draft, struct error *err);

/* Removes the temporary folder with all that is in it. */
void folder_abandon(struct folder_draft *draft);

#endif
