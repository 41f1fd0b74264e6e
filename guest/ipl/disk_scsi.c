/* SPDX-License-Identifier: MIT */
#include "base/be.h"
#include "disk.h"
#include "lib/string.h"

#define REQUEST_QUEUE 2
#define REQUEST_MAX (8U << 20)
#define TARGETS 256

#define TEST_UNIT_READY 0x00
#define INQUIRY 0x12
#define READ_16 0x88
#define SERVICE_ACTION_IN 0x9e
#define READ_CAPACITY_16 0x10

#define TYPE_MASK 0x1f
#define TYPE_DISK 0x00
#define TYPE_CDROM 0x05
#define RESPONSE_OK 0
#define STATUS_GOOD 0
#define STATUS_CHECK_CONDITION 2

struct scsi_config {
	uint8_t bytes[36];
};

struct command {
	uint8_t lun[8];
	uint8_t tag[8];
	uint8_t attributes[3];
	uint8_t cdb[32];
};
WIRE_SIZE(struct command, 51);

struct response {
	uint8_t sense_length[4];
	uint8_t residual[4];
	uint8_t qualifier[2];
	uint8_t status;
	uint8_t response;
	uint8_t sense[96];
};
WIRE_SIZE(struct response, 108);

struct inquiry {
	uint8_t type;
	uint8_t others[35];
};

struct capacity {
	be64_t last_block;
	be32_t block_size;
	uint8_t others[20];
};
WIRE_SIZE(struct capacity, 32);

/* The logical unit in use. */
static struct scsi_address unit;

static void command_start(struct command *command, uint8_t operation)
{
	memset(command, 0, sizeof(*command));
	command->lun[0] = 1;
	command->lun[1] = (uint8_t)unit.target;
	command->lun[2] = (uint8_t)(0x40 | (unit.lun >> 8 & 0x3f));
	command->lun[3] = (uint8_t)unit.lun;
	command->cdb[0] = operation;
}

static bool command_once(const struct command *command, void *to, uint32_t size,
			 struct response *response)
{
	const struct virtio_part parts[] = {
		{ command, sizeof(*command), false },
		{ response, sizeof(*response), true },
		{ to, size, true },
	};

	memset(response, 0xff, sizeof(*response));
	return virtio_request(parts, size ? 3 : 2) && response->response == RESPONSE_OK;
}

/* The first command after a reset is answered by "unit attention", once for each cause. */
static bool command_run(const struct command *command, void *to, uint32_t size)
{
	struct response response;

	for (unsigned attempt = 0; attempt < 4; attempt++) {
		if (!command_once(command, to, size, &response))
			return false;
		if (response.status == STATUS_GOOD)
			return true;
		if (response.status != STATUS_CHECK_CONDITION)
			return false;
	}
	return false;
}

static bool read_piece(uint64_t block, uint32_t count, uint32_t size, void *to)
{
	struct command command;

	command_start(&command, READ_16);
	*(be64_t *)(command.cdb + 2) = be64(block);
	*(be32_t *)(command.cdb + 10) = be32(count);
	return command_run(&command, to, size);
}

static bool read_blocks(void *context, uint64_t block, uint32_t count, void *to)
{
	const struct bootmap_disk *disk = context;
	const uint32_t most = REQUEST_MAX / disk->block_size;
	uint8_t *at = to;

	while (count) {
		const uint32_t piece = count < most ? count : most;

		if (!read_piece(block, piece, piece * disk->block_size, at))
			return false;
		block += piece;
		at += piece * disk->block_size;
		count -= piece;
	}
	return true;
}

static bool unit_is_there(void)
{
	struct command command;

	command_start(&command, TEST_UNIT_READY);
	return command_run(&command, NULL, 0);
}

static enum ipl_problem check_type(void)
{
	struct inquiry inquiry = { 0 };
	struct command command;

	command_start(&command, INQUIRY);
	command.cdb[4] = sizeof(inquiry);
	if (!command_run(&command, &inquiry, sizeof(inquiry)))
		return IPL_PROBLEM_READ;
	switch (inquiry.type & TYPE_MASK) {
	case TYPE_DISK:
		return IPL_OK;
	case TYPE_CDROM:
		return IPL_PROBLEM_ISO;
	default:
		return IPL_PROBLEM_DEVICE;
	}
}

static bool read_block_size(uint32_t *block_size)
{
	struct capacity capacity = { 0 };
	struct command command;

	command_start(&command, SERVICE_ACTION_IN);
	command.cdb[1] = READ_CAPACITY_16;
	*(be32_t *)(command.cdb + 10) = be32(sizeof(capacity));
	if (!command_run(&command, &capacity, sizeof(capacity)))
		return false;
	*block_size = be32_get(capacity.block_size);
	return true;
}

static bool find_unit(void)
{
	for (unit.target = 0; unit.target < TARGETS; unit.target++) {
		if (unit_is_there())
			return true;
	}
	return false;
}

enum ipl_problem disk_open_scsi(struct bootmap_disk *disk, uint32_t subchannel,
				const struct scsi_address *address)
{
	struct scsi_config config;
	enum ipl_problem problem;

	if (!virtio_start(subchannel, 0, REQUEST_QUEUE, &config, sizeof(config)))
		return IPL_PROBLEM_READ;
	unit = address ? *address : (struct scsi_address){ 0 };
	if (address ? !unit_is_there() : !find_unit())
		return IPL_PROBLEM_READ;
	problem = check_type();
	if (problem)
		return problem;
	if (!read_block_size(&disk->block_size))
		return IPL_PROBLEM_READ;
	disk->read = read_blocks;
	disk->context = disk;
	return bootmap_block_size_valid(disk->block_size) ? IPL_OK : IPL_PROBLEM_BLOCK_SIZE;
}
