/* SPDX-License-Identifier: MIT */
#include "dump/guest_info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump/elf.h"

#define LIVE_MAGIC UINT64_C(0x4c49564544554d50) /* at address 0 */
#define LOWCORE_VMCOREINFO 0xe0c
#define LOWCORE_OS_INFO 0xe18
#define VMCOREINFO_TEXT 24 /* where the text starts in its note */
#define MAX_VMCOREINFO 65536

#define OS_INFO_MAGIC UINT64_C(0x4f53494e464f535a) /* "OSINFOSZ" */
#define OS_INFO_SIZE 4096
#define OS_INFO_CHECKED 12 /* the checksum covers what follows */
#define OS_INFO_ENTRIES 13

enum os_info_index {
	OS_INFO_VMCOREINFO = 0,
	OS_INFO_IDENTITY_BASE = 4,
	OS_INFO_KASLR_OFFSET = 5,
	OS_INFO_KASLR_PHYSICAL = 6,
	OS_INFO_AMODE31_START = 8,
	OS_INFO_AMODE31_END = 9,
};

struct os_info_entry {
	be64_t value; /* or address */
	be64_t size;
	be32_t checksum;
};
WIRE_SIZE(struct os_info_entry, 20);

struct os_info {
	be64_t magic;               /* 0x00 */
	be32_t checksum;            /* 0x08 */
	be16_t major;               /* 0x0c */
	be16_t minor;               /* 0x0e */
	be64_t crash_kernel;        /* 0x10 */
	be64_t crash_kernel_size;   /* 0x18 */
	struct os_info_entry entries[OS_INFO_ENTRIES]; /* 0x20 */
	uint8_t reserved_124[OS_INFO_SIZE - 0x124];    /* 0x124 */
};
WIRE_AT(struct os_info, entries, 0x20);
WIRE_SIZE(struct os_info, OS_INFO_SIZE);

/* struct new_utsname of Linux. */
struct uts_names {
	char system[UTS_NAME_SIZE];
	char node[UTS_NAME_SIZE];
	char release[UTS_NAME_SIZE];
	char version[UTS_NAME_SIZE];
	char machine[UTS_NAME_SIZE];
	char domain[UTS_NAME_SIZE];
};
#define UTS_SEARCH_SIZE 1024 /* the structure lies somewhere in here */

/* One look at a dump: what is needed to read it. */
struct look {
	const struct dump_view *view;
	struct dump_reader *reader;
	struct os_info os_info; /* zeros when there is none */
};

static bool look_at(const struct look *look, uint64_t address, void *data, size_t size)
{
	return dump_view_read(look->view, look->reader, address, data, size, NULL) == 0;
}

/* What the instruction CKSM adds up, from 0: words with end-around carry. */
static uint32_t checksum(const uint8_t *bytes, size_t size)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += (uint64_t)bytes[i] << (24 - 8 * (i % 4));
	while (sum >> 32)
		sum = (sum & UINT32_MAX) + (sum >> 32);
	return (uint32_t)sum;
}

static void find_os_info(struct look *look)
{
	struct os_info *info = &look->os_info;
	be64_t pointer;
	uint64_t address;

	if (look_at(look, LOWCORE_OS_INFO, &pointer, sizeof(pointer))) {
		address = be64_get(pointer);
		if (address && address % OS_INFO_SIZE == 0 &&
		    look_at(look, address, info, sizeof(*info)) &&
		    be64_get(info->magic) == OS_INFO_MAGIC &&
		    be32_get(info->checksum) ==
			    checksum((const uint8_t *)info + OS_INFO_CHECKED,
				     sizeof(*info) - OS_INFO_CHECKED))
			return;
	}
	*info = (struct os_info){ 0 };
}

/* A copy of the @size bytes of text at @address; NULL when that is impossible. */
static char *copy_text(const struct look *look, uint64_t address, uint64_t size)
{
	char *text;

	if (size == 0 || size > MAX_VMCOREINFO)
		return NULL;
	text = calloc(1, (size_t)size + 1);
	if (text && !look_at(look, address, text, (size_t)size)) {
		free(text);
		text = NULL;
	}
	return text;
}

static bool take_vmcoreinfo(struct guest_info *info, const struct look *look,
			    uint64_t address, uint64_t size)
{
	info->vmcoreinfo = copy_text(look, address, size);
	info->vmcoreinfo_length = info->vmcoreinfo ? (size_t)size : 0;
	return info->vmcoreinfo;
}

static bool vmcoreinfo_from_os_info(struct guest_info *info, const struct look *look)
{
	const struct os_info_entry *entry = &look->os_info.entries[OS_INFO_VMCOREINFO];

	if (!be64_get(entry->value) ||
	    !take_vmcoreinfo(info, look, be64_get(entry->value), be64_get(entry->size)))
		return false;
	if (checksum((const uint8_t *)info->vmcoreinfo, info->vmcoreinfo_length) ==
	    be32_get(entry->checksum))
		return true;
	free(info->vmcoreinfo);
	info->vmcoreinfo = NULL;
	info->vmcoreinfo_length = 0;
	return false;
}

static bool vmcoreinfo_from_lowcore(struct guest_info *info, const struct look *look)
{
	static const char name[] = "VMCOREINFO";
	struct { struct elf_note head; char name[sizeof(name)]; } note;
	be64_t pointer;

	return look_at(look, LOWCORE_VMCOREINFO, &pointer, sizeof(pointer)) &&
	       be64_get(pointer) != 0 &&
	       look_at(look, be64_get(pointer), &note, sizeof(note)) &&
	       memcmp(note.name, name, sizeof(name) - 1) == 0 &&
	       take_vmcoreinfo(info, look, be64_get(pointer) + VMCOREINFO_TEXT,
			       be32_get(note.head.size));
}

static void find_vmcoreinfo(struct guest_info *info, const struct look *look,
			    const char *note, size_t length)
{
	if (vmcoreinfo_from_os_info(info, look) || vmcoreinfo_from_lowcore(info, look) ||
	    !note)
		return;
	info->vmcoreinfo = calloc(1, length + 1);
	if (!info->vmcoreinfo)
		return;
	memcpy(info->vmcoreinfo, note, length);
	info->vmcoreinfo_length = length;
}

/* The address after "SYMBOL(@name)=" at the start of a line; 0 = not there. */
static uint64_t find_symbol(const char *text, const char *name)
{
	char key[64];
	size_t length;

	length = (size_t)snprintf(key, sizeof(key), "SYMBOL(%s)=", name);
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) == 0)
			return strtoull(line + length, NULL, 16);
	}
	return 0;
}

static uint64_t os_info_value(const struct look *look, enum os_info_index index)
{
	return be64_get(look->os_info.entries[index].value);
}

/* Of a kernel that is mapped elsewhere than it lies. */
static uint64_t physical(const struct look *look, uint64_t address)
{
	uint64_t kaslr = os_info_value(look, OS_INFO_KASLR_OFFSET);

	if (kaslr == 0 || address < 0x2000 ||
	    (address >= os_info_value(look, OS_INFO_AMODE31_START) &&
	     address < os_info_value(look, OS_INFO_AMODE31_END)))
		return address;
	if (address < kaslr)
		return address - os_info_value(look, OS_INFO_IDENTITY_BASE);
	return address - kaslr + os_info_value(look, OS_INFO_KASLR_PHYSICAL);
}

/* Terminals will see it: nothing but printable ASCII. */
static void copy_printable(char to[UTS_NAME_SIZE], const char from[UTS_NAME_SIZE])
{
	size_t i = 0;

	for (; i < UTS_NAME_SIZE - 1 && from[i]; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	to[i] = '\0';
}

static void find_uts(struct guest_info *info, const struct look *look)
{
	char bytes[UTS_SEARCH_SIZE];
	const struct uts_names *names;
	uint64_t address = 0;
	const char *start;

	if (info->vmcoreinfo)
		address = find_symbol(info->vmcoreinfo, "init_uts_ns");
	if (!address || !look_at(look, physical(look, address), bytes, sizeof(bytes)))
		return;
	start = memchr(bytes, 'L', sizeof(bytes) - sizeof(*names));
	if (!start)
		return;
	names = (const void *)start;
	if (memcmp(names->system, "Linux", sizeof("Linux")) != 0)
		return;
	info->has_uts = true;
	copy_printable(info->node_name, names->node);
	copy_printable(info->release, names->release);
	copy_printable(info->version, names->version);
}

void guest_info_find(struct guest_info *info, const struct dump_view *view,
		     struct dump_reader *reader, const char *note, size_t length)
{
	struct look look = { .view = view, .reader = reader };
	be64_t first;

	*info = (struct guest_info){ 0 };
	info->is_live = look_at(&look, 0, &first, sizeof(first)) &&
			be64_get(first) == LIVE_MAGIC;
	find_os_info(&look);
	find_vmcoreinfo(info, &look, note, length);
	find_uts(info, &look);
}

void guest_info_free(struct guest_info *info)
{
	free(info->vmcoreinfo);
	*info = (struct guest_info){ 0 };
}
