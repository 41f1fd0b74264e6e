/* SPDX-License-Identifier: MIT */
/*
 * What a guest's boot loader handed over in audit or secure mode: of a running
 * guest from its control socket, of one that has ended from the file that it left.
 * See docs/reference/control-socket.md, "report".
 */
#ifndef UV_MACHINE_BOOT_REPORT_H
#define UV_MACHINE_BOOT_REPORT_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "ipl/report.h"

struct boot_report {
	char *guest;
	bool running;     /* now */
	uint64_t time;    /* of the hand-over, seconds since the epoch */
	uint64_t psw;     /* short PSW that the program is started with */
	struct iplb iplb;
	struct ipl_report ipl;
	X509 *certificates[IIRB_CERTIFICATES_MAX]; /* NULL: not to be read */
};

/*
 * The report of the guest @name at *@out; caller frees with boot_report_free().
 * ERR_NOT_FOUND when there is none, ERR_REFUSED with a running guest's reason,
 * ERR_FORMAT when it is damaged.
 */
int boot_report_get(struct boot_report **out, const char *name, struct error *err);
void boot_report_free(struct boot_report *report);

/* For people, and for programs: an object with its newline. */
void boot_report_add_text(const struct boot_report *report, struct text *out);
void boot_report_add_json(const struct boot_report *report, struct text *out);

#endif
