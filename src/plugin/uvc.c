/* SPDX-License-Identifier: MIT */
/*
 * The instruction ULTRAVISOR CALL. To QEMU it is an invalid operation, which is
 * how every program interruption of it begins. See
 * docs/reference/engine.md, "Program interruptions".
 */
#include "plugin/guest_access.h"
#include "plugin/handlers.h"

static bool read_buffer(void *dat, uint64_t address, void *data, size_t size)
{
	return guest_read(dat, address, data, size, NULL);
}

static bool write_buffer(void *dat, uint64_t address, const void *data,
			 size_t size)
{
	return guest_write(dat, address, data, size);
}

/* The control block of a call. */
struct operand {
	struct guest_range range;
	uint8_t bytes[UVCB_MAX_SIZE]; /* our copy */
	size_t size;
};

/*
 * Copies the control block, as long as it says it is. From here on it can be
 * stored to: a call must not end in an access exception when it was executed.
 */
static bool operand_fetch(struct operand *operand, const struct dat_context *dat,
			  uint64_t address, struct access_fault *fault)
{
	be16_t length;

	if (!guest_read(dat, address, &length, sizeof(length), fault))
		return false;
	operand->size = be16_get(length);
	if (operand->size < UVCB_HEADER_SIZE)
		operand->size = UVCB_HEADER_SIZE;
	if (!guest_range_take(&operand->range, dat, address, operand->size,
			      DAT_STORE, fault))
		return false;
	guest_range_read(&operand->range, operand->bytes, operand->size);
	return true;
}

/* Executes the call of the running vCPU. False: access exception. */
static bool call(struct firmware *firmware, uint64_t address, unsigned *cc,
		 struct access_fault *fault)
{
	struct dat_context dat = guest_home_context();
	struct uv_access access = { read_buffer, write_buffer, &dat };
	struct operand operand;
	size_t stored;

	if (!operand_fetch(&operand, &dat, address, fault))
		return false;
	*cc = uv_guest_call(firmware->uv, atomic_load(&firmware->configuration),
			    operand.bytes, operand.size, &access, &stored);
	count(&firmware->counters.calls);
	guest_range_write(&operand.range, operand.bytes, stored);
	return true;
}

void on_uvc(unsigned index, void *data)
{
	struct site *site = data;
	struct firmware *firmware = site->firmware;
	struct interruption *interruption = &firmware->vcpus[index].interruption;
	struct access_fault fault;
	unsigned cc;

	count(&firmware->counters.callbacks);
	interruption->kind = INTERRUPTION_NONE;
	if (!firmware_is_protected(firmware))
		return;
	if (psw_mask() & PSW_PROBLEM_STATE) {
		interruption_expect(interruption, PGM_OPERATION,
				    PGM_PRIVILEGED_OPERATION);
		return;
	}
	if (site->text[2] != 0) {
		interruption_expect(interruption, PGM_OPERATION, PGM_SPECIFICATION);
		return;
	}
	if (!call(firmware, general_register(site->text[3] & 0xf), &cc, &fault)) {
		interruption_expect_fault(interruption, PGM_OPERATION, &fault);
		return;
	}
	interruption_complete(interruption, PGM_OPERATION, site_next_address(site), cc);
}
