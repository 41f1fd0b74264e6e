/* SPDX-License-Identifier: MIT */
#include "diagnose_world.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 4096

static bool is_storage(const struct diagnose_world *world, uint64_t address, size_t size)
{
	return address <= world->size && size <= world->size - address;
}

static bool touches_read_only(const struct diagnose_world *world, uint64_t address,
			      size_t size)
{
	return world->read_only != NOTHING_READ_ONLY && address < world->read_only + PAGE &&
	       address + size > world->read_only;
}

static bool read_absolute(void *cpu, uint64_t address, void *data, size_t size)
{
	struct diagnose_world *world = cpu;

	if (!is_storage(world, address, size))
		return false;
	memcpy(data, world->bytes + address, size);
	for (size_t i = 0; world->reads && i < size; i++)
		world->reads[address + i]++;
	if (world->meanwhile)
		world->meanwhile(world, address, size);
	return true;
}

static bool write_absolute(void *cpu, uint64_t address, const void *data, size_t size)
{
	struct diagnose_world *world = cpu;

	if (!is_storage(world, address, size))
		return false;
	memcpy(world->bytes + address, data, size);
	world->written += size;
	return true;
}

static bool can_write(void *cpu, uint64_t address, size_t size)
{
	struct diagnose_world *world = cpu;
	uint64_t absolute = address - LOGICAL_BASE;

	return is_storage(world, absolute, size) && !touches_read_only(world, absolute, size);
}

static bool read_logical(void *cpu, uint64_t address, void *data, size_t size)
{
	return read_absolute(cpu, address - LOGICAL_BASE, data, size);
}

static bool write_logical(void *cpu, uint64_t address, const void *data, size_t size)
{
	return can_write(cpu, address, size) &&
	       write_absolute(cpu, address - LOGICAL_BASE, data, size);
}

void diagnose_world_new(struct diagnose_world *world, size_t size)
{
	*world = (struct diagnose_world){
		.bytes = malloc(size),
		.size = size,
		.read_only = NOTHING_READ_ONLY,
		.storage = {
			.read = read_logical,
			.write = write_logical,
			.can_write = can_write,
			.read_absolute = read_absolute,
			.write_absolute = write_absolute,
			.cpu = world,
		},
	};
	if (!world->bytes)
		abort();
	memset(world->bytes, WORLD_FILL, size);
}

void diagnose_world_free(struct diagnose_world *world)
{
	free(world->bytes);
	free(world->reads);
	*world = (struct diagnose_world){ .size = 0 };
}

bool world_is_untouched(const struct diagnose_world *world, uint64_t address, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (world->bytes[address + i] != WORLD_FILL)
			return false;
	}
	return true;
}
