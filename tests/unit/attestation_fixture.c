/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "attestation_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "attestation/exchange.h"
#include "base/hex.h"

/* The tags of six add-secret requests, in the order of their execution. */
static const char store_tags[] =
	"fe70a35627aeeb9a8b619b44e834740be93f1a97b32953e649f19f625efd68d9"
	"7e0ceff1db31556052bba43e2458bef7258b96026104959572eccea3163b81f7"
	"a172c57983cab63da49e8cfe8cd7ab35a76a45859b692d79f41d165bc608cfe2";

void vector_sha256(void *out, size_t size, const char *text)
{
	uint8_t digest[SHA256_SIZE];
	struct error err;

	assert_ok(crypto_sha256(digest, text, strlen(text), &err), &err);
	memcpy(out, digest, size);
}

void vector_sha512(void *out, size_t size, const char *text)
{
	uint8_t digest[SHA512_SIZE];
	struct error err;

	assert_ok(crypto_sha512(digest, text, strlen(text), &err), &err);
	memcpy(out, digest, size);
}

EVP_PKEY *vector_key(const char *text)
{
	uint8_t scalar[EC_SCALAR_SIZE] = { 0 };
	struct error err;
	EVP_PKEY *key;

	vector_sha512(scalar + EC_SCALAR_SIZE - SHA512_SIZE, SHA512_SIZE, text);
	assert_ok(ec_from_scalar(&key, scalar, &err), &err);
	return key;
}

static void make_arcb(struct vector *v)
{
	struct error err;

	v->host = vector_key("vector host key");
	assert_ok(ec_phkh(v->phkh, v->host, &err), &err);
	v->keys.customer = vector_key("vector customer key");
	v->keys.protection = secret_new(GCM_KEY_SIZE);
	assert_non_null(v->keys.protection);
	vector_sha256(secret_bytes(v->keys.protection), GCM_KEY_SIZE,
		      "vector request protection key");
	vector_sha256(v->keys.iv, sizeof(v->keys.iv), "vector iv");
	vector_sha512(v->area.measurement_key, ARCB_KEY_SIZE, "vector measurement key");
	vector_sha256(v->area.nonce, ARCB_NONCE_SIZE, "vector nonce");
	v->hosts = (struct request_hosts){ &v->host, 1 };
	v->input = (struct arcb_input){ .hosts = v->hosts, .flags = VECTOR_FLAGS,
					.keys = &v->keys, .area = &v->area };
	assert_int_equal(arcb_size(1, VECTOR_FLAGS), sizeof(v->arcb));
	assert_ok(arcb_build(v->arcb, &v->input, &err), &err);
}

static void make_additional(struct vector *v)
{
	uint8_t tags[6 * GCM_TAG_SIZE];
	struct error err;

	memcpy(v->additional, v->phkh, PHKH_SIZE);
	memcpy(v->additional + PHKH_SIZE, v->phkh, PHKH_SIZE);
	assert_ok(hex_decode(tags, sizeof(tags), store_tags, strlen(store_tags), &err),
		  &err);
	assert_ok(store_hash_compute(v->additional + 2 * PHKH_SIZE, tags, 6, true, &err),
		  &err);
}

void vector_respond(struct vector *v, const void *user_data, size_t user_size)
{
	struct measurement_input input = {
		.image = &v->image, .cuid = v->cuid,
		.user_data = user_data, .user_size = user_size,
		.additional = v->additional, .additional_size = sizeof(v->additional),
		.nonce = v->area.nonce,
	};
	struct exchange content = {
		.arcb = { v->arcb, sizeof(v->arcb) },
		.measurement = { v->measurement, sizeof(v->measurement) },
		.additional = { v->additional, sizeof(v->additional) },
		.user_data = { user_data, user_size },
		.cuid = { v->cuid, sizeof(v->cuid) },
	};
	struct error err;

	assert_ok(measurement_compute(v->measurement, v->area.measurement_key, &input, &err),
		  &err);
	text_free(&v->response);
	exchange_write(&v->response, &content);
	assert_true(text_ok(&v->response));
}

int vector_setup(void **state)
{
	struct vector *v = calloc(1, sizeof(*v));
	struct exchange content;

	assert_non_null(v);
	make_arcb(v);
	make_additional(v);
	vector_sha512(v->image.digests.pld, SHA512_SIZE, "vector pld");
	vector_sha512(v->image.digests.ald, SHA512_SIZE, "vector ald");
	vector_sha512(v->image.digests.tld, SHA512_SIZE, "vector tld");
	vector_sha256(v->image.tag, sizeof(v->image.tag), "vector tag");
	vector_sha256(v->cuid, sizeof(v->cuid), "vector cuid");
	content = (struct exchange){
		.arcb = { v->arcb, sizeof(v->arcb) },
		.measurement = { NULL, MEASUREMENT_SIZE },
		.additional = { NULL, VECTOR_ADDITIONAL_SIZE },
	};
	exchange_write(&v->request, &content);
	vector_respond(v, VECTOR_USER_DATA, strlen(VECTOR_USER_DATA));
	*state = v;
	return 0;
}

int vector_teardown(void **state)
{
	struct vector *v = *state;

	EVP_PKEY_free(v->host);
	request_keys_free(&v->keys);
	text_free(&v->request);
	text_free(&v->response);
	free(v);
	return 0;
}
