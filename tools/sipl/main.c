/* SPDX-License-Identifier: MIT */
/* sipl: what Secure IPL starts, and the keys that vouch for it. */
#include "base/secret.h"
#include "config.h"
#include "sipl/verbs.h"

int main(int argc, char **argv)
{
	/* In the order of their use. */
	const struct cli_verb verbs[] = {
		sipl_keygen,
		sipl_sign,
		sipl_mkdisk,
		sipl_inspect,
		sipl_verify,
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "sipl",
		.summary = "Sign, write and verify boot disks for Secure IPL of IBM Z",
		.version_text = "sipl version " UV_VERSION "\n",
		.verbs = verbs,
	};

	secret_hide_process();
	return cli_main(&program, argc, argv);
}
