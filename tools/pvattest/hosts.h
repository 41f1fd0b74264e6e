/* SPDX-License-Identifier: MIT */
/* Host key documents of which only the hash counts. */
#ifndef UV_TOOLS_PVATTEST_HOSTS_H
#define UV_TOOLS_PVATTEST_HOSTS_H

#include "attestation/check.h"
#include "base/log.h"
#include "cli/cli.h"

/*
 * The hash of the first certificate of each file, in order; the documents are not
 * verified. Caller frees *@hosts; the file names stay the list's.
 */
int check_hosts_load(struct check_host **hosts, const struct cli_list *files,
		     const struct log *log, struct error *err);

#endif
