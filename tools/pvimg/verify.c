/* SPDX-License-Identifier: MIT */
/* pvimg verify: does an image hold what its header promises? */
#include "image/verify.h"
#include "pvimg/header_key.h"
#include "pvimg/verbs.h"

struct settings {
	const char *hdr_key, *input;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "hdr-key", .kind = CLI_TEXT, .offset = AT(hdr_key), .value = "FILE",
	  .help = "Also authenticate the header with the 32 bytes in FILE, the key that "
		  "the image was created with. Without it, whoever changed the image "
		  "could have changed the header as well.",
	  .flags = CLI_FILE },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "IMAGE", .kind = CLI_TEXT, .offset = AT(input),
	  .help = "The image.", .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = NULL },
};

static void say(struct cli *cli, bool yes, const char *what)
{
	cli_say(cli, yes ? " ✓ %s" : " ✘ %s", what);
}

static void say_verdict(struct cli *cli, const struct image_verdict *verdict)
{
	say(cli, verdict->pages_match, verdict->pages_match
		? "number of pages" : "number of pages is not the header's");
	if (!verdict->header_linked)
		say(cli, false, "the parameter block points to another header");
	if (!verdict->pages_match)
		return;
	say(cli, verdict->contents_match, verdict->contents_match
		? "page contents" : "page contents are not the header's");
	say(cli, verdict->addresses_match, verdict->addresses_match
		? "page addresses" : "page addresses are not the header's");
	say(cli, verdict->tweaks_match, verdict->tweaks_match
		? "page tweaks" : "page tweaks are not the header's");
}

/* ERR_AUTH is a verdict here: the header was made with another key, or changed. */
static int check_header(const struct settings *settings,
			const struct se_image *image, struct cli *cli,
			bool *genuine, struct error *err)
{
	struct secret *area = NULL;
	int rc;

	*genuine = true;
	if (!settings->hdr_key) {
		cli_say(cli, "WARNING: The header itself was not authenticated: give its key with '--hdr-key'.");
		return 0;
	}
	rc = header_key_open(&area, image, settings->hdr_key, err);
	secret_free(area);
	if (rc < 0 && rc != ERR_AUTH)
		return rc;
	*genuine = rc == 0;
	say(cli, *genuine, *genuine ? "header" :
	    "header was changed, or made with another key");
	return 0;
}

static int verify(const struct settings *settings, struct cli *cli, bool *yes,
		  struct error *err)
{
	struct image_verdict verdict;
	struct se_image *image;
	bool genuine;
	int rc = se_image_open(&image, settings->input, cli_log(cli), err);

	if (rc < 0)
		return rc;
	rc = check_header(settings, image, cli, &genuine, err);
	if (rc == 0)
		rc = image_verify(&verdict, image, cli_progress(cli, "Image"), err);
	if (rc == 0) {
		say_verdict(cli, &verdict);
		*yes = genuine && image_verdict_is_yes(&verdict);
	}
	se_image_close(image);
	return rc;
}

static int run(const void *settings, struct cli *cli)
{
	struct error err = { 0 };
	bool yes = false;

	if (verify(settings, cli, &yes, &err) < 0)
		return cli_fail(cli, &err);
	return yes ? CLI_OK : CLI_VERDICT_NO;
}

const struct cli_verb pvimg_verify = {
	.name = "verify",
	.summary = "Check that an image holds what its header promises",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
