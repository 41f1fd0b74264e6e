/* SPDX-License-Identifier: MIT */
/*
 * plain_image OUT STAGE3B KERNEL CMDLINE INITRD [FIELD=VALUE...]
 *
 * Writes a picture of guest storage as an ultravisor leaves it after
 * unpacking, with a PSW that starts stage3b: so any QEMU can run that stage
 * with -kernel. CMDLINE (a NUL is added) and INITRD are files or "-".
 *
 * FIELD=VALUE changes one argument of the stage after the layout is done
 * (kernel.size=1, initrd.address=0x20000, psw.mask=0, ...); stage3b=ADDRESS
 * puts the stage elsewhere.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "image/boot_args.h"
#include "image/layout.h"

#define FIRST_PART 0x15000UL
#define STORAGE_LIMIT (256UL << 20)

struct picture {
	uint8_t *storage;
	size_t end; /* of what is used */
	struct stage3b_args args;
	uint64_t stage_address;
};

static _Noreturn void die(const char *what, const char *which)
{
	fprintf(stderr, "plain_image: %s: %s\n", which, what);
	exit(1);
}

static uint8_t *read_whole(const char *path, size_t *size)
{
	struct error err;
	uint8_t *bytes;

	if (file_read(&bytes, size, path, STORAGE_LIMIT, &err) < 0)
		die(err.message, path);
	return bytes;
}

static void put(struct picture *picture, uint64_t address, const void *bytes,
		size_t size)
{
	if (address > STORAGE_LIMIT || size > STORAGE_LIMIT - address)
		die("does not fit", "image");
	memcpy(picture->storage + address, bytes, size);
	if (picture->end < address + size)
		picture->end = address + size;
}

static uint64_t next_page(const struct picture *picture)
{
	return (picture->end + PAGE_SIZE_4K - 1) & ~(PAGE_SIZE_4K - 1);
}

/* Puts the file at the next page; @extra NULs count as part of it. */
static void put_part(struct picture *picture, struct stage3b_part *part,
		     const char *path, size_t extra)
{
	uint64_t address = next_page(picture);
	uint8_t *bytes;
	size_t size;

	if (strcmp(path, "-") == 0)
		return;
	bytes = read_whole(path, &size); /* ends in a NUL that is not counted */
	put(picture, address, bytes, size + extra);
	free(bytes);
	part->address = be64(address);
	part->size = be64(size + extra);
}

static void set_field(struct picture *picture, const char *assignment)
{
	const struct {
		const char *name;
		be64_t *field;
	} fields[] = {
		{ "kernel.address", &picture->args.kernel.address },
		{ "kernel.size", &picture->args.kernel.size },
		{ "cmdline.address", &picture->args.cmdline.address },
		{ "cmdline.size", &picture->args.cmdline.size },
		{ "initrd.address", &picture->args.initrd.address },
		{ "initrd.size", &picture->args.initrd.size },
		{ "psw.mask", &picture->args.psw_mask },
		{ "psw.address", &picture->args.psw_address },
	};
	const char *equals = strchr(assignment, '=');
	size_t length = equals ? (size_t)(equals - assignment) : 0;
	uint64_t value = equals ? strtoull(equals + 1, NULL, 0) : 0;

	if (length == strlen("stage3b") && strncmp(assignment, "stage3b", length) == 0) {
		picture->stage_address = value;
		return;
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (length == strlen(fields[i].name) &&
		    strncmp(assignment, fields[i].name, length) == 0) {
			*fields[i].field = be64(value);
			return;
		}
	}
	die("no such field", assignment);
}

static void put_stage(struct picture *picture, const char *path)
{
	size_t size;
	uint8_t *bytes = read_whole(path, &size);

	if (size <= sizeof(picture->args))
		die("too short", path);
	memcpy(bytes + size - sizeof(picture->args), &picture->args,
	       sizeof(picture->args));
	put(picture, picture->stage_address, bytes, size);
	free(bytes);
}

/* A short PSW: bit 12, 64-bit addressing, the stage's address. */
static void put_start(struct picture *picture)
{
	const uint64_t short_psw = MSB0(12) | PSW_MASK_64BIT | picture->stage_address;
	const be64_t bytes = be64(short_psw);

	if (picture->stage_address >= 1UL << 31)
		die("too high for a short PSW", "stage3b");
	put(picture, 0, &bytes, sizeof(bytes));
}

int main(int argc, char **argv)
{
	struct picture picture = { .end = FIRST_PART };
	struct error err;

	if (argc < 6)
		die("OUT STAGE3B KERNEL CMDLINE INITRD [FIELD=VALUE...]", "usage");
	picture.storage = calloc(1, STORAGE_LIMIT);
	if (!picture.storage)
		die("out of memory", "image");
	put_part(&picture, &picture.args.kernel, argv[3], 0);
	put_part(&picture, &picture.args.initrd, argv[5], 0);
	put_part(&picture, &picture.args.cmdline, argv[4], 1);
	picture.args.psw_mask = be64(PSW_MASK_64BIT);
	picture.args.psw_address = be64(KERNEL_ENTRY);
	picture.stage_address = next_page(&picture);
	for (int i = 6; i < argc; i++)
		set_field(&picture, argv[i]);
	put_stage(&picture, argv[2]);
	put_start(&picture);
	printf("kernel %#" PRIx64 " initrd %#" PRIx64 " cmdline %#" PRIx64
	       " stage3b %#" PRIx64 "\n",
	       be64_get(picture.args.kernel.address),
	       be64_get(picture.args.initrd.address),
	       be64_get(picture.args.cmdline.address), picture.stage_address);
	if (file_write(argv[1], picture.storage, picture.end, OUTFILE_REPLACE, 0644,
		       &err) < 0)
		die(err.message, argv[1]);
	free(picture.storage);
	return 0;
}
