/* SPDX-License-Identifier: MIT */
/*
 * The software ultravisor: secure configurations, their storage and the calls
 * on them. It knows neither QEMU nor files: guest storage, time and randomness
 * come through callbacks, so that every call can be tested and fuzzed alone.
 *
 * Two sides use it. The hypervisor side (here: the plugin, which plays the
 * part of QEMU and KVM) creates a configuration, hands over the SE header,
 * unpacks the components page by page and verifies. The guest side arrives as
 * UVC instructions: uv_guest_call(). All functions may be called from several
 * threads at once; the library locks.
 *
 * See docs/reference/ultravisor-calls.md.
 */
#ifndef UV_ULTRAVISOR_ULTRAVISOR_H
#define UV_ULTRAVISOR_ULTRAVISOR_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/cpu_state.h"
#include "ultravisor/generation.h"
#include "ultravisor/return_codes.h"

struct uv;

/* What the ultravisor needs from the world around it. */
struct uv_callbacks {
	/*
	 * Guest absolute storage of the configuration that @guest stands for
	 * (given to uv_configuration_create()). False when any byte of the
	 * range is not configured; then nothing has been read or written.
	 */
	bool (*read)(void *guest, uint64_t address, void *data, size_t size);
	bool (*write)(void *guest, uint64_t address, const void *data, size_t size);
	/* Fills @data with random bytes; false when it cannot. NULL = OpenSSL's. */
	bool (*random)(void *context, void *data, size_t size);
	/* Nanoseconds since the epoch, for the trace. NULL = no time in it. */
	uint64_t (*clock)(void *context);
	/*
	 * One call, as one line of JSON without newline, when it has ended;
	 * from the thread that made it, without locks held. NULL = no trace.
	 */
	void (*trace)(void *context, const char *line);
	void *context;
};

/* The machine whose firmware this is. The keys stay the caller's. */
struct uv_machine {
	const struct generation *generation;
	EVP_PKEY *host_key;        /* key pair; NULL = no host key installed */
	EVP_PKEY *backup_host_key; /* key pair or NULL */
};

/* Caller frees with uv_free(), which wipes every configuration. */
int uv_new(struct uv **out, const struct uv_machine *machine,
	   const struct uv_callbacks *callbacks, struct error *err);
void uv_free(struct uv *uv);

/* Outcome of a call: rc 0x0001 is success; what the others mean: return_codes.h. */
struct uv_result {
	uint16_t rc;
	uint16_t rrc;
};

static inline bool uv_ok(struct uv_result result)
{
	return result.rc == UV_RC_EXECUTED;
}

/* --- Hypervisor side ----------------------------------------------------- */

/*
 * A new secure configuration over guest storage [0, @storage_size), at
 * *@handle (never 0, not guessable). @guest goes to the storage callbacks.
 */
struct uv_result uv_configuration_create(struct uv *uv, uint64_t storage_size,
					 void *guest, uint64_t *handle);

/*
 * Wipes the configuration's keys and state. Its storage is not touched: whoever
 * owns the storage clears it before anybody else may see it.
 */
struct uv_result uv_configuration_destroy(struct uv *uv, uint64_t handle);

/* Set Secure Configuration Parameters: @header is a private copy of the SE header. */
struct uv_result uv_set_parameters(struct uv *uv, uint64_t handle,
				   const void *header, size_t size);

/* Unpack Image for one page; addresses and offsets in bytes, page aligned. */
struct uv_result uv_unpack(struct uv *uv, uint64_t handle, uint64_t address,
			   uint64_t tweak_prefix, uint64_t tweak_offset);

/*
 * Unpack Image for each page of a component: the same as uv_unpack() in a
 * loop with the tweak offset counting from 0, but with storage read and
 * written in large pieces. Stops at the first page that fails.
 */
struct uv_result uv_unpack_component(struct uv *uv, uint64_t handle,
				     uint64_t address, uint64_t size,
				     uint64_t tweak_prefix);

/* Verify Image. On success the configuration may run. */
struct uv_result uv_verify(struct uv *uv, uint64_t handle);

/* The PSW of the SE header; false before a successful uv_verify(). */
bool uv_initial_psw(struct uv *uv, uint64_t handle, uint64_t *mask,
		    uint64_t *address);

/* Unshare All, and Prepare For Reset (all pages have to be unshared first). */
struct uv_result uv_unshare_all(struct uv *uv, uint64_t handle);
struct uv_result uv_prepare_reset(struct uv *uv, uint64_t handle);

#define UV_PAGE_SIZE 4096

/*
 * Convert From Secure Storage for the page at guest @address: its encrypted
 * form goes to @page, the clear text is forgotten from guest storage (zeros) and
 * the page is exported until imported again. A shared page is copied as it is.
 */
struct uv_result uv_page_export(struct uv *uv, uint64_t handle, uint64_t address,
				uint8_t page[UV_PAGE_SIZE]);

/*
 * Convert To Secure Storage: takes an exported page back after checking that it
 * is the latest export, unchanged; the guest never sees anything else.
 */
struct uv_result uv_page_import(struct uv *uv, uint64_t handle, uint64_t address,
				const uint8_t page[UV_PAGE_SIZE]);

/* Is the page at guest @address shared with the hypervisor? */
bool uv_page_is_shared(struct uv *uv, uint64_t handle, uint64_t address);

/* Calls @each(@context, first address, bytes) for each run of shared pages, ascending. */
void uv_for_each_shared(struct uv *uv, uint64_t handle,
			void (*each)(void *context, uint64_t address, uint64_t size),
			void *context);

/* --- Hypervisor side: dumps ------------------------------------------------ */

/*
 * A dump that the image's owner alone can read. Initiate; then CPUs, pages and
 * storage state in any order and number; then Complete, which yields what the
 * owner's key opens. From Initiate to Complete no vCPU of the guest may run
 * and its storage may not change. Rc 0x0002 where the machine has no dumps,
 * 0x0003 out of order, 0x0105 when the image or a secret forbids it (Initiate).
 */
#define UV_MIB 0x100000
#define UV_DUMP_CPU_SIZE 0x1000
#define UV_DUMP_STATE_SIZE 0x1000 /* for one MiB */
#define UV_DUMP_COMPLETION_SIZE 0x1000

struct uv_result uv_dump_initiate(struct uv *uv, uint64_t handle);

/* @area, sealed: the registers @cpu (the caller wipes them). Zeros on failure. */
struct uv_result uv_dump_cpu(struct uv *uv, uint64_t handle, const struct cpu_state *cpu,
			     uint8_t area[UV_DUMP_CPU_SIZE]);

/*
 * @pages, as the hypervisor finds them in a dump: shared ones in the clear, secure
 * ones encrypted, but for those of zeros only. @address and @size in bytes, whole
 * pages. Storage stays as it is. Rc 0x0102 when one of them is exported
 * already: the hypervisor has it.
 */
struct uv_result uv_dump_pages(struct uv *uv, uint64_t handle, uint64_t address,
			       uint64_t size, uint8_t *pages);

/* How to read the pages in the MiB at @address: tweak component or kind of each. */
struct uv_result uv_dump_storage_state(struct uv *uv, uint64_t handle, uint64_t address,
				       uint8_t state[UV_DUMP_STATE_SIZE]);

/* @area, sealed: the keys of the pages. The dump is over, unless this fails. */
struct uv_result uv_dump_complete(struct uv *uv, uint64_t handle,
				  uint8_t area[UV_DUMP_COMPLETION_SIZE]);

/* --- Hypervisor side: state ------------------------------------------------- */

/* How far a configuration has come. */
enum uv_phase {
	UV_PHASE_CREATED,
	UV_PHASE_PARAMETERS_SET, /* the SE header was accepted */
	UV_PHASE_UNPACKING,
	UV_PHASE_VERIFIED,       /* the guest may run */
	UV_PHASE_FAILED,         /* not verifiable any more: only destroy is left */
};

/* "created", "parameters-set", "unpacking", "verified", "failed". */
const char *uv_phase_name(enum uv_phase phase);

/*
 * What may be told about a configuration to whoever runs the machine. The
 * fields of the SE header are zero until it was accepted.
 */
struct uv_status {
	enum uv_phase phase;
	uint64_t storage_size;
	uint64_t pages_unpacked;
	uint64_t pages_expected; /* NEP of the SE header */
	uint64_t pages_shared;
	uint64_t pages_exported;
	uint8_t header_tag[16];  /* identifies the image */
	uint64_t pcf;
	uint64_t scf;
	uint8_t phkh[32];        /* the host key whose slot was used */
	bool backup_host_key;    /* it is the machine's backup host key */
	uint8_t cuid[16];        /* configuration unique ID */
	size_t secrets_association; /* in the secret store */
	size_t secrets_retrievable;
	size_t secret_requests;  /* add-secret requests executed, also without a secret */
	bool secrets_locked;
	bool dump_disabled;      /* by an add-secret request */
	bool dumping;            /* a dump has begun and not ended */
};

/* False when there is no such configuration. */
bool uv_configuration_status(struct uv *uv, uint64_t handle,
			     struct uv_status *status);

/* --- Guest side ---------------------------------------------------------- */

/*
 * Access to buffers that a UVCB names by virtual address, in the address space
 * of the vCPU that issued the call. All or nothing; false = not accessible.
 */
struct uv_access {
	bool (*read)(void *vcpu, uint64_t address, void *data, size_t size);
	bool (*write)(void *vcpu, uint64_t address, const void *data, size_t size);
	void *vcpu;
};

#define UVCB_HEADER_SIZE 8
#define UVCB_MAX_SIZE 0xffff /* its length field has 16 bits */

/*
 * Executes a guest's call. @block is the caller's private copy of the UVCB of
 * @size bytes (as its length field says, at least UVCB_HEADER_SIZE; the caller
 * has done the privilege, M-field and access checks). rc, rrc and outputs are
 * put into @block; *@stored is how many of its bytes, from the start, have to be
 * written back to the guest. Returns the condition code.
 */
unsigned uv_guest_call(struct uv *uv, uint64_t handle, uint8_t *block,
		       size_t size, const struct uv_access *access,
		       size_t *stored);

/*
 * For tests of guests: the next @times calls with @code (0 = of any kind), by
 * whichever guest, do nothing and end with condition code @cc, which is 2 (busy)
 * or 3 (partial completion). Replaces what was injected before.
 */
void uv_inject_condition(struct uv *uv, uint16_t code, unsigned cc, unsigned times);

#endif
