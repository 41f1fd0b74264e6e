/* SPDX-License-Identifier: MIT */
/*
 * A QEMU plugin that looks at each translated block and does nothing: what QEMU
 * itself pays for having one.
 */
#include "plugin/qemu_plugin_api.h"

int qemu_plugin_version = QEMU_API_VERSION;

static void on_block(struct qemu_plugin_tb *block, void *data)
{
	(void)block;
	(void)data;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info,
			int argc, char **argv)
{
	(void)info;
	(void)argc;
	(void)argv;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_block, NULL);
	return 0;
}
