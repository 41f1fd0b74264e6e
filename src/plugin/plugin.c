/* SPDX-License-Identifier: MIT */
/*
 * The plugin's ends towards QEMU: loading, what is hooked where, and leaving.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto/ec_pem.h"
#include "plugin/control.h"
#include "plugin/crash_dump.h"
#include "plugin/handlers.h"
#include "plugin/qemu_own.h"
#include "plugin/qemu_plugin_api.h"
#include "plugin/qmp_dump.h"
#include "plugin/reset.h"
#include "plugin/trace_ring.h"

#define INSTRUCTION_SIZE_MAX 6
#define PAGE_SIZE 4096

int qemu_plugin_version = QEMU_API_VERSION;

static struct firmware firmware = {
	.block_lock = PTHREAD_MUTEX_INITIALIZER,
	.secure_ipl = { .lock = PTHREAD_MUTEX_INITIALIZER },
};

/*
 * Not by way of stdio: with its console on standard output QEMU makes a pipe
 * that both share non-blocking, and stdio drops what does not fit at once.
 */
static void print(const char *text, size_t size)
{
	struct pollfd error_output = { .fd = STDERR_FILENO, .events = POLLOUT };

	while (size > 0) {
		ssize_t count = write(STDERR_FILENO, text, size);

		if (count > 0) {
			text += count;
			size -= (size_t)count;
		} else if (errno == EAGAIN) {
			poll(&error_output, 1, -1);
		} else if (errno != EINTR) {
			return;
		}
	}
}

void firmware_say(const struct firmware *fw, const char *format, ...)
{
	char text[512], line[640];
	va_list args;
	int size;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	size = snprintf(line, sizeof(line), "ultraviolet: %.80s: %s\n",
			fw->arguments.name, text);
	print(line, (size_t)size);
}

/* QEMU executes the instruction; what it stores is amended. */
static void hook_with_stores(struct qemu_plugin_insn *insn, qemu_vcpu_cb_t before,
			     qemu_memory_cb_t stored)
{
	struct site *site = site_new(&firmware, insn);

	if (!site)
		return;
	qemu_plugin_register_vcpu_insn_exec_cb(insn, before, QEMU_CB_READ_REGISTERS,
					       site);
	qemu_plugin_register_vcpu_mem_cb(insn, stored, QEMU_CB_NO_REGISTERS,
					 QEMU_MEMORY_WRITE, site);
}

static void hook(struct qemu_plugin_insn *insn, const uint8_t opcode[2])
{
	struct site *site;

	switch (opcode[0] << 8 | opcode[1]) {
	case 0xb9a4:
		site = site_new(&firmware, insn);
		if (site)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_uvc, QEMU_CB_WRITE_REGISTERS, site);
		break;
	case OPCODE_STFLE:
		hook_with_stores(insn, on_stfle, on_stfle_store);
		break;
	case OPCODE_PCKMO:
		hook_with_stores(insn, on_pckmo, on_pckmo_store);
		break;
	case OPCODE_SERVC:
		site = firmware.secure_ipl.offered ? site_new(&firmware, insn) : NULL;
		if (site)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_servc, QEMU_CB_READ_REGISTERS, site);
		break;
	case OPCODE_DIAG << 8 ... OPCODE_DIAG << 8 | 0xff:
		site = site_new(&firmware, insn);
		if (site && diag_may_be_ours(site))
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_diag, QEMU_CB_WRITE_REGISTERS_AND_PC, site);
		break;
	}
}

/* Through QEMU, which knows an executed instruction from its EXECUTE. */
static void look_at(struct qemu_plugin_insn *insn)
{
	uint8_t opcode[2];

	if (qemu_plugin_insn_size(insn) == SITE_TEXT_SIZE &&
	    qemu_plugin_insn_data(insn, opcode, sizeof(opcode)) == sizeof(opcode))
		hook(insn, opcode);
}

static bool is_of_interest(uint8_t opcode)
{
	return opcode == OPCODE_DIAG || opcode == 0xb2 || opcode == 0xb9;
}

static size_t instruction_size(uint8_t opcode)
{
	return opcode < 0x40 ? 2 : opcode < 0xc0 ? 4 : 6;
}

/*
 * Every block of the guest's code comes by here once, so what is not ours is
 * passed over in QEMU's own picture of the page, without a call for each
 * instruction. There is none for an executed instruction; that, what may reach
 * into a second page and what follows it go the longer way.
 */
static void on_block(struct qemu_plugin_tb *block, void *data)
{
	size_t count = qemu_plugin_tb_n_insns(block), left = 0, i = 0;
	struct qemu_plugin_insn *first;
	const uint8_t *text;

	(void)data;
	if (!count)
		return;
	first = qemu_plugin_tb_get_insn(block, 0);
	if (atomic_load_explicit(&firmware.power_on_due, memory_order_relaxed))
		reset_on_first_block(&firmware, first);
	if (firmware.secure_ipl.offered)
		follow_up_hook(&firmware, first);
	text = qemu_plugin_insn_haddr(first);
	if (text)
		left = PAGE_SIZE - qemu_plugin_insn_vaddr(first) % PAGE_SIZE;
	for (; i < count && left >= INSTRUCTION_SIZE_MAX; i++) {
		size_t size = instruction_size(*text);

		if (is_of_interest(*text))
			look_at(qemu_plugin_tb_get_insn(block, i));
		text += size;
		left -= size;
	}
	for (; i < count; i++)
		look_at(qemu_plugin_tb_get_insn(block, i));
}

static void on_vcpu(unsigned index, void *data)
{
	struct error err = { 0 };

	(void)data;
	if (index >= VCPUS_MAX)
		return;
	if (index == 0 && registers_learn(&err))
		firmware_say(&firmware, "%s", err.message);
	firmware.vcpus[index].index = index;
	atomic_store(&firmware.vcpus[index].is_reset, true);
	firmware.vcpus[index].firmware = &firmware;
}

static void on_interruption(unsigned index, enum qemu_discontinuity type,
			    uint64_t from, uint64_t to, void *data)
{
	struct vcpu *vcpu = &firmware.vcpus[index];

	(void)from;
	(void)to;
	(void)data;
	if (vcpu->follow_up.kind != FOLLOW_UP_NONE)
		follow_up_do(vcpu);
	if (type == QEMU_DISCONTINUITY_EXCEPTION)
		interruption_deliver(&vcpu->interruption);
}

/* Interrupts are many, and of interest only for what follows an instruction. */
static enum qemu_discontinuity interruption_types(void)
{
	return firmware.secure_ipl.offered ?
		       QEMU_DISCONTINUITY_EXCEPTION | QEMU_DISCONTINUITY_INTERRUPT :
		       QEMU_DISCONTINUITY_EXCEPTION;
}

static void on_flush(void *data)
{
	(void)data;
	sites_free();
}

static void on_exit_of_qemu(void *data)
{
	(void)data;
	control_stop();
}

static bool read_storage(void *guest, uint64_t address, void *data, size_t size)
{
	const struct firmware *fw = guest;

	if (qemu_own_in_vcpu())
		return storage_read(address, data, size);
	/* A dump. The size is known by then. */
	if (address > fw->storage_size || size > fw->storage_size - address)
		return false;
	qemu_own_read_storage(address, data, size);
	return true;
}

static bool write_storage(void *guest, uint64_t address, const void *data,
			  size_t size)
{
	(void)guest;
	return storage_write(address, data, size);
}

static uint64_t now(void *context)
{
	(void)context;
	return firmware_now();
}

static void add_trace(void *context, const char *line)
{
	struct firmware *fw = context;

	trace_ring_add(fw->trace, line);
	if (fw->arguments.trace)
		firmware_say(fw, "%s", line);
	control_notify();
}

static int load_key(EVP_PKEY **key, const char *path, struct error *err)
{
	return path ? ec_pem_read_private(key, path, err) : 0;
}

static void inject(const struct firmware *fw)
{
	const struct injection *injection = &fw->arguments.injection;

	uv_inject_condition(fw->uv, injection->code, injection->cc, injection->times);
}

static int open_firmware(int argc, char **argv, struct error *err)
{
	const struct uv_callbacks callbacks = {
		.read = read_storage, .write = write_storage,
		.clock = now, .trace = add_trace, .context = &firmware,
	};
	struct uv_machine machine;
	int rc = arguments_parse(&firmware.arguments, argc, argv, err);

	if (!rc)
		rc = load_key(&firmware.host_key, firmware.arguments.host_key, err);
	if (!rc)
		rc = load_key(&firmware.backup_host_key,
			      firmware.arguments.backup_host_key, err);
	if (!rc)
		rc = secure_ipl_open(&firmware.secure_ipl, &firmware.arguments.secure_ipl,
				     err);
	if (rc)
		return rc;
	machine = (struct uv_machine){
		firmware.arguments.generation, firmware.host_key,
		firmware.backup_host_key,
	};
	firmware.trace = trace_ring_new();
	if (!firmware.trace)
		return error_set(err, ERR_NOMEM, "no memory for the trace");
	rc = uv_new(&firmware.uv, &machine, &callbacks, err);
	if (!rc)
		inject(&firmware);
	if (!rc && firmware.arguments.control)
		rc = control_start(&firmware, firmware.arguments.control, err);
	return rc;
}

static int check_engine(const struct qemu_info *info, struct error *err)
{
	if (QEMU_API_VERSION < info->version.min ||
	    QEMU_API_VERSION > info->version.cur)
		return error_set(err, ERR_UNSUPPORTED,
				 "this QEMU has plugin interface %d to %d, and this plugin needs %d: use QEMU %s, or a newer Ultraviolet",
				 info->version.min, info->version.cur,
				 QEMU_API_VERSION, QEMU_API_FIRST_QEMU);
	if (!info->system_emulation || strcmp(info->target_name, "s390x") != 0)
		return error_set(err, ERR_UNSUPPORTED,
				 "this plugin is for qemu-system-s390x only");
	return 0;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info,
			int argc, char **argv)
{
	struct error err = { 0 };
	int rc = check_engine(info, &err);

	if (!rc)
		rc = open_firmware(argc, argv, &err);
	if (!rc && firmware.arguments.protectable &&
	    info->system.max_vcpus > PROTECTED_VCPUS_MAX)
		rc = error_set(&err, ERR_UNSUPPORTED,
			       "a protected guest has at most %d CPUs",
			       PROTECTED_VCPUS_MAX);
	if (rc) {
		fprintf(stderr, "ultraviolet: error: %s%s%s\n", err.message,
			err.cause[0] ? ": " : "", err.cause);
		return 1;
	}
	crash_dump_prepare(&firmware);
	firmware.dumps_safe = qmp_dump_take_over(&firmware);
	qemu_plugin_register_vcpu_init_cb(id, on_vcpu, NULL);
	qemu_plugin_register_vcpu_idle_cb(id, reset_on_idle, &firmware);
	qemu_plugin_register_vcpu_resume_cb(id, reset_on_resume, &firmware);
	qemu_plugin_register_vcpu_discon_cb(id, interruption_types(), on_interruption,
					    NULL);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_block, NULL);
	qemu_plugin_register_flush_cb(id, on_flush, NULL);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
	return 0;
}
