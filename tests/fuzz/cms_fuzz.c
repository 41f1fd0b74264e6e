/* SPDX-License-Identifier: MIT */
/*
 * Signatures in DER. None of them is by the one key that is looked for, so none
 * may be accepted; whatever is taken apart must be judged the same way twice.
 */
#include "ultravisor_fuzz.h"

#include "boot_pki.h"
#include "ipl/cms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static X509 *certificates[2];
	struct cms_check *check;

	if (!certificates[0]) {
		certificates[0] = boot_certificate_for(BOOT_P256);
		certificates[1] = boot_certificate_for(BOOT_RSA);
	}
	if (cms_check_new(&check, data, size, NULL))
		return 0;
	fuzz_check(size <= CMS_SIGNATURE_MAX);
	fuzz_check(cms_check_add(check, "content", 7, NULL) == 0);
	for (unsigned i = 0; i < 4; i++)
		fuzz_check(cms_check_signer(check, certificates[i % 2], NULL) == ERR_AUTH);
	cms_check_free(check);
	return 0;
}
