/* SPDX-License-Identifier: MIT */
/* Network interfaces, random numbers, the memory balloon. */
#include <ctype.h>
#include <string.h>

#include "machine/domain_internal.h"

/* --- <interface> --------------------------------------------------------------------- */

/* Six bytes in hexadecimal, colons between them. */
static bool is_mac(const char *text)
{
	for (unsigned i = 0; i < 17; i++) {
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return text[17] == '\0';
}

static void add_mac(struct domain *domain, const xmlNode *interface, struct text *option)
{
	const xmlNode *mac = domain_xml_child(interface, "mac");
	const char *address = domain_attribute(domain, mac, "address");

	if (address && is_mac(address))
		domain_key(option, "mac", address);
	else if (address)
		domain_fault(domain, mac, "'%.40s' is no MAC address", address);
}

static void emit_bridge(struct domain *domain, const xmlNode *interface, unsigned number)
{
	const xmlNode *source = domain_xml_child(interface, "source");
	const char *bridge = domain_attribute(domain, source, "bridge");
	struct text option = { 0 };

	domain_note_attributes(domain, source, "network");
	if (!bridge || !*bridge) {
		domain_fault(domain, interface, "<interface type='bridge'> has no <source bridge='...'>");
		return;
	}
	text_addf(&option, "bridge,id=hostnet%u", number);
	domain_key(&option, "br", bridge);
	domain_emit(domain, "-netdev", &option);
}

/* User networking; for a network of libvirt's it is only a stand-in. */
static void emit_user(struct domain *domain, const xmlNode *interface, unsigned number)
{
	const xmlNode *source = domain_xml_child(interface, "source");
	const char *network = domain_attribute(domain, source, "network");
	struct text option = { 0 };

	domain_note_attributes(domain, source, "bridge");
	if (domain_attribute_is(domain, interface, "type", "user"))
		domain_note_attributes(domain, source, "network");
	else
		domain_warn(domain, interface,
			    "libvirt's network '%.60s' is not here: user networking stands in for it, from which the guest reaches out and nothing reaches in",
			    network ? network : "default");
	text_addf(&option, "user,id=hostnet%u", number);
	domain_emit(domain, "-netdev", &option);
}

static void emit_interface(struct domain *domain, const xmlNode *interface, unsigned number)
{
	struct text option = { 0 };

	if (domain_attribute_is(domain, interface, "type", "bridge"))
		emit_bridge(domain, interface, number);
	else
		emit_user(domain, interface, number);
	text_addf(&option, "virtio-net-ccw,netdev=hostnet%u,id=net%u", number, number);
	add_mac(domain, interface, &option);
	domain_add_virtio(domain, interface, &option);
	domain_add_boot_order(domain, interface, "network", &option);
	domain_emit(domain, "-device", &option);
}

/* --- <rng> ----------------------------------------------------------------------------- */

static void emit_rng_backend(struct domain *domain, const xmlNode *rng, unsigned number)
{
	const xmlNode *backend = domain_xml_child(rng, "backend");
	const char *file = domain_text(domain, backend);
	struct text option = { 0 };

	if (domain_attribute_is(domain, backend, "model", "builtin")) {
		if (*file)
			domain_fault(domain, backend, "<backend model='builtin'> has no file");
		text_addf(&option, "rng-builtin,id=objrng%u", number);
	} else {
		text_addf(&option, "rng-random,id=objrng%u", number);
		domain_key(&option, "filename", *file ? file : "/dev/urandom");
		if (*file)
			domain_path(domain, backend, file);
	}
	domain_emit(domain, "-object", &option);
}

static void add_rate(struct domain *domain, const xmlNode *rng, struct text *option)
{
	const xmlNode *rate = domain_xml_child(rng, "rate");
	const char *bytes = domain_attribute(domain, rate, "bytes");
	const char *period = domain_attribute(domain, rate, "period");
	uint64_t value;

	if (bytes && domain_number(domain, rate, "bytes", bytes, 1, INT64_MAX, &value))
		text_addf(option, ",max-bytes=%llu", (unsigned long long)value);
	if (!rate)
		return;
	/* Milliseconds; libvirt's default, too. */
	value = 1000;
	if (!period || domain_number(domain, rate, "period", period, 1, UINT32_MAX, &value))
		text_addf(option, ",period=%llu", (unsigned long long)value);
}

static void emit_rng(struct domain *domain, const xmlNode *rng, unsigned number)
{
	struct text option = { 0 };

	emit_rng_backend(domain, rng, number);
	text_addf(&option, "virtio-rng-ccw,rng=objrng%u,id=rng%u", number, number);
	add_rate(domain, rng, &option);
	domain_add_virtio(domain, rng, &option);
	domain_emit(domain, "-device", &option);
}

/* --- <memballoon> ------------------------------------------------------------------------ */

static void emit_balloon(struct domain *domain, const xmlNode *balloon)
{
	struct text option = { 0 };

	if (domain_attribute_is(domain, balloon, "model", "none"))
		return;
	text_add(&option, "virtio-balloon-ccw,id=balloon0");
	domain_add_virtio(domain, balloon, &option);
	domain_emit(domain, "-device", &option);
}

void domain_other_devices(struct domain *domain)
{
	const xmlNode *device;
	size_t next = 0;
	unsigned number = 0;

	while ((device = domain_device(domain, "interface", &next)))
		emit_interface(domain, device, number++);
	for (next = 0, number = 0; (device = domain_device(domain, "rng", &next));)
		emit_rng(domain, device, number++);
	for (next = 0; (device = domain_device(domain, "memballoon", &next));)
		emit_balloon(domain, device);
}
