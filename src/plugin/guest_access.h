/* SPDX-License-Identifier: MIT */
/*
 * Storage as the vCPU of the calling thread sees it when it names an operand of
 * an ultravisor call: home-space virtual with DAT on, else real. See
 * docs/reference/ultravisor-calls.md, "The instruction".
 */
#ifndef UV_PLUGIN_GUEST_ACCESS_H
#define UV_PLUGIN_GUEST_ACCESS_H

#include <stddef.h>

#include "plugin/dat.h"

/* The translation state of the running vCPU, now. */
struct dat_context guest_dat_context(void);

/*
 * All or nothing. False when a byte cannot be accessed; *@fault (may be NULL)
 * is then the exception of the first such byte.
 */
bool guest_read(const struct dat_context *dat, uint64_t address, void *data,
		size_t size, struct access_fault *fault);
bool guest_write(const struct dat_context *dat, uint64_t address,
		 const void *data, size_t size, struct access_fault *fault);

/* Whether guest_read() or guest_write() would succeed. */
bool guest_can_access(const struct dat_context *dat, uint64_t address,
		      size_t size, enum dat_access access,
		      struct access_fault *fault);

#endif
