/* SPDX-License-Identifier: MIT */
/* sipl keygen: a key to sign with, and its certificate. */
#include <openssl/pem.h>
#include <string.h>

#include "base/file.h"
#include "base/secret.h"
#include "crypto/crypto.h"
#include "crypto/key_pem.h"
#include "ipl/sign.h"
#include "sipl/number.h"
#include "sipl/signer.h"
#include "sipl/verbs.h"

struct settings {
	const char *key, *certificate, *kind, *common_name, *days, *serial, *form;
	const char *ca_certificate, *ca_key;
	bool overwrite;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "key", .letter = 'k', .kind = CLI_TEXT, .offset = AT(key), .value = "FILE",
	  .help = "Write the private key to FILE (PEM), readable for its owner only.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "cert", .letter = 'c', .kind = CLI_TEXT, .offset = AT(certificate),
	  .value = "FILE", .help = "Write the certificate to FILE.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "cn", .letter = 'n', .kind = CLI_TEXT, .offset = AT(common_name),
	  .value = "NAME", .help = "Its common name, up to 64 characters.",
	  .flags = CLI_REQUIRED },
	{ .name = "days", .letter = 'd', .kind = CLI_TEXT, .offset = AT(days),
	  .value = "DAYS",
	  .help = "How long it is valid, from now on (default: 365). Guests no longer start "
		  "in secure mode when it has expired." },
	{ .name = "type", .letter = 't', .kind = CLI_TEXT, .offset = AT(kind),
	  .value = "TYPE", .help = "The kind of key (default: rsa2048).",
	  .choices = SIGN_KEY_KINDS },
	{ .name = "form", .kind = CLI_TEXT, .offset = AT(form), .value = "FORM",
	  .help = "The form of the certificate (default: pem).", .choices = "pem der" },
	{ .name = "serial", .kind = CLI_TEXT, .offset = AT(serial), .value = "NUMBER",
	  .help = "Its serial number (default: random)." },
	{ .name = "ca-cert", .kind = CLI_TEXT, .offset = AT(ca_certificate), .value = "FILE",
	  .help = "Have it signed by the CA with this certificate, not by its own key.",
	  .needs = "ca-key", .flags = CLI_FILE },
	{ .name = "ca-key", .kind = CLI_TEXT, .offset = AT(ca_key), .value = "KEY",
	  .help = "The CA's private key, a file or a PKCS#11 URI.", .needs = "ca-cert",
	  .flags = CLI_FILE },
	{ .name = "overwrite", .kind = CLI_FLAG, .offset = AT(overwrite),
	  .help = "Replace existing files." },
	{ .name = NULL },
};

/* Key and certificate, while they are made. */
struct pair {
	EVP_PKEY *key, *ca_key;
	X509 *certificate, *ca_certificate;
};

static void pair_free(struct pair *pair)
{
	EVP_PKEY_free(pair->key);
	EVP_PKEY_free(pair->ca_key);
	X509_free(pair->certificate);
	X509_free(pair->ca_certificate);
}

static int pair_make(struct pair *pair, const struct settings *settings,
		     uint64_t days, uint64_t serial, struct error *err)
{
	struct sign_certificate order = {
		.common_name = settings->common_name,
		.days = (unsigned)days,
		.serial = serial,
	};
	int rc = 0;

	if (settings->ca_certificate) {
		rc = sign_certificate_load(&pair->ca_certificate, settings->ca_certificate,
					   err);
		if (rc == 0)
			rc = signer_read_key(&pair->ca_key, settings->ca_key, err);
	}
	if (rc == 0)
		rc = sign_key_generate(&pair->key, settings->kind ? settings->kind : "rsa2048",
				       err);
	if (rc < 0)
		return rc;
	order.key = pair->key;
	order.issuer = pair->ca_certificate;
	order.issuer_key = pair->ca_key;
	return sign_certificate_make(&pair->certificate, &order, err);
}

static int write_key(struct outfile *file, EVP_PKEY *key, const char *path,
		     struct error *err)
{
	struct secret *pem;
	int rc = key_pem_format(&pem, key, err);

	if (rc == 0)
		rc = file_write_all(outfile_fd(file), secret_view(pem), secret_size(pem), path,
				    err);
	secret_free(pem);
	return rc;
}

static int write_certificate(struct outfile *file, X509 *certificate, bool der,
			     const char *path, struct error *err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long size;
	int rc;

	if (!bio || (der ? i2d_X509_bio(bio, certificate)
			 : PEM_write_bio_X509(bio, certificate)) != 1) {
		BIO_free(bio);
		return crypto_error(err, "Cannot encode the certificate");
	}
	size = BIO_get_mem_data(bio, &bytes);
	rc = file_write_all(outfile_fd(file), bytes, (size_t)size, path, err);
	BIO_free(bio);
	return rc;
}

/* Both are written before one of them appears. */
static int pair_write(const struct pair *pair, const struct settings *settings,
		      struct error *err)
{
	enum outfile_policy policy = settings->overwrite ? OUTFILE_REPLACE : OUTFILE_KEEP;
	bool der = settings->form && strcmp(settings->form, "der") == 0;
	struct outfile *key, *certificate = NULL;
	int rc = outfile_open(&key, settings->key, policy, 0600, err);

	if (rc == 0)
		rc = outfile_open(&certificate, settings->certificate, policy,
				  file_default_mode(), err);
	if (rc == 0)
		rc = write_key(key, pair->key, settings->key, err);
	if (rc == 0)
		rc = write_certificate(certificate, pair->certificate, der,
				       settings->certificate, err);
	if (rc == 0) {
		rc = outfile_commit(key, err);
		key = NULL;
	}
	if (rc == 0) {
		rc = outfile_commit(certificate, err);
		certificate = NULL;
	}
	outfile_abort(key);
	outfile_abort(certificate);
	return rc;
}

static int generate(const struct settings *settings, uint64_t days, uint64_t serial,
		    struct error *err)
{
	struct pair pair = { 0 };
	int rc = pair_make(&pair, settings, days, serial, err);

	if (rc == 0)
		rc = pair_write(&pair, settings, err);
	pair_free(&pair);
	return rc;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), count = strlen(end);

	return length > count && strcmp(text + length - count, end) == 0;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	uint64_t days = 365, serial = 0;
	struct error err = { 0 };
	int code = number_option(&days, settings->days, 1, 365000, "days", cli);

	if (code == CLI_OK)
		code = number_option(&serial, settings->serial, 1, INT64_MAX, "serial", cli);
	if (code == CLI_OK && strcmp(settings->key, settings->certificate) == 0)
		code = cli_usage(cli, "--key and --cert have to be two files");
	if (code != CLI_OK)
		return code;
	if (generate(settings, days, serial, &err) < 0)
		return cli_fail(cli, &err);
	cli_say(cli, "Wrote the private key to '%s'; keep it away from where guests run",
		settings->key);
	cli_say(cli, "Wrote the certificate to '%s', valid for %llu days",
		settings->certificate, (unsigned long long)days);
	if (!ends_with(settings->certificate, ".pem"))
		log_info(cli_log(cli), "QEMU itself takes PEM files named *.pem only");
	return CLI_OK;
}

const struct cli_verb sipl_keygen = {
	.name = "keygen",
	.summary = "Generate a signing key and its certificate",
	.options = options,
	.settings_size = sizeof(struct settings),
	.run = run,
};
