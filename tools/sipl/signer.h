/* SPDX-License-Identifier: MIT */
/* Who signs: options that sign and mkdisk share. */
#ifndef UV_TOOLS_SIPL_SIGNER_H
#define UV_TOOLS_SIPL_SIGNER_H

#include "cli/cli.h"
#include "ipl/sign.h"

struct signer_settings {
	const char *key, *certificate, *digest;
	bool by_key_id;
};

/*
 * The options, for the table of a verb whose settings of type @type have a
 * struct signer_settings called @field.
 */
#define SIGNER_OPTIONS(type, field)                                                     \
	{ .name = "key", .letter = 'k', .kind = CLI_TEXT,                               \
	  .offset = offsetof(type, field.key), .value = "KEY",                          \
	  .help = "Sign with this private key: a PEM or DER file, or a PKCS#11 URI "    \
		  "(pkcs11:...). Its passphrase or PIN is taken from KBUILD_SIGN_PIN, " \
		  "or asked for on the terminal.",                                      \
	  .needs = "cert", .flags = CLI_FILE },                                         \
	{ .name = "cert", .letter = 'c', .kind = CLI_TEXT,                              \
	  .offset = offsetof(type, field.certificate), .value = "FILE",                 \
	  .help = "The certificate of the key, PEM or DER. The signature names it by "  \
		  "issuer and serial number.",                                          \
	  .needs = "key", .flags = CLI_FILE },                                          \
	{ .name = "hash", .kind = CLI_TEXT, .offset = offsetof(type, field.digest),     \
	  .value = "HASH", .help = "The digest to sign (default: sha256).",             \
	  .needs = "key", .choices = SIGN_DIGESTS },                                    \
	{ .name = "key-id", .kind = CLI_FLAG, .offset = offsetof(type, field.by_key_id), \
	  .help = "Name the certificate by its subject key identifier instead.",        \
	  .needs = "key" }

/*
 * Reads key and certificate and checks that they fit. Caller frees with
 * signer_free(), also after a failure. Without a key in @settings, ->key is NULL.
 */
int signer_read(struct sign_signer *signer, const struct signer_settings *settings,
		struct cli *cli, struct error *err);
void signer_free(struct sign_signer *signer);

/* Reads a key as signer_read() does. */
int signer_read_key(EVP_PKEY **key, const char *source, struct error *err);

#endif
