/* SPDX-License-Identifier: MIT */
/*
 * Set Secure Configuration Parameters: from the bytes of an SE header to what
 * the configuration needs to unpack, verify and run its image. See
 * docs/reference/ultravisor-calls.md, "Set Secure Configuration Parameters".
 */
#include <string.h>

#include "image/control_flags.h"
#include "ultravisor/calls.h"
#include "ultravisor/configuration.h"

/* The result for each way in which a header's form can be wrong. */
static struct uv_result defect_result(enum se_header_defect defect)
{
	switch (defect) {
	case SE_HEADER_NO_MAGIC:
		return uv_result(UV_RC_HEADER_VERSION, UV_RRC_HEADER_MAGIC);
	case SE_HEADER_BAD_VERSION:
		return uv_result(UV_RC_HEADER_VERSION, UV_RRC_HEADER_VERSION);
	case SE_HEADER_BAD_AREA_SIZE:
		return uv_result(UV_RC_HEADER_SIZE, UV_RRC_AREA_SIZE);
	case SE_HEADER_NO_SLOTS:
		return uv_result(UV_RC_HEADER_SIZE, UV_RRC_NO_SLOTS);
	default: /* truncated, or sizes that disagree */
		return uv_result(UV_RC_HEADER_SIZE, UV_RRC_HEADER_LENGTH);
	}
}

/* The checks that need no key: form, version, size, plaintext control flags. */
static struct uv_result check_plaintext(struct se_header *header,
					const struct generation *generation,
					const void *bytes, size_t size)
{
	enum se_header_defect defect;

	if (se_header_parse(header, bytes, size, &defect, NULL) < 0)
		return defect_result(defect);
	if (!(generation->header_versions & MSB0(0)))
		return defect_result(SE_HEADER_BAD_VERSION);
	if (header->size != size)
		return defect_result(SE_HEADER_BAD_SIZE);
	if (be64_get(header->fixed->pcf) & ~generation->pcf)
		return uv_result(UV_RC_HEADER_PCF, UV_RRC_HEADER_PCF);
	return uv_executed();
}

/*
 * Chooses the slot to open: that of the host key, else that of the backup
 * host key, which the header has to allow.
 */
static struct uv_result choose_slot(const struct uv *uv,
				    const struct se_header *header,
				    const struct key_slot **slot,
				    const struct host_key **key)
{
	*key = &uv->host_key;
	*slot = host_key_slot(*key, header->slots, header->slot_count);
	if (*slot)
		return uv_executed();
	*key = &uv->backup_host_key;
	*slot = host_key_slot(*key, header->slots, header->slot_count);
	if (!*slot)
		return uv_result(UV_RC_HEADER_KEY, UV_RRC_NO_MATCHING_SLOT);
	if (!(be64_get(header->fixed->pcf) & PCF_BACKUP_KEYS))
		return uv_result(UV_RC_HEADER_KEY, UV_RRC_BACKUP_KEY);
	return uv_executed();
}

/* Unwraps the header protection key; *@header_key is the caller's to free. */
static struct uv_result open_slot(struct secret **header_key,
				  const struct se_header *header,
				  const struct key_slot *slot,
				  const struct host_key *key)
{
	EVP_PKEY *customer_key;
	int rc;

	if (ec_from_coord(&customer_key, header->fixed->customer_key, NULL) < 0)
		return uv_result(UV_RC_HEADER_KEY, UV_RRC_CUSTOMER_KEY);
	rc = key_slot_open(header_key, slot, key->pair, customer_key, NULL);
	EVP_PKEY_free(customer_key);
	if (rc == ERR_AUTH)
		return uv_result(UV_RC_HEADER_KEY, UV_RRC_SLOT_TAG);
	return rc < 0 ? uv_internal_failure(rc) : uv_executed();
}

static struct uv_result open_area(struct secret **area,
				  const struct se_header *header,
				  const struct secret *header_key)
{
	int rc = se_header_open(area, header, secret_view(header_key), NULL);

	if (rc == ERR_AUTH)
		return uv_result(UV_RC_HEADER_SIZE, UV_RRC_HEADER_TAG);
	if (rc == ERR_UNSUPPORTED)
		return uv_result(UV_RC_HEADER_SIZE, UV_RRC_OPTIONAL_ITEMS);
	return rc < 0 ? uv_internal_failure(rc) : uv_executed();
}

/* Gets ready to digest and decrypt pages. */
static struct uv_result start_unpacking(struct configuration *c,
					const struct se_header_area *area,
					uint64_t pcf)
{
	int rc = page_digests_new(&c->digests, NULL);

	if (rc < 0)
		return uv_internal_failure(rc);
	if (pcf & PCF_NO_ENCRYPTION)
		return uv_executed();
	rc = xts_new(&c->image_cipher, area->image_key, XTS_DECRYPT, NULL);
	if (rc == 0)
		return uv_executed();
	configuration_end_unpacking(c);
	if (rc == ERR_INVALID)
		return uv_result(UV_RC_HEADER_SIZE, UV_RRC_IMAGE_KEY);
	return uv_internal_failure(rc);
}

/* Keeps what is needed of an authentic header. */
static void remember(struct configuration *c, const struct se_header *header,
		     const struct se_header_area *area, const struct host_key *key,
		     bool backup)
{
	struct configuration_keys *keys = configuration_keys(c);
	struct image_identity *image = &c->image;

	memcpy(keys->cck, area->cck, sizeof(keys->cck));
	keys->psw_mask = area->psw_mask;
	keys->psw_address = area->psw_address;
	image_tags_of(&image->tags, header);
	image->page_count = be64_get(header->fixed->page_count);
	image->pcf = be64_get(header->fixed->pcf);
	image->scf = be64_get(area->scf);
	memcpy(image->phkh, key->phkh, sizeof(image->phkh));
	image->backup_host_key = backup;
	c->phase = UV_PHASE_PARAMETERS_SET;
}

/* The last checks, on the decrypted area, and then acceptance. */
static struct uv_result accept_area(const struct uv *uv, struct configuration *c,
				    const struct se_header *header,
				    const struct secret *plain,
				    const struct host_key *key)
{
	const struct se_header_area *area =
		(const struct se_header_area *)secret_view(plain);
	struct uv_result result;

	if (be64_get(area->scf) & ~uv->generation->scf)
		return uv_result(UV_RC_HEADER_SCF, 0);
	result = start_unpacking(c, area, be64_get(header->fixed->pcf));
	if (uv_ok(result))
		remember(c, header, area, key, key == &uv->backup_host_key);
	return result;
}

static struct uv_result set_parameters(struct uv *uv, struct configuration *c,
				       const void *bytes, size_t size)
{
	struct secret *header_key = NULL, *area = NULL;
	const struct host_key *key;
	const struct key_slot *slot;
	struct se_header header;
	struct uv_result result;

	if (c->phase != UV_PHASE_CREATED)
		return uv_result(UV_RC_INVALID_STATE, 0);
	result = check_plaintext(&header, uv->generation, bytes, size);
	if (uv_ok(result))
		result = choose_slot(uv, &header, &slot, &key);
	if (uv_ok(result))
		result = open_slot(&header_key, &header, slot, key);
	if (uv_ok(result))
		result = open_area(&area, &header, header_key);
	if (uv_ok(result))
		result = accept_area(uv, c, &header, area, key);
	secret_free(area);
	secret_free(header_key);
	return result;
}

struct uv_result uv_set_parameters(struct uv *uv, uint64_t handle,
				   const void *header, size_t size)
{
	struct operation op = operation_begin(uv, handle, UVC_SET_PARAMETERS);

	if (!op.configuration)
		return operation_end(&op, uv_result(UV_RC_INVALID_HANDLE, 0));
	return operation_end(&op, set_parameters(uv, op.configuration, header, size));
}
