/* SPDX-License-Identifier: MIT */
#include "ultravisor/reason_table.h"

#include <stddef.h>

#include "ultravisor/calls.h"

#define ROW(call, rc, rrc, reason, remedy) { call, rc, rrc, reason, remedy },
#define ANY UV_ANY_RRC

#define MAKE_REQUEST_AGAIN "make the request again, for this machine and with current tools"
#define CALLERS_FAULT "report this to whoever made the calling program"

/* Why a request of either kind cannot be decrypted. */
#define SEALED_REQUEST(call, rc)                                               \
	{ call, rc, UV_RRC_NO_MATCHING_SLOT,                                   \
	  "the request was not made for this machine: no key slot fits its host key", \
	  "make the request with the host key document of this machine" },     \
	{ call, rc, UV_RRC_CUSTOMER_KEY,                                       \
	  "the customer public key in the request is not a valid point",       \
	  MAKE_REQUEST_AGAIN },                                                \
	{ call, rc, UV_RRC_REQUEST_TAG,                                        \
	  "the request was changed after it was made: its tag, or that of its key slot, is wrong", \
	  "make the request again, or fetch a fresh copy of it" },

const struct reason reasons[] = {
	UV_BOOT_REASONS(ROW)

	{ UVC_CREATE_CONFIGURATION, 0x0101, ANY,
	  "the origin of the guest's storage is above what the machine supports",
	  "start the guest with less memory" },
	{ UVC_CREATE_CONFIGURATION, UV_RC_STORAGE_TOO_LARGE, ANY,
	  "the guest's storage is larger than the machine supports",
	  "start the guest with less memory" },
	{ UVC_CREATE_CONFIGURATION, UV_RC_STORAGE_SIZE, ANY,
	  "the guest's storage does not consist of whole pages",
	  "start the guest with a multiple of 1 MiB of memory" },
	{ UVC_CREATE_CONFIGURATION, UV_RC_TOO_MANY_CONFIGURATIONS, ANY,
	  "the machine has as many protected guests as it can have",
	  "stop another protected guest" },

	{ UVC_EXPORT, UV_RC_ALIGNMENT, ANY,
	  "the address is not that of a page",
	  CALLERS_FAULT },
	{ UVC_EXPORT, UV_RC_PAGE_STATE, ANY,
	  "the page is exported already",
	  CALLERS_FAULT },
	{ UVC_EXPORT, UV_RC_PAGE_NOT_MAPPED, ANY,
	  "the page is not in the guest's storage",
	  CALLERS_FAULT },

	{ UVC_IMPORT, UV_RC_ALIGNMENT, ANY,
	  "the address is not that of a page",
	  CALLERS_FAULT },
	{ UVC_IMPORT, UV_RC_PAGE_STATE, ANY,
	  "the page is not exported",
	  CALLERS_FAULT },
	{ UVC_IMPORT, UV_RC_INTEGRITY, ANY,
	  "the page is not the one that was exported last from there, or it was changed",
	  "bring back the page that the last export gave" },
	{ UVC_IMPORT, UV_RC_PAGE_NOT_MAPPED, ANY,
	  "the page is not in the guest's storage",
	  CALLERS_FAULT },

	{ UVC_PREPARE_RESET, UV_RC_PAGES_SHARED, ANY,
	  "pages of the guest are still shared",
	  "issue Unshare All before" },

	{ UVC_SHARE, UV_RC_SHARE_ADDRESS, ANY,
	  "the address is not that of a page in the guest's storage",
	  CALLERS_FAULT },

	{ UVC_UNSHARE, UV_RC_SHARE_ADDRESS, ANY,
	  "the address is not that of a page in the guest's storage",
	  CALLERS_FAULT },

	{ UVC_ATTEST, UV_RC_ATTEST_TOKEN, ANY,
	  "the continuation token is not zero",
	  CALLERS_FAULT },
	{ UVC_ATTEST, UV_RC_ATTEST_USER_DATA, ANY,
	  "there are more than 256 bytes of user data",
	  "pass less user data" },
	{ UVC_ATTEST, UV_RC_ATTEST_NO_REQUEST, ANY,
	  "the attestation request lies in storage that cannot be read",
	  CALLERS_FAULT },
	{ UVC_ATTEST, UV_RC_ATTEST_NO_MEASUREMENT, ANY,
	  "the measurement cannot be stored where it should go",
	  CALLERS_FAULT },
	{ UVC_ATTEST, UV_RC_ATTEST_NO_ADDITIONAL, ANY,
	  "the additional data cannot be stored where it should go",
	  CALLERS_FAULT },
	{ UVC_ATTEST, UV_RC_ATTEST_VERSION, UV_RRC_REQUEST_MAGIC,
	  "what was passed is not an attestation request",
	  "pass a request that was made with pvattest create" },
	{ UVC_ATTEST, UV_RC_ATTEST_VERSION, ANY,
	  "this machine does not know the version of the attestation request",
	  MAKE_REQUEST_AGAIN },
	{ UVC_ATTEST, UV_RC_ATTEST_SIZE, ANY,
	  "the size of the attestation request does not fit its content",
	  MAKE_REQUEST_AGAIN },
	{ UVC_ATTEST, UV_RC_ATTEST_SLOTS, ANY,
	  "the attestation request has no key slots, or too many",
	  MAKE_REQUEST_AGAIN },
	{ UVC_ATTEST, UV_RC_ATTEST_AREA_SIZE, ANY,
	  "the encrypted area of the attestation request has a wrong size",
	  MAKE_REQUEST_AGAIN },
	{ UVC_ATTEST, UV_RC_ATTEST_FLAGS, ANY,
	  "the attestation request asks for additional data that this machine does not offer",
	  "ask for less (see /sys/firmware/uv/query/supp_att_pflags)" },
	{ UVC_ATTEST, UV_RC_ATTEST_ALGORITHM, ANY,
	  "this machine does not know the measurement algorithm",
	  MAKE_REQUEST_AGAIN },
	SEALED_REQUEST(UVC_ATTEST, UV_RC_ATTEST_SEALED)
	{ UVC_ATTEST, UV_RC_ATTEST_SEALED, ANY,
	  "the attestation request cannot be decrypted",
	  "make the request with the host key document of this machine" },
	{ UVC_ATTEST, UV_RC_ATTEST_MEASUREMENT_SIZE, ANY,
	  "the buffer for the measurement is too small",
	  CALLERS_FAULT },
	{ UVC_ATTEST, UV_RC_ATTEST_ADDITIONAL_SIZE, ANY,
	  "the buffer for the additional data is too small",
	  CALLERS_FAULT },

	{ UVC_ADD_SECRET, 0x0101, ANY,
	  "this guest may not change its secret store",
	  NULL },
	{ UVC_ADD_SECRET, UV_RC_STORE_LOCKED, ANY,
	  "the secret store is locked",
	  "start the guest again, and add the secret before the lock" },
	{ UVC_ADD_SECRET, UV_RC_SECRET_NO_REQUEST, ANY,
	  "the request lies in storage that cannot be read",
	  CALLERS_FAULT },
	{ UVC_ADD_SECRET, UV_RC_SECRET_VERSION, UV_RRC_REQUEST_MAGIC,
	  "what was passed is not an add-secret request",
	  "pass a request that was made with pvsecret create" },
	{ UVC_ADD_SECRET, UV_RC_SECRET_VERSION, ANY,
	  "this machine does not know the version of the add-secret request",
	  MAKE_REQUEST_AGAIN },
	{ UVC_ADD_SECRET, UV_RC_SECRET_REQUEST_SIZE, ANY,
	  "the size of the request does not fit its content",
	  MAKE_REQUEST_AGAIN },
	{ UVC_ADD_SECRET, UV_RC_SECRET_SLOTS, ANY,
	  "the request has no key slots, or too many",
	  MAKE_REQUEST_AGAIN },
	{ UVC_ADD_SECRET, UV_RC_SECRET_FLAGS, ANY,
	  "the request has a flag that this machine does not know",
	  "make the request without it" },
	SEALED_REQUEST(UVC_ADD_SECRET, UV_RC_SECRET_SEALED)
	{ UVC_ADD_SECRET, UV_RC_SECRET_SEALED, ANY,
	  "the request cannot be decrypted",
	  "make the request with the host key document of this machine" },
	{ UVC_ADD_SECRET, UV_RC_SECRET_TYPE, ANY,
	  "this machine does not know the type of the secret",
	  "see /sys/firmware/uv/query/supp_secret_types" },
	{ UVC_ADD_SECRET, UV_RC_SECRET_SIZE, ANY,
	  "the length of the secret does not fit its type",
	  MAKE_REQUEST_AGAIN },
	{ UVC_ADD_SECRET, UV_RC_STORE_FULL, ANY,
	  "the secret store is full",
	  "see how much fits in /sys/firmware/uv/query (max_assoc_secrets, max_retr_secrets)" },
	{ UVC_ADD_SECRET, UV_RC_SECRET_REFUSED, UV_RRC_OTHER_IMAGE,
	  "the secret is for a guest with another image",
	  "make the request with the image, or the header, of this guest" },
	{ UVC_ADD_SECRET, UV_RC_SECRET_REFUSED, UV_RRC_OTHER_CUID,
	  "the secret is for another instance of the guest: its CUID is another one",
	  "attest the guest as it runs now, and make the request with that CUID" },
	{ UVC_ADD_SECRET, UV_RC_SECRET_REFUSED, UV_RRC_EXTENSION_SECRET,
	  "the extension secret is not that of the first request that was executed",
	  "make the request with the same extension secret, or the same CCK, as the first one" },
	{ UVC_ADD_SECRET, UV_RC_SECRET_REFUSED, UV_RRC_CCK_EXTENSION,
	  "the image wants an extension secret that is derived from its CCK",
	  "make the request with the CCK of the image" },
	{ UVC_ADD_SECRET, UV_RC_SECRET_REFUSED, UV_RRC_CCK_UPDATE,
	  "the image does not allow an update of its CCK",
	  "create the image with CCK updates allowed" },
	{ UVC_ADD_SECRET, UV_RC_SECRET_REFUSED, ANY,
	  "the secret cannot be added: image, guest instance or extension secret do not fit",
	  "make the request with the header of the running image, its CUID and its extension secret" },
	{ UVC_ADD_SECRET, UV_RC_DUMPING, ANY,
	  "the guest is being dumped",
	  "repeat the call when the dump has ended" },

	{ UVC_LOCK_SECRETS, 0x0101, ANY,
	  "this guest may not lock its secret store",
	  NULL },
	{ UVC_LOCK_SECRETS, UV_RC_STORE_LOCKED, ANY,
	  "the secret store is locked already",
	  NULL },

	{ UVC_RETRIEVE_SECRET, UV_RC_RETRIEVE_NO_BUFFER, ANY,
	  "the secret cannot be stored where it should go",
	  CALLERS_FAULT },
	{ UVC_RETRIEVE_SECRET, 0x0009, ANY,
	  "the buffer is too small for the secret",
	  "use a larger buffer" },
	{ UVC_RETRIEVE_SECRET, UV_RC_RETRIEVE_BUFFER_SIZE, ANY,
	  "the buffer is too small for the secret",
	  "use a larger buffer" },
	{ UVC_RETRIEVE_SECRET, UV_RC_STORE_EMPTY, ANY,
	  "the secret store is empty",
	  NULL },
	{ UVC_RETRIEVE_SECRET, UV_RC_NO_SECRET, ANY,
	  "there is no secret with this index",
	  "list the secrets" },
	{ UVC_RETRIEVE_SECRET, UV_RC_NOT_RETRIEVABLE, ANY,
	  "the secret is not one that can be retrieved",
	  NULL },

	{ ANY_CALL, UV_RC_EXECUTED, ANY,
	  "the call was executed",
	  NULL },
	{ ANY_CALL, UV_RC_INVALID_COMMAND, ANY,
	  "the call does not exist on this machine, or not on this side of it",
	  "see the installed calls in /sys/firmware/uv/query/facilities" },
	{ ANY_CALL, UV_RC_INVALID_STATE, ANY,
	  "the call is not possible now: another one has to come before it, or came already",
	  "follow the order: create, set parameters, unpack, verify, run" },
	{ ANY_CALL, UV_RC_INVALID_LENGTH, ANY,
	  "the control block does not have the size that the call needs",
	  CALLERS_FAULT },
	{ ANY_CALL, UV_RC_NO_RESUMPTION, ANY,
	  "the call cannot be resumed",
	  CALLERS_FAULT },
	{ ANY_CALL, UV_RC_INVALID_HANDLE, ANY,
	  "there is no secure configuration with this handle",
	  CALLERS_FAULT },
	{ ANY_CALL, 0x0021, ANY,
	  "there is no secure CPU with this handle",
	  CALLERS_FAULT },
	{ ANY_CALL, 0x0030, ANY,
	  "the home address space is not set up",
	  CALLERS_FAULT },
	{ ANY_CALL, UV_RC_NO_TRANSLATION, ANY,
	  "an address in the control block cannot be translated",
	  CALLERS_FAULT },
	{ ANY_CALL, 0x0032, ANY,
	  "an address in the control block is outside the storage",
	  CALLERS_FAULT },
	{ ANY_CALL, UV_RC_MORE_DATA, ANY,
	  "the call was executed, and there is more than the buffer holds",
	  "repeat the call for the rest, or with a larger buffer" },
	{ ANY_CALL, UV_RC_INTERNAL, UV_RRC_MEMORY,
	  "the software ultravisor is out of memory",
	  "free memory on the machine that runs it" },
	{ ANY_CALL, UV_RC_INTERNAL, UV_RRC_RANDOM,
	  "the software ultravisor got no random numbers",
	  NULL },
	{ ANY_CALL, UV_RC_INTERNAL, UV_RRC_CRYPTO,
	  "the crypto library failed inside the software ultravisor",
	  "check the installation of OpenSSL" },
	{ .reason = NULL },
};

#define DIAG308_ROW(code, reason, remedy) { code, reason, remedy },

const struct diag308_reason diag308_reasons[] = {
	{ 0x0001, "the function was executed", NULL },
	UV_DIAG308_REASONS(DIAG308_ROW)
	{ .reason = NULL },
};

const struct reason *reason_find(uint16_t call, uint16_t rc, uint16_t rrc)
{
	for (const struct reason *row = reasons; row->reason; row++)
		if ((row->call == call || row->call == ANY_CALL) && row->rc == rc &&
		    (row->rrc == rrc || row->rrc == UV_ANY_RRC))
			return row;
	return NULL;
}
