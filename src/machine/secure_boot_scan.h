/* SPDX-License-Identifier: MIT */
/* Between secure_boot.c, which walks the command line, and the files with the options. */
#ifndef UV_MACHINE_SECURE_BOOT_SCAN_H
#define UV_MACHINE_SECURE_BOOT_SCAN_H

#include "machine/qemu_option.h"
#include "machine/secure_boot.h"

/* Paths in the list boot-certs. One names up to CERTSTORE_MAX certificates, or none. */
#define BOOT_CERTS_MAX 128

enum cpu_property { CPU_ELS, CPU_CSTORE, CPU_SIPL, CPU_SCLAF, CPU_PROPERTIES };

/* A device with a boot index, or one that disks are behind. */
struct boot_device {
	char *what;   /* its option, for messages */
	char *driver;
	char *id;     /* or NULL */
	char *bus;    /* or NULL */
	bool boots;
};

struct boot_scan {
	struct secure_boot *boot;
	const struct log *log;
	struct error *err;
	bool asks;   /* for help: nothing is started */
	bool secure; /* secure-boot=on */
	bool kernel; /* -kernel */
	char *paths[BOOT_CERTS_MAX]; /* boot-certs.N.path, NULL where none is given */
	char *alias;                 /* boot-certificates, or NULL */
	char *cpu_model;             /* NULL: none is named */
	char *cpu_properties[CPU_PROPERTIES]; /* "on", "off", or NULL */
	struct boot_device *devices;
	size_t device_count;
};

/* secure_boot_machine.c: all three return 0 or an error code. */
int boot_scan_machine(struct boot_scan *scan, const char *option, const char *value);
/* The certificates that were named, in order, at *@paths; caller frees. */
int boot_scan_paths(struct boot_scan *scan, struct string_list *paths);

/* secure_boot_cpu.c */
int boot_scan_cpu(struct boot_scan *scan, const char *option, const char *value);
/* What the CPU shows, when the whole command line is known. */
int boot_scan_judge_cpu(struct boot_scan *scan);

/* secure_boot_devices.c */
int boot_scan_device(struct boot_scan *scan, const char *value);
/* Whether all that can be booted from can be so in audit and secure mode. */
int boot_scan_judge_devices(struct boot_scan *scan);
void boot_scan_free_devices(struct boot_scan *scan);

/* Keeps an option of which @option, parsed, is left; nothing when it is empty. */
int boot_scan_keep(struct boot_scan *scan, const char *name,
		   const struct qemu_option *option);

/* Reads one of QEMU's words for yes and no; false for any other. */
bool boot_scan_switch(bool *on, const char *word);

int boot_scan_no_memory(struct boot_scan *scan);

#endif
