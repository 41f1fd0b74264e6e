/* SPDX-License-Identifier: MIT */
#include "plugin/crash_dump.h"

#include "base/file.h"
#include "plugin/dump.h"
#include "plugin/qemu_own.h"

static int dump_to(struct firmware *firmware, const char *path, struct error *err)
{
	struct dump_job job = { .firmware = firmware };
	struct outfile *file;
	int rc = outfile_open(&file, path, OUTFILE_REPLACE, 0600, err);

	if (rc < 0)
		return rc;
	job.fd = outfile_fd(file);
	rc = dump_take(&job, err);
	if (rc == 0)
		return outfile_commit(file, err);
	outfile_abort(file);
	return rc;
}

/* The guest stands still. Whatever becomes of the dump, it is over. */
static void on_crash(void *context)
{
	struct firmware *firmware = context;
	const char *path = firmware->arguments.crash_dump;
	struct error err = { 0 };

	if (dump_to(firmware, path, &err) == 0)
		firmware_say(firmware, "the guest has crashed: its dump is '%s'", path);
	else
		firmware_say(firmware, "the guest has crashed, and there is no dump of it: %s%s%s",
			     err.message, err.cause[0] ? ": " : "", err.cause);
	if (!firmware->arguments.crash_pause)
		qemu_own_quit();
}

void crash_dump_prepare(struct firmware *firmware)
{
	if (firmware->arguments.crash_dump)
		qemu_own_on_crash(on_crash, firmware);
}
