/* SPDX-License-Identifier: MIT */
#include "machine/run_secure_ipl.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "machine/qemu_option.h"

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

static int keep_all(struct string_list *list, int argc, char *const *argv,
		    struct error *err)
{
	for (int i = 0; i < argc; i++)
		string_list_add(list, argv[i]);
	return list->broken ? no_memory(err) : 0;
}

int secure_ipl_start_scan(struct secure_ipl_start *start, bool qemus_own, int argc,
			  char *const *argv, const struct log *log, struct error *err)
{
	*start = (struct secure_ipl_start){ .qemus_own = qemus_own };
	if (qemus_own)
		return keep_all(&start->boot.argv, argc, argv, err);
	return secure_boot_scan(&start->boot, argc, argv, time(NULL), log, err);
}

int secure_ipl_start_check_engine(const struct secure_ipl_start *start,
				  const struct engine *engine, struct error *err)
{
	if (!start->qemus_own || engine_has_secure_ipl(engine->version))
		return 0;
	error_set(err, ERR_UNSUPPORTED,
		  "QEMU %s has no Secure IPL of its own: %d.%d is the first that has",
		  engine->version, ENGINE_SECURE_IPL_MAJOR, ENGINE_SECURE_IPL_MINOR);
	return error_hint(err, ERR_UNSUPPORTED, "leave --secure-ipl=qemu out");
}

bool secure_ipl_start_is_ours(const struct secure_ipl_start *start)
{
	return start->boot.asked;
}

/* The value of the last -bios of @list, or NULL. */
static const char *own_firmware(const struct string_list *list)
{
	const char *found = NULL;

	for (size_t i = 0; i + 1 < list->count; i++) {
		if (strcmp(list->items[i], "-bios") == 0 ||
		    strcmp(list->items[i], "--bios") == 0)
			found = list->items[i + 1];
	}
	return found;
}

static int choose_firmware(struct secure_ipl_start *start, const struct log *log,
			   struct error *err)
{
	const char *given = own_firmware(&start->boot.argv);

	if (!given)
		return engine_find_firmware(&start->firmware, err);
	log_warn(log, "-bios %s: this boot loader is used, and what it starts is checked by nobody else",
		 given);
	return 0;
}

static int leave_certificates(struct secure_ipl_start *start,
			      const struct guest_entry *entry, struct error *err)
{
	if (start->boot.store.count == 0)
		return 0;
	start->certificates = guest_entry_path(entry, GUEST_CERTIFICATES_FILE);
	if (!start->certificates)
		return no_memory(err);
	return certstore_write(&start->boot.store, start->certificates, err);
}

int secure_ipl_start_prepare(struct secure_ipl_start *start,
			     const struct guest_entry *entry, const char *name,
			     const struct log *log, struct error *err)
{
	int rc;

	/* Also when there will be no report: one of this name is about another boot. */
	runtime_report_forget(name);
	if (start->boot.mode == IPL_NORMAL)
		return 0;
	rc = choose_firmware(start, log, err);
	if (!rc)
		rc = leave_certificates(start, entry, err);
	return rc ? rc : runtime_report_path(&start->report, name, err);
}

static void add_facilities(const struct secure_boot_cpu *cpu, struct text *out)
{
	const struct {
		const char *name;
		bool on;
	} facilities[] = {
		{ "cstore", cpu->cstore }, { "sipl", cpu->sipl }, { "sclaf", cpu->sclaf },
	};
	const char *before = ",facilities=";

	for (size_t i = 0; i < sizeof(facilities) / sizeof(facilities[0]); i++) {
		if (!facilities[i].on)
			continue;
		text_addf(out, "%s%s", before, facilities[i].name);
		before = "+";
	}
}

static void add_path(struct text *out, const char *name, const char *path)
{
	char *escaped = path ? qemu_option_escape(path) : NULL;

	if (escaped)
		text_addf(out, ",%s=%s", name, escaped);
	else if (path)
		out->broken = true;
	free(escaped);
}

void secure_ipl_start_add_arguments(const struct secure_ipl_start *start,
				    struct text *out)
{
	if (!secure_ipl_start_is_ours(start))
		return;
	text_addf(out, ",secure-ipl=%s", ipl_mode_name(start->boot.mode));
	add_facilities(&start->boot.cpu, out);
	add_path(out, "certificates", start->certificates);
	add_path(out, "report", start->report);
}

void secure_ipl_start_add_options(const struct secure_ipl_start *start,
				  struct string_list *argv)
{
	if (!start->firmware)
		return;
	string_list_add(argv, "-bios");
	string_list_add(argv, start->firmware);
}

void secure_ipl_start_clear(struct secure_ipl_start *start)
{
	secure_boot_clear(&start->boot);
	free(start->firmware);
	free(start->certificates);
	free(start->report);
	*start = (struct secure_ipl_start){ 0 };
}
