/* SPDX-License-Identifier: MIT */
/*
 * The options of Secure IPL on a QEMU command line: of -machine secure-boot=,
 * boot-certs.N.path= and boot-certificates=, of -cpu the properties els, cstore,
 * sipl and sclaf. QEMU does not know them, so they are taken out. See
 * docs/reference/certificate-store.md, "Options".
 */
#ifndef UV_MACHINE_SECURE_BOOT_H
#define UV_MACHINE_SECURE_BOOT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "ipl/certstore.h"
#include "ipl/iplb.h"
#include "machine/string_list.h"

/* What of Secure IPL the CPU shows to the guest. */
struct secure_boot_cpu {
	bool cstore; /* certificate store: DIAG 320 */
	bool sipl;   /* secure IPL */
	bool sclaf;  /* secure-code-loading attributes */
};

struct secure_boot {
	struct string_list argv;  /* for QEMU, without the options that are ours */
	enum ipl_mode mode;
	bool asked;               /* one of the options was given */
	struct secure_boot_cpu cpu;
	struct certstore store;
};

/*
 * Takes the options out of @argc arguments (without the program's name), fills
 * the certificate store, and checks what else the command line says: in audit
 * and secure mode every device with a boot index must be one that can be booted
 * from so, and in secure mode there is no -kernel. Remarks go to @log, with times
 * judged at @now (seconds since the epoch). ERR_INVALID or ERR_REFUSED for
 * options, else as certstore_load(). Caller frees with secure_boot_clear(), also
 * after a failure.
 */
int secure_boot_scan(struct secure_boot *boot, int argc, char *const *argv,
		     int64_t now, const struct log *log, struct error *err);

void secure_boot_clear(struct secure_boot *boot);

#endif
