/* SPDX-License-Identifier: MIT */
#include "attestation/measurement.h"

#include <string.h>

#include "crypto/crypto.h"

_Static_assert(ATTEST_STORE_HASH_SIZE == SHA512_SIZE, "the store hash is SHA-512");
_Static_assert(MEASUREMENT_SIZE == SHA512_SIZE, "the measurement is HMAC-SHA-512");

static uint8_t *append(uint8_t *at, const void *bytes, size_t size)
{
	if (size)
		memcpy(at, bytes, size);
	return at + size;
}

/* The nonce is in it, so the message is a secret too. */
static struct secret *make_message(const struct measurement_input *input)
{
	size_t nonce_size = input->nonce ? ARCB_NONCE_SIZE : 0;
	struct secret *message = secret_new(sizeof(struct measurement_head) +
					    input->user_size + nonce_size +
					    input->additional_size);
	struct measurement_head *head;
	uint8_t *at;

	if (!message)
		return NULL;
	head = (struct measurement_head *)secret_bytes(message);
	*head = (struct measurement_head){
		.image = *input->image,
		.user_size = be16((uint16_t)input->user_size),
		.additional_size = be32((uint32_t)input->additional_size),
	};
	memcpy(head->cuid, input->cuid, sizeof(head->cuid));
	at = append((uint8_t *)(head + 1), input->user_data, input->user_size);
	at = append(at, input->nonce, nonce_size);
	append(at, input->additional, input->additional_size);
	return message;
}

int measurement_compute(uint8_t measurement[MEASUREMENT_SIZE],
			const uint8_t key[ARCB_KEY_SIZE],
			const struct measurement_input *input, struct error *err)
{
	struct secret *message;
	int rc = 0;

	if (input->user_size > ATTEST_USER_DATA_MAX)
		return error_set(err, ERR_INVALID,
				 "%zu bytes of user data are more than %d",
				 input->user_size, ATTEST_USER_DATA_MAX);
	if (input->additional_size > ATTEST_ADDITIONAL_MAX)
		return error_set(err, ERR_INVALID,
				 "%zu bytes of additional data are more than %d",
				 input->additional_size, ATTEST_ADDITIONAL_MAX);
	message = make_message(input);
	if (!message)
		return error_set(err, ERR_NOMEM, "Out of memory");
	if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA512", NULL, key, ARCB_KEY_SIZE,
		       secret_view(message), secret_size(message), measurement,
		       MEASUREMENT_SIZE, NULL))
		rc = crypto_error(err, "HMAC-SHA-512 failed");
	secret_free(message);
	return rc;
}

int store_hash_compute(uint8_t hash[ATTEST_STORE_HASH_SIZE], const uint8_t *tags,
		       size_t count, bool locked, struct error *err)
{
	const uint8_t lock = locked;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha512(), NULL) == 1 &&
		 (!count || EVP_DigestUpdate(ctx, tags, count * GCM_TAG_SIZE) == 1) &&
		 EVP_DigestUpdate(ctx, &lock, sizeof(lock)) == 1 &&
		 EVP_DigestFinal_ex(ctx, hash, NULL) == 1;

	EVP_MD_CTX_free(ctx);
	return ok ? 0 : crypto_error(err, "SHA-512 failed");
}
