/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "zgetdump.h"

#define MIB (1024UL * 1024)

static uint64_t mebibytes(uint64_t size)
{
	return size / MIB + (size % MIB >= MIB / 2);
}

/* Labels are filled up with dots. */
static void print_field(const char *label, const char *value)
{
	static const char dots[] = "...................";

	fprintf(stderr, "  %s%s: %s\n", label,
		dots + (strlen(label) < sizeof(dots) - 1 ? strlen(label) : sizeof(dots) - 1),
		value);
}

static void print_guest(const struct guest_info *guest)
{
	if (guest->is_live)
		print_field("Dump method", "live");
	if (!guest->has_uts)
		return;
	print_field("UTS node name", guest->node_name);
	print_field("UTS kernel release", guest->release);
	print_field("UTS kernel version", guest->version);
}

/* What is known of a locked dump: its memory as it lies. */
struct memory_map {
	const struct dump_view *view; /* NULL: the dump is locked */
	const struct dump *dump;
};

static size_t map_count(const struct memory_map *map)
{
	size_t count;

	if (map->view)
		return map->view->count;
	(void)dump_chunks(map->dump, &count);
	return count;
}

static struct dump_range map_range(const struct memory_map *map, size_t index)
{
	const struct dump_chunk *chunk;
	size_t count;

	if (map->view)
		return map->view->ranges[index];
	chunk = &dump_chunks(map->dump, &count)[index];
	return (struct dump_range){ .address = chunk->address, .size = chunk->size,
				    .zero = chunk->zero };
}

static void print_range(const struct dump_range *range, bool alone)
{
	fprintf(stderr, "  %016" PRIx64 " - %016" PRIx64 " (%" PRIu64 " MB%s)\n",
		range->address, range->address + range->size - 1, mebibytes(range->size),
		alone && range->zero ? " zeroes" : "");
}

/* Neighbours make one line, unless each is to be shown. */
static void print_map(const struct memory_map *map, bool each)
{
	struct dump_range line = { 0 };

	fprintf(stderr, "\nMemory map:\n");
	for (size_t i = 0; i < map_count(map); i++) {
		struct dump_range range = map_range(map, i);

		if (line.size && !each && line.address + line.size == range.address) {
			line.size += range.size;
			continue;
		}
		if (line.size)
			print_range(&line, each);
		line = range;
	}
	if (line.size)
		print_range(&line, each);
}

static void print_memory_size(const struct memory_map *map)
{
	uint64_t end = 0;
	char text[32];

	for (size_t i = 0; i < map_count(map); i++) {
		struct dump_range range = map_range(map, i);

		end = range.address + range.size;
	}
	snprintf(text, sizeof(text), "%" PRIu64 " MB", mebibytes(end));
	print_field("Dump memory range", text);
}

static void print_cpu_count(const struct opened *opened)
{
	char text[32];
	size_t count;

	(void)dump_cpus(opened->dump, &count);
	snprintf(text, sizeof(text), "%zu", count);
	print_field("CPU count (online)", text);
}

static void print_info(const struct opened *opened, bool locked, bool each)
{
	const struct memory_map map = { locked ? NULL : &opened->view, opened->dump };
	/* Of a system that was pushed aside nothing is known but its memory. */
	bool has_cpus = locked || opened->view.has_registers;

	fprintf(stderr, "General dump info:\n");
	print_field("Dump format", format_name(opened->dump));
	if (has_cpus)
		print_field("Version", "1");
	print_guest(&opened->guest);
	print_field("System arch", "s390x (64 bit)");
	if (has_cpus)
		print_cpu_count(opened);
	print_memory_size(&map);
	print_map(&map, each);
}

int run_info(const struct settings *settings, struct cli *cli)
{
	struct opened opened = { 0 };
	struct error err = { 0 };
	int rc = dump_open(&opened.dump, settings->dump, cli_log(cli), &err);

	if (rc == 0) {
		rc = opened_unlock(&opened, settings, &err);
		print_info(&opened, rc < 0, settings->verbose > 0);
		if (rc < 0)
			fputc('\n', stderr);
	}
	opened_close(&opened);
	return rc < 0 ? cli_fail(cli, &err) : CLI_OK;
}
