/* SPDX-License-Identifier: MIT */
/* YAML beside add-secret requests: ID files and CUIDs, and names that we write. */
#include <stdlib.h>
#include <string.h>

#include "secret/cuid_file.h"
#include "secret/id_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An ID file for any name reads back. */
static void write_and_read(const char *name)
{
	struct guest_secret secret = { .kind = secret_kind_find(SECRET_AES_128) };
	struct text out = { 0 };
	struct id_file file;
	char *path;

	secret_id_from_name(secret.id, name);
	if (id_file_format(&out, &secret, name, NULL) == 0 &&
	    (id_file_parse(&file, out.chars, out.length, "output", NULL) < 0 ||
	     memcmp(file.id, secret.id, SECRET_ID_SIZE) != 0 || file.type != SECRET_AES_128))
		abort();
	text_free(&out);
	if (id_file_path(&path, "folder/request", name, NULL) < 0)
		return;
	if (strncmp(path, "folder/", 7) != 0 || strchr(path + 7, '/'))
		abort(); /* it left the folder */
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t cuid[ASRCB_CUID_SIZE];
	struct id_file file;
	char *name = strndup((const char *)data, size);

	if (!name)
		abort();
	if (id_file_parse(&file, data, size, "input", NULL) == 0 &&
	    !secret_kind_find(file.type)->listable)
		abort();
	cuid_from_bytes(cuid, data, size, "input", NULL);
	if (size < 4096)
		write_and_read(name);
	free(name);
	return 0;
}
