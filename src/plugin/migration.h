/* SPDX-License-Identifier: MIT */
/*
 * A protected guest is not migrated, nor saved by savevm: neither would take the
 * ultravisor's state along. QEMU on a real host refuses both by a migration
 * blocker, and so does the plugin, by QEMU's own functions. They are no part of
 * the plugin interface, and an engine may hide them.
 */
#ifndef UV_PLUGIN_MIGRATION_H
#define UV_PLUGIN_MIGRATION_H

#include <stdbool.h>

/*
 * From now on QEMU refuses. False when this QEMU offers no way, or is migrating
 * right now. Called again it does nothing.
 */
bool migration_block(void);

/* The guest is no longer protected. */
void migration_unblock(void);

#endif
