/* SPDX-License-Identifier: MIT */
#include "image/boot_stages.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "image/layout.h"

/* Far more than any stage needs; stops a wrong file early. */
#define STAGE_FILE_LIMIT (1024UL * 1024)

static int check(const struct boot_stages *stages, struct error *err)
{
	if (stages->stage3a_size <= sizeof(struct stage3a_args))
		return error_set(err, ERR_FORMAT,
				 "Invalid stage3a: %zu bytes are too few",
				 stages->stage3a_size);
	if (stages->stage3a_size > STAGE3A_LIMIT - STAGE3A_ADDRESS)
		return error_set(err, ERR_FORMAT,
				 "Invalid stage3a: %zu bytes, at most %lu fit",
				 stages->stage3a_size,
				 STAGE3A_LIMIT - STAGE3A_ADDRESS);
	if (stages->stage3b_size <= sizeof(struct stage3b_args))
		return error_set(err, ERR_FORMAT,
				 "Invalid stage3b: %zu bytes are too few",
				 stages->stage3b_size);
	return 0;
}

static int load_stage(uint8_t **bytes, size_t *size, const char *folder,
		      const char *name, struct error *err)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (length < 0 || (size_t)length >= sizeof(path))
		return error_set(err, ERR_INVALID,
				 "The name of the bootloader directory is too long");
	return file_read(bytes, size, path, STAGE_FILE_LIMIT, err);
}

int boot_stages_load(struct boot_stages *stages, const char *folder,
		     struct error *err)
{
	int rc;

	*stages = (struct boot_stages){ 0 };
	rc = load_stage(&stages->stage3a, &stages->stage3a_size, folder,
			STAGE3A_FILE, err);
	if (rc == 0)
		rc = load_stage(&stages->stage3b, &stages->stage3b_size, folder,
				STAGE3B_FILE, err);
	if (rc == 0)
		rc = check(stages, err);
	if (rc < 0)
		boot_stages_free(stages);
	return rc;
}

static uint8_t *copy_of(const void *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (copy && size)
		memcpy(copy, bytes, size);
	return copy;
}

int boot_stages_copy(struct boot_stages *stages, const void *stage3a,
		     size_t stage3a_size, const void *stage3b,
		     size_t stage3b_size, struct error *err)
{
	int rc;

	stages->stage3a = copy_of(stage3a, stage3a_size);
	stages->stage3a_size = stage3a_size;
	stages->stage3b = copy_of(stage3b, stage3b_size);
	stages->stage3b_size = stage3b_size;
	rc = stages->stage3a && stages->stage3b
		? check(stages, err)
		: error_set(err, ERR_NOMEM, "Out of memory");
	if (rc < 0)
		boot_stages_free(stages);
	return rc;
}

void boot_stages_free(struct boot_stages *stages)
{
	free(stages->stage3a);
	free(stages->stage3b);
	*stages = (struct boot_stages){ 0 };
}

uint64_t stage3a_args_address(const struct boot_stages *stages)
{
	return STAGE3A_ADDRESS + stages->stage3a_size - sizeof(struct stage3a_args);
}

void stage3a_set_args(struct boot_stages *stages, const struct stage3a_args *args)
{
	memcpy(stages->stage3a + stages->stage3a_size - sizeof(*args), args,
	       sizeof(*args));
}

void stage3b_set_args(struct boot_stages *stages, const struct stage3b_args *args)
{
	memcpy(stages->stage3b + stages->stage3b_size - sizeof(*args), args,
	       sizeof(*args));
}
