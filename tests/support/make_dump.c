/* SPDX-License-Identifier: MIT */
/*
 * Writes a made-up dump for tests of zgetdump.
 *
 *     make-dump KIND FILE MEBIBYTES CPUS CCK [dense|kdump|partial|no-linux]...
 *
 * KIND is protected, plain or memory (what the memory is, as it lies). CCK is a
 * file of 32 bytes. Two dumps are alike if their arguments are.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "dump_maker.h"

static bool take_word(struct dump_maker *maker, const char *word)
{
	const struct { const char *name; bool *flag; } words[] = {
		{ "dense", &maker->dense },
		{ "kdump", &maker->kdump },
		{ "partial", &maker->partial },
		{ "no-linux", &maker->no_linux },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i].name) == 0)
			return *words[i].flag = true;
	return false;
}

static bool take_key(struct dump_maker *maker, const char *path)
{
	uint8_t *data;
	size_t size;
	bool ok = file_read(&data, &size, path, DUMP_CCK_SIZE, NULL) == 0;

	ok = ok && size == DUMP_CCK_SIZE;
	if (ok)
		memcpy(maker->cck, data, DUMP_CCK_SIZE);
	free(data);
	for (size_t i = 0; i < DUMP_SEED_SIZE; i++)
		maker->seed[i] = (uint8_t)(0x40 + i);
	return ok;
}

static bool make(const struct dump_maker *maker, const char *kind, int fd)
{
	if (strcmp(kind, "protected") == 0)
		maker_write_protected(maker, fd);
	else if (strcmp(kind, "plain") == 0)
		maker_write_plain(maker, fd);
	else if (strcmp(kind, "memory") == 0)
		maker_write_memory(maker, fd);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct dump_maker maker = { 0 };
	bool ok = argc >= 6;
	int fd;

	if (ok) {
		maker.mebibytes = strtoul(argv[3], NULL, 10);
		maker.cpus = (uint32_t)strtoul(argv[4], NULL, 10);
		ok = take_key(&maker, argv[5]);
	}
	for (int i = 6; ok && i < argc; i++)
		ok = take_word(&maker, argv[i]);
	if (!ok) {
		fprintf(stderr, "usage: make-dump KIND FILE MEBIBYTES CPUS CCK [WORD]...\n");
		return 2;
	}
	fd = open(argv[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || !make(&maker, argv[1], fd) || close(fd) < 0) {
		fprintf(stderr, "make-dump: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	return 0;
}
