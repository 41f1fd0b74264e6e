/* SPDX-License-Identifier: MIT */
#include "sipl/signer.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From the environment variable that sign-file reads, else from the terminal. */
static int get_passphrase(void *context, char *buffer, int room)
{
	const char *pin = getenv("KBUILD_SIGN_PIN");
	size_t length;
	int terminal;

	(void)context;
	if (pin) {
		length = strlen(pin);
		if (length > (size_t)room)
			return -1;
		memcpy(buffer, pin, length);
		return (int)length;
	}
	/* OpenSSL would read standard input where there is no terminal. */
	terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (terminal < 0)
		return -1;
	close(terminal);
	return PEM_def_callback(buffer, room, 0, NULL);
}

int signer_read_key(EVP_PKEY **key, const char *source, struct error *err)
{
	const struct sign_passphrase passphrase = { .get = get_passphrase };

	return sign_key_load(key, source, &passphrase, err);
}

static void warn_about_certificate(X509 *certificate, const char *file, struct cli *cli)
{
	struct error reason = { 0 };

	if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
		log_warn(cli_log(cli),
			 "the certificate in '%s' has expired: no machine will give it out", file);
	else if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
		log_warn(cli_log(cli), "the certificate in '%s' is not valid yet", file);
	if (sign_certificate_fits(certificate, &reason) < 0)
		log_warn(cli_log(cli), "%s", reason.message);
}

int signer_read(struct sign_signer *signer, const struct signer_settings *settings,
		struct cli *cli, struct error *err)
{
	int rc;

	*signer = (struct sign_signer){
		.digest = settings->digest ? settings->digest : "sha256",
		.by_key_id = settings->by_key_id,
	};
	if (!settings->key)
		return 0;
	rc = sign_certificate_load(&signer->certificate, settings->certificate, err);
	if (rc == 0)
		rc = signer_read_key(&signer->key, settings->key, err);
	if (rc == 0)
		rc = sign_signer_check(signer, err);
	if (rc == 0)
		warn_about_certificate(signer->certificate, settings->certificate, cli);
	return rc;
}

void signer_free(struct sign_signer *signer)
{
	EVP_PKEY_free(signer->key);
	X509_free(signer->certificate);
}
