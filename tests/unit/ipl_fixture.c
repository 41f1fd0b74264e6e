/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "ipl_fixture.h"

#include <stdlib.h>
#include <string.h>

const struct ipl_attributes ipl_stage3_attributes = {
	.flags = SCLAB_OPSW | SCLAB_OLA,
	.psw = STAGE3_PSW,
	.address = STAGE3_ADDRESS,
};
const struct ipl_attributes ipl_kernel_attributes = { 0 };

/* What a signature holds. */
struct signature {
	uint8_t index;
	uint8_t sum;
	uint8_t padding[30];
};

static uint8_t sum_of(const uint8_t *bytes, uint64_t size)
{
	unsigned sum = 0;

	for (uint64_t i = 0; i < size; i++)
		sum = sum * 31 + bytes[i] + 1;
	return (uint8_t)sum;
}

/* --- The machine ---------------------------------------------------------------- */

static bool read_blocks(void *context, uint64_t block, uint32_t count, void *to)
{
	struct ipl_world *world = context;
	const uint64_t blocks = IPL_DISK_SIZE / world->disk.block_size;

	if (block >= blocks || count > blocks - block ||
	    (world->unreadable >= block && world->unreadable < block + count &&
	     world->unreadable))
		return false;
	world->blocks_read += count;
	memcpy(to, world->bytes + block * world->disk.block_size,
	       (size_t)count * world->disk.block_size);
	return true;
}

static void *storage(void *context, uint64_t address, uint64_t size)
{
	struct ipl_world *world = context;

	if (size > IPL_STORAGE_SIZE || address > IPL_STORAGE_SIZE - size)
		return NULL;
	return world->storage + address;
}

static bool verify(void *context, const void *component, uint64_t component_size,
		   const void *signature, uint32_t signature_size, unsigned *index)
{
	const struct signature *given = signature;

	(void)context;
	if (signature_size != sizeof(*given) ||
	    given->sum != sum_of(component, component_size))
		return false;
	*index = given->index;
	return true;
}

static enum load_certificate certificate(void *context, unsigned index, void *to,
					 size_t room, size_t *size)
{
	struct ipl_world *world = context;

	if (world->certificate_answer != LOAD_CERTIFICATE_OK)
		return world->certificate_answer;
	if (world->certificate_size > room)
		return LOAD_CERTIFICATE_ROOM;
	memset(to, (int)(0xc0 + index), world->certificate_size);
	*size = world->certificate_size;
	world->certificates_given++;
	return LOAD_CERTIFICATE_OK;
}

static void tell(void *context, const struct load_message *message)
{
	struct ipl_world *world = context;

	if (world->message_count < IPL_MESSAGES_MAX)
		world->messages[world->message_count++] = *message;
}

/* --- The disk ------------------------------------------------------------------- */

struct ipl_world *ipl_world_new(uint32_t block_size)
{
	struct ipl_world *world = calloc(1, sizeof(*world));

	if (!world)
		abort();
	world->disk = (struct bootmap_disk){ block_size, read_blocks, world };
	world->next = 1;
	world->certificate_size = 500;
	return world;
}

void ipl_world_free(struct ipl_world *world)
{
	free(world);
}

uint64_t ipl_put(struct ipl_world *world, const void *bytes, size_t size)
{
	const uint64_t block = world->next;
	const size_t at = block * world->disk.block_size;

	if (at + size > IPL_DISK_SIZE)
		abort();
	memcpy(world->bytes + at, bytes, size);
	world->next += (size + world->disk.block_size - 1) / world->disk.block_size;
	return block;
}

struct bootmap_pointer ipl_pointer(const struct ipl_world *world, uint64_t block,
				   unsigned count)
{
	return (struct bootmap_pointer){
		.block = be64(block),
		.block_size = be16((uint16_t)world->disk.block_size),
		.more_blocks = be16((uint16_t)(count - 1)),
	};
}

uint64_t ipl_put_segment(struct ipl_world *world, const void *bytes, size_t size)
{
	const uint64_t block = ipl_put(world, bytes, size);
	const struct bootmap_pointer pointer =
		ipl_pointer(world, block, (unsigned)(world->next - block));

	return ipl_put(world, &pointer, sizeof(pointer));
}

struct component_entry *ipl_add(struct ipl_world *world, enum component_type type,
				uint64_t segment, uint64_t value)
{
	struct component_entry *entry = &world->entries[world->entry_count++];

	*entry = (struct component_entry){ .type = (uint8_t)type, .address = be64(value) };
	if (segment)
		entry->segments = ipl_pointer(world, segment, 1);
	return entry;
}

struct component_entry *ipl_add_load(struct ipl_world *world, uint64_t address,
				     const void *bytes, size_t size)
{
	return ipl_add(world, COMPONENT_LOAD, ipl_put_segment(world, bytes, size), address);
}

struct component_entry *ipl_add_zeros(struct ipl_world *world, uint64_t address, size_t size)
{
	uint8_t *zeros = calloc(1, size);
	struct component_entry *entry = ipl_add_load(world, address, zeros, size);

	free(zeros);
	return entry;
}

struct component_entry *ipl_add_signed(struct ipl_world *world, uint64_t address,
				       const void *bytes, size_t size, uint8_t index)
{
	const struct signature signature = { index, sum_of(bytes, size), { 0 } };
	const uint64_t segment = ipl_put_segment(world, &signature, sizeof(signature));
	struct component_entry *entry = ipl_add(world, COMPONENT_SIGNATURE, segment, 0);

	entry->signature.format = SIGNATURE_DER_PKCS7;
	entry->signature.size = be32(sizeof(signature));
	return ipl_add_load(world, address, bytes, size);
}

struct component_entry *ipl_add_exec(struct ipl_world *world, uint64_t psw)
{
	return ipl_add(world, COMPONENT_EXEC, 0, psw);
}

uint8_t *ipl_data(struct ipl_world *world, unsigned entry)
{
	const uint64_t segment = be64_get(world->entries[entry].segments.block);
	const struct bootmap_pointer *pointer = (const struct bootmap_pointer *)
		(world->bytes + segment * world->disk.block_size);

	return world->bytes + be64_get(pointer->block) * world->disk.block_size;
}

void ipl_fill(uint8_t *bytes, size_t size, const struct ipl_attributes *attributes)
{
	const struct sclab sclab = {
		.format = attributes->format,
		.flags = be16(attributes->flags),
		.load_psw = be64(attributes->psw),
		.load_address = be64(attributes->address),
	};
	const struct sclab_locator locator = {
		.length = be16(attributes->length ? attributes->length : SCLAB_LENGTH_MIN),
		.magic = { attributes->no_magic ? 'Z' : 'z', 'I', 'P', 'L' },
	};

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(i * 7 + size);
	memcpy(bytes + size - SCLAB_LENGTH_MIN, &sclab, sizeof(sclab));
	memcpy(bytes + size - sizeof(locator), &locator, sizeof(locator));
}

void ipl_add_program(struct ipl_world *world, const struct ipl_attributes *stage3,
		     const struct ipl_attributes *kernel)
{
	static uint8_t content[IPL_STAGE3_SIZE];

	ipl_add_zeros(world, STAGE3_HEAP, STAGE3_HEAP_SIZE);
	ipl_add_zeros(world, STAGE3_STACK, STAGE3_STACK_SIZE);
	ipl_fill(content, IPL_STAGE3_SIZE, stage3);
	ipl_add_signed(world, STAGE3_ADDRESS, content, IPL_STAGE3_SIZE, 5);
	ipl_add_zeros(world, STAGE3_PARAMETERS, sizeof(struct stage3_parameters));
	ipl_fill(content, IPL_KERNEL_SIZE, kernel);
	ipl_add_signed(world, KERNEL_IMAGE_ADDRESS, content, IPL_KERNEL_SIZE, 5);
	ipl_add_load(world, 0x20000, "quiet", sizeof("quiet"));
}

void ipl_write_tables(struct ipl_world *world)
{
	uint8_t table[BOOTMAP_BLOCK_MAX] = { 'z', 'I', 'P', 'L' };
	struct program_table programs = { .magic = { 'z', 'I', 'P', 'L' } };
	struct boot_record record = { .magic = { 'z', 'I', 'P', 'L' }, .version = be32(1) };
	const size_t room = BOOTMAP_ENTRIES(world->disk.block_size);
	const size_t count = world->entry_count < room ? world->entry_count : room;
	uint64_t block;

	memcpy(table + sizeof(struct component_header), world->entries,
	       count * sizeof(struct component_entry));
	block = ipl_put(world, table, world->disk.block_size);
	programs.programs[0] = ipl_pointer(world, block, 1);
	block = ipl_put(world, &programs, sizeof(programs));
	record.program_table = ipl_pointer(world, block, 1);
	memcpy(world->bytes, &record, sizeof(record));
}

struct ipl_world *ipl_golden(uint32_t block_size)
{
	struct ipl_world *world = ipl_world_new(block_size);

	ipl_add_program(world, &ipl_stage3_attributes, &ipl_kernel_attributes);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	return world;
}

enum load_status ipl_run(struct ipl_world *world, enum ipl_mode mode)
{
	const struct load_operations operations = {
		storage, verify, certificate, tell, world,
	};
	struct iplb *iplb = (struct iplb *)(world->storage + IPL_BLOCK);
	struct load_request *request = &world->request;

	if (be32_get(iplb->length) == 0)
		iplb->length = be32(IPLB_SIZE);
	request->disk = &world->disk;
	request->operations = &operations;
	request->mode = mode;
	request->iplb_address = IPL_BLOCK;
	request->certificates = (struct load_range){ IPL_CERTIFICATES, IPL_CERTIFICATES_SIZE };
	request->reserved[0] = (struct load_range){ IPL_LOADER, IPL_LOADER_SIZE };
	request->reserved_count = 1;
	world->message_count = 0;
	return load_program(&world->load, request);
}

bool ipl_told(const struct ipl_world *world, enum load_message_kind kind,
	      enum ipl_problem problem)
{
	for (unsigned i = 0; i < world->message_count; i++) {
		if (world->messages[i].kind == kind && world->messages[i].problem == problem)
			return true;
	}
	return false;
}

unsigned ipl_count(const struct ipl_world *world, enum load_message_kind kind)
{
	unsigned count = 0;

	for (unsigned i = 0; i < world->message_count; i++)
		count += world->messages[i].kind == kind;
	return count;
}

const struct ipl_report *ipl_report_of(const struct ipl_world *world)
{
	static struct ipl_report report;

	assert_true(ipl_report_read(&report, world->storage + IPL_BLOCK + IPLB_SIZE,
				    world->load.report_size));
	return &report;
}

const struct ipl_outcome ipl_warned = { LOAD_DONE, LOAD_DONE, LOAD_STOP };
const struct ipl_outcome ipl_failed = { LOAD_DONE, LOAD_TRY_NEXT, LOAD_TRY_NEXT };

static enum load_message_kind kind_of(enum load_status status)
{
	switch (status) {
	case LOAD_DONE:
		return LOAD_WARNING;
	case LOAD_TRY_NEXT:
		return LOAD_FAILED;
	case LOAD_STOP:
		break;
	}
	return LOAD_STOPPED;
}

void ipl_assert_outcome(struct ipl_world *world, const struct ipl_outcome *outcome,
			enum ipl_problem problem)
{
	assert_int_equal(ipl_run(world, IPL_NORMAL), outcome->normal);
	assert_int_equal(ipl_run(world, IPL_AUDIT), outcome->audit);
	assert_true(ipl_told(world, kind_of(outcome->audit), problem));
	assert_int_equal(ipl_run(world, IPL_SECURE), outcome->secure);
	assert_true(ipl_told(world, kind_of(outcome->secure), problem));
}
