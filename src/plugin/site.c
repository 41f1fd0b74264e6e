/* SPDX-License-Identifier: MIT */
#include "plugin/site.h"

#include <stdlib.h>
#include <string.h>

#include "plugin/registers.h"

/* Sites are small, many and die together. */
#define SITES_PER_CHUNK 256

#define OPCODE_EXRL 0xc6 /* of its group, no instruction but it can execute ours */
#define EXRL_SIZE 6

struct chunk {
	struct chunk *next;
	unsigned used;
	struct site sites[SITES_PER_CHUNK];
};

static struct chunk *chunks;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct site *take(void)
{
	struct site *site = NULL;

	pthread_mutex_lock(&lock);
	if (!chunks || chunks->used == SITES_PER_CHUNK) {
		struct chunk *fresh = calloc(1, sizeof(*fresh));

		if (fresh) {
			fresh->next = chunks;
			chunks = fresh;
		}
	}
	if (chunks && chunks->used < SITES_PER_CHUNK)
		site = &chunks->sites[chunks->used++];
	pthread_mutex_unlock(&lock);
	return site;
}

bool site_read_text(uint64_t address, uint8_t *text, size_t size)
{
	static _Thread_local struct g_byte_array *buffer;

	if (!buffer)
		buffer = g_byte_array_new();
	if (!qemu_plugin_read_memory_vaddr(address, buffer, size))
		return false;
	memcpy(text, buffer->data, size);
	return true;
}

/*
 * QEMU shows the target of EXECUTE in the place of EXECUTE, so storage may hold
 * something else than the text at hand. EXECUTE itself is as long as all
 * instructions that come here, EXECUTE RELATIVE LONG is not.
 */
static unsigned length_at(uint64_t address)
{
	uint8_t opcode;

	if (!site_read_text(address, &opcode, sizeof(opcode)))
		return SITE_TEXT_SIZE;
	return opcode == OPCODE_EXRL ? EXRL_SIZE : SITE_TEXT_SIZE;
}

struct site *site_new(struct firmware *firmware, struct qemu_plugin_insn *insn)
{
	struct site *site = take();

	if (!site)
		return NULL;
	site->firmware = firmware;
	site->address = qemu_plugin_insn_vaddr(insn);
	site->length = length_at(site->address);
	if (qemu_plugin_insn_data(insn, site->text, sizeof(site->text)) !=
	    sizeof(site->text))
		return NULL;
	return site;
}

void sites_free(void)
{
	pthread_mutex_lock(&lock);
	while (chunks) {
		struct chunk *next = chunks->next;

		free(chunks);
		chunks = next;
	}
	pthread_mutex_unlock(&lock);
}

uint64_t site_operand_address(const struct site *site)
{
	unsigned base = site->text[2] >> 4;
	uint64_t displacement = (uint64_t)(site->text[2] & 0xf) << 8 | site->text[3];

	return (base ? general_register(base) : 0) + displacement;
}
