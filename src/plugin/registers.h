/* SPDX-License-Identifier: MIT */
/*
 * The registers of the vCPU that runs the calling thread. To be used in
 * callbacks only, and for writing only in those that QEMU lets write.
 */
#ifndef UV_PLUGIN_REGISTERS_H
#define UV_PLUGIN_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"

#define PSW_DAT MSB0(5)
#define PSW_PROBLEM_STATE MSB0(15)
#define PSW_SPACE (MSB0(16) | MSB0(17))
#define PSW_SECONDARY_SPACE MSB0(16)
#define PSW_HOME_SPACE (MSB0(16) | MSB0(17))
#define PSW_CC_SHIFT 44
#define PSW_CC (UINT64_C(3) << PSW_CC_SHIFT)
#define PSW_64BIT (MSB0(31) | MSB0(32))
#define PSW_31BIT MSB0(32)

/*
 * Learns from QEMU how to reach the registers; once, in the first vCPU's init
 * callback. ERR_UNSUPPORTED when one that is needed is missing.
 */
int registers_learn(struct error *err);

uint64_t general_register(unsigned number);
void set_general_register(unsigned number, uint64_t value);
uint64_t control_register(unsigned number);
uint64_t prefix_register(void);

/*
 * The PSW. The condition code in the mask is right only at the first
 * instruction of a translated block, the address likewise; all else is exact.
 */
uint64_t psw_mask(void);
void set_psw_mask(uint64_t mask);
uint64_t psw_address(void);

/* Every register that can be written, to be put back later on the same vCPU. */
struct register_file;

/* NULL when memory is short. Caller frees. */
struct register_file *registers_save(void);
void registers_restore(const struct register_file *saved);
void register_file_free(struct register_file *saved);

#endif
