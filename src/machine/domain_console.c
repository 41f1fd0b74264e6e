/* SPDX-License-Identifier: MIT */
/* <serial> and <console>: character devices of the host and the guest's ends. */
#include <stdio.h>
#include <string.h>

#include "machine/domain_internal.h"

/* The devices of one kind. */
struct consoles {
	const char *prefix; /* of their ids */
	unsigned count;
	bool *terminal_taken; /* by a device of either kind */
};

static const char *source_path(struct domain *domain, const xmlNode *device)
{
	const xmlNode *source = domain_xml_child(device, "source");
	const char *path = domain_attribute(domain, source, "path");

	if (path)
		return domain_path(domain, source, path);
	domain_fault(domain, device, "<%s> has no <source path='...'>",
		     (const char *)device->name);
	return NULL;
}

/*
 * A pty is where libvirt's own console command attaches: here the first one is the
 * terminal of `ultraviolet run`, with QEMU's monitor behind the same escape key as
 * with -nographic.
 */
static bool takes_terminal(struct domain *domain, struct consoles *consoles,
			   const xmlNode *device, const char *type)
{
	bool insists = strcmp(type, "stdio") == 0;

	if (!insists && (strcmp(type, "pty") != 0 || *consoles->terminal_taken))
		return false;
	if (*consoles->terminal_taken)
		domain_fault(domain, device,
			     "<%s type='stdio'>: a console before it has the terminal",
			     (const char *)device->name);
	*consoles->terminal_taken = true;
	return true;
}

static void add_unix(struct domain *domain, const xmlNode *device, const char *id,
		     struct text *option)
{
	const xmlNode *source = domain_xml_child(device, "source");
	const char *path = source_path(domain, device);

	text_addf(option, "socket,id=%s", id);
	if (path)
		domain_key(option, "path", path);
	if (!domain_attribute_is(domain, source, "mode", "connect"))
		text_add(option, ",server=on,wait=off");
}

static void add_file(struct domain *domain, const xmlNode *device, const char *id,
		     struct text *option)
{
	const xmlNode *source = domain_xml_child(device, "source");
	const char *path = source_path(domain, device);

	text_addf(option, "file,id=%s", id);
	if (path)
		domain_key(option, "path", path);
	if (domain_attribute_is(domain, source, "append", "on"))
		text_add(option, ",append=on");
}

static void add_log(struct domain *domain, const xmlNode *device, struct text *option)
{
	const xmlNode *log = domain_xml_child(device, "log");
	const char *file = domain_attribute(domain, log, "file");
	const char *append = domain_attribute(domain, log, "append");

	if (file && domain_path(domain, log, file))
		domain_key(option, "logfile", file);
	if (append)
		domain_key(option, "logappend", append);
}

/* What of <source> does not count for that type. */
static void note_source(struct domain *domain, const xmlNode *device, const char *type)
{
	const xmlNode *source = domain_xml_child(device, "source");

	if (strcmp(type, "file") == 0)
		domain_note_attributes(domain, source, "mode");
	else if (strcmp(type, "unix") == 0)
		domain_note_attributes(domain, source, "append");
	else
		domain_note_attributes(domain, source, "path mode append");
}

static void emit_chardev(struct domain *domain, struct consoles *consoles,
			 const xmlNode *device, const char *id)
{
	const char *type = domain_attribute(domain, device, "type");
	struct text option = { 0 };
	bool terminal;

	if (!type)
		return;
	terminal = takes_terminal(domain, consoles, device, type);
	if (terminal)
		text_addf(&option, "stdio,id=%s,mux=on,signal=off", id);
	else if (strcmp(type, "unix") == 0)
		add_unix(domain, device, id, &option);
	else if (strcmp(type, "file") == 0)
		add_file(domain, device, id, &option);
	else
		text_addf(&option, "%s,id=%s", type, id);
	note_source(domain, device, type);
	add_log(domain, device, &option);
	domain_emit(domain, "-chardev", &option);
	if (terminal) {
		text_addf(&option, "chardev=%s,mode=readline", id);
		domain_emit(domain, "-mon", &option);
	}
}

static void emit_console(struct domain *domain, struct consoles *consoles,
			 const xmlNode *device, const char *driver)
{
	struct text option = { 0 };
	char id[32], chardev[40];

	snprintf(id, sizeof(id), "%s%u", consoles->prefix, consoles->count++);
	snprintf(chardev, sizeof(chardev), "char%s", id);
	if (strcmp(driver, "virtconsole") == 0)
		domain_need_controller(domain, DOMAIN_VIRTIO_SERIAL, 0);
	emit_chardev(domain, consoles, device, chardev);
	text_addf(&option, "%s,chardev=%s,id=%s", driver, chardev, id);
	domain_emit(domain, "-device", &option);
}

static const char *console_driver(struct domain *domain, const xmlNode *target)
{
	if (domain_attribute_is(domain, target, "type", "virtio"))
		return "virtconsole";
	if (domain_attribute_is(domain, target, "type", "sclplm"))
		return "sclplmconsole";
	return "sclpconsole";
}

/* libvirt shows the first <serial> once more, as a <console> of type serial. */
static bool is_shadow(struct domain *domain, const xmlNode *console, bool first, bool has_serial)
{
	const xmlNode *target = domain_xml_child(console, "target");
	const char *type = domain_attribute(domain, target, "type");

	return first && has_serial && (!type || strcmp(type, "serial") == 0);
}

void domain_consoles(struct domain *domain)
{
	bool terminal_taken = false, first = true;
	struct consoles serials = { "serial", 0, &terminal_taken };
	struct consoles consoles = { "console", 0, &terminal_taken };
	const xmlNode *device;
	size_t index = 0;

	while ((device = domain_device(domain, "serial", &index))) {
		const xmlNode *target = domain_xml_child(device, "target");
		const char *model = domain_attribute(domain, domain_xml_child(target, "model"),
						     "name");

		emit_console(domain, &serials, device, model ? model : "sclpconsole");
	}
	for (index = 0; (device = domain_device(domain, "console", &index)); first = false) {
		if (!is_shadow(domain, device, first, serials.count > 0))
			emit_console(domain, &consoles, device,
				     console_driver(domain, domain_xml_child(device, "target")));
	}
}
