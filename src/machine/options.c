/* SPDX-License-Identifier: MIT */
#include "machine/options.h"

#include <stdlib.h>
#include <string.h>

#include "machine/options_scan.h"

enum arity { FLAG, VALUE };

static const struct known_option {
	const char *name;
	enum arity arity;
	scan_handler_t scan; /* NULL: only its arity matters here */
} known_options[] = {
	{ "machine", VALUE, scan_machine },
	{ "M", VALUE, scan_machine },
	{ "accel", VALUE, scan_accel },
	{ "enable-kvm", FLAG, scan_enable_kvm },
	{ "cpu", VALUE, scan_cpu },
	{ "smp", VALUE, scan_smp },
	{ "mem-path", VALUE, scan_mem_path },
	{ "object", VALUE, scan_object },
	{ "name", VALUE, scan_name },
	{ "icount", VALUE, scan_icount },
	{ "incoming", VALUE, scan_restore },
	{ "loadvm", VALUE, scan_restore },
	{ "device", VALUE, scan_device },
	{ "drive", VALUE, scan_drive },
	{ "hda", VALUE, scan_disk },
	{ "hdb", VALUE, scan_disk },
	{ "hdc", VALUE, scan_disk },
	{ "hdd", VALUE, scan_disk },
	{ "nic", VALUE, scan_nic },
	{ "net", VALUE, scan_net },
	{ "virtfs", VALUE, scan_virtfs },
	{ "global", VALUE, scan_global },
	/* Values that may well look like options. */
	{ "append", VALUE, NULL },
	{ "kernel", VALUE, NULL },
	{ "initrd", VALUE, NULL },
	{ "bios", VALUE, NULL },
	/* Options without a value, which a disk image may follow. */
	{ "nographic", FLAG, NULL },
	{ "nodefaults", FLAG, NULL },
	{ "no-reboot", FLAG, NULL },
	{ "no-shutdown", FLAG, NULL },
	{ "no-user-config", FLAG, NULL },
	{ "daemonize", FLAG, NULL },
	{ "snapshot", FLAG, NULL },
	{ "S", FLAG, NULL },
	{ "s", FLAG, NULL },
};

static const char *const asking_options[] = { "version", "help", "h" };

enum scan_verdict scan_no_memory(struct scan *scan)
{
	error_set(scan->err, ERR_NOMEM, "Out of memory");
	return SCAN_FAILED;
}

static const struct known_option *find_option(const char *name)
{
	for (size_t i = 0; i < sizeof(known_options) / sizeof(known_options[0]); i++) {
		if (strcmp(known_options[i].name, name) == 0)
			return &known_options[i];
	}
	return NULL;
}

static bool is_help(const char *value)
{
	size_t length = strlen(value);

	return strcmp(value, "help") == 0 || strcmp(value, "?") == 0 ||
	       (length > 5 && strcmp(value + length - 5, ",help") == 0);
}

static bool asks(const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof(asking_options) / sizeof(asking_options[0]); i++) {
		if (strcmp(name, asking_options[i]) == 0)
			return true;
	}
	return is_help(value);
}

/* The value behind option @name, or NULL when none follows. */
static const char *value_of(const struct known_option *known, const char *next)
{
	if (!next || (known && known->arity == FLAG))
		return NULL;
	/* QEMU's options not known here: no value of theirs starts with a dash. */
	if (!known && next[0] == '-' && next[1] != '\0')
		return NULL;
	return next;
}

struct option_words option_at(int argc, char *const *argv, int index)
{
	const char *argument = argv[index], *next = index + 1 < argc ? argv[index + 1] : NULL;
	struct option_words words = { .value = argument, .count = 1 };

	/* QEMU takes a lone word as the first disk. */
	if (argument[0] != '-' || argument[1] == '\0')
		return words;
	words.name = argument + (argument[1] == '-' ? 2 : 1);
	words.value = value_of(find_option(words.name), next);
	words.count = words.value ? 2 : 1;
	words.asks = asks(words.name, words.value ? words.value : "");
	return words;
}

/* Handles one option; returns how many arguments it took, or 0 on failure. */
static int scan_option(struct scan *scan, const char *argument,
		       const struct option_words *words)
{
	const struct known_option *known = find_option(words->name);
	enum scan_verdict verdict = SCAN_KEEP;

	if (words->asks)
		scan->command->asks_only = true;
	else if (known && known->scan && (words->value || known->arity == FLAG))
		verdict = known->scan(scan, words->name, words->value ? words->value : "");
	if (verdict == SCAN_FAILED)
		return 0;
	if (verdict == SCAN_KEEP) {
		string_list_add(&scan->command->argv, argument);
		if (words->value)
			string_list_add(&scan->command->argv, words->value);
	}
	return words->count;
}

static int scan_all(struct scan *scan, int argc, char *const *argv)
{
	for (int i = 0; i < argc;) {
		struct option_words words = option_at(argc, argv, i);
		int taken;

		if (words.name) {
			taken = scan_option(scan, argv[i], &words);
		} else {
			taken = scan_disk(scan, "hda", argv[i]) == SCAN_KEEP;
			string_list_add(&scan->command->argv, argv[i]);
		}
		if (!taken)
			return scan->err->code;
		i += taken;
	}
	return 0;
}

static int check_confidential(struct scan *scan)
{
	if (!scan->cgs)
		return 0;
	if (!scan->pv_object || strcmp(scan->cgs, scan->pv_object) != 0)
		return error_set(scan->err, ERR_INVALID,
				 "-machine confidential-guest-support=%s names no object: -object s390-pv-guest,id=%s is missing",
				 scan->cgs, scan->cgs);
	scan->command->confidential = true;
	return 0;
}

/*
 * What QEMU itself does on a real host when there is confidential guest
 * support. Before the user's options, so that those win.
 */
static void add_confidential_defaults(struct string_list *argv)
{
	string_list_add(argv, "-machine");
	string_list_add(argv, "mem-merge=off");
	string_list_add(argv, "-global");
	string_list_add(argv, "virtio-device.iommu_platform=on");
	string_list_add(argv, "-global");
	string_list_add(argv, "virtio-pci.disable-legacy=on");
}

/* Puts what is ours before the options that were passed through. */
static void finish(struct scan *scan)
{
	struct qemu_command *command = scan->command;
	struct string_list argv = { 0 };

	if (!scan->has_cpu) {
		string_list_add(&argv, "-cpu");
		string_list_add(&argv, "max");
	}
	if (command->confidential)
		add_confidential_defaults(&argv);
	for (size_t i = 0; i < command->argv.count; i++)
		string_list_add(&argv, command->argv.items[i]);
	argv.broken |= command->argv.broken;
	string_list_free(&command->argv);
	command->argv = argv;
	scan_judge_devices(scan);
}

static void scan_free(struct scan *scan)
{
	scan_free_devices(scan);
	string_list_free(&scan->iommu_globals);
	free(scan->pv_object);
	free(scan->cgs);
}

int qemu_command_scan(struct qemu_command *command, int argc,
		      char *const *argv, struct error *err)
{
	struct error local;
	struct scan scan = { .command = command, .err = err ? err : &local };
	int rc;

	*command = (struct qemu_command){ 0 };
	rc = scan_all(&scan, argc, argv);
	if (!rc && !command->asks_only)
		rc = check_confidential(&scan);
	if (!rc && !command->asks_only)
		finish(&scan);
	if (!rc && (command->argv.broken || command->warnings.broken ||
		    command->refusals.broken))
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	scan_free(&scan);
	if (rc)
		qemu_command_clear(command);
	return rc;
}

void qemu_command_clear(struct qemu_command *command)
{
	string_list_free(&command->argv);
	string_list_free(&command->warnings);
	string_list_free(&command->refusals);
	free(command->guest_name);
	*command = (struct qemu_command){ 0 };
}
