/* SPDX-License-Identifier: MIT */
/* pvsecret lock: no more secrets for this guest. */
#include <unistd.h>

#include "pvsecret/verbs.h"
#include "secret/store.h"
#include "uvdevice/uvdevice.h"

static int lock(struct error *err)
{
	int fd, rc = uvdevice_open(&fd, err);

	if (rc < 0)
		return rc;
	rc = store_lock(fd, err);
	close(fd);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	struct error err = { 0 };

	(void)given;
	if (lock(&err) < 0)
		return cli_fail(cli, &err);
	cli_say(cli, "Successfully locked secret store");
	return CLI_OK;
}

const struct cli_verb pvsecret_lock = {
	.name = "lock",
	.summary = "Lock the secret store, until the guest restarts (in the guest)",
	.run = run,
};
