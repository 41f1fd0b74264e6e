/* SPDX-License-Identifier: MIT */
#include "machine/domain.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "machine/domain_internal.h"

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

/* More than the guest's channel subsystem is ever filled with here. */
#define DEVICES_MAX 1024

static int add_device(struct domain *domain, const xmlNode *device, size_t *room)
{
	if (domain->device_count == DEVICES_MAX) {
		domain_fault(domain, device, "a guest has at most %d devices", DEVICES_MAX);
		return ERR_INVALID;
	}
	if (domain->device_count == *room) {
		size_t more = *room ? 2 * *room : 16;
		const xmlNode **devices = realloc(domain->devices, more * sizeof(*devices));

		if (!devices)
			return ERR_NOMEM;
		domain->devices = devices;
		*room = more;
	}
	domain->devices[domain->device_count++] = device;
	return 0;
}

/* The devices of the domain, in their order, and those attached behind them. */
static int collect_devices(struct domain *domain, xmlDoc *const *documents, size_t count)
{
	const xmlNode *devices = domain_xml_child(domain->root, "devices");
	const xmlNode *device = devices ? devices->children : NULL;
	size_t room = 0;
	int rc = 0;

	for (; device && !rc; device = device->next) {
		if (device->type == XML_ELEMENT_NODE)
			rc = add_device(domain, device, &room);
	}
	for (size_t i = 1; i < count && !rc; i++)
		rc = add_device(domain, xmlDocGetRootElement(documents[i]), &room);
	return rc == ERR_NOMEM ? rc : 0;
}

static void check_domain(struct domain *domain)
{
	const xmlNode *root = domain->root;

	if (root->ns || strcmp((const char *)root->name, "domain") != 0)
		domain_fault(domain, root, "<%.40s> is not the <domain> of a guest",
			     (const char *)root->name);
	else
		domain_check(domain, root, &domain_schema);
}

static void check_attached(struct domain *domain, const xmlNode *device)
{
	const struct domain_element *devices = domain_schema_at("devices");
	const struct domain_element *known =
		domain_schema_element(devices->children, (const char *)device->name);

	if (!known || device->ns || !(known->flags & DOMAIN_MANY))
		domain_fault(domain, device, "<%.40s> is no device to attach",
			     (const char *)device->name);
	else
		domain_check(domain, device, known);
}

static void translate(struct domain *domain)
{
	domain_machine(domain);
	domain_cpus(domain);
	domain_memory(domain);
	domain_iothreads(domain);
	domain_boot(domain);
	domain_controllers(domain);
	domain_disks(domain);
	domain_consoles(domain);
	domain_other_devices(domain);
}

static void say_unused(const struct domain *domain, const char *name)
{
	struct text text = { 0 };

	for (size_t i = 0; i < domain->unused.count; i++)
		text_addf(&text, "%s%s", i ? ", " : "", domain->unused.items[i]);
	if (text.length)
		log_warn(domain->log, "%s: of use to libvirt alone, and passed over: %s", name,
			 text_chars(&text));
	text_free(&text);
}

static int judge(const struct domain *domain, const char *name, struct error *err)
{
	if (domain->broken || domain->argv->broken || domain->unused.broken ||
	    domain->boot_kinds.broken)
		return no_memory(err);
	if (!domain->faults) {
		say_unused(domain, name);
		return 0;
	}
	error_set(err, ERR_INVALID, "'%s' describes no guest that can be had here: %u thing%s %s wrong",
		  name, domain->faults, domain->faults == 1 ? "" : "s",
		  domain->faults == 1 ? "is" : "are");
	return error_hint(err, ERR_INVALID,
			  "ultraviolet domcapabilities says what a domain can have");
}

/* All documents are there; the first is the domain. */
static int read_documents(struct string_list *argv, xmlDoc *const *documents, size_t count,
			  const char *name, const struct log *log, struct error *err)
{
	struct domain domain = { .log = log, .argv = argv };
	int rc;

	domain.root = xmlDocGetRootElement(documents[0]);
	check_domain(&domain);
	for (size_t i = 1; i < count; i++)
		check_attached(&domain, xmlDocGetRootElement(documents[i]));
	rc = collect_devices(&domain, documents, count);
	if (!rc && !domain.faults && !domain.broken)
		translate(&domain);
	rc = rc ? no_memory(err) : judge(&domain, name, err);
	free(domain.devices);
	string_list_free(&domain.unused);
	string_list_free(&domain.boot_kinds);
	return rc;
}

int domain_parse(struct string_list *argv, const struct domain_source *domain,
		 const struct domain_source *attached, size_t attached_count,
		 const struct log *log, struct error *err)
{
	size_t count = attached_count + 1, read = 0;
	xmlDoc **documents = calloc(count, sizeof(*documents));
	int rc = documents ? 0 : no_memory(err);

	for (; !rc && read < count; read++)
		rc = domain_xml_parse(&documents[read], read ? &attached[read - 1] : domain, err);
	if (!rc)
		rc = read_documents(argv, documents, count, domain->name, log, err);
	for (size_t i = 0; documents && i < count; i++)
		xmlFreeDoc(documents[i]);
	free(documents);
	return rc;
}

static int load(struct domain_source *source, const char *path, struct error *err)
{
	uint8_t *data = NULL;
	int rc = file_read(&data, &source->size, path, DOMAIN_FILE_MAX, err);

	source->data = data;
	source->name = path;
	return rc;
}

int domain_read(struct string_list *argv, const char *path,
		const char *const *attached, size_t attached_count,
		const struct log *log, struct error *err)
{
	size_t count = attached_count + 1;
	struct domain_source *sources = calloc(count, sizeof(*sources));
	int rc = sources ? 0 : no_memory(err);

	for (size_t i = 0; !rc && i < count; i++)
		rc = load(&sources[i], i ? attached[i - 1] : path, err);
	if (!rc)
		rc = domain_parse(argv, sources, sources + 1, attached_count, log, err);
	for (size_t i = 0; sources && i < count; i++)
		free((void *)sources[i].data);
	free(sources);
	return rc;
}
