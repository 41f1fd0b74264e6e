/* SPDX-License-Identifier: MIT */
/*
 * Add Secret: an owner's request, passed on by the guest that it is for. See
 * docs/reference/ultravisor-calls.md, "Add Secret"; the order of the checks is
 * part of it.
 */
#include <stdlib.h>
#include <string.h>

#include "image/control_flags.h"
#include "secret/asrcb.h"
#include "ultravisor/guest_request.h"
#include "ultravisor/uvcb.h"

/* A request on its way into the store. */
struct addition {
	struct guest_call *call;
	struct configuration *c;
	uint8_t *bytes;               /* the ASRCB, copied */
	struct asrcb asrcb;
	struct asrcb_secrets secrets; /* decrypted */
};

static struct uv_result check_store(const struct configuration *c)
{
	if (c->secrets.locked)
		return uv_result(UV_RC_STORE_LOCKED, 0);
	if (c->dumping)
		return uv_result(UV_RC_DUMPING, 0);
	return uv_executed();
}

static enum request_defect check_fixed(const void *fixed,
				       const struct generation *generation)
{
	if (!(generation->add_secret_versions & MSB0(0)))
		return REQUEST_BAD_VERSION;
	return asrcb_check_fixed(fixed, generation->add_secret_flags);
}

static enum request_defect parse(void *asrcb, const void *bytes, size_t size)
{
	enum request_defect defect;

	asrcb_parse(asrcb, bytes, size, UINT64_MAX, &defect, NULL);
	return defect;
}

_Static_assert(sizeof(struct asrcb_fixed) <= GUEST_REQUEST_FIXED_MAX, "room");

static const struct guest_request_kind add_secret_request = {
	.fixed_size = sizeof(struct asrcb_fixed),
	.no_request = UV_RC_SECRET_NO_REQUEST,
	.defect = {
		[REQUEST_TRUNCATED] = UV_RC_SECRET_REQUEST_SIZE,
		[REQUEST_BAD_MAGIC] = UV_RC_SECRET_VERSION,
		[REQUEST_BAD_VERSION] = UV_RC_SECRET_VERSION,
		[REQUEST_BAD_SIZE] = UV_RC_SECRET_REQUEST_SIZE,
		[REQUEST_NO_SLOTS] = UV_RC_SECRET_SLOTS,
		[REQUEST_BAD_FLAGS] = UV_RC_SECRET_FLAGS,
	},
	.check_fixed = check_fixed,
	.parse = parse,
};

static struct uv_result take(struct addition *a)
{
	const struct uvcb_add_secret *block =
		(const struct uvcb_add_secret *)a->call->block;

	return guest_request_take(&a->asrcb, &a->bytes, &add_secret_request, a->call,
				  be64_get(block->asrcb));
}

static struct uv_result open_request(struct addition *a)
{
	const struct host_key *key = guest_request_host_key(
		a->call->uv, a->asrcb.slots, a->asrcb.slot_count);
	int rc = ERR_NOT_FOUND;

	if (key)
		rc = asrcb_open_as_host(&a->secrets, &a->asrcb, key->pair, key->phkh,
					NULL);
	if (rc < 0)
		return guest_request_sealed(UV_RC_SECRET_SEALED, rc);
	return uv_executed();
}

/* Is the request for this image, and for this instance of it? */
static struct uv_result check_target(const struct addition *a)
{
	static const uint8_t any_instance[CUID_SIZE];
	const struct asrcb_fixed *fixed = a->asrcb.fixed;

	if (memcmp(&fixed->image, &a->c->image.tags, sizeof(fixed->image)) != 0)
		return uv_result(UV_RC_SECRET_REFUSED, UV_RRC_OTHER_IMAGE);
	if (memcmp(fixed->cuid, any_instance, sizeof(any_instance)) != 0 &&
	    memcmp(fixed->cuid, a->c->cuid, sizeof(a->c->cuid)) != 0)
		return uv_result(UV_RC_SECRET_REFUSED, UV_RRC_OTHER_CUID);
	return uv_executed();
}

static bool type_supported(const struct addition *a)
{
	uint64_t types = a->call->uv->generation->secret_types;

	return a->asrcb.kind && a->asrcb.type < 64 && types & MSB0(a->asrcb.type);
}

static struct uv_result check_secret(const struct addition *a)
{
	if (!type_supported(a))
		return uv_result(UV_RC_SECRET_TYPE, 0);
	if (!secret_kind_takes(a->asrcb.kind, a->asrcb.value_size))
		return uv_result(UV_RC_SECRET_SIZE, 0);
	if (a->asrcb.type == SECRET_UPDATE_CCK && !(a->c->image.scf & SCF_CCK_UPDATE))
		return uv_result(UV_RC_SECRET_REFUSED, UV_RRC_CCK_UPDATE);
	return uv_executed();
}

/* Does the extension secret come from the image's CCK? */
static struct uv_result check_derived(const struct addition *a)
{
	struct secret *derived;
	bool equal;
	int rc = extension_secret_derive(&derived, configuration_keys(a->c)->cck,
					 a->c->image.tags.tag, NULL);

	if (rc < 0)
		return uv_internal_failure(rc);
	equal = secret_equal(derived, a->secrets.extension);
	secret_free(derived);
	return equal ? uv_executed() :
		       uv_result(UV_RC_SECRET_REFUSED, UV_RRC_CCK_EXTENSION);
}

/*
 * The first request decides on the extension secret, be it none, and that is
 * where the image may demand one. The CCK is still the image's then: changing
 * it takes a request, too.
 */
static struct uv_result check_extension(const struct addition *a)
{
	const struct secret *first = a->c->secrets.extension;

	if (first && !secret_equal(first, a->secrets.extension))
		return uv_result(UV_RC_SECRET_REFUSED, UV_RRC_EXTENSION_SECRET);
	if (!first && a->c->image.scf & SCF_CCK_EXTENSION_SECRET)
		return check_derived(a);
	return uv_executed();
}

static struct uv_result execute(struct addition *a)
{
	const struct generation *generation = a->call->uv->generation;
	struct configuration_keys *keys = configuration_keys(a->c);
	int rc;

	if (!secret_store_has_room(&a->c->secrets, a->asrcb.kind, generation))
		return uv_result(UV_RC_STORE_FULL, 0);
	rc = secret_store_execute(&a->c->secrets, &a->asrcb, &a->secrets);
	if (rc < 0)
		return uv_internal_failure(rc);
	if (a->asrcb.type == SECRET_UPDATE_CCK)
		memcpy(keys->cck, secret_view(a->secrets.value), sizeof(keys->cck));
	if (a->asrcb.flags & ASRCB_DISABLE_DUMP)
		a->c->dump_disabled = true;
	return uv_executed();
}

struct uv_result guest_add_secret(struct guest_call *call)
{
	struct addition a = { .call = call, .c = call->configuration };
	struct uv_result result = check_store(a.c);

	if (uv_ok(result))
		result = take(&a);
	if (uv_ok(result))
		result = open_request(&a);
	if (uv_ok(result))
		result = check_target(&a);
	if (uv_ok(result))
		result = check_secret(&a);
	if (uv_ok(result))
		result = check_extension(&a);
	if (uv_ok(result))
		result = execute(&a);
	asrcb_secrets_free(&a.secrets);
	free(a.bytes);
	return result;
}
