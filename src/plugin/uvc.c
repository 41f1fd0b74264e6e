/* SPDX-License-Identifier: MIT */
/*
 * The instruction ULTRAVISOR CALL. To QEMU it is an invalid operation, which is
 * how every program interruption of it begins. See
 * docs/reference/ultravisor-calls.md, "The instruction".
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
	return guest_write(dat, address, data, size, NULL);
}

/* Copies the control block, as long as it says it is. False: access exception. */
static bool fetch_block(const struct dat_context *dat, uint64_t address,
			uint8_t block[UVCB_MAX_SIZE], size_t *size,
			struct access_fault *fault)
{
	be16_t length;

	if (!guest_read(dat, address, &length, sizeof(length), fault))
		return false;
	*size = be16_get(length);
	if (*size < UVCB_HEADER_SIZE)
		*size = UVCB_HEADER_SIZE;
	return guest_can_access(dat, address, *size, DAT_STORE, fault) &&
	       guest_read(dat, address, block, *size, fault);
}

/* Executes the call of the running vCPU. False: access exception. */
static bool call(struct firmware *firmware, uint64_t address, unsigned *cc,
		 struct access_fault *fault)
{
	struct dat_context dat = guest_dat_context();
	struct uv_access access = { read_buffer, write_buffer, &dat };
	uint8_t block[UVCB_MAX_SIZE];
	size_t size, stored;

	if (!fetch_block(&dat, address, block, &size, fault))
		return false;
	*cc = uv_guest_call(firmware->uv, atomic_load(&firmware->configuration),
			    block, size, &access, &stored);
	count(&firmware->counters.calls);
	return guest_write(&dat, address, block, stored, fault);
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
