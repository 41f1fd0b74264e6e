/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "secret_fixture.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

struct digest s256(const char *text)
{
	struct digest digest = { 0 };
	struct error err;

	assert_ok(crypto_sha256(digest.bytes, text, strlen(text), &err), &err);
	return digest;
}

struct digest s512(const char *text)
{
	struct digest digest = { 0 };
	struct error err;

	assert_ok(crypto_sha512(digest.bytes, text, strlen(text), &err), &err);
	return digest;
}

/* The digest as a number is the private scalar. */
static EVP_PKEY *key_from(const char *text)
{
	uint8_t scalar[EC_SCALAR_SIZE] = { 0 };
	struct digest digest = s512(text);
	struct error err;
	EVP_PKEY *key;

	memcpy(scalar + sizeof(scalar) - SHA512_SIZE, digest.bytes, SHA512_SIZE);
	assert_ok(ec_from_scalar(&key, scalar, &err), &err);
	return key;
}

static void take(void *out, size_t size, struct digest digest)
{
	memcpy(out, digest.bytes, size);
}

int secret_fixture_new(void **state)
{
	struct secret_fixture *f = calloc(1, sizeof(*f));
	struct error err;

	assert_non_null(f);
	*state = f;
	f->host = key_from("vector host key");
	f->hosts[0] = f->host;
	assert_ok(ec_phkh(f->phkh, f->host, &err), &err);
	f->keys.customer = key_from("vector customer key");
	f->keys.protection = secret_copy(s256("vector request protection key").bytes,
					 GCM_KEY_SIZE);
	take(f->keys.iv, sizeof(f->keys.iv), s256("vector iv"));
	take(f->image.digests.pld, SHA512_SIZE, s512("vector pld"));
	take(f->image.digests.ald, SHA512_SIZE, s512("vector ald"));
	take(f->image.digests.tld, SHA512_SIZE, s512("vector tld"));
	take(f->image.tag, sizeof(f->image.tag), s256("vector tag"));
	take(f->cuid, sizeof(f->cuid), s256("vector cuid"));
	take(f->cck, sizeof(f->cck), s256("vector cck"));
	assert_ok(extension_secret_derive(&f->derived, f->cck, f->image.tag, &err), &err);
	guest_secret_meta(&f->secret);
	f->input = (struct asrcb_input){
		.hosts = { .keys = f->hosts, .count = 1 },
		.image = &f->image,
		.secret = &f->secret,
	};
	return 0;
}

int secret_fixture_free(void **state)
{
	struct secret_fixture *f = *state;

	EVP_PKEY_free(f->host);
	request_keys_free(&f->keys);
	guest_secret_free(&f->secret);
	secret_free(f->derived);
	free(f);
	return 0;
}

uint8_t *secret_fixture_build(struct secret_fixture *f, size_t *size)
{
	struct error err;
	uint8_t *bytes;

	assert_ok(asrcb_build(&bytes, size, &f->input, &f->keys, &err), &err);
	return bytes;
}

uint8_t *secret_fixture_open(struct secret_fixture *f, struct asrcb *asrcb,
			     struct asrcb_secrets *secrets)
{
	struct error err;
	size_t size;
	uint8_t *bytes = secret_fixture_build(f, &size);

	assert_ok(asrcb_parse(asrcb, bytes, size, UINT64_MAX, NULL, &err), &err);
	assert_ok(asrcb_open_as_host(secrets, asrcb, f->host, f->phkh, &err), &err);
	return bytes;
}

void secret_fixture_retrievable(struct secret_fixture *f, enum retrievable_input input,
				const void *bytes, size_t size)
{
	struct error err;

	guest_secret_free(&f->secret);
	assert_ok(guest_secret_retrievable(&f->secret, input, bytes, size, &err), &err);
}

EVP_PKEY *rsa_key(unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);

	assert_non_null(key);
	return key;
}

EVP_PKEY *ec_key(const char *curve)
{
	EVP_PKEY *key = strncmp(curve, "ED", 2) == 0 ?
				EVP_PKEY_Q_keygen(NULL, NULL, curve) :
				EVP_EC_gen(curve);

	assert_non_null(key);
	return key;
}

static uint8_t *take_bio(BIO *bio, size_t *size)
{
	char *text;
	uint8_t *copy;

	*size = (size_t)BIO_get_mem_data(bio, &text);
	copy = malloc(*size);
	assert_non_null(copy);
	memcpy(copy, text, *size);
	BIO_free(bio);
	return copy;
}

uint8_t *key_pem(EVP_PKEY *key, size_t *size)
{
	BIO *bio = BIO_new(BIO_s_mem());

	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
	return take_bio(bio, size);
}

uint8_t *key_der(EVP_PKEY *key, size_t *size)
{
	BIO *bio = BIO_new(BIO_s_mem());

	assert_int_equal(i2d_PrivateKey_bio(bio, key), 1);
	return take_bio(bio, size);
}
