/* SPDX-License-Identifier: MIT */
#include "ipl/diag508.h"

#include "ipl/cms.h"

_Static_assert(DIAG508_SIGNATURE_MAX == CMS_SIGNATURE_MAX, "one limit for signatures");

/* A component in the guest's storage. One that wraps around ends at its first piece. */
struct component {
	const struct diagnose_storage *storage;
	uint64_t address;
};

static bool read_component(void *context, uint64_t offset, void *data, size_t size)
{
	const struct component *component = context;

	return component->storage->read_absolute(component->storage->cpu,
						 component->address + offset, data, size);
}

static bool operand_is_possible(be64_t address, be64_t length, uint64_t max)
{
	uint64_t size = be64_get(length);

	return be64_get(address) != 0 && size != 0 && size <= max;
}

/* Which certificate verifies what @svb names. */
static int verify(const struct svb *svb, size_t *index, const struct certstore *store,
		  const struct diagnose_storage *storage, struct error *why)
{
	struct component component = { storage, be64_get(svb->component_address) };
	struct certstore_content content = {
		.read = read_component,
		.context = &component,
		.size = be64_get(svb->component_length),
	};
	size_t size = (size_t)be64_get(svb->signature_length);
	uint8_t signature[DIAG508_SIGNATURE_MAX];

	if (!storage->read_absolute(storage->cpu, be64_get(svb->signature_address),
				    signature, size))
		return error_set(why, ERR_IO,
				 "The signature does not lie in the guest's storage");
	return certstore_verify(store, index, &content, signature, size, why);
}

/* The operands have to be possible before anything of them is read. */
static enum diag508_code judge(const struct svb *svb, size_t *index,
			       const struct certstore *store,
			       const struct diagnose_storage *storage, struct error *why)
{
	if (be32_get(svb->length) != sizeof(*svb))
		return DIAG508_BAD_SVB_LENGTH;
	if (!operand_is_possible(svb->component_address, svb->component_length,
				 DIAG508_COMPONENT_MAX))
		return DIAG508_BAD_COMPONENT;
	if (!operand_is_possible(svb->signature_address, svb->signature_length,
				 DIAG508_SIGNATURE_MAX))
		return DIAG508_BAD_SIGNATURE_OPERAND;
	return verify(svb, index, store, storage, why) ? DIAG508_NOT_VERIFIED : DIAG508_OK;
}

/* Of the block only the part with the answer is stored. */
static bool store_answer(uint64_t address, const struct boot_certificate *certificate,
			 size_t index, const struct diagnose_storage *storage)
{
	struct svb_answer answer = {
		.certificate_index = (uint8_t)index,
		.certificate_length = be64(certificate->der_size),
	};

	return storage->write_absolute(storage->cpu, address + SVB_ANSWER_OFFSET, &answer,
				       sizeof(answer));
}

static struct diagnose_result verify_signature(const struct certstore *store,
					       uint64_t address,
					       const struct diagnose_storage *storage,
					       struct error *why)
{
	enum diag508_code code;
	struct svb svb;
	size_t index;

	/* The operand has to exist even when the store is empty. */
	if (!storage->read_absolute(storage->cpu, address, &svb, sizeof(svb)))
		return diagnose_interrupted(DIAGNOSE_ADDRESSING);
	if (store->count == 0)
		return diagnose_answered(DIAG508_NO_CERTIFICATES);
	code = judge(&svb, &index, store, storage, why);
	if (code == DIAG508_OK &&
	    !store_answer(address, &store->certificates[index], index, storage))
		return diagnose_interrupted(DIAGNOSE_ADDRESSING);
	return diagnose_answered(code);
}

struct diagnose_result diag508(const struct certstore *store, const struct diagnose *call,
			       const struct diagnose_storage *storage, struct error *why)
{
	if (call->problem_state)
		return diagnose_interrupted(DIAGNOSE_PRIVILEGED_OPERATION);
	if (call->r1 % 2)
		return diagnose_interrupted(DIAGNOSE_SPECIFICATION);
	switch (call->subcode) {
	case DIAG508_QUERY:
		return diagnose_answered(DIAG508_VERIFY_SIGNATURE);
	case DIAG508_VERIFY_SIGNATURE:
		return verify_signature(store, call->operand, storage, why);
	default:
		return diagnose_interrupted(DIAGNOSE_SPECIFICATION);
	}
}
