/* SPDX-License-Identifier: MIT */
#include "ultravisor/calls.h"

#include <string.h>

#define HOST ISSUED_BY_HOST
#define GUEST ISSUED_BY_GUEST
#define BOTH ISSUED_BY_BOTH

/* docs/reference/ultravisor-calls.md, "Table of calls". */
const struct call calls[] = {
	{ UVC_QUERY, 0, BOTH, 0, true, "query", guest_query },
	{ UVC_QUERY_KEYS, 34, BOTH, 0x200, true, "query-keys", guest_query_keys },
	{ 0x000f, 1, HOST, 0x48, false, "initialize", NULL },
	{ UVC_CREATE_CONFIGURATION, 2, HOST, 0x80, false, "create-configuration", NULL },
	{ UVC_DESTROY_CONFIGURATION, 3, HOST, 0x40, false, "destroy-configuration", NULL },
	{ 0x0102, 23, HOST, 0x48, false, "destroy-configuration-fast", NULL },
	{ 0x0120, 4, HOST, 0x60, false, "create-cpu", NULL },
	{ 0x0121, 5, HOST, 0x40, false, "destroy-cpu", NULL },
	{ UVC_IMPORT, 6, HOST, 0x28, false, "import", NULL },
	{ UVC_EXPORT, 7, HOST, 0x20, false, "export", NULL },
	{ 0x0202, 12, HOST, 0x20, false, "destroy-page", NULL },
	{ 0x0203, 32, HOST, 0x28, false, "verify-large-frame", NULL },
	{ UVC_SET_PARAMETERS, 11, HOST, 0x50, false, "set-parameters", NULL },
	{ UVC_UNPACK, 13, HOST, 0x50, false, "unpack", NULL },
	{ UVC_VERIFY, 14, HOST, 0x40, false, "verify", NULL },
	{ 0x0310, 15, HOST, 0x40, false, "cpu-reset", NULL },
	{ 0x0311, 16, HOST, 0x40, false, "cpu-reset-initial", NULL },
	{ UVC_PREPARE_RESET, 18, HOST, 0x40, false, "prepare-reset", NULL },
	{ 0x0321, 19, HOST, 0x40, false, "cpu-reset-clear", NULL },
	{ 0x0330, 17, HOST, 0x50, false, "cpu-set-state", NULL },
	{ UVC_UNSHARE_ALL, 20, HOST, 0x40, false, "unshare-all", NULL },
	{ 0x0341, 21, HOST, 0x20, false, "pin-shared", NULL },
	{ 0x0342, 22, HOST, 0x28, false, "unpin-shared", NULL },
	{ UVC_DUMP_INITIATE, 24, HOST, 0x40, false, "dump-initiate", NULL },
	{ UVC_DUMP_STORAGE_STATE, 25, HOST, 0x50, false, "dump-storage-state", NULL },
	{ UVC_DUMP_CPU, 26, HOST, 0x50, false, "dump-cpu", NULL },
	{ UVC_DUMP_COMPLETE, 27, HOST, 0x50, false, "dump-complete", NULL },
	{ UVC_SHARE, 8, GUEST, 0x30, false, "share", guest_share },
	{ UVC_UNSHARE, 9, GUEST, 0x30, false, "unshare", guest_unshare },
	{ UVC_ATTEST, 28, GUEST, 0x188, false, "attest", guest_attest },
	{ UVC_ADD_SECRET, 29, GUEST, 0x48, false, "add-secret", guest_add_secret },
	{ UVC_LIST_SECRETS, 30, GUEST, 0x48, false, "list-secrets", guest_list_secrets },
	{ UVC_LOCK_SECRETS, 31, GUEST, 0x40, false, "lock-secrets", guest_lock_secrets },
	{ UVC_RETRIEVE_SECRET, 33, GUEST, 0x48, false, "retrieve-secret",
	  guest_retrieve_secret },
	{ .name = NULL },
};

const struct call *call_by_code(uint16_t code)
{
	for (const struct call *call = calls; call->name; call++)
		if (call->code == code)
			return call;
	return NULL;
}

const struct call *call_by_name(const char *name, size_t length)
{
	for (const struct call *call = calls; call->name; call++)
		if (strlen(call->name) == length &&
		    memcmp(call->name, name, length) == 0)
			return call;
	return NULL;
}

bool call_installed(const struct uv *uv, const struct call *call)
{
	return call->handler && call->issuer & ISSUED_BY_GUEST &&
	       uv->generation->calls[call->bit / 64] & MSB0(call->bit % 64);
}

bool call_code_installed(const struct uv *uv, uint16_t code)
{
	const struct call *call = call_by_code(code);

	return call && call_installed(uv, call);
}
