/* SPDX-License-Identifier: MIT */
#include "plugin/control_answers.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "config.h"
#include "plugin/qemu_own.h"
#include "plugin/trace_ring.h"

/* So many runs of shared pages fit one answer; the client asks for the rest. */
#define RUNS_PER_ANSWER 2048
#define TRACE_DEFAULT_LAST TRACE_RING_LINES

static void begin(struct json *json, const struct request *request)
{
	json_object_begin(json, NULL);
	if (request && request->id[0]) {
		/* Its own JSON text: not to be quoted again. */
		text_addf(json->out, "\"id\": %s", request->id);
		json->filled[json->depth] = true;
	}
}

static void end(struct json *json)
{
	json_object_end(json);
	text_add(json->out, "\n");
}

static void answer_error(struct text *out, const struct request *request,
			 const char *class, const char *text)
{
	struct json json = json_to(out, false);

	begin(&json, request);
	json_object_begin(&json, "error");
	json_text(&json, "class", class);
	json_text(&json, "desc", text);
	json_object_end(&json);
	end(&json);
}

void control_fail(struct text *out, const struct request *request,
		  const struct error *err)
{
	char text[sizeof(err->message) + sizeof(err->cause) + 2];

	snprintf(text, sizeof(text), "%s%s%s", err->message, err->cause[0] ? ": " : "",
		 err->cause);
	answer_error(out, request, "GenericError", text);
}

void control_succeed(struct text *out, const struct request *request)
{
	struct json json = json_to(out, false);

	begin(&json, request);
	json_object_begin(&json, "return");
	json_object_end(&json);
	end(&json);
}

void control_refuse(struct text *out, const struct error *err)
{
	answer_error(out, NULL, "GenericError", err->message);
}

void control_greet(struct text *out, const struct firmware *firmware)
{
	struct json json = json_to(out, false);

	json_object_begin(&json, NULL);
	json_object_begin(&json, "ultraviolet");
	json_text(&json, "version", UV_VERSION);
	json_text(&json, "guest", firmware->arguments.name);
	json_bool(&json, "simulated", true);
	json_object_end(&json);
	end(&json);
}

static void add_counters(struct json *json, struct firmware *firmware)
{
	struct counters *counters = &firmware->counters;

	json_u64(json, "protected-starts", atomic_load(&counters->starts));
	json_u64(json, "refused-starts", atomic_load(&counters->refusals));
	json_u64(json, "resets", atomic_load(&counters->resets));
	json_u64(json, "calls", atomic_load(&counters->calls));
	json_u64(json, "callbacks", atomic_load(&counters->callbacks));
}

static void add_secure_ipl(struct json *json, const struct secure_ipl *secure_ipl)
{
	json_text(json, "secure-ipl", ipl_mode_name(secure_ipl->mode));
	json_u64(json, "boot-certificates", secure_ipl->store.count);
}

static void add_configuration(struct json *json, const struct uv_status *status)
{
	json_object_begin(json, "configuration");
	json_text(json, "phase", uv_phase_name(status->phase));
	json_u64(json, "pages-unpacked", status->pages_unpacked);
	json_u64(json, "pages-shared", status->pages_shared);
	json_u64(json, "pages-exported", status->pages_exported);
	json_hex(json, "image-tag", status->header_tag, sizeof(status->header_tag));
	json_hex(json, "host-key", status->phkh, sizeof(status->phkh));
	json_bool(json, "backup-host-key", status->backup_host_key);
	json_hex_u64(json, "plaintext-flags", status->pcf);
	json_hex(json, "cuid", status->cuid, sizeof(status->cuid));
	json_u64(json, "association-secrets", status->secrets_association);
	json_u64(json, "retrievable-secrets", status->secrets_retrievable);
	json_u64(json, "secret-requests", status->secret_requests);
	json_bool(json, "secret-store-locked", status->secrets_locked);
	json_bool(json, "dump-disabled", status->dump_disabled);
	json_bool(json, "dumping", status->dumping);
	json_object_end(json);
}

static void answer_status(struct text *out, struct firmware *firmware,
			  const struct request *request)
{
	uint64_t configuration = atomic_load(&firmware->configuration);
	struct json json = json_to(out, false);
	struct uv_status status;

	begin(&json, request);
	json_object_begin(&json, "return");
	json_text(&json, "guest", firmware->arguments.name);
	json_text(&json, "state", configuration ? "protected" : "normal");
	json_text(&json, "generation", firmware->arguments.generation->name);
	json_bool(&json, "host-key-installed", firmware->host_key != NULL);
	if (firmware->secure_ipl.offered)
		add_secure_ipl(&json, &firmware->secure_ipl);
	json_bool(&json, "simulated", true);
	json_u64(&json, "storage", atomic_load(&firmware->storage_size));
	json_u64(&json, "start-nanoseconds", atomic_load(&firmware->start_time));
	add_counters(&json, firmware);
	if (configuration &&
	    uv_configuration_status(firmware->uv, configuration, &status))
		add_configuration(&json, &status);
	json_object_end(&json);
	end(&json);
}

struct runs {
	struct json *json;
	uint64_t from;
	uint64_t next; /* first address that was left out, or 0 */
	unsigned count;
};

static void add_run(void *context, uint64_t address, uint64_t size)
{
	struct runs *runs = context;

	if (address + size <= runs->from || runs->next)
		return;
	if (runs->count == RUNS_PER_ANSWER) {
		runs->next = address;
		return;
	}
	runs->count++;
	json_object_begin(runs->json, NULL);
	json_hex_u64(runs->json, "address", address);
	json_u64(runs->json, "size", size);
	json_object_end(runs->json);
}

static void answer_shared_pages(struct text *out, struct firmware *firmware,
				const struct request *request)
{
	uint64_t configuration = atomic_load(&firmware->configuration);
	struct json json = json_to(out, false);
	struct runs runs = { .json = &json, .from = request->from };

	if (!configuration) {
		answer_error(out, request, "GuestNotProtected",
			     "the guest is not protected: all its pages are shared");
		return;
	}
	begin(&json, request);
	json_object_begin(&json, "return");
	json_array_begin(&json, "runs");
	uv_for_each_shared(firmware->uv, configuration, add_run, &runs);
	json_array_end(&json);
	if (runs.next)
		json_u64(&json, "next", runs.next);
	json_object_end(&json);
	end(&json);
}

static void answer_trace(struct text *out, struct firmware *firmware,
			 const struct request *request)
{
	uint64_t last = request->has_last ? request->last : TRACE_DEFAULT_LAST;
	uint64_t stop = trace_ring_end(firmware->trace);
	uint64_t number = stop > last ? stop - last : 0;
	const char *comma = "";

	text_add(out, "{");
	if (request->id[0])
		text_addf(out, "\"id\": %s, ", request->id);
	text_add(out, "\"return\": {\"calls\": [");
	while (number < stop) {
		char line[TRACE_LINE_SIZE];
		int64_t gone = trace_ring_read(firmware->trace, number, line);

		if (gone < 0)
			break;
		/* Each line is an object already. */
		text_addf(out, "%s%s", comma, line);
		comma = ", ";
		number += (uint64_t)gone + 1;
	}
	text_add(out, "]}}\n");
}

static void quit(void *unused)
{
	(void)unused;
	qemu_own_quit();
}

static void answer_quit(struct text *out, struct firmware *firmware,
			const struct request *request)
{
	(void)firmware;
	if (!qemu_own_available()) {
		answer_error(out, request, "GenericError",
			     "this QEMU offers no way to end it");
		return;
	}
	qemu_own_run_in_main_loop(quit, NULL);
	control_succeed(out, request);
}

static void answer_report(struct text *out, struct firmware *firmware,
			  const struct request *request)
{
	struct text report = { 0 };

	if (!secure_ipl_add_handover(&firmware->secure_ipl, &report)) {
		answer_error(out, request, "NoReport",
			     secure_ipl_has_report(&firmware->secure_ipl) ?
				     "the boot loader has handed over nothing" :
				     "the machine is neither in audit nor in secure mode");
		return;
	}
	text_add(out, "{");
	if (request->id[0])
		text_addf(out, "\"id\": %s, ", request->id);
	/* It is an object already. */
	text_addf(out, "\"return\": %s}\n", text_chars(&report));
	text_free(&report);
}

void control_answer(struct text *out, struct firmware *firmware,
		    const struct request *request)
{
	static const struct {
		const char *name;
		void (*answer)(struct text *out, struct firmware *firmware,
			       const struct request *request);
	} table[] = {
		{ "status", answer_status },
		{ "trace", answer_trace },
		{ "shared-pages", answer_shared_pages },
		{ "quit", answer_quit },
		{ "report", answer_report },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(request->execute, table[i].name) == 0) {
			table[i].answer(out, firmware, request);
			return;
		}
	}
	answer_error(out, request, "CommandNotFound", "there is no such command");
}
