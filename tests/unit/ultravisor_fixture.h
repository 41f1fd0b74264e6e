/* SPDX-License-Identifier: MIT */
/* A world with an image for it, as cmocka fixture. */
#ifndef UV_TESTS_ULTRAVISOR_FIXTURE_H
#define UV_TESTS_ULTRAVISOR_FIXTURE_H

#include "ultravisor_expect.h"
#include "unit.h"
#include "uv_world.h"

#define FIXTURE_STORAGE 0x40000

struct fixture {
	struct uv_world world;
	struct world_image image;
};

/* A machine with both host keys, a configuration, a sealed image. */
static inline int fixture_setup(void **state)
{
	struct fixture *f = test_malloc(sizeof(*f));

	world_start(&f->world, WITH_BACKUP_KEY, FIXTURE_STORAGE);
	world_image_make(&f->world, &f->image);
	*state = f;
	return 0;
}

/* The same with the image running. */
static inline int fixture_setup_running(void **state)
{
	struct fixture *f;

	fixture_setup(state);
	f = *state;
	assert_executed(world_boot(&f->world, &f->image));
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	world_image_free(&f->image);
	world_end(&f->world);
	test_free(f);
	return 0;
}

#define with_fixture(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
#define while_running(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup_running, fixture_teardown)

#endif
