/* SPDX-License-Identifier: MIT */
/*
 * What the return codes of a protected start mean, and what to do about each:
 * one list for the boot stages (which expand it to what they print), for the
 * plugin's messages and for `ultraviolet explain`. Freestanding. The codes of
 * other calls are in reason_table.c.
 *
 * X(call, rc, rrc, reason, remedy): call is the code of the ultravisor call.
 * Look from the top; the first row that fits counts.
 */
#ifndef UV_ULTRAVISOR_REASONS_H
#define UV_ULTRAVISOR_REASONS_H

#include "ultravisor/return_codes.h"

#define UV_ANY_RRC 0xffff

#define UV_CREATE_AGAIN "create the image again, or fetch a fresh copy of it"

#define UV_BOOT_REASONS(X)                                                    \
	X(0x0300, UV_RC_HEADER_VERSION, UV_RRC_HEADER_MAGIC,                  \
	  "what should be the Secure Execution header does not begin like one", \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0300, UV_RC_HEADER_VERSION, UV_ANY_RRC,                           \
	  "this machine does not know the version of the Secure Execution header", \
	  "create the image for this generation of machines")                 \
	X(0x0300, UV_RC_HEADER_PCF, UV_ANY_RRC,                               \
	  "the header sets a plaintext control flag that this machine does not have", \
	  "create the image without it (see /sys/firmware/uv/query/supp_se_hdr_pcf on the host)") \
	X(0x0300, UV_RC_HEADER_KEY, UV_RRC_NO_MATCHING_SLOT,                  \
	  "the image was not made for this machine: no key slot fits its host key", \
	  "create the image with the host key document of this machine")      \
	X(0x0300, UV_RC_HEADER_KEY, UV_RRC_CUSTOMER_KEY,                      \
	  "the customer public key in the header is not a valid point",       \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0300, UV_RC_HEADER_KEY, UV_RRC_BACKUP_KEY,                        \
	  "a key slot fits the backup host key, which the image does not allow", \
	  "create the image with the current host key document of this machine") \
	X(0x0300, UV_RC_HEADER_KEY, UV_ANY_RRC,                               \
	  "the key slot for this machine could not be opened",                \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0300, UV_RC_HEADER_SCF, UV_ANY_RRC,                               \
	  "the header sets a secret control flag that this machine does not have", \
	  "create the image without it, or start it on a newer machine")      \
	X(0x0300, UV_RC_HEADER_SIZE, UV_RRC_HEADER_LENGTH,                    \
	  "the size of the header does not fit its content",                  \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0300, UV_RC_HEADER_SIZE, UV_RRC_AREA_SIZE,                        \
	  "the encrypted area of the header has a wrong size",                \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0300, UV_RC_HEADER_SIZE, UV_RRC_NO_SLOTS,                         \
	  "the header has no key slots",                                      \
	  "create the image with at least one host key document")             \
	X(0x0300, UV_RC_HEADER_SIZE, UV_RRC_HEADER_TAG,                       \
	  "the header was changed after it was made: its tag is wrong",       \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0300, UV_RC_HEADER_SIZE, UV_RRC_OPTIONAL_ITEMS,                   \
	  "the header has optional items, which this machine does not know",  \
	  "create the image with a tool that does not write them")            \
	X(0x0300, UV_RC_HEADER_SIZE, UV_RRC_IMAGE_KEY,                        \
	  "the two halves of the image encryption key are equal",             \
	  "create the image with a random image encryption key")              \
	X(0x0300, UV_RC_HEADER_SIZE, UV_ANY_RRC,                              \
	  "the header is damaged",                                            \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0301, UV_RC_ALIGNMENT, UV_ANY_RRC,                                \
	  "a part of the image does not consist of whole pages",              \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0301, UV_RC_PAGE_NOT_MAPPED, UV_ANY_RRC,                          \
	  "a part of the image lies in storage that the guest does not have", \
	  "give the guest more memory")                                       \
	X(0x0302, UV_RC_VERIFY, UV_RRC_ALD,                                   \
	  "the parts of the image do not lie where they were when it was made (ALD)", \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0302, UV_RC_VERIFY, UV_RRC_PLD,                                   \
	  "the content of the image was changed after it was made (PLD)",     \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0302, UV_RC_VERIFY, UV_RRC_TLD,                                   \
	  "the tweaks of the image are not those it was made with (TLD)",     \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0302, UV_RC_VERIFY, UV_RRC_PAGE_COUNT,                            \
	  "the image has more or fewer pages than its header says",           \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0302, UV_RC_VERIFY, UV_ANY_RRC,                                   \
	  "the image is not the one that its header describes",               \
	  UV_CREATE_AGAIN)

/*
 * Return codes of DIAGNOSE 308 (low 16 bits) for the functions of a protected
 * start. X(code, reason, remedy)
 */
#define UV_DIAG308_REASONS(X)                                                 \
	X(0x0102, "the hypervisor has no IPL parameter block for this guest", \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0402, "the hypervisor found the IPL parameter block invalid",     \
	  UV_CREATE_AGAIN)                                                    \
	X(0x0902, "the hypervisor has no IPL parameter block of a protected guest", \
	  "give the guest enough memory for the whole image, or create the image again") \
	X(0x0a02, "the guest cannot become a protected one",                  \
	  "check that the image was made for this machine; back the guest without huge pages")

#endif
