/* SPDX-License-Identifier: MIT */
/* sipl sign: appends a signature, as Linux' sign-file does. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "ipl/appended.h"
#include "ipl/bootmap.h"
#include "ipl/cms.h"
#include "ipl/component_file.h"
#include "sipl/signer.h"
#include "sipl/verbs.h"

struct settings {
	struct signer_settings signer;
	const char *input, *output, *signature;
	bool in_place, detached, strip, overwrite;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	SIGNER_OPTIONS(struct settings, signer),
	{ .name = "signature", .letter = 's', .kind = CLI_TEXT, .offset = AT(signature),
	  .value = "SIGFILE",
	  .help = "Append this detached CMS signature in DER, made elsewhere, instead of "
		  "making one.",
	  .conflicts = "key detached", .flags = CLI_FILE },
	{ .name = "strip", .kind = CLI_FLAG, .offset = AT(strip),
	  .help = "Only remove the signature that FILE has.",
	  .conflicts = "key signature detached" },
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "DEST", .help = "Write to DEST; FILE stays as it is.",
	  .flags = CLI_FILE },
	{ .name = "in-place", .letter = 'i', .kind = CLI_FLAG, .offset = AT(in_place),
	  .help = "Replace FILE itself, in one step." },
	{ .name = "detached", .letter = 'd', .kind = CLI_FLAG, .offset = AT(detached),
	  .help = "Write only the signature, in DER, to FILE.p7s." },
	{ .name = "overwrite", .kind = CLI_FLAG, .offset = AT(overwrite),
	  .help = "Replace DEST or FILE.p7s if it exists." },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "FILE", .kind = CLI_TEXT, .offset = AT(input),
	  .help = "What to sign: a kernel image or a stage 3. A signature that it has "
		  "already is removed first.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = NULL },
};

/* A signature from its file, in memory of malloc(). */
static int read_signature(uint8_t **der, size_t *size, const char *path, struct error *err)
{
	struct cms_check *check = NULL;
	int rc = file_read(der, size, path, SIGNATURE_SIZE_MAX, err);

	if (rc < 0)
		return rc;
	rc = cms_check_new(&check, *der, *size, err);
	cms_check_free(check);
	return rc < 0 ? error_wrap(err, rc, "Cannot append '%s'", path) : 0;
}

static int make_signature(uint8_t **der, size_t *size, const struct appended *parts,
			  const struct settings *settings, struct cli *cli,
			  struct error *err)
{
	struct sign_signer signer;
	int rc;

	*der = NULL;
	if (settings->signature)
		return read_signature(der, size, settings->signature, err);
	rc = signer_read(&signer, &settings->signer, cli, err);
	if (rc == 0)
		rc = sign_detached(der, size, parts->content, parts->content_size, &signer,
				   err);
	signer_free(&signer);
	if (rc == 0 && *size > SIGNATURE_SIZE_MAX)
		rc = error_set(err, ERR_UNSUPPORTED,
			       "The signature has %zu bytes; boot loaders take %d", *size,
			       SIGNATURE_SIZE_MAX);
	return rc;
}

/* --- Output -------------------------------------------------------------------- */

/* Where the result goes; *@path is to be freed. */
static int output_path(char **path, const struct settings *settings, struct error *err)
{
	*path = NULL;
	if (settings->in_place) {
		/* A link stays one: what it leads to is replaced. */
		*path = realpath(settings->input, NULL);
		return *path ? 0 : error_set_errno(err, ERR_IO, errno, "Cannot open '%s'",
						   settings->input);
	}
	if (settings->detached) {
		if (asprintf(path, "%s.p7s", settings->input) < 0)
			*path = NULL;
	} else {
		*path = strdup(settings->output);
	}
	return *path ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
}

/* A file that is replaced keeps its permissions. */
static mode_t output_mode(const char *path, bool in_place)
{
	struct stat st;

	return in_place && stat(path, &st) == 0 ? st.st_mode & 07777 : file_default_mode();
}

static int write_parts(int fd, const struct appended *parts, const uint8_t *der,
		       size_t der_size, bool detached, const char *path, struct error *err)
{
	struct appended_trailer trailer = appended_trailer((uint32_t)der_size);
	int rc = 0;

	if (!detached)
		rc = file_write_all(fd, parts->content, parts->content_size, path, err);
	if (rc == 0 && der)
		rc = file_write_all(fd, der, der_size, path, err);
	if (rc == 0 && der && !detached)
		rc = file_write_all(fd, &trailer, sizeof(trailer), path, err);
	return rc;
}

static int write_output(const struct settings *settings, const struct appended *parts,
			const uint8_t *der, size_t der_size, struct error *err)
{
	bool replace = settings->in_place || settings->overwrite;
	struct outfile *file;
	char *path;
	int rc = output_path(&path, settings, err);

	if (rc < 0)
		return rc;
	rc = outfile_open(&file, path, replace ? OUTFILE_REPLACE : OUTFILE_KEEP,
			  output_mode(path, settings->in_place), err);
	if (rc == 0) {
		rc = write_parts(outfile_fd(file), parts, der, der_size,
				 settings->detached, path, err);
		if (rc == 0)
			rc = outfile_commit(file, err);
		else
			outfile_abort(file);
	}
	free(path);
	return rc;
}

/* --- The verb --------------------------------------------------------------------- */

static int sign(const struct settings *settings, struct cli *cli, struct error *err)
{
	struct component_file file;
	size_t der_size = 0;
	uint8_t *der = NULL;
	int rc = component_file_read(&file, settings->input, err);

	if (rc == 0)
		rc = component_file_strip(&file, settings->input, err);
	if (rc == 0 && file.parts.content_size != file.size)
		log_info(cli_log(cli), "removed the signature that '%s' had", settings->input);
	if (rc == 0 && !settings->strip) {
		component_file_warn(&file, settings->input, cli_log(cli));
		rc = make_signature(&der, &der_size, &file.parts, settings, cli, err);
	}
	if (rc == 0)
		rc = write_output(settings, &file.parts, der, der_size, err);
	free(der);
	component_file_free(&file);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	struct error err = { 0 };

	if (strcmp(settings->input, "-") == 0 && !settings->output)
		return cli_usage(cli, "What comes from standard input needs an --output");
	if (!settings->signer.key && !settings->signature && !settings->strip)
		return cli_usage(cli, "--key and --cert are required, or --signature");
	if (sign(settings, cli, &err) < 0)
		return cli_fail(cli, &err);
	return CLI_OK;
}

const struct cli_verb sipl_sign = {
	.name = "sign",
	.summary = "Sign a kernel or a stage 3",
	.options = options,
	.operands = operands,
	.exactly_one = "output in-place detached",
	.settings_size = sizeof(struct settings),
	.run = run,
};
