/* SPDX-License-Identifier: MIT */
/* mint-pki FOLDER [CRL-BASE-URL [RSA-BITS]]: the certificates of the tests. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "pki.h"

int main(int argc, char **argv)
{
	struct pki_options options = { 0 };
	struct error err = { 0 };

	if (argc < 2 || argc > 4) {
		fprintf(stderr, "usage: mint-pki FOLDER [CRL-BASE-URL [RSA-BITS]]\n");
		return 2;
	}
	if (argc > 2 && argv[2][0])
		options.crl_base = argv[2];
	if (argc > 3)
		options.rsa_bits = (unsigned)strtoul(argv[3], NULL, 10);
	if (mkdir(argv[1], 0777) < 0 && errno != EEXIST) {
		perror(argv[1]);
		return 1;
	}
	if (pki_mint(argv[1], &options, &err) < 0) {
		fprintf(stderr, "error: %s: %s\n", err.message, err.cause);
		return 1;
	}
	return 0;
}
