/* SPDX-License-Identifier: MIT */
#include "plugin/follow_up.h"

#include "plugin/firmware.h"
#include "plugin/handlers.h"
#include "plugin/iplb_pv.h"
#include "plugin/scp_info.h"

static void show_facilities(const struct secure_ipl *secure_ipl, uint64_t address)
{
	uint8_t bytes[STORAGE_PAGE];
	be16_t length;
	size_t size;

	/* QEMU has made sure that the block does not leave its page. */
	if (!storage_read(address, &length, sizeof(length)))
		return;
	size = be16_get(length);
	if (size > STORAGE_PAGE - address % STORAGE_PAGE ||
	    !storage_read(address, bytes, size))
		return;
	if (scp_info_show(bytes, size, secure_ipl->facilities))
		storage_write(address, bytes, size);
}

static bool has_answered_ok(const struct follow_up *follow_up)
{
	return general_register(follow_up->code_register) == DIAG308_OK;
}

static void replace_block(struct secure_ipl *secure_ipl, uint64_t address)
{
	struct iplb block;

	if (!storage_read(address, &block, sizeof(block)))
		return;
	secure_ipl_get_block(secure_ipl, &block);
	storage_write(address, &block, be32_get(block.length));
}

void follow_up_do(struct vcpu *vcpu)
{
	struct secure_ipl *secure_ipl = &vcpu->firmware->secure_ipl;
	struct follow_up *follow_up = &vcpu->follow_up;
	enum follow_up_kind kind = follow_up->kind;

	follow_up->kind = FOLLOW_UP_NONE;
	switch (kind) {
	case FOLLOW_UP_NONE:
		break;
	case FOLLOW_UP_SCP_INFO:
		show_facilities(secure_ipl, follow_up->address);
		break;
	case FOLLOW_UP_BLOCK_SET:
		if (has_answered_ok(follow_up))
			secure_ipl_set_block(secure_ipl, &follow_up->block);
		break;
	case FOLLOW_UP_BLOCK_STORE:
		if (has_answered_ok(follow_up))
			replace_block(secure_ipl, follow_up->address);
		break;
	}
}

static void before_next(unsigned index, void *data)
{
	struct firmware *firmware = data;

	count(&firmware->counters.callbacks);
	follow_up_do(&firmware->vcpus[index]);
}

static bool may_need_one(const uint8_t text[SITE_TEXT_SIZE])
{
	return (text[0] == OPCODE_SERVC >> 8 && text[1] == (OPCODE_SERVC & 0xff)) ||
	       (text[0] == OPCODE_DIAG && diag_may_be(text, DIAG_IPL));
}

/* The instructions in question end their block in QEMU. */
void follow_up_hook(struct firmware *firmware, struct qemu_plugin_insn *first)
{
	uint64_t address = qemu_plugin_insn_vaddr(first);
	uint8_t text[SITE_TEXT_SIZE];

	if (address >= sizeof(text) &&
	    site_read_text(address - sizeof(text), text, sizeof(text)) &&
	    may_need_one(text))
		qemu_plugin_register_vcpu_insn_exec_cb(first, before_next,
						       QEMU_CB_READ_REGISTERS, firmware);
}
