/* SPDX-License-Identifier: MIT */
/* Options that make devices. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/options_scan.h"

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Notes the virtio device that "-@option @value" makes. */
static enum scan_verdict add_virtio(struct scan *scan, const char *option,
				    const char *value, const char *driver,
				    enum iommu_choice iommu, bool legacy)
{
	struct virtio_device *more, *device;

	more = realloc(scan->devices, (scan->device_count + 1) * sizeof(*more));
	if (!more)
		return scan_no_memory(scan);
	scan->devices = more;
	device = &more[scan->device_count];
	device->driver = strdup(driver);
	device->iommu = iommu;
	device->legacy = legacy;
	if (asprintf(&device->what, "-%s %s", option, value) < 0)
		device->what = NULL;
	scan->device_count++;
	return device->what && device->driver ? SCAN_KEEP : scan_no_memory(scan);
}

/* A virtio device that an option of another kind implies. */
static enum scan_verdict add_implied(struct scan *scan, const char *option,
				     const char *value, const char *driver)
{
	return add_virtio(scan, option, value, driver, IOMMU_DEFAULT, false);
}

static bool is_passthrough(const char *driver)
{
	return starts_with(driver, "vfio-") || starts_with(driver, "vhost-vdpa") ||
	       starts_with(driver, "usb-host");
}

/* Devices on one of the two virtio transports, not those behind them. */
static bool is_virtio(const char *driver)
{
	return !is_passthrough(driver) &&
	       (starts_with(driver, "virtio-") || starts_with(driver, "vhost-"));
}

static enum iommu_choice iommu_choice(const struct qemu_option *option)
{
	if (!qemu_option_get(option, "iommu_platform"))
		return IOMMU_DEFAULT;
	return qemu_option_is_on(option, "iommu_platform") ? IOMMU_ON : IOMMU_OFF;
}

static enum scan_verdict judge_device(struct scan *scan,
				      const struct qemu_option *option,
				      const char *driver, const char *value)
{
	const char *revision = qemu_option_get(option, "max_revision");

	if (is_virtio(driver) && !starts_with(driver, "virtio-balloon"))
		return add_virtio(scan, "device", value, driver,
				  iommu_choice(option),
				  revision && strcmp(revision, "0") == 0);
	if (is_passthrough(driver))
		string_list_addf(&scan->command->refusals,
				 "-device %s: a protected guest cannot have devices of the host passed through",
				 value);
	else if (is_virtio(driver))
		string_list_addf(&scan->command->refusals,
				 "-device %s: a protected guest cannot have a memory balloon",
				 value);
	return SCAN_KEEP;
}

enum scan_verdict scan_device(struct scan *scan, const char *name, const char *value)
{
	enum scan_verdict verdict = SCAN_KEEP;
	struct qemu_option option;
	const char *driver;

	(void)name;
	if (qemu_option_parse(&option, value, scan->err))
		return SCAN_FAILED;
	driver = qemu_option_first(&option, "driver");
	if (driver)
		verdict = judge_device(scan, &option, driver, value);
	qemu_option_clear(&option);
	return verdict;
}

/* -drive: without if= it is a disk of the machine's default kind, virtio. */
enum scan_verdict scan_drive(struct scan *scan, const char *name, const char *value)
{
	enum scan_verdict verdict = SCAN_KEEP;
	struct qemu_option option;
	const char *interface;

	if (qemu_option_parse(&option, value, scan->err))
		return SCAN_FAILED;
	interface = qemu_option_get(&option, "if");
	if (!interface || strcmp(interface, "virtio") == 0)
		verdict = add_implied(scan, name, value, "virtio-blk-ccw");
	qemu_option_clear(&option);
	return verdict;
}

enum scan_verdict scan_disk(struct scan *scan, const char *name, const char *value)
{
	return add_implied(scan, name, value, "virtio-blk-ccw");
}

static enum scan_verdict add_nic(struct scan *scan, const char *name,
				 const char *value)
{
	enum scan_verdict verdict = SCAN_KEEP;
	struct qemu_option option;
	const char *model;

	if (qemu_option_parse(&option, value, scan->err))
		return SCAN_FAILED;
	model = qemu_option_get(&option, "model");
	if (!model || starts_with(model, "virtio"))
		verdict = add_implied(scan, name, value, "virtio-net-ccw");
	qemu_option_clear(&option);
	return verdict;
}

enum scan_verdict scan_nic(struct scan *scan, const char *name, const char *value)
{
	return strcmp(value, "none") == 0 ? SCAN_KEEP : add_nic(scan, name, value);
}

enum scan_verdict scan_net(struct scan *scan, const char *name, const char *value)
{
	if (strcmp(value, "nic") != 0 && !starts_with(value, "nic,"))
		return SCAN_KEEP;
	return add_nic(scan, name, value);
}

enum scan_verdict scan_virtfs(struct scan *scan, const char *name, const char *value)
{
	return add_implied(scan, name, value, "virtio-9p-ccw");
}

/* -global DRIVER.PROPERTY=VALUE, or driver=,property=,value=. */
enum scan_verdict scan_global(struct scan *scan, const char *name, const char *value)
{
	static const char suffix[] = ".iommu_platform=on";
	size_t length = strlen(value), tail = strlen(suffix);

	(void)name;
	if (length > tail && strcmp(value + length - tail, suffix) == 0)
		string_list_addf(&scan->iommu_globals, "%.*s",
				 (int)(length - tail), value);
	return SCAN_KEEP;
}

/* Is @driver, or a class that it belongs to, switched on by a -global? */
static bool is_global(const struct scan *scan, const char *driver)
{
	for (size_t i = 0; i < scan->iommu_globals.count; i++) {
		const char *global = scan->iommu_globals.items[i];

		if (strcmp(global, "virtio-device") == 0 ||
		    strcmp(global, driver) == 0)
			return true;
	}
	return false;
}

static bool is_usable(const struct scan *scan, const struct virtio_device *device)
{
	if (device->iommu != IOMMU_DEFAULT)
		return device->iommu == IOMMU_ON;
	return scan->command->confidential || is_global(scan, device->driver);
}

void scan_judge_devices(struct scan *scan)
{
	for (size_t i = 0; i < scan->device_count; i++) {
		const struct virtio_device *device = &scan->devices[i];

		if (device->legacy)
			string_list_addf(&scan->command->warnings,
					 "%s: max_revision=0 leaves it without virtio 1.0, so a protected guest cannot use it",
					 device->what);
		else if (!is_usable(scan, device))
			string_list_addf(&scan->command->warnings,
					 "%s: without iommu_platform=on a protected guest cannot use this %s",
					 device->what, device->driver);
	}
}

void scan_free_devices(struct scan *scan)
{
	for (size_t i = 0; i < scan->device_count; i++) {
		free(scan->devices[i].what);
		free(scan->devices[i].driver);
	}
	free(scan->devices);
}
