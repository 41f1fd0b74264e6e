/* SPDX-License-Identifier: MIT */
/* Between the files that turn a domain XML into QEMU's options. */
#ifndef UV_MACHINE_DOMAIN_INTERNAL_H
#define UV_MACHINE_DOMAIN_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "machine/domain_schema.h"
#include "machine/domain_xml.h"

/* After so many faults the rest is not looked at. */
#define DOMAIN_FAULTS_MAX 50

enum domain_controller {
	DOMAIN_SCSI,
	DOMAIN_VIRTIO_SERIAL,
	DOMAIN_PCI,
	DOMAIN_USB,
	DOMAIN_CONTROLLER_KINDS
};

/* A domain on its way to QEMU's options. */
struct domain {
	const struct log *log;
	struct string_list *argv;
	const xmlNode *root;
	const xmlNode **devices; /* of the domain and attached ones, in this order */
	size_t device_count;
	struct string_list unused;       /* what is of use to libvirt alone, for one remark */
	struct string_list boot_kinds;   /* of <boot dev>: those whose first device was met */
	uint64_t boot_orders;            /* of <boot order>: bit N is order N + 1, taken */
	uint64_t iothreads;              /* bit N is the thread N + 1 */
	/* Bit N: the controller with the index N is there. */
	uint64_t controllers[DOMAIN_CONTROLLER_KINDS];
	unsigned faults;
	bool broken; /* out of memory */
};

/* --- domain_check.c: names, values and numbers of elements against the schema --- */

/* Checks @node, which @schema describes, and all below it. */
void domain_check(struct domain *domain, const xmlNode *node,
		  const struct domain_element *schema);

/* --- domain_values.c: faults, values, and options in the making --- */

/* Names something that cannot be had, at the line of @node. */
void domain_fault(struct domain *domain, const xmlNode *node, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for what is done otherwise than libvirt would. */
void domain_warn(struct domain *domain, const xmlNode *node, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Notes that @name of @node has no effect here; said once per name at the end. */
void domain_note_unused(struct domain *domain, const xmlNode *node, const char *name);
/* The same for those of the attributes @names (blank separated) that @node has: known
 * ones, which mean nothing beside its other attributes. */
void domain_note_attributes(struct domain *domain, const xmlNode *node, const char *names);

/* An attribute, or NULL; the text of an element; the text of the element @name in
 * @parent, or NULL. */
const char *domain_attribute(struct domain *domain, const xmlNode *node, const char *name);
const char *domain_text(struct domain *domain, const xmlNode *node);
const char *domain_child_text(struct domain *domain, const xmlNode *parent, const char *name);
/* Is the attribute there, with that value? */
bool domain_attribute_is(struct domain *domain, const xmlNode *node, const char *name,
			 const char *value);

/* The next device of that element name after @index, which it moves on; or NULL. */
const xmlNode *domain_device(const struct domain *domain, const char *name, size_t *index);

/*
 * Reads @text, the value of @what ("devno") at @node: decimal digits, or 0x and
 * hexadecimal ones. False, with a fault, for anything else or beyond the bounds.
 */
bool domain_number(struct domain *domain, const xmlNode *node, const char *what,
		   const char *text, uint64_t min, uint64_t max, uint64_t *value);

/* The size that element @node says, in bytes; its attribute "unit" defaults to KiB. */
bool domain_size(struct domain *domain, const xmlNode *node, uint64_t *bytes);

/* @path, or NULL with a fault when it is not absolute. */
const char *domain_path(struct domain *domain, const xmlNode *node, const char *path);

/* Adds ",name=value" with commas doubled. */
void domain_key(struct text *option, const char *name, const char *value);
/* Appends "@option @value" to the command, without a comma in front; frees @value. */
void domain_emit(struct domain *domain, const char *option, struct text *value);
/* The same for a value that is no list of keys, or for none (NULL). */
void domain_emit_plain(struct domain *domain, const char *option, const char *value);

/* --- The elements --- */

/* domain_machine.c */
void domain_machine(struct domain *domain);
/* domain_cpus.c: CPUs, storage, I/O threads */
void domain_cpus(struct domain *domain);
void domain_memory(struct domain *domain);
void domain_iothreads(struct domain *domain);
/* Adds to the value of -machine what <memoryBacking> says. */
void domain_add_memory_keys(struct domain *domain, struct text *machine);
/* domain_boot.c */
void domain_boot(struct domain *domain);
/* Adds to the value of -machine the options of Secure IPL. */
void domain_add_secure_boot(struct domain *domain, struct text *machine);
/* domain_disk.c */
void domain_disks(struct domain *domain);
/* domain_console.c */
void domain_consoles(struct domain *domain);
/* domain_controller.c */
void domain_controllers(struct domain *domain);
/* Makes the controller @index (below 64) of that kind, unless it is there. */
void domain_need_controller(struct domain *domain, enum domain_controller which,
			    unsigned index);
/* domain_devices.c */
void domain_other_devices(struct domain *domain);

/* --- What several devices have (domain_virtio.c): each adds keys to an option --- */

/* Its place in the channel subsystem, and the virtio properties of its <driver>. */
void domain_add_virtio(struct domain *domain, const xmlNode *device, struct text *option);
/* The I/O thread that its <driver> names. */
void domain_add_iothread(struct domain *domain, const xmlNode *device, struct text *option);
/* The number of queues that its <driver> says. */
void domain_add_queues(struct domain *domain, const xmlNode *device, struct text *option,
		       const char *key);
/* Its place in the boot order; @kind is what <boot dev> calls such devices. */
void domain_add_boot_order(struct domain *domain, const xmlNode *device, const char *kind,
			   struct text *option);

#endif
