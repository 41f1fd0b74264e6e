/* SPDX-License-Identifier: MIT */
/* pvsecret create, in three parts: options, what they lead to, what comes out. */
#ifndef UV_TOOLS_PVSECRET_CREATE_H
#define UV_TOOLS_PVSECRET_CREATE_H

#include "base/file.h"
#include "hostkey_options.h"
#include "secret/asrcb.h"

enum create_kind { CREATE_META, CREATE_ASSOCIATION, CREATE_RETRIEVABLE, CREATE_UPDATE_CCK };

struct create_settings {
	struct hostkey_settings hostkey;
	const char *header, *output;
	bool force;
	const char *extension_secret, *cck;
	const char *cuid_hex, *cuid;
	struct cli_list flags;
	const char *pcf;
	const char *user_data, *policy, *toc_policy, *sign_key;
	bool use_name;
	/* The secret. */
	const char *kind_text, *name;
	bool to_stdout;
	const char *input_secret, *output_secret;
	const char *secret, *type;
};

/* --- create_input.c ------------------------------------------------------------ */

/* All that a request is made from, host keys excepted. */
struct create_input {
	struct guest_secret secret;
	struct image_tags image;
	uint8_t cuid[ASRCB_CUID_SIZE];
	struct secret *extension;
	uint8_t *user_data;
	EVP_PKEY *sign_key;
	struct asrcb_input request; /* points to the above */
};

/* Reads all files. Caller frees with create_input_free(), also after a failure. */
int create_input_read(struct create_input *input, const struct create_settings *settings,
		      enum create_kind kind, struct cli *cli, struct error *err);
void create_input_free(struct create_input *input);

/* --- create_output.c ------------------------------------------------------------ */

/* What is written; what is not asked for is NULL. */
struct create_output {
	struct outfile *request, *id_file, *value;
	char *id_path;
	int toc; /* file descriptor, or -1 */
};

/*
 * Opens all files, so that nothing is made where one cannot be written. Caller
 * frees with create_output_free(), also after a failure.
 */
int create_output_open(struct create_output *output,
		       const struct create_settings *settings, enum create_kind kind,
		       struct error *err);

/* Writes and publishes them all. */
int create_output_write(struct create_output *output,
			const struct create_settings *settings,
			const struct guest_secret *secret, const uint8_t *request,
			size_t size, struct error *err);
void create_output_free(struct create_output *output);

#endif
