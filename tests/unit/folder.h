/* SPDX-License-Identifier: MIT */
/* A scratch folder for tests that write files. */
#ifndef UV_TESTS_FOLDER_H
#define UV_TESTS_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* cmocka setup: a fresh folder becomes the current one, its path the state. */
static inline int enter_folder(void **state)
{
	char *folder = strdup("/tmp/uv-test-XXXXXX");

	*state = folder;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

/* cmocka teardown: the folder goes, with all that is in it. */
static inline int leave_folder(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
	free(*state);
	return chdir("/") == 0 ? system(command) : -1;
}

#endif
