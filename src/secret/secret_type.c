/* SPDX-License-Identifier: MIT */
#include "secret/secret_type.h"

#define HEADER sizeof(struct secret_header)

#define KEY(type_, name_, size_)                                          \
	{ .type = type_, .name = name_, .size = size_, .header_size = HEADER, \
	  .listable = true, .retrievable = true, .key = true }

static const struct secret_kind kinds[] = {
	{ .type = SECRET_META, .name = "Meta",
	  .header_size = SECRET_META_HEADER_SIZE },
	{ .type = SECRET_ASSOCIATION, .name = "Association",
	  .size = SECRET_ASSOCIATION_SIZE, .header_size = HEADER, .listable = true },
	{ .type = SECRET_PLAINTEXT, .name = "PLAINTEXT", .header_size = HEADER,
	  .listable = true, .retrievable = true },
	KEY(SECRET_AES_128, "AES-128-KEY", 16),
	KEY(SECRET_AES_192, "AES-192-KEY", 24),
	KEY(SECRET_AES_256, "AES-256-KEY", 32),
	KEY(SECRET_AES_XTS_128, "AES-XTS-128-KEY", 32),
	KEY(SECRET_AES_XTS_256, "AES-XTS-256-KEY", 64),
	KEY(SECRET_HMAC_SHA_256, "HMAC-SHA-256-KEY", 64),
	KEY(SECRET_HMAC_SHA_512, "HMAC-SHA-512-KEY", 128),
	KEY(SECRET_EC_P256, "EC-SECP256R1-PRIVATE-KEY", 32),
	KEY(SECRET_EC_P384, "EC-SECP384R1-PRIVATE-KEY", 48),
	KEY(SECRET_EC_P521, "EC-SECP521R1-PRIVATE-KEY", 80),
	KEY(SECRET_EC_ED25519, "EC-ED25519-PRIVATE-KEY", 32),
	KEY(SECRET_EC_ED448, "EC-ED448-PRIVATE-KEY", 64),
	{ .type = SECRET_UPDATE_CCK, .name = "Update-CCK", .size = 32,
	  .header_size = HEADER },
};

const struct secret_kind *secret_kind_find(uint16_t type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

bool secret_kind_takes(const struct secret_kind *kind, size_t size)
{
	if (kind->type == SECRET_PLAINTEXT)
		return size > 0 && size <= SECRET_MAX_SIZE &&
		       size % SECRET_PLAINTEXT_STEP == 0;
	return size == kind->size;
}

size_t secret_kind_retrieved_size(const struct secret_kind *kind, size_t size)
{
	return kind->key ? size + SECRET_VERIFICATION_PATTERN_SIZE : size;
}
