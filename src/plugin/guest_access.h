/* SPDX-License-Identifier: MIT */
/*
 * Storage as the vCPU of the calling thread sees it when it names an operand:
 * virtual with DAT on, else real. See docs/reference/engine.md, "Access
 * exceptions".
 */
#ifndef UV_PLUGIN_GUEST_ACCESS_H
#define UV_PLUGIN_GUEST_ACCESS_H

#include <stddef.h>

#include "plugin/dat.h"

/* The translation state of the running vCPU, now, for addresses of its home space. */
struct dat_context guest_home_context(void);
/* ... and of the space that its PSW selects (in access-register mode: the primary one). */
struct dat_context guest_current_context(void);

/*
 * All or nothing, but for a guest that changes its tables meanwhile. False when
 * a byte cannot be accessed; *@fault (may be NULL) is then the exception of the
 * first such byte.
 */
bool guest_read(const struct dat_context *dat, uint64_t address, void *data,
		size_t size, struct access_fault *fault);
bool guest_can_write(const struct dat_context *dat, uint64_t address, size_t size,
		     struct access_fault *fault);
bool guest_write(const struct dat_context *dat, uint64_t address,
		 const void *data, size_t size);

/*
 * A translated range: it can be accessed as long as it is used, whatever becomes
 * of the guest's tables meanwhile.
 */
#define GUEST_RANGE_MAX 0xffff
#define GUEST_RANGE_PAGES (GUEST_RANGE_MAX / 4096 + 2)

struct guest_range {
	size_t offset;                     /* of its first byte in the first page */
	uint64_t pages[GUEST_RANGE_PAGES]; /* absolute addresses */
};

/* Translates @size bytes, at most GUEST_RANGE_MAX. False as above. */
bool guest_range_take(struct guest_range *range, const struct dat_context *dat,
		      uint64_t address, size_t size, enum dat_access access,
		      struct access_fault *fault);

/* The first @size bytes, no more than were taken. */
void guest_range_read(const struct guest_range *range, void *data, size_t size);
void guest_range_write(const struct guest_range *range, const void *data, size_t size);

#endif
