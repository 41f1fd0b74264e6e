/* SPDX-License-Identifier: MIT */
/* <controller>: the buses that disks and consoles are on. */
#include <string.h>

#include "machine/domain_internal.h"

#define CONTROLLERS_MAX 64

/* The kinds of controllers. Without a driver, QEMU has it of its own accord. */
static const struct kind {
	const char *type, *model, *driver, *prefix;
	bool model_needed; /* without one libvirt would choose another */
} kinds[DOMAIN_CONTROLLER_KINDS] = {
	[DOMAIN_SCSI] = { "scsi", "virtio-scsi", "virtio-scsi-ccw", "scsi", false },
	[DOMAIN_VIRTIO_SERIAL] = { "virtio-serial", NULL, "virtio-serial-ccw", "virtio-serial",
				   false },
	[DOMAIN_PCI] = { "pci", "pci-root", NULL, NULL, false },
	[DOMAIN_USB] = { "usb", "none", NULL, NULL, true },
};

static void check_model(struct domain *domain, const xmlNode *controller,
			const struct kind *kind)
{
	const char *model = domain_attribute(domain, controller, "model");

	if (model && !kind->model)
		domain_fault(domain, controller, "<controller type='%s'> has no model", kind->type);
	else if (model ? strcmp(model, kind->model) != 0 : kind->model_needed)
		domain_fault(domain, controller,
			     "<controller type='%s'>: what can be had: model='%s'", kind->type,
			     kind->model);
}

/* The lowest number that no controller of that kind has; CONTROLLERS_MAX for none. */
static uint64_t free_index(const struct domain *domain, enum domain_controller which)
{
	uint64_t index = 0;

	while (index < CONTROLLERS_MAX && (domain->controllers[which] & (1ULL << index)))
		index++;
	return index;
}

/* The number of a controller, which nobody may have yet. */
static bool take_index(struct domain *domain, const xmlNode *controller,
		       enum domain_controller which, unsigned *index)
{
	const char *text = domain_attribute(domain, controller, "index");
	uint64_t value = free_index(domain, which);

	if (text && !domain_number(domain, controller, "index", text, 0, CONTROLLERS_MAX - 1,
				   &value))
		return false;
	if (value == CONTROLLERS_MAX) {
		domain_fault(domain, controller, "more than %d controllers of type '%s'",
			     CONTROLLERS_MAX, kinds[which].type);
		return false;
	}
	if (domain->controllers[which] & (1ULL << value)) {
		domain_fault(domain, controller,
			     "<controller type='%s' index='%u'> comes a second time",
			     kinds[which].type, (unsigned)value);
		return false;
	}
	domain->controllers[which] |= 1ULL << value;
	*index = (unsigned)value;
	return true;
}

static void emit_controller(struct domain *domain, const xmlNode *controller,
			    enum domain_controller which)
{
	struct text option = { 0 };
	unsigned index;

	check_model(domain, controller, &kinds[which]);
	if (!take_index(domain, controller, which, &index) || !kinds[which].driver)
		return;
	text_addf(&option, "%s,id=%s%u", kinds[which].driver, kinds[which].prefix, index);
	domain_add_virtio(domain, controller, &option);
	if (which == DOMAIN_SCSI) {
		domain_add_iothread(domain, controller, &option);
		domain_add_queues(domain, controller, &option, "num_queues");
	}
	domain_emit(domain, "-device", &option);
}

void domain_controllers(struct domain *domain)
{
	const xmlNode *controller;
	size_t next = 0;

	while ((controller = domain_device(domain, "controller", &next))) {
		for (unsigned i = 0; i < DOMAIN_CONTROLLER_KINDS; i++) {
			if (domain_attribute_is(domain, controller, "type", kinds[i].type))
				emit_controller(domain, controller, i);
		}
	}
}

void domain_need_controller(struct domain *domain, enum domain_controller which,
			    unsigned index)
{
	struct text option = { 0 };

	if (domain->controllers[which] & (1ULL << index))
		return;
	domain->controllers[which] |= 1ULL << index;
	text_addf(&option, "%s,id=%s%u", kinds[which].driver, kinds[which].prefix, index);
	domain_emit(domain, "-device", &option);
}
