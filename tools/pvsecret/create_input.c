/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "pvsecret/create.h"
#include "secret/cuid_file.h"
#include "secret/key_file.h"

#define POLICY_LIMIT (16UL * 1024 * 1024)

/* What --policy puts into the user data. */
struct policy_reference {
	uint8_t hash[SHA256_SIZE];                   /* 0x00 of the file */
	char path[USER_DATA_SIZE - SHA256_SIZE];     /* 0x20 padded with zeros */
};
WIRE_AT(struct policy_reference, path, 0x20);
WIRE_SIZE(struct policy_reference, USER_DATA_SIZE);

/* --- the secret -------------------------------------------------------------------- */

static int read_association(struct guest_secret *secret, const char *file,
			    struct error *err)
{
	struct secret *value = NULL;
	int rc = file ? secret_read_file(&value, file, SECRET_ASSOCIATION_SIZE, err) : 0;

	if (rc < 0)
		return error_wrap(err, rc, "Cannot use '%s' as association secret", file);
	rc = guest_secret_association(secret, value ? secret_view(value) : NULL, err);
	secret_free(value);
	return rc;
}

static int read_cck(struct guest_secret *secret, const char *file, struct error *err)
{
	struct secret *cck;
	int rc = secret_read_file(&cck, file, CCK_SIZE, err);

	if (rc < 0)
		return error_wrap(err, rc, "Cannot use '%s' as the new CCK", file);
	rc = guest_secret_update_cck(secret, secret_view(cck), err);
	secret_free(cck);
	return rc;
}

static enum retrievable_input retrievable_input_of(const char *type)
{
	static const char *const names[] = {
		[RETRIEVABLE_PLAIN] = "plain",
		[RETRIEVABLE_AES] = "aes",
		[RETRIEVABLE_AES_XTS] = "aes-xts",
		[RETRIEVABLE_HMAC_SHA] = "hmac-sha",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], type) == 0)
			return (enum retrievable_input)i;
	return RETRIEVABLE_EC; /* the one that is left of the option's choices */
}

static int read_retrievable(struct guest_secret *secret, const char *file,
			    const char *type, struct error *err)
{
	struct secret *content;
	int rc = key_file_read(&content, file, err);

	if (rc == 0) {
		rc = guest_secret_retrievable(secret, retrievable_input_of(type),
					      secret_view(content), secret_size(content),
					      err);
		secret_free(content);
	}
	return rc < 0 ? error_wrap(err, rc, "Cannot use '%s' as a secret of type %s", file,
				   type) : 0;
}

static int read_secret(struct create_input *input, const struct create_settings *settings,
		       enum create_kind kind, struct error *err)
{
	struct guest_secret *secret = &input->secret;
	int rc = 0;

	switch (kind) {
	case CREATE_META:
		guest_secret_meta(secret);
		break;
	case CREATE_ASSOCIATION:
		rc = read_association(secret, settings->input_secret, err);
		break;
	case CREATE_RETRIEVABLE:
		rc = read_retrievable(secret, settings->secret, settings->type, err);
		break;
	case CREATE_UPDATE_CCK:
		rc = read_cck(secret, settings->secret, err);
		break;
	}
	if (rc == 0 && settings->name)
		rc = guest_secret_name(secret, settings->name, settings->use_name, err);
	input->request.secret = secret;
	return rc;
}

/* --- what it is bound to ------------------------------------------------------------- */

static int read_flags(struct create_input *input, const struct create_settings *settings,
		      struct error *err)
{
	int rc = 0;

	/* There is only one flag, and the option's choices are checked. */
	if (settings->flags.count)
		input->request.flags = ASRCB_DISABLE_DUMP;
	if (settings->pcf)
		rc = hex_parse_u64(&input->request.flags, settings->pcf, err);
	return rc < 0 ? error_wrap(err, rc, "Option --pcf") : 0;
}

static int read_cuid(struct create_input *input, const struct create_settings *settings,
		     struct error *err)
{
	int rc;

	if (!settings->cuid && !settings->cuid_hex)
		return 0;
	rc = settings->cuid ? cuid_read_file(input->cuid, settings->cuid, err)
			    : cuid_from_hex(input->cuid, settings->cuid_hex, err);
	input->request.cuid = input->cuid;
	return rc;
}

/* From --extension-secret, or from --cck and the tag of the image. */
static int read_extension(struct create_input *input,
			  const struct create_settings *settings, struct error *err)
{
	struct secret *cck;
	int rc = 0;

	if (settings->extension_secret) {
		rc = secret_read_file(&input->extension, settings->extension_secret,
				      EXTENSION_SECRET_SIZE, err);
		if (rc < 0)
			error_wrap(err, rc, "Cannot use '%s' as extension secret",
				   settings->extension_secret);
	} else if (settings->cck) {
		rc = secret_read_file(&cck, settings->cck, CCK_SIZE, err);
		if (rc < 0)
			return error_wrap(err, rc, "Cannot use '%s' as CCK", settings->cck);
		rc = extension_secret_derive(&input->extension, secret_view(cck),
					     input->image.tag, err);
		secret_free(cck);
	}
	if (rc == 0 && input->extension)
		input->request.extension_secret = secret_view(input->extension);
	return rc;
}

/* --- user data and signature ----------------------------------------------------------- */

static int read_user_data(struct create_input *input, const char *file, struct cli *cli,
			  struct error *err)
{
	int rc = file_read(&input->user_data, &input->request.user_data_size, file,
			   KEY_FILE_MAX_SIZE, err);

	if (rc < 0)
		return error_wrap(err, rc, "Cannot use '%s' as user data", file);
	if (input->request.user_data_size == 0)
		log_warn(cli_log(cli), "The user data in '%s' is empty", file);
	input->request.user_data = input->user_data;
	return 0;
}

/* Prints the hash; where the request itself goes to standard output, as a remark. */
static void print_hash(const uint8_t hash[SHA256_SIZE], const char *output,
		       struct cli *cli)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_encode(hex, hash, SHA256_SIZE);
	if (strcmp(output, "-") == 0)
		cli_say(cli, "%s", hex);
	else
		puts(hex);
}

static int read_policy(struct create_input *input, const struct create_settings *settings,
		       struct cli *cli, struct error *err)
{
	struct policy_reference *reference = calloc(1, sizeof(*reference));
	uint8_t *policy;
	size_t size;
	int rc;

	input->user_data = (uint8_t *)reference;
	if (!reference)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = file_read(&policy, &size, settings->policy, POLICY_LIMIT, err);
	if (rc == 0) {
		rc = crypto_sha256(reference->hash, policy, size, err);
		free(policy);
	}
	if (rc < 0)
		return rc;
	memcpy(reference->path, settings->policy,
	       strnlen(settings->policy, sizeof(reference->path)));
	print_hash(reference->hash, settings->output, cli);
	if (settings->sign_key) {
		log_warn(cli_log(cli), "A signed request has no room for the reference to the policy: it is left out");
		return 0;
	}
	input->request.user_data = reference;
	input->request.user_data_size = sizeof(*reference);
	return 0;
}

static int read_sign_key(struct create_input *input, const char *file, struct error *err)
{
	int rc = key_file_read_private(&input->sign_key, file, err);

	input->request.sign_key = input->sign_key;
	return rc;
}

int create_input_read(struct create_input *input, const struct create_settings *settings,
		      enum create_kind kind, struct cli *cli, struct error *err)
{
	int rc;

	*input = (struct create_input){ .request.image = &input->image };
	rc = read_secret(input, settings, kind, err);
	if (rc == 0)
		rc = image_tags_read(&input->image, settings->header, cli_log(cli), err);
	if (rc == 0)
		rc = read_flags(input, settings, err);
	if (rc == 0)
		rc = read_cuid(input, settings, err);
	if (rc == 0)
		rc = read_extension(input, settings, err);
	if (rc == 0 && settings->user_data)
		rc = read_user_data(input, settings->user_data, cli, err);
	if (rc == 0 && settings->policy)
		rc = read_policy(input, settings, cli, err);
	if (rc == 0 && settings->sign_key)
		rc = read_sign_key(input, settings->sign_key, err);
	return rc < 0 ? rc : asrcb_input_check(&input->request, err);
}

void create_input_free(struct create_input *input)
{
	guest_secret_free(&input->secret);
	secret_free(input->extension);
	free(input->user_data);
	EVP_PKEY_free(input->sign_key);
}
