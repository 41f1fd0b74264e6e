/* SPDX-License-Identifier: MIT */
#include "plugin/reset.h"

#include "plugin/backing.h"
#include "plugin/migration.h"
#include "plugin/start.h"

/* How QEMU leaves a vCPU after a clear reset, and starts the one that IPLs. */
#define RESET_CR0 UINT64_C(0xe0)
#define RESET_CR14 UINT64_C(0xc2000000)
#define IPL_PSW_MASK PSW_64BIT

/* A short PSW: its mask without bit 12, which only says that it is short. */
#define SHORT_PSW_MASK (UINT64_C(0xffffffff80000000) & ~MSB0(12))
#define SHORT_PSW_ADDRESS UINT64_C(0x7fffffff)

/* In the state after a clear reset, but for a PSW with @mask? */
static bool is_in_reset_state(uint64_t mask)
{
	if (psw_mask() != mask || prefix_register() != 0 ||
	    control_register(0) != RESET_CR0 || control_register(14) != RESET_CR14)
		return false;
	for (unsigned i = 0; i < 16; i++) {
		if (general_register(i) != 0)
			return false;
	}
	return true;
}

/*
 * At the PSW that DIAG 308 subcodes 0 and 1 load: the short one at absolute 0?
 * QEMU does not take over its condition code.
 */
static bool is_at_short_psw(void)
{
	be64_t bytes;
	uint64_t word;

	if (!storage_read(0, &bytes, sizeof(bytes)))
		return false;
	word = be64_get(bytes);
	return (psw_mask() & ~PSW_CC) == (word & SHORT_PSW_MASK & ~PSW_CC) &&
	       psw_address() == (word & SHORT_PSW_ADDRESS);
}

/*
 * The protected guest has reset itself. All other vCPUs are stopped now, so that
 * none of them can share a page any more before the guest goes on.
 */
static void on_own_reset(struct firmware *firmware)
{
	uint64_t configuration = atomic_load(&firmware->configuration);

	if (!configuration)
		return;
	uv_unshare_all(firmware->uv, configuration);
	uv_prepare_reset(firmware->uv, configuration);
}

/* Something has been executed since the own reset. */
static void forget_own_reset(struct vcpu *vcpu)
{
	if (vcpu->own_reset == OWN_RESET_DONE && !is_at_short_psw())
		vcpu->own_reset = OWN_RESET_NONE;
}

/*
 * The reset that a guest asks for with DIAG 308 may leave its vCPU in the very
 * state of an IPL. A vCPU idles and resumes several times on the way there, and
 * maybe more than once when it has arrived.
 */
static bool is_own_reset(struct vcpu *vcpu)
{
	forget_own_reset(vcpu);
	if (vcpu->own_reset == OWN_RESET_NONE || !is_at_short_psw())
		return false;
	if (vcpu->own_reset == OWN_RESET_REQUESTED)
		on_own_reset(vcpu->firmware);
	vcpu->own_reset = OWN_RESET_DONE;
	return true;
}

static bool others_are_reset(struct firmware *firmware, unsigned index)
{
	for (unsigned i = 0; i < VCPUS_MAX; i++) {
		if (i != index && firmware->vcpus[i].firmware &&
		    !atomic_load(&firmware->vcpus[i].is_reset))
			return false;
	}
	return true;
}

void reset_on_first_block(struct firmware *firmware,
			  const struct qemu_plugin_insn *insn)
{
	const char *host = qemu_plugin_insn_haddr(insn);
	uint64_t size = storage_find_size();

	atomic_store(&firmware->power_on_due, false);
	atomic_store(&firmware->storage_size, size);
	if (host)
		backing_learn(host - qemu_plugin_insn_vaddr(insn), size);
	firmware->power_on = storage_picture_take(size);
	if (!firmware->power_on)
		firmware_say(firmware, "no memory to remember the boot image: "
			     "this guest cannot be started protected");
}

/*
 * The protected guest is gone. QEMU does not clear storage, and has already
 * loaded the boot image again, so storage becomes what it was at power-on.
 */
static void on_reset(struct firmware *firmware)
{
	uint64_t configuration = atomic_exchange(&firmware->configuration, 0);

	count(&firmware->counters.resets);
	secure_ipl_on_reset(&firmware->secure_ipl);
	if (!configuration && !atomic_load(&firmware->start.pending))
		return;
	start_cancel(firmware);
	if (configuration) {
		uv_configuration_destroy(firmware->uv, configuration);
		migration_unblock();
	}
	if (!storage_picture_restore(firmware->power_on))
		firmware_say(firmware, "storage of the protected guest could not be cleared");
}

void reset_on_idle(unsigned index, void *data)
{
	struct vcpu *vcpu = &((struct firmware *)data)->vcpus[index];

	forget_own_reset(vcpu);
	atomic_store(&vcpu->is_reset, is_in_reset_state(0));
}

void reset_on_resume(unsigned index, void *data)
{
	struct firmware *firmware = data;
	struct vcpu *vcpu = &firmware->vcpus[index];
	bool own = is_own_reset(vcpu);
	bool starts = is_in_reset_state(IPL_PSW_MASK) && psw_address() != 0;

	atomic_store(&vcpu->is_reset, starts || is_in_reset_state(0));
	if (!starts || own || !others_are_reset(firmware, index))
		return;
	if (atomic_load(&firmware->storage_size) == 0)
		atomic_store(&firmware->power_on_due, true);
	else
		on_reset(firmware);
}
