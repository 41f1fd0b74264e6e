/* SPDX-License-Identifier: MIT */
/* <devices> of a domain XML. */
#include "machine/domain_schema_parts.h"

/* --- What several devices have --------------------------------------------------- */

static const struct domain_attribute address_attributes[] = {
	{ .name = "type", .choices = "ccw drive", .flags = DOMAIN_REQUIRED },
	{ .name = "cssid" },
	{ .name = "ssid" },
	{ .name = "devno" },
	{ .name = "controller" },
	{ .name = "bus" },
	{ .name = "target" },
	{ .name = "unit" },
	END,
};

static const struct domain_attribute boot_order_attributes[] = {
	{ .name = "order", .flags = DOMAIN_REQUIRED },
	{ .name = "loadparm" },
	END,
};

/* The attributes of <driver> that every virtio device has. */
#define VIRTIO_DRIVER                                       \
	{ .name = "iommu", .choices = ON_OFF },             \
	{ .name = "packed", .choices = ON_OFF },            \
	{ .name = "event_idx", .choices = ON_OFF },         \
	{ .name = "ioeventfd", .choices = ON_OFF }

static const struct domain_attribute virtio_driver_attributes[] = {
	VIRTIO_DRIVER,
	END,
};

#define ALIAS { .name = "alias", .flags = DOMAIN_UNUSED }
#define ADDRESS { .name = "address", .attributes = address_attributes }
#define BOOT_ORDER { .name = "boot", .attributes = boot_order_attributes }
#define DRIVER(table) { .name = "driver", .attributes = table }

/* --- Devices ---------------------------------------------------------------------- */

static const struct domain_attribute disk_attributes[] = {
	{ .name = "type", .choices = "file block" },
	{ .name = "device", .choices = "disk cdrom" },
	{ .name = "snapshot", .flags = DOMAIN_UNUSED },
	END,
};

static const struct domain_attribute disk_driver_attributes[] = {
	{ .name = "name", .choices = "qemu" },
	{ .name = "type", .choices = "raw qcow2" },
	{ .name = "cache", .choices = "default none writethrough writeback directsync unsafe" },
	{ .name = "io", .choices = "threads native io_uring" },
	{ .name = "discard", .choices = "ignore unmap" },
	{ .name = "detect_zeroes", .choices = "off on unmap" },
	{ .name = "iothread" },
	{ .name = "queues" },
	VIRTIO_DRIVER,
	END,
};

static const struct domain_attribute disk_source_attributes[] = {
	{ .name = "file" },
	{ .name = "dev" },
	{ .name = "index", .flags = DOMAIN_UNUSED },
	END,
};

static const struct domain_attribute target_attributes[] = {
	{ .name = "dev", .flags = DOMAIN_REQUIRED },
	{ .name = "bus", .choices = "virtio scsi" },
	END,
};

static const struct domain_element disk_children[] = {
	DRIVER(disk_driver_attributes),
	{ .name = "source", .attributes = disk_source_attributes },
	{ .name = "target", .flags = DOMAIN_REQUIRED, .attributes = target_attributes },
	{ .name = "serial", .flags = DOMAIN_TEXT },
	{ .name = "readonly" },
	{ .name = "shareable" },
	{ .name = "backingStore", .flags = DOMAIN_UNUSED },
	BOOT_ORDER, ADDRESS, ALIAS,
	END,
};

static const struct domain_attribute controller_attributes[] = {
	{ .name = "type", .choices = "scsi virtio-serial pci usb", .flags = DOMAIN_REQUIRED },
	{ .name = "index" },
	{ .name = "model", .choices = "virtio-scsi pci-root none" },
	END,
};

static const struct domain_attribute controller_driver_attributes[] = {
	{ .name = "iothread" },
	{ .name = "queues" },
	VIRTIO_DRIVER,
	END,
};

static const struct domain_element controller_children[] = {
	DRIVER(controller_driver_attributes),
	ADDRESS, ALIAS,
	END,
};

static const struct domain_attribute interface_attributes[] = {
	{ .name = "type", .choices = "network user bridge", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_attribute interface_source_attributes[] = {
	{ .name = "network" },
	{ .name = "bridge" },
	{ .name = "portid", .flags = DOMAIN_UNUSED },
	END,
};

static const struct domain_attribute interface_model_attributes[] = {
	{ .name = "type", .choices = "virtio", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_attribute mac_attributes[] = {
	{ .name = "address", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_attribute interface_driver_attributes[] = {
	{ .name = "name", .choices = "qemu vhost", .flags = DOMAIN_UNUSED },
	VIRTIO_DRIVER,
	END,
};

static const struct domain_element interface_children[] = {
	{ .name = "source", .attributes = interface_source_attributes },
	{ .name = "model", .attributes = interface_model_attributes },
	{ .name = "mac", .attributes = mac_attributes },
	{ .name = "target", .flags = DOMAIN_UNUSED },
	DRIVER(interface_driver_attributes),
	BOOT_ORDER, ADDRESS, ALIAS,
	END,
};

static const struct domain_attribute console_attributes[] = {
	{ .name = "type", .choices = "pty stdio file unix null", .flags = DOMAIN_REQUIRED },
	{ .name = "tty", .flags = DOMAIN_UNUSED },
	END,
};

static const struct domain_attribute console_source_attributes[] = {
	{ .name = "path" },
	{ .name = "mode", .choices = "bind connect" },
	{ .name = "append", .choices = ON_OFF },
	END,
};

static const struct domain_attribute log_attributes[] = {
	{ .name = "file", .flags = DOMAIN_REQUIRED },
	{ .name = "append", .choices = ON_OFF },
	END,
};

static const struct domain_attribute console_target_attributes[] = {
	{ .name = "type", .choices = "serial sclp sclplm virtio" },
	{ .name = "port" },
	END,
};

static const struct domain_attribute serial_target_attributes[] = {
	{ .name = "type", .choices = "sclp-serial" },
	{ .name = "port" },
	END,
};

static const struct domain_attribute serial_model_attributes[] = {
	{ .name = "name", .choices = "sclpconsole sclplmconsole", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_element serial_target_children[] = {
	{ .name = "model", .attributes = serial_model_attributes },
	END,
};

#define CHARACTER_DEVICE                                              \
	{ .name = "source", .attributes = console_source_attributes },\
	{ .name = "log", .attributes = log_attributes },              \
	ALIAS

static const struct domain_element console_children[] = {
	CHARACTER_DEVICE,
	{ .name = "target", .attributes = console_target_attributes },
	END,
};

static const struct domain_element serial_children[] = {
	CHARACTER_DEVICE,
	{ .name = "target", .attributes = serial_target_attributes,
	  .children = serial_target_children },
	END,
};

static const struct domain_attribute rng_attributes[] = {
	{ .name = "model", .choices = "virtio", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_attribute rng_backend_attributes[] = {
	{ .name = "model", .choices = "random builtin", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_attribute rng_rate_attributes[] = {
	{ .name = "bytes", .flags = DOMAIN_REQUIRED },
	{ .name = "period" },
	END,
};

static const struct domain_element rng_children[] = {
	{ .name = "backend", .flags = DOMAIN_TEXT | DOMAIN_REQUIRED,
	  .attributes = rng_backend_attributes },
	{ .name = "rate", .attributes = rng_rate_attributes },
	DRIVER(virtio_driver_attributes),
	ADDRESS, ALIAS,
	END,
};

static const struct domain_attribute balloon_attributes[] = {
	{ .name = "model", .choices = "none virtio", .flags = DOMAIN_REQUIRED },
	END,
};

static const struct domain_element balloon_children[] = {
	DRIVER(virtio_driver_attributes),
	ADDRESS, ALIAS,
	END,
};

static const struct domain_attribute panic_attributes[] = {
	/* QEMU always tells of a panic on s390x: nothing is to be done for it. */
	{ .name = "model", .choices = "s390" },
	END,
};

static const struct domain_attribute audio_attributes[] = {
	{ .name = "id" },
	{ .name = "type", .choices = "none", .flags = DOMAIN_REQUIRED },
	END,
};

#define NO_DISPLAY "guests have no display here: take it out, and use a <console>"

const struct domain_element domain_schema_devices[] = {
	{ .name = "emulator", .flags = DOMAIN_UNUSED },
	{ .name = "disk", .flags = DOMAIN_MANY, .attributes = disk_attributes,
	  .children = disk_children },
	{ .name = "controller", .flags = DOMAIN_MANY, .attributes = controller_attributes,
	  .children = controller_children },
	{ .name = "interface", .flags = DOMAIN_MANY, .attributes = interface_attributes,
	  .children = interface_children },
	{ .name = "console", .flags = DOMAIN_MANY, .attributes = console_attributes,
	  .children = console_children },
	{ .name = "serial", .flags = DOMAIN_MANY, .attributes = console_attributes,
	  .children = serial_children },
	{ .name = "channel", .flags = DOMAIN_MANY | DOMAIN_UNUSED },
	{ .name = "rng", .flags = DOMAIN_MANY, .attributes = rng_attributes,
	  .children = rng_children },
	{ .name = "memballoon", .attributes = balloon_attributes,
	  .children = balloon_children },
	{ .name = "panic", .attributes = panic_attributes },
	{ .name = "audio", .attributes = audio_attributes },
	{ .name = "graphics", .flags = DOMAIN_MANY, .refusal = NO_DISPLAY },
	{ .name = "video", .flags = DOMAIN_MANY, .refusal = NO_DISPLAY },
	{ .name = "input", .flags = DOMAIN_MANY, .refusal = NO_DISPLAY },
	{ .name = "hostdev", .flags = DOMAIN_MANY,
	  .refusal = "a simulated machine has no devices of the host to pass on" },
	END,
};
