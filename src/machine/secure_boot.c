/* SPDX-License-Identifier: MIT */
#include "machine/secure_boot.h"

#include <stdlib.h>
#include <string.h>

#include "machine/options_scan.h"
#include "machine/secure_boot_scan.h"

int boot_scan_no_memory(struct boot_scan *scan)
{
	return error_set(scan->err, ERR_NOMEM, "Out of memory");
}

bool boot_scan_switch(bool *on, const char *word)
{
	static const char *const words[][2] = {
		{ "off", "on" }, { "no", "yes" }, { "false", "true" }, { "n", "y" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (unsigned yes = 0; yes < 2; yes++) {
			if (strcmp(word, words[i][yes]) == 0) {
				*on = yes;
				return true;
			}
		}
	}
	return false;
}

int boot_scan_keep(struct boot_scan *scan, const char *name,
		   const struct qemu_option *option)
{
	char *value = qemu_option_format(option);

	if (!value)
		return boot_scan_no_memory(scan);
	if (value[0]) {
		string_list_addf(&scan->boot->argv, "-%s", name);
		string_list_add(&scan->boot->argv, value);
	}
	free(value);
	return 0;
}

/* --- The command line -------------------------------------------------------- */

static bool is_option(const struct option_words *words, const char *name)
{
	return words->name && strcmp(words->name, name) == 0;
}

/* Looks at one option; *@taken = what of it goes to QEMU was passed on already. */
static int scan_option(struct boot_scan *scan, const struct option_words *words, bool *taken)
{
	*taken = false;
	if (words->asks)
		scan->asks = true;
	if (words->asks || !words->name || !words->value)
		return 0;
	if (is_option(words, "device"))
		return boot_scan_device(scan, words->value);
	if (is_option(words, "kernel"))
		scan->kernel = true;
	*taken = true;
	if (is_option(words, "machine") || is_option(words, "M"))
		return boot_scan_machine(scan, words->name, words->value);
	if (is_option(words, "cpu"))
		return boot_scan_cpu(scan, words->name, words->value);
	*taken = false;
	return 0;
}

static int scan_all(struct boot_scan *scan, int argc, char *const *argv)
{
	for (int i = 0; i < argc;) {
		struct option_words words = option_at(argc, argv, i);
		bool taken;
		int rc = scan_option(scan, &words, &taken);

		if (rc)
			return rc;
		for (int end = i + words.count; i < end; i++) {
			if (!taken)
				string_list_add(&scan->boot->argv, argv[i]);
		}
	}
	return scan->boot->argv.broken ? boot_scan_no_memory(scan) : 0;
}

/* --- What it means ----------------------------------------------------------- */

static enum ipl_mode mode_of(const struct boot_scan *scan)
{
	if (scan->secure)
		return IPL_SECURE;
	return scan->boot->store.count > 0 ? IPL_AUDIT : IPL_NORMAL;
}

static int load_store(struct boot_scan *scan, int64_t now)
{
	struct string_list paths = { 0 };
	int rc = boot_scan_paths(scan, &paths);

	if (!rc)
		rc = certstore_load(&scan->boot->store, (const char *const *)paths.items,
				    paths.count, now, scan->log, scan->err);
	string_list_free(&paths);
	return rc;
}

static int refuse_kernel(struct boot_scan *scan)
{
	error_set(scan->err, ERR_REFUSED,
		  "-kernel starts a kernel that nobody has verified, which secure-boot=on excludes");
	return error_hint(scan->err, ERR_REFUSED,
			  "put the kernel on a disk with 'sipl mkdisk', or leave out secure-boot=on");
}

static int judge(struct boot_scan *scan)
{
	enum ipl_mode mode = scan->boot->mode;

	if (mode == IPL_NORMAL)
		return 0;
	if (mode == IPL_SECURE && scan->kernel)
		return refuse_kernel(scan);
	if (mode == IPL_SECURE && scan->boot->store.count == 0)
		log_warn(scan->log,
			 "There is no boot certificate: the boot loader stops in secure mode");
	if (!scan->kernel)
		return boot_scan_judge_devices(scan);
	log_warn(scan->log, "-kernel starts without the boot loader: nothing is audited");
	return 0;
}

static int understand(struct boot_scan *scan, int64_t now)
{
	int rc = load_store(scan, now);

	if (rc)
		return rc;
	scan->boot->mode = mode_of(scan);
	rc = boot_scan_judge_cpu(scan);
	return rc ? rc : judge(scan);
}

static void scan_free(struct boot_scan *scan)
{
	for (size_t i = 0; i < BOOT_CERTS_MAX; i++)
		free(scan->paths[i]);
	for (unsigned i = 0; i < CPU_PROPERTIES; i++)
		free(scan->cpu_properties[i]);
	free(scan->alias);
	free(scan->cpu_model);
	boot_scan_free_devices(scan);
}

int secure_boot_scan(struct secure_boot *boot, int argc, char *const *argv, int64_t now,
		     const struct log *log, struct error *err)
{
	struct boot_scan scan = { .boot = boot, .log = log, .err = err };
	int rc;

	*boot = (struct secure_boot){ .mode = IPL_NORMAL };
	rc = scan_all(&scan, argc, argv);
	if (!rc && !scan.asks)
		rc = understand(&scan, now);
	scan_free(&scan);
	return rc;
}

void secure_boot_clear(struct secure_boot *boot)
{
	string_list_free(&boot->argv);
	certstore_clear(&boot->store);
	*boot = (struct secure_boot){ .mode = IPL_NORMAL };
}
