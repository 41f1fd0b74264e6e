/* SPDX-License-Identifier: MIT */
/* What several devices have in common. */
#include <string.h>

#include "machine/domain_internal.h"

#define CSSID_MAX 0xfe
#define SSID_MAX 3
#define DEVNO_MAX 0xffff
#define LOADPARM_MAX 8

/* A part of a channel subsystem address, which has to be there. */
static bool address_part(struct domain *domain, const xmlNode *address, const char *name,
			 uint64_t max, uint64_t *value)
{
	const char *text = domain_attribute(domain, address, name);

	if (!text) {
		domain_fault(domain, address, "<address type='ccw'> lacks its attribute %s", name);
		return false;
	}
	return domain_number(domain, address, name, text, 0, max, value);
}

static void add_ccw_address(struct domain *domain, const xmlNode *device, struct text *option)
{
	const xmlNode *address = domain_xml_child(device, "address");
	uint64_t cssid, ssid, devno;

	if (!address)
		return;
	domain_note_attributes(domain, address, "controller bus target unit");
	if (!domain_attribute_is(domain, address, "type", "ccw"))
		domain_fault(domain, address, "<address type='drive'>: this <%s> has one of type ccw",
			     (const char *)device->name);
	else if (address_part(domain, address, "cssid", CSSID_MAX, &cssid) &&
		 address_part(domain, address, "ssid", SSID_MAX, &ssid) &&
		 address_part(domain, address, "devno", DEVNO_MAX, &devno))
		text_addf(option, ",devno=%02x.%x.%04x", (unsigned)cssid, (unsigned)ssid,
			  (unsigned)devno);
}

void domain_add_virtio(struct domain *domain, const xmlNode *device, struct text *option)
{
	static const struct {
		const char *attribute, *property;
	} switches[] = {
		{ "iommu", "iommu_platform" },
		{ "packed", "packed" },
		{ "event_idx", "event_idx" },
		{ "ioeventfd", "ioeventfd" },
	};
	const xmlNode *driver = domain_xml_child(device, "driver");

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		const char *value = domain_attribute(domain, driver, switches[i].attribute);

		if (value)
			domain_key(option, switches[i].property, value);
	}
	add_ccw_address(domain, device, option);
}

void domain_add_iothread(struct domain *domain, const xmlNode *device, struct text *option)
{
	const xmlNode *driver = domain_xml_child(device, "driver");
	const char *text = domain_attribute(domain, driver, "iothread");
	uint64_t id;

	if (!text || !domain_number(domain, driver, "iothread", text, 1, 64, &id))
		return;
	if (domain->iothreads & (1ULL << (id - 1)))
		text_addf(option, ",iothread=iothread%u", (unsigned)id);
	else
		domain_fault(domain, driver, "iothread='%u': <iothreads> makes no such thread",
			     (unsigned)id);
}

void domain_add_queues(struct domain *domain, const xmlNode *device, struct text *option,
		       const char *key)
{
	const xmlNode *driver = domain_xml_child(device, "driver");
	const char *text = domain_attribute(domain, driver, "queues");
	uint64_t count;

	if (text && domain_number(domain, driver, "queues", text, 1, 1024, &count))
		text_addf(option, ",%s=%u", key, (unsigned)count);
}

/* --- Boot order ---------------------------------------------------------------------- */

static void add_loadparm(struct domain *domain, const xmlNode *boot, struct text *option)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789. ";
	const char *loadparm = domain_attribute(domain, boot, "loadparm");
	size_t length = loadparm ? strlen(loadparm) : 0;

	if (!loadparm)
		return;
	if (length == 0 || length > LOADPARM_MAX || loadparm[strspn(loadparm, letters)])
		domain_fault(domain, boot,
			     "loadparm='%.40s' is not 1 to %d letters, digits, dots and blanks",
			     loadparm, LOADPARM_MAX);
	else
		domain_key(option, "loadparm", loadparm);
}

/* <boot order> of the device itself. */
static void add_own_order(struct domain *domain, const xmlNode *boot, struct text *option)
{
	const char *text = domain_attribute(domain, boot, "order");
	uint64_t order, bit;

	if (!text || !domain_number(domain, boot, "order", text, 1, 64, &order))
		return;
	bit = 1ULL << (order - 1);
	if (domain->boot_orders & bit)
		domain_fault(domain, boot, "<boot order='%u'>: another device has that order",
			     (unsigned)order);
	domain->boot_orders |= bit;
	text_addf(option, ",bootindex=%u", (unsigned)order);
	add_loadparm(domain, boot, option);
}

/* <boot dev> in <os> is about the first device of each kind. */
static void add_order_of_kind(struct domain *domain, const xmlNode *boot, const char *kind,
			      struct text *option)
{
	unsigned index = 1;

	for (size_t i = 0; i < domain->boot_kinds.count; i++) {
		if (strcmp(domain->boot_kinds.items[i], kind) == 0)
			return;
	}
	string_list_add(&domain->boot_kinds, kind);
	for (; boot; boot = domain_xml_next(boot), index++) {
		if (domain_attribute_is(domain, boot, "dev", kind)) {
			text_addf(option, ",bootindex=%u", index);
			return;
		}
	}
}

void domain_add_boot_order(struct domain *domain, const xmlNode *device, const char *kind,
			   struct text *option)
{
	const xmlNode *own = domain_xml_child(device, "boot");
	const xmlNode *kinds = domain_xml_child(domain_xml_child(domain->root, "os"), "boot");

	if (own && kinds)
		domain_fault(domain, own,
			     "<boot order> goes with no <boot dev> in <os>: take one of them");
	else if (own)
		add_own_order(domain, own, option);
	else
		add_order_of_kind(domain, kinds, kind, option);
}
