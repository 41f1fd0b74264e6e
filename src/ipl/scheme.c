/* SPDX-License-Identifier: MIT */
#include "ipl/scheme.h"

#include <string.h>

#define LABEL_BLOCK 2 /* of a DASD: record 3 of its first track */
#define LABEL_SIZE 4

/* In EBCDIC. */
static const uint8_t dasd_labels[][LABEL_SIZE] = {
	{ 0xe5, 0xd6, 0xd3, 0xf1 }, /* VOL1: compatible disk layout */
	{ 0xd3, 0xd5, 0xe7, 0xf1 }, /* LNX1: Linux disk layout */
	{ 0xc3, 0xd4, 0xe2, 0xf1 }, /* CMS1 */
};

#define ISO_DESCRIPTOR 32768UL /* byte offset of the first volume descriptor */
#define ISO_MAGIC "CD001"
#define ISO_MAGIC_AT 1

static bool is_dasd(const struct bootmap_disk *disk)
{
	uint8_t block[BOOTMAP_BLOCK_MAX];

	if (!disk->read(disk->context, LABEL_BLOCK, 1, block))
		return false;
	for (unsigned i = 0; i < sizeof(dasd_labels) / sizeof(dasd_labels[0]); i++) {
		if (memcmp(block, dasd_labels[i], LABEL_SIZE) == 0)
			return true;
	}
	return false;
}

static bool is_iso(const struct bootmap_disk *disk)
{
	uint8_t block[BOOTMAP_BLOCK_MAX];

	return disk->read(disk->context, ISO_DESCRIPTOR / disk->block_size, 1, block) &&
	       memcmp(block + ISO_MAGIC_AT, ISO_MAGIC, sizeof(ISO_MAGIC) - 1) == 0;
}

enum ipl_problem scheme_of(const struct bootmap_disk *disk)
{
	if (is_dasd(disk))
		return IPL_PROBLEM_ECKD;
	if (is_iso(disk))
		return IPL_PROBLEM_ISO;
	return IPL_PROBLEM_NO_BOOT_RECORD;
}
