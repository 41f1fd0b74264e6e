/* SPDX-License-Identifier: MIT */
#include "image/control_flags.h"

const struct control_flag plaintext_control_flags[] = {
	{ PCF_ALLOW_DUMP, "allow dumping" },
	{ PCF_NO_ENCRYPTION, "no component encryption" },
	{ PCF_PCKMO_DEA, "DEA and TDEA PCKMO support" },
	{ PCF_PCKMO_AES, "AES PCKMO support" },
	{ PCF_PCKMO_ECC, "ECC PCKMO support" },
	{ PCF_PCKMO_HMAC, "HMAC PCKMO support" },
	{ PCF_BACKUP_KEYS, "backup target keys support" },
	{ 0, NULL },
};

const struct control_flag secret_control_flags[] = {
	{ SCF_CCK_EXTENSION_SECRET, "CCK extension secret enforced" },
	{ SCF_CCK_UPDATE, "CCK update allowed" },
	{ 0, NULL },
};
