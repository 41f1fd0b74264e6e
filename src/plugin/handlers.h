/* SPDX-License-Identifier: MIT */
/*
 * The instructions that the plugin answers. Each handler runs before its
 * instruction, on the vCPU @index, with the struct site of the instruction. It
 * returns, and QEMU executes the instruction; how an instruction ends that QEMU
 * does not know: interruption.h.
 */
#ifndef UV_PLUGIN_HANDLERS_H
#define UV_PLUGIN_HANDLERS_H

#include <stdbool.h>
#include <stdint.h>

#include "plugin/site.h"

#define OPCODE_DIAG 0x83
#define OPCODE_SERVC 0xb220
#define OPCODE_STFLE 0xb2b0
#define OPCODE_PCKMO 0xb928

/* Function codes of DIAG. */
#define DIAG_IPL 0x308
#define DIAG_CERTIFICATE_STORE 0x320
#define DIAG_IPL_EXTENSIONS 0x508

/* Can the function code of the DIAG in @text be @function, as far as the text tells? */
bool diag_may_be(const uint8_t text[SITE_TEXT_SIZE], unsigned function);
/* ... and is it one that the plugin looks at? */
bool diag_may_be_ours(const struct site *site);
void on_diag(unsigned index, void *site);

/* In supervisor state; the second for both codes of Secure IPL. */
void diag_ipl(struct vcpu *vcpu, const struct site *site);
void diag_secure_ipl(struct vcpu *vcpu, const struct site *site, unsigned function);

void on_servc(unsigned index, void *site);

void on_uvc(unsigned index, void *site);

/*
 * How far a stored byte is behind the operand's address is counted modulo the
 * smallest address space: in 24- and 31-bit mode that address may have further bits
 * that do not count.
 */
#define OPERAND_DISTANCE_MASK UINT64_C(0xffffff)

/* STFLE: before the instruction, and after each byte that it stores. */
void on_stfle(unsigned index, void *site);
void on_stfle_store(unsigned index, uint32_t info, uint64_t address, void *site);

/* PCKMO: before the instruction, and after each byte that it stores. */
void on_pckmo(unsigned index, void *site);
void on_pckmo_store(unsigned index, uint32_t info, uint64_t address, void *site);

#endif
