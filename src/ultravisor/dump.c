/* SPDX-License-Identifier: MIT */
/*
 * The dump of a configuration: for the hypervisor to take, for the owner alone
 * to read. Between Initiate and Complete no vCPU of the configuration runs (the
 * caller sees to it), so what is encrypted and what is told about it agree.
 * See docs/reference/ultravisor-calls.md, "Dump calls".
 */
#include "ultravisor/dump.h"

#include <string.h>

#include "image/control_flags.h"
#include "ultravisor/calls.h"
#include "ultravisor/transfer.h"

_Static_assert(UV_DUMP_STATE_SIZE == DUMP_STATE_PER_MIB, "storage state of one MiB");
_Static_assert(sizeof(struct dump_cpu_area) <= UV_DUMP_CPU_SIZE, "CPU area");
_Static_assert(sizeof(struct dump_completion) <= UV_DUMP_COMPLETION_SIZE,
	       "completion area");
_Static_assert(DUMP_CCK_SIZE == CCK_SIZE, "customer communication key");

static const uint8_t zero_page[UV_PAGE_SIZE];

void dump_session_clear(struct dump_session *session)
{
	secret_free(session->key);
	xts_free(session->cipher);
	*session = (struct dump_session){ 0 };
}

static struct uv_result end_dump(struct configuration *c)
{
	dump_session_clear(&c->dump);
	c->dumping = false;
	return uv_executed();
}

/* IVs count up, and no key is used in two dumps. */
static void next_iv(uint8_t iv[GCM_IV_SIZE], struct dump_session *session)
{
	be32_t number = be32(++session->areas_sealed);

	memset(iv, 0, GCM_IV_SIZE);
	memcpy(iv + GCM_IV_SIZE - sizeof(number), &number, sizeof(number));
}

/* --- The frame of each call ------------------------------------------------ */

/* Begins the dump call @code; *@result says whether it may go on. */
static struct operation begin(struct uv *uv, uint64_t handle, uint16_t code,
			      struct uv_result *result)
{
	struct operation op = operation_begin(uv, handle, code);

	*result = uv_executed();
	if (!uv->generation->dump)
		*result = uv_result(UV_RC_INVALID_COMMAND, 0);
	else if (!op.configuration)
		*result = uv_result(UV_RC_INVALID_HANDLE, 0);
	else if (op.configuration->dumping != (code != UVC_DUMP_INITIATE))
		*result = uv_result(UV_RC_INVALID_STATE, 0);
	return op;
}

/* --- Initiate --------------------------------------------------------------- */

static struct uv_result check_allowed(const struct configuration *c)
{
	if (c->phase != UV_PHASE_VERIFIED)
		return uv_result(UV_RC_INVALID_STATE, 0);
	if (!(c->image.pcf & PCF_ALLOW_DUMP))
		return uv_result(UV_RC_DUMP_REFUSED, UV_RRC_DUMP_FORBIDDEN);
	if (c->dump_disabled)
		return uv_result(UV_RC_DUMP_REFUSED, UV_RRC_DUMP_DISABLED);
	return uv_executed();
}

static struct uv_result open_session(struct uv *uv, struct configuration *c)
{
	const struct configuration_keys *keys = configuration_keys(c);
	struct dump_session *session = &c->dump;
	int rc;

	if (!uv_random(uv, session->seed, sizeof(session->seed)))
		return uv_result(UV_RC_INTERNAL, UV_RRC_RANDOM);
	rc = dump_key_derive(&session->key, keys->cck, session->seed, NULL);
	if (rc == 0)
		rc = xts_new(&session->cipher, keys->export_key, XTS_ENCRYPT, NULL);
	if (rc == 0)
		rc = export_numbers_take(c, c->storage_size / UV_PAGE_SIZE,
					 &session->first_export);
	return rc < 0 ? uv_internal_failure(rc) : uv_executed();
}

static struct uv_result initiate(struct uv *uv, struct configuration *c)
{
	struct uv_result result = check_allowed(c);

	if (uv_ok(result))
		result = open_session(uv, c);
	c->dumping = uv_ok(result);
	if (!c->dumping)
		dump_session_clear(&c->dump);
	return result;
}

struct uv_result uv_dump_initiate(struct uv *uv, uint64_t handle)
{
	struct uv_result result;
	struct operation op = begin(uv, handle, UVC_DUMP_INITIATE, &result);

	if (uv_ok(result))
		result = initiate(uv, op.configuration);
	return operation_end(&op, result);
}

/* --- CPU --------------------------------------------------------------------- */

struct uv_result uv_dump_cpu(struct uv *uv, uint64_t handle, const struct cpu_state *cpu,
			     uint8_t area[UV_DUMP_CPU_SIZE])
{
	struct uv_result result;
	struct operation op = begin(uv, handle, UVC_DUMP_CPU, &result);
	uint8_t iv[GCM_IV_SIZE];

	memset(area, 0, UV_DUMP_CPU_SIZE);
	if (uv_ok(result)) {
		struct dump_session *session = &op.configuration->dump;
		int rc;

		next_iv(iv, session);
		rc = dump_cpu_seal((struct dump_cpu_area *)area,
				   secret_view(session->key), iv, cpu, NULL);
		if (rc < 0)
			result = uv_internal_failure(rc);
	}
	return operation_end(&op, result);
}

/* --- Pages ------------------------------------------------------------------- */

static struct dump_page_state encrypted_state(uint64_t export_number)
{
	const struct export_record record = { .number = export_number };
	struct dump_page_state state;

	export_tweak_component(state.bytes, &record);
	return state;
}

/* What is told about the page at @address, which holds @page. */
static struct dump_page_state state_of(const struct configuration *c, uint64_t address,
				       const uint8_t *page)
{
	const struct export_record *exported = pages_exported(&c->pages, address);

	if (exported)
		return encrypted_state(exported->number);
	if (pages_is_shared(&c->pages, address))
		return dump_page_special(DUMP_PAGE_SHARED);
	if (memcmp(page, zero_page, sizeof(zero_page)) == 0)
		return dump_page_special(DUMP_PAGE_ZERO);
	return encrypted_state(c->dump.first_export + address / UV_PAGE_SIZE);
}

/* Turns @page, at @address, into what the hypervisor may see of it. */
static struct uv_result conceal(struct configuration *c, uint64_t address, uint8_t *page)
{
	struct dump_page_state state = state_of(c, address, page);
	uint8_t tweak[XTS_TWEAK_SIZE];
	int rc;

	if (pages_exported(&c->pages, address))
		return uv_result(UV_RC_PAGE_STATE, 0);
	if (dump_page_kind(&state) != DUMP_PAGE_IS_ENCRYPTED)
		return uv_executed();
	dump_page_tweak(tweak, &state, configuration_keys(c)->tweak_nonce);
	rc = xts_page(c->dump.cipher, tweak, page, page, NULL);
	return rc < 0 ? uv_internal_failure(rc) : uv_executed();
}

static struct uv_result dump_pages(struct uv *uv, struct configuration *c,
				   uint64_t address, uint64_t size, uint8_t *pages)
{
	struct uv_result result = configuration_check_range(c, address, size);

	if (uv_ok(result) && !uv->callbacks.read(c->guest, address, pages, size))
		result = uv_result(UV_RC_PAGE_NOT_MAPPED, 0);
	for (uint64_t at = 0; uv_ok(result) && at < size; at += UV_PAGE_SIZE)
		result = conceal(c, address + at, pages + at);
	if (!uv_ok(result))
		secret_wipe(pages, size);
	return result;
}

struct uv_result uv_dump_pages(struct uv *uv, uint64_t handle, uint64_t address,
			       uint64_t size, uint8_t *pages)
{
	/* No operation: the trace would hold nothing else. */
	struct configuration *c = configuration_lock(uv, handle);
	struct uv_result result;

	if (!c)
		return uv_result(UV_RC_INVALID_HANDLE, 0);
	if (c->dumping && c->dump.cipher)
		result = dump_pages(uv, c, address, size, pages);
	else
		result = uv_result(UV_RC_INVALID_STATE, 0);
	configuration_unlock(uv, c);
	return result;
}

/* --- Storage state ------------------------------------------------------------ */

/*
 * The state of each page in the MiB at @address. Behind the end of storage,
 * where that is no whole MiB, there is nothing but zeros.
 */
static struct uv_result storage_state(struct uv *uv, struct configuration *c,
				      uint64_t address, struct dump_page_state *states)
{
	struct uv_result result = uv_executed();
	uint8_t page[UV_PAGE_SIZE];

	if (address % UV_MIB != 0 || address >= c->storage_size)
		return uv_result(UV_RC_DUMP_ADDRESS, 0);
	for (unsigned i = 0; uv_ok(result) && i < DUMP_PAGES_PER_MIB; i++) {
		uint64_t at = address + i * UV_PAGE_SIZE;

		if (at >= c->storage_size)
			states[i] = dump_page_special(DUMP_PAGE_ZERO);
		else if (uv->callbacks.read(c->guest, at, page, sizeof(page)))
			states[i] = state_of(c, at, page);
		else
			result = uv_result(UV_RC_PAGE_NOT_MAPPED, 0);
	}
	secret_wipe(page, sizeof(page));
	return result;
}

struct uv_result uv_dump_storage_state(struct uv *uv, uint64_t handle, uint64_t address,
				       uint8_t state[UV_DUMP_STATE_SIZE])
{
	struct uv_result result;
	struct operation op = begin(uv, handle, UVC_DUMP_STORAGE_STATE, &result);

	operation_about(&op, address, UV_MIB);
	memset(state, 0, UV_DUMP_STATE_SIZE);
	if (uv_ok(result))
		result = storage_state(uv, op.configuration, address,
				       (struct dump_page_state *)state);
	return operation_end(&op, result);
}

/* --- Complete ------------------------------------------------------------------ */

static struct uv_result complete(struct configuration *c, struct dump_completion *area)
{
	const struct configuration_keys *keys = configuration_keys(c);
	struct dump_page_keys page_keys = { 0 };
	uint8_t iv[GCM_IV_SIZE];
	int rc;

	memcpy(page_keys.tweak_nonce, keys->tweak_nonce, sizeof(page_keys.tweak_nonce));
	memcpy(page_keys.xts_key, keys->export_key, sizeof(page_keys.xts_key));
	next_iv(iv, &c->dump);
	rc = dump_completion_seal(area, secret_view(c->dump.key), c->dump.seed, iv,
				  &page_keys, NULL);
	secret_wipe(&page_keys, sizeof(page_keys));
	return rc < 0 ? uv_internal_failure(rc) : end_dump(c);
}

struct uv_result uv_dump_complete(struct uv *uv, uint64_t handle,
				  uint8_t area[UV_DUMP_COMPLETION_SIZE])
{
	struct uv_result result;
	struct operation op = begin(uv, handle, UVC_DUMP_COMPLETE, &result);

	memset(area, 0, UV_DUMP_COMPLETION_SIZE);
	if (uv_ok(result))
		result = complete(op.configuration, (struct dump_completion *)area);
	return operation_end(&op, result);
}
