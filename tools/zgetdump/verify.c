/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "dump/copy.h"
#include "zgetdump.h"

static int read_all(const struct opened *opened, const struct settings *settings,
		    struct cli *cli, struct error *err)
{
	struct target *target;
	int rc = opened_target(&target, opened, settings, cli, err);

	if (rc == 0) {
		struct dump_copy copy = {
			.dump = opened->dump,
			.target = target,
			.fd = -1,
			.progress = cli_progress(cli, "Verifying"),
		};

		rc = dump_copy(&copy, err);
	}
	target_free(target);
	return rc;
}

static void print_verdict(const struct opened *opened)
{
	uint64_t bytes = 0;
	size_t cpus;

	(void)dump_cpus(opened->dump, &cpus);
	for (size_t i = 0; i < opened->view.count; i++)
		bytes += opened->view.ranges[i].size;
	printf("The dump is whole: %zu CPUs, %" PRIu64 " bytes of memory\n", cpus, bytes);
	if (dump_is_protected(opened->dump))
		printf("Keys and registers are authentic. Memory carries no signature: changed "
		       "pages cannot be told.\n");
}

int run_verify(const struct settings *settings, struct cli *cli)
{
	struct opened opened;
	struct error err = { 0 };
	int rc = opened_open(&opened, settings, cli, &err);

	if (rc == 0)
		rc = read_all(&opened, settings, cli, &err);
	if (rc == 0 && cli_verbosity(cli) >= 0)
		print_verdict(&opened);
	opened_close(&opened);
	if (rc == 0)
		return CLI_OK;
	cli_fail(cli, &err);
	/* Damage is an answer; no key, another key or no such file is none. */
	return rc == ERR_FORMAT ? CLI_VERDICT_NO : CLI_FAILURE;
}
