/* SPDX-License-Identifier: MIT */
#include "dump/confidential.h"

#include <stdbool.h>
#include <string.h>

#define COMPLETION_AAD_SIZE offsetof(struct dump_completion, keys)
#define CPU_AAD_SIZE offsetof(struct dump_cpu_area, registers)
#define SPECIAL_MARK_SIZE 4
#define SPECIAL_FLAGS_AT 15

int dump_key_derive(struct secret **key, const uint8_t cck[DUMP_CCK_SIZE],
		    const uint8_t seed[DUMP_SEED_SIZE], struct error *err)
{
	static const char info[] = "IBM Z Ultravisor Dump";
	struct secret *derived = secret_new(DUMP_KEY_SIZE);
	int rc;

	*key = NULL;
	if (!derived)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = hkdf_sha512(secret_bytes(derived), DUMP_KEY_SIZE, cck, DUMP_CCK_SIZE,
			 seed, DUMP_SEED_SIZE, info, sizeof(info) - 1, err);
	if (rc < 0)
		secret_free(derived);
	else
		*key = derived;
	return rc;
}

/* Version and size stand at the same place in both kinds of area. */
static int check_area(const void *area, size_t size, size_t expected,
		      const char *what, struct error *err)
{
	const struct { be32_t version, size; } *head = area;

	if (size < expected)
		return error_set(err, ERR_FORMAT, "The %s has %zu bytes instead of %zu",
				 what, size, expected);
	if (be32_get(head->version) != DUMP_AREA_VERSION)
		return error_set(err, ERR_UNSUPPORTED,
				 "The %s has version %u at its byte 0, only %d is known",
				 what, be32_get(head->version), DUMP_AREA_VERSION);
	if (be32_get(head->size) != expected)
		return error_set(err, ERR_FORMAT,
				 "The %s says at its byte 4 that it has %u bytes instead of %zu",
				 what, be32_get(head->size), expected);
	return 0;
}

int dump_completion_seal(struct dump_completion *completion,
			 const uint8_t dump_key[DUMP_KEY_SIZE],
			 const uint8_t seed[DUMP_SEED_SIZE],
			 const uint8_t iv[GCM_IV_SIZE],
			 const struct dump_page_keys *keys, struct error *err)
{
	*completion = (struct dump_completion){
		.version = be32(DUMP_AREA_VERSION),
		.size = be32(sizeof(*completion)),
	};
	memcpy(completion->seed, seed, DUMP_SEED_SIZE);
	memcpy(completion->iv, iv, GCM_IV_SIZE);
	return gcm_seal(dump_key, iv, completion, COMPLETION_AAD_SIZE, keys,
			&completion->keys, sizeof(completion->keys), completion->tag,
			err);
}

int dump_completion_open(struct secret **dump_key, struct secret **keys,
			 const void *area, size_t size,
			 const uint8_t cck[DUMP_CCK_SIZE], struct error *err)
{
	const struct dump_completion *completion = area;
	struct secret *opened = NULL, *derived = NULL;
	int rc = check_area(area, size, sizeof(*completion), "completion area", err);

	*dump_key = *keys = NULL;
	if (rc == 0)
		rc = dump_key_derive(&derived, cck, completion->seed, err);
	if (rc == 0 && !(opened = secret_new(sizeof(completion->keys))))
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	if (rc == 0)
		rc = gcm_open(secret_view(derived), completion->iv, completion,
			      COMPLETION_AAD_SIZE, &completion->keys,
			      secret_bytes(opened), secret_size(opened),
			      completion->tag, err);
	if (rc < 0) {
		secret_free(opened);
		secret_free(derived);
		return rc;
	}
	*dump_key = derived;
	*keys = opened;
	return 0;
}

static void registers_fill(struct dump_cpu_registers *to, const struct cpu_state *cpu)
{
	*to = (struct dump_cpu_registers){
		.psw_mask = be64(cpu->psw_mask),
		.psw_address = be64(cpu->psw_address),
		.prefix = be32(cpu->prefix),
		.fpc = be32(cpu->fpc),
		.tod_programmable = be32(cpu->tod_programmable),
		.cpu_timer = be64(cpu->cpu_timer),
		.clock_comparator = be64(cpu->clock_comparator),
		.flags = be16(cpu->partial ? DUMP_CPU_PARTIAL : 0),
	};
	for (size_t i = 0; i < 16; i++) {
		to->gprs[i] = be64(cpu->gprs[i]);
		to->acrs[i] = be32(cpu->acrs[i]);
		to->crs[i] = be64(cpu->crs[i]);
	}
	memcpy(to->vectors, cpu->vectors, sizeof(to->vectors));
	/* The first word stays the reserved word that it is. */
	for (size_t i = 1; i < 4; i++)
		to->guarded_storage[i] = be64(cpu->guarded_storage[i]);
}

static void registers_take(struct cpu_state *cpu, const struct dump_cpu_registers *from)
{
	*cpu = (struct cpu_state){
		.psw_mask = be64_get(from->psw_mask),
		.psw_address = be64_get(from->psw_address),
		.prefix = be32_get(from->prefix),
		.fpc = be32_get(from->fpc),
		.tod_programmable = be32_get(from->tod_programmable),
		.cpu_timer = be64_get(from->cpu_timer),
		.clock_comparator = be64_get(from->clock_comparator),
		.has_vectors = true,
		.has_guarded_storage = true,
		.partial = be16_get(from->flags) & DUMP_CPU_PARTIAL,
	};
	for (size_t i = 0; i < 16; i++) {
		cpu->gprs[i] = be64_get(from->gprs[i]);
		cpu->acrs[i] = be32_get(from->acrs[i]);
		cpu->crs[i] = be64_get(from->crs[i]);
	}
	memcpy(cpu->vectors, from->vectors, sizeof(cpu->vectors));
	for (size_t i = 1; i < 4; i++)
		cpu->guarded_storage[i] = be64_get(from->guarded_storage[i]);
}

int dump_cpu_seal(struct dump_cpu_area *area,
		  const uint8_t dump_key[DUMP_KEY_SIZE],
		  const uint8_t iv[GCM_IV_SIZE], const struct cpu_state *cpu,
		  struct error *err)
{
	*area = (struct dump_cpu_area){
		.version = be32(DUMP_AREA_VERSION),
		.size = be32(sizeof(*area)),
	};
	memcpy(area->iv, iv, GCM_IV_SIZE);
	registers_fill(&area->registers, cpu);
	return gcm_seal(dump_key, iv, area, CPU_AAD_SIZE, &area->registers,
			&area->registers, sizeof(area->registers), area->tag, err);
}

int dump_cpu_open(struct cpu_state *cpu, const void *bytes, size_t size,
		  const uint8_t dump_key[DUMP_KEY_SIZE], struct error *err)
{
	const struct dump_cpu_area *area = bytes;
	struct dump_cpu_registers registers;
	int rc = check_area(area, size, sizeof(*area), "CPU area", err);

	if (rc == 0)
		rc = gcm_open(dump_key, area->iv, area, CPU_AAD_SIZE, &area->registers,
			      &registers, sizeof(registers), area->tag, err);
	if (rc < 0)
		return rc;
	registers_take(cpu, &registers);
	secret_wipe(&registers, sizeof(registers));
	return 0;
}

enum dump_page_kind dump_page_kind(const struct dump_page_state *state)
{
	static const uint8_t mark[SPECIAL_MARK_SIZE] = { 0xff, 0xff, 0xff, 0xff };
	const uint8_t *bytes = state->bytes;

	if (memcmp(bytes, mark, sizeof(mark)) != 0)
		return DUMP_PAGE_IS_ENCRYPTED;
	if (bytes[SPECIAL_FLAGS_AT - 1] != 0)
		return DUMP_PAGE_IS_INVALID;
	switch (bytes[SPECIAL_FLAGS_AT] & ~DUMP_PAGE_MAPPED) {
	case DUMP_PAGE_ZERO:
		return DUMP_PAGE_IS_ZERO;
	case DUMP_PAGE_SHARED:
		return DUMP_PAGE_IS_SHARED;
	default:
		return DUMP_PAGE_IS_INVALID;
	}
}

struct dump_page_state dump_page_special(unsigned flags)
{
	struct dump_page_state state = { { 0xff, 0xff, 0xff, 0xff } };

	state.bytes[SPECIAL_FLAGS_AT] = (uint8_t)flags;
	return state;
}

void dump_page_tweak(uint8_t tweak[XTS_TWEAK_SIZE],
		     const struct dump_page_state *state,
		     const uint8_t nonce[XTS_TWEAK_SIZE])
{
	for (size_t i = 0; i < XTS_TWEAK_SIZE; i++)
		tweak[i] = state->bytes[i] | nonce[i];
}
