/* SPDX-License-Identifier: MIT */
#include "plugin/dump.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "dump/host_vmcore.h"
#include "plugin/dump_file.h"
#include "plugin/qemu_own.h"
#include "ultravisor/calls.h"
#include "ultravisor/explain.h"

/* Storage goes out in pieces of this size, and so does the state of many MiB. */
#define PIECE UV_MIB

/* A dump under way. */
struct taking {
	struct dump_job *job;
	struct uv *uv;
	uint64_t configuration;
	struct host_vmcore_shape shape;
	struct host_vmcore_layout layout;
	struct dump_file file;
	uint8_t *buffer; /* PIECE bytes; in the clear only while the ultravisor seals them */
	struct error *err;
};

static int refused(struct taking *t, uint16_t call, struct uv_result result)
{
	struct text words = { 0 };

	explain_result(call, result, &words);
	error_set(t->err, ERR_REFUSED, "The guest cannot be dumped: %s",
		  text_ok(&words) ? text_chars(&words) : "out of memory");
	text_free(&words);
	return ERR_REFUSED;
}

static int put(struct taking *t, const void *data, size_t size)
{
	int rc = dump_file_write(&t->file, data, size, t->err);

	atomic_store(&t->job->done, t->file.written);
	if (rc == 0 && t->job->told)
		t->job->told(t->job->context);
	return rc;
}

static int put_head(struct taking *t)
{
	uint8_t head[HOST_VMCORE_HEAD_SIZE];

	host_vmcore_head(head, &t->shape, &t->layout);
	return put(t, head, sizeof(head));
}

/*
 * What a hypervisor knows of a protected guest's CPU is nothing: the ordinary
 * notes say so, and the registers are in the area of the ultravisor's.
 */
static int put_cpu(struct taking *t, unsigned index)
{
	static const struct cpu_state unknown;
	uint8_t area[UV_DUMP_CPU_SIZE];
	struct cpu_state cpu;
	struct uv_result result;

	if (!qemu_own_registers(index, &cpu))
		return error_set(t->err, ERR_UNSUPPORTED,
				 "QEMU does not tell the registers of CPU %u", index);
	result = uv_dump_cpu(t->uv, t->configuration, &cpu, area);
	secret_wipe(&cpu, sizeof(cpu));
	if (!uv_ok(result))
		return refused(t, UVC_DUMP_CPU, result);
	host_vmcore_cpu(t->buffer, &t->shape, &unknown, index, area);
	return put(t, t->buffer, host_vmcore_cpu_size(&t->shape));
}

static int put_cpus(struct taking *t)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < VCPUS_MAX; i++)
		if (t->job->firmware->vcpus[i].firmware)
			rc = put_cpu(t, i);
	return rc;
}

static int put_memory(struct taking *t)
{
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && at < t->shape.memory_size; at += PIECE) {
		struct uv_result result = uv_dump_pages(t->uv, t->configuration, at,
							PIECE, t->buffer);

		rc = uv_ok(result) ? put(t, t->buffer, PIECE) :
				     refused(t, UVC_EXPORT, result);
	}
	return rc;
}

static int put_state(struct taking *t)
{
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && at < t->shape.memory_size; at += UV_MIB) {
		struct uv_result result = uv_dump_storage_state(
			t->uv, t->configuration, at, t->buffer);

		rc = uv_ok(result) ? put(t, t->buffer, UV_DUMP_STATE_SIZE) :
				     refused(t, UVC_DUMP_STORAGE_STATE, result);
	}
	return rc;
}

static int put_completion(struct taking *t)
{
	struct uv_result result = uv_dump_complete(t->uv, t->configuration, t->buffer);

	return uv_ok(result) ? put(t, t->buffer, UV_DUMP_COMPLETION_SIZE) :
			       refused(t, UVC_DUMP_COMPLETE, result);
}

static int put_all(struct taking *t)
{
	int rc = put_head(t);

	if (rc == 0)
		rc = put_cpus(t);
	if (rc == 0)
		rc = put_memory(t);
	if (rc == 0)
		rc = put_state(t);
	if (rc == 0)
		rc = put_completion(t);
	if (rc == 0)
		rc = put(t, host_vmcore_names, sizeof(host_vmcore_names));
	if (rc == 0)
		rc = dump_file_finish(&t->file, t->err);
	return rc;
}

/* A dump that failed is completed all the same, into nowhere: the guest may run. */
static void end(struct taking *t)
{
	struct uv_status status;

	if (uv_configuration_status(t->uv, t->configuration, &status) && status.dumping)
		uv_dump_complete(t->uv, t->configuration, t->buffer);
}

static int plan(struct taking *t)
{
	const struct firmware *firmware = t->job->firmware;
	int rc;

	t->shape = (struct host_vmcore_shape){
		.memory_size = firmware->storage_size,
		.cpu_area_size = UV_DUMP_CPU_SIZE,
		.state_per_mib = UV_DUMP_STATE_SIZE,
		.completion_size = UV_DUMP_COMPLETION_SIZE,
	};
	for (unsigned i = 0; i < VCPUS_MAX; i++)
		t->shape.cpu_count += firmware->vcpus[i].firmware != NULL;
	rc = host_vmcore_plan(&t->layout, &t->shape, t->err);
	if (rc == 0)
		atomic_store(&t->job->total, t->layout.file_size);
	return rc;
}

static int take(struct taking *t)
{
	struct uv_result result;
	int rc = plan(t);

	if (rc < 0)
		return rc;
	result = uv_dump_initiate(t->uv, t->configuration);
	if (!uv_ok(result))
		return refused(t, UVC_DUMP_INITIATE, result);
	rc = put_all(t);
	end(t);
	return rc;
}

/* Takes the dump of a guest that stands still. */
static int take_stopped(struct dump_job *job, struct error *err)
{
	struct taking t = {
		.job = job,
		.uv = job->firmware->uv,
		.configuration = atomic_load(&job->firmware->configuration),
		.file = dump_file_to(job->fd, &job->cancelled),
		.buffer = malloc(PIECE),
		.err = err,
	};
	int rc;

	if (!t.buffer)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = t.configuration ? take(&t) :
			       error_set(err, ERR_INVALID, "The guest is not protected");
	free(t.buffer);
	return rc;
}

int dump_take(struct dump_job *job, struct error *err)
{
	bool ran;
	int rc;

	if (!qemu_own_available())
		return error_set(err, ERR_UNSUPPORTED,
				 "This QEMU offers no way to dump a protected guest");
	ran = qemu_own_stop();
	rc = take_stopped(job, err);
	if (ran && (rc < 0 || !job->pause))
		qemu_own_resume();
	return rc;
}
