/* SPDX-License-Identifier: MIT */
#include "plugin/control_dump.h"

#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "plugin/control.h"
#include "plugin/control_answers.h"
#include "plugin/dump.h"
#include "plugin/qemu_own.h"

/* Its owner is told each time that so much more is done. */
#define STEP (16UL << 20)

/* The one dump that may be under way for the control socket. */
static struct {
	/* The thread of the control socket's own. */
	bool exists;
	const void *client; /* NULL: gone */
	struct request request;
	uint64_t told;
	/* The main loop's, until it sets @finished. */
	struct dump_job job;
	struct error err;
	int rc;
	_Atomic bool finished;
} dump;

static void on_progress(void *context)
{
	static uint64_t notified;
	uint64_t done = atomic_load(&dump.job.done);

	(void)context;
	if (done >= notified && done - notified < STEP)
		return;
	notified = done;
	control_wake();
}

/* In the main loop. */
static void do_job(void *context)
{
	(void)context;
	dump.rc = dump_take(&dump.job, &dump.err);
	close(dump.job.fd);
	atomic_store(&dump.finished, true);
	control_wake();
}

/* A dump that nobody waits for any more ends by itself. */
static bool is_under_way(void)
{
	if (dump.exists && !dump.client && atomic_load(&dump.finished))
		dump.exists = false;
	return dump.exists;
}

static int check(int fd, struct error *err)
{
	if (is_under_way())
		return error_set(err, ERR_EXISTS, "another dump is under way");
	if (fd < 0)
		return error_set(err, ERR_INVALID,
				 "no descriptor to write to came along with the request");
	if (!qemu_own_available())
		return error_set(err, ERR_UNSUPPORTED,
				 "this QEMU offers no way to dump a protected guest");
	return 0;
}

void control_dump_start(struct text *out, struct firmware *firmware,
			const struct request *request, int fd, const void *client)
{
	struct error err = { 0 };

	if (check(fd, &err)) {
		control_fail(out, request, &err);
		if (fd >= 0)
			close(fd);
		return;
	}
	dump.exists = true;
	dump.client = client;
	dump.request = *request;
	dump.told = 0;
	dump.err = (struct error){ 0 };
	dump.job = (struct dump_job){ .firmware = firmware, .fd = fd,
				      .pause = request->pause,
				      .told = on_progress };
	atomic_store(&dump.finished, false);
	qemu_own_run_in_main_loop(do_job, NULL);
}

static void tell_progress(struct text *out)
{
	uint64_t done = atomic_load(&dump.job.done);
	uint64_t total = atomic_load(&dump.job.total);

	if (total == 0 || done == dump.told)
		return;
	dump.told = done;
	text_addf(out, "{\"event\": \"dump\", \"data\": {\"done\": %llu, \"total\": %llu}}\n",
		  (unsigned long long)done, (unsigned long long)total);
}

void control_dump_feed(struct text *out, const void *client)
{
	if (!dump.exists || dump.client != client)
		return;
	tell_progress(out);
	if (!atomic_load(&dump.finished))
		return;
	if (dump.rc)
		control_fail(out, &dump.request, &dump.err);
	else
		control_succeed(out, &dump.request);
	dump.exists = false;
}

void control_dump_abandon(const void *client)
{
	if (!dump.exists || dump.client != client)
		return;
	dump.client = NULL;
	atomic_store(&dump.job.cancelled, true);
}
