/* SPDX-License-Identifier: MIT */
/*
 * Control flags of an SE header: what the plaintext word (PCF) and the secret
 * word (SCF) can say. One table serves the creator's options, the printers
 * and the ultravisor's masks. See docs/reference/se-header.md, "Control flags".
 */
#ifndef UV_IMAGE_CONTROL_FLAGS_H
#define UV_IMAGE_CONTROL_FLAGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/be.h"

#define PCF_ALLOW_DUMP MSB0(34)
#define PCF_NO_ENCRYPTION MSB0(35)
#define PCF_PCKMO_DEA MSB0(56)
#define PCF_PCKMO_AES MSB0(57)
#define PCF_PCKMO_ECC MSB0(58)
#define PCF_PCKMO_HMAC MSB0(59)
#define PCF_BACKUP_KEYS MSB0(62)

#define PCF_PCKMO (PCF_PCKMO_DEA | PCF_PCKMO_AES | PCF_PCKMO_ECC)
#define PCF_DEFAULT PCF_PCKMO
#define PCF_KNOWN (PCF_ALLOW_DUMP | PCF_NO_ENCRYPTION | PCF_PCKMO | \
		   PCF_PCKMO_HMAC | PCF_BACKUP_KEYS)

#define SCF_CCK_EXTENSION_SECRET MSB0(1)
#define SCF_CCK_UPDATE MSB0(2)
#define SCF_DEFAULT UINT64_C(0)
#define SCF_KNOWN (SCF_CCK_EXTENSION_SECRET | SCF_CCK_UPDATE)

struct control_flag {
	uint64_t mask;     /* exactly one bit */
	const char *label; /* as `pvimg info` prints it */
};

/* Tables in bit order, ended by an entry with mask 0. */
extern const struct control_flag plaintext_control_flags[];
extern const struct control_flag secret_control_flags[];

#endif
