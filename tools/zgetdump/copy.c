/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "dump/copy.h"
#include "zgetdump.h"

#define MIB (1024UL * 1024)
#define SECONDS_BETWEEN_LINES 10

/* Where there is no terminal, lines as scripts and logs know them. */
struct lines {
	time_t shown;
	bool any;
};

static void show_line(void *context, uint64_t done, uint64_t total)
{
	struct lines *lines = context;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (lines->any && done < total && now.tv_sec - lines->shown < SECONDS_BETWEEN_LINES)
		return;
	lines->any = true;
	lines->shown = now.tv_sec;
	fprintf(stderr, "  %08" PRIu64 " / %08" PRIu64 " MB\n", done / MIB, total / MIB);
}

static bool is_quiet(const struct cli *cli)
{
	return cli_verbosity(cli) < 0;
}

/*
 * A file that ends where we begin can have holes. Standard output may be one, in
 * which somebody wrote already.
 */
static void choose_way(struct dump_copy *copy)
{
	int flags = fcntl(copy->fd, F_GETFL);
	off_t position = lseek(copy->fd, 0, SEEK_CUR);
	struct stat st;

	copy->sparse = flags >= 0 && !(flags & O_APPEND) && position >= 0 &&
		       fstat(copy->fd, &st) == 0 && S_ISREG(st.st_mode) &&
		       st.st_size <= position;
	copy->base = copy->sparse ? (uint64_t)position : 0;
}

static int copy_to(struct outfile *file, const struct settings *settings,
		   const struct opened *opened, const struct target *target,
		   struct cli *cli, struct error *err)
{
	struct lines lines = { 0 };
	const struct progress with_lines = { show_line, &lines };
	const struct progress *terminal = cli_progress(cli, "Copying");
	struct dump_copy copy = {
		.dump = opened->dump,
		.target = target,
		.fd = outfile_fd(file),
		.path = settings->output ? settings->output : "standard output",
		.progress = terminal ? terminal : is_quiet(cli) ? NULL : &with_lines,
	};
	int rc;

	choose_way(&copy);
	rc = dump_copy(&copy, err);
	/* Who writes behind us to the same file goes on at its end. */
	if (rc == 0 && copy.sparse)
		(void)lseek(copy.fd, (off_t)(copy.base + target_size(target)), SEEK_SET);
	return rc;
}

static void announce(const struct opened *opened, const struct settings *settings,
		     struct cli *cli)
{
	cli_say(cli, "Format Info:");
	cli_say(cli, "  Source: %s", format_name(opened->dump));
	cli_say(cli, "  Target: %s\n",
		chosen_format(settings) == DUMP_FORMAT_ELF ? "elf" : "s390");
	cli_say(cli, "Copying dump:");
}

static int write_output(const struct opened *opened, const struct settings *settings,
			struct cli *cli, struct error *err)
{
	struct target *target;
	struct outfile *file = NULL;
	int rc = opened_target(&target, opened, settings, cli, err);

	if (rc == 0)
		rc = outfile_open(&file, settings->output ? settings->output : "-",
				  settings->overwrite ? OUTFILE_REPLACE : OUTFILE_KEEP, 0600,
				  err);
	if (rc == 0) {
		announce(opened, settings, cli);
		rc = copy_to(file, settings, opened, target, cli, err);
	}
	if (rc == 0)
		rc = outfile_commit(file, err);
	else
		outfile_abort(file);
	target_free(target);
	return rc;
}

int run_copy(const struct settings *settings, struct cli *cli)
{
	struct opened opened;
	struct error err = { 0 };
	int rc;

	if (!settings->output && isatty(STDOUT_FILENO))
		return cli_usage(cli, "the dump would go to the terminal; name an OUTPUT");
	rc = opened_open(&opened, settings, cli, &err);
	if (rc == 0)
		rc = write_output(&opened, settings, cli, &err);
	opened_close(&opened);
	if (rc < 0)
		return cli_fail(cli, &err);
	cli_say(cli, "\nSuccess: Dump has been copied");
	return CLI_OK;
}
