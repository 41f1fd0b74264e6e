/* SPDX-License-Identifier: MIT */
#include "secret/user_data.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/crypto.h"
#include "crypto/ec.h"

/* How each type divides the 512 bytes. */
static const struct user_data_form {
	const char *name;
	uint16_t capacity;       /* where the signature's part begins */
	uint16_t signature_size; /* 0 = there is none; for DER the largest */
	uint16_t rsa_bits;
} forms[USER_DATA_TYPES] = {
	[USER_DATA_NONE] = { "none", 0, 0, 0 },
	[USER_DATA_UNSIGNED] = { "unsigned", USER_DATA_SIZE, 0, 0 },
	[USER_DATA_EC_P521] = { "EC P-521", offsetof(struct user_data_ec_p521, signature),
				USER_DATA_EC_SIGNATURE_MAX, 0 },
	[USER_DATA_RSA_2048] = { "RSA-2048", offsetof(struct user_data_rsa_2048, signature),
				 256, 2048 },
	[USER_DATA_RSA_3072] = { "RSA-3072", offsetof(struct user_data_rsa_3072, signature),
				 384, 3072 },
};

size_t user_data_capacity(enum user_data_type type)
{
	return forms[type].capacity;
}

const char *user_data_type_name(unsigned type)
{
	return type < USER_DATA_TYPES ? forms[type].name : "unknown";
}

static int unsupported_key(EVP_PKEY *key, struct error *err)
{
	const char *name = EVP_PKEY_get0_type_name(key);

	error_set(err, ERR_UNSUPPORTED, "A %s key of %d bits cannot sign requests",
		  name ? name : "nameless", EVP_PKEY_get_bits(key));
	return error_hint(err, ERR_UNSUPPORTED,
			  "Use an RSA key of 2048 or 3072 bits, or an EC key on P-521");
}

int user_data_type_of_key(enum user_data_type *type, EVP_PKEY *key, struct error *err)
{
	if (EVP_PKEY_is_a(key, "EC")) {
		if (ec_check_p521(key, err) < 0)
			return unsupported_key(key, err);
		*type = USER_DATA_EC_P521;
		return 0;
	}
	for (unsigned i = USER_DATA_RSA_2048; i < USER_DATA_TYPES; i++) {
		if (!EVP_PKEY_is_a(key, "RSA") ||
		    EVP_PKEY_get_bits(key) != forms[i].rsa_bits)
			continue;
		*type = (enum user_data_type)i;
		return 0;
	}
	return unsupported_key(key, err);
}

/*
 * The algorithm: SHA-512, with ECDSA or with RSASSA-PSS. The salt is as long as
 * it can be when signing; a verifier takes any length.
 */
static bool set_padding(EVP_PKEY_CTX *ctx, enum user_data_type type, int salt)
{
	return forms[type].rsa_bits == 0 ||
	       (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt) == 1);
}

/* What is signed, in its three pieces: the middle one counts as zero. */
struct message {
	const uint8_t *head, *tail;
	size_t head_size, blank_size, tail_size;
};

static struct message message_of(const uint8_t *request, size_t size, size_t at,
				 enum user_data_type type)
{
	size_t blank_at = at + forms[type].capacity, tail_at = at + USER_DATA_SIZE;

	return (struct message){
		.head = request, .head_size = blank_at,
		.blank_size = tail_at - blank_at,
		.tail = request + tail_at, .tail_size = size - tail_at,
	};
}

static const uint8_t zeros[USER_DATA_SIZE];

static int sign_message(uint8_t *signature, size_t *size, const struct message *message,
			enum user_data_type type, EVP_PKEY *key, struct error *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *padding;
	int ok;

	ok = ctx && EVP_DigestSignInit(ctx, &padding, EVP_sha512(), NULL, key) == 1 &&
	     set_padding(padding, type, RSA_PSS_SALTLEN_MAX) &&
	     EVP_DigestSignUpdate(ctx, message->head, message->head_size) == 1 &&
	     EVP_DigestSignUpdate(ctx, zeros, message->blank_size) == 1 &&
	     EVP_DigestSignUpdate(ctx, message->tail, message->tail_size) == 1 &&
	     EVP_DigestSignFinal(ctx, signature, size) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : crypto_error(err, "Cannot sign the request");
}

int user_data_sign(uint8_t *request, size_t size, size_t at,
		   enum user_data_type type, EVP_PKEY *key, struct error *err)
{
	struct message message = message_of(request, size, at, type);
	struct user_data_ec_p521 *ec = (struct user_data_ec_p521 *)(request + at);
	uint8_t *place = request + message.head_size;
	uint8_t signature[USER_DATA_SIZE];
	size_t length = forms[type].signature_size;
	int rc;

	/* OpenSSL takes what it may write from the length. */
	rc = sign_message(signature, &length, &message, type, key, err);
	if (rc < 0)
		return rc;
	memset(place, 0, message.blank_size);
	memcpy(place, signature, length);
	if (type == USER_DATA_EC_P521)
		ec->signature_size = be16((uint16_t)length);
	return 0;
}

/* 1 = it fits; otherwise 0 or less. */
static int verify_message(const uint8_t *signature, size_t size,
			  const struct message *message, enum user_data_type type,
			  EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *padding;
	int verdict = 0;

	if (ctx && EVP_DigestVerifyInit(ctx, &padding, EVP_sha512(), NULL, key) == 1 &&
	    set_padding(padding, type, RSA_PSS_SALTLEN_AUTO) &&
	    EVP_DigestVerifyUpdate(ctx, message->head, message->head_size) == 1 &&
	    EVP_DigestVerifyUpdate(ctx, zeros, message->blank_size) == 1 &&
	    EVP_DigestVerifyUpdate(ctx, message->tail, message->tail_size) == 1)
		verdict = EVP_DigestVerifyFinal(ctx, signature, size);
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return verdict;
}

int user_data_verify(const uint8_t *request, size_t size, size_t at,
		     enum user_data_type type, EVP_PKEY *key, struct error *err)
{
	struct message message = message_of(request, size, at, type);
	const struct user_data_ec_p521 *ec =
		(const struct user_data_ec_p521 *)(request + at);
	size_t length = forms[type].signature_size;
	enum user_data_type of_key;

	if (user_data_type_of_key(&of_key, key, err) < 0 || of_key != type)
		return error_set(err, ERR_INVALID,
				 "The request is signed with an %s key; the given key is another kind",
				 forms[type].name);
	if (type == USER_DATA_EC_P521)
		length = be16_get(ec->signature_size);
	if (length > forms[type].signature_size ||
	    verify_message(request + message.head_size, length, &message, type, key) != 1)
		return error_set(err, ERR_AUTH,
				 "The signature in the request is not by this key, or the request was changed after it was signed");
	return 0;
}
