/* SPDX-License-Identifier: MIT */
#include "attestation/policy_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/json_read.h"

static int bad_field(struct error *err, const char *name)
{
	error_set(err, ERR_FORMAT, "'%s' is missing, or not what it should be", name);
	return error_wrap(err, ERR_FORMAT, "Invalid policy");
}

/* Exactly @size bytes as 0x and digits. */
static bool get_hex(void *out, size_t size, struct json_value value)
{
	char text[2 + 2 * SHA512_SIZE + 1];

	return json_get_string(text, sizeof(text), value) && strncmp(text, "0x", 2) == 0 &&
	       hex_decode(out, size, text + 2, strlen(text + 2), NULL) == 0;
}

static int read_image(struct image_tags *tags, struct json_value image, struct error *err)
{
	struct page_digest_values *digests = &tags->digests;

	if (!get_hex(tags->tag, sizeof(tags->tag), json_member(image, "tag")))
		return bad_field(err, "image.tag");
	if (!get_hex(digests->pld, sizeof(digests->pld), json_member(image, "pld")))
		return bad_field(err, "image.pld");
	if (!get_hex(digests->ald, sizeof(digests->ald), json_member(image, "ald")))
		return bad_field(err, "image.ald");
	if (!get_hex(digests->tld, sizeof(digests->tld), json_member(image, "tld")))
		return bad_field(err, "image.tld");
	return 0;
}

static int read_hashes(struct policy_hashes *hashes, struct json_value response,
		       const char *name, struct error *err)
{
	struct json_value list = json_member(response, name);
	struct json_value element = json_first(list);

	if (list.kind != JSON_ARRAY)
		return bad_field(err, name);
	hashes->demanded = true;
	for (; element.kind != JSON_ABSENT; element = json_next(list, element))
		if (hashes->count == SE_HEADER_MAX_SLOTS ||
		    !get_hex(hashes->hashes[hashes->count++], PHKH_SIZE, element))
			return bad_field(err, name);
	return 0;
}

/* What the flags ask for has to be described, or anything would do. */
static int read_response(struct policy_rules *rules, struct json_value response,
			 struct error *err)
{
	struct json_value store_hash = json_member(response, "secret_store_hash");
	int rc = 0;

	if (rules->flags & ATTEST_IMAGE_PHKH)
		rc = read_hashes(&rules->image_hosts, response, "image_phkh_one_of", err);
	if (rc == 0 && rules->flags & ATTEST_REQUEST_PHKH)
		rc = read_hashes(&rules->request_hosts, response,
				 "attestation_phkh_one_of", err);
	if (rc < 0 || store_hash.kind == JSON_ABSENT)
		return rc;
	rules->has_store_hash = true;
	if (!get_hex(rules->store_hash, sizeof(rules->store_hash), store_hash))
		return bad_field(err, "secret_store_hash");
	return 0;
}

int policy_read(struct policy_rules *rules, const void *json, size_t size,
		struct error *err)
{
	struct json_value document;
	uint64_t version;
	be64_t flags;
	int rc = json_read(&document, json, size, err);

	*rules = (struct policy_rules){ 0 };
	if (rc < 0)
		return error_wrap(err, rc, "Invalid policy");
	if (!json_get_u64(&version, json_member(document, "policy_version")))
		return bad_field(err, "policy_version");
	if (version != 1)
		return error_set(err, ERR_UNSUPPORTED,
				 "The policy's version is not 1: a newer program made it");
	rc = read_image(&rules->image, json_member(document, "image"), err);
	if (rc < 0)
		return rc;
	if (!get_hex(&flags, sizeof(flags),
		     json_member(json_member(document, "request"), "flags")))
		return bad_field(err, "request.flags");
	rules->flags = be64_get(flags);
	return read_response(rules, json_member(document, "response"), err);
}

int policy_read_file(struct policy_rules *rules, const char *path, struct error *err)
{
	uint8_t *bytes;
	size_t size;
	int rc = file_read(&bytes, &size, path, POLICY_MAX_SIZE, err);

	*rules = (struct policy_rules){ 0 };
	if (rc < 0)
		return rc;
	rc = policy_read(rules, bytes, size, err);
	free(bytes);
	if (rc < 0) {
		error_wrap(err, rc, "Cannot use '%s' as a policy", path);
		return error_hint(err, rc, "'pvattest policy --format json' makes one");
	}
	return 0;
}

bool policy_hashes_allow(const struct policy_hashes *hashes, const uint8_t *phkh)
{
	if (!hashes->demanded)
		return true;
	for (size_t i = 0; phkh && i < hashes->count; i++)
		if (memcmp(hashes->hashes[i], phkh, PHKH_SIZE) == 0)
			return true;
	return false;
}
