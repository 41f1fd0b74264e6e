/* SPDX-License-Identifier: MIT */
/* pvinfo: what the ultravisor of this system, or of a copied sysfs, offers. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "release.h"
#include "uvinfo/report.h"

struct settings {
	bool parts[UVINFO_PARTS];
	bool secret, attestation, header;
	const char *format, *sysfs;
	const char *first, *second; /* operands: the word, the folder, or one of them */
};

#define AT(field) offsetof(struct settings, field)
#define PART(name_, part, help_) \
	{ .name = name_, .kind = CLI_FLAG, .offset = AT(parts[part]), .help = help_ }

static const struct cli_option options[] = {
	PART("se-status", UVINFO_PART_STATUS,
	     "Print whether this system is a protected guest, a host for such, or neither."),
	PART("facilities", UVINFO_PART_CALLS, "Print the installed ultravisor calls."),
	PART("feature-indications", UVINFO_PART_FEATURES, "Print the features."),
	PART("limits", UVINFO_PART_LIMITS,
	     "Print limits of guests and secrets, and sizes of dump parts."),
	PART("supported-plaintext-control-flags", UVINFO_PART_HEADER_FLAGS,
	     "Print the flags that SE headers may have."),
	PART("supported-se-header-versions", UVINFO_PART_HEADER_VERSIONS,
	     "Print the versions of SE headers."),
	PART("supported-plaintext-attestation-flags", UVINFO_PART_ATTESTATION_FLAGS,
	     "Print the flags that attestation requests may have."),
	PART("supported-attestation-request-versions", UVINFO_PART_ATTESTATION_VERSIONS,
	     "Print the versions of attestation requests."),
	PART("supported-secret-types", UVINFO_PART_SECRET_TYPES,
	     "Print the types of secrets."),
	PART("supported-add-secret-request-versions", UVINFO_PART_ADD_SECRET_VERSIONS,
	     "Print the versions of add-secret requests."),
	PART("supported-plaintext-add-secret-flags", UVINFO_PART_ADD_SECRET_FLAGS,
	     "Print the flags that add-secret requests may have."),
	PART("host-keys", UVINFO_PART_KEYS,
	     "Print the hashes of the machine's host keys, as pvimg info shows those of "
	     "an image."),
	{ .name = "secret", .kind = CLI_FLAG, .offset = AT(secret),
	  .help = "Print all that is supported for secrets." },
	{ .name = "attestation", .kind = CLI_FLAG, .offset = AT(attestation),
	  .help = "Print all that is supported for attestation." },
	{ .name = "header", .kind = CLI_FLAG, .offset = AT(header),
	  .help = "Print all that is supported for SE headers." },
	{ .name = "format", .kind = CLI_TEXT, .offset = AT(format), .value = "FORMAT",
	  .help = "Text for people (default), YAML or JSON.",
	  .choices = "human text yaml json" },
	{ .name = "sysfs", .kind = CLI_TEXT, .offset = AT(sysfs), .value = "DIR",
	  .help = "Read a copy of the folder " UVINFO_PATH ".", .flags = CLI_FOLDER },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "supported-flags", .kind = CLI_TEXT, .offset = AT(first),
	  .help = "This word asks for all that is supported for headers, attestation and "
		  "secrets.",
	  .flags = CLI_FOLDER },
	{ .name = "DIR", .kind = CLI_TEXT, .offset = AT(second), .help = "As --sysfs.",
	  .flags = CLI_FOLDER },
	{ .name = NULL },
};

#define BIT(part) (1u << UVINFO_PART_##part)
#define SECRET_PARTS (BIT(SECRET_TYPES) | BIT(ADD_SECRET_VERSIONS) | BIT(ADD_SECRET_FLAGS))
#define ATTESTATION_PARTS (BIT(ATTESTATION_FLAGS) | BIT(ATTESTATION_VERSIONS))
#define HEADER_PARTS (BIT(HEADER_FLAGS) | BIT(HEADER_VERSIONS))

static unsigned chosen_parts(const struct settings *settings, bool flags_only)
{
	unsigned parts = 0;

	for (unsigned i = 0; i < UVINFO_PARTS; i++)
		if (settings->parts[i])
			parts |= 1u << i;
	if (settings->secret)
		parts |= SECRET_PARTS;
	if (settings->attestation)
		parts |= ATTESTATION_PARTS;
	if (settings->header)
		parts |= HEADER_PARTS;
	if (parts)
		return parts;
	return flags_only ? SECRET_PARTS | ATTESTATION_PARTS | HEADER_PARTS
			  : UVINFO_ALL_PARTS;
}

static void print(const struct uvinfo *info, unsigned parts, const char *format)
{
	struct text out = { 0 };

	if (format && strcmp(format, "json") == 0)
		uvinfo_report_json(&out, info, parts);
	else if (format && strcmp(format, "yaml") == 0)
		uvinfo_report_yaml(&out, info, parts);
	else
		uvinfo_report_human(&out, info, parts);
	fputs(text_chars(&out), stdout);
	text_free(&out);
}

/* Sorts the operands out: *@path is the folder to read. */
static int take_operands(const char **path, bool *flags_only,
			 const struct settings *settings, struct cli *cli)
{
	const char *folder = settings->first;

	*flags_only = folder && strcmp(folder, "supported-flags") == 0;
	if (*flags_only)
		folder = settings->second;
	else if (settings->second)
		return cli_usage(cli, "unexpected argument '%s'", settings->second);
	if (folder && settings->sysfs)
		return cli_usage(cli, "--sysfs and '%s' name the same thing; give one of them",
				 folder);
	*path = folder ? folder : settings->sysfs;
	return CLI_OK;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	struct error err = { 0 };
	struct uvinfo info;
	bool flags_only;
	const char *path = NULL;
	int code = take_operands(&path, &flags_only, settings, cli), rc;
	unsigned parts;

	if (code != CLI_OK)
		return code;
	parts = chosen_parts(settings, flags_only);
	rc = uvinfo_read(&info, path ? path : uvinfo_default_path(), &err);
	/* Without that folder there is one thing to say: that there is nothing. */
	if (rc == ERR_NOT_FOUND && !path && parts & BIT(STATUS)) {
		info = (struct uvinfo){ 0 };
		parts = BIT(STATUS);
	} else if (rc < 0) {
		return cli_fail(cli, &err);
	}
	print(&info, parts, settings->format);
	return CLI_OK;
}

int main(int argc, char **argv)
{
	const struct cli_verb verbs[] = {
		{ .options = options, .operands = operands,
		  .settings_size = sizeof(struct settings), .run = run },
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "pvinfo",
		.summary = "Show what the ultravisor offers to Secure Execution guests and hosts",
		.version_text = RELEASE_TEXT("pvinfo"),
		.verbs = verbs,
	};

	return cli_main(&program, argc, argv);
}
