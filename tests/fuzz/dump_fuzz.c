/* SPDX-License-Identifier: MIT */
/*
 * Dumps: opened, unlocked, looked through, converted and read here and there. What
 * the ultravisor sealed is sealed anew, so that what lies behind is reached.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dump/copy.h"
#include "dump/dump_internal.h"
#include "dump/guest_info.h"
#include "dump/target.h"

#define COPY_LIMIT (4 << 20) /* larger targets are only read here and there */
#define SAMPLES 32
#define SAMPLE_SIZE 10000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t cck[DUMP_CCK_SIZE] = "the key of the dumps that fuzz";
static int file = -1;
static char path[64];

static void store(uint64_t offset, const void *data, size_t size)
{
	if (pwrite(file, data, size, (off_t)offset) != (ssize_t)size)
		abort();
}

/* With the seed that is there, and whatever the areas held as what they hold. */
static void seal_again(const struct dump *dump)
{
	static const struct dump_page_keys keys = { .xts_key = { 1 }, .tweak_nonce = { 2 } };
	static const uint8_t iv[GCM_IV_SIZE];
	const struct cpu_state cpu = { .prefix = 0x2000 };
	struct dump_completion completion;
	struct dump_cpu_area area;
	struct secret *key;

	if (elf_file_read(&dump->file, &completion, sizeof(completion),
			  be64_get(dump->completion.offset), "area", NULL) < 0 ||
	    dump_key_derive(&key, cck, completion.seed, NULL) < 0)
		return;
	if (dump_completion_seal(&completion, secret_view(key), completion.seed, iv, &keys,
				 NULL) < 0 ||
	    dump_cpu_seal(&area, secret_view(key), iv, &cpu, NULL) < 0)
		abort();
	for (size_t i = 0; i < dump->sealed_count; i++)
		if (dump->sealed[i].size >= sizeof(area))
			store(dump->sealed[i].offset, &area, sizeof(area));
	store(be64_get(dump->completion.offset), &completion, sizeof(completion));
	secret_free(key);
}

static void read_here_and_there(const struct target *target, struct dump_reader *reader)
{
	static uint8_t sample[SAMPLE_SIZE];
	uint64_t size = target_size(target);

	for (uint64_t i = 0; i < SAMPLES; i++) {
		uint64_t offset = size / SAMPLES * i;
		size_t count = size - offset < sizeof(sample) ? (size_t)(size - offset)
							      : sizeof(sample);

		if (target_next_data(target, offset) < offset)
			abort();
		(void)target_read(target, reader, offset, sample, count, NULL);
	}
}

static void convert(const struct dump *dump, struct dump_reader *reader,
		    const struct dump_view *view, enum dump_format format)
{
	struct target_input input = { .view = view };
	struct guest_info info;
	struct target *target;
	const char *note;
	size_t length;

	note = dump_vmcoreinfo_note(dump, &length);
	guest_info_find(&info, view, reader, note, length);
	input.cpus = dump_cpus(dump, &input.cpu_count);
	input.vmcoreinfo = info.vmcoreinfo;
	input.vmcoreinfo_length = info.vmcoreinfo_length;
	if (target_new(&target, format, &input, reader, NULL) == 0) {
		struct dump_copy copy = { .dump = dump, .target = target, .fd = -1 };

		read_here_and_there(target, reader);
		if (target_size(target) < COPY_LIMIT)
			(void)dump_copy(&copy, NULL);
		target_free(target);
	}
	guest_info_free(&info);
}

static void look_through(const struct dump *dump)
{
	struct dump_reader *reader;
	struct dump_view view;

	if (dump_reader_new(&reader, dump, NULL) < 0)
		abort();
	for (enum dump_system system = DUMP_SYSTEM_UNSPECIFIED; system <= DUMP_SYSTEM_ALL;
	     system++) {
		if (dump_view_make(&view, dump, reader, system, NULL) < 0)
			continue;
		convert(dump, reader, &view, DUMP_FORMAT_ELF);
		convert(dump, reader, &view, DUMP_FORMAT_S390);
		dump_view_free(&view);
	}
	dump_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret *key = secret_copy(cck, sizeof(cck));
	struct dump *dump;

	if (file < 0)
		file = memfd_create("dump", MFD_CLOEXEC);
	if (file < 0 || !key || ftruncate(file, 0) < 0)
		abort();
	store(0, data, size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	if (dump_open(&dump, path, NULL, NULL) == 0) {
		if (dump_is_protected(dump))
			seal_again(dump);
		if (dump_unlock(dump, key, NULL) == 0)
			look_through(dump);
		dump_close(dump);
	}
	secret_free(key);
	return 0;
}
