/* SPDX-License-Identifier: MIT */
#include "image/se_header.h"

#include <inttypes.h>
#include <string.h>

#include "base/cursor.h"

static int defective(enum se_header_defect *defect, enum se_header_defect which,
		     struct error *err)
{
	static const char *const texts[] = {
		[SE_HEADER_TRUNCATED] = "it ends before its fixed part",
		[SE_HEADER_NO_MAGIC] = "it does not start with IBMSecEx",
		[SE_HEADER_BAD_VERSION] = "its version (offset 0x8) is not 0x100",
		[SE_HEADER_BAD_AREA_SIZE] =
			"the size of its encrypted area (offset 0x28) is not 128",
		[SE_HEADER_NO_SLOTS] = "it has no key slots (offset 0x20)",
		[SE_HEADER_BAD_SIZE] =
			"its size (offset 0xc) does not fit its content",
	};

	if (defect)
		*defect = which;
	error_set(err, ERR_FORMAT, "%s", texts[which]);
	return error_wrap(err, ERR_FORMAT, "Invalid Secure Execution header");
}

int se_header_parse(struct se_header *header, const void *bytes, size_t size,
		    enum se_header_defect *defect, struct error *err)
{
	struct cursor c = cursor_over(bytes, size);
	const struct se_header_fixed *fixed = cursor_take(&c, sizeof(*fixed));
	uint64_t slots;

	if (!fixed)
		return defective(defect, SE_HEADER_TRUNCATED, err);
	if (memcmp(fixed->magic, SE_HEADER_MAGIC, sizeof(fixed->magic)) != 0)
		return defective(defect, SE_HEADER_NO_MAGIC, err);
	if (be32_get(fixed->version) != SE_HEADER_VERSION_1)
		return defective(defect, SE_HEADER_BAD_VERSION, err);
	if (be64_get(fixed->area_size) != sizeof(struct se_header_area))
		return defective(defect, SE_HEADER_BAD_AREA_SIZE, err);
	slots = be64_get(fixed->slot_count);
	if (slots == 0)
		return defective(defect, SE_HEADER_NO_SLOTS, err);
	if (slots > SE_HEADER_MAX_SLOTS ||
	    be32_get(fixed->size) != se_header_size((size_t)slots))
		return defective(defect, SE_HEADER_BAD_SIZE, err);
	header->fixed = fixed;
	header->slot_count = (size_t)slots;
	header->slots = cursor_take(&c, header->slot_count * sizeof(*header->slots));
	header->area_size = sizeof(struct se_header_area);
	header->area = cursor_take(&c, header->area_size);
	header->tag = cursor_take(&c, GCM_TAG_SIZE);
	header->size = c.position;
	if (c.failed)
		return defective(defect, SE_HEADER_BAD_SIZE, err);
	if (defect)
		*defect = SE_HEADER_SOUND;
	return 0;
}

int se_header_open(struct secret **area, const struct se_header *header,
		   const uint8_t key[GCM_KEY_SIZE], struct error *err)
{
	struct secret *plain = secret_new(header->area_size);
	const struct se_header_area *content;
	int rc;

	*area = NULL;
	if (!plain)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = gcm_open(key, header->fixed->iv, header->fixed,
		      (size_t)(header->area - (const uint8_t *)header->fixed),
		      header->area, secret_bytes(plain), header->area_size,
		      header->tag, err);
	content = (const struct se_header_area *)secret_view(plain);
	if (rc == 0 && be32_get(content->optional_items) != 0)
		rc = error_set(err, ERR_UNSUPPORTED,
			       "The header has %" PRIu32 " optional items; none are defined",
			       be32_get(content->optional_items));
	if (rc < 0) {
		secret_free(plain);
		return error_wrap(err, rc, "Failed to authenticate and decrypt the Secure Execution header");
	}
	*area = plain;
	return 0;
}

static int check_input(const struct se_header_input *input, struct error *err)
{
	if (input->host_key_count == 0)
		return error_set(err, ERR_INVALID, "No host key document provided");
	if (input->host_key_count > SE_HEADER_MAX_SLOTS)
		return error_set(err, ERR_INVALID,
				 "%zu host keys make a header of %zu bytes; at most %d keys (%d bytes) fit",
				 input->host_key_count,
				 se_header_size(input->host_key_count),
				 SE_HEADER_MAX_SLOTS, SE_HEADER_MAX_SIZE);
	return 0;
}

int se_header_build(void *bytes, const struct se_header_input *input,
		    struct error *err)
{
	struct se_header_fixed *fixed = bytes;
	struct key_slot *slots = (struct key_slot *)(fixed + 1);
	uint8_t *area, *tag;
	int rc = check_input(input, err);

	if (rc < 0)
		return rc;
	area = (uint8_t *)(slots + input->host_key_count);
	tag = area + sizeof(*input->area);
	*fixed = (struct se_header_fixed){
		.version = be32(SE_HEADER_VERSION_1),
		.size = be32((uint32_t)se_header_size(input->host_key_count)),
		.slot_count = be64(input->host_key_count),
		.area_size = be64(sizeof(*input->area)),
		.page_count = be64(input->page_count),
		.pcf = be64(input->pcf),
		.digests = *input->digests,
	};
	memcpy(fixed->magic, SE_HEADER_MAGIC, sizeof(fixed->magic));
	memcpy(fixed->iv, input->iv, sizeof(fixed->iv));
	rc = ec_to_coord(fixed->customer_key, input->customer_key, err);
	for (size_t i = 0; rc == 0 && i < input->host_key_count; i++)
		rc = key_slot_seal(&slots[i], input->customer_key,
				   input->host_keys[i], input->header_key, err);
	if (rc < 0)
		return rc;
	return gcm_seal(input->header_key, fixed->iv, bytes,
			(size_t)(area - (uint8_t *)bytes), input->area, area,
			sizeof(*input->area), tag, err);
}
