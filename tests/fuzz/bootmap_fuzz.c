/* SPDX-License-Identifier: MIT */
/*
 * Boot maps: the first byte of the input chooses block size and program, the rest
 * is the disk. The loader runs over it in every mode; a signature counts when it
 * has as many bytes as its component's first one says. What it loads must stay
 * where it may, and what it reports must be readable.
 */
#include <stdlib.h>
#include <string.h>

#include "ipl/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STORAGE_SIZE 0x80000UL
#define LOADER 0x60000UL
#define LOADER_SIZE 0x8000UL
#define BLOCK 0x70000UL
#define CERTIFICATES 0x78000UL
#define CERTIFICATES_SIZE 0x400UL

static uint8_t guest[STORAGE_SIZE];
static const uint8_t untouched[LOADER_SIZE];

struct input {
	const uint8_t *disk;
	size_t size;
	struct bootmap_disk map;
};

static bool read_blocks(void *context, uint64_t block, uint32_t count, void *to)
{
	const struct input *input = context;
	const uint64_t blocks = input->size / input->map.block_size;

	if (block >= blocks || count > blocks - block)
		return false;
	memcpy(to, input->disk + block * input->map.block_size,
	       (size_t)count * input->map.block_size);
	return true;
}

static void *storage(void *context, uint64_t address, uint64_t size)
{
	(void)context;
	if (size > STORAGE_SIZE || address > STORAGE_SIZE - size)
		return NULL;
	return guest + address;
}

static bool verify(void *context, const void *component, uint64_t component_size,
		   const void *signature, uint32_t signature_size, unsigned *index)
{
	(void)context;
	*index = *(const uint8_t *)signature;
	return component_size && signature_size == *(const uint8_t *)component;
}

static enum load_certificate certificate(void *context, unsigned index, void *to,
					 size_t room, size_t *size)
{
	(void)context;
	*size = index * 4;
	if (*size > room)
		return LOAD_CERTIFICATE_ROOM;
	memset(to, 1, *size);
	return index % 8 == 7 ? LOAD_CERTIFICATE_NONE : LOAD_CERTIFICATE_OK;
}

static void tell(void *context, const struct load_message *message)
{
	(void)context;
	if (message->problem >= IPL_PROBLEM_COUNT)
		abort();
}

static void run(struct input *input, unsigned program, enum ipl_mode mode)
{
	static struct load load;
	static struct ipl_report report;
	const struct load_operations operations = {
		storage, verify, certificate, tell, input,
	};
	const struct load_request request = {
		.disk = &input->map,
		.operations = &operations,
		.mode = mode,
		.program = program,
		.iplb_address = BLOCK,
		.certificates = { CERTIFICATES, CERTIFICATES_SIZE },
		.reserved = { { LOADER, LOADER_SIZE } },
		.reserved_count = 1,
	};
	struct iplb *iplb = (struct iplb *)(guest + BLOCK);

	*iplb = (struct iplb){ .length = be32(IPLB_SIZE) };
	if (load_program(&load, &request) == LOAD_DONE && mode != IPL_NORMAL &&
	    !ipl_report_read(&report, guest + BLOCK + IPLB_SIZE, load.report_size))
		abort();
	if (memcmp(guest + LOADER, untouched, LOADER_SIZE) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { 0 };

	if (size == 0)
		return 0;
	input.disk = data + 1;
	input.size = size - 1;
	input.map = (struct bootmap_disk){ 512U << (data[0] & 3), read_blocks, &input };
	for (enum ipl_mode mode = IPL_NORMAL; mode <= IPL_SECURE; mode++)
		run(&input, data[0] >> 2, mode);
	return 0;
}
