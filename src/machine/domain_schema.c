/* SPDX-License-Identifier: MIT */
#include "machine/domain_schema_parts.h"

#include <assert.h>
#include <string.h>

/* --- What several elements have ------------------------------------------------ */

static const struct domain_attribute unit_attribute[] = {
	{ .name = "unit" },
	END,
};

static const struct domain_attribute memory_attributes[] = {
	{ .name = "unit" },
	{ .name = "dumpCore", .choices = ON_OFF },
	END,
};

static const struct domain_attribute enabled_attribute[] = {
	{ .name = "enabled", .choices = YES_NO, .flags = DOMAIN_REQUIRED },
	END,
};

/* --- os --------------------------------------------------------------------------- */

static const struct domain_attribute os_attributes[] = {
	{ .name = "firmware", .choices = "s390-ccw-bios" },
	END,
};

static const struct domain_attribute os_type_attributes[] = {
	{ .name = "arch", .choices = "s390x" },
	{ .name = "machine" },
	END,
};

static const struct domain_attribute firmware_feature_attributes[] = {
	{ .name = "enabled", .choices = YES_NO, .flags = DOMAIN_REQUIRED },
	{ .name = "name", .choices = "secure-boot", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_element firmware_children[] = {
	{ .name = "feature", .flags = DOMAIN_MANY,
	  .attributes = firmware_feature_attributes },
	END,
};

static const struct domain_attribute boot_certs_attributes[] = {
	{ .name = "path" },
	END,
};

static const struct domain_element boot_certs_children[] = {
	{ .name = "path", .flags = DOMAIN_MANY | DOMAIN_TEXT },
	END,
};

static const struct domain_attribute loader_attributes[] = {
	{ .name = "readonly", .choices = "yes" },
	{ .name = "secure", .choices = "no" },
	{ .name = "type", .choices = "rom" },
	END,
};

static const struct domain_attribute boot_dev_attributes[] = {
	{ .name = "dev", .choices = "hd cdrom network", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_attribute boot_menu_attributes[] = {
	{ .name = "enable", .choices = YES_NO, .flags = DOMAIN_REQUIRED },
	{ .name = "timeout" },
	END,
};

static const struct domain_element os_children[] = {
	{ .name = "type", .flags = DOMAIN_TEXT | DOMAIN_REQUIRED, .choices = "hvm",
	  .attributes = os_type_attributes },
	{ .name = "firmware", .children = firmware_children },
	{ .name = "boot-certs", .flags = DOMAIN_MANY,
	  .attributes = boot_certs_attributes, .children = boot_certs_children },
	{ .name = "loader", .flags = DOMAIN_TEXT, .attributes = loader_attributes },
	{ .name = "kernel", .flags = DOMAIN_TEXT },
	{ .name = "initrd", .flags = DOMAIN_TEXT },
	{ .name = "cmdline", .flags = DOMAIN_TEXT },
	{ .name = "boot", .flags = DOMAIN_MANY, .attributes = boot_dev_attributes },
	{ .name = "bootmenu", .attributes = boot_menu_attributes },
	{ .name = "nvram", .refusal = "variables of UEFI, which s390x does not have" },
	{ .name = "bios", .refusal = "settings of a BIOS, which s390x does not have" },
	END,
};

/* --- CPUs and memory ----------------------------------------------------------------- */

static const struct domain_attribute vcpu_attributes[] = {
	{ .name = "current" },
	{ .name = "placement", .choices = "static auto" },
	{ .name = "cpuset", .flags = DOMAIN_UNUSED },
	END,
};

static const struct domain_attribute cpu_attributes[] = {
	{ .name = "mode", .choices = "custom host-passthrough host-model maximum" },
	{ .name = "match", .choices = "exact minimum strict", .flags = DOMAIN_UNUSED },
	{ .name = "check", .flags = DOMAIN_UNUSED },
	{ .name = "migratable", .flags = DOMAIN_UNUSED },
	END,
};

static const struct domain_attribute cpu_model_attributes[] = {
	{ .name = "fallback", .flags = DOMAIN_UNUSED },
	END,
};

static const struct domain_attribute cpu_feature_attributes[] = {
	{ .name = "policy", .choices = "force require disable forbid" },
	{ .name = "name", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_attribute topology_attributes[] = {
	{ .name = "drawers" },
	{ .name = "books" },
	{ .name = "sockets", .flags = DOMAIN_REQUIRED },
	{ .name = "dies", .choices = "1" },
	{ .name = "clusters", .choices = "1" },
	{ .name = "cores", .flags = DOMAIN_REQUIRED },
	{ .name = "threads", .choices = "1", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_element cpu_children[] = {
	{ .name = "model", .flags = DOMAIN_TEXT, .attributes = cpu_model_attributes },
	{ .name = "feature", .flags = DOMAIN_MANY, .attributes = cpu_feature_attributes },
	{ .name = "topology", .attributes = topology_attributes },
	END,
};

static const struct domain_attribute backing_source_attributes[] = {
	{ .name = "type", .choices = "anonymous memfd", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_attribute backing_access_attributes[] = {
	{ .name = "mode", .choices = "shared private", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_attribute backing_allocation_attributes[] = {
	{ .name = "mode", .choices = "immediate ondemand", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_element memory_backing_children[] = {
	{ .name = "hugepages" },
	{ .name = "nosharepages" },
	{ .name = "locked" },
	{ .name = "source", .attributes = backing_source_attributes },
	{ .name = "access", .attributes = backing_access_attributes },
	{ .name = "allocation", .attributes = backing_allocation_attributes },
	END,
};

static const struct domain_attribute iothread_attributes[] = {
	{ .name = "id", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_element iothreadids_children[] = {
	{ .name = "iothread", .flags = DOMAIN_MANY, .attributes = iothread_attributes },
	END,
};

/* --- The machine as a whole ---------------------------------------------------------- */

#define OF_X86 "a setting of x86, not of s390x"

static const struct domain_element features_children[] = {
	{ .name = "async-teardown", .attributes = enabled_attribute },
	{ .name = "acpi", .refusal = OF_X86 },
	{ .name = "apic", .refusal = OF_X86 },
	{ .name = "pae", .refusal = OF_X86 },
	{ .name = "smm", .refusal = OF_X86 },
	{ .name = "hyperv", .refusal = OF_X86 },
	END,
};

static const struct domain_attribute launch_security_attributes[] = {
	{ .name = "type", .choices = "s390-pv", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_attribute cipher_attributes[] = {
	{ .name = "name", .choices = "aes dea", .flags = DOMAIN_REQUIRED },
	{ .name = "state", .choices = ON_OFF, .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_element keywrap_children[] = {
	{ .name = "cipher", .flags = DOMAIN_MANY, .attributes = cipher_attributes },
	END,
};

static const struct domain_attribute clock_attributes[] = {
	/* The clock of s390x is always UTC: nothing is to be done for it. */
	{ .name = "offset", .choices = "utc", .flags = DOMAIN_REQUIRED },
	END,
};

/* --- The domain ---------------------------------------------------------------------------- */

static const struct domain_attribute domain_attributes[] = {
	{ .name = "type", .choices = "kvm qemu", .flags = DOMAIN_REQUIRED },
	{ .name = "id", .flags = DOMAIN_UNUSED },
	END,
};

static const struct domain_element domain_children[] = {
	{ .name = "name", .flags = DOMAIN_TEXT | DOMAIN_REQUIRED },
	{ .name = "uuid", .flags = DOMAIN_TEXT },
	{ .name = "title", .flags = DOMAIN_UNUSED },
	{ .name = "description", .flags = DOMAIN_UNUSED },
	{ .name = "metadata", .flags = DOMAIN_UNUSED },
	{ .name = "memory", .flags = DOMAIN_TEXT | DOMAIN_REQUIRED,
	  .attributes = memory_attributes },
	{ .name = "currentMemory", .flags = DOMAIN_TEXT, .attributes = unit_attribute },
	{ .name = "memoryBacking", .children = memory_backing_children },
	{ .name = "vcpu", .flags = DOMAIN_TEXT, .attributes = vcpu_attributes },
	{ .name = "cpu", .attributes = cpu_attributes, .children = cpu_children },
	{ .name = "iothreads", .flags = DOMAIN_TEXT },
	{ .name = "iothreadids", .children = iothreadids_children },
	{ .name = "cputune", .flags = DOMAIN_UNUSED },
	{ .name = "memtune", .flags = DOMAIN_UNUSED },
	{ .name = "blkiotune", .flags = DOMAIN_UNUSED },
	{ .name = "numatune", .flags = DOMAIN_UNUSED },
	{ .name = "resource", .flags = DOMAIN_UNUSED },
	{ .name = "os", .flags = DOMAIN_REQUIRED, .attributes = os_attributes,
	  .children = os_children },
	{ .name = "features", .children = features_children },
	{ .name = "clock", .attributes = clock_attributes },
	{ .name = "on_poweroff", .flags = DOMAIN_TEXT, .choices = "destroy preserve" },
	{ .name = "on_reboot", .flags = DOMAIN_TEXT, .choices = "restart destroy" },
	{ .name = "on_crash", .flags = DOMAIN_TEXT, .choices = "destroy preserve" },
	{ .name = "keywrap", .children = keywrap_children },
	{ .name = "launchSecurity", .attributes = launch_security_attributes },
	{ .name = "devices", .children = domain_schema_devices },
	{ .name = "seclabel", .flags = DOMAIN_MANY | DOMAIN_UNUSED },
	END,
};

const struct domain_element domain_schema = {
	.name = "domain",
	.attributes = domain_attributes,
	.children = domain_children,
};

/* --- Looking things up ---------------------------------------------------------------------- */

const struct domain_element *domain_schema_element(const struct domain_element *table,
						   const char *name)
{
	for (; table && table->name; table++) {
		if (strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

const struct domain_attribute *
domain_schema_attribute(const struct domain_attribute *table, const char *name)
{
	for (; table && table->name; table++) {
		if (strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

static const struct domain_element *find_step(const struct domain_element *table,
					      const char *name, size_t length)
{
	for (; table && table->name; table++) {
		if (strncmp(table->name, name, length) == 0 && !table->name[length])
			return table;
	}
	return NULL;
}

const struct domain_element *domain_schema_at(const char *path)
{
	const struct domain_element *element = &domain_schema;

	while (*path) {
		size_t length = strcspn(path, "/");

		element = find_step(element->children, path, length);
		assert(element);
		path += length + (path[length] == '/');
	}
	return element;
}

bool domain_schema_allows(const char *choices, const char *value)
{
	size_t length = strlen(value);

	while (*choices) {
		size_t size = strcspn(choices, " ");

		if (size == length && memcmp(choices, value, size) == 0)
			return true;
		choices += size + (choices[size] == ' ');
	}
	return false;
}
