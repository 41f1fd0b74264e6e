/* SPDX-License-Identifier: MIT */
#include "machine/domain_capabilities.h"

#include <string.h>

#include "machine/domain_schema.h"

/* A document in the making. */
struct page {
	struct text *out;
	int depth; /* elements that are open */
};

static void indent(const struct page *page)
{
	text_addf(page->out, "%*s", 2 * page->depth, "");
}

static void add_escaped(struct text *out, const char *value, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		switch (value[i]) {
		case '&': text_add(out, "&amp;"); break;
		case '<': text_add(out, "&lt;"); break;
		case '>': text_add(out, "&gt;"); break;
		default: text_add_bytes(out, value + i, 1);
		}
	}
}

static void add_value(const struct page *page, const char *name, const char *value,
		      size_t length)
{
	indent(page);
	text_addf(page->out, "<%s>", name);
	add_escaped(page->out, value, length);
	text_addf(page->out, "</%s>\n", name);
}

static void open_element(struct page *page, const char *name, const char *attributes)
{
	indent(page);
	text_addf(page->out, "<%s%s>\n", name, attributes);
	page->depth++;
}

static void close_element(struct page *page, const char *name)
{
	page->depth--;
	indent(page);
	text_addf(page->out, "</%s>\n", name);
}

#define SUPPORTED " supported='yes'"

static void add_supported(const struct page *page, const char *name)
{
	indent(page);
	text_addf(page->out, "<%s" SUPPORTED "/>\n", name);
}

/* The values that the schema allows for @attribute of the element at @path. */
static void add_enum(struct page *page, const char *name, const char *path,
		     const char *attribute)
{
	const struct domain_element *element = domain_schema_at(path);
	const char *choice = domain_schema_attribute(element->attributes, attribute)->choices;

	indent(page);
	text_addf(page->out, "<enum name='%s'>\n", name);
	page->depth++;
	while (*choice) {
		size_t length = strcspn(choice, " ");

		add_value(page, "value", choice, length);
		choice += length + (choice[length] == ' ');
	}
	close_element(page, "enum");
}

static void add_os(struct page *page)
{
	open_element(page, "os", SUPPORTED);
	add_enum(page, "firmware", "os", "firmware");
	open_element(page, "firmwareFeatures", SUPPORTED);
	add_enum(page, "secureBoot", "os/firmware/feature", "enabled");
	close_element(page, "firmwareFeatures");
	open_element(page, "loader", SUPPORTED);
	add_enum(page, "type", "os/loader", "type");
	add_enum(page, "readonly", "os/loader", "readonly");
	add_enum(page, "secure", "os/loader", "secure");
	close_element(page, "loader");
	add_supported(page, "bootCerts");
	close_element(page, "os");
}

static void add_cpu(struct page *page)
{
	const char *mode =
		domain_schema_attribute(domain_schema_at("cpu")->attributes, "mode")->choices;

	open_element(page, "cpu", "");
	while (*mode) {
		size_t length = strcspn(mode, " ");

		indent(page);
		text_addf(page->out, "<mode name='%.*s'" SUPPORTED "/>\n", (int)length, mode);
		mode += length + (mode[length] == ' ');
	}
	close_element(page, "cpu");
}

static void add_devices(struct page *page)
{
	open_element(page, "devices", "");
	open_element(page, "disk", SUPPORTED);
	add_enum(page, "diskDevice", "devices/disk", "device");
	add_enum(page, "bus", "devices/disk/target", "bus");
	close_element(page, "disk");
	open_element(page, "rng", SUPPORTED);
	add_enum(page, "model", "devices/rng", "model");
	add_enum(page, "backendModel", "devices/rng/backend", "model");
	close_element(page, "rng");
	open_element(page, "panic", SUPPORTED);
	add_enum(page, "model", "devices/panic", "model");
	close_element(page, "panic");
	open_element(page, "console", SUPPORTED);
	add_enum(page, "type", "devices/console", "type");
	close_element(page, "console");
	close_element(page, "devices");
}

static void add_features(struct page *page)
{
	open_element(page, "features", "");
	add_supported(page, "async-teardown");
	add_supported(page, "s390-pv");
	open_element(page, "launchSecurity", SUPPORTED);
	add_enum(page, "sectype", "launchSecurity", "type");
	close_element(page, "launchSecurity");
	close_element(page, "features");
}

void domain_capabilities_format(struct text *out, const struct engine *engine)
{
	struct page page = { .out = out };
	const char *minor = strchr(engine->version, '.');
	size_t version = minor ? (size_t)(minor - engine->version) + 1 : 0;

	/* Machine types are called after QEMU's version without its last part. */
	version += strspn(engine->version + version, "0123456789");
	open_element(&page, "domainCapabilities", "");
	add_value(&page, "path", engine->program, strlen(engine->program));
	add_value(&page, "domain", "qemu", strlen("qemu"));
	indent(&page);
	text_addf(out, "<machine>s390-ccw-virtio-%.*s</machine>\n", (int)version,
		  engine->version);
	add_value(&page, "arch", "s390x", strlen("s390x"));
	indent(&page);
	text_addf(out, "<vcpu max='%d'/>\n", DOMAIN_CPUS_MAX);
	add_supported(&page, "iothreads");
	add_os(&page);
	add_cpu(&page);
	open_element(&page, "memoryBacking", SUPPORTED);
	add_enum(&page, "sourceType", "memoryBacking/source", "type");
	close_element(&page, "memoryBacking");
	add_devices(&page);
	add_features(&page);
	close_element(&page, "domainCapabilities");
}
