/* SPDX-License-Identifier: MIT */
#include "plugin/migration.h"

#include <stddef.h>

#define FROM_QEMU extern __attribute__((weak))

struct qemu_error;

/* qemu: include/qapi/error.h, include/migration/blocker.h, include/qemu/main-loop.h */
FROM_QEMU void error_setg_internal(struct qemu_error **error, const char *file,
				   int line, const char *function,
				   const char *format, ...);
FROM_QEMU void error_free(struct qemu_error *error);
FROM_QEMU int migrate_add_blocker(struct qemu_error **reason,
				  struct qemu_error **error);
FROM_QEMU void migrate_del_blocker(struct qemu_error **reason);
FROM_QEMU bool bql_locked(void);
FROM_QEMU void bql_lock_impl(const char *file, int line);
FROM_QEMU void bql_unlock(void);

static struct qemu_error *reason; /* while QEMU holds it; under the big lock */

static bool is_possible(void)
{
	return error_setg_internal && error_free && migrate_add_blocker &&
	       migrate_del_blocker && bql_locked && bql_lock_impl && bql_unlock;
}

/* QEMU's lists are changed under its big lock, which some callbacks hold already. */
static bool lock(void)
{
	if (bql_locked())
		return false;
	bql_lock_impl(__FILE__, __LINE__);
	return true;
}

bool migration_block(void)
{
	struct qemu_error *error = NULL;
	bool locked;

	if (!is_possible())
		return false;
	locked = lock();
	if (!reason) {
		error_setg_internal(&reason, __FILE__, __LINE__, __func__,
				    "a protected guest can be neither migrated nor saved");
		/* Refused, it has freed the reason. */
		if (migrate_add_blocker(&reason, &error))
			error_free(error);
	}
	if (locked)
		bql_unlock();
	return !error;
}

void migration_unblock(void)
{
	bool locked;

	if (!is_possible())
		return;
	locked = lock();
	if (reason)
		migrate_del_blocker(&reason);
	if (locked)
		bql_unlock();
}
