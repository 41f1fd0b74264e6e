/* SPDX-License-Identifier: MIT */
/*
 * A main() for fuzz targets where libFuzzer is not at hand: runs the target over
 * every file of the folders and files named, as TAP.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_LIMIT (16 * 1024 * 1024)

static int failures, count;

static void run_file(const char *path)
{
	struct error err;
	uint8_t *data;
	size_t size;

	count++;
	if (file_read(&data, &size, path, INPUT_LIMIT, &err) < 0) {
		failures++;
		printf("not ok %d - %s: %s\n", count, path, err.message);
		return;
	}
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %d - %s\n", count, path);
	fflush(stdout);
}

static void run_path(const char *path)
{
	struct dirent **entries;
	struct stat st;
	int found;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		run_file(path);
		return;
	}
	found = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < found; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			run_file(file);
		free(entries[i]);
	}
	if (found >= 0)
		free(entries);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_path(argv[i]);
	if (count == 0) {
		printf("not ok 1 - no input was found\n");
		failures++;
	}
	printf("1..%d\n", count);
	return failures ? 1 : 0;
}
