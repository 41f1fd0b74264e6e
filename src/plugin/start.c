/* SPDX-License-Identifier: MIT */
#include "plugin/start.h"

#include <stdlib.h>
#include <string.h>

#include "image/layout.h"
#include "image/se_header.h"
#include "plugin/iplb_pv.h"
#include "plugin/migration.h"
#include "ultravisor/calls.h"
#include "ultravisor/explain.h"

/* What is planted at absolute 0: a short PSW for address 8, and there the trap. */
static const uint8_t planted[16] = {
	0x00, 0x08, 0x00, 0x00, 0x80, 0x00, 0x00, 0x08,
	0x83, 0x00, START_TRAP >> 8, START_TRAP & 0xff,
};

struct attempt {
	struct firmware *firmware;
	const struct ipib *ipib;
	uint64_t configuration;
	enum pv_step step;
	struct uv_result result;
	uint64_t psw_mask;
	uint64_t psw_address;
};

static bool plant(struct start *start)
{
	return storage_read(0, start->low_storage, sizeof(start->low_storage)) &&
	       storage_write(0, planted, sizeof(planted));
}

uint64_t start_begin(struct vcpu *vcpu, const struct site *site)
{
	struct firmware *firmware = vcpu->firmware;
	struct start *start = &firmware->start;

	if (!firmware->block_set)
		return DIAG308_NO_PV_BLOCK;
	/* The trap of an earlier start was lost: another vCPU wrote over it. */
	if (atomic_load(&start->pending) && start->issuer == vcpu->index)
		start_cancel(firmware);
	/* Another vCPU was first: its reset ends this one's wait. */
	if (atomic_exchange(&start->pending, true))
		qemu_plugin_set_pc(site->address);
	start->issuer = vcpu->index;
	start->registers = registers_save();
	if (!start->registers || !firmware->power_on || !plant(start)) {
		start_cancel(firmware);
		firmware_say(firmware, "no memory for a protected start");
		return DIAG308_NOT_PROTECTABLE;
	}
	start->began = firmware_now();
	start->psw_mask = psw_mask();
	start->resume_address = site_next_address(site);
	start->code_register = site_r1(site) + 1;
	vcpu->own_reset = OWN_RESET_REQUESTED;
	set_general_register(site_r3(site), DIAG308_RESET_CLEAR);
	return DIAG308_OK;
}

void start_cancel(struct firmware *firmware)
{
	register_file_free(firmware->start.registers);
	firmware->start.registers = NULL;
	atomic_store(&firmware->start.pending, false);
}

static bool done(struct attempt *attempt, enum pv_step step,
		 struct uv_result result)
{
	attempt->step = step;
	attempt->result = result;
	return uv_ok(result);
}

static bool create(struct attempt *attempt)
{
	struct firmware *firmware = attempt->firmware;

	return done(attempt, PV_STEP_ENABLE,
		    uv_configuration_create(firmware->uv, firmware->storage_size,
					    firmware, &attempt->configuration));
}

static bool set_parameters(struct attempt *attempt)
{
	uint64_t size = be64_get(attempt->ipib->header_size);
	uint8_t header[SE_HEADER_MAX_SIZE];

	if (!storage_read(be64_get(attempt->ipib->header_address), header, size))
		return done(attempt, PV_STEP_SET_PARAMETERS, (struct uv_result){ 0 });
	return done(attempt, PV_STEP_SET_PARAMETERS,
		    uv_set_parameters(attempt->firmware->uv, attempt->configuration,
				      header, size));
}

static uint64_t whole_pages(uint64_t size)
{
	return (size + UV_PAGE_SIZE - 1) & ~(uint64_t)(UV_PAGE_SIZE - 1);
}

static bool unpack(struct attempt *attempt)
{
	const struct ipib_component *component = iplb_pv_components(attempt->ipib);
	uint32_t count = be32_get(attempt->ipib->component_count);

	for (uint32_t i = 0; i < count; i++) {
		struct uv_result result = uv_unpack_component(
			attempt->firmware->uv, attempt->configuration,
			be64_get(component[i].address),
			whole_pages(be64_get(component[i].size)),
			be64_get(component[i].tweak_prefix));

		if (!done(attempt, PV_STEP_UNPACK, result))
			return false;
	}
	return true;
}

static bool verify(struct attempt *attempt)
{
	struct uv *uv = attempt->firmware->uv;

	if (!done(attempt, PV_STEP_VERIFY, uv_verify(uv, attempt->configuration)))
		return false;
	return uv_initial_psw(uv, attempt->configuration, &attempt->psw_mask,
			      &attempt->psw_address);
}

static int by_address(const void *a, const void *b)
{
	const struct storage_range *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

/* The part of a component that lies in storage. */
static struct storage_range component_range(const struct ipib_component *component,
					    uint64_t storage_size)
{
	uint64_t address = be64_get(component->address);
	uint64_t size = whole_pages(be64_get(component->size));

	if (address > storage_size)
		return (struct storage_range){ 0 };
	if (size > storage_size - address)
		size = storage_size - address;
	return (struct storage_range){ address, size };
}

/* The components' ranges, ascending and without overlap; returns their count. */
static size_t component_ranges(const struct attempt *attempt,
			       struct storage_range ranges[IPIB_MAX_COMPONENTS])
{
	const struct ipib_component *component = iplb_pv_components(attempt->ipib);
	size_t given = be32_get(attempt->ipib->component_count), used = 0;

	for (size_t i = 0; i < given; i++)
		ranges[i] = component_range(&component[i],
					    attempt->firmware->storage_size);
	qsort(ranges, given, sizeof(ranges[0]), by_address);
	for (size_t i = 0; i < given; i++) {
		struct storage_range *last = used ? &ranges[used - 1] : NULL;
		uint64_t end = ranges[i].address + ranges[i].size;

		if (!last || ranges[i].address > last->address + last->size)
			ranges[used++] = ranges[i];
		else if (end > last->address + last->size)
			last->size = end - last->address;
	}
	return used;
}

/* A protected guest finds zeros wherever the image has put nothing. */
static bool clear_rest(struct attempt *attempt)
{
	struct storage_range ranges[IPIB_MAX_COMPONENTS];
	size_t count = component_ranges(attempt, ranges);

	return storage_clear_except(attempt->firmware->storage_size, ranges, count);
}

/* What was decrypted must not stay behind for the normal guest. */
static void clear_components(struct attempt *attempt)
{
	static const uint8_t zeros[UV_PAGE_SIZE];
	struct storage_range ranges[IPIB_MAX_COMPONENTS];
	size_t count = component_ranges(attempt, ranges);

	for (size_t i = 0; i < count; i++) {
		for (uint64_t at = 0; at < ranges[i].size; at += sizeof(zeros)) {
			if (!storage_write(ranges[i].address + at, zeros,
					   sizeof(zeros)))
				return;
		}
	}
}

static bool protect(struct attempt *attempt)
{
	return create(attempt) && set_parameters(attempt) && unpack(attempt) &&
	       verify(attempt) && clear_rest(attempt);
}

static __attribute__((noreturn)) void enter(struct attempt *attempt)
{
	struct firmware *firmware = attempt->firmware;

	count(&firmware->counters.starts);
	atomic_store(&firmware->start_time, firmware_now() - firmware->start.began);
	atomic_store_explicit(&firmware->configuration, attempt->configuration,
			      memory_order_release);
	start_cancel(firmware);
	if (!migration_block())
		firmware_say(firmware, "warning: this QEMU cannot be told to refuse migration and savevm, which a protected guest does not survive");
	if (!firmware->dumps_safe)
		firmware_say(firmware, "warning: this QEMU's dump-guest-memory cannot be kept from writing the guest's storage in the clear");
	set_psw_mask(attempt->psw_mask);
	qemu_plugin_set_pc(attempt->psw_address);
}

static void report(const struct attempt *attempt)
{
	static const uint16_t codes[] = {
		[PV_STEP_ENABLE] = UVC_CREATE_CONFIGURATION,
		[PV_STEP_SET_PARAMETERS] = UVC_SET_PARAMETERS,
		[PV_STEP_UNPACK] = UVC_UNPACK,
		[PV_STEP_VERIFY] = UVC_VERIFY,
	};
	struct text words = { 0 };

	explain_result(codes[attempt->step], attempt->result, &words);
	firmware_say(attempt->firmware, "the protected start is refused: %s",
		     text_chars(&words));
	text_free(&words);
}

/* Back to the boot stage, as if the DIAG had only set its return code. */
static __attribute__((noreturn)) void refuse(struct attempt *attempt)
{
	struct firmware *firmware = attempt->firmware;
	struct start *start = &firmware->start;
	uint64_t mask = start->psw_mask, address = start->resume_address;

	count(&firmware->counters.refusals);
	report(attempt);
	if (attempt->step > PV_STEP_SET_PARAMETERS)
		clear_components(attempt);
	if (attempt->configuration)
		uv_configuration_destroy(firmware->uv, attempt->configuration);
	registers_restore(start->registers);
	set_general_register(start->code_register,
			     diag308_failure(attempt->step, attempt->result));
	start_cancel(firmware);
	set_psw_mask(mask);
	qemu_plugin_set_pc(address);
}

void start_finish(struct vcpu *vcpu)
{
	struct firmware *firmware = vcpu->firmware;
	struct start *start = &firmware->start;
	struct attempt attempt = { .firmware = firmware,
				   .ipib = &firmware->block.ipib };

	/* Until the reset the issuer executes nothing, others may. */
	if (!atomic_load(&start->pending) || start->issuer != vcpu->index)
		return;
	storage_write(0, start->low_storage, sizeof(start->low_storage));
	if (protect(&attempt))
		enter(&attempt);
	refuse(&attempt);
}
