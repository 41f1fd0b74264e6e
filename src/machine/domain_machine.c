/* SPDX-License-Identifier: MIT */
/* What a domain XML says about the machine as a whole. */
#include <ctype.h>
#include <string.h>

#include "machine/domain_internal.h"

#define MACHINE_FAMILY "s390-ccw-virtio"
#define PV_OBJECT "lsec0"

static void emit_name(struct domain *domain)
{
	const xmlNode *node = domain_xml_child(domain->root, "name");
	const char *name = domain_text(domain, node);
	struct text option = { 0 };

	if (!*name || strpbrk(name, "/\n"))
		domain_fault(domain, node, "<name>%.60s</name> is no name of a guest", name);
	domain_key(&option, "guest", name);
	domain_emit(domain, "-name", &option);
}

/* 32 hexadecimal digits; dashes may stand anywhere between them. */
static void emit_uuid(struct domain *domain)
{
	const xmlNode *node = domain_xml_child(domain->root, "uuid");
	const char *text = node ? domain_text(domain, node) : "";
	char digits[33];
	size_t count = 0;

	if (!node)
		return;
	for (const char *c = text; *c && count < sizeof(digits); c++) {
		if (isxdigit((unsigned char)*c))
			digits[count++] = *c;
		else if (*c != '-')
			count = sizeof(digits);
	}
	if (count == 32) {
		struct text uuid = { 0 };

		text_addf(&uuid, "%.8s-%.4s-%.4s-%.4s-%.12s", digits, digits + 8, digits + 12,
			  digits + 16, digits + 20);
		domain_emit(domain, "-uuid", &uuid);
	} else {
		domain_fault(domain, node, "<uuid>%.60s</uuid> is no UUID", text);
	}
}

static bool is_s390_machine(const char *machine)
{
	size_t length = strlen(MACHINE_FAMILY);

	return strncmp(machine, MACHINE_FAMILY, length) == 0 &&
	       (machine[length] == '\0' || machine[length] == '-');
}

static void add_key_wrapping(struct domain *domain, struct text *machine)
{
	const xmlNode *cipher = domain_xml_child(domain_xml_child(domain->root, "keywrap"),
						 "cipher");

	for (; cipher; cipher = domain_xml_next(cipher)) {
		bool aes = domain_attribute_is(domain, cipher, "name", "aes");
		const char *state = domain_attribute(domain, cipher, "state");

		if (state)
			domain_key(machine, aes ? "aes-key-wrap" : "dea-key-wrap", state);
	}
}

static void emit_machine(struct domain *domain)
{
	const xmlNode *type = domain_xml_child(domain_xml_child(domain->root, "os"), "type");
	const char *name = domain_attribute(domain, type, "machine");
	struct text machine = { 0 };

	name = name ? name : MACHINE_FAMILY;
	if (!is_s390_machine(name))
		domain_fault(domain, type, "machine='%.60s': what can be had: " MACHINE_FAMILY,
			     name);
	domain_key(&machine, "type", name);
	add_key_wrapping(domain, &machine);
	domain_add_memory_keys(domain, &machine);
	domain_add_secure_boot(domain, &machine);
	if (domain_xml_child(domain->root, "launchSecurity"))
		domain_key(&machine, "confidential-guest-support", PV_OBJECT);
	domain_emit(domain, "-machine", &machine);
}

/* The options of QEMU that need no more than being there. */
static void emit_switches(struct domain *domain)
{
	const xmlNode *features = domain_xml_child(domain->root, "features");
	const xmlNode *teardown = domain_xml_child(features, "async-teardown");

	if (domain_attribute_is(domain, domain->root, "type", "kvm"))
		domain_emit_plain(domain, "-enable-kvm", NULL);
	if (domain_xml_child(domain->root, "launchSecurity"))
		domain_emit_plain(domain, "-object", "s390-pv-guest,id=" PV_OBJECT);
	if (teardown)
		domain_emit_plain(domain, "-run-with",
				  domain_attribute_is(domain, teardown, "enabled", "yes") ?
					  "async-teardown=on" : "async-teardown=off");
}

static bool event_is(struct domain *domain, const char *event, const char *action)
{
	const char *text = domain_child_text(domain, domain->root, event);

	return text && strcmp(text, action) == 0;
}

static void emit_events(struct domain *domain)
{
	bool keep_off = event_is(domain, "on_poweroff", "preserve");
	bool keep_crashed = event_is(domain, "on_crash", "preserve");
	bool end_at_reboot = event_is(domain, "on_reboot", "destroy");

	if (keep_off && end_at_reboot)
		domain_fault(domain, domain_xml_child(domain->root, "on_reboot"),
			     "<on_reboot>destroy</on_reboot> goes with no <on_poweroff>preserve</on_poweroff>: QEMU takes such a reboot for a power-off");
	if (end_at_reboot)
		domain_emit_plain(domain, "-action", "reboot=shutdown");
	if (keep_off)
		domain_emit_plain(domain, "-action", "shutdown=pause");
	if (keep_crashed)
		domain_emit_plain(domain, "-action", "panic=pause");
	else if (keep_off)
		/* The default, shutdown, would be kept too. */
		domain_emit_plain(domain, "-action", "panic=exit-failure");
}

/* libvirt's choice of a QEMU is not followed, but has to be one of that kind. */
static void check_emulator(struct domain *domain)
{
	static const char prefix[] = "qemu-system-";
	const xmlNode *devices = domain_xml_child(domain->root, "devices");
	const char *path = domain_child_text(domain, devices, "emulator");
	const char *program = path ? strrchr(path, '/') : NULL;

	program = program ? program + 1 : path;
	if (program && strncmp(program, prefix, strlen(prefix)) == 0 &&
	    strcmp(program + strlen(prefix), "s390x") != 0)
		domain_fault(domain, domain_xml_child(devices, "emulator"),
			     "<emulator>%.200s</emulator>: that QEMU runs no s390x guests", path);
}

void domain_machine(struct domain *domain)
{
	emit_name(domain);
	emit_uuid(domain);
	emit_machine(domain);
	emit_switches(domain);
	emit_events(domain);
	check_emulator(domain);
	domain_emit_plain(domain, "-display", "none");
	domain_emit_plain(domain, "-nodefaults", NULL);
}
