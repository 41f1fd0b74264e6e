/* SPDX-License-Identifier: MIT */
/*
 * The state of the plugin: QEMU is the CPU, this is the firmware and the
 * hypervisor that the guest meets. One per QEMU process.
 */
#ifndef UV_PLUGIN_FIRMWARE_H
#define UV_PLUGIN_FIRMWARE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "image/ipib.h"
#include "plugin/arguments.h"
#include "plugin/follow_up.h"
#include "plugin/interruption.h"
#include "plugin/pckmo.h"
#include "plugin/registers.h"
#include "plugin/secure_ipl.h"
#include "plugin/storage.h"
#include "ultravisor/ultravisor.h"

/* More than QEMU's machine has. */
#define VCPUS_MAX 256
#define PROTECTED_VCPUS_MAX 247

struct firmware;
struct trace_ring;

/* A reset that the guest asks for with DIAG 308 subcode 0 or 1. */
enum own_reset {
	OWN_RESET_NONE,
	OWN_RESET_REQUESTED,
	OWN_RESET_DONE, /* and nothing has been executed since */
};

/* Used only by the thread of its vCPU, except where said. */
struct vcpu {
	struct firmware *firmware;
	unsigned index;
	struct interruption interruption;
	struct follow_up follow_up;
	uint64_t stfle_operand;
	struct pckmo_query pckmo;
	enum own_reset own_reset;
	/* Read by the vCPU that is started after a machine reset. */
	_Atomic bool is_reset;
};

/* A protected start under way: from DIAG 308 subcode 10 to the trap. */
struct start {
	_Atomic bool pending;
	_Atomic unsigned issuer;
	struct register_file *registers; /* of the issuer */
	uint64_t psw_mask;
	uint64_t resume_address;         /* behind its DIAG */
	unsigned code_register;          /* R1+1 */
	uint64_t began;                  /* ns */
	uint8_t low_storage[16];         /* what the trap replaced */
};

struct counters {
	_Atomic uint64_t callbacks; /* instructions that came to the plugin */
	_Atomic uint64_t calls;     /* UVC answered */
	_Atomic uint64_t starts;    /* protected starts that succeeded */
	_Atomic uint64_t refusals;  /* and that failed */
	_Atomic uint64_t resets;    /* machine resets noticed */
};

struct firmware {
	struct arguments arguments;
	struct uv *uv;
	struct trace_ring *trace;
	EVP_PKEY *host_key;
	EVP_PKEY *backup_host_key;
	/* The protected guest's configuration; 0 while the guest is a normal one. */
	_Atomic uint64_t configuration;

	/* The machine was switched on, and nothing has been executed yet. */
	_Atomic bool power_on_due;
	/* Known from then on. */
	_Atomic uint64_t storage_size;
	struct storage_picture *power_on;

	pthread_mutex_t block_lock;
	bool block_set;
	union {
		struct ipib ipib;
		uint8_t bytes[IPIB_MAX_SIZE];
	} block;

	/* QMP's dump-guest-memory will give no protected guest's storage away. */
	bool dumps_safe;
	struct secure_ipl secure_ipl;

	struct start start;
	/* How long the last protected start took, from the DIAG on, in ns. */
	_Atomic uint64_t start_time;
	struct counters counters;
	struct vcpu vcpus[VCPUS_MAX];
};

static inline bool firmware_is_protected(struct firmware *firmware)
{
	return atomic_load_explicit(&firmware->configuration,
				    memory_order_acquire) != 0;
}

/* Counts an event; exact order does not matter. */
static inline void count(_Atomic uint64_t *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* Nanoseconds since the epoch. */
static inline uint64_t firmware_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/*
 * Tells whoever runs the machine, on standard error, in one line that names the
 * guest.
 */
void firmware_say(const struct firmware *firmware, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
