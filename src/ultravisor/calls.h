/* SPDX-License-Identifier: MIT */
/*
 * The table of ultravisor calls: everything that is known about a call by its
 * code. Dispatching, the query's list of installed calls, the trace and
 * explain.c all read it. A new call is one row in calls.c and its handler.
 */
#ifndef UV_ULTRAVISOR_CALLS_H
#define UV_ULTRAVISOR_CALLS_H

#include "ultravisor/configuration.h"

/* Codes that C code mentions; calls.c has all. */
#define UVC_QUERY 0x0001
#define UVC_QUERY_KEYS 0x0002
#define UVC_CREATE_CONFIGURATION 0x0100
#define UVC_DESTROY_CONFIGURATION 0x0101
#define UVC_IMPORT 0x0200
#define UVC_EXPORT 0x0201
#define UVC_SET_PARAMETERS 0x0300
#define UVC_UNPACK 0x0301
#define UVC_VERIFY 0x0302
#define UVC_PREPARE_RESET 0x0320
#define UVC_UNSHARE_ALL 0x0340
#define UVC_DUMP_INITIATE 0x0400
#define UVC_DUMP_STORAGE_STATE 0x0401
#define UVC_DUMP_CPU 0x0402
#define UVC_DUMP_COMPLETE 0x0403
#define UVC_SHARE 0x1000
#define UVC_UNSHARE 0x1001
#define UVC_ATTEST 0x1020
#define UVC_ADD_SECRET 0x1031
#define UVC_LIST_SECRETS 0x1033
#define UVC_LOCK_SECRETS 0x1034
#define UVC_RETRIEVE_SECRET 0x1035

/* A guest's call on its way through a handler. */
struct guest_call {
	struct uv *uv;
	struct configuration *configuration; /* locked; verified, unless any_phase */
	uint8_t *block;     /* the UVCB, checked to have the call's exact size */
	size_t size;
	const struct uv_access *access;
	size_t stored;      /* bytes of @block to write back; preset to the header */
	struct operation *operation; /* for operation_about() */
};

/*
 * Does the call and returns its rc and rrc; rc 0 means busy: nothing was
 * done, and the guest repeats the instruction (condition code 2).
 */
typedef struct uv_result guest_call_handler(struct guest_call *call);

#define UV_RC_BUSY 0x0000
#define UV_RRC_PARTIAL 0x0001 /* with UV_RC_BUSY: condition code 3; injected only */

enum call_issuer {
	ISSUED_BY_HOST = 1,
	ISSUED_BY_GUEST = 2,
	ISSUED_BY_BOTH = 3,
};

struct call {
	uint16_t code;
	uint8_t bit;            /* in the list of installed calls, MSB0 */
	uint8_t issuer;         /* enum call_issuer */
	uint16_t size;          /* exact size of its UVCB; 0 = the handler checks */
	bool any_phase;         /* the guest may issue it before it is verified */
	const char *name;
	guest_call_handler *handler; /* NULL: not available to guests here */
};

/* Ended by an entry without a name. */
extern const struct call calls[];

/* NULL when there is no such call. */
const struct call *call_by_code(uint16_t code);
const struct call *call_by_name(const char *name, size_t length);

/* May guests of this machine issue the call? */
bool call_installed(const struct uv *uv, const struct call *call);
bool call_code_installed(const struct uv *uv, uint16_t code);

/* Handlers, each in a file of its own subject. */
guest_call_handler guest_query;
guest_call_handler guest_query_keys;
guest_call_handler guest_share;
guest_call_handler guest_unshare;
guest_call_handler guest_attest;
guest_call_handler guest_add_secret;
guest_call_handler guest_list_secrets;
guest_call_handler guest_lock_secrets;
guest_call_handler guest_retrieve_secret;

#endif
