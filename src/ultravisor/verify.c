/* SPDX-License-Identifier: MIT */
/*
 * Verify Image, and what follows for the configuration. See
 * docs/reference/ultravisor-calls.md, "Verify Image".
 */
#include "ultravisor/calls.h"
#include "ultravisor/configuration.h"

static bool digest_equal(const uint8_t a[SHA512_SIZE], const uint8_t b[SHA512_SIZE])
{
	return secret_equal_bytes(a, b, SHA512_SIZE);
}

/*
 * The page count comes first: whoever forgot a page learns that, and not the
 * wrong digest that follows from it.
 */
static struct uv_result compare(const struct page_digests *unpacked,
				const struct image_identity *image)
{
	const struct page_digest_values *expected = &image->tags.digests;
	struct page_digest_values values;
	int rc = page_digests_values(unpacked, &values, NULL);

	if (rc < 0)
		return uv_internal_failure(rc);
	if (page_digests_count(unpacked) != image->page_count)
		return uv_result(UV_RC_VERIFY, UV_RRC_PAGE_COUNT);
	if (!digest_equal(values.ald, expected->ald))
		return uv_result(UV_RC_VERIFY, UV_RRC_ALD);
	if (!digest_equal(values.pld, expected->pld))
		return uv_result(UV_RC_VERIFY, UV_RRC_PLD);
	if (!digest_equal(values.tld, expected->tld))
		return uv_result(UV_RC_VERIFY, UV_RRC_TLD);
	return uv_executed();
}

static struct uv_result verify(struct configuration *c)
{
	struct uv_result result;

	if (c->phase != UV_PHASE_PARAMETERS_SET && c->phase != UV_PHASE_UNPACKING)
		return uv_result(UV_RC_INVALID_STATE, 0);
	result = compare(c->digests, &c->image);
	c->phase = uv_ok(result) ? UV_PHASE_VERIFIED : UV_PHASE_FAILED;
	configuration_end_unpacking(c);
	return result;
}

struct uv_result uv_verify(struct uv *uv, uint64_t handle)
{
	struct operation op = operation_begin(uv, handle, UVC_VERIFY);

	if (!op.configuration)
		return operation_end(&op, uv_result(UV_RC_INVALID_HANDLE, 0));
	return operation_end(&op, verify(op.configuration));
}
