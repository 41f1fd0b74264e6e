/* SPDX-License-Identifier: MIT */
/* Between options.c, which walks the command line, and who looks at single options. */
#ifndef UV_MACHINE_OPTIONS_SCAN_H
#define UV_MACHINE_OPTIONS_SCAN_H

#include "machine/options.h"
#include "machine/qemu_option.h"

enum iommu_choice { IOMMU_DEFAULT, IOMMU_ON, IOMMU_OFF };

/* A virtio device that the command line makes. */
struct virtio_device {
	char *what; /* the option that makes it, for messages */
	char *driver;
	enum iommu_choice iommu;
	bool legacy; /* max_revision=0: without virtio 1.0 */
};

struct scan {
	struct qemu_command *command;
	struct error *err;
	struct virtio_device *devices;
	size_t device_count;
	struct string_list iommu_globals; /* drivers that -global switches on */
	char *pv_object;                  /* id of the s390-pv-guest, or NULL */
	char *cgs;                        /* what confidential-guest-support names */
	bool has_cpu;
};

/* An option of QEMU's as it stands on a command line. */
struct option_words {
	const char *name;  /* without dashes; NULL: a lone word, which is ->value */
	const char *value; /* NULL: none */
	int count;         /* arguments that it takes */
	bool asks;         /* for help or a version */
};

/* The option whose first argument is argv[@index]. */
struct option_words option_at(int argc, char *const *argv, int index);

/* What becomes of an option and its value after its handler has seen them. */
enum scan_verdict {
	SCAN_KEEP,    /* passed through */
	SCAN_REPLACE, /* the handler has passed on something else, or nothing */
	SCAN_FAILED,  /* scan->err says why */
};

/* @value is "" for options without one. */
typedef enum scan_verdict (*scan_handler_t)(struct scan *scan,
					    const char *option,
					    const char *value);

/* options_machine.c */
enum scan_verdict scan_machine(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_accel(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_enable_kvm(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_cpu(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_smp(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_mem_path(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_object(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_name(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_icount(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_restore(struct scan *scan, const char *option, const char *value);

/* options_devices.c */
enum scan_verdict scan_device(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_drive(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_disk(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_nic(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_net(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_virtfs(struct scan *scan, const char *option, const char *value);
enum scan_verdict scan_global(struct scan *scan, const char *option, const char *value);

/* Names each virtio device that a protected guest cannot use; at the end. */
void scan_judge_devices(struct scan *scan);
void scan_free_devices(struct scan *scan);

/* Sets scan->err for want of memory. */
enum scan_verdict scan_no_memory(struct scan *scan);

#endif
