/* SPDX-License-Identifier: MIT */
/*
 * Taking a dump of the protected guest, in the part of QEMU and KVM: the guest
 * is stopped, and what the ultravisor gives of its CPUs and pages becomes an ELF
 * file. See docs/reference/dump.md.
 */
#ifndef UV_PLUGIN_DUMP_H
#define UV_PLUGIN_DUMP_H

#include "plugin/firmware.h"

struct dump_job {
	struct firmware *firmware;
	int fd;                  /* to write to; the caller's */
	bool pause;              /* leave the guest paused, when the dump succeeded */
	void (*told)(void *context); /* called when @done has grown; or NULL */
	void *context;
	_Atomic bool cancelled;  /* set by whoever does not want it any more */
	_Atomic uint64_t done;   /* bytes of the file */
	_Atomic uint64_t total;  /* 0 while not known */
};

/*
 * Does the job, in the main loop of QEMU, whose lock is held all the time: nobody
 * can change or start the guest meanwhile. ERR_INVALID when the guest is not
 * protected, ERR_REFUSED when the ultravisor refuses or the job was cancelled,
 * ERR_UNSUPPORTED when QEMU lacks what is needed, ERR_IO. The guest runs on
 * after a failure, if it ran before.
 */
int dump_take(struct dump_job *job, struct error *err);

#endif
