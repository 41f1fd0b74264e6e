/* SPDX-License-Identifier: MIT */
#include "boot.h"

#include "css.h"
#include "disk.h"
#include "handover.h"
#include "hypervisor.h"
#include "ipl/diag320_format.h"
#include "lib/cpu.h"
#include "lib/line.h"
#include "lib/stop_boot.h"
#include "menu.h"
#include "messages.h"
#include "read_ahead.h"

/* Enough for a full store of the largest certificates. */
#define CERTIFICATES_SIZE ((uint64_t)CERTSTORE_MAX * CERTIFICATE_DER_MAX)

/* Of the image that QEMU has loaded, from its ELF header to the end of .bss. */
extern const char __ehdr_start[] LINKED_HERE, _end[] LINKED_HERE;

/* Not touched before the report is made: the machine's storage is fresh. */
static struct load load;
static uint8_t certificates[CERTIFICATES_SIZE] __attribute__((aligned(4096)));
static union {
	struct iplb iplb;
	uint8_t room[IPL_REPORT_ROOM];
} block __attribute__((aligned(4096)));

struct iplb *boot_block(void)
{
	return &block.iplb;
}

static void *storage(void *context, uint64_t address, uint64_t size)
{
	const struct machine *machine = context;

	if (size > machine->storage_size || address > machine->storage_size - size)
		return NULL;
	return (void *)address;
}

static void tell(void *context, const struct load_message *message)
{
	(void)context;
	say_message(message);
}

/* The subchannel of the device with the number that the block names. */
static bool find_subchannel(const struct iplb *iplb, uint32_t *id)
{
	const unsigned ssid = iplb->ssid & (CSS_SETS - 1);
	uint16_t devno;

	for (unsigned number = 0; number < CSS_SUBCHANNELS; number++) {
		*id = subchannel_id(ssid, number);
		switch (css_look(*id, &devno)) {
		case CSS_DEVICE:
			if (devno == be16_get(iplb->devno))
				return true;
			break;
		case CSS_EMPTY:
			break;
		case CSS_END:
			return false;
		}
	}
	return false;
}

static enum ipl_problem open_disk(struct bootmap_disk *disk, const struct iplb *iplb,
				  uint32_t *subchannel)
{
	const struct scsi_address address = {
		be32_get(iplb->lun), be16_get(iplb->target),
	};

	if (iplb->type == IPLB_PCI)
		return IPL_PROBLEM_PCI;
	if (iplb->type != IPLB_CCW && iplb->type != IPLB_SCSI)
		return IPL_PROBLEM_DEVICE;
	if (!find_subchannel(iplb, subchannel))
		return IPL_PROBLEM_NO_DEVICE;
	switch (virtio_identify(*subchannel)) {
	case VIRTIO_BLOCK:
		return disk_open_block(disk, *subchannel);
	case VIRTIO_SCSI:
		return disk_open_scsi(disk, *subchannel,
				      iplb->type == IPLB_SCSI ? &address : NULL);
	case VIRTIO_NETWORK:
		return IPL_PROBLEM_NETWORK;
	case VIRTIO_NONE:
		break;
	}
	return IPL_PROBLEM_DEVICE;
}

/* What nothing may be loaded over; report and certificates lie in the firmware. */
static void reserve(struct load_request *request, const struct qipl *qipl)
{
	const uint64_t start = (uint64_t)__ehdr_start;

	request->reserved[request->reserved_count++] = (struct load_range){
		start, (uint64_t)_end - start,
	};
	if (be16_get(qipl->fallbacks))
		request->reserved[request->reserved_count++] = (struct load_range){
			be64_get(qipl->fallback_address),
			(uint64_t)be16_get(qipl->fallbacks) * IPLB_SIZE,
		};
}

static void say_device(const struct machine *machine, const struct bootmap_disk *disk)
{
	struct line line;

	line_start(&line, "Booting in ");
	line_add(&line, ipl_mode_name(machine->mode));
	line_add(&line, " mode from device 0.");
	line_add_number(&line, block.iplb.ssid & 3U);
	line_add(&line, ".");
	line_add_digits(&line, be16_get(block.iplb.devno), 4);
	line_add(&line, ", blocks of ");
	line_add_number(&line, disk->block_size);
	line_add(&line, " bytes");
	say(line.text);
}

enum load_status boot_device(const struct machine *machine)
{
	const struct load_operations operations = {
		.storage = storage,
		.verify = hypervisor_verify,
		.certificate = hypervisor_certificate,
		.tell = tell,
		.context = (void *)machine,
	};
	struct bootmap_disk device, disk;
	struct load_request request = {
		.disk = &disk,
		.operations = &operations,
		.mode = machine->mode,
		.iplb_address = (uint64_t)&block,
		.certificates = { (uint64_t)certificates, sizeof(certificates) },
	};
	enum load_status status;
	enum ipl_problem problem;
	uint32_t subchannel;

	reserve(&request, &machine->qipl);
	problem = open_disk(&device, &block.iplb, &subchannel);
	if (problem)
		return load_refuse(&load, &request, problem);
	read_ahead_start(&disk, &device);
	say_device(machine, &disk);
	request.program = menu_choose(&disk, &block.iplb, &machine->qipl);
	status = load_program(&load, &request);
	if (status == LOAD_DONE)
		handover(&load, &block.iplb, machine->qipl.position, subchannel);
	return status;
}
