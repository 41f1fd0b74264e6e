/* SPDX-License-Identifier: MIT */
/*
 * DIAGNOSE 320 (certificate store) and 508 (IPL extensions): brings the calls of
 * src/ipl and QEMU's CPU together. Every call ends in a program interruption of
 * QEMU's, to which it is made to refuse the instruction. See
 * docs/reference/secure-ipl.md.
 */
#include "ipl/diag320.h"
#include "ipl/diag508.h"
#include "plugin/guest_access.h"
#include "plugin/handlers.h"
#include "plugin/scp_info.h"

/* No QEMU has such a subcode of either function: a specification exception. */
#define NO_SUBCODE (UINT64_C(1) << 32)

/* How the running vCPU accesses operands, and what the last failure was. */
struct accessor {
	struct dat_context dat;
	struct access_fault fault;
};

static bool read_operand(void *cpu, uint64_t address, void *data, size_t size)
{
	struct accessor *accessor = cpu;

	return guest_read(&accessor->dat, address, data, size, &accessor->fault);
}

static bool can_write_operand(void *cpu, uint64_t address, size_t size)
{
	struct accessor *accessor = cpu;

	return guest_can_write(&accessor->dat, address, size, &accessor->fault);
}

static bool write_operand(void *cpu, uint64_t address, const void *data, size_t size)
{
	struct accessor *accessor = cpu;

	return can_write_operand(cpu, address, size) &&
	       guest_write(&accessor->dat, address, data, size);
}

static bool read_absolute(void *cpu, uint64_t address, void *data, size_t size)
{
	(void)cpu;
	return storage_read(address, data, size);
}

static bool write_absolute(void *cpu, uint64_t address, const void *data, size_t size)
{
	(void)cpu;
	return storage_write(address, data, size);
}

static int64_t seconds(void *context)
{
	(void)context;
	return (int64_t)(firmware_now() / 1000000000);
}

static struct diagnose_result
certificate_store(struct firmware *firmware, const struct diagnose *call,
		  const struct diagnose_storage *storage)
{
	const struct diag320_machine machine = {
		.installed = firmware->secure_ipl.facilities & SCP_CSTORE,
		.store = &firmware->secure_ipl.store,
		.clock = seconds,
	};

	return diag320(&machine, call, storage);
}

static struct diagnose_result
ipl_extensions(struct firmware *firmware, const struct diagnose *call,
	       const struct diagnose_storage *storage)
{
	struct error why = { 0 };
	const struct diagnose_result result =
		diag508(&firmware->secure_ipl.store, call, storage, &why);

	if (result.end == DIAGNOSE_ANSWERED && result.value == DIAG508_NOT_VERIFIED)
		firmware_say(firmware, "a signature is refused: %s%s%s", why.message,
			     why.cause[0] ? ": " : "", why.cause);
	return result;
}

/* Arranges that the instruction, which QEMU is about to execute, ends as @result says. */
static void end(struct vcpu *vcpu, const struct site *site,
		struct diagnose_result result, const struct access_fault *fault)
{
	struct interruption *interruption = &vcpu->interruption;
	uint64_t subcode = general_register(site_r3(site));

	switch (result.end) {
	case DIAGNOSE_ANSWERED:
		if (!interruption_complete(interruption, PGM_SPECIFICATION,
					   site_next_address(site),
					   KEEP_CONDITION_CODE))
			return;
		break;
	case DIAGNOSE_INTERRUPTED:
		interruption_expect(interruption, PGM_SPECIFICATION,
				    (uint16_t)result.value);
		break;
	case DIAGNOSE_FAULT:
		interruption_expect_fault(interruption, PGM_SPECIFICATION, fault);
		break;
	}
	set_general_register(site_r3(site), NO_SUBCODE);
	interruption_set_register(interruption, site_r3(site), subcode);
	/* Last: R1+1 may be R3. */
	if (result.end == DIAGNOSE_ANSWERED)
		interruption_set_register(interruption, site_r1(site) + 1, result.value);
}

void diag_secure_ipl(struct vcpu *vcpu, const struct site *site, unsigned function)
{
	struct firmware *firmware = vcpu->firmware;
	struct accessor accessor = { .dat = guest_current_context() };
	const struct diagnose_storage storage = {
		read_operand, write_operand, can_write_operand,
		read_absolute, write_absolute, &accessor,
	};
	const struct diagnose call = {
		.r1 = site_r1(site),
		.operand = general_register(site_r1(site)),
		.subcode = general_register(site_r3(site)),
	};
	struct diagnose_result result;

	/* A protected guest has neither; QEMU refuses both. */
	if (!firmware->secure_ipl.offered || firmware_is_protected(firmware))
		return;
	result = function == DIAG_CERTIFICATE_STORE ?
			 certificate_store(firmware, &call, &storage) :
			 ipl_extensions(firmware, &call, &storage);
	end(vcpu, site, result, &accessor.fault);
}
