/* SPDX-License-Identifier: MIT */
/*
 * What remains to be done when QEMU has executed an instruction: it has stored a
 * block that a guest of Secure IPL is to see otherwise, or taken one. QEMU calls
 * nobody behind an instruction, so it is done before the next one; or, when an
 * interruption comes first, before that one's first instruction. See
 * docs/reference/secure-ipl.md.
 */
#ifndef UV_PLUGIN_FOLLOW_UP_H
#define UV_PLUGIN_FOLLOW_UP_H

#include <stdint.h>

#include "ipl/iplb.h"
#include "plugin/qemu_plugin_api.h"

enum follow_up_kind {
	FOLLOW_UP_NONE,
	FOLLOW_UP_SCP_INFO,    /* a service call has filled the block at ->address */
	FOLLOW_UP_BLOCK_SET,   /* QEMU has judged the guest's IPL parameter block, ->block */
	FOLLOW_UP_BLOCK_STORE, /* QEMU has stored its own at ->address */
};

/* Of one vCPU. */
struct follow_up {
	enum follow_up_kind kind;
	uint64_t address;       /* absolute */
	unsigned code_register; /* that has QEMU's return code then */
	struct iplb block;
};

struct firmware;
struct vcpu;

/* Does what is due on the running vCPU, if anything is. */
void follow_up_do(struct vcpu *vcpu);

/*
 * In the translation callback: has follow_up_do() called before @first, the first
 * instruction of a block, when it stands behind one which may need it.
 */
void follow_up_hook(struct firmware *firmware, struct qemu_plugin_insn *first);

#endif
