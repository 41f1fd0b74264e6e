/* SPDX-License-Identifier: MIT */
/* Guest calls: dispatch, sharing; the life of configurations; the trace. */
#include <openssl/ec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ultravisor/calls.h"
#include "ultravisor_seen.h"

static struct seen share(struct fixture *f, uint16_t code, uint64_t address)
{
	struct uvcb_share block = {
		.header = { .size = be16(sizeof(block)), .code = be16(code) },
		.address = be64(address),
	};

	return call_block(f, &block, sizeof(block));
}

/* --- Dispatch -------------------------------------------------------------- */

static void table_is_consistent(void **state)
{
	uint64_t bits = 0;

	(void)state;
	for (const struct call *call = calls; call->name; call++) {
		assert_true(call->bit < 64);
		assert_false(bits & MSB0(call->bit));
		bits |= MSB0(call->bit);
		assert_ptr_equal(call_by_code(call->code), call);
		assert_ptr_equal(call_by_name(call->name, strlen(call->name)), call);
		if (call->issuer == ISSUED_BY_HOST)
			assert_null(call->handler);
		assert_true(call->size != 0 || call->code == UVC_QUERY);
	}
	assert_null(call_by_code(0x4242));
	assert_null(call_by_name("queryx", 6));
	assert_null(call_by_name("quer", 4));
}

static void host_calls_are_invalid_for_guests(void **state)
{
	struct fixture *f = *state;

	for (const struct call *call = calls; call->name; call++) {
		if (call->issuer != ISSUED_BY_HOST)
			continue;
		assert_seen(call_empty(f, call->code, call->size), 1, 0x0002);
		/* Before any look behind the header, and at the length. */
		assert_seen(call_empty(f, call->code, 8), 1, 0x0002);
		assert_seen(call_empty(f, call->code, 0), 1, 0x0002);
	}
	assert_seen(call_empty(f, 0x4242, 0x40), 1, 0x0002);
	assert_seen(call_empty(f, 0x0000, 8), 1, 0x0002);
	assert_seen(call_empty(f, 0xffff, 0xffff), 1, 0x0002);
}

static void generation_decides_what_is_installed(void **state)
{
	struct fixture *f = *state;

	assert_seen(share(f, UVC_SHARE, 0x1000), 0, 0x0001);
	f->world.generation.calls[0] &= ~MSB0(8);
	assert_seen(share(f, UVC_SHARE, 0x1000), 1, 0x0002);
	assert_seen(share(f, UVC_UNSHARE, 0x1000), 0, 0x0001);
	assert_seen(call_empty(f, UVC_QUERY_KEYS, 0x200), 0, 0x0001);
	f->world.generation.calls[0] &= ~MSB0(34);
	assert_seen(call_empty(f, UVC_QUERY_KEYS, 0x200), 1, 0x0002);
}

static void lengths_are_exact(void **state)
{
	struct fixture *f = *state;

	for (const struct call *call = calls; call->name; call++) {
		if (!call_installed(f->world.uv, call) || call->size == 0)
			continue;
		assert_seen(call_empty(f, call->code, call->size - 8), 1, 0x0005);
		assert_seen(call_empty(f, call->code, call->size + 8), 1, 0x0005);
		assert_seen(call_empty(f, call->code, call->size - 1), 1, 0x0005);
		assert_seen(call_empty(f, call->code, 8), 1, 0x0005);
		assert_seen(call_empty(f, call->code, 0xffff), 1, 0x0005);
	}
}

static void cut_off_block(void **state)
{
	struct fixture *f = *state;
	struct uvcb_share block = {
		.header = { .size = be16(sizeof(block)), .code = be16(UVC_SHARE) },
	};

	assert_seen(call_block(f, &block, sizeof(block) - 1), 1, 0x0005);
	assert_false(uv_page_is_shared(UV(f), 0));
}

static void guest_has_to_be_known_and_verified(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = f->world.handle;

	assert_seen(share(f, UVC_SHARE, 0x1000), 1, 0x0003);
	assert_seen(call_empty(f, UVC_QUERY, 0x120), 0, 0x0001);
	assert_seen(call_empty(f, 0x4242, 8), 1, 0x0002);
	assert_executed(world_boot(&f->world, &f->image));
	assert_seen(share(f, UVC_SHARE, 0x1000), 0, 0x0001);
	f->world.handle = handle + 1;
	assert_seen(share(f, UVC_SHARE, 0x1000), 1, 0x0020);
	f->world.handle = handle;
}

static void only_outputs_are_stored(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(share(f, UVC_SHARE, 0x1000).stored, 8);
	assert_int_equal(call_empty(f, 0x4242, 0x40).stored, 8);
	assert_int_equal(call_empty(f, UVC_QUERY, 0xa0).stored, 8);
	assert_int_equal(call_empty(f, UVC_QUERY, 0xa8).stored, 0xa8);
	assert_int_equal(call_empty(f, UVC_QUERY, 0x140).stored, 0x140);
	assert_int_equal(call_empty(f, UVC_QUERY_KEYS, 0x200).stored, 0x200);
}

/* --- Sharing --------------------------------------------------------------- */

static void pages_are_shared_and_unshared(void **state)
{
	struct fixture *f = *state;
	struct uv_status status;

	assert_false(uv_page_is_shared(UV(f), 0x15000));
	assert_seen(share(f, UVC_SHARE, 0x15000), 0, 0x0001);
	assert_seen(share(f, UVC_SHARE, 0x15000), 0, 0x0001);
	assert_true(uv_page_is_shared(UV(f), 0x15000));
	assert_true(uv_page_is_shared(UV(f), 0x15fff));
	assert_false(uv_page_is_shared(UV(f), 0x16000));
	assert_false(uv_page_is_shared(UV(f), 0x14fff));
	assert_true(uv_configuration_status(UV(f), &status));
	assert_true(status.pages_shared == 1);
	assert_true(world_is_plain(&f->world, &f->image));
	assert_seen(share(f, UVC_UNSHARE, 0x15000), 0, 0x0001);
	assert_seen(share(f, UVC_UNSHARE, 0x15000), 0, 0x0001);
	assert_false(uv_page_is_shared(UV(f), 0x15000));
	assert_true(world_is_plain(&f->world, &f->image));
}

static void addresses_outside_storage(void **state)
{
	static const uint64_t outside[] = {
		FIXTURE_STORAGE, FIXTURE_STORAGE + 4096, UINT64_MAX - 0xfff,
		UINT64_C(1) << 63, 0x15001, 0x15fff,
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		assert_seen(share(f, UVC_SHARE, outside[i]), 1, 0x0101);
		assert_seen(share(f, UVC_UNSHARE, outside[i]), 1, 0x0101);
	}
	assert_false(uv_page_is_shared(UV(f), UINT64_MAX));
	assert_seen(share(f, UVC_SHARE, FIXTURE_STORAGE - 4096), 0, 0x0001);
}

/* Counts the pages of the runs it is told; and uses the ultravisor meanwhile. */
struct runs {
	struct fixture *f;
	unsigned count;
	uint64_t address, size;
};

static void count_run(void *context, uint64_t address, uint64_t size)
{
	struct runs *runs = context;

	assert_true(uv_page_is_shared(UV(runs->f), address));
	runs->count++;
	runs->address = address;
	runs->size += size;
}

static void shared_runs(void **state)
{
	struct fixture *f = *state;
	struct runs runs = { .f = f };

	uv_for_each_shared(UV(f), count_run, &runs);
	assert_int_equal(runs.count, 0);
	for (uint64_t at = 0x2000; at < 0x6000; at += 0x1000)
		share(f, UVC_SHARE, at);
	share(f, UVC_SHARE, FIXTURE_STORAGE - 0x1000);
	uv_for_each_shared(UV(f), count_run, &runs);
	assert_int_equal(runs.count, 2);
	assert_true(runs.size == 0x5000);
	assert_true(runs.address == FIXTURE_STORAGE - 0x1000);
	uv_for_each_shared(f->world.uv, 1, count_run, &runs);
	assert_int_equal(runs.count, 2);
}

static void reset(void **state)
{
	struct fixture *f = *state;

	assert_executed(uv_prepare_reset(UV(f)));
	share(f, UVC_SHARE, 0x2000);
	share(f, UVC_SHARE, 0x9000);
	assert_result(uv_prepare_reset(UV(f)), 0x0101, 0);
	assert_executed(uv_unshare_all(UV(f)));
	assert_false(uv_page_is_shared(UV(f), 0x2000));
	assert_false(uv_page_is_shared(UV(f), 0x9000));
	assert_executed(uv_prepare_reset(UV(f)));
	assert_result(uv_unshare_all(f->world.uv, 1), 0x0020, 0);
	assert_result(uv_prepare_reset(f->world.uv, 1), 0x0020, 0);
	world_renew(&f->world);
	assert_result(uv_unshare_all(UV(f)), 0x0003, 0);
	assert_result(uv_prepare_reset(UV(f)), 0x0003, 0);
}

static void shared_pages_are_transferred_in_clear(void **state)
{
	struct fixture *f = *state;
	uint8_t page[UV_PAGE_SIZE];

	share(f, UVC_SHARE, 0x15000);
	assert_executed(uv_page_export(UV(f), 0x15000, page));
	assert_memory_equal(page, f->image.components[0].plain, UV_PAGE_SIZE);
	assert_true(world_is_plain(&f->world, &f->image));
	memset(page, 0x77, sizeof(page));
	assert_executed(uv_page_import(UV(f), 0x15000, page));
	assert_memory_equal(f->world.storage + 0x15000, page, UV_PAGE_SIZE);
	assert_true(uv_page_is_shared(UV(f), 0x15000));
}

/* The guest repeats the instruction until the page is back. */
static void exported_page_cannot_be_shared(void **state)
{
	struct fixture *f = *state;
	uint8_t page[UV_PAGE_SIZE];
	struct seen seen;

	assert_executed(uv_page_export(UV(f), 0x15000, page));
	seen = share(f, UVC_SHARE, 0x15000);
	assert_int_equal(seen.cc, 2);
	assert_int_equal(seen.stored, 0);
	assert_int_equal(seen.rc, 0);
	assert_false(uv_page_is_shared(UV(f), 0x15000));
	assert_seen(share(f, UVC_UNSHARE, 0x15000), 0, 0x0001);
	assert_executed(uv_page_import(UV(f), 0x15000, page));
	assert_seen(share(f, UVC_SHARE, 0x15000), 0, 0x0001);
	assert_true(world_is_plain(&f->world, &f->image));
}

/* --- Configurations -------------------------------------------------------- */

static void configurations_have_their_own_secrets(void **state)
{
	struct fixture *f = *state;
	struct uv_status status[4];
	uint64_t handles[4];

	for (unsigned i = 0; i < 4; i++) {
		assert_executed(uv_configuration_create(f->world.uv, 0x10000,
							&f->world, &handles[i]));
		assert_true(handles[i] != 0);
		assert_true(uv_configuration_status(f->world.uv, handles[i], &status[i]));
		for (unsigned j = 0; j < i; j++) {
			assert_true(handles[i] != handles[j]);
			assert_memory_not_equal(status[i].cuid, status[j].cuid, 16);
		}
	}
	assert_executed(uv_configuration_destroy(f->world.uv, handles[1]));
	assert_result(uv_configuration_destroy(f->world.uv, handles[1]), 0x0020, 0);
	assert_false(uv_configuration_status(f->world.uv, handles[1], &status[1]));
	assert_true(uv_configuration_status(f->world.uv, handles[0], &status[0]));
	assert_true(uv_configuration_status(f->world.uv, handles[2], &status[2]));
}

static void creation_operands(void **state)
{
	struct fixture *f = *state;
	struct uv *uv = f->world.uv;
	uint64_t handle = 7;

	f->world.generation.max_address = UINT64_C(1) << 32;
	assert_result(uv_configuration_create(uv, (UINT64_C(1) << 32) + 4096, NULL, &handle),
		      0x0102, 0);
	assert_true(handle == 0);
	assert_result(uv_configuration_create(uv, UINT64_MAX, NULL, &handle), 0x0102, 0);
	assert_result(uv_configuration_create(uv, 0, NULL, &handle), 0x0106, 0);
	assert_result(uv_configuration_create(uv, 4097, NULL, &handle), 0x0106, 0);
	assert_executed(uv_configuration_create(uv, UINT64_C(1) << 32, NULL, &handle));
	f->world.generation.max_guests = 3;
	assert_executed(uv_configuration_create(uv, 4096, NULL, &handle));
	assert_result(uv_configuration_create(uv, 4096, NULL, &handle), 0x010e, 0);
	assert_executed(uv_configuration_destroy(UV(f)));
	assert_executed(uv_configuration_create(uv, 4096, NULL, &f->world.handle));
}

static void no_randomness_no_configuration(void **state)
{
	struct fixture *f = *state;
	uint64_t handle;

	f->world.no_random = true;
	assert_result(uv_configuration_create(f->world.uv, 4096, NULL, &handle),
		      UV_RC_INTERNAL, UV_RRC_RANDOM);
	assert_true(handle == 0);
}

/* A broken generator, which gives what it is told. */
static bool give_byte(void *context, void *data, size_t size)
{
	memset(data, *(const uint8_t *)context, size);
	return true;
}

static bool no_storage(void *guest, uint64_t address, void *data, size_t size)
{
	(void)guest;
	(void)address;
	(void)data;
	(void)size;
	return false;
}

static bool no_write(void *guest, uint64_t address, const void *data, size_t size)
{
	(void)guest;
	(void)address;
	(void)data;
	(void)size;
	return false;
}

static void handles_are_never_zero_or_alike(void **state)
{
	struct fixture *f = *state;
	struct uv_machine machine = { .generation = &f->world.generation };
	uint8_t value = 0;
	struct uv_callbacks callbacks = { .read = no_storage,
					  .write = no_write,
					  .random = give_byte,
					  .context = &value };
	struct error err;
	uint64_t handle;
	struct uv *uv;

	assert_ok(uv_new(&uv, &machine, &callbacks, &err), &err);
	assert_result(uv_configuration_create(uv, 4096, NULL, &handle),
		      UV_RC_INTERNAL, UV_RRC_RANDOM);
	value = 0x11;
	assert_executed(uv_configuration_create(uv, 4096, NULL, &handle));
	assert_true(handle == UINT64_C(0x1111111111111111));
	assert_result(uv_configuration_create(uv, 4096, NULL, &handle),
		      UV_RC_INTERNAL, UV_RRC_RANDOM);
	value = 0x33;
	assert_executed(uv_configuration_create(uv, 4096, NULL, &handle));
	uv_free(uv);
}

static void machine_is_checked(void **state)
{
	struct fixture *f = *state;
	struct uv_callbacks callbacks = { .read = no_storage, .write = no_write };
	struct uv_machine machine = { .generation = NULL };
	uint8_t coord[EC_COORD_SIZE];
	struct error err;
	struct uv *uv;

	assert_int_equal(uv_new(&uv, &machine, &callbacks, &err), ERR_INVALID);
	assert_null(uv);
	machine.generation = &f->world.generation;
	callbacks.read = NULL;
	assert_int_equal(uv_new(&uv, &machine, &callbacks, &err), ERR_INVALID);
	callbacks.read = no_storage;

	/* A public key alone opens nothing. */
	assert_ok(ec_to_coord(coord, f->world.host_key, &err), &err);
	assert_ok(ec_from_coord(&machine.host_key, coord, &err), &err);
	assert_true(uv_new(&uv, &machine, &callbacks, &err) < 0);
	assert_string_equal(err.message, "Unusable host key");
	EVP_PKEY_free(machine.host_key);

	machine.host_key = NULL;
	machine.backup_host_key = EVP_EC_gen("P-384");
	assert_int_equal(uv_new(&uv, &machine, &callbacks, &err), ERR_UNSUPPORTED);
	assert_string_equal(err.message, "Unusable backup host key");
	EVP_PKEY_free(machine.backup_host_key);
	uv_free(NULL);
}

/* --- Injected condition codes ---------------------------------------------- */

static void injected_calls_do_nothing(void **state)
{
	struct fixture *f = *state;
	struct seen seen;

	uv_inject_condition(f->world.uv, 0, 2, 2);
	for (unsigned i = 0; i < 2; i++) {
		seen = share(f, UVC_SHARE, 0x15000);
		assert_int_equal(seen.cc, 2);
		assert_int_equal(seen.stored, 0);
		assert_int_equal(seen.rc, 0);
		assert_false(uv_page_is_shared(UV(f), 0x15000));
	}
	assert_seen(share(f, UVC_SHARE, 0x15000), 0, 0x0001);
	assert_true(uv_page_is_shared(UV(f), 0x15000));
}

static void injection_into_one_call(void **state)
{
	struct fixture *f = *state;
	struct seen seen;

	uv_inject_condition(f->world.uv, UVC_UNSHARE, 3, 1);
	assert_seen(share(f, UVC_SHARE, 0x15000), 0, 0x0001);
	seen = share(f, UVC_UNSHARE, 0x15000);
	assert_int_equal(seen.cc, 3);
	assert_int_equal(seen.stored, 0);
	assert_traced(f, "{\"call\":\"unshare\",\"code\":\"0x1001\",\"by\":\"guest\","
			 "\"configuration\":1,\"rc\":\"0x0000\",\"rrc\":\"0x0001\","
			 "\"cc\":3,\"time\":");
	assert_true(uv_page_is_shared(UV(f), 0x15000));
	assert_seen(share(f, UVC_UNSHARE, 0x15000), 0, 0x0001);
	/* Zero times: nothing more comes. */
	uv_inject_condition(f->world.uv, 0, 2, 5);
	uv_inject_condition(f->world.uv, 0, 2, 0);
	assert_seen(share(f, UVC_SHARE, 0x15000), 0, 0x0001);
}

/* --- Trace ----------------------------------------------------------------- */

static void trace_of_each_side(void **state)
{
	struct fixture *f = *state;

	assert_traced(f, "{\"call\":\"verify\",\"code\":\"0x0302\",\"by\":\"hypervisor\","
			 "\"configuration\":1,\"rc\":\"0x0001\",\"rrc\":\"0x0000\","
			 "\"cc\":0,\"time\":");
	share(f, UVC_SHARE, 0x15000);
	assert_traced(f, "{\"call\":\"share\",\"code\":\"0x1000\",\"by\":\"guest\","
			 "\"configuration\":1,\"address\":\"0000000000015000\","
			 "\"rc\":\"0x0001\",\"rrc\":\"0x0000\",\"cc\":0,\"time\":");
	call_empty(f, 0x4242, 8);
	assert_traced(f, "{\"call\":\"unknown\",\"code\":\"0x4242\",\"by\":\"guest\","
			 "\"configuration\":1,\"rc\":\"0x0002\",\"rrc\":\"0x0000\","
			 "\"cc\":1,\"time\":");
	uv_unpack_component(UV(f), 0x15000, 0x2000, 1);
	assert_traced(f, "{\"call\":\"unpack\",\"code\":\"0x0301\",\"by\":\"hypervisor\","
			 "\"configuration\":1,\"address\":\"0000000000015000\","
			 "\"size\":8192,\"rc\":\"0x0003\",\"rrc\":\"0x0000\",\"cc\":1,"
			 "\"time\":");
}

static bool occurs(const char *text, const void *secret, size_t size)
{
	char digits[2 * XTS_KEY_SIZE + 1];

	for (size_t i = 0; i < size; i++)
		snprintf(digits + 2 * i, 3, "%02x", ((const uint8_t *)secret)[i]);
	return strstr(text, digits) != NULL;
}

static void trace_holds_no_secrets(void **state)
{
	struct fixture *f = *state;
	const char *trace = text_chars(&f->world.trace);
	be64_t handle = be64(f->world.handle);

	assert_true(strlen(trace) > 0);
	assert_false(occurs(trace, &handle, sizeof(handle)));
	assert_false(occurs(trace, f->image.area.cck, CCK_SIZE));
	assert_false(occurs(trace, f->image.area.image_key, XTS_KEY_SIZE));
	assert_false(occurs(trace, f->image.header_key, GCM_KEY_SIZE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_consistent),
		while_running(host_calls_are_invalid_for_guests),
		while_running(generation_decides_what_is_installed),
		while_running(lengths_are_exact),
		while_running(cut_off_block),
		with_fixture(guest_has_to_be_known_and_verified),
		while_running(only_outputs_are_stored),
		while_running(pages_are_shared_and_unshared),
		while_running(addresses_outside_storage),
		while_running(shared_runs),
		while_running(reset),
		while_running(shared_pages_are_transferred_in_clear),
		while_running(exported_page_cannot_be_shared),
		with_fixture(configurations_have_their_own_secrets),
		with_fixture(creation_operands),
		with_fixture(no_randomness_no_configuration),
		with_fixture(handles_are_never_zero_or_alike),
		with_fixture(machine_is_checked),
		while_running(injected_calls_do_nothing),
		while_running(injection_into_one_call),
		while_running(trace_of_each_side),
		while_running(trace_holds_no_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
