/* SPDX-License-Identifier: MIT */
/*
 * Firmware for QEMU's -bios: looks at the devices in boot order until one of
 * them holds a program, loads it (src/ipl/load.h) and starts it. See
 * docs/reference/boot-map.md, "Boot loader".
 */
#include <stdnoreturn.h>

#include "boot.h"
#include "css.h"
#include "hypervisor.h"
#include "lib/cpu.h"
#include "lib/diag308.h"
#include "lib/string.h"
#include "lib/stop_boot.h"
#include "scp.h"
#include "virtio.h"

noreturn void firmware_main(void);

static noreturn void no_device(void)
{
	stop_boot("there is no device to boot from",
		  "attach a disk written by 'sipl mkdisk' or zipl, with bootindex=");
}

/* A block as QEMU makes it for a device with a boot index. */
static void describe(struct iplb *iplb, unsigned ssid, uint16_t devno)
{
	memset(iplb, 0, sizeof(*iplb));
	iplb->length = be32(IPLB_CCW_LENGTH);
	iplb->block_length = be32(IPLB_CCW_LENGTH - 8);
	iplb->type = IPLB_CCW;
	iplb->ssid = (uint8_t)ssid;
	iplb->devno = be16(devno);
}

static void try_subchannel(const struct machine *machine, unsigned ssid, uint32_t id,
			   uint16_t devno)
{
	const enum virtio_kind kind = virtio_identify(id);

	if (kind != VIRTIO_BLOCK && kind != VIRTIO_SCSI)
		return;
	describe(boot_block(), ssid, devno);
	if (boot_device(machine) == LOAD_STOP)
		disabled_wait(STOP_NO_BOOT);
}

/* No device has a boot index: tries every disk that there is. */
static noreturn void probe(const struct machine *machine)
{
	enum css_found found;
	uint16_t devno;

	for (unsigned ssid = 0; ssid < CSS_SETS; ssid++) {
		for (unsigned number = 0; number < CSS_SUBCHANNELS; number++) {
			const uint32_t id = subchannel_id(ssid, number);

			found = css_look(id, &devno);
			if (found == CSS_END)
				break;
			if (found == CSS_DEVICE)
				try_subchannel(machine, ssid, id, devno);
		}
	}
	no_device();
}

/* A fallback's own flags count for nothing: the mode is the machine's. */
static void next_block(struct machine *machine)
{
	const uint64_t address = be64_get(machine->qipl.fallback_address);
	struct iplb *iplb = boot_block();

	memcpy(iplb, (const void *)address, sizeof(*iplb));
	iplb->flags &= (uint8_t) ~(IPLB_SECURE | IPLB_REPORT);
	if (machine->mode != IPL_NORMAL) {
		iplb->flags |= IPLB_REPORT;
		iplb->length = be32(IPLB_SIZE);
	}
	if (machine->mode == IPL_SECURE)
		iplb->flags |= IPLB_SECURE;
	machine->qipl.position++;
	machine->qipl.fallbacks = be16((uint16_t)(be16_get(machine->qipl.fallbacks) - 1));
	machine->qipl.fallback_address = be64(address + IPLB_SIZE);
}

static noreturn void boot_in_order(struct machine *machine)
{
	while (boot_device(machine) == LOAD_TRY_NEXT) {
		if (be16_get(machine->qipl.fallbacks) == 0)
			no_device();
		next_block(machine);
	}
	disabled_wait(STOP_NO_BOOT);
}

noreturn void firmware_main(void)
{
	static struct machine machine;
	struct scp scp = { 0 };
	uint64_t code;

	machine.qipl = *(const struct qipl *)((uint64_t)lowcore() + QIPL_ADDRESS);
	stop_on_program_check();
	css_enable_sets();
	if (!scp_read(&scp))
		stop_boot("the machine does not tell the size of its storage", NULL);
	machine.storage_size = scp.storage_size;
	code = diag308(DIAG308_STORE_IPLB, (uint64_t)boot_block());
	if (code != DIAG308_OK)
		probe(&machine);
	machine.mode = iplb_mode(boot_block());
	if (machine.mode != IPL_NORMAL)
		hypervisor_check(&scp, machine.mode);
	boot_in_order(&machine);
}
