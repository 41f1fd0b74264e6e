/* SPDX-License-Identifier: MIT */
#include "ipl/partition.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/file.h"
#include "ipl/bootmap.h"

/* Partition tables come from machines of the other byte order. */
static uint32_t le32(const uint8_t *b)
{
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint64_t le64(const uint8_t *b)
{
	return le32(b) | (uint64_t)le32(b + 4) << 32;
}

static int read_block(uint8_t *block, int fd, const char *path, uint64_t offset,
		      size_t size, struct error *err)
{
	size_t got;
	int rc = file_read_at(fd, block, size, offset, &got);

	if (rc < 0)
		return error_set_errno(err, ERR_IO, -rc, "Cannot read '%s'", path);
	if (got != size)
		return error_set(err, ERR_FORMAT, "'%s' ends within its partition table", path);
	return 0;
}

static int absent(const char *path, unsigned number, struct error *err)
{
	return error_set(err, ERR_NOT_FOUND, "'%s' has no partition %u", path, number);
}

static int damaged(const char *path, const char *how, struct error *err)
{
	return error_set(err, ERR_FORMAT, "The partition table of '%s' %s", path, how);
}

/* --- MBR --------------------------------------------------------------------------- */

#define MBR_ENTRIES 446
#define MBR_ENTRY_SIZE 16
#define MBR_COUNT 4
#define MBR_SIGNATURE 510
#define MBR_TYPE_GPT 0xee

static const uint8_t *mbr_entry(const uint8_t *mbr, unsigned number)
{
	return mbr + MBR_ENTRIES + (number - 1) * MBR_ENTRY_SIZE;
}

static int find_mbr(struct partition *partition, const uint8_t *mbr, const char *path,
		    unsigned number, struct error *err)
{
	const uint8_t *entry;

	if (number > MBR_COUNT)
		return error_set(err, ERR_NOT_FOUND,
				 "'%s' has an MBR; only its primary partitions, 1 to %d, can be used",
				 path, MBR_COUNT);
	entry = mbr_entry(mbr, number);
	if (entry[4] == 0)
		return absent(path, number, err);
	partition->first = le32(entry + 8);
	partition->count = le32(entry + 12);
	return 0;
}

/* --- GPT --------------------------------------------------------------------------- */

#define GPT_MAGIC "EFI PART"
#define GPT_HEADER_MIN 92
#define GPT_ENTRY_MIN 128
#define GPT_CRC 16

/* As in Ethernet and zlib. */
static uint32_t crc32(const uint8_t *bytes, size_t size)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	return ~crc;
}

static bool header_is_sound(const uint8_t *header, uint32_t block_size)
{
	uint32_t size = le32(header + 12);
	uint8_t copy[BOOTMAP_BLOCK_MAX];

	if (memcmp(header, GPT_MAGIC, strlen(GPT_MAGIC)) != 0 || size < GPT_HEADER_MIN ||
	    size > block_size)
		return false;
	memcpy(copy, header, size);
	memset(copy + GPT_CRC, 0, 4);
	return crc32(copy, size) == le32(header + GPT_CRC);
}

static bool all_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return false;
	return true;
}

static int find_gpt(struct partition *partition, int fd, const char *path,
		    uint32_t block_size, unsigned number, struct error *err)
{
	uint8_t header[BOOTMAP_BLOCK_MAX], entry[GPT_ENTRY_MIN];
	uint64_t table, offset, last;
	uint32_t entry_size;
	int rc = read_block(header, fd, path, block_size, block_size, err);

	if (rc < 0)
		return rc;
	if (!header_is_sound(header, block_size)) {
		damaged(path, "(GPT) is damaged, or for another block size", err);
		return error_hint(err, ERR_FORMAT, "Give the disk's block size (--block-size)");
	}
	table = le64(header + 72);
	entry_size = le32(header + 84);
	if (number > le32(header + 80))
		return absent(path, number, err);
	if (entry_size < GPT_ENTRY_MIN || table > INT64_MAX / block_size ||
	    __builtin_add_overflow(table * block_size, (uint64_t)(number - 1) * entry_size,
				   &offset))
		return damaged(path, "(GPT) lies nowhere", err);
	rc = read_block(entry, fd, path, offset, sizeof(entry), err);
	if (rc < 0)
		return rc;
	if (all_zero(entry, 16))
		return absent(path, number, err);
	partition->first = le64(entry + 32);
	last = le64(entry + 40);
	partition->count = last >= partition->first ? last - partition->first + 1 : 0;
	return 0;
}

/* --- Either ------------------------------------------------------------------------- */

int partition_find(struct partition *partition, int fd, const char *path,
		   uint32_t block_size, uint64_t blocks, unsigned number,
		   struct error *err)
{
	uint8_t mbr[512];
	int rc = read_block(mbr, fd, path, 0, sizeof(mbr), err);

	if (rc < 0)
		return rc;
	if (mbr[MBR_SIGNATURE] != 0x55 || mbr[MBR_SIGNATURE + 1] != 0xaa)
		return error_set(err, ERR_FORMAT, "'%s' has no partition table (MBR or GPT)",
				 path);
	if (mbr_entry(mbr, 1)[4] == MBR_TYPE_GPT)
		rc = find_gpt(partition, fd, path, block_size, number, err);
	else
		rc = find_mbr(partition, mbr, path, number, err);
	if (rc < 0)
		return rc;
	if (partition->first == 0 || partition->count == 0 || partition->first >= blocks ||
	    partition->count > blocks - partition->first)
		return damaged(path, "names a partition that is empty or not all on the disk",
			       err);
	return 0;
}
