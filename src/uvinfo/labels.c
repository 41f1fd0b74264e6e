/* SPDX-License-Identifier: MIT */
#include "uvinfo/labels.h"

#include "attestation/additional.h"
#include "image/control_flags.h"
#include "secret/asrcb.h"
#include "secret/secret_type.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *call_label(unsigned bit)
{
	static const char *const names[] = {
		[0] = "Query Ultravisor Information",
		[1] = "Initialize Ultravisor",
		[2] = "Create Secure Configuration",
		[3] = "Destroy Secure Configuration",
		[4] = "Create Secure CPU",
		[5] = "Destroy Secure CPU",
		[6] = "Convert To Secure Storage",
		[7] = "Convert From Secure Storage",
		[8] = "Set Shared Access",
		[9] = "Remove Shared Access",
		[11] = "Set Secure Configuration Parameters",
		[12] = "Destroy Secure Storage",
		[13] = "Unpack Image",
		[14] = "Verify Image",
		[15] = "CPU Reset",
		[16] = "Initial CPU Reset",
		[17] = "Set CPU State",
		[18] = "Prepare For Reset",
		[19] = "Clear CPU Reset",
		[20] = "Unshare All",
		[21] = "Pin Shared Storage",
		[22] = "Unpin Shared Storage",
		[23] = "Destroy Secure Configuration Fast",
		[24] = "Initiate Configuration Dump",
		[25] = "Dump Configuration Storage State",
		[26] = "Dump CPU State",
		[27] = "Complete Configuration Dump",
		[28] = "Retrieve Attestation Measurement",
		[29] = "Add Secret",
		[30] = "List Secrets",
		[31] = "Lock Secret Store",
		[32] = "Verify Large Frame",
		[33] = "Retrieve Secret",
		[34] = "Query Keys",
	};

	return bit < COUNT(names) ? names[bit] : NULL;
}

const char *feature_label(unsigned bit)
{
	switch (bit) {
	case 0: return "miscellaneous improvements (reliable exception addresses)";
	case 1: return "adapter interruption virtualization";
	case 4: return "crypto adapters (AP) in guests";
	case 5: return "crypto adapters (AP) in guests, with interruptions";
	case 6: return "backing of guests with 1 MiB frames";
	default: return NULL;
	}
}

const char *header_flag_label(unsigned bit)
{
	for (const struct control_flag *f = plaintext_control_flags; f->mask; f++)
		if (f->mask == MSB0(bit))
			return f->label;
	return NULL;
}

const char *attestation_flag_label(unsigned bit)
{
	if (MSB0(bit) == ATTEST_NONCE)
		return "nonce";
	for (size_t i = 0; i < ADDITIONAL_ITEMS; i++)
		if (additional_kinds[i].flag == MSB0(bit))
			return additional_kinds[i].option;
	return NULL;
}

const char *add_secret_flag_label(unsigned bit)
{
	return MSB0(bit) == ASRCB_DISABLE_DUMP ? "disable-dump" : NULL;
}

const char *secret_type_label(unsigned bit)
{
	const struct secret_kind *kind = secret_kind_find((uint16_t)bit);

	return kind ? kind->name : NULL;
}
