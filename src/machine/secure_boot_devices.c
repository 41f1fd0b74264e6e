/* SPDX-License-Identifier: MIT */
/* What a guest in audit or secure mode may be booted from. */
#include <stdlib.h>
#include <string.h>

#include "machine/secure_boot_scan.h"

/* QEMU tells the boot loader of no more. */
#define BOOT_DEVICES_MAX 8

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool ends_with(const char *text, const char *suffix)
{
	size_t length = strlen(text), tail = strlen(suffix);

	return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

static bool is_one_of(const char *text, const char *const *words)
{
	while (*words && strcmp(text, *words) != 0)
		words++;
	return *words != NULL;
}

/* --- Remembering devices ----------------------------------------------------- */

static char *copy_of(const char *text)
{
	return text ? strdup(text) : NULL;
}

static bool has_boot_index(const struct qemu_option *option)
{
	const char *index = qemu_option_get(option, "bootindex");

	return index && strtol(index, NULL, 10) >= 0;
}

static int remember(struct boot_scan *scan, const struct qemu_option *option,
		    const char *driver, const char *value)
{
	const char *id = qemu_option_get(option, "id"), *bus = qemu_option_get(option, "bus");
	struct boot_device *more, *device;

	more = reallocarray(scan->devices, scan->device_count + 1, sizeof(*more));
	if (!more)
		return boot_scan_no_memory(scan);
	scan->devices = more;
	device = &more[scan->device_count++];
	*device = (struct boot_device){
		.what = strdup(value),
		.driver = strdup(driver),
		.id = copy_of(id),
		.bus = copy_of(bus),
		.boots = has_boot_index(option),
	};
	if (!device->what || !device->driver || (id && !device->id) || (bus && !device->bus))
		return boot_scan_no_memory(scan);
	return 0;
}

int boot_scan_device(struct boot_scan *scan, const char *value)
{
	struct qemu_option option;
	const char *driver;
	int rc = qemu_option_parse(&option, value, scan->err);

	if (rc)
		return rc;
	driver = qemu_option_first(&option, "driver");
	if (driver)
		rc = remember(scan, &option, driver, value);
	qemu_option_clear(&option);
	return rc;
}

void boot_scan_free_devices(struct boot_scan *scan)
{
	for (size_t i = 0; i < scan->device_count; i++) {
		struct boot_device *device = &scan->devices[i];

		free(device->what);
		free(device->driver);
		free(device->id);
		free(device->bus);
	}
	free(scan->devices);
}

/* --- Judging them ------------------------------------------------------------ */

static bool is_ccw_scsi(const char *driver)
{
	static const char *const drivers[] = { "virtio-scsi-ccw", "virtio-scsi", NULL };

	return is_one_of(driver, drivers);
}

/* Devices with a SCSI bus of their own. */
static bool is_adapter(const char *driver)
{
	return strstr(driver, "scsi") && !starts_with(driver, "scsi-");
}

/*
 * The adapter that @disk is behind: by the name in front of its bus ("s0" of
 * "s0.0"), else the first one. NULL when it cannot be told.
 */
static const struct boot_device *adapter_of(const struct boot_scan *scan,
					    const struct boot_device *disk)
{
	size_t length = disk->bus ? strcspn(disk->bus, ".") : 0;

	for (size_t i = 0; i < scan->device_count; i++) {
		const struct boot_device *device = &scan->devices[i];

		if (!disk->bus && is_adapter(device->driver))
			return device;
		if (disk->bus && device->id && strlen(device->id) == length &&
		    strncmp(device->id, disk->bus, length) == 0)
			return device;
	}
	return NULL;
}

/* Why nothing can be booted from @device; NULL when it can. */
static const char *objection_to_disk(const struct boot_scan *scan,
				     const struct boot_device *disk)
{
	const struct boot_device *adapter = adapter_of(scan, disk);

	if (!adapter || is_ccw_scsi(adapter->driver))
		return NULL;
	if (ends_with(adapter->driver, "-pci"))
		return "it is behind a PCI adapter";
	return "it is not behind a virtio-scsi-ccw adapter";
}

static const char *objection_to(const struct boot_scan *scan,
				const struct boot_device *device)
{
	static const char *const disks[] = { "virtio-blk-ccw", "virtio-blk", NULL };
	const char *driver = device->driver;

	if (is_one_of(driver, disks))
		return NULL;
	if (strcmp(driver, "scsi-hd") == 0)
		return objection_to_disk(scan, device);
	if (starts_with(driver, "vfio-"))
		return "it is a device of the host, passed through";
	if (ends_with(driver, "-pci"))
		return "it is a PCI device";
	if (starts_with(driver, "virtio-net"))
		return "what comes from a network carries no signatures";
	if (strcmp(driver, "scsi-cd") == 0)
		return "what is on a CD carries no signatures";
	return "it is no disk of virtio-blk-ccw or virtio-scsi-ccw";
}

static int refuse_device(const struct boot_scan *scan, const struct boot_device *device,
			 const char *objection)
{
	error_set(scan->err, ERR_REFUSED, "-device %s cannot be booted from in %s mode: %s",
		  device->what, ipl_mode_name(scan->boot->mode), objection);
	return error_hint(scan->err, ERR_REFUSED,
			  "take its bootindex away, or leave out the options of Secure IPL");
}

static int refuse_no_device(const struct boot_scan *scan)
{
	error_set(scan->err, ERR_REFUSED, "No boot device is defined, as %s mode needs it",
		  ipl_mode_name(scan->boot->mode));
	return error_hint(scan->err, ERR_REFUSED,
			  "add bootindex=1 to the -device of the disk to boot from");
}

int boot_scan_judge_devices(struct boot_scan *scan)
{
	size_t count = 0;

	for (size_t i = 0; i < scan->device_count; i++) {
		const struct boot_device *device = &scan->devices[i];
		const char *objection = device->boots ? objection_to(scan, device) : NULL;

		if (objection)
			return refuse_device(scan, device, objection);
		count += device->boots;
	}
	if (count == 0)
		return refuse_no_device(scan);
	if (count > BOOT_DEVICES_MAX)
		log_warn(scan->log,
			 "%zu devices have a bootindex: only the first %d are tried", count,
			 BOOT_DEVICES_MAX);
	return 0;
}
