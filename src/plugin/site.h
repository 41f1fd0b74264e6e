/* SPDX-License-Identifier: MIT */
/*
 * Where an instruction that the plugin answers stands in the guest, and what it
 * says. Made when its block is translated; QEMU hands it to the callbacks.
 */
#ifndef UV_PLUGIN_SITE_H
#define UV_PLUGIN_SITE_H

#include <stdint.h>

#include "plugin/firmware.h"
#include "plugin/qemu_plugin_api.h"

#define SITE_TEXT_SIZE 4

struct site {
	struct firmware *firmware;
	uint64_t address; /* of EXECUTE, when that executes it */
	unsigned length;  /* bytes from there to what is executed next */
	uint8_t text[SITE_TEXT_SIZE];
};

/* NULL when memory is short. Lives until sites_free(). */
struct site *site_new(struct firmware *firmware, struct qemu_plugin_insn *insn);

/* The @size bytes of the guest's program at @address; in the translation callback. */
bool site_read_text(uint64_t address, uint8_t *text, size_t size);

/* Forgets all sites: QEMU has dropped all translated blocks. */
void sites_free(void);

static inline unsigned site_r1(const struct site *site)
{
	return site->text[1] >> 4;
}

static inline unsigned site_r3(const struct site *site)
{
	return site->text[1] & 0xf;
}

/* The operand address that base and displacement of an RS or S instruction give. */
uint64_t site_operand_address(const struct site *site);

static inline uint64_t site_next_address(const struct site *site)
{
	return site->address + site->length;
}

#endif
