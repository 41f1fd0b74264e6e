/* SPDX-License-Identifier: MIT */
/*
 * DIAG 308, as far as QEMU cannot do it. Every case that ends in a program
 * interruption is left to QEMU, and corrected where QEMU's is another one. See
 * docs/reference/engine.md, "DIAGNOSE 308".
 */
#include <string.h>

#include "plugin/handlers.h"
#include "plugin/handover.h"
#include "plugin/iplb_pv.h"
#include "plugin/start.h"

/*
 * Sets R1+1 and goes on behind the instruction. QEMU, to which subcodes 8 to 10
 * are unknown, raises a specification exception when it executes it.
 */
static void answer(struct vcpu *vcpu, const struct site *site, uint64_t code)
{
	set_general_register(site_r1(site) + 1, code);
	interruption_complete(&vcpu->interruption, PGM_SPECIFICATION,
			      site_next_address(site), KEEP_CONDITION_CODE);
}

/*
 * The operand of subcodes 8 and 9 has to be a configured page. When it is not,
 * the specification exception is right, or nearly.
 */
static bool operand_is_valid(struct vcpu *vcpu, const struct site *site,
			     uint64_t address)
{
	uint8_t last;

	if (site_r1(site) % 2 || address % STORAGE_PAGE)
		return false;
	if (!storage_read(address + STORAGE_PAGE - 1, &last, 1)) {
		interruption_expect(&vcpu->interruption, PGM_SPECIFICATION,
				    PGM_ADDRESSING);
		return false;
	}
	return true;
}

/* Takes over the block at @address if it is valid; returns the code for R1+1. */
static uint64_t take_block(struct firmware *firmware, uint64_t address)
{
	union {
		struct ipib ipib;
		uint8_t bytes[IPIB_MAX_SIZE];
	} copy;
	const char *defect;
	uint32_t size;

	if (!storage_read(address, copy.bytes, sizeof(copy)))
		return DIAG308_INVALID_BLOCK;
	size = be32_get(copy.ipib.total_size);
	if (size < sizeof(copy))
		memset(copy.bytes + size, 0, sizeof(copy) - size);
	defect = iplb_pv_defect(&copy.ipib, firmware->storage_size);
	if (defect) {
		firmware_say(firmware, "the image's IPL parameter block is refused: %s",
			     defect);
		return DIAG308_INVALID_BLOCK;
	}
	pthread_mutex_lock(&firmware->block_lock);
	memcpy(firmware->block.bytes, copy.bytes, sizeof(copy));
	firmware->block_set = true;
	pthread_mutex_unlock(&firmware->block_lock);
	return DIAG308_OK;
}

static void pv_set(struct vcpu *vcpu, const struct site *site)
{
	uint64_t address = general_register(site_r1(site));

	if (operand_is_valid(vcpu, site, address))
		answer(vcpu, site, take_block(vcpu->firmware, address));
}

static uint64_t give_block(struct firmware *firmware, uint64_t address)
{
	uint64_t code = DIAG308_NO_BLOCK;

	pthread_mutex_lock(&firmware->block_lock);
	if (firmware->block_set) {
		storage_write(address, firmware->block.bytes,
			      be32_get(firmware->block.ipib.total_size));
		code = DIAG308_OK;
	}
	pthread_mutex_unlock(&firmware->block_lock);
	return code;
}

static void pv_store(struct vcpu *vcpu, const struct site *site)
{
	uint64_t address = general_register(site_r1(site));

	if (operand_is_valid(vcpu, site, address))
		answer(vcpu, site, give_block(vcpu->firmware, address));
}

static void pv_start(struct vcpu *vcpu, const struct site *site)
{
	uint64_t code;

	if (site_r1(site) % 2)
		return;
	code = start_begin(vcpu, site);
	if (code != DIAG308_OK)
		answer(vcpu, site, code);
}

/*
 * Subcodes 5 and 6 are QEMU's: it checks the operand and judges the block. But
 * of what it keeps and stores the machine's mode has a say, in a follow-up,
 * which must not be due when QEMU is going to refuse the instruction.
 */
static void expect_block(struct vcpu *vcpu, const struct site *site,
			 enum follow_up_kind kind)
{
	uint64_t address = general_register(site_r1(site));
	struct follow_up *follow_up = &vcpu->follow_up;

	if (!secure_ipl_has_report(&vcpu->firmware->secure_ipl) || site_r1(site) % 2 ||
	    address % STORAGE_PAGE ||
	    !storage_read(address, &follow_up->block, sizeof(follow_up->block)))
		return;
	follow_up->kind = kind;
	follow_up->address = address;
	follow_up->code_register = site_r1(site) + 1;
}

static void on_normal_guest(struct vcpu *vcpu, const struct site *site,
			    uint64_t subcode)
{
	/* Without the facility QEMU refuses these, as it should. */
	if (subcode >= DIAG308_PV_SET && !vcpu->firmware->arguments.protectable)
		return;
	switch (subcode) {
	case DIAG308_RESET_LOAD_NORMAL:
		handover_on_start(vcpu->firmware);
		vcpu->own_reset = OWN_RESET_REQUESTED;
		break;
	case DIAG308_RESET_CLEAR:
		vcpu->own_reset = OWN_RESET_REQUESTED;
		break;
	case DIAG308_LOAD_NORMAL:
		/* QEMU does not know it, and does not clear with 3 either. */
		set_general_register(site_r3(site), DIAG308_LOAD_CLEAR);
		atomic_store(&vcpu->firmware->secure_ipl.reipl_due, true);
		break;
	case DIAG308_LOAD_CLEAR:
		atomic_store(&vcpu->firmware->secure_ipl.reipl_due, true);
		break;
	case DIAG308_SET:
		expect_block(vcpu, site, FOLLOW_UP_BLOCK_SET);
		break;
	case DIAG308_STORE:
		expect_block(vcpu, site, FOLLOW_UP_BLOCK_STORE);
		break;
	case DIAG308_PV_SET:
		pv_set(vcpu, site);
		break;
	case DIAG308_PV_STORE:
		pv_store(vcpu, site);
		break;
	case DIAG308_PV_START:
		pv_start(vcpu, site);
		break;
	}
}

/*
 * Subcodes 4 and 7 to 10 are specification exceptions for a protected guest,
 * which is what QEMU makes of them. A reset becomes one of protected state, and a
 * re-IPL is noticed, when it has happened: before, other vCPUs still run.
 */
static void on_protected_guest(struct vcpu *vcpu, uint64_t subcode)
{
	if (subcode == DIAG308_RESET_CLEAR || subcode == DIAG308_RESET_LOAD_NORMAL)
		vcpu->own_reset = OWN_RESET_REQUESTED;
	else if (subcode == DIAG308_LOAD_CLEAR)
		atomic_store(&vcpu->firmware->secure_ipl.reipl_due, true);
}

void diag_ipl(struct vcpu *vcpu, const struct site *site)
{
	uint64_t subcode = general_register(site_r3(site));

	if (firmware_is_protected(vcpu->firmware))
		on_protected_guest(vcpu, subcode);
	else
		on_normal_guest(vcpu, site, subcode);
}
