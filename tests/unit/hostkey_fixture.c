/* SPDX-License-Identifier: MIT */
#include "hostkey_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#define MAX_FILES 8

static char scratch[] = "/tmp/uv-hostkey-XXXXXX";

static int mint(const char *folder, const struct pki_options *options)
{
	struct error err = { 0 };

	if (mkdir(folder, 0700) == 0 && pki_mint(folder, options, &err) == 0)
		return 0;
	print_error("%s: %s\n", err.message, err.cause);
	return -1;
}

int hostkey_enter(void **state)
{
	(void)state;
	if (!mkdtemp(scratch) || chdir(scratch) < 0)
		return -1;
	/* Neither cache nor trust anchors of whoever runs the tests. */
	setenv("XDG_CACHE_HOME", scratch, 1);
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
	return mint("pki", &(struct pki_options){ 0 });
}

int hostkey_leave(void **state)
{
	(void)state;
	pki_remove(scratch);
	return 0;
}

struct loopback *hostkey_server;

int hostkey_enter_online(void **state)
{
	struct pki_options options = { 0 };

	if (hostkey_enter(state) < 0)
		return -1;
	setenv("no_proxy", "*", 1);
	hostkey_server = loopback_start("web");
	options.crl_base = loopback_url(hostkey_server);
	return mint("web", &options);
}

int hostkey_leave_online(void **state)
{
	loopback_stop(hostkey_server);
	return hostkey_leave(state);
}

static void note_remark(void *context, enum log_level level, const char *text)
{
	struct remarks *remarks = context;

	text_addf(&remarks->text, "%d %s\n", level, text);
}

void remarks_start(struct remarks *remarks)
{
	*remarks = (struct remarks){ .log = { note_remark, remarks } };
}

void remarks_end(struct remarks *remarks)
{
	text_free(&remarks->text);
}

/* Splits blank-separated names into paths in @folder; returns how many. */
static size_t split(char *paths[MAX_FILES], const char *folder, const char *names)
{
	char *copy = strdup(names ? names : "");
	char *state, *name;
	size_t count = 0;

	for (name = strtok_r(copy, " ", &state); name;
	     name = strtok_r(NULL, " ", &state)) {
		assert_true(count < MAX_FILES);
		assert_true(asprintf(&paths[count++], "%s/%s", folder, name) > 0);
	}
	free(copy);
	return count;
}

static int verify_with(const char *document, const struct hostkey_trust *trust,
		       const struct log *log, struct error *err)
{
	struct hostkey_verifier *verifier;
	struct hostkey *key;
	int rc = hostkey_verifier_new(&verifier, trust, log, err);

	if (rc < 0)
		return rc;
	rc = hostkey_load(&key, document, log, err);
	if (rc == 0)
		rc = hostkey_verify(verifier, key, err);
	hostkey_free(key);
	hostkey_verifier_free(verifier);
	return rc;
}

int verify(const struct verification *v, const struct hostkey_trust *extra,
	   const struct log *log, struct error *err)
{
	struct hostkey_trust trust = extra ? *extra : (struct hostkey_trust){ .offline = true };
	char *certificates[MAX_FILES], *crls[MAX_FILES], *root[MAX_FILES];
	char *document[MAX_FILES];
	size_t roots = split(root, v->folder, v->root);
	size_t documents = split(document, v->folder, v->document);
	int rc;

	trust.certificates = (const char *const *)certificates;
	trust.certificate_count = split(certificates, v->folder, v->certificates);
	trust.crls = (const char *const *)crls;
	trust.crl_count = split(crls, v->folder, v->crls);
	trust.root_ca = roots ? root[0] : NULL;
	rc = verify_with(document[0], &trust, log, err);
	while (trust.certificate_count > 0)
		free(certificates[--trust.certificate_count]);
	while (trust.crl_count > 0)
		free(crls[--trust.crl_count]);
	while (roots > 0)
		free(root[--roots]);
	while (documents > 0)
		free(document[--documents]);
	return rc;
}

void assert_says(const struct error *err, const char *fragment)
{
	if (!strstr(err->message, fragment) && !strstr(err->cause, fragment) &&
	    !strstr(err->hint, fragment))
		fail_msg("\"%s\" is not in: %s | %s | %s", fragment, err->message,
			 err->cause, err->hint);
}
