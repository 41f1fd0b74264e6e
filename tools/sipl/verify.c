/* SPDX-License-Identifier: MIT */
/* sipl verify: would the boot loader start what is on a disk? */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "ipl/disk_file.h"
#include "sipl/number.h"
#include "sipl/verbs.h"
#include "sipl/verify.h"

struct settings {
	struct cli_list certificates;
	const char *path, *mode, *format, *program, *block_size, *memory;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "boot-certs", .letter = 'c', .kind = CLI_REPEAT, .offset = AT(certificates),
	  .value = "FILE|FOLDER",
	  .help = "The certificates of the machine: files (PEM or DER) and folders of them, "
		  "in the order of boot-certs.N.path.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "mode", .letter = 'm', .kind = CLI_TEXT, .offset = AT(mode),
	  .value = "MODE",
	  .help = "Judge this mode only: normal, audit or secure. Without it all three are "
		  "shown, and secure mode decides.",
	  .choices = "normal audit secure" },
	{ .name = "loadparm", .letter = 'l', .kind = CLI_TEXT, .offset = AT(program),
	  .value = "NUMBER", .help = "Judge this program of the disk (default: 0)." },
	{ .name = "block-size", .letter = 'b', .kind = CLI_TEXT, .offset = AT(block_size),
	  .value = "BYTES",
	  .help = "The block size that the guest sees (default: what the boot record says).",
	  .choices = "512 1024 2048 4096" },
	{ .name = "memory", .kind = CLI_TEXT, .offset = AT(memory), .value = "BYTES",
	  .help = "The guest's memory, perhaps with K, M, G or T (default: 2G)." },
	{ .name = "format", .kind = CLI_TEXT, .offset = AT(format), .value = "FORMAT",
	  .help = "Text for people (default) or JSON.", .choices = "text json" },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "DISK", .kind = CLI_TEXT, .offset = AT(path), .help = "The disk.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = NULL },
};

static const enum ipl_mode modes[] = { IPL_NORMAL, IPL_AUDIT, IPL_SECURE };
#define MODES (sizeof(modes) / sizeof(modes[0]))

static int load_certificates(struct certstore *store, const struct settings *settings,
			     struct cli *cli, struct error *err)
{
	int rc = certstore_load(store, settings->certificates.items,
				settings->certificates.count, time(NULL), cli_log(cli), err);

	if (rc == 0 && store->count == 0)
		rc = error_set(err, ERR_INVALID,
			       "No certificates: audit and secure mode need one at least");
	return rc;
}

/* Runs the modes that are asked for; *@verdict is that of the last one. */
static int judge(bool *verdict, struct verdict_report *report,
		 struct rehearsal_order *order, const char *only, struct error *err)
{
	struct rehearsal *rehearsal = malloc(sizeof(*rehearsal));
	int rc = rehearsal ? 0 : error_set(err, ERR_NOMEM, "Out of memory");

	for (size_t i = 0; rc == 0 && i < MODES; i++) {
		if (only && strcmp(only, ipl_mode_name(modes[i])) != 0)
			continue;
		order->mode = modes[i];
		rc = rehearse(rehearsal, order, err);
		if (rc == 0) {
			verdict_add(report, rehearsal, order);
			*verdict = rehearsal_boots(rehearsal);
		}
		rehearsal_free(rehearsal);
	}
	free(rehearsal);
	return rc;
}

static int verify(bool *verdict, const struct settings *settings,
		  struct rehearsal_order *order, uint32_t block_size, struct cli *cli,
		  struct error *err)
{
	bool as_json = settings->format && strcmp(settings->format, "json") == 0;
	struct certstore store = { 0 };
	struct verdict_report report;
	struct disk_file file;
	int rc = load_certificates(&store, settings, cli, err);

	if (rc == 0)
		rc = disk_file_open(&file, settings->path, block_size, err);
	if (rc < 0) {
		certstore_clear(&store);
		return rc;
	}
	order->disk = &file.disk;
	order->store = &store;
	order->now = (int64_t)time(NULL);
	verdict_begin(&report, as_json, settings->path);
	rc = judge(verdict, &report, order, settings->mode, err);
	verdict_end(&report);
	if (rc == 0)
		rc = text_ok(&report.text)
			     ? file_write("-", report.text.chars, report.text.length,
					  OUTFILE_REPLACE, 0, err)
			     : error_set(err, ERR_NOMEM, "Out of memory");
	text_free(&report.text);
	disk_file_close(&file);
	certstore_clear(&store);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	struct rehearsal_order order = { .storage_size = (uint64_t)2 << 30 };
	uint64_t program = 0, block_size = 0;
	struct error err = { 0 };
	bool verdict = false;
	int code = number_option(&program, settings->program, 0, 99999999, "loadparm", cli);

	if (code == CLI_OK)
		code = number_option(&block_size, settings->block_size, BOOTMAP_BLOCK_MIN,
				     BOOTMAP_BLOCK_MAX, "block-size", cli);
	if (code == CLI_OK)
		code = size_option(&order.storage_size, settings->memory,
				   REHEARSAL_STORAGE_MIN, REHEARSAL_STORAGE_MAX, "memory", cli);
	if (code != CLI_OK)
		return code;
	order.program = (unsigned)program;
	if (verify(&verdict, settings, &order, (uint32_t)block_size, cli, &err) < 0)
		return cli_fail(cli, &err);
	return verdict ? CLI_OK : CLI_VERDICT_NO;
}

const struct cli_verb sipl_verify = {
	.name = "verify",
	.summary = "Tell what the boot loader would make of a disk",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
