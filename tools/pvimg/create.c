/* SPDX-License-Identifier: MIT */
/* pvimg create, also known as genprotimg. */
#include <stdlib.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/secret.h"
#include "hostkey_options.h"
#include "image/control_flags.h"
#include "image/create.h"
#include "pvimg/builtin_stages.h"
#include "pvimg/verbs.h"

struct settings {
	struct hostkey_settings hostkey;
	const char *kernel, *ramdisk, *parmfile, *output;
	const char *cck, *hdr_key, *image_key;
	const char *stages, *psw, *pcf, *scf;
	bool no_component_check, overwrite;
	bool enable_dump, disable_dump;
	bool enable_extension_secret, disable_extension_secret;
	bool enable_cck_update, disable_cck_update;
	bool enable_pckmo, disable_pckmo;
	bool enable_pckmo_hmac, disable_pckmo_hmac;
	bool enable_backup_keys, disable_backup_keys;
	bool enable_encryption, disable_encryption;
};

/* The options that name single header flags; --x-pcf and --x-scf replace them all. */
#define FLAG_OPTIONS                                                           \
	"enable-dump disable-dump enable-cck-extension-secret "                \
	"disable-cck-extension-secret enable-cck-update disable-cck-update "   \
	"enable-pckmo disable-pckmo enable-pckmo-hmac disable-pckmo-hmac "     \
	"enable-backup-keys disable-backup-keys enable-image-encryption "      \
	"disable-image-encryption"

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "kernel", .letter = 'i', .kind = CLI_TEXT, .offset = AT(kernel),
	  .value = "FILE",
	  .help = "Use FILE as the kernel: a raw binary of s390x Linux, no ELF file. "
		  "(Also known as --image.)",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "ramdisk", .letter = 'r', .kind = CLI_TEXT, .offset = AT(ramdisk),
	  .value = "FILE", .help = "Use FILE as the initial RAM disk.",
	  .flags = CLI_FILE },
	{ .name = "parmfile", .letter = 'p', .kind = CLI_TEXT, .offset = AT(parmfile),
	  .value = "FILE",
	  .help = "Use the content of FILE as the kernel command line. It may be as "
		  "long as the kernel says it takes.",
	  .flags = CLI_FILE },
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "FILE",
	  .help = "Write the image to FILE, readable for its owner only.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	HOSTKEY_OPTIONS(struct settings, hostkey),
	{ .name = "no-component-check", .kind = CLI_FLAG,
	  .offset = AT(no_component_check),
	  .help = "Take any file as kernel, and a command line of any length." },
	{ .name = "overwrite", .kind = CLI_FLAG, .offset = AT(overwrite),
	  .help = "Replace an image that exists already." },
	{ .name = "cck", .kind = CLI_TEXT, .offset = AT(cck), .value = "FILE",
	  .help = "Use the 32 bytes in FILE as the customer communication key (CCK), "
		  "which dumps and extension secrets depend on. Without it, a random "
		  "one is used and forgotten. (Also known as --comm-key.)",
	  .flags = CLI_FILE },
	{ .name = "hdr-key", .kind = CLI_TEXT, .offset = AT(hdr_key),
	  .value = "FILE",
	  .help = "Protect the Secure Execution header with the 32 bytes in FILE, "
		  "instead of a random key.",
	  .flags = CLI_FILE },
	{ .name = "image-key", .kind = CLI_TEXT, .offset = AT(image_key),
	  .value = "FILE",
	  .help = "Encrypt the components with the 64 bytes in FILE, instead of a "
		  "random key.",
	  .conflicts = "disable-image-encryption", .flags = CLI_FILE },
	{ .name = "enable-dump", .kind = CLI_FLAG, .offset = AT(enable_dump),
	  .help = "Let the host take dumps of the guest; they are encrypted for the "
		  "holder of the CCK. Needs --cck or --enable-cck-update.",
	  .conflicts = "disable-dump", .needs = "cck|enable-cck-update" },
	{ .name = "disable-dump", .kind = CLI_FLAG, .offset = AT(disable_dump),
	  .help = "Allow no dumps (default)." },
	{ .name = "enable-cck-extension-secret", .kind = CLI_FLAG,
	  .offset = AT(enable_extension_secret),
	  .help = "Let the guest accept only add-secret requests that prove knowledge "
		  "of the CCK. Needs --cck.",
	  .conflicts = "disable-cck-extension-secret enable-cck-update",
	  .needs = "cck" },
	{ .name = "disable-cck-extension-secret", .kind = CLI_FLAG,
	  .offset = AT(disable_extension_secret),
	  .help = "Ask for no such proof (default)." },
	{ .name = "enable-cck-update", .kind = CLI_FLAG, .offset = AT(enable_cck_update),
	  .help = "Let a secret replace the CCK while the guest runs. Needs z17 or "
		  "later.",
	  .conflicts = "disable-cck-update" },
	{ .name = "disable-cck-update", .kind = CLI_FLAG,
	  .offset = AT(disable_cck_update), .help = "Keep the CCK (default)." },
	{ .name = "enable-pckmo", .kind = CLI_FLAG, .offset = AT(enable_pckmo),
	  .help = "Let the guest make protected DEA, TDEA, AES and ECC keys with "
		  "PCKMO (default).",
	  .conflicts = "disable-pckmo" },
	{ .name = "disable-pckmo", .kind = CLI_FLAG, .offset = AT(disable_pckmo),
	  .help = "Do not." },
	{ .name = "enable-pckmo-hmac", .kind = CLI_FLAG,
	  .offset = AT(enable_pckmo_hmac),
	  .help = "Let the guest make protected HMAC keys with PCKMO.",
	  .conflicts = "disable-pckmo-hmac" },
	{ .name = "disable-pckmo-hmac", .kind = CLI_FLAG,
	  .offset = AT(disable_pckmo_hmac), .help = "Do not (default)." },
	{ .name = "enable-backup-keys", .kind = CLI_FLAG,
	  .offset = AT(enable_backup_keys),
	  .help = "Let a machine start the image with its backup host key.",
	  .conflicts = "disable-backup-keys" },
	{ .name = "disable-backup-keys", .kind = CLI_FLAG,
	  .offset = AT(disable_backup_keys), .help = "Do not (default)." },
	{ .name = "enable-image-encryption", .kind = CLI_FLAG,
	  .offset = AT(enable_encryption),
	  .help = "Encrypt kernel, RAM disk and command line (default).",
	  .conflicts = "disable-image-encryption" },
	{ .name = "disable-image-encryption", .kind = CLI_FLAG,
	  .offset = AT(disable_encryption),
	  .help = "Leave them readable; they stay protected against changes. Only for "
		  "components that hold nothing confidential." },
	{ .name = "x-bootloader-directory", .kind = CLI_TEXT, .offset = AT(stages),
	  .value = "DIR",
	  .help = "Take stage3a.bin and stage3b_reloc.bin from DIR.",
	  .flags = CLI_HIDDEN | CLI_FOLDER },
	{ .name = "x-psw", .kind = CLI_TEXT, .offset = AT(psw), .value = "ADDRESS",
	  .help = "Let the guest start at this hexadecimal address.",
	  .flags = CLI_HIDDEN },
	{ .name = "x-pcf", .kind = CLI_TEXT, .offset = AT(pcf), .value = "PCF",
	  .help = "Use this hexadecimal word as plaintext control flags.",
	  .conflicts = FLAG_OPTIONS, .flags = CLI_HIDDEN },
	{ .name = "x-scf", .kind = CLI_TEXT, .offset = AT(scf), .value = "SCF",
	  .help = "Use this hexadecimal word as secret control flags.",
	  .conflicts = FLAG_OPTIONS, .flags = CLI_HIDDEN },
	{ .name = NULL },
};

/* Which option sets or clears which bits. */
static const struct {
	size_t option;
	uint64_t set, clear; /* of the plaintext word */
	uint64_t secret_set, secret_clear;
} flag_effects[] = {
	{ .option = AT(enable_dump), .set = PCF_ALLOW_DUMP },
	{ .option = AT(disable_dump), .clear = PCF_ALLOW_DUMP },
	{ .option = AT(enable_pckmo), .set = PCF_PCKMO },
	{ .option = AT(disable_pckmo), .clear = PCF_PCKMO },
	{ .option = AT(enable_pckmo_hmac), .set = PCF_PCKMO_HMAC },
	{ .option = AT(disable_pckmo_hmac), .clear = PCF_PCKMO_HMAC },
	{ .option = AT(enable_backup_keys), .set = PCF_BACKUP_KEYS },
	{ .option = AT(disable_backup_keys), .clear = PCF_BACKUP_KEYS },
	{ .option = AT(enable_encryption), .clear = PCF_NO_ENCRYPTION },
	{ .option = AT(disable_encryption), .set = PCF_NO_ENCRYPTION },
	{ .option = AT(enable_extension_secret),
	  .secret_set = SCF_CCK_EXTENSION_SECRET },
	{ .option = AT(disable_extension_secret),
	  .secret_clear = SCF_CCK_EXTENSION_SECRET },
	{ .option = AT(enable_cck_update), .secret_set = SCF_CCK_UPDATE },
	{ .option = AT(disable_cck_update), .secret_clear = SCF_CCK_UPDATE },
};

/* Everything that a run gathers before the image is made. */
struct material {
	struct image_input input;
	struct boot_stages stages;
	struct secret *cck, *hdr_key, *image_key;
	struct hostkey **hostkeys;
	EVP_PKEY **public_keys;
	struct outfile *output;
};

static void material_free(struct material *material)
{
	outfile_abort(material->output);
	hostkey_free_all(material->hostkeys, material->input.host_key_count);
	free(material->public_keys);
	secret_free(material->cck);
	secret_free(material->hdr_key);
	secret_free(material->image_key);
	boot_stages_free(&material->stages);
}

static int parse_word(uint64_t *word, const char *text, const char *option,
		      struct error *err)
{
	int rc = text ? hex_parse_u64(word, text, err) : 0;

	return rc < 0 ? error_wrap(err, rc, "Option --%s", option) : 0;
}

static int parse_flags(struct image_input *input, const struct settings *settings,
		       struct error *err)
{
	int rc;

	input->pcf = PCF_DEFAULT;
	input->scf = SCF_DEFAULT;
	rc = parse_word(&input->pcf, settings->pcf, "x-pcf", err);
	if (rc == 0)
		rc = parse_word(&input->scf, settings->scf, "x-scf", err);
	if (rc == 0)
		rc = parse_word(&input->psw_address, settings->psw, "x-psw", err);
	input->has_psw_address = settings->psw != NULL;
	for (size_t i = 0; i < sizeof(flag_effects) / sizeof(flag_effects[0]); i++) {
		const bool *given = (const bool *)((const char *)settings +
						   flag_effects[i].option);

		if (!*given)
			continue;
		input->pcf |= flag_effects[i].set;
		input->pcf &= ~flag_effects[i].clear;
		input->scf |= flag_effects[i].secret_set;
		input->scf &= ~flag_effects[i].secret_clear;
	}
	return rc;
}

static int read_key(struct secret **key, const uint8_t **bytes, const char *file,
		    size_t size, const char *use, struct error *err)
{
	int rc;

	if (!file)
		return 0;
	rc = secret_read_file(key, file, size, err);
	if (rc < 0)
		return error_wrap(err, rc, "Failed to use '%s' as the %s", file, use);
	*bytes = secret_view(*key);
	return 0;
}

static int read_keys(struct material *material, const struct settings *settings,
		     struct error *err)
{
	struct image_input *input = &material->input;
	int rc = read_key(&material->cck, &input->cck, settings->cck, CCK_SIZE,
			  "CCK", err);

	if (rc == 0)
		rc = read_key(&material->hdr_key, &input->header_key,
			      settings->hdr_key, GCM_KEY_SIZE,
			      "Secure Execution header protection key", err);
	if (rc == 0)
		rc = read_key(&material->image_key, &input->image_key,
			      settings->image_key, XTS_KEY_SIZE,
			      "image components key", err);
	return rc;
}

static int load_stages(struct material *material, const struct settings *settings,
		       const struct log *log, struct error *err)
{
	material->input.stages = &material->stages;
	if (!settings->stages)
		return builtin_stages(&material->stages, err);
	log_warn(log, "Use bootloader directory: %s", settings->stages);
	return boot_stages_load(&material->stages, settings->stages, err);
}

static int load_host_keys(struct material *material,
			  const struct settings *settings, const struct log *log,
			  struct error *err)
{
	size_t count = 0;
	int rc = hostkey_load_all(&material->hostkeys, &count, &settings->hostkey,
				  log, err);

	/* From here on the count says what there is to free. */
	material->input.host_key_count = count;
	if (rc < 0)
		return rc;
	material->public_keys = calloc(count, sizeof(*material->public_keys));
	if (!material->public_keys)
		return error_set(err, ERR_NOMEM, "Out of memory");
	for (size_t i = 0; i < count; i++)
		material->public_keys[i] = material->hostkeys[i]->key;
	material->input.host_keys = material->public_keys;
	return 0;
}

/* All that can be refused without looking at host keys and components. */
static int prepare(struct material *material, const struct settings *settings,
		   const struct log *log, struct error *err)
{
	struct image_input *input = &material->input;
	int rc;

	input->kernel = settings->kernel;
	input->ramdisk = settings->ramdisk;
	input->cmdline = settings->parmfile;
	input->unchecked = settings->no_component_check;
	input->log = log;
	rc = parse_flags(input, settings, err);
	if (rc == 0)
		rc = image_output_open(&material->output, settings->output,
				       settings->overwrite ? OUTFILE_REPLACE
							   : OUTFILE_KEEP, err);
	if (rc == 0)
		rc = load_stages(material, settings, log, err);
	if (rc == 0)
		rc = read_keys(material, settings, err);
	if (rc < 0)
		return rc;
	input->host_key_count = settings->hostkey.keys.count;
	rc = image_input_check(input, err);
	input->host_key_count = 0;
	return rc;
}

static void warn(const struct image_input *input, const struct log *log)
{
	if (input->pcf & PCF_NO_ENCRYPTION)
		log_warn(log, "The components are not encrypted: make sure that they hold nothing confidential");
	if (input->unchecked)
		log_warn(log, "The component check is turned off!");
}

static int create(struct material *material, const struct settings *settings,
		  struct cli *cli, struct error *err)
{
	const struct log *log = cli_log(cli);
	struct outfile *output;
	int rc = prepare(material, settings, log, err);

	if (rc == 0)
		rc = load_host_keys(material, settings, log, err);
	if (rc < 0)
		return rc;
	warn(&material->input, log);
	material->input.progress = cli_progress(cli, "Image");
	rc = image_create(outfile_fd(material->output), &material->input, NULL, err);
	if (rc < 0)
		return rc;
	output = material->output;
	material->output = NULL;
	return outfile_commit(output, err);
}

static int run(const void *given, struct cli *cli)
{
	struct material material = { 0 };
	struct error err = { 0 };
	int rc = create(&material, given, cli, &err);

	material_free(&material);
	if (rc < 0)
		return cli_fail(cli, &err);
	cli_say(cli, "Successfully generated the Secure Execution image.");
	return CLI_OK;
}

const struct cli_verb pvimg_create = {
	.name = "create",
	.summary = "Create an IBM Secure Execution image",
	.options = options,
	.exactly_one = HOSTKEY_EXACTLY_ONE,
	.settings_size = sizeof(struct settings),
	.run = run,
};
