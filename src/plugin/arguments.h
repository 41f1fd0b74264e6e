/* SPDX-License-Identifier: MIT */
/*
 * What stands behind "-plugin ultraviolet.so,": name=value pairs, written by
 * the launcher. See docs/reference/engine.md, "Plugin arguments".
 */
#ifndef UV_PLUGIN_ARGUMENTS_H
#define UV_PLUGIN_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "ipl/iplb.h"
#include "ultravisor/generation.h"

/* The strings are QEMU's and live as long as the plugin. */
struct arguments {
	const char *name;            /* of the guest, for messages */
	const char *host_key;        /* PEM file; NULL = no host key installed */
	const char *backup_host_key; /* PEM file or NULL */
	const char *control;         /* path of the control socket, or NULL */
	const char *crash_dump;      /* file for the dump of a guest that crashes, or NULL */
	bool crash_pause;            /* and the guest stays then */
	const struct generation *generation;
	bool protectable;            /* the guest may become protected */
	bool trace;                  /* print every call on standard error */
	struct injection {           /* see uv_inject_condition() */
		uint16_t code;
		unsigned cc;
		unsigned times;      /* 0 = none */
	} injection;
	struct secure_ipl_arguments {
		bool offered;             /* the machine has Secure IPL */
		enum ipl_mode mode;
		unsigned facilities;      /* SCP_..., for the guest to see */
		const char *certificates; /* store file, or NULL = none */
		const char *report;       /* where to leave what the loader hands over, or NULL */
	} secure_ipl;
};

/* ERR_INVALID for an unknown name, ERR_NOT_FOUND for an unknown generation. */
int arguments_parse(struct arguments *arguments, int argc, char *const *argv,
		    struct error *err);

#endif
