/* SPDX-License-Identifier: MIT */
#include "ultravisor/generation.h"

#include <stddef.h>
#include <string.h>

#include "base/be.h"
#include "image/control_flags.h"

/* Installed calls by their bit in the first word of the list. */
#define CALL_QUERY MSB0(0)
#define CALLS_SHARE (MSB0(8) | MSB0(9))
#define CALL_ATTEST MSB0(28)
#define CALLS_SECRET_STORE (MSB0(29) | MSB0(30) | MSB0(31))
#define CALL_RETRIEVE_SECRET MSB0(33)
#define CALL_QUERY_KEYS MSB0(34)

#define CALLS_Z15 (CALL_QUERY | CALLS_SHARE)
#define CALLS_Z16 (CALLS_Z15 | CALL_ATTEST | CALLS_SECRET_STORE)
#define CALLS_Z17 (CALLS_Z16 | CALL_RETRIEVE_SECRET | CALL_QUERY_KEYS)

#define VERSION_1 MSB0(0) /* 0x100, of headers and requests alike */

#define PCF_Z15 (PCF_NO_ENCRYPTION | PCF_PCKMO | PCF_BACKUP_KEYS)
#define PCF_Z16 (PCF_Z15 | PCF_ALLOW_DUMP)
#define PCF_Z17 (PCF_Z16 | PCF_PCKMO_HMAC)

/* Nonce, PHKH of the image, PHKH of the request, hash of the secret store. */
#define ATTESTATION_FLAGS (MSB0(1) | MSB0(2) | MSB0(3) | MSB0(4))

#define ADD_SECRET_DISABLE_DUMP MSB0(0)

/* Bits @first to @last of a word. */
#define BITS(first, last) ((UINT64_MAX >> (first)) & (UINT64_MAX << (63 - (last))))

#define SECRETS_Z16 BITS(1, 2)
#define SECRETS_Z17 (SECRETS_Z16 | BITS(3, 10) | BITS(17, 22))

/* The same on every generation, as a real machine reports them. */
#define MAX_GUESTS 8388607
#define MAX_CPU_ID 256
#define MAX_ADDRESS UINT64_C(0x800000000000)

const struct generation generations[] = {
	{
		.name = "z15",
		.types = (const uint16_t[]){ 0x8561, 0x8562, 0 },
		.cpu_models = (const char *const[]){ "gen15a", "gen15b" },
		.calls = { CALLS_Z15 },
		.header_versions = VERSION_1,
		.pcf = PCF_Z15,
		.scf = SCF_CCK_EXTENSION_SECRET,
		.max_guests = MAX_GUESTS,
		.max_cpu_id = MAX_CPU_ID,
		.max_address = MAX_ADDRESS,
	},
	{
		.name = "z16",
		.types = (const uint16_t[]){ 0x3931, 0x3932, 0 },
		.cpu_models = (const char *const[]){ "gen16a", "gen16b" },
		.calls = { CALLS_Z16 },
		.header_versions = VERSION_1,
		.pcf = PCF_Z16,
		.scf = SCF_CCK_EXTENSION_SECRET,
		.attestation_versions = VERSION_1,
		.attestation_flags = ATTESTATION_FLAGS,
		.add_secret_versions = VERSION_1,
		.add_secret_flags = ADD_SECRET_DISABLE_DUMP,
		.secret_types = SECRETS_Z16,
		.max_association_secrets = 100,
		.max_guests = MAX_GUESTS,
		.max_cpu_id = MAX_CPU_ID,
		.max_address = MAX_ADDRESS,
		.dump = true,
		.ap = true,
	},
	{
		.name = "z17",
		.types = (const uint16_t[]){ 0x9175, 0x9176, 0 },
		.cpu_models = (const char *const[]){ "gen17a", "gen17b" },
		.calls = { CALLS_Z17 },
		.header_versions = VERSION_1,
		.pcf = PCF_Z17,
		.scf = SCF_CCK_EXTENSION_SECRET | SCF_CCK_UPDATE,
		.attestation_versions = VERSION_1,
		.attestation_flags = ATTESTATION_FLAGS,
		.add_secret_versions = VERSION_1,
		.add_secret_flags = ADD_SECRET_DISABLE_DUMP,
		.secret_types = SECRETS_Z17,
		.max_association_secrets = 512,
		.max_retrievable_secrets = 512,
		.max_guests = MAX_GUESTS,
		.max_cpu_id = MAX_CPU_ID,
		.max_address = MAX_ADDRESS,
		.dump = true,
		.ap = true,
	},
	{ .name = NULL },
};

const struct generation *generation_by_name(const char *name)
{
	for (const struct generation *g = generations; g->name; g++)
		if (strcmp(g->name, name) == 0)
			return g;
	return NULL;
}

const struct generation *generation_by_type(uint16_t type)
{
	for (const struct generation *g = generations; g->name; g++)
		for (const uint16_t *t = g->types; *t; t++)
			if (*t == type)
				return g;
	return NULL;
}

const char *generation_cpu_model(uint16_t type)
{
	const struct generation *g = generation_by_type(type);

	for (size_t i = 0; g && g->types[i]; i++)
		if (g->types[i] == type)
			return g->cpu_models[i];
	return NULL;
}
