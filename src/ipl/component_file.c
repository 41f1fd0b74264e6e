/* SPDX-License-Identifier: MIT */
#include "ipl/component_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ipl/bootmap.h"

static void look_for_sclab(struct component_file *file)
{
	file->sclab = (struct sclab){ 0 };
	file->sclab_problem = sclab_find(file->parts.content, file->parts.content_size,
					 &file->sclab);
}

static int take_apart(struct component_file *file, const char *name, struct error *err)
{
	int rc;

	if (file->size == 0)
		return error_set(err, ERR_FORMAT, "'%s' is empty", name);
	rc = appended_split(&file->parts, file->bytes, file->size, name, err);
	if (rc == 0)
		look_for_sclab(file);
	return rc;
}

int component_file_read(struct component_file *file, const char *path,
			struct error *err)
{
	int rc;

	*file = (struct component_file){ 0 };
	rc = file_read(&file->bytes, &file->size, path, COMPONENT_FILE_MAX, err);
	return rc < 0 ? rc : take_apart(file, path, err);
}

int component_file_copy(struct component_file *file, const void *bytes, size_t size,
			const char *name, struct error *err)
{
	*file = (struct component_file){ .bytes = malloc(size ? size : 1), .size = size };
	if (!file->bytes)
		return error_set(err, ERR_NOMEM, "Out of memory");
	memcpy(file->bytes, bytes, size);
	return take_apart(file, name, err);
}

int component_file_strip(struct component_file *file, const char *name,
			 struct error *err)
{
	int rc = appended_strip(&file->parts, file->bytes, file->size, name, err);

	if (rc == 0 && file->parts.content_size == 0)
		rc = error_set(err, ERR_FORMAT, "'%s' is a signature of nothing", name);
	if (rc == 0)
		look_for_sclab(file);
	return rc;
}

int component_file_sign(struct component_file *file, const char *name,
			const struct sign_signer *signer, struct error *err)
{
	struct appended *parts = &file->parts;
	int rc = component_file_strip(file, name, err);

	if (rc == 0)
		rc = sign_detached(&file->made, &parts->signature_size, parts->content,
				   parts->content_size, signer, err);
	if (rc < 0)
		return error_wrap(err, rc, "Cannot sign '%s'", name);
	parts->signature = file->made;
	file->size = parts->content_size + parts->signature_size +
		     sizeof(struct appended_trailer);
	return 0;
}

void component_file_warn(const struct component_file *file, const char *name,
			 const struct log *log)
{
	if (file->sclab_problem != IPL_OK)
		log_warn(log, "'%s': %s; secure mode refuses it even when signed", name,
			 ipl_problem_facts(file->sclab_problem)->text);
	if (file->parts.content_size % BOOTMAP_BLOCK_MIN != 0)
		log_warn(log,
			 "'%s' has %zu bytes, which do not fill blocks of %d: padded on a disk, no signature fits it",
			 name, file->parts.content_size, BOOTMAP_BLOCK_MIN);
}

void component_file_free(struct component_file *file)
{
	free(file->bytes);
	free(file->made);
	file->bytes = file->made = NULL;
}
