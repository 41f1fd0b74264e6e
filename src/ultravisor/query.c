/* SPDX-License-Identifier: MIT */
/* Query Ultravisor Information and Query Keys, as guests see them. */
#include "ultravisor/query.h"

#include <string.h>

#include "ultravisor/calls.h"

static void fill_calls(struct uvcb_query *query, const struct uv *uv)
{
	uint64_t words[GENERATION_CALL_WORDS] = { 0 };

	for (const struct call *call = calls; call->name; call++)
		if (call_installed(uv, call))
			words[call->bit / 64] |= MSB0(call->bit % 64);
	for (unsigned i = 0; i < GENERATION_CALL_WORDS; i++)
		query->calls[i] = be64(words[i]);
}

/*
 * The guest's view: how much storage the host has to donate is nothing that
 * concerns a guest, and stays 0, unless it is the size of a dump, too. Versions and flags belong to a call, and are
 * told when that call is installed.
 */
static void fill(struct uvcb_query *query, const struct uv *uv)
{
	const struct generation *g = uv->generation;

	*query = (struct uvcb_query){
		.max_configurations = be32(g->max_guests),
		.max_address = be64(g->max_address),
		.max_cpu_id = be16(g->max_cpu_id),
		.feature_indications = be64(g->feature_indications),
		.header_versions = be64(g->header_versions),
		.header_pcf = be64(g->pcf),
	};
	fill_calls(query, uv);
	if (g->dump) {
		query->cpu_storage_size = be64(UV_DUMP_CPU_SIZE); /* a CPU's dump, too */
		query->dump_storage_state_size = be64(UV_DUMP_STATE_SIZE);
		query->dump_completion_size = be64(UV_DUMP_COMPLETION_SIZE);
	}
	if (call_code_installed(uv, UVC_ATTEST)) {
		query->attestation_versions = be64(g->attestation_versions);
		query->attestation_flags = be64(g->attestation_flags);
	}
	if (call_code_installed(uv, UVC_ADD_SECRET)) {
		query->add_secret_versions = be64(g->add_secret_versions);
		query->add_secret_flags = be64(g->add_secret_flags);
		query->secret_types = be64(g->secret_types);
		query->max_association_secrets = be16(g->max_association_secrets);
		query->max_retrievable_secrets = be16(g->max_retrievable_secrets);
	}
}

struct uv_result guest_query(struct guest_call *call)
{
	size_t whole = sizeof(struct uvcb_query);
	size_t got = call->size < whole ? call->size : whole;
	struct uvcb_query query;

	if (call->size < QUERY_MIN_SIZE)
		return uv_result(UV_RC_INVALID_LENGTH, 0);
	fill(&query, call->uv);
	memcpy(&query.header, call->block, sizeof(query.header));
	memcpy(call->block, &query, got);
	memset(call->block + got, 0, call->size - got);
	call->stored = call->size;
	if (call->size < whole)
		return uv_result(UV_RC_MORE_DATA, 0);
	return uv_executed();
}

struct uv_result guest_query_keys(struct guest_call *call)
{
	struct uvcb_query_keys *keys = (struct uvcb_query_keys *)call->block;

	memset(keys->phkh, 0, sizeof(keys->phkh));
	memcpy(keys->phkh[0], call->uv->host_key.phkh, PHKH_SIZE);
	memcpy(keys->phkh[1], call->uv->backup_host_key.phkh, PHKH_SIZE);
	call->stored = sizeof(*keys);
	return uv_executed();
}
