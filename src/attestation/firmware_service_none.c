/* SPDX-License-Identifier: MIT */
/* In place of firmware_service.c in programs without network code. */
#include "attestation/firmware.h"

int firmware_ask(struct firmware_answer *answer, const char *base,
		 enum firmware_version version,
		 const uint8_t state[ATTEST_FIRMWARE_STATE_SIZE],
		 const struct firmware_limits *limits, struct error *err)
{
	(void)version;
	(void)state;
	(void)limits;
	*answer = (struct firmware_answer){ 0 };
	error_set(err, ERR_UNSUPPORTED, "Cannot ask the firmware service at '%s': this program was built without network code", base);
	return error_hint(err, ERR_UNSUPPORTED, "Check the response where it is verified, outside the guest");
}
