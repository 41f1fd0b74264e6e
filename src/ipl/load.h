/* SPDX-License-Identifier: MIT */
/*
 * The boot loader's work between finding a disk and starting what is on it:
 * load one program of the boot map into guest storage, check it as the mode
 * demands, and make the IPL report. The firmware (guest/ipl) runs it on the
 * machine's own storage, 'sipl verify' on an array. Freestanding. See
 * docs/reference/boot-map.md, "Loading".
 */
#ifndef UV_IPL_LOAD_H
#define UV_IPL_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipl/bootmap.h"
#include "ipl/iplb.h"
#include "ipl/problem.h"
#include "ipl/report.h"
#include "ipl/sclab.h"

/* Part of guest storage, by absolute address. */
struct load_range {
	uint64_t address;
	uint64_t size;
};

/* The end of what unsigned components must keep away from. */
#define LOAD_LOW_END 0x2000UL

/* About the whole program, not one entry of its component table. */
#define LOAD_NO_ENTRY UINT32_MAX

enum load_message_kind {
	LOAD_VERIFIED, /* a component was verified: LOAD_VERIFIED_TEXT */
	LOAD_WARNING,  /* an event in audit mode; loading goes on */
	LOAD_FAILED,   /* loading ends; another device may be tried */
	LOAD_STOPPED,  /* loading ends, and no other device may be tried */
};

#define LOAD_VERIFIED_TEXT "Verified component"

struct load_message {
	enum load_message_kind kind;
	enum ipl_problem problem; /* IPL_OK with LOAD_VERIFIED */
	uint32_t entry;           /* index in the component table, or LOAD_NO_ENTRY */
	struct load_range range;  /* of the component, as far as known; else 0, 0 */
};

enum load_certificate {
	LOAD_CERTIFICATE_OK,
	LOAD_CERTIFICATE_NONE, /* not to be had, or not valid now */
	LOAD_CERTIFICATE_ROOM, /* longer than the room for it */
};

/* What the loader does not do itself. Every pointer must be set. */
struct load_operations {
	/*
	 * The @size bytes of guest storage at @address, for as long as the
	 * loader runs; NULL when the machine does not have all of them.
	 */
	void *(*storage)(void *context, uint64_t address, uint64_t size);

	/*
	 * Whether a certificate of the store verifies @signature over
	 * @component (DIAG 508); then its number in *@index, counted from 0.
	 */
	bool (*verify)(void *context, const void *component, uint64_t component_size,
		       const void *signature, uint32_t signature_size,
		       unsigned *index);

	/*
	 * Copies certificate @index of the store, counted from 0, in DER, to
	 * the @room bytes at @to (DIAG 320), and its length to *@size.
	 */
	enum load_certificate (*certificate)(void *context, unsigned index, void *to,
					     size_t room, size_t *size);

	void (*tell)(void *context, const struct load_message *message);

	void *context; /* for all of these */
};

#define LOAD_RESERVED_MAX 8

struct load_request {
	const struct bootmap_disk *disk;
	const struct load_operations *operations;
	enum ipl_mode mode;
	unsigned program; /* number in the program table */

	/*
	 * Not in normal mode: an IPL parameter block at ->iplb_address with
	 * room for the report behind it (IPL_REPORT_ROOM bytes in all), and
	 * where the certificates of the report are to lie.
	 */
	uint64_t iplb_address;
	struct load_range certificates;

	/* What else nothing may be loaded over: the loader itself, and so on. */
	struct load_range reserved[LOAD_RESERVED_MAX];
	unsigned reserved_count;
};

enum load_status {
	LOAD_DONE,
	LOAD_TRY_NEXT, /* after a LOAD_FAILED message */
	LOAD_STOP,     /* after a LOAD_STOPPED message */
};

/* All that the loader needs; some 20 KiB, content of no interest before. */
struct load {
	const struct load_request *request;

	uint64_t psw;             /* result: where to start, as a short PSW */
	size_t report_size;       /* result: 0 in normal mode */
	struct ipl_report report; /* result, except in normal mode */

	struct program_table programs;
	struct component_table table;
	struct segment_walk walk;
	unsigned entry;           /* of the table, being dealt with */
	struct load_range loaded[BOOTMAP_ENTRIES_MAX];
	unsigned loaded_count;
	uint8_t signature[SIGNATURE_SIZE_MAX];
	uint32_t signature_size;  /* of the one waiting for its component, or 0 */
	unsigned sclab_count;
	bool has_global;
	struct sclab global;
	uint64_t certificates_used; /* bytes of ->certificates */
	uint16_t certificate_of[IIRB_CERTIFICATES_MAX]; /* place in the report + 1, by store index */
};

/*
 * Loads program @request->program of the disk. With LOAD_DONE, ->psw says
 * where to start, and except in normal mode the report is in guest storage
 * behind the IPL parameter block, the certificates where @request says.
 * Guest storage may be changed in any case.
 */
enum load_status load_program(struct load *load, const struct load_request *request);

/* What @problem, met before there was a disk to load from, means in this mode. */
enum load_status load_refuse(struct load *load, const struct load_request *request,
			     enum ipl_problem problem);

#endif
