/* SPDX-License-Identifier: MIT */
/*
 * Pages on their way out of and back into secure storage.
 *
 * An exported page is AES-256-XTS under a key of the configuration. Its tweak is
 * a component, different for each export, OR a nonce of the configuration:
 * the form in which a dump tells it to its reader. What makes a page come back
 * unchanged is a MAC over content, address and component that never leaves
 * the ultravisor, and that is replaced by the next export. See
 * docs/reference/ultravisor-calls.md, "Import and export of pages".
 */
#include "ultravisor/transfer.h"

#include <openssl/hmac.h>
#include <string.h>

#include "ultravisor/calls.h"

/* A tweak component that begins with 0xffffffff has another meaning in a dump. */
#define LAST_EXPORT (UINT64_C(0xffffffff00000000) - 1)

void export_tweak_component(uint8_t component[XTS_TWEAK_SIZE],
			    const struct export_record *record)
{
	be64_t number = be64(record->number);

	memset(component, 0, XTS_TWEAK_SIZE);
	memcpy(component, &number, sizeof(number));
}

/* Encrypts or decrypts the page of @record. @in and @out may be the same. */
static int cipher_page(struct configuration *c, const struct export_record *record,
		       enum xts_direction direction, const uint8_t *in, uint8_t *out)
{
	const struct configuration_keys *keys = configuration_keys(c);
	uint8_t tweak[XTS_TWEAK_SIZE];
	struct xts *xts;
	int rc = xts_new(&xts, keys->export_key, direction, NULL);

	if (rc < 0)
		return rc;
	export_tweak_component(tweak, record);
	for (size_t i = 0; i < sizeof(tweak); i++)
		tweak[i] |= keys->tweak_nonce[i];
	rc = xts_page(xts, tweak, in, out, NULL);
	xts_free(xts);
	return rc;
}

/* What the MAC of an exported page covers. */
struct mac_input {
	be64_t address;
	be64_t number;
	uint8_t content[UV_PAGE_SIZE]; /* encrypted */
};

static int page_mac(uint8_t mac[PAGE_MAC_SIZE], struct configuration *c,
		    const struct export_record *record, uint64_t address,
		    const uint8_t *content)
{
	const struct configuration_keys *keys = configuration_keys(c);
	uint8_t whole[SHA256_SIZE];
	struct mac_input input = { .address = be64(address),
				   .number = be64(record->number) };

	memcpy(input.content, content, sizeof(input.content));
	if (!HMAC(EVP_sha256(), keys->page_mac_key, sizeof(keys->page_mac_key),
		  (const uint8_t *)&input, sizeof(input), whole, NULL))
		return ERR_CRYPTO;
	memcpy(mac, whole, PAGE_MAC_SIZE);
	return 0;
}

static struct uv_result check_transfer(const struct configuration *c,
				       uint64_t address)
{
	/* What a dump has told about a page stays true until the dump ends. */
	if (c->phase != UV_PHASE_VERIFIED || c->dumping)
		return uv_result(UV_RC_INVALID_STATE, 0);
	return configuration_check_range(c, address, UV_PAGE_SIZE);
}

/* --- Export ---------------------------------------------------------------- */

int export_numbers_take(struct configuration *c, uint64_t count, uint64_t *first)
{
	if (count > LAST_EXPORT - c->exports)
		return ERR_CRYPTO;
	*first = c->exports + 1;
	c->exports += count;
	return 0;
}

/* Makes @page, in clear text, the encrypted form; fills @record. */
static int seal(struct configuration *c, uint64_t address, uint8_t *page,
		struct export_record *record)
{
	int rc = export_numbers_take(c, 1, &record->number);

	if (rc < 0)
		return rc;
	rc = cipher_page(c, record, XTS_ENCRYPT, page, page);
	if (rc < 0)
		return rc;
	return page_mac(record->mac, c, record, address, page);
}

static struct uv_result export_secure(struct uv *uv, struct configuration *c,
				      uint64_t address, uint8_t *page)
{
	static const uint8_t zeros[UV_PAGE_SIZE];
	struct export_record record;
	int rc = seal(c, address, page, &record);

	if (rc < 0)
		return uv_internal_failure(rc);
	if (!pages_set_exported(&c->pages, address, &record))
		return uv_internal_failure(ERR_NOMEM);
	if (uv->callbacks.write(c->guest, address, zeros, sizeof(zeros)))
		return uv_executed();
	pages_set_imported(&c->pages, address);
	return uv_result(UV_RC_PAGE_NOT_MAPPED, 0);
}

static struct uv_result export_page(struct uv *uv, struct configuration *c,
				    uint64_t address, uint8_t *page)
{
	struct uv_result result = check_transfer(c, address);

	if (!uv_ok(result))
		return result;
	if (pages_exported(&c->pages, address))
		return uv_result(UV_RC_PAGE_STATE, 0);
	if (!uv->callbacks.read(c->guest, address, page, UV_PAGE_SIZE))
		return uv_result(UV_RC_PAGE_NOT_MAPPED, 0);
	if (pages_is_shared(&c->pages, address))
		return uv_executed();
	result = export_secure(uv, c, address, page);
	if (!uv_ok(result))
		secret_wipe(page, UV_PAGE_SIZE);
	return result;
}

struct uv_result uv_page_export(struct uv *uv, uint64_t handle, uint64_t address,
				uint8_t page[UV_PAGE_SIZE])
{
	struct operation op = operation_begin(uv, handle, UVC_EXPORT);

	operation_about(&op, address, 0);
	if (!op.configuration)
		return operation_end(&op, uv_result(UV_RC_INVALID_HANDLE, 0));
	return operation_end(&op, export_page(uv, op.configuration, address, page));
}

/* --- Import ---------------------------------------------------------------- */

static struct uv_result import_exported(struct uv *uv, struct configuration *c,
					const struct export_record *record,
					uint64_t address, const uint8_t *page)
{
	uint8_t mac[PAGE_MAC_SIZE], plain[UV_PAGE_SIZE];
	bool mapped;
	int rc = page_mac(mac, c, record, address, page);

	if (rc < 0)
		return uv_internal_failure(rc);
	if (!secret_equal_bytes(mac, record->mac, sizeof(mac)))
		return uv_result(UV_RC_INTEGRITY, 0);
	rc = cipher_page(c, record, XTS_DECRYPT, page, plain);
	if (rc < 0)
		return uv_internal_failure(rc);
	mapped = uv->callbacks.write(c->guest, address, plain, sizeof(plain));
	secret_wipe(plain, sizeof(plain));
	if (!mapped)
		return uv_result(UV_RC_PAGE_NOT_MAPPED, 0);
	pages_set_imported(&c->pages, address);
	return uv_executed();
}

static struct uv_result import_page(struct uv *uv, struct configuration *c,
				    uint64_t address, const uint8_t *given)
{
	struct uv_result result = check_transfer(c, address);
	const struct export_record *record;
	uint8_t page[UV_PAGE_SIZE];

	if (!uv_ok(result))
		return result;
	memcpy(page, given, sizeof(page)); /* its owner may change it meanwhile */
	record = pages_exported(&c->pages, address);
	if (record)
		return import_exported(uv, c, record, address, page);
	if (!pages_is_shared(&c->pages, address))
		return uv_result(UV_RC_PAGE_STATE, 0);
	/* The hypervisor may write to a shared page in any case. */
	if (!uv->callbacks.write(c->guest, address, page, sizeof(page)))
		return uv_result(UV_RC_PAGE_NOT_MAPPED, 0);
	return uv_executed();
}

struct uv_result uv_page_import(struct uv *uv, uint64_t handle, uint64_t address,
				const uint8_t page[UV_PAGE_SIZE])
{
	struct operation op = operation_begin(uv, handle, UVC_IMPORT);

	operation_about(&op, address, 0);
	if (!op.configuration)
		return operation_end(&op, uv_result(UV_RC_INVALID_HANDLE, 0));
	return operation_end(&op, import_page(uv, op.configuration, address, page));
}
