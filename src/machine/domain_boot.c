/* SPDX-License-Identifier: MIT */
/* <os>: what is started, and Secure IPL. */
#include <stdio.h>
#include <string.h>

#include "machine/domain_internal.h"

static const xmlNode *os_of(const struct domain *domain)
{
	return domain_xml_child(domain->root, "os");
}

/* What <firmware> says about secure-boot: "yes", "no" or NULL. */
static const char *secure_boot(struct domain *domain)
{
	const xmlNode *feature = domain_xml_child(domain_xml_child(os_of(domain), "firmware"),
						  "feature");
	const xmlNode *second = feature ? domain_xml_next(feature) : NULL;

	if (second)
		domain_fault(domain, second, "<feature name='secure-boot'> comes a second time");
	return domain_attribute(domain, feature, "enabled");
}

static void add_certificate(struct domain *domain, const xmlNode *node, const char *path,
			    unsigned *count, struct text *machine)
{
	char key[32];

	path = domain_path(domain, node, path);
	if (!path)
		return;
	snprintf(key, sizeof(key), "boot-certs.%u.path", (*count)++);
	domain_key(machine, key, path);
}

/* <boot-certs path=...> as first proposed, <boot-certs><path>...</path> as later. */
static unsigned add_certificates(struct domain *domain, struct text *machine)
{
	const xmlNode *certs = domain_xml_child(os_of(domain), "boot-certs");
	unsigned count = 0;

	for (; certs; certs = domain_xml_next(certs)) {
		const char *path = domain_attribute(domain, certs, "path");
		const xmlNode *child = domain_xml_child(certs, "path");

		if (!path && !child)
			domain_fault(domain, certs, "<boot-certs> names no path");
		if (path)
			add_certificate(domain, certs, path, &count, machine);
		for (; child; child = domain_xml_next(child))
			add_certificate(domain, child, domain_text(domain, child), &count,
					machine);
	}
	return count;
}

void domain_add_secure_boot(struct domain *domain, struct text *machine)
{
	const char *enabled = secure_boot(domain);
	bool secure = enabled && strcmp(enabled, "yes") == 0;
	const xmlNode *os = os_of(domain);

	if (enabled)
		domain_key(machine, "secure-boot", secure ? "on" : "off");
	if (!add_certificates(domain, machine) && secure && !domain_xml_child(os, "boot-certs"))
		domain_fault(domain, os,
			     "secure-boot is enabled, but <boot-certs> names no certificate to verify with");
	if (secure && domain_xml_child(os, "kernel"))
		domain_fault(domain, domain_xml_child(os, "kernel"),
			     "<kernel>: with secure-boot a guest starts from a disk, where the signatures are");
}

/* "-option PATH" for the file that the element @name says. */
static void emit_file(struct domain *domain, const char *name, const char *option)
{
	const xmlNode *node = domain_xml_child(os_of(domain), name);
	const char *path = node ? domain_path(domain, node, domain_text(domain, node)) : NULL;

	if (path)
		domain_emit_plain(domain, option, path);
}

static void check_kernel(struct domain *domain)
{
	static const char *const parts[] = { "initrd", "cmdline" };
	const xmlNode *os = os_of(domain);

	if (domain_xml_child(os, "kernel"))
		return;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const xmlNode *part = domain_xml_child(os, parts[i]);

		if (part)
			domain_fault(domain, part, "<%s> means nothing without <kernel>", parts[i]);
	}
}

static void emit_boot_menu(struct domain *domain)
{
	const xmlNode *menu = domain_xml_child(os_of(domain), "bootmenu");
	const char *timeout = domain_attribute(domain, menu, "timeout");
	struct text option = { 0 };
	uint64_t milliseconds;

	if (!menu)
		return;
	text_addf(&option, "menu=%s",
		  domain_attribute_is(domain, menu, "enable", "yes") ? "on" : "off");
	if (timeout && domain_number(domain, menu, "timeout", timeout, 0, 65535, &milliseconds))
		text_addf(&option, ",splash-time=%u", (unsigned)milliseconds);
	domain_emit(domain, "-boot", &option);
}

/* <boot dev> says each kind of device at most once; there are few kinds. */
static void check_boot_devices(struct domain *domain)
{
	const xmlNode *first = domain_xml_child(os_of(domain), "boot");

	for (const xmlNode *boot = first; boot; boot = domain_xml_next(boot)) {
		const char *kind = domain_attribute(domain, boot, "dev");

		for (const xmlNode *other = first; kind && other != boot;
		     other = domain_xml_next(other)) {
			if (!domain_attribute_is(domain, other, "dev", kind))
				continue;
			domain_fault(domain, boot, "<boot dev='%s'> comes a second time", kind);
			return;
		}
	}
}

void domain_boot(struct domain *domain)
{
	const char *cmdline = domain_child_text(domain, os_of(domain), "cmdline");

	check_kernel(domain);
	check_boot_devices(domain);
	emit_file(domain, "loader", "-bios");
	emit_file(domain, "kernel", "-kernel");
	emit_file(domain, "initrd", "-initrd");
	if (cmdline)
		domain_emit_plain(domain, "-append", cmdline);
	emit_boot_menu(domain);
}
