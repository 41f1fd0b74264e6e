/* SPDX-License-Identifier: MIT */
#include "plugin/qmp_dump.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "plugin/dump.h"
#include "plugin/qemu_own.h"

#define FILE_PREFIX "file:"
#define FD_PREFIX "fd:"
#define SET_PREFIX "/dev/fdset/"

static struct {
	struct firmware *firmware;
	qemu_own_command *dump;  /* QEMU's own */
	qemu_own_command *query;
	const char *status;      /* of the last dump of a protected guest; NULL = none */
	uint64_t done, total;
} state;

/* Where a dump goes to: a file, whole or not at all, or a descriptor. */
struct target {
	struct outfile *file;
	int fd;
};

/* A dump that goes on when QMP's answer is out. */
struct detached {
	struct target target;
};

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void fail(struct qemu_error **error, const struct error *err)
{
	char text[sizeof(err->message) + sizeof(err->cause) + 2];

	snprintf(text, sizeof(text), "%s%s%s", err->message, err->cause[0] ? ": " : "",
		 err->cause);
	qemu_own_fail(error, text);
}

/* Only the whole guest, as ELF, with addresses of its own storage. */
static bool check(const struct qemu_dictionary *arguments, struct qemu_error **error)
{
	const char *format = qemu_own_has(arguments, "format") ?
				     qemu_own_text(arguments, "format") : "elf";
	const char *wrong = NULL;

	if (qemu_own_bool(arguments, "paging", false))
		wrong = "A protected guest cannot be dumped with paging: the hypervisor cannot read its page tables";
	else if (qemu_own_has(arguments, "begin") || qemu_own_has(arguments, "length"))
		wrong = "A protected guest can only be dumped as a whole";
	else if (!format || strcmp(format, "elf") != 0)
		wrong = "A protected guest can only be dumped in the format elf";
	if (wrong)
		qemu_own_fail(error, wrong);
	return !wrong;
}

static bool open_file(struct target *target, const char *path, struct qemu_error **error)
{
	struct error err = { 0 };

	if (begins_with(path, SET_PREFIX)) {
		target->fd = qemu_own_open_set(path);
		if (target->fd < 0)
			qemu_own_fail(error, "Cannot open the set of descriptors");
		return target->fd >= 0;
	}
	if (outfile_open(&target->file, path, OUTFILE_REPLACE, 0600, &err) < 0) {
		fail(error, &err);
		return false;
	}
	target->fd = outfile_fd(target->file);
	return true;
}

static bool open_target(struct target *target, const struct qemu_dictionary *arguments,
			struct qemu_error **error)
{
	const char *protocol = qemu_own_text(arguments, "protocol");

	*target = (struct target){ .fd = -1 };
	if (protocol && begins_with(protocol, FILE_PREFIX))
		return open_file(target, protocol + strlen(FILE_PREFIX), error);
	if (protocol && begins_with(protocol, FD_PREFIX)) {
		target->fd = qemu_own_take_fd(protocol + strlen(FD_PREFIX), error);
		return target->fd >= 0;
	}
	qemu_own_fail(error, "'protocol' has to begin with 'file:' or 'fd:'");
	return false;
}

static int close_target(struct target *target, int rc, struct error *err)
{
	if (!target->file)
		close(target->fd);
	else if (rc == 0)
		rc = outfile_commit(target->file, err);
	else
		outfile_abort(target->file);
	return rc;
}

/* Takes the dump and tells QMP's clients that it is over. */
static int take(struct target *target, struct error *err)
{
	struct dump_job job = { .firmware = state.firmware, .fd = target->fd };
	int rc = close_target(target, dump_take(&job, err), err);

	state.status = rc ? "failed" : "completed";
	state.done = atomic_load(&job.done);
	state.total = atomic_load(&job.total);
	qemu_own_dump_completed(state.done, state.total, rc ? err->message : NULL);
	return rc;
}

static void take_detached(void *context)
{
	struct detached *detached = context;
	struct error err = { 0 };

	if (take(&detached->target, &err))
		firmware_say(state.firmware, "dump: %s%s%s", err.message,
			     err.cause[0] ? ": " : "", err.cause);
	free(detached);
}

static void start(struct target *target, bool detach, struct qemu_error **error)
{
	struct detached *detached = detach ? malloc(sizeof(*detached)) : NULL;
	struct error err = { 0 };

	if (detached) {
		detached->target = *target;
		state.status = "active";
		qemu_own_run_in_main_loop(take_detached, detached);
	} else if (take(target, &err)) {
		fail(error, &err);
	}
}

static void dump_guest_memory(struct qemu_dictionary *arguments,
			      struct qemu_dictionary **result, struct qemu_error **error)
{
	struct target target;

	/* Whether it will have become protected when it stands still, nobody knows. */
	if (atomic_load(&state.firmware->start.pending)) {
		qemu_own_fail(error, "The guest is just being started protected: try again");
		return;
	}
	if (!firmware_is_protected(state.firmware)) {
		state.status = NULL;
		state.dump(arguments, result, error);
		return;
	}
	if (check(arguments, error) && open_target(&target, arguments, error))
		start(&target, qemu_own_bool(arguments, "detach", false), error);
}

static void query_dump(struct qemu_dictionary *arguments, struct qemu_dictionary **result,
		       struct qemu_error **error)
{
	if (state.status)
		*result = qemu_own_dump_result(state.status, state.done, state.total);
	else
		state.query(arguments, result, error);
}

bool qmp_dump_take_over(struct firmware *firmware)
{
	state.firmware = firmware;
	if (!qemu_own_replace_dump(dump_guest_memory, &state.dump))
		return false;
	qemu_own_replace_query_dump(query_dump, &state.query);
	return true;
}
