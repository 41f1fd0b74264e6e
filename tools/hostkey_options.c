/* SPDX-License-Identifier: MIT */
#include "hostkey_options.h"

#include <stdlib.h>

struct hostkey_trust hostkey_settings_trust(const struct hostkey_settings *settings)
{
	return (struct hostkey_trust){
		.certificates = settings->certificates.items,
		.certificate_count = settings->certificates.count,
		.crls = settings->crls.items,
		.crl_count = settings->crls.count,
		.root_ca = settings->root_ca,
		.offline = settings->offline,
	};
}

static void warn_unverified(const struct log *log)
{
	log_warn(log, "Host-key document verification is disabled. "
		      "What is made for these machines may not be protected.");
}

void hostkey_free_all(struct hostkey **keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hostkey_free(keys[i]);
	free(keys);
}

/* Loads and, where there is a verifier, verifies each; *@count as far as it got. */
static int load_each(struct hostkey **keys, size_t *count,
		     const struct cli_list *files,
		     struct hostkey_verifier *verifier, const struct log *log,
		     struct error *err)
{
	for (*count = 0; *count < files->count; (*count)++) {
		struct hostkey **key = &keys[*count];
		int rc = hostkey_load(key, files->items[*count], log, err);

		if (rc == 0 && verifier) {
			rc = hostkey_verify(verifier, *key, err);
			if (rc < 0)
				hostkey_free(*key);
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}

int hostkey_load_all(struct hostkey ***keys, size_t *count,
		     const struct hostkey_settings *settings,
		     const struct log *log, struct error *err)
{
	struct hostkey_trust trust = hostkey_settings_trust(settings);
	struct hostkey_verifier *verifier = NULL;
	int rc = 0;

	*count = 0;
	*keys = calloc(settings->keys.count + 1, sizeof(**keys));
	if (!*keys)
		return error_set(err, ERR_NOMEM, "Out of memory");
	if (settings->no_verify)
		warn_unverified(log);
	else
		rc = hostkey_verifier_new(&verifier, &trust, log, err);
	if (rc == 0)
		rc = load_each(*keys, count, &settings->keys, verifier, log, err);
	hostkey_verifier_free(verifier);
	if (rc == 0)
		return 0;
	hostkey_free_all(*keys, *count);
	*keys = NULL;
	*count = 0;
	return rc;
}
