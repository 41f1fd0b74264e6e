/* SPDX-License-Identifier: MIT */
/* The properties of -cpu that are about Secure IPL. */
#include <stdlib.h>
#include <string.h>

#include "machine/secure_boot_scan.h"

/* The first generation of CPU models with the features: z16. */
#define FIRST_GENERATION 16
#define FIRST_MODEL "gen16a"

static const char *const property_names[CPU_PROPERTIES] = {
	[CPU_ELS] = "els",
	[CPU_CSTORE] = "cstore",
	[CPU_SIPL] = "sipl",
	[CPU_SCLAF] = "sclaf",
};

static int take_string(struct boot_scan *scan, char **to, const char *value)
{
	free(*to);
	*to = NULL;
	if (!value)
		return 0;
	*to = strdup(value);
	return *to ? 0 : boot_scan_no_memory(scan);
}

static int take_property(struct boot_scan *scan, struct qemu_option *option,
			 enum cpu_property property)
{
	const char *name = property_names[property];
	const char *value = qemu_option_get(option, name);
	bool on;
	int rc;

	if (value && !boot_scan_switch(&on, value))
		return error_set(scan->err, ERR_INVALID, "-cpu %s=%s: it can be on or off",
				 name, value);
	if (value)
		scan->boot->asked = true;
	rc = take_string(scan, &scan->cpu_properties[property], value);
	qemu_option_remove(option, name);
	return rc;
}

/* Like QEMU, the last -cpu counts, and nothing of those before. */
int boot_scan_cpu(struct boot_scan *scan, const char *name, const char *value)
{
	struct qemu_option option;
	int rc = qemu_option_parse(&option, value, scan->err);

	if (rc)
		return rc;
	rc = take_string(scan, &scan->cpu_model, qemu_option_get(&option, ""));
	for (unsigned i = 0; i < CPU_PROPERTIES && !rc; i++)
		rc = take_property(scan, &option, i);
	if (!rc)
		rc = boot_scan_keep(scan, name, &option);
	qemu_option_clear(&option);
	return rc;
}

enum support {
	SUPPORT_NONE,     /* the model is too old */
	SUPPORT_POSSIBLE, /* when switched on */
	SUPPORT_DEFAULT,  /* unless switched off */
};

static enum support model_support(const char *model)
{
	static const char *const all_features[] = { "max", "qemu", "host" };

	for (size_t i = 0; i < sizeof(all_features) / sizeof(all_features[0]); i++) {
		if (!model || strcmp(model, all_features[i]) == 0)
			return SUPPORT_DEFAULT;
	}
	/* "gen15a", "gen16a-base"; those before are "z14", "zEC12" and so on. */
	if (strncmp(model, "gen", 3) == 0 && strtoul(model + 3, NULL, 10) >= FIRST_GENERATION)
		return SUPPORT_POSSIBLE;
	return SUPPORT_NONE;
}

static bool is_on(const struct boot_scan *scan, enum cpu_property property,
		  enum support support)
{
	const char *word = scan->cpu_properties[property];
	bool on = support == SUPPORT_DEFAULT;

	if (word)
		boot_scan_switch(&on, word);
	return on;
}

static int refuse_property(const struct boot_scan *scan, enum cpu_property property)
{
	error_set(scan->err, ERR_INVALID, "-cpu %s does not have the feature %s",
		  scan->cpu_model, property_names[property]);
	return error_hint(scan->err, ERR_INVALID, "use max, qemu, or " FIRST_MODEL " and newer");
}

static void warn_dependencies(const struct boot_scan *scan, enum support support)
{
	bool els = is_on(scan, CPU_ELS, support);

	for (unsigned i = CPU_CSTORE; i < CPU_PROPERTIES; i++) {
		if (!els && is_on(scan, i, support))
			log_warn(scan->log, "-cpu: %s needs els, so the guest does not see it",
				 property_names[i]);
	}
	if (is_on(scan, CPU_SCLAF, support) && !is_on(scan, CPU_SIPL, support))
		log_warn(scan->log, "-cpu: sclaf makes no sense without sipl");
}

/* What the boot loader finds missing in @cpu; NULL when it finds all. */
static const char *missing(const struct secure_boot_cpu *cpu)
{
	if (!cpu->sipl)
		return property_names[CPU_SIPL];
	if (!cpu->cstore)
		return property_names[CPU_CSTORE];
	return cpu->sclaf ? NULL : property_names[CPU_SCLAF];
}

int boot_scan_judge_cpu(struct boot_scan *scan)
{
	enum support support = model_support(scan->cpu_model);
	struct secure_boot_cpu *cpu = &scan->boot->cpu;
	bool els = is_on(scan, CPU_ELS, support);

	for (unsigned i = 0; i < CPU_PROPERTIES; i++) {
		if (support == SUPPORT_NONE && is_on(scan, i, support))
			return refuse_property(scan, i);
	}
	warn_dependencies(scan, support);
	cpu->cstore = els && is_on(scan, CPU_CSTORE, support);
	cpu->sipl = els && is_on(scan, CPU_SIPL, support);
	cpu->sclaf = els && is_on(scan, CPU_SCLAF, support);
	if (scan->boot->mode != IPL_NORMAL && missing(cpu))
		log_warn(scan->log,
			 "The CPU does not have %s: the boot loader stops in %s mode",
			 missing(cpu), ipl_mode_name(scan->boot->mode));
	return 0;
}
