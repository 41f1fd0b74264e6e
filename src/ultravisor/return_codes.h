/* SPDX-License-Identifier: MIT */
/*
 * Return codes (rc) and return reason codes (rrc) of ultravisor calls. The
 * words for each pair, with remedy, are in reasons.h and reason_table.c. Numbers
 * without a public source are marked "own": see
 * docs/reference/ultravisor-calls.md, "Own codes".
 */
#ifndef UV_ULTRAVISOR_RETURN_CODES_H
#define UV_ULTRAVISOR_RETURN_CODES_H

/* Common to all calls. */
#define UV_RC_EXECUTED 0x0001
#define UV_RC_INVALID_COMMAND 0x0002
#define UV_RC_INVALID_STATE 0x0003
#define UV_RC_INVALID_LENGTH 0x0005
#define UV_RC_NO_RESUMPTION 0x0007
#define UV_RC_INVALID_HANDLE 0x0020
#define UV_RC_NO_TRANSLATION 0x0031
#define UV_RC_MORE_DATA 0x0100
/* Own: this implementation ran out of something; see the rrc. */
#define UV_RC_INTERNAL 0x0fff
#define UV_RRC_MEMORY 0x0001
#define UV_RRC_RANDOM 0x0002
#define UV_RRC_CRYPTO 0x0003

/* Create Secure Configuration. */
#define UV_RC_STORAGE_TOO_LARGE 0x0102
#define UV_RC_STORAGE_SIZE 0x0106 /* own: zero, or not whole pages */
#define UV_RC_TOO_MANY_CONFIGURATIONS 0x010e /* own */

/* Set Secure Configuration Parameters. */
#define UV_RC_HEADER_VERSION 0x0104
#define UV_RC_HEADER_PCF 0x0106
#define UV_RC_HEADER_KEY 0x0108
#define UV_RC_HEADER_SCF 0x0109
#define UV_RC_HEADER_SIZE 0x010a

#define UV_RRC_HEADER_VERSION 0x0001
#define UV_RRC_HEADER_PCF 0x0030
#define UV_RRC_NO_MATCHING_SLOT 0x0005
#define UV_RRC_CUSTOMER_KEY 0x000b
#define UV_RRC_BACKUP_KEY 0x0034
#define UV_RRC_HEADER_LENGTH 0x0031
#define UV_RRC_AREA_SIZE 0x0039
#define UV_RRC_NO_SLOTS 0x0040

/* Own: what the public numbers leave open. */
#define UV_RRC_HEADER_MAGIC 0x0f00 /* with UV_RC_HEADER_VERSION */
#define UV_RRC_SLOT_TAG 0x0f01     /* with UV_RC_HEADER_KEY */
#define UV_RRC_HEADER_TAG 0x0f02   /* with UV_RC_HEADER_SIZE, as the next two */
#define UV_RRC_OPTIONAL_ITEMS 0x0f03
#define UV_RRC_IMAGE_KEY 0x0f04

/* Unpack Image, Convert To Secure Storage. */
#define UV_RC_PAGE_NOT_MAPPED 0x010a
#define UV_RC_ALIGNMENT 0x0101  /* own: address or size is not whole pages */
/* Own: import of a page that is not exported, or export of one that is. */
#define UV_RC_PAGE_STATE 0x0102
#define UV_RC_INTEGRITY 0x0103  /* own: not the latest export, unchanged */

/* Prepare For Reset. */
#define UV_RC_PAGES_SHARED 0x0101 /* own: Unshare All has to come first */

/* Verify Image. */
#define UV_RC_VERIFY 0x0102
#define UV_RRC_ALD 0x001a
#define UV_RRC_PLD 0x001b
#define UV_RRC_TLD 0x001c
#define UV_RRC_PAGE_COUNT 0x001d

/* Set and Remove Shared Access. */
#define UV_RC_SHARE_ADDRESS 0x0101

/* Retrieve Attestation Measurement. */
#define UV_RC_ATTEST_TOKEN 0x0101
#define UV_RC_ATTEST_USER_DATA 0x0102
#define UV_RC_ATTEST_NO_REQUEST 0x0103     /* not accessible, as the next two */
#define UV_RC_ATTEST_NO_MEASUREMENT 0x0104
#define UV_RC_ATTEST_NO_ADDITIONAL 0x0105
#define UV_RC_ATTEST_VERSION 0x0106
#define UV_RC_ATTEST_SIZE 0x0107
#define UV_RC_ATTEST_SLOTS 0x0108
#define UV_RC_ATTEST_AREA_SIZE 0x0109
#define UV_RC_ATTEST_FLAGS 0x010a
#define UV_RC_ATTEST_ALGORITHM 0x010b
#define UV_RC_ATTEST_SEALED 0x010c         /* cannot be decrypted */
#define UV_RC_ATTEST_MEASUREMENT_SIZE 0x010d
#define UV_RC_ATTEST_ADDITIONAL_SIZE 0x010e

/* Add Secret; 0x0102 also Lock Secret Store. */
#define UV_RC_STORE_LOCKED 0x0102
#define UV_RC_SECRET_NO_REQUEST 0x0103
#define UV_RC_SECRET_VERSION 0x0104
#define UV_RC_SECRET_REQUEST_SIZE 0x0105
#define UV_RC_SECRET_SLOTS 0x0106
#define UV_RC_SECRET_FLAGS 0x0107
#define UV_RC_SECRET_SEALED 0x0108
#define UV_RC_SECRET_TYPE 0x0109
#define UV_RC_SECRET_SIZE 0x010a
#define UV_RC_STORE_FULL 0x010b
#define UV_RC_SECRET_REFUSED 0x010c
#define UV_RC_DUMPING 0x010d

/* Dump calls. */
#define UV_RC_DUMP_ADDRESS 0x0101   /* own: not a MiB of the storage */
#define UV_RC_DUMP_REFUSED 0x0105   /* own, as its two reasons */
#define UV_RRC_DUMP_FORBIDDEN 0x0f20 /* by the SE header */
#define UV_RRC_DUMP_DISABLED 0x0f21  /* by an add-secret request */

/* Retrieve Secret. */
#define UV_RC_RETRIEVE_NO_BUFFER 0x0102
#define UV_RC_RETRIEVE_BUFFER_SIZE 0x0109
#define UV_RC_STORE_EMPTY 0x010f
#define UV_RC_NO_SECRET 0x0110
#define UV_RC_NOT_RETRIEVABLE 0x0111

/*
 * Own: why a request was refused. With the codes for a request that cannot be
 * decrypted also UV_RRC_NO_MATCHING_SLOT and UV_RRC_CUSTOMER_KEY, as for headers.
 */
#define UV_RRC_REQUEST_MAGIC 0x0f10 /* with the codes for a wrong version */
#define UV_RRC_REQUEST_TAG 0x0f11   /* or that of its slot */
#define UV_RRC_OTHER_IMAGE 0x0f12   /* with UV_RC_SECRET_REFUSED, as the rest */
#define UV_RRC_OTHER_CUID 0x0f13
#define UV_RRC_EXTENSION_SECRET 0x0f14 /* not that of the first request */
#define UV_RRC_CCK_EXTENSION 0x0f15 /* not derived from the CCK, as the image wants */
#define UV_RRC_CCK_UPDATE 0x0f16    /* the image does not allow it */

#endif
