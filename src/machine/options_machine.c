/* SPDX-License-Identifier: MIT */
/* Options about the machine as a whole: type, accelerator, CPUs, memory. */
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "machine/options_scan.h"

#define NO_KVM "KVM is not used: a simulated machine runs on TCG"

static void pass(struct scan *scan, const char *option, const char *value)
{
	string_list_addf(&scan->command->argv, "-%s", option);
	string_list_add(&scan->command->argv, value);
}

/* Passes on @option with what is left of the value. */
static enum scan_verdict pass_option(struct scan *scan, const char *name,
				     const struct qemu_option *option)
{
	char *value = qemu_option_format(option);

	if (!value)
		return scan_no_memory(scan);
	if (value[0])
		pass(scan, name, value);
	free(value);
	return SCAN_REPLACE;
}

enum scan_verdict scan_machine(struct scan *scan, const char *name,
			       const char *value)
{
	static const char cgs[] = "confidential-guest-support";
	enum scan_verdict verdict;
	struct qemu_option option;
	const char *accel, *guest;

	if (qemu_option_parse(&option, value, scan->err))
		return SCAN_FAILED;
	if (qemu_option_first(&option, "type") &&
	    strcmp(qemu_option_first(&option, "type"), "none") == 0)
		scan->command->asks_only = true;
	guest = qemu_option_get(&option, cgs);
	if (guest) {
		free(scan->cgs);
		scan->cgs = strdup(guest);
		qemu_option_remove(&option, cgs);
	}
	accel = qemu_option_get(&option, "accel");
	if (accel && strncmp(accel, "kvm", 3) == 0) {
		string_list_add(&scan->command->warnings, NO_KVM);
		qemu_option_remove(&option, "accel");
	}
	verdict = pass_option(scan, name, &option);
	qemu_option_clear(&option);
	return verdict;
}

static enum scan_verdict refuse_single_thread(struct scan *scan, const char *option)
{
	error_set(scan->err, ERR_INVALID,
		  "%s runs all virtual CPUs in one thread, where the ultravisor cannot notice resets",
		  option);
	error_hint(scan->err, ERR_INVALID, "leave it out: the default is a thread each");
	return SCAN_FAILED;
}

enum scan_verdict scan_accel(struct scan *scan, const char *name, const char *value)
{
	enum scan_verdict verdict = SCAN_KEEP;
	struct qemu_option option;
	const char *accel, *thread;

	(void)name;
	if (qemu_option_parse(&option, value, scan->err))
		return SCAN_FAILED;
	accel = qemu_option_first(&option, "accel");
	thread = qemu_option_get(&option, "thread");
	if (thread && strcmp(thread, "single") == 0) {
		verdict = refuse_single_thread(scan, "-accel thread=single");
	} else if (accel && strcmp(accel, "kvm") == 0) {
		string_list_add(&scan->command->warnings, NO_KVM);
		verdict = SCAN_REPLACE;
	}
	qemu_option_clear(&option);
	return verdict;
}

enum scan_verdict scan_icount(struct scan *scan, const char *option,
			      const char *value)
{
	(void)option;
	(void)value;
	return refuse_single_thread(scan, "-icount");
}

enum scan_verdict scan_enable_kvm(struct scan *scan, const char *option,
				  const char *value)
{
	(void)option;
	(void)value;
	string_list_add(&scan->command->warnings, NO_KVM);
	return SCAN_REPLACE;
}

enum scan_verdict scan_cpu(struct scan *scan, const char *option, const char *value)
{
	scan->has_cpu = true;
	if (strcmp(value, "host") != 0 && strncmp(value, "host,", 5) != 0)
		return SCAN_KEEP;
	string_list_add(&scan->command->warnings,
			"CPU model 'host' exists with KVM only: 'max' is used");
	string_list_addf(&scan->command->argv, "-%s", option);
	string_list_addf(&scan->command->argv, "max%s", value + strlen("host"));
	return SCAN_REPLACE;
}

static unsigned long number_of(const struct qemu_option *option, const char *name,
			       unsigned long absent)
{
	const char *value = qemu_option_get(option, name);

	return value ? strtoul(value, NULL, 10) : absent;
}

/* CPUs that -smp makes or leaves room for; the topology alone may say it. */
static unsigned long smp_cpus(const struct qemu_option *option)
{
	static const char *const levels[] = {
		"drawers", "books", "sockets", "dies", "clusters", "modules",
		"cores", "threads",
	};
	const char *first = qemu_option_first(option, "cpus");
	unsigned long cpus = first ? strtoul(first, NULL, 10) : 0;
	unsigned long max = number_of(option, "maxcpus", 0), product = 1;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		unsigned long count = number_of(option, levels[i], 1);

		if (count > 0 && product <= PROTECTED_CPUS_MAX)
			product *= count;
	}
	if (max > cpus)
		cpus = max;
	return product > cpus ? product : cpus;
}

enum scan_verdict scan_smp(struct scan *scan, const char *name, const char *value)
{
	struct qemu_option option;
	unsigned long cpus;

	(void)name;
	if (qemu_option_parse(&option, value, scan->err))
		return SCAN_FAILED;
	cpus = smp_cpus(&option);
	if (cpus > PROTECTED_CPUS_MAX)
		string_list_addf(&scan->command->refusals,
				 "-smp %s: a protected guest has at most %d CPUs",
				 value, PROTECTED_CPUS_MAX);
	qemu_option_clear(&option);
	return SCAN_KEEP;
}

static bool is_on_huge_pages(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == HUGETLBFS_MAGIC;
}

static void refuse_huge_pages(struct scan *scan, const char *option,
			      const char *value)
{
	string_list_addf(&scan->command->refusals,
			 "-%s %s: a protected guest cannot be backed by huge pages",
			 option, value);
}

enum scan_verdict scan_mem_path(struct scan *scan, const char *option,
				const char *value)
{
	if (is_on_huge_pages(value))
		refuse_huge_pages(scan, option, value);
	return SCAN_KEEP;
}

static enum scan_verdict take_pv_object(struct scan *scan,
					const struct qemu_option *option)
{
	const char *id = qemu_option_get(option, "id");

	if (!id) {
		error_set(scan->err, ERR_INVALID,
			  "-object s390-pv-guest: it has no id=");
		return SCAN_FAILED;
	}
	free(scan->pv_object);
	scan->pv_object = strdup(id);
	return scan->pv_object ? SCAN_REPLACE : scan_no_memory(scan);
}

static void check_backend(struct scan *scan, const struct qemu_option *option,
			  const char *value)
{
	const char *path = qemu_option_get(option, "mem-path");

	if (qemu_option_is_on(option, "hugetlb") || (path && is_on_huge_pages(path)))
		refuse_huge_pages(scan, "object", value);
}

enum scan_verdict scan_object(struct scan *scan, const char *name, const char *value)
{
	enum scan_verdict verdict = SCAN_KEEP;
	struct qemu_option option;
	const char *type;

	(void)name;
	if (qemu_option_parse(&option, value, scan->err))
		return SCAN_FAILED;
	type = qemu_option_first(&option, "qom-type");
	if (type && strcmp(type, "s390-pv-guest") == 0)
		verdict = take_pv_object(scan, &option);
	else if (type && strncmp(type, "memory-backend-", 15) == 0)
		check_backend(scan, &option, value);
	qemu_option_clear(&option);
	return verdict;
}

enum scan_verdict scan_name(struct scan *scan, const char *name, const char *value)
{
	enum scan_verdict verdict = SCAN_KEEP;
	struct qemu_option option;
	const char *guest;

	(void)name;
	if (qemu_option_parse(&option, value, scan->err))
		return SCAN_FAILED;
	guest = qemu_option_first(&option, "guest");
	if (guest) {
		free(scan->command->guest_name);
		scan->command->guest_name = strdup(guest);
		if (!scan->command->guest_name)
			verdict = scan_no_memory(scan);
	}
	qemu_option_clear(&option);
	return verdict;
}

enum scan_verdict scan_restore(struct scan *scan, const char *option,
			       const char *value)
{
	string_list_addf(&scan->command->refusals,
			 "-%s %s: a protected guest can be neither migrated nor restored",
			 option, value);
	return SCAN_KEEP;
}
