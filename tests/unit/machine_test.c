/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "folder.h"
#include "machine/ca.h"
#include "machine/create.h"
#include "machine/folder.h"
#include "machine/machine.h"
#include "machine/report.h"

/* --- A folder for all tests, with a machine "m" whose CA is "shared" --------- */

static const struct machine_order order_m = {
	.generation = "z16", .serial = "AB123", .ca = "shared", .backup_key = true,
};

static int make_world(void **state)
{
	struct error err;

	return enter_folder(state) < 0 ? -1 : machine_create("m", &order_m, &err);
}

static void write_text(const char *path, const char *text)
{
	struct error err;

	assert_ok(file_write(path, text, strlen(text), OUTFILE_REPLACE, 0600, &err), &err);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

/* --- identity ------------------------------------------------------------------ */

#define GOOD_IDENTITY \
	"format: 1\nsimulated: true\ngeneration: z15\ntype: \"8562\"\n" \
	"serial: \"12345\"\ncreated: 2026-11-20T23:55:17Z\nca: ca\n"

static void identity_survives_its_record(void **state)
{
	struct machine_identity id, again;
	struct text out = { 0 };
	struct error err;

	(void)state;
	assert_ok(machine_identity_parse(&id, GOOD_IDENTITY, strlen(GOOD_IDENTITY), "f", &err),
		  &err);
	assert_int_equal(id.type, 0x8562);
	assert_string_equal(id.generation->name, "z15");
	machine_identity_format(&out, &id);
	assert_ok(machine_identity_parse(&again, text_chars(&out), out.length, "f", &err), &err);
	assert_int_equal(again.type, id.type);
	assert_string_equal(again.serial, "12345");
	assert_string_equal(again.created, id.created);
	assert_string_equal(again.ca, "ca");
	assert_null(again.unknown_key);
	machine_identity_clear(&id);
	machine_identity_clear(&again);
	text_free(&out);
}

/* Takes the line of @name out of a good record and puts @line in its place. */
static char *with_line(const char *name, const char *line)
{
	const char *start = strstr(GOOD_IDENTITY, name);
	const char *end = strchr(start, '\n') + 1;
	char *text;

	if (asprintf(&text, "%.*s%s%s", (int)(start - GOOD_IDENTITY), GOOD_IDENTITY, line,
		     end) < 0)
		return NULL;
	return text;
}

static void identity_breaks_no_rule(void **state)
{
	static const struct {
		const char *name, *line;
		int rc;
		const char *why;
	} cases[] = {
		{ "format", "", ERR_FORMAT, "'format'" },
		{ "format", "format: 2\n", ERR_UNSUPPORTED, "format 2" },
		{ "simulated", "", ERR_FORMAT, "'simulated'" },
		{ "simulated", "simulated: false\n", ERR_FORMAT, "simulated: true" },
		{ "generation", "", ERR_FORMAT, "'generation'" },
		{ "generation", "generation: z99\n", ERR_UNSUPPORTED, "z99" },
		{ "generation", "generation: z16\n", ERR_FORMAT, "8562" },
		{ "type", "", ERR_FORMAT, "'type'" },
		{ "type", "type: 3931\n", ERR_FORMAT, "3931" },
		{ "type", "type: 85620\n", ERR_FORMAT, "Cannot use" },
		{ "type", "type: 85ff\n", ERR_FORMAT, "Cannot use" },
		{ "serial", "", ERR_FORMAT, "'serial'" },
		{ "serial", "serial: 1234\n", ERR_FORMAT, "Cannot use" },
		{ "serial", "serial: 12345678901234567\n", ERR_FORMAT, "Cannot use" },
		{ "serial", "serial: ../../etc\n", ERR_FORMAT, "Cannot use" },
		{ "serial", "serial: abcde\n", ERR_FORMAT, "Cannot use" },
		{ "created", "", ERR_FORMAT, "'created'" },
		{ "created", "created: yesterday\n", ERR_FORMAT, "'created'" },
		{ "created", "created: 2026-11-20T23:55:17Zx\n", ERR_FORMAT, "'created'" },
		{ "ca: ", "", ERR_FORMAT, "'ca'" },
		{ "ca: ", "ca: ''\n", ERR_FORMAT, "empty" },
	};
	struct machine_identity id;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = with_line(cases[i].name, cases[i].line);
		int rc = machine_identity_parse(&id, text, strlen(text), "f", &err);

		if (rc != cases[i].rc || !strstr(err.message, cases[i].why))
			fail_msg("case %zu: rc %d, %s", i, rc, err.message);
		free(text);
	}
}

static void unknown_entries_are_noted(void **state)
{
	static const char text[] = GOOD_IDENTITY "colour: blue\n";
	struct machine_identity id;
	struct error err;

	(void)state;
	assert_ok(machine_identity_parse(&id, text, strlen(text), "f", &err), &err);
	assert_string_equal(id.unknown_key, "colour");
	machine_identity_clear(&id);
}

/* --- folders ------------------------------------------------------------------- */

static void drafts_appear_whole_or_not_at_all(void **state)
{
	struct folder_draft draft;
	struct error err;
	char file[512];

	(void)state;
	umask(0777);
	assert_ok(folder_begin(&draft, "new//", &err), &err);
	umask(022);
	assert_int_equal(access("new", F_OK), -1);
	assert_int_equal(mode_of(draft.work), 0700);
	snprintf(file, sizeof(file), "%s/f", draft.work);
	write_text(file, "x");
	assert_ok(folder_commit(&draft, &err), &err);
	assert_int_equal(mode_of("new"), 0700);
	assert_int_equal(access("new/f", F_OK), 0);

	assert_int_equal(folder_begin(&draft, "new", &err), ERR_EXISTS);
	assert_int_equal(folder_begin(&draft, "", &err), ERR_INVALID);
	assert_int_equal(folder_begin(&draft, "no/such/parent", &err), ERR_IO);

	assert_ok(folder_begin(&draft, "gone", &err), &err);
	snprintf(file, sizeof(file), "%s/sub", draft.work);
	assert_int_equal(mkdir(file, 0700), 0);
	folder_abandon(&draft);
	assert_int_equal(access("gone", F_OK), -1);
	assert_int_equal(system("test -z \"$(ls -d .gone* 2>/dev/null)\""), 0);
}

static void what_appears_meanwhile_is_kept(void **state)
{
	struct folder_draft draft;
	struct error err;

	(void)state;
	assert_ok(folder_begin(&draft, "race", &err), &err);
	write_text("race", "first");
	assert_int_equal(folder_commit(&draft, &err), ERR_EXISTS);
	assert_int_equal(system("grep -q first race && test -z \"$(ls -d .race* 2>/dev/null)\""),
			 0);
}

/* --- machines ------------------------------------------------------------------ */

static void machine_has_what_was_ordered(void **state)
{
	struct machine *m;
	struct error err;

	(void)state;
	assert_ok(machine_open(&m, "m", &err), &err);
	assert_string_equal(m->identity.generation->name, "z16");
	assert_int_equal(m->identity.type, 0x3931);
	assert_string_equal(m->identity.serial, "AB123");
	assert_non_null(m->host_key);
	assert_non_null(m->backup_host_key);
	assert_int_equal(EVP_PKEY_eq(m->host_key, m->backup_host_key), 0);
	assert_string_equal(m->document_path, "m/HKD-3931-AB123.crt");
	assert_string_equal(m->backup_document_path, "m/HKD-3931-AB123-backup.crt");
	assert_int_equal(m->ca_folder[0], '/');
	machine_free(m);
	assert_int_equal(mode_of("m"), 0700);
	assert_int_equal(mode_of("m/host-key.pem"), 0600);
	assert_int_equal(mode_of("m/backup-host-key.pem"), 0600);
	assert_int_equal(mode_of("shared"), 0700);
	for (int link = 0; link < CA_LINKS; link++) {
		char path[64];

		snprintf(path, sizeof(path), "shared/%s", ca_files[link].key);
		assert_int_equal(mode_of(path), 0600);
	}
}

static void orders_have_to_make_sense(void **state)
{
	static const struct {
		struct machine_order order;
		const char *why;
	} cases[] = {
		{ { .generation = "z14" }, "z14" },
		{ { .type = "9999" }, "9999" },
		{ { .type = "85" }, "four digits" },
		{ { .type = "3931", .generation = "z15" }, "z16" },
		{ { .serial = "12" }, "Serial" },
		{ { .serial = "A/../B" }, "Serial" },
		{ { .address.url = "https://x/" }, "address" },
		{ { .address.url = "http://" }, "address" },
		{ { .address.url = "http:///x" }, "address" },
		{ { .address.url = "http://a b" }, "address" },
		{ { .ca = "shared", .address.url = "http://127.0.0.1:1" }, "elsewhere" },
		{ { .ca = "shared", .address.port = 1 }, "elsewhere" },
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = machine_create("bad", &cases[i].order, &err);

		if (rc != ERR_INVALID || !strstr(err.message, cases[i].why))
			fail_msg("case %zu: rc %d, %s", i, rc, err.message);
	}
	assert_int_equal(system("test -z \"$(ls -d bad .bad* 2>/dev/null)\""), 0);
	assert_int_equal(machine_create("m", &order_m, &err), ERR_EXISTS);
}

static void defaults_are_chosen(void **state)
{
	const struct machine_order plain = { .ca = "shared" };
	const struct machine_order by_type = { .ca = "shared", .type = "8562" };
	const struct machine_order same_port = { .ca = "shared",
						 .address.port = CA_DEFAULT_PORT };
	struct machine *m;
	struct error err;

	(void)state;
	assert_ok(machine_create("plain", &plain, &err), &err);
	assert_ok(machine_open(&m, "plain", &err), &err);
	assert_string_equal(m->identity.generation->name, MACHINE_DEFAULT_GENERATION);
	assert_int_equal(m->identity.type, m->identity.generation->types[0]);
	assert_int_equal(strlen(m->identity.serial), 5);
	assert_null(m->backup_host_key);
	machine_free(m);
	assert_ok(machine_create("by-type", &by_type, &err), &err);
	assert_ok(machine_open(&m, "by-type", &err), &err);
	assert_string_equal(m->identity.generation->name, "z15");
	assert_int_equal(m->identity.type, 0x8562);
	machine_free(m);
	assert_ok(machine_create("same-port", &same_port, &err), &err);
}

static void machines_are_found(void **state)
{
	struct machine *m;
	struct error err;
	char *home;

	(void)state;
	assert_int_equal(mkdir("machines", 0700), 0);
	assert_int_equal(rename("plain", "machines/named"), 0);
	setenv("ULTRAVIOLET_MACHINES", "machines", 1);
	assert_ok(machine_open(&m, "named", &err), &err);
	machine_free(m);
	assert_ok(machine_open(&m, "machines/named", &err), &err);
	machine_free(m);
	assert_ok(machine_open(&m, "m", &err), &err);
	machine_free(m);
	assert_int_equal(machine_open(&m, "other", &err), ERR_NOT_FOUND);
	assert_null(m);
	assert_int_equal(machine_open(&m, "./named", &err), ERR_NOT_FOUND);
	assert_int_equal(machine_open(&m, "", &err), ERR_NOT_FOUND);

	unsetenv("ULTRAVIOLET_MACHINES");
	setenv("XDG_DATA_HOME", "/data", 1);
	assert_ok(machine_default_folder(&home, &err), &err);
	assert_string_equal(home, "/data/ultraviolet/machines");
	free(home);
	setenv("XDG_DATA_HOME", "relative", 1);
	setenv("HOME", "/me", 1);
	assert_ok(machine_default_folder(&home, &err), &err);
	assert_string_equal(home, "/me/.local/share/ultraviolet/machines");
	free(home);
	unsetenv("HOME");
	assert_int_equal(machine_default_folder(&home, &err), ERR_NOT_FOUND);
	assert_int_equal(machine_open(&m, "named", &err), ERR_NOT_FOUND);
}

static void keys_can_be_removed(void **state)
{
	struct machine *m;
	struct error err;

	(void)state;
	assert_int_equal(rename("m/host-key.pem", "kept"), 0);
	assert_ok(machine_open(&m, "m", &err), &err);
	assert_null(m->host_key);
	assert_non_null(m->backup_host_key);
	machine_free(m);
	write_text("m/host-key.pem", "no key");
	assert_int_equal(machine_open(&m, "m", &err), ERR_FORMAT);
	assert_int_equal(rename("kept", "m/host-key.pem"), 0);
}

static enum machine_key_state state_of_host_key(const char *name)
{
	struct machine_report report;
	enum machine_key_state state;
	struct machine *m;
	struct error err;

	assert_ok(machine_open(&m, name, &err), &err);
	assert_ok(machine_report(&report, m, &err), &err);
	state = report.host_key.state;
	machine_report_clear(&report);
	machine_free(m);
	return state;
}

static void report_tells_the_state_of_keys(void **state)
{
	(void)state;
	assert_int_equal(state_of_host_key("m"), MACHINE_KEY_INSTALLED);
	assert_int_equal(rename("m/host-key.pem", "kept"), 0);
	assert_int_equal(state_of_host_key("m"), MACHINE_KEY_REMOVED);
	assert_int_equal(system("cp m/backup-host-key.pem m/host-key.pem"), 0);
	assert_int_equal(state_of_host_key("m"), MACHINE_KEY_MISMATCH);
	assert_int_equal(rename("kept", "m/host-key.pem"), 0);
	assert_int_equal(rename("m/HKD-3931-AB123.crt", "kept"), 0);
	assert_int_equal(state_of_host_key("m"), MACHINE_KEY_BARE);
	assert_int_equal(rename("kept", "m/HKD-3931-AB123.crt"), 0);
}

/* --- the CA --------------------------------------------------------------------- */

struct remarks {
	int infos, warnings;
	char last[512];
};

static void count_remark(void *context, enum log_level level, const char *text)
{
	struct remarks *remarks = context;

	remarks->infos += level == LOG_INFO;
	remarks->warnings += level == LOG_WARN;
	snprintf(remarks->last, sizeof(remarks->last), "%s", text);
}

static void crls_are_renewed_when_needed(void **state)
{
	struct remarks remarks = { 0 };
	const struct log log = { count_remark, &remarks };
	struct error err;
	struct ca *ca;

	(void)state;
	assert_ok(ca_open(&ca, "shared", &err), &err);
	assert_ok(ca_renew_crls(ca, &log, &err), &err);
	assert_int_equal(remarks.infos + remarks.warnings, 0);
	/* A document put among the revoked ones gets onto the list, in the file, too. */
	assert_int_equal(system("cp m/HKD-3931-AB123.crt shared/revoked/"), 0);
	assert_ok(ca_renew_crls(ca, &log, &err), &err);
	assert_int_equal(remarks.infos, 1);
	assert_non_null(strstr(remarks.last, "incomplete"));
	ca_free(ca);
	assert_ok(ca_open(&ca, "shared", &err), &err);
	assert_ok(ca_renew_crls(ca, &log, &err), &err);
	assert_int_equal(remarks.infos, 1);
	assert_int_equal(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(ca->crls[CA_SIGNING_KEY])), 2);
	ca_free(ca);
}

static void a_ca_without_keys_only_warns(void **state)
{
	struct remarks remarks = { 0 };
	const struct log log = { count_remark, &remarks };
	struct error err;
	EVP_PKEY *key;
	X509 *document;
	struct ca *ca;

	(void)state;
	assert_int_equal(system("cp -a shared keyless && rm keyless/*.key && "
				"cp m/HKD-3931-AB123-backup.crt keyless/revoked/"), 0);
	assert_ok(ca_open(&ca, "keyless", &err), &err);
	assert_false(ca_can_sign(ca));
	assert_ok(ca_renew_crls(ca, &log, &err), &err);
	assert_int_equal(remarks.warnings, 1);
	assert_ok(ec_generate(&key, &err), &err);
	assert_int_equal(ca_issue_document(&document, ca, "x", key, &err), ERR_REFUSED);
	assert_null(document);
	EVP_PKEY_free(key);
	ca_free(ca);
}

static void damaged_cas_are_refused(void **state)
{
	static const struct {
		const char *damage;
		int rc;
		const char *why;
	} cases[] = {
		{ "rm bad/ca.yaml", ERR_NOT_FOUND, "ca.yaml" },
		{ "sed -i 's/format: 1/format: 2/' bad/ca.yaml", ERR_UNSUPPORTED, "format" },
		{ "sed -i '/^id/d' bad/ca.yaml", ERR_FORMAT, "'id'" },
		{ "sed -i 's/^id.*/id: ../' bad/ca.yaml", ERR_FORMAT, "'id'" },
		{ "sed -i 's/http/ftp/' bad/ca.yaml", ERR_FORMAT, "Cannot use" },
		{ "cp bad/rootCA.crt bad/rootCA.crl", ERR_FORMAT, "revocation list" },
		{ "cp bad/rootCA.crl bad/rootCA.crt", ERR_FORMAT, "no certificate" },
		{ "cp bad/rootCA.key bad/DigiCertCA.key", ERR_FORMAT, "not the key" },
		{ "rm bad/DigiCertCA.key", ERR_FORMAT, "some of its keys" },
		{ "rm bad/rootCA.key", ERR_FORMAT, "some of its keys" },
		{ "rm bad/rootCA.crt", 0, "rootCA.crt" },
		{ "rm bad/rootCA.crl", 0, "rootCA.crl" },
	};
	struct error err;
	struct ca *ca;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char command[256];
		int rc;

		snprintf(command, sizeof(command), "rm -rf bad; cp -a shared bad; %s",
			 cases[i].damage);
		assert_int_equal(system(command), 0);
		rc = ca_open(&ca, "bad", &err);
		assert_null(ca);
		if (rc == 0 || (cases[i].rc && rc != cases[i].rc) ||
		    !strstr(err.message, cases[i].why))
			fail_msg("case %zu: rc %d, %s", i, rc, err.message);
	}
}

static void local_ports(void **state)
{
	static const struct {
		const char *url;
		int rc;
		uint16_t port;
	} cases[] = {
		{ "http://127.0.0.1:8320/x", 0, 8320 },
		{ "http://localhost", 0, 80 },
		{ "http://localhost/a:7/b", 0, 80 },
		{ "http://127.0.0.1:65535", 0, 65535 },
		{ "http://127.0.0.1:65536", ERR_INVALID, 0 },
		{ "http://127.0.0.1:0", ERR_INVALID, 0 },
		{ "http://127.0.0.1:", ERR_INVALID, 0 },
		{ "http://127.0.0.1:80x/", ERR_INVALID, 0 },
		{ "http://127.0.0.1.example.org:80", ERR_INVALID, 0 },
		{ "http://example.org/crl", ERR_INVALID, 0 },
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ca ca = { .crl_url = (char *)cases[i].url };
		uint16_t port;

		assert_int_equal(ca_local_port(&port, &ca, &err), cases[i].rc);
		if (cases[i].rc == 0)
			assert_int_equal(port, cases[i].port);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity_survives_its_record),
		cmocka_unit_test(identity_breaks_no_rule),
		cmocka_unit_test(unknown_entries_are_noted),
		cmocka_unit_test(drafts_appear_whole_or_not_at_all),
		cmocka_unit_test(what_appears_meanwhile_is_kept),
		cmocka_unit_test(machine_has_what_was_ordered),
		cmocka_unit_test(orders_have_to_make_sense),
		cmocka_unit_test(defaults_are_chosen),
		cmocka_unit_test(machines_are_found),
		cmocka_unit_test(keys_can_be_removed),
		cmocka_unit_test(report_tells_the_state_of_keys),
		cmocka_unit_test(crls_are_renewed_when_needed),
		cmocka_unit_test(a_ca_without_keys_only_warns),
		cmocka_unit_test(damaged_cas_are_refused),
		cmocka_unit_test(local_ports),
	};

	return cmocka_run_group_tests(tests, make_world, leave_folder);
}
