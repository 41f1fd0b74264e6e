/* SPDX-License-Identifier: MIT */
#include "plugin/registers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "plugin/qemu_plugin_api.h"

#define REGISTERS_MAX 160
#define REGISTER_SIZE_MAX 16

/* All vCPUs are alike, so one table serves them all. */
static struct {
	struct qemu_register all[REGISTERS_MAX];
	unsigned count;
	void *general[16];
	void *control[16];
	void *prefix;
	void *psw_mask;
	void *psw_address;
} known;

static int find(void **handle, const char *name, struct error *err)
{
	for (unsigned i = 0; i < known.count; i++) {
		if (strcmp(known.all[i].name, name) == 0) {
			*handle = known.all[i].handle;
			return 0;
		}
	}
	return error_set(err, ERR_UNSUPPORTED,
			 "this QEMU does not offer the register '%s' to plugins", name);
}

static int find_numbered(void *handles[16], const char *prefix, struct error *err)
{
	for (unsigned i = 0; i < 16; i++) {
		char name[8];
		int rc;

		snprintf(name, sizeof(name), "%s%u", prefix, i);
		rc = find(&handles[i], name, err);
		if (rc)
			return rc;
	}
	return 0;
}

static int find_all(struct error *err)
{
	int rc = find_numbered(known.general, "r", err);

	if (!rc)
		rc = find_numbered(known.control, "cr", err);
	if (!rc)
		rc = find(&known.prefix, "prefix", err);
	if (!rc)
		rc = find(&known.psw_mask, "pswm", err);
	if (!rc)
		rc = find(&known.psw_address, "pswa", err);
	return rc;
}

int registers_learn(struct error *err)
{
	struct g_array *list = qemu_plugin_get_registers();
	unsigned count = list->length;

	if (count > REGISTERS_MAX)
		count = REGISTERS_MAX;
	memcpy(known.all, list->data, count * sizeof(known.all[0]));
	known.count = count;
	g_array_free(list, 1);
	return find_all(err);
}

/* Reads a register of at most REGISTER_SIZE_MAX bytes; returns its size. */
static unsigned read_bytes(void *handle, uint8_t bytes[REGISTER_SIZE_MAX])
{
	static _Thread_local struct g_byte_array *buffer;
	unsigned size;

	if (!buffer)
		buffer = g_byte_array_new();
	g_byte_array_set_size(buffer, 0);
	if (!qemu_plugin_read_register(handle, buffer))
		return 0;
	size = buffer->length;
	if (size > REGISTER_SIZE_MAX)
		return 0;
	memcpy(bytes, buffer->data, size);
	return size;
}

static void write_bytes(void *handle, const uint8_t *bytes, unsigned size)
{
	uint8_t copy[REGISTER_SIZE_MAX];
	struct g_byte_array array = { copy, size };

	memcpy(copy, bytes, size);
	/* QEMU looks for a right half of a vector register behind a left one. */
	if (size == sizeof(copy) / 2)
		memcpy(copy + size, bytes, size);
	qemu_plugin_write_register(handle, &array);
}

static uint64_t read_number(void *handle)
{
	uint8_t bytes[REGISTER_SIZE_MAX];
	unsigned size = read_bytes(handle, bytes);
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

static void write_u64(void *handle, uint64_t value)
{
	be64_t bytes = be64(value);

	write_bytes(handle, bytes.b, sizeof(bytes));
}

uint64_t general_register(unsigned number)
{
	return read_number(known.general[number]);
}

void set_general_register(unsigned number, uint64_t value)
{
	write_u64(known.general[number], value);
}

uint64_t control_register(unsigned number)
{
	return read_number(known.control[number]);
}

uint64_t prefix_register(void)
{
	return read_number(known.prefix);
}

uint64_t psw_mask(void)
{
	return read_number(known.psw_mask);
}

void set_psw_mask(uint64_t mask)
{
	write_u64(known.psw_mask, mask);
}

uint64_t psw_address(void)
{
	return read_number(known.psw_address);
}

struct register_file {
	struct {
		uint8_t bytes[REGISTER_SIZE_MAX];
		unsigned size; /* 0 = not writable, or could not be read */
	} values[REGISTERS_MAX];
};

struct register_file *registers_save(void)
{
	struct register_file *saved = calloc(1, sizeof(*saved));

	if (!saved)
		return NULL;
	for (unsigned i = 0; i < known.count; i++) {
		if (!known.all[i].is_readonly)
			saved->values[i].size = read_bytes(known.all[i].handle,
							   saved->values[i].bytes);
	}
	return saved;
}

void registers_restore(const struct register_file *saved)
{
	for (unsigned i = 0; i < known.count; i++) {
		if (saved->values[i].size)
			write_bytes(known.all[i].handle, saved->values[i].bytes,
				    saved->values[i].size);
	}
}

void register_file_free(struct register_file *saved)
{
	if (saved)
		secret_wipe(saved, sizeof(*saved));
	free(saved);
}
