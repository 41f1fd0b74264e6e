/* SPDX-License-Identifier: MIT */
#include "ipl/diag320.h"

#include <string.h>

#define SUBCODE_MAX 0xff
#define VCSSB_ALIGNMENT 8

/* One call under way. */
struct request {
	const struct certstore *store;
	const struct diagnose_storage *storage;
	uint64_t address;
	int64_t now; /* one time for the whole call */
};

static bool fetch(const struct request *request, void *data, size_t size)
{
	return request->storage->read(request->storage->cpu, request->address, data, size);
}

static struct diagnose_result store_and_answer(const struct request *request,
					       const void *data, size_t size)
{
	if (!request->storage->write(request->storage->cpu, request->address, data, size))
		return diagnose_fault();
	return diagnose_answered(DIAG320_OK);
}

/* --- Subcode 0 --------------------------------------------------------------- */

static struct diagnose_result query_subcodes(const struct request *request)
{
	/* No more than one word: callers have room for no more. */
	be32_t installed = be32(DIAG320_INSTALLED(DIAG320_QUERY_SUBCODES) |
				DIAG320_INSTALLED(DIAG320_QUERY_STORAGE) |
				DIAG320_INSTALLED(DIAG320_STORE));

	return store_and_answer(request, &installed, sizeof(installed));
}

/* --- Subcode 1 --------------------------------------------------------------- */

static uint32_t full_length(const struct boot_certificate *certificate)
{
	return vce_length((uint32_t)certificate->der_size);
}

static struct vcssb describe(const struct certstore *store)
{
	uint32_t longest = 0, total = 0;

	for (size_t i = 0; i < store->count; i++) {
		uint32_t length = full_length(&store->certificates[i]);

		if (length > longest)
			longest = length;
		total += length;
	}
	return (struct vcssb){
		.length = be32(sizeof(struct vcssb)),
		.count = be16((uint16_t)store->count),
		.max_count = be16(CERTSTORE_MAX),
		.max_single_vcb_length = be32((uint32_t)sizeof(struct vcb) + longest),
		.total_vcb_length = be32((uint32_t)sizeof(struct vcb) + total),
	};
}

static struct diagnose_result query_storage(const struct request *request)
{
	const struct diagnose_storage *storage = request->storage;
	be32_t empty = be32(VCSSB_NO_CERTIFICATES);
	struct vcssb vcssb;

	if (request->address % VCSSB_ALIGNMENT)
		return diagnose_interrupted(DIAGNOSE_SPECIFICATION);
	if (!storage->can_write(storage->cpu, request->address, sizeof(vcssb)) ||
	    !fetch(request, &vcssb, sizeof(vcssb)))
		return diagnose_fault();
	if (be32_get(vcssb.length) != sizeof(vcssb))
		return diagnose_answered(DIAG320_BAD_VCSSB_LENGTH);
	if (request->store->count == 0)
		return store_and_answer(request, &empty, sizeof(empty));
	vcssb = describe(request->store);
	return store_and_answer(request, &vcssb, sizeof(vcssb));
}

/* --- Subcode 2 --------------------------------------------------------------- */

/* Certificates by their index from 0: [first, end). */
struct range {
	size_t first;
	size_t end;
};

/*
 * What a header asks for, by indices from 1; 0 to 0 is nothing. Asking for a
 * certificate that does not exist gets none at all.
 */
static struct range wanted_range(const struct vcb *vcb, size_t count)
{
	size_t first = be16_get(vcb->first), last = be16_get(vcb->last);

	if (last == 0 || first > count || last > count)
		return (struct range){ 0, 0 };
	return (struct range){ first ? first - 1 : 0, last };
}

/* Of the entry as it is stored. */
static uint32_t entry_length(const struct request *request,
			     const struct boot_certificate *certificate)
{
	return boot_certificate_is_valid(certificate, request->now) ?
		       full_length(certificate) :
		       VCE_INVALID_LENGTH;
}

/* A whole entry in @to, padding included; returns its length. */
static uint32_t build_entry(const struct request *request, size_t index,
			    uint8_t to[VCE_MAX_LENGTH])
{
	const struct boot_certificate *certificate = &request->store->certificates[index];
	uint32_t length = entry_length(request, certificate);
	struct vce vce = {
		.length = be32(length),
		.key_type = (uint8_t)certificate->key_type,
		.index = be16((uint16_t)(index + 1)),
	};

	memcpy(vce.name, certificate->name, sizeof(vce.name));
	if (length == VCE_INVALID_LENGTH) {
		memcpy(to, &vce, VCE_INVALID_LENGTH);
		return length;
	}
	vce.flags = VCE_VALID;
	vce.format = VCE_FORMAT_X509_DER;
	vce.key_id_length = be16(CERTIFICATE_KEY_ID_SIZE);
	vce.hash_type = VCE_HASH_SHA256;
	vce.hash_length = be16(CERTIFICATE_HASH_SIZE);
	vce.certificate_length = be32((uint32_t)certificate->der_size);
	vce.hash_offset = be16(VCE_HASH_OFFSET);
	vce.certificate_offset = be16(VCE_CERTIFICATE_OFFSET);
	memset(to, 0, length);
	memcpy(to, &vce, sizeof(vce));
	memcpy(to + VCE_KEY_ID_OFFSET, certificate->key_id, CERTIFICATE_KEY_ID_SIZE);
	memcpy(to + VCE_HASH_OFFSET, certificate->hash, CERTIFICATE_HASH_SIZE);
	memcpy(to + VCE_CERTIFICATE_OFFSET, certificate->der, certificate->der_size);
	return length;
}

/*
 * How many bytes of the block will be used. Entries are stored in order: *@end
 * becomes that of the first one without room.
 */
static uint32_t plan(const struct request *request, uint32_t room, size_t first,
		     size_t *end)
{
	uint32_t used = sizeof(struct vcb);

	for (size_t i = first; i < *end; i++) {
		uint32_t length = entry_length(request, &request->store->certificates[i]);

		if (length > room - used)
			*end = i;
		else
			used += length;
	}
	return used;
}

static bool store_entries(const struct request *request, size_t first, size_t end)
{
	const struct diagnose_storage *storage = request->storage;
	uint64_t address = request->address + sizeof(struct vcb);
	uint8_t entry[VCE_MAX_LENGTH];

	for (size_t i = first; i < end; i++) {
		uint32_t length = build_entry(request, i, entry);

		if (!storage->write(storage->cpu, address, entry, length))
			return false;
		address += length;
	}
	return true;
}

/* Nothing of the guest's goes back to it but what it asked for. */
static struct diagnose_result store_range(const struct request *request,
					  const struct vcb *asked)
{
	const struct diagnose_storage *storage = request->storage;
	struct range range = wanted_range(asked, request->store->count);
	size_t end = range.end;
	uint32_t used = plan(request, be32_get(asked->input_length), range.first, &end);
	struct vcb answer = {
		.input_length = asked->input_length,
		.first = asked->first,
		.last = asked->last,
		.token = asked->token,
		.output_length = be32(used),
		.stored = be16((uint16_t)(end - range.first)),
		.remaining = be16((uint16_t)(range.end - end)),
	};

	if (!storage->can_write(storage->cpu, request->address, used) ||
	    !store_entries(request, range.first, end))
		return diagnose_fault();
	return store_and_answer(request, &answer, sizeof(answer));
}

static struct diagnose_result store_certificates(const struct request *request)
{
	struct vcb vcb;
	uint32_t length;

	if (request->address % VCB_UNIT)
		return diagnose_interrupted(DIAGNOSE_SPECIFICATION);
	if (!fetch(request, &vcb, sizeof(vcb)))
		return diagnose_fault();
	length = be32_get(vcb.input_length);
	if (length == 0 || length % VCB_UNIT)
		return diagnose_answered(DIAG320_BAD_VCB_LENGTH);
	if (be16_get(vcb.first) > be16_get(vcb.last))
		return diagnose_answered(DIAG320_BAD_RANGE);
	return store_range(request, &vcb);
}

/* ----------------------------------------------------------------------------- */

static struct diagnose_result dispatch(const struct request *request, uint64_t subcode)
{
	switch (subcode) {
	case DIAG320_QUERY_SUBCODES:
		return query_subcodes(request);
	case DIAG320_QUERY_STORAGE:
		return query_storage(request);
	case DIAG320_STORE:
		return store_certificates(request);
	default:
		return diagnose_answered(DIAG320_NO_SUBCODE);
	}
}

struct diagnose_result diag320(const struct diag320_machine *machine,
			       const struct diagnose *call,
			       const struct diagnose_storage *storage)
{
	struct request request = {
		.store = machine->store,
		.storage = storage,
		.address = call->operand,
	};

	if (call->problem_state)
		return diagnose_interrupted(DIAGNOSE_PRIVILEGED_OPERATION);
	if (!machine->installed || call->subcode > SUBCODE_MAX || call->r1 % 2)
		return diagnose_interrupted(DIAGNOSE_SPECIFICATION);
	request.now = machine->clock(machine->context);
	return dispatch(&request, call->subcode);
}
