/* SPDX-License-Identifier: MIT */
/* The disk to boot from, behind a virtio-blk or virtio-scsi device. */
#ifndef UV_GUEST_DISK_H
#define UV_GUEST_DISK_H

#include "ipl/bootmap.h"
#include "virtio.h"

/* Where on an adapter a SCSI disk is. */
struct scsi_address {
	uint32_t lun;
	uint16_t target;
};

/*
 * Takes the virtio-blk device @subchannel into service as *@disk. One disk at a
 * time. IPL_PROBLEM_READ when it does not work.
 */
enum ipl_problem disk_open_block(struct bootmap_disk *disk, uint32_t subchannel);

/*
 * Likewise the SCSI disk at @address of adapter @subchannel; with NULL the first
 * disk that there is. IPL_PROBLEM_DEVICE when it is something else than a disk.
 */
enum ipl_problem disk_open_scsi(struct bootmap_disk *disk, uint32_t subchannel,
				const struct scsi_address *address);

#endif
