/* SPDX-License-Identifier: MIT */
/* <disk>: a -drive and the device that shows it to the guest. */
#include <string.h>

#include "machine/domain_internal.h"

/* What of a disk its options are made from. */
struct disk {
	const xmlNode *node;
	const char *name; /* <target dev>, which the ids are made from */
	bool scsi, cdrom;
};

/* Whether the names of disks say so: sda is one of SCSI. */
static bool is_scsi(struct domain *domain, const xmlNode *target, const char *name)
{
	const char *bus = domain_attribute(domain, target, "bus");

	return bus ? strcmp(bus, "scsi") == 0 : strncmp(name, "sd", 2) == 0;
}

static bool is_target_name(const char *name)
{
	return *name && strlen(name) < 16 &&
	       !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789")];
}

static bool is_taken(struct domain *domain, const struct disk *disk)
{
	const xmlNode *other;
	size_t index = 0;

	while ((other = domain_device(domain, "disk", &index)) && other != disk->node) {
		if (domain_attribute_is(domain, domain_xml_child(other, "target"), "dev",
					disk->name))
			return true;
	}
	return false;
}

static bool read_disk(struct domain *domain, struct disk *disk)
{
	const xmlNode *target = domain_xml_child(disk->node, "target");

	disk->name = domain_attribute(domain, target, "dev");
	if (!disk->name || !is_target_name(disk->name)) {
		domain_fault(domain, target, "<target dev='%.60s'> is no name of a disk",
			     disk->name ? disk->name : "");
		return false;
	}
	if (is_taken(domain, disk)) {
		domain_fault(domain, target, "<target dev='%s'>: another disk has that name",
			     disk->name);
		return false;
	}
	disk->scsi = is_scsi(domain, target, disk->name);
	disk->cdrom = domain_attribute_is(domain, disk->node, "device", "cdrom");
	if (disk->cdrom && !disk->scsi)
		domain_fault(domain, target, "a CD-ROM drive is on the bus 'scsi'");
	return true;
}

/* --- The file or device behind it ------------------------------------------------- */

/* The path that <source> says, or NULL; absence is a fault but for an empty drive. */
static const char *source_path(struct domain *domain, const struct disk *disk)
{
	const xmlNode *source = domain_xml_child(disk->node, "source");
	bool block = domain_attribute_is(domain, disk->node, "type", "block");
	const char *path = domain_attribute(domain, source, block ? "dev" : "file");

	domain_note_attributes(domain, source, block ? "file" : "dev");
	if (path)
		return domain_path(domain, source, path);
	if (!disk->cdrom || source)
		domain_fault(domain, disk->node, "<disk> '%s' has no <source %s='...'>",
			     disk->name, block ? "dev" : "file");
	return NULL;
}

static void check_cache(struct domain *domain, const struct disk *disk)
{
	const xmlNode *driver = domain_xml_child(disk->node, "driver");

	if (domain_attribute_is(domain, driver, "io", "native") &&
	    !domain_attribute_is(domain, driver, "cache", "none") &&
	    !domain_attribute_is(domain, driver, "cache", "directsync"))
		domain_fault(domain, driver, "io='native' goes with cache='none' or 'directsync' only");
}

static void add_drive_settings(struct domain *domain, const struct disk *disk,
			       struct text *option)
{
	static const struct {
		const char *attribute, *key;
	} settings[] = {
		{ "cache", "cache" },
		{ "io", "aio" },
		{ "discard", "discard" },
		{ "detect_zeroes", "detect-zeroes" },
	};
	const xmlNode *driver = domain_xml_child(disk->node, "driver");

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const char *value = domain_attribute(domain, driver, settings[i].attribute);

		if (value && strcmp(value, "default") != 0)
			domain_key(option, settings[i].key, value);
	}
	if (disk->cdrom || domain_xml_child(disk->node, "readonly"))
		domain_key(option, "readonly", "on");
	check_cache(domain, disk);
}

/* Is there something in the drive? */
static bool emit_drive(struct domain *domain, const struct disk *disk)
{
	const xmlNode *driver = domain_xml_child(disk->node, "driver");
	const char *format = domain_attribute(domain, driver, "type");
	const char *path = source_path(domain, disk);
	struct text option = { 0 };

	if (!path)
		return false;
	domain_key(&option, "file", path);
	domain_key(&option, "format", format ? format : "raw");
	text_addf(&option, ",if=none,id=drive-%s", disk->name);
	add_drive_settings(domain, disk, &option);
	domain_emit(domain, "-drive", &option);
	return true;
}

/* --- The device ------------------------------------------------------------------------ */

/* A number of an address of type "drive"; 0 when it is not said. */
static unsigned drive_number(struct domain *domain, const xmlNode *address, const char *name,
			     uint64_t max)
{
	const char *text = domain_attribute(domain, address, name);
	uint64_t value;

	return text && domain_number(domain, address, name, text, 0, max, &value) ?
		       (unsigned)value : 0;
}

static void add_scsi_address(struct domain *domain, const struct disk *disk,
			     struct text *option)
{
	const xmlNode *address = domain_xml_child(disk->node, "address");
	const xmlNode *driver = domain_xml_child(disk->node, "driver");
	unsigned controller = drive_number(domain, address, "controller", 63);

	domain_note_attributes(domain, address, "cssid ssid devno");
	domain_need_controller(domain, DOMAIN_SCSI, controller);
	text_addf(option, ",bus=scsi%u.0", controller);
	if (domain_attribute_is(domain, address, "type", "drive"))
		text_addf(option, ",channel=%u,scsi-id=%u,lun=%u",
			  drive_number(domain, address, "bus", 0),
			  drive_number(domain, address, "target", 255),
			  drive_number(domain, address, "unit", 16383));
	else if (address)
		domain_fault(domain, address, "<address type='ccw'>: a SCSI disk has one of type drive");
	if (domain_attribute(domain, driver, "iommu") || domain_attribute(domain, driver, "iothread"))
		domain_fault(domain, driver,
			     "iommu and iothread of a SCSI disk are settings of its <controller>");
}

static void add_serial(struct domain *domain, const struct disk *disk, struct text *option)
{
	const char *serial = domain_child_text(domain, disk->node, "serial");

	if (serial)
		domain_key(option, "serial", serial);
}

static void emit_device(struct domain *domain, const struct disk *disk, bool filled)
{
	const char *driver = !disk->scsi ? "virtio-blk-ccw" : disk->cdrom ? "scsi-cd" : "scsi-hd";
	struct text option = { 0 };

	text_addf(&option, "%s,id=%s", driver, disk->name);
	if (filled)
		text_addf(&option, ",drive=drive-%s", disk->name);
	if (disk->scsi) {
		add_scsi_address(domain, disk, &option);
	} else {
		domain_add_virtio(domain, disk->node, &option);
		domain_add_iothread(domain, disk->node, &option);
		domain_add_queues(domain, disk->node, &option, "num-queues");
	}
	add_serial(domain, disk, &option);
	if (domain_xml_child(disk->node, "shareable"))
		domain_key(&option, "share-rw", "on");
	domain_add_boot_order(domain, disk->node, disk->cdrom ? "cdrom" : "hd", &option);
	domain_emit(domain, "-device", &option);
}

void domain_disks(struct domain *domain)
{
	struct disk disk = { 0 };
	size_t index = 0;

	while ((disk.node = domain_device(domain, "disk", &index))) {
		if (read_disk(domain, &disk))
			emit_device(domain, &disk, emit_drive(domain, &disk));
	}
}
