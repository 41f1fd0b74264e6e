/* SPDX-License-Identifier: MIT */
#include "image/component_check.h"

#include <inttypes.h>
#include <string.h>

#include "base/be.h"

static const uint8_t elf_magic[4] = { 0x7f, 'E', 'L', 'F' };
static const uint8_t kernel_mark[6] = { 'S', '3', '9', '0', 'E', 'P' };

static int refused(struct error *err, const char *why, const char *hint)
{
	error_set(err, ERR_FORMAT, "%s", why);
	error_hint(err, ERR_FORMAT, "%s", hint);
	return error_wrap(err, ERR_FORMAT,
			  "Check for Linux kernel component has failed");
}

int kernel_check(uint64_t *max_cmdline, const uint8_t *head, size_t size,
		 struct error *err)
{
	be64_t limit;

	if (size >= sizeof(elf_magic) &&
	    memcmp(head, elf_magic, sizeof(elf_magic)) == 0)
		return refused(err,
			       "ELF file found, but only raw binary kernels are supported.",
			       "Use the kernel's arch/s390/boot/bzImage, or what lies in /boot");
	if (size < KERNEL_HEAD_SIZE ||
	    memcmp(head + KERNEL_EP_OFFSET, kernel_mark, sizeof(kernel_mark)) != 0)
		return refused(err, "No s390x Linux kernel provided",
			       "There is no S390EP at offset 0x10008 of the file. Other programs can be used with --no-component-check");
	memcpy(&limit, head + KERNEL_MAX_CMDLINE_OFFSET, sizeof(limit));
	*max_cmdline = be64_get(limit);
	if (*max_cmdline == 0)
		*max_cmdline = KERNEL_LEGACY_CMDLINE;
	return 0;
}

int cmdline_check(uint64_t size, uint64_t max_cmdline, struct error *err)
{
	if (size <= max_cmdline)
		return 0;
	error_set(err, ERR_FORMAT,
		  "Provided kernel cmdline is too large: %" PRIu64 " > %" PRIu64,
		  size, max_cmdline);
	error_hint(err, ERR_FORMAT,
		   "The limit is what this kernel announces; it counts the final NUL");
	return error_wrap(err, ERR_FORMAT,
			  "Check for kernel cmdline component has failed");
}
