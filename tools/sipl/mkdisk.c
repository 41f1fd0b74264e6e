/* SPDX-License-Identifier: MIT */
/* sipl mkdisk: writes a boot disk, as zipl does, from anywhere. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sipl/number.h"
#include "sipl/program_list.h"
#include "sipl/signer.h"
#include "sipl/target.h"
#include "sipl/verbs.h"

struct settings {
	struct program_order program;
	struct cli_list programs;
	struct signer_settings signer;
	const char *output, *stage3, *secure, *block_size, *size, *partition;
	bool sparse, overwrite, unchecked;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "kernel", .letter = 'i', .kind = CLI_TEXT, .offset = AT(program.kernel),
	  .value = "FILE", .help = "The kernel.", .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "ramdisk", .letter = 'r', .kind = CLI_TEXT, .offset = AT(program.initrd),
	  .value = "FILE", .help = "The initial RAM disk.", .flags = CLI_FILE },
	{ .name = "parmfile", .letter = 'p', .kind = CLI_TEXT,
	  .offset = AT(program.parmfile), .value = "FILE",
	  .help = "The kernel's command line, in FILE.", .conflicts = "parameters",
	  .flags = CLI_FILE },
	{ .name = "parameters", .letter = 'P', .kind = CLI_TEXT,
	  .offset = AT(program.parameters), .value = "TEXT",
	  .help = "The kernel's command line." },
	{ .name = "program", .kind = CLI_REPEAT, .offset = AT(programs),
	  .value = "NUMBER,kernel=FILE[,ramdisk=FILE][,parmfile=FILE|,parameters=TEXT]",
	  .help = "One more program, to be chosen by this load parameter (1 to 30). The "
		  "program of the other options is the default, and number 1 unless "
		  "another one is. Within a value, a comma is written twice." },
	{ .name = "stage3", .kind = CLI_TEXT, .offset = AT(stage3), .value = "FILE",
	  .help = "Use this stage 3, for example zipl's stage3.bin, not the built-in one.",
	  .flags = CLI_FILE },
	SIGNER_OPTIONS(struct settings, signer),
	{ .name = "secure", .letter = 'S', .kind = CLI_TEXT, .offset = AT(secure),
	  .value = "MODE",
	  .help = "Signatures: write those that the files carry (auto, default), demand "
		  "them (1), or leave them out (0). With --key, stage 3 and kernels are "
		  "signed here.",
	  .choices = "auto 1 0" },
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "DISK", .help = "Write to DISK, a raw image or a block device.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "block-size", .letter = 'b', .kind = CLI_TEXT, .offset = AT(block_size),
	  .value = "BYTES",
	  .help = "The block size that the guest sees (logical_block_size; default: 512).",
	  .choices = "512 1024 2048 4096" },
	{ .name = "size", .kind = CLI_TEXT, .offset = AT(size), .value = "BYTES",
	  .help = "The size of a new disk, perhaps with K, M, G or T (default: as needed).",
	  .conflicts = "partition" },
	{ .name = "sparse", .kind = CLI_FLAG, .offset = AT(sparse),
	  .help = "Leave holes in the file of a new disk where it is zero.",
	  .conflicts = "partition" },
	{ .name = "partition", .kind = CLI_TEXT, .offset = AT(partition), .value = "NUMBER",
	  .help = "Write into this partition (MBR or GPT) of the existing DISK, and into "
		  "the boot record; nothing else of it changes." },
	{ .name = "overwrite", .kind = CLI_FLAG, .offset = AT(overwrite),
	  .help = "Replace an existing DISK, or what is in the partition." },
	{ .name = "no-component-check", .kind = CLI_FLAG, .offset = AT(unchecked),
	  .help = "Take a kernel that does not look like Linux." },
	{ .name = NULL },
};

/* The numbers among the options. */
struct numbers {
	uint64_t block_size, size, partition;
};

static int read_numbers(struct numbers *numbers, const struct settings *settings,
			struct cli *cli)
{
	int code = number_option(&numbers->block_size, settings->block_size,
				 BOOTMAP_BLOCK_MIN, BOOTMAP_BLOCK_MAX, "block-size", cli);

	if (code == CLI_OK)
		code = size_option(&numbers->size, settings->size, BOOTMAP_BLOCK_MAX,
				   INT64_MAX, "size", cli);
	if (code == CLI_OK)
		code = number_option(&numbers->partition, settings->partition, 1, 128,
				     "partition", cli);
	if (code == CLI_OK && numbers->size % numbers->block_size != 0)
		code = cli_usage(cli, "--size has to be a multiple of the block size");
	return code;
}

static enum boot_signatures signatures_of(const struct settings *settings)
{
	if (settings->secure && strcmp(settings->secure, "0") == 0)
		return BOOT_SIGNATURES_NONE;
	if (settings->signer.key || (settings->secure && strcmp(settings->secure, "1") == 0))
		return BOOT_SIGNATURES_REQUIRED;
	return BOOT_SIGNATURES_AUTO;
}

/* --- Inputs are not to be overwritten -------------------------------------------------- */

static bool same_file(const char *a, const char *b)
{
	struct stat first, second;

	return a && b && stat(a, &first) == 0 && stat(b, &second) == 0 &&
	       first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

static bool is_input(const char *output, const struct program_order *order)
{
	return same_file(output, order->kernel) || same_file(output, order->initrd) ||
	       same_file(output, order->parmfile);
}

/* --- The verb ---------------------------------------------------------------------------- */

/* The orders of --program, behind the main one; @buffers hold their texts. */
struct orders {
	struct program_order items[BOOTMAP_PROGRAMS];
	unsigned count;
	char *buffers[BOOTMAP_PROGRAMS];
};

static int orders_read(struct orders *orders, const struct settings *settings,
		       struct cli *cli)
{
	orders->items[orders->count++] = settings->program; /* number 0 */
	if (settings->programs.count >= BOOTMAP_PROGRAMS)
		return cli_usage(cli, "--program can be given %d times", BOOTMAP_PROGRAMS - 1);
	for (size_t i = 0; i < settings->programs.count; i++) {
		const char *text = settings->programs.items[i];
		char *buffer = strdup(text);
		int code;

		if (!buffer)
			return CLI_FAILURE;
		orders->buffers[orders->count] = buffer;
		code = program_order_parse(&orders->items[orders->count++], buffer, text, cli);
		if (code != CLI_OK)
			return code;
	}
	for (unsigned i = 0; i < orders->count; i++)
		if (is_input(settings->output, &orders->items[i]))
			return cli_usage(cli, "'%s' is an input, too", settings->output);
	if (same_file(settings->output, settings->stage3))
		return cli_usage(cli, "'%s' is an input, too", settings->output);
	return CLI_OK;
}

static void orders_free(struct orders *orders)
{
	for (unsigned i = 0; i < orders->count; i++)
		free(orders->buffers[i]);
}

static int read_programs(struct program_list *list, const struct orders *orders,
			 const struct program_rules *rules, const struct log *log,
			 struct error *err)
{
	int rc = program_list_begin(list, rules, log, err);

	for (unsigned i = 0; rc == 0 && i < orders->count; i++)
		rc = program_list_add(list, &orders->items[i], rules, log, err);
	/* In a menu, the default one has a number like the others. */
	if (rc == 0 && orders->count > 1 && !list->numbered[1])
		list->numbered[1] = list->numbered[0];
	return rc;
}

static int write_disk(const struct program_list *list, const struct settings *settings,
		      const struct numbers *numbers, struct error *err)
{
	const struct target_order order = {
		.path = settings->output,
		.block_size = (uint32_t)numbers->block_size,
		.needed = disk_blocks_needed(list->numbered, (uint32_t)numbers->block_size),
		.size = numbers->size,
		.partition = (unsigned)numbers->partition,
		.sparse = settings->sparse,
		.overwrite = settings->overwrite,
	};
	struct target target;
	int rc = target_open(&target, &order, err);

	if (rc == 0)
		rc = disk_write(&target.space, list->numbered, err);
	if (rc == 0)
		rc = target_commit(&target, err);
	target_abort(&target);
	return rc;
}

static int make_disk(const struct orders *orders, const struct settings *settings,
		     const struct numbers *numbers, struct cli *cli, struct error *err)
{
	struct program_list *list = calloc(1, sizeof(*list));
	struct sign_signer signer;
	const struct program_rules rules = {
		.stage3 = settings->stage3,
		.signer = &signer,
		.signatures = signatures_of(settings),
		.block_size = (uint32_t)numbers->block_size,
		.unchecked = settings->unchecked,
	};
	int rc;

	if (!list)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = signer_read(&signer, &settings->signer, cli, err);
	if (rc == 0)
		rc = read_programs(list, orders, &rules, cli_log(cli), err);
	if (rc == 0)
		rc = write_disk(list, settings, numbers, err);
	program_list_free(list);
	free(list);
	signer_free(&signer);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	struct numbers numbers = { .block_size = BOOTMAP_BLOCK_MIN };
	struct orders orders = { 0 };
	struct error err = { 0 };
	int code = read_numbers(&numbers, settings, cli);

	if (code == CLI_OK && settings->signer.key && settings->secure &&
	    strcmp(settings->secure, "0") == 0)
		code = cli_usage(cli, "--secure 0 leaves out what --key would make");
	if (code == CLI_OK)
		code = orders_read(&orders, settings, cli);
	if (code == CLI_OK && make_disk(&orders, settings, &numbers, cli, &err) < 0)
		code = cli_fail(cli, &err);
	orders_free(&orders);
	return code;
}

const struct cli_verb sipl_mkdisk = {
	.name = "mkdisk",
	.summary = "Write a boot disk",
	.options = options,
	.settings_size = sizeof(struct settings),
	.run = run,
};
