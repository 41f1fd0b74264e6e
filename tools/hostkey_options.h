/* SPDX-License-Identifier: MIT */
/*
 * The options about host key documents that pvimg, pvverify, pvattest and
 * pvsecret share: their rows in an option table, and what they lead to.
 */
#ifndef UV_TOOLS_HOSTKEY_OPTIONS_H
#define UV_TOOLS_HOSTKEY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/cli.h"
#include "hostkey/hostkey.h"

struct hostkey_settings {
	struct cli_list keys;         /* -k */
	struct cli_list certificates; /* -C */
	struct cli_list crls;
	const char *root_ca;
	bool offline;
	bool no_verify;
};

/*
 * The rows, for a verb whose settings are a @type with the struct
 * hostkey_settings as its @member:
 *
 *	static const struct cli_option options[] = {
 *		HOSTKEY_OPTIONS(struct settings, hostkey),
 *		{ .name = NULL },
 *	};
 *
 * The verb's .exactly_one has to be HOSTKEY_EXACTLY_ONE.
 */
#define HOSTKEY_OPTIONS(type, member)                                          \
	{ .name = "host-key-document", .letter = 'k', .kind = CLI_LIST,        \
	  .offset = offsetof(type, member.keys), .value = "FILE[,FILE]",       \
	  .help = "Use FILE as a host key document: the machine whose key it " \
		  "holds. Can be given several times, for several machines.",  \
	  .flags = CLI_REQUIRED | CLI_FILE },                                  \
	{ .name = "no-verify", .kind = CLI_FLAG,                               \
	  .offset = offsetof(type, member.no_verify),                          \
	  .help = "Do not verify the host key documents. Whoever handed out a " \
		  "forged one could read everything that was meant for the "   \
		  "machine; use this for tests, or after verifying with "      \
		  "pvverify." },                                               \
	{ .name = "cert", .letter = 'C', .kind = CLI_LIST,                     \
	  .offset = offsetof(type, member.certificates),                       \
	  .value = "FILE[,FILE]",                                              \
	  .help = "Verify the host key documents with the certificates in "    \
		  "FILE: the IBM Z signing key and the intermediate "          \
		  "certificates between it and the root. Can be given several " \
		  "times, in any order.",                                      \
	  .flags = CLI_FILE },                                                 \
	{ .name = "crl", .kind = CLI_LIST,                                     \
	  .offset = offsetof(type, member.crls), .value = "FILE[,FILE]",       \
	  .help = "Use the certificate revocation lists in FILE. Can be given " \
		  "several times.",                                            \
	  .needs = "cert|no-verify", .flags = CLI_FILE },                      \
	{ .name = "offline", .kind = CLI_FLAG,                                 \
	  .offset = offsetof(type, member.offline),                            \
	  .help = "Download no revocation lists; take those given with --crl.", \
	  .needs = "cert|no-verify" },                                         \
	{ .name = "root-ca", .kind = CLI_TEXT,                                 \
	  .offset = offsetof(type, member.root_ca), .value = "FILE",           \
	  .help = "Trust the root certificates in FILE instead of the "        \
		  "system's trust store.",                                     \
	  .needs = "cert|no-verify", .flags = CLI_FILE }

#define HOSTKEY_EXACTLY_ONE "no-verify cert"

/*
 * Loads each -k file and verifies it, or warns about --no-verify. *@keys is an
 * array of *@count keys in the order of the command line; caller frees it with
 * hostkey_free_all(). The first failure ends it.
 */
int hostkey_load_all(struct hostkey ***keys, size_t *count,
		     const struct hostkey_settings *settings,
		     const struct log *log, struct error *err);
void hostkey_free_all(struct hostkey **keys, size_t count);

/* What the settings say about trust; valid as long as they are. */
struct hostkey_trust hostkey_settings_trust(const struct hostkey_settings *settings);

#endif
