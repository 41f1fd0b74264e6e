/* SPDX-License-Identifier: MIT */
/* What pvverify and check_hostkeydoc have in common. */
#ifndef UV_TOOLS_PVVERIFY_VERIFY_H
#define UV_TOOLS_PVVERIFY_VERIFY_H

#include "cli/cli.h"
#include "hostkey/hostkey.h"

/*
 * Verifies every one of the @count @files, prints what was seen as a tree to
 * standard output and each failure to standard error. CLI_OK when all are
 * trustworthy, else CLI_FAILURE. @accept may refuse a loaded document before
 * it is verified; NULL accepts all. @report receives what was seen; caller frees.
 */
int verify_files(struct cli *cli, const char *const *files, size_t count,
		 const struct hostkey_trust *trust, struct hostkey_report *report,
		 int (*accept)(const struct hostkey *key, struct error *err));

extern const struct cli_program check_program;

#endif
