/* SPDX-License-Identifier: MIT */
/* ultraviolet machine serve: offers the CRLs that certificates point to. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "machine/ca.h"
#include "machine/ca_publish.h"
#include "machine/crl_server.h"
#include "machine/machine.h"
#include "ultraviolet/port.h"
#include "ultraviolet/verbs.h"

#define MAX_CAS 100

struct settings {
	struct cli_list machines;
	const char *port;
};

static const struct cli_option options[] = {
	{ .name = "port", .letter = 'p', .kind = CLI_TEXT,
	  .offset = offsetof(struct settings, port), .value = "PORT",
	  .help = "Listen on this port of 127.0.0.1 instead of the one that the "
		  "certificates name; 0 = any that is free." },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "MACHINE", .kind = CLI_REPEAT,
	  .offset = offsetof(struct settings, machines),
	  .help = "The folder of a machine or its name, or the folder of a CA.",
	  .flags = CLI_REQUIRED | CLI_FOLDER },
	{ .name = NULL },
};

/* The CAs to serve, and what of them. */
struct offer {
	struct ca *cas[MAX_CAS];
	size_t count;
	struct crl_document documents[MAX_CAS * CA_DOCUMENTS];
};

/* A folder with a CA in it is taken as such, anything else as a machine. */
static int open_ca(struct ca **ca, const char *machine_or_ca, struct error *err)
{
	struct machine *machine;
	int rc = ca_open(ca, machine_or_ca, err);

	if (rc != ERR_NOT_FOUND)
		return rc;
	rc = machine_open(&machine, machine_or_ca, err);
	if (rc < 0)
		return rc;
	rc = ca_open(ca, machine->ca_folder, err);
	machine_free(machine);
	return rc;
}

/* Machines that share a CA bring it once. */
static bool is_offered(const struct offer *offer, const struct ca *ca)
{
	for (size_t i = 0; i < offer->count; i++)
		if (strcmp(offer->cas[i]->crl_url, ca->crl_url) == 0 &&
		    X509_cmp(offer->cas[i]->certificates[CA_ROOT],
			     ca->certificates[CA_ROOT]) == 0)
			return true;
	return false;
}

static int add(struct offer *offer, const char *machine_or_ca, const struct log *log,
	       struct error *err)
{
	struct ca *ca;
	int rc = open_ca(&ca, machine_or_ca, err);

	if (rc < 0)
		return rc;
	if (is_offered(offer, ca)) {
		ca_free(ca);
		return 0;
	}
	rc = offer->count < MAX_CAS ? ca_renew_crls(ca, log, err)
				    : error_set(err, ERR_INVALID, "More than %d CAs", MAX_CAS);
	if (rc == 0)
		rc = ca_documents(&offer->documents[offer->count * CA_DOCUMENTS], ca, err);
	if (rc < 0)
		ca_free(ca);
	else
		offer->cas[offer->count++] = ca;
	return rc;
}

static void offer_free(struct offer *offer)
{
	for (size_t i = 0; i < offer->count; i++) {
		ca_documents_clear(&offer->documents[i * CA_DOCUMENTS]);
		ca_free(offer->cas[i]);
	}
	free(offer);
}

/* The port that all their certificates name. */
static int common_port(uint16_t *port, const struct offer *offer, struct error *err)
{
	int rc = ca_local_port(port, offer->cas[0], err);

	for (size_t i = 1; rc == 0 && i < offer->count; i++) {
		uint16_t other;

		rc = ca_local_port(&other, offer->cas[i], err);
		if (rc == 0 && other != *port)
			rc = error_set(err, ERR_INVALID,
				       "The CRLs belong at different ports, %s and %s: serve them separately",
				       offer->cas[0]->crl_url, offer->cas[i]->crl_url);
	}
	return rc;
}

/* A descriptor that becomes readable when the user or the system says stop. */
static int stop_signals(int *fd, struct error *err)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	*fd = -1;
	if (sigprocmask(SIG_BLOCK, &signals, NULL) == 0)
		*fd = signalfd(-1, &signals, SFD_CLOEXEC);
	return *fd >= 0 ? 0 : error_set_errno(err, ERR_IO, errno,
					      "Cannot watch for signals");
}

/* Whoever started this in the background waits for these lines. */
static void announce(struct cli *cli, const struct offer *offer,
		     const struct crl_server *server)
{
	for (size_t i = 0; i < offer->count; i++) {
		const char *path = offer->documents[i * CA_DOCUMENTS].path;

		printf("http://127.0.0.1:%u%.*s\n", crl_server_port(server),
		       (int)(strrchr(path, '/') - path), path);
	}
	fflush(stdout);
	cli_say(cli, "Serving revocation lists. Stop with Ctrl-C.");
}

static int serve(struct cli *cli, const struct offer *offer, uint16_t port,
		 struct error *err)
{
	struct crl_server *server;
	int stop, rc = stop_signals(&stop, err);

	if (rc < 0)
		return rc;
	rc = crl_server_new(&server, port, offer->documents,
			    offer->count * CA_DOCUMENTS, err);
	if (rc == 0) {
		announce(cli, offer, server);
		rc = crl_server_run(server, stop, cli_log(cli), err);
		crl_server_free(server);
	}
	close(stop);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *s = given;
	struct offer *offer;
	struct error err = { 0 };
	uint16_t port = 0;
	int rc = 0;

	if (s->port && !port_parse(&port, s->port))
		return cli_usage(cli, "'%s' is no port number", s->port);
	offer = calloc(1, sizeof(*offer));
	if (!offer)
		rc = error_set(&err, ERR_NOMEM, "Out of memory");
	for (size_t i = 0; rc == 0 && i < s->machines.count; i++)
		rc = add(offer, s->machines.items[i], cli_log(cli), &err);
	if (rc == 0 && !s->port)
		rc = common_port(&port, offer, &err);
	if (rc == 0)
		rc = serve(cli, offer, port, &err);
	if (offer)
		offer_free(offer);
	return rc < 0 ? cli_fail(cli, &err) : CLI_OK;
}

const struct cli_verb machine_serve_verb = {
	.name = "machine serve",
	.summary = "Offer the revocation lists of machines over HTTP",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
