/* SPDX-License-Identifier: MIT */
#include "dump/notes.h"

#include <string.h>

#define FPR_SIZE 8
#define LOW_VECTORS 16 /* those whose first half is a floating point register */

union note_content {
	struct note_prstatus prstatus;
	struct note_fpregset fpregset;
	be32_t word;
	be64_t doubleword;
	be64_t control[16];
	uint8_t low[LOW_VECTORS][VECTOR_SIZE - FPR_SIZE];
	uint8_t high[VECTOR_COUNT - LOW_VECTORS][VECTOR_SIZE];
	be64_t guarded_storage[4];
};

/* One kind of note: its content from a CPU, and back. */
struct note_kind {
	const char *name;
	enum note_type type;
	size_t size;
	void (*fill)(union note_content *to, const struct cpu_state *cpu);
	void (*take)(struct cpu_state *cpu, const union note_content *from);
	bool (*present)(const struct cpu_state *cpu); /* NULL: always */
};

static void fill_prstatus(union note_content *to, const struct cpu_state *cpu)
{
	struct note_prstatus *status = &to->prstatus;

	status->psw_mask = be64(cpu->psw_mask);
	status->psw_address = be64(cpu->psw_address);
	for (size_t i = 0; i < 16; i++) {
		status->gprs[i] = be64(cpu->gprs[i]);
		status->acrs[i] = be32(cpu->acrs[i]);
	}
}

static void take_prstatus(struct cpu_state *cpu, const union note_content *from)
{
	const struct note_prstatus *status = &from->prstatus;

	cpu->psw_mask = be64_get(status->psw_mask);
	cpu->psw_address = be64_get(status->psw_address);
	for (size_t i = 0; i < 16; i++) {
		cpu->gprs[i] = be64_get(status->gprs[i]);
		cpu->acrs[i] = be32_get(status->acrs[i]);
	}
}

static void fill_fpregset(union note_content *to, const struct cpu_state *cpu)
{
	to->fpregset.fpc = be32(cpu->fpc);
	for (size_t i = 0; i < LOW_VECTORS; i++)
		memcpy(to->fpregset.fprs[i], cpu->vectors[i], FPR_SIZE);
}

static void take_fpregset(struct cpu_state *cpu, const union note_content *from)
{
	cpu->fpc = be32_get(from->fpregset.fpc);
	for (size_t i = 0; i < LOW_VECTORS; i++)
		memcpy(cpu->vectors[i], from->fpregset.fprs[i], FPR_SIZE);
}

static void fill_timer(union note_content *to, const struct cpu_state *cpu)
{
	to->doubleword = be64(cpu->cpu_timer);
}

static void take_timer(struct cpu_state *cpu, const union note_content *from)
{
	cpu->cpu_timer = be64_get(from->doubleword);
}

static void fill_comparator(union note_content *to, const struct cpu_state *cpu)
{
	to->doubleword = be64(cpu->clock_comparator);
}

static void take_comparator(struct cpu_state *cpu, const union note_content *from)
{
	cpu->clock_comparator = be64_get(from->doubleword);
}

static void fill_programmable(union note_content *to, const struct cpu_state *cpu)
{
	to->word = be32(cpu->tod_programmable);
}

static void take_programmable(struct cpu_state *cpu, const union note_content *from)
{
	cpu->tod_programmable = be32_get(from->word);
}

static void fill_control(union note_content *to, const struct cpu_state *cpu)
{
	for (size_t i = 0; i < 16; i++)
		to->control[i] = be64(cpu->crs[i]);
}

static void take_control(struct cpu_state *cpu, const union note_content *from)
{
	for (size_t i = 0; i < 16; i++)
		cpu->crs[i] = be64_get(from->control[i]);
}

static void fill_prefix(union note_content *to, const struct cpu_state *cpu)
{
	to->word = be32(cpu->prefix);
}

static void take_prefix(struct cpu_state *cpu, const union note_content *from)
{
	cpu->prefix = be32_get(from->word);
}

static void fill_low(union note_content *to, const struct cpu_state *cpu)
{
	for (size_t i = 0; i < LOW_VECTORS; i++)
		memcpy(to->low[i], cpu->vectors[i] + FPR_SIZE, sizeof(to->low[i]));
}

static void take_low(struct cpu_state *cpu, const union note_content *from)
{
	for (size_t i = 0; i < LOW_VECTORS; i++)
		memcpy(cpu->vectors[i] + FPR_SIZE, from->low[i], sizeof(from->low[i]));
	cpu->has_vectors = true;
}

static void fill_high(union note_content *to, const struct cpu_state *cpu)
{
	memcpy(to->high, cpu->vectors[LOW_VECTORS], sizeof(to->high));
}

static void take_high(struct cpu_state *cpu, const union note_content *from)
{
	memcpy(cpu->vectors[LOW_VECTORS], from->high, sizeof(from->high));
	cpu->has_vectors = true;
}

static void fill_guarded(union note_content *to, const struct cpu_state *cpu)
{
	for (size_t i = 0; i < 4; i++)
		to->guarded_storage[i] = be64(cpu->guarded_storage[i]);
}

static void take_guarded(struct cpu_state *cpu, const union note_content *from)
{
	for (size_t i = 0; i < 4; i++)
		cpu->guarded_storage[i] = be64_get(from->guarded_storage[i]);
	cpu->has_guarded_storage = true;
}

static bool has_vectors(const struct cpu_state *cpu)
{
	return cpu->has_vectors;
}

static bool has_guarded_storage(const struct cpu_state *cpu)
{
	return cpu->has_guarded_storage;
}

static const struct note_kind kinds[] = {
	{ "CORE", NOTE_PRSTATUS, 336, fill_prstatus, take_prstatus, NULL },
	{ "CORE", NOTE_FPREGSET, 136, fill_fpregset, take_fpregset, NULL },
	{ "LINUX", NOTE_S390_PREFIX, 4, fill_prefix, take_prefix, NULL },
	{ "LINUX", NOTE_S390_CTRS, 128, fill_control, take_control, NULL },
	{ "LINUX", NOTE_S390_TIMER, 8, fill_timer, take_timer, NULL },
	{ "LINUX", NOTE_S390_TODCMP, 8, fill_comparator, take_comparator, NULL },
	{ "LINUX", NOTE_S390_TODPREG, 4, fill_programmable, take_programmable, NULL },
	{ "LINUX", NOTE_S390_VXRS_LOW, 128, fill_low, take_low, has_vectors },
	{ "LINUX", NOTE_S390_VXRS_HIGH, 256, fill_high, take_high, has_vectors },
	{ "LINUX", NOTE_S390_GS_CB, 32, fill_guarded, take_guarded, has_guarded_storage },
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* @kinds stands in the order of the host; these are its rows in the other one. */
static const size_t target_order[KIND_COUNT] = { 0, 1, 4, 5, 6, 3, 2, 7, 8, 9 };

size_t note_size(size_t name_length, size_t size)
{
	return sizeof(struct elf_note) + (size_t)elf_note_padded(name_length + 1) +
	       (size_t)elf_note_padded(size);
}

uint8_t *note_write(uint8_t *at, const char *name, uint32_t type,
		    const void *content, size_t size)
{
	size_t length = strlen(name), whole = note_size(length, size);
	struct elf_note head = {
		.name_size = be32((uint32_t)length + 1),
		.size = be32((uint32_t)size),
		.type = be32(type),
	};

	memset(at, 0, whole);
	memcpy(at, &head, sizeof(head));
	memcpy(at + sizeof(head), name, length);
	if (content)
		memcpy(at + whole - (size_t)elf_note_padded(size), content, size);
	return at + whole;
}

static bool kind_present(const struct note_kind *kind, const struct cpu_state *cpu)
{
	return !kind->present || kind->present(cpu);
}

size_t cpu_notes_size(const struct cpu_state *cpu)
{
	size_t size = 0;

	for (size_t i = 0; i < KIND_COUNT; i++)
		if (kind_present(&kinds[i], cpu))
			size += note_size(strlen(kinds[i].name), kinds[i].size);
	return size;
}

uint8_t *cpu_notes_write(uint8_t *at, const struct cpu_state *cpu, uint32_t pid,
			 enum note_order order)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct note_kind *kind =
			&kinds[order == NOTE_ORDER_HOST ? i : target_order[i]];
		union note_content content = { 0 };

		if (!kind_present(kind, cpu))
			continue;
		kind->fill(&content, cpu);
		if (kind->type == NOTE_PRSTATUS)
			content.prstatus.pid = be32(pid);
		at = note_write(at, kind->name, kind->type, &content, kind->size);
	}
	return at;
}

bool cpu_note_read(struct cpu_state *cpu, uint32_t type, const void *content,
		   size_t size)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (kinds[i].type != type)
			continue;
		if (kinds[i].size != size)
			return false;
		kinds[i].take(cpu, content);
	}
	return true;
}
