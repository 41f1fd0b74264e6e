/* SPDX-License-Identifier: MIT */
/*
 * The part of QEMU's plugin interface that this plugin uses, declared by
 * ourselves because no distribution ships a header for it. QEMU resolves the
 * functions when it loads the plugin. The only place that knows the number of
 * the interface, its constants and its structures; see docs/reference/engine.md,
 * "Plugin interface".
 */
#ifndef UV_PLUGIN_QEMU_PLUGIN_API_H
#define UV_PLUGIN_QEMU_PLUGIN_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The interface number these declarations follow; QEMU 11.1 is the first with it. */
#define QEMU_API_VERSION 7
#define QEMU_API_FIRST_QEMU "11.1"

#define QEMU_EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;

struct qemu_info {
	const char *target_name;
	struct {
		int min;
		int cur;
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus;
		int max_vcpus;
	} system;
};

/* What this plugin exports. */
extern QEMU_EXPORT int qemu_plugin_version;
QEMU_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
				    const struct qemu_info *info, int argc,
				    char **argv);

/* --- The two GLib types that cross the interface ------------------------- */

struct g_byte_array {
	uint8_t *data;
	unsigned length;
};

struct g_array {
	char *data;
	unsigned length;
};

struct g_byte_array *g_byte_array_new(void);
struct g_byte_array *g_byte_array_set_size(struct g_byte_array *array,
					   unsigned length);
char *g_array_free(struct g_array *array, int free_segment);

/* --- Callbacks ----------------------------------------------------------- */

struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum qemu_callback_flags {
	QEMU_CB_NO_REGISTERS,
	QEMU_CB_READ_REGISTERS,
	QEMU_CB_WRITE_REGISTERS,
	QEMU_CB_WRITE_REGISTERS_AND_PC,
};

enum qemu_memory_access {
	QEMU_MEMORY_READ = 1,
	QEMU_MEMORY_WRITE = 2,
};

enum qemu_discontinuity {
	QEMU_DISCONTINUITY_INTERRUPT = 1 << 0,
	QEMU_DISCONTINUITY_EXCEPTION = 1 << 1,
};

typedef void (*qemu_vcpu_cb_t)(unsigned vcpu, void *data);
typedef void (*qemu_block_cb_t)(struct qemu_plugin_tb *block, void *data);
typedef void (*qemu_memory_cb_t)(unsigned vcpu, uint32_t info, uint64_t address,
				 void *data);
typedef void (*qemu_discontinuity_cb_t)(unsigned vcpu,
					enum qemu_discontinuity type,
					uint64_t from, uint64_t to, void *data);
typedef void (*qemu_plain_cb_t)(void *data);

void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t id, qemu_vcpu_cb_t cb,
				       void *data);
void qemu_plugin_register_vcpu_idle_cb(qemu_plugin_id_t id, qemu_vcpu_cb_t cb,
				       void *data);
void qemu_plugin_register_vcpu_resume_cb(qemu_plugin_id_t id, qemu_vcpu_cb_t cb,
					 void *data);
void qemu_plugin_register_vcpu_discon_cb(qemu_plugin_id_t id,
					 enum qemu_discontinuity types,
					 qemu_discontinuity_cb_t cb, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   qemu_block_cb_t cb, void *data);
/* @cb runs when all translated blocks are dropped, with all vCPUs stopped. */
void qemu_plugin_register_flush_cb(qemu_plugin_id_t id, qemu_plain_cb_t cb,
				   void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plain_cb_t cb,
				    void *data);
/* @cb runs before the instruction. */
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_vcpu_cb_t cb,
					    enum qemu_callback_flags flags,
					    void *data);
/* @cb runs after each access to storage that the instruction makes. */
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      qemu_memory_cb_t cb,
				      enum qemu_callback_flags flags,
				      enum qemu_memory_access accesses,
				      void *data);

/* --- In the translation callback ----------------------------------------- */

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block,
						 size_t index);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *bytes,
			     size_t size);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
/* Where the instruction lies in this process; NULL when it is not in storage. */
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);

/* --- In the callback of an access to storage ------------------------------ */

struct qemu_plugin_hwaddr;

struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info, uint64_t address);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *where);

/* --- In vCPU context only (QEMU ends with an assertion elsewhere) --------- */

struct qemu_register {
	void *handle; /* a number: 0 is a valid handle */
	const char *name;
	const char *feature;
	bool is_readonly;
};

/* An array of struct qemu_register; caller frees with g_array_free(). */
struct g_array *qemu_plugin_get_registers(void);
/* Appends the register, big-endian, to @bytes. */
bool qemu_plugin_read_register(void *handle, struct g_byte_array *bytes);
bool qemu_plugin_write_register(void *handle, struct g_byte_array *bytes);
/* Leaves the callback: frees and unlocks have to be done before. */
__attribute__((noreturn)) void qemu_plugin_set_pc(uint64_t address);

/* By the running vCPU's instruction addresses; also in the translation callback. */
bool qemu_plugin_read_memory_vaddr(uint64_t address, struct g_byte_array *bytes,
				   size_t size);

enum qemu_storage_result { QEMU_STORAGE_OK = 0 };

enum qemu_storage_result
qemu_plugin_read_memory_hwaddr(uint64_t address, struct g_byte_array *bytes,
			       size_t size);
enum qemu_storage_result
qemu_plugin_write_memory_hwaddr(uint64_t address, struct g_byte_array *bytes);

#endif
