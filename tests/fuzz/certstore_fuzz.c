/* SPDX-License-Identifier: MIT */
/*
 * Certificate files and, when the first byte is odd, store files. What gets into
 * a store has to be fit for DIAG 320, and to come out of a store file as it went in.
 */
#include "ultravisor_fuzz.h"

#include <string.h>

#include "ipl/certstore.h"

static void check_entry(const struct boot_certificate *entry)
{
	fuzz_check(entry->der_size > 0 && entry->der_size <= CERTIFICATE_DER_MAX);
	fuzz_check(entry->label && entry->certificate);
	fuzz_check(!boot_certificate_is_valid(entry, INT64_MIN));
	fuzz_check(entry->usable || !boot_certificate_is_valid(entry, entry->not_before));
	for (size_t i = strlen(entry->label); i < CERTIFICATE_NAME_SIZE; i++)
		fuzz_check(entry->name[i] == 0x40);
}

/* A certificate's own DER form makes the same entry again. */
static void check_again(const struct boot_certificate *entry)
{
	struct certstore again = { .count = 0 };

	fuzz_check(certstore_add(&again, entry->label, entry->der, entry->der_size, NULL) == 0);
	fuzz_check(memcmp(again.certificates[0].hash, entry->hash, sizeof(entry->hash)) == 0);
	fuzz_check(memcmp(again.certificates[0].key_id, entry->key_id,
			  sizeof(entry->key_id)) == 0);
	certstore_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct certstore store = { .count = 0 };
	int rc;

	if (size == 0)
		return 0;
	if (data[0] & 1)
		rc = certstore_parse(&store, data + 1, size - 1, NULL);
	else
		rc = certstore_add(&store, "fuzz.pem", data + 1, size - 1, NULL);
	fuzz_check(store.count <= CERTSTORE_MAX);
	fuzz_check(data[0] & 1 || store.count == (rc == 0));
	for (size_t i = 0; i < store.count; i++) {
		check_entry(&store.certificates[i]);
		check_again(&store.certificates[i]);
	}
	certstore_clear(&store);
	return 0;
}
