/* SPDX-License-Identifier: MIT */
#include "plugin/qemu_own.h"

#include <fcntl.h>
#include <string.h>

#include "dump/notes.h"
#include "plugin/qemu_plugin_api.h"

#define FROM_QEMU extern __attribute__((weak))

struct qemu_context;
struct qemu_cpu;
struct qemu_monitor;
struct qemu_commands;
struct qemu_enumeration;

/* qemu: include/qapi/qmp-registry.h (QmpCommand, as far as it is used) */
struct qemu_command {
	const char *name;
	qemu_own_command *function;
};

/* qemu: qapi/dump.json */
enum qemu_dump_status { QEMU_DUMP_COMPLETED = 2, QEMU_DUMP_FAILED = 3 };

struct qemu_dump_result {
	enum qemu_dump_status status;
	int64_t completed;
	int64_t total;
};

/* qemu: include/qemu/timer.h */
enum { QEMU_VIRTUAL_CLOCK = 1 };

/* qemu: gdb-xml/s390x-core64.xml */
enum { QEMU_PSW_MASK_REGISTER = 0 };

/* qemu: include/block/aio.h, system/runstate.h, monitor/monitor.h, qapi/ */
FROM_QEMU struct qemu_context *qemu_get_aio_context(void);
FROM_QEMU void aio_bh_schedule_oneshot_full(struct qemu_context *context,
					    void (*function)(void *), void *data,
					    const char *name);
FROM_QEMU bool qemu_in_vcpu_thread(void);
FROM_QEMU bool runstate_is_running(void);
FROM_QEMU void qmp_stop(struct qemu_error **error);
FROM_QEMU void qmp_quit(struct qemu_error **error);
FROM_QEMU void vm_start(void);
FROM_QEMU void *qemu_add_vm_change_state_handler(void (*handler)(void *, bool, int),
						 void *data);
FROM_QEMU const struct qemu_enumeration RunState_lookup;
FROM_QEMU int qapi_enum_parse(const struct qemu_enumeration *lookup,
			      const char *text, int or_else,
			      struct qemu_error **error);

/* qemu: include/hw/core/cpu.h, exec/gdbstub.h, exec/cpu-common.h */
FROM_QEMU struct qemu_cpu *qemu_get_cpu(int index);
FROM_QEMU int cpu_write_elf64_note(int (*write)(const void *, size_t, void *),
				   struct qemu_cpu *cpu, int id, void *data);
FROM_QEMU int gdb_read_register(struct qemu_cpu *cpu, struct g_byte_array *bytes,
				int number);
FROM_QEMU int64_t qemu_clock_get_ns(int clock);
FROM_QEMU void physical_memory_read(uint64_t address, void *data, uint64_t size);

/* qemu: include/qobject/qdict.h, include/monitor/monitor.h, include/qemu/osdep.h */
FROM_QEMU struct qemu_commands qmp_commands;
FROM_QEMU struct qemu_command *qmp_find_command(const struct qemu_commands *commands,
						const char *name);
FROM_QEMU qemu_own_command qmp_marshal_dump_guest_memory;
FROM_QEMU qemu_own_command qmp_marshal_query_dump;
FROM_QEMU int qdict_haskey(const struct qemu_dictionary *dictionary, const char *name);
FROM_QEMU bool qdict_get_try_bool(const struct qemu_dictionary *dictionary,
				  const char *name, bool or_else);
FROM_QEMU const char *qdict_get_try_str(const struct qemu_dictionary *dictionary,
					const char *name);
FROM_QEMU struct qemu_dictionary *qdict_new(void);
FROM_QEMU void qdict_put_str(struct qemu_dictionary *dictionary, const char *name,
			     const char *value);
FROM_QEMU void qdict_put_int(struct qemu_dictionary *dictionary, const char *name,
			     int64_t value);
FROM_QEMU void error_setg_internal(struct qemu_error **error, const char *file,
				   int line, const char *function,
				   const char *format, ...);
FROM_QEMU struct qemu_monitor *monitor_cur(void);
FROM_QEMU int monitor_get_fd(struct qemu_monitor *monitor, const char *name,
			     struct qemu_error **error);
FROM_QEMU int qemu_open_old(const char *path, int flags, ...);
FROM_QEMU void qapi_event_send_dump_completed(struct qemu_dump_result *result,
					      const char *failure);

bool qemu_own_available(void)
{
	return qemu_get_aio_context && aio_bh_schedule_oneshot_full &&
	       qemu_in_vcpu_thread && runstate_is_running && qmp_stop && qmp_quit &&
	       vm_start && qemu_get_cpu && cpu_write_elf64_note &&
	       gdb_read_register && qemu_clock_get_ns && physical_memory_read;
}

bool qemu_own_in_vcpu(void)
{
	return !qemu_in_vcpu_thread || qemu_in_vcpu_thread();
}

void qemu_own_run_in_main_loop(void (*function)(void *context), void *context)
{
	aio_bh_schedule_oneshot_full(qemu_get_aio_context(), function, context,
				     "ultraviolet");
}

bool qemu_own_stop(void)
{
	bool runs = runstate_is_running();

	if (runs)
		qmp_stop(NULL);
	return runs;
}

void qemu_own_resume(void)
{
	vm_start();
}

void qemu_own_quit(void)
{
	qmp_quit(NULL);
}

/* --- Crashes ------------------------------------------------------------------ */

static struct {
	void (*crashed)(void *context);
	void *context;
	int state; /* QEMU's number for it */
} crash;

static void on_change(void *unused, bool running, int state)
{
	(void)unused;
	if (!running && state == crash.state)
		crash.crashed(crash.context);
}

void qemu_own_on_crash(void (*crashed)(void *context), void *context)
{
	if (!qemu_add_vm_change_state_handler || !qapi_enum_parse || !&RunState_lookup)
		return;
	crash.crashed = crashed;
	crash.context = context;
	crash.state = qapi_enum_parse(&RunState_lookup, "guest-panicked", -1, NULL);
	qemu_add_vm_change_state_handler(on_change, NULL);
}

/* --- Registers and storage ------------------------------------------------------ */

/* Takes the notes in @data: the only form in which QEMU tells all registers. */
static int read_notes(const void *data, size_t size, void *context)
{
	struct cpu_state *cpu = context;
	const struct elf_note *note = data;
	size_t skipped = sizeof(*note);

	if (size < skipped)
		return -1;
	skipped += elf_note_padded(be32_get(note->name_size));
	if (size < skipped || size - skipped < be32_get(note->size))
		return -1;
	return cpu_note_read(cpu, be32_get(note->type), (const uint8_t *)data + skipped,
			     be32_get(note->size)) ? 0 : -1;
}

/* With the condition code, which TCG keeps elsewhere until somebody asks. */
static bool read_psw_mask(struct qemu_cpu *cpu, uint64_t *mask)
{
	static struct g_byte_array *bytes;
	be64_t value;

	if (!bytes)
		bytes = g_byte_array_new();
	g_byte_array_set_size(bytes, 0);
	if (gdb_read_register(cpu, bytes, QEMU_PSW_MASK_REGISTER) != sizeof(value))
		return false;
	memcpy(&value, bytes->data, sizeof(value));
	*mask = be64_get(value);
	return true;
}

/* TCG keeps the time at which the timer becomes negative, in nanoseconds. */
static uint64_t timer_value(uint64_t expiry)
{
	int64_t left = (int64_t)(expiry - (uint64_t)qemu_clock_get_ns(QEMU_VIRTUAL_CLOCK));

	/* In units of 1/4096 microsecond. */
	return (uint64_t)(left / 125) * 512 + (uint64_t)(left % 125 * 512 / 125);
}

bool qemu_own_registers(unsigned index, struct cpu_state *cpu)
{
	struct qemu_cpu *found = qemu_get_cpu((int)index);

	*cpu = (struct cpu_state){ 0 };
	if (!found || cpu_write_elf64_note(read_notes, found, (int)index, cpu) < 0 ||
	    !read_psw_mask(found, &cpu->psw_mask))
		return false;
	cpu->cpu_timer = timer_value(cpu->cpu_timer);
	return true;
}

void qemu_own_read_storage(uint64_t address, void *data, size_t size)
{
	physical_memory_read(address, data, size);
}

/* --- QMP ----------------------------------------------------------------------- */

static bool replace(const char *name, qemu_own_command *expected, qemu_own_command *own,
		    qemu_own_command **original)
{
	struct qemu_command *command;

	if (!expected || !qmp_find_command || !&qmp_commands)
		return false;
	command = qmp_find_command(&qmp_commands, name);
	/* What is expected in there shows that its layout is known. */
	if (!command || strcmp(command->name, name) != 0 || command->function != expected)
		return false;
	*original = expected;
	command->function = own;
	return true;
}

bool qemu_own_replace_dump(qemu_own_command *own, qemu_own_command **original)
{
	return qdict_haskey && qdict_get_try_bool && qdict_get_try_str &&
	       error_setg_internal && monitor_cur && monitor_get_fd && qemu_open_old &&
	       qapi_event_send_dump_completed &&
	       replace("dump-guest-memory", qmp_marshal_dump_guest_memory, own, original);
}

bool qemu_own_replace_query_dump(qemu_own_command *own, qemu_own_command **original)
{
	return qdict_new && qdict_put_str && qdict_put_int &&
	       replace("query-dump", qmp_marshal_query_dump, own, original);
}

bool qemu_own_has(const struct qemu_dictionary *arguments, const char *name)
{
	return qdict_haskey(arguments, name);
}

bool qemu_own_bool(const struct qemu_dictionary *arguments, const char *name, bool or_else)
{
	return qdict_get_try_bool(arguments, name, or_else);
}

const char *qemu_own_text(const struct qemu_dictionary *arguments, const char *name)
{
	return qdict_get_try_str(arguments, name);
}

struct qemu_dictionary *qemu_own_dump_result(const char *status, uint64_t done,
					     uint64_t total)
{
	struct qemu_dictionary *result = qdict_new();

	qdict_put_str(result, "status", status);
	qdict_put_int(result, "completed", (int64_t)done);
	qdict_put_int(result, "total", (int64_t)total);
	return result;
}

void qemu_own_fail(struct qemu_error **error, const char *text)
{
	error_setg_internal(error, __FILE__, __LINE__, __func__, "%s", text);
}

int qemu_own_take_fd(const char *name, struct qemu_error **error)
{
	return monitor_get_fd(monitor_cur(), name, error);
}

int qemu_own_open_set(const char *path)
{
	return qemu_open_old(path, O_WRONLY);
}

void qemu_own_dump_completed(uint64_t done, uint64_t total, const char *failure)
{
	struct qemu_dump_result result = {
		.status = failure ? QEMU_DUMP_FAILED : QEMU_DUMP_COMPLETED,
		.completed = (int64_t)done,
		.total = (int64_t)total,
	};

	qapi_event_send_dump_completed(&result, failure);
}
