/* SPDX-License-Identifier: MIT */
#include "ipl/rehearsal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "ipl/diag508_format.h"
#include "ipl/stage3.h"

/* Where QEMU puts firmware: the last 3 MiB of what is below 2 GiB. */
#define FIRMWARE_LIMIT ((uint64_t)2 << 30)
#define FIRMWARE_SIZE ((uint64_t)3 << 20)
#define FIRMWARE_ALIGNMENT ((uint64_t)64 << 10)
/* Within it: report and certificates, which the real one keeps in itself as well. */
#define CERTIFICATES_OFFSET FIRMWARE_ALIGNMENT
#define CERTIFICATES_SIZE ((uint64_t)CERTSTORE_MAX * CERTIFICATE_DER_MAX)
_Static_assert(IPL_REPORT_ROOM <= CERTIFICATES_OFFSET, "the report ends before the certificates");

struct stage {
	const struct rehearsal_order *order;
	struct rehearsal *rehearsal;
	uint8_t *storage;
	/* About the signature that was looked at last. */
	unsigned certificate;
	char reason[256];
	bool out_of_memory;
};

/* --- What the loader asks for ----------------------------------------------------------- */

static void *storage(void *context, uint64_t address, uint64_t size)
{
	const struct stage *stage = context;
	uint64_t limit = stage->order->storage_size;

	if (size > limit || address > limit - size)
		return NULL;
	return stage->storage + address;
}

static bool read_component(void *context, uint64_t offset, void *data, size_t size)
{
	memcpy(data, (const uint8_t *)context + offset, size);
	return true;
}

static bool verify(void *context, const void *component, uint64_t component_size,
		   const void *signature, uint32_t signature_size, unsigned *index)
{
	struct stage *stage = context;
	const struct certstore_content content = {
		.read = read_component,
		.context = (void *)(uintptr_t)component,
		.size = component_size,
	};
	struct error err = { 0 };
	size_t found;
	int rc;

	stage->reason[0] = '\0';
	if (component_size > DIAG508_COMPONENT_MAX)
		rc = error_set(&err, ERR_UNSUPPORTED, "The component is larger than 256 MiB");
	else
		rc = certstore_verify(stage->order->store, &found, &content, signature,
				      signature_size, &err);
	if (rc < 0) {
		snprintf(stage->reason, sizeof(stage->reason), "%.250s", err.message);
		return false;
	}
	*index = stage->certificate = (unsigned)found;
	return true;
}

static enum load_certificate certificate(void *context, unsigned index, void *to,
					 size_t room, size_t *size)
{
	struct stage *stage = context;
	const struct boot_certificate *entry = &stage->order->store->certificates[index];

	if (!boot_certificate_is_valid(entry, stage->order->now)) {
		snprintf(stage->reason, sizeof(stage->reason), "'%.200s' %s", entry->label,
			 stage->order->now > entry->not_after ? "has expired"
							      : "is not valid yet");
		return LOAD_CERTIFICATE_NONE;
	}
	if (entry->der_size > room)
		return LOAD_CERTIFICATE_ROOM;
	memcpy(to, entry->der, entry->der_size);
	*size = entry->der_size;
	return LOAD_CERTIFICATE_OK;
}

static bool has_reason(const struct load_message *message)
{
	return message->problem == IPL_PROBLEM_NOT_VERIFIED ||
	       message->problem == IPL_PROBLEM_CERTIFICATE;
}

static void tell(void *context, const struct load_message *message)
{
	struct stage *stage = context;
	struct rehearsal *rehearsal = stage->rehearsal;
	struct rehearsal_message *larger, *added;

	larger = realloc(rehearsal->messages,
			 (rehearsal->message_count + 1) * sizeof(*larger));
	if (!larger) {
		stage->out_of_memory = true;
		return;
	}
	rehearsal->messages = larger;
	added = &larger[rehearsal->message_count++];
	*added = (struct rehearsal_message){
		.load = *message,
		.certificate = stage->certificate,
	};
	if (has_reason(message))
		memcpy(added->reason, stage->reason, sizeof(added->reason));
}

/* --- Stage 3 ----------------------------------------------------------------------------- */

/* Whether what is started is a stage 3 with its parameters, both as large as needed. */
static bool starts_stage3(const struct load *load)
{
	bool code = false, parameters = false;

	for (unsigned i = 0; i < load->loaded_count; i++) {
		const struct load_range *range = &load->loaded[i];

		code |= range->address == STAGE3_ADDRESS;
		parameters |= range->address == STAGE3_PARAMETERS &&
			      range->size >= sizeof(struct stage3_parameters);
	}
	return code && parameters && load->psw == STAGE3_PSW;
}

static enum start_problem ask_stage3(const struct stage *stage)
{
	const struct rehearsal *rehearsal = stage->rehearsal;
	bool secure = stage->order->mode == IPL_SECURE;
	struct stage3_parameters parameters;
	struct start_plan plan;

	if (rehearsal->status != LOAD_DONE || !starts_stage3(&rehearsal->load))
		return START_OK;
	memcpy(&parameters, stage->storage + STAGE3_PARAMETERS, sizeof(parameters));
	return start_plan_make(&plan, &parameters,
			       secure ? &rehearsal->load.report : NULL);
}

/* --- Running it --------------------------------------------------------------------------- */

static void run_loader(struct stage *stage)
{
	const struct rehearsal_order *order = stage->order;
	uint64_t top = order->storage_size < FIRMWARE_LIMIT ? order->storage_size
							    : FIRMWARE_LIMIT;
	uint64_t firmware = (top - FIRMWARE_SIZE) & ~(FIRMWARE_ALIGNMENT - 1);
	const struct load_operations operations = {
		.storage = storage,
		.verify = verify,
		.certificate = certificate,
		.tell = tell,
		.context = stage,
	};
	struct load_request request = {
		.disk = order->disk,
		.operations = &operations,
		.mode = order->mode,
		.program = order->program,
		.iplb_address = firmware,
		.certificates = { firmware + CERTIFICATES_OFFSET, CERTIFICATES_SIZE },
		.reserved = { { firmware, top - firmware } },
		.reserved_count = 1,
	};
	/* The report lies behind it. */
	struct iplb *iplb = (struct iplb *)(stage->storage + firmware);

	iplb->length = be32(IPLB_SIZE);
	stage->rehearsal->status = load_program(&stage->rehearsal->load, &request);
	stage->rehearsal->load.request = NULL;
}

int rehearse(struct rehearsal *rehearsal, const struct rehearsal_order *order,
	     struct error *err)
{
	struct stage stage = { .order = order, .rehearsal = rehearsal };

	*rehearsal = (struct rehearsal){ 0 };
	if (order->storage_size < REHEARSAL_STORAGE_MIN ||
	    order->storage_size > REHEARSAL_STORAGE_MAX)
		return error_set(err, ERR_INVALID, "A guest with %llu bytes of memory is not tried",
				 (unsigned long long)order->storage_size);
	/* Only what is loaded takes up memory. */
	stage.storage = mmap(NULL, order->storage_size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (stage.storage == MAP_FAILED)
		return error_set_errno(err, ERR_NOMEM, errno,
				       "Cannot set up the memory of a guest");
	run_loader(&stage);
	rehearsal->start = ask_stage3(&stage);
	munmap(stage.storage, order->storage_size);
	return stage.out_of_memory ? error_set(err, ERR_NOMEM, "Out of memory") : 0;
}

void rehearsal_free(struct rehearsal *rehearsal)
{
	free(rehearsal->messages);
	rehearsal->messages = NULL;
}

bool rehearsal_boots(const struct rehearsal *rehearsal)
{
	return rehearsal->status == LOAD_DONE && rehearsal->start == START_OK;
}
