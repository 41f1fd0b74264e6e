/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "sipl/verify.h"

/* --- What both forms need ------------------------------------------------------------- */

static const char *kind_name(enum load_message_kind kind)
{
	switch (kind) {
	case LOAD_VERIFIED:
		return "verified";
	case LOAD_WARNING:
		return "warning";
	case LOAD_FAILED:
		return "failed";
	case LOAD_STOPPED:
		break;
	}
	return "stopped";
}

static const char *certificate_label(const struct rehearsal_order *order, unsigned index)
{
	return order->store->certificates[index].label;
}

/* The number in the store of certificate @index of the report. */
static unsigned store_index(const struct load *load, unsigned index)
{
	unsigned i = 0;

	while (i < CERTSTORE_MAX - 1 && load->certificate_of[i] != index + 1)
		i++;
	return i;
}

/* --- Text ----------------------------------------------------------------------------- */

static void add_place(struct text *out, const struct load_message *message)
{
	if (message->entry == LOAD_NO_ENTRY)
		return;
	text_addf(out, "entry %" PRIu32, message->entry);
	if (message->range.size)
		text_addf(out, " at 0x%" PRIx64, message->range.address);
	text_add(out, ": ");
}

static void message_text(struct text *out, const struct rehearsal_message *message)
{
	const struct ipl_problem_facts *facts;

	if (message->load.kind == LOAD_VERIFIED)
		return; /* the component's line says so */
	facts = ipl_problem_facts(message->load.problem);
	text_addf(out, "  %s: ", kind_name(message->load.kind));
	add_place(out, &message->load);
	text_addf(out, "%s", facts->text);
	if (message->reason[0])
		text_addf(out, " (%s)", message->reason);
	text_addf(out, "\n    %s\n", facts->remedy);
}

static void component_text(struct text *out, const struct load *load, unsigned number,
			   const struct rehearsal_order *order)
{
	const struct iirb_component *component = &load->report.components[number];
	uint64_t length = be64_get(component->length);

	if (length == 0)
		return; /* where to start: no component */
	text_addf(out, "  0x%-10" PRIx64 " %10" PRIu64 "  ", be64_get(component->address),
		  length);
	if (component->flags & IIRB_VERIFIED)
		text_addf(out, "signed, verified with '%s'",
			  certificate_label(order,
					    store_index(load, be16_get(component->certificate))));
	else if (component->flags & IIRB_SIGNED)
		text_add(out, "signed, not verified");
	else
		text_add(out, "not signed");
	text_add(out, "\n");
}

static void verdict_text(struct text *out, const struct rehearsal *rehearsal,
			 const struct rehearsal_order *order)
{
	text_addf(out, "%s mode: %s\n", ipl_mode_name(order->mode),
		  rehearsal_boots(rehearsal) ? "starts" : "does not start");
	for (unsigned i = 0; i < rehearsal->load.report.component_count; i++)
		component_text(out, &rehearsal->load, i, order);
	for (size_t i = 0; i < rehearsal->message_count; i++)
		message_text(out, &rehearsal->messages[i]);
	if (rehearsal->start != START_OK)
		text_addf(out, "  stage 3 stops: %s\n    %s\n",
			  start_problem_text(rehearsal->start),
			  start_problem_remedy(rehearsal->start));
}

/* --- JSON ----------------------------------------------------------------------------- */

static void message_json(struct json *json, const struct rehearsal_message *message)
{
	const struct load_message *load = &message->load;

	if (load->kind == LOAD_VERIFIED)
		return;
	json_object_begin(json, NULL);
	json_text(json, "kind", kind_name(load->kind));
	json_text(json, "problem", ipl_problem_facts(load->problem)->name);
	json_text(json, "text", ipl_problem_facts(load->problem)->text);
	if (message->reason[0])
		json_text(json, "reason", message->reason);
	if (load->entry != LOAD_NO_ENTRY)
		json_u64(json, "entry", load->entry);
	json_object_end(json);
}

static void component_json(struct json *json, const struct load *load, unsigned number,
			   const struct rehearsal_order *order)
{
	const struct iirb_component *component = &load->report.components[number];
	unsigned index;

	json_object_begin(json, NULL);
	json_hex_u64(json, "address", be64_get(component->address));
	json_u64(json, "length", be64_get(component->length));
	json_bool(json, "signed", component->flags & IIRB_SIGNED);
	json_bool(json, "verified", component->flags & IIRB_VERIFIED);
	if (component->flags & IIRB_VERIFIED) {
		index = store_index(load, be16_get(component->certificate));
		json_u64(json, "certificate", index);
		json_text(json, "certificate_file", certificate_label(order, index));
	}
	json_hex_u64(json, "cei", be32_get(component->cei));
	json_object_end(json);
}

static void verdict_json(struct json *json, const struct rehearsal *rehearsal,
			 const struct rehearsal_order *order)
{
	const struct ipl_report *report = &rehearsal->load.report;

	json_object_begin(json, NULL);
	json_text(json, "mode", ipl_mode_name(order->mode));
	json_bool(json, "starts", rehearsal_boots(rehearsal));
	json_hex_u64(json, "iiei", report->iiei);
	json_array_begin(json, "components");
	for (unsigned i = 0; i < report->component_count; i++)
		component_json(json, &rehearsal->load, i, order);
	json_array_end(json);
	json_array_begin(json, "messages");
	for (size_t i = 0; i < rehearsal->message_count; i++)
		message_json(json, &rehearsal->messages[i]);
	json_array_end(json);
	if (rehearsal->start != START_OK)
		json_text(json, "stage3", start_problem_text(rehearsal->start));
	json_object_end(json);
}

/* --- Either --------------------------------------------------------------------------- */

void verdict_begin(struct verdict_report *report, bool as_json, const char *path)
{
	*report = (struct verdict_report){ .as_json = as_json };
	report->json = json_to(&report->text, true);
	if (!as_json)
		return;
	json_object_begin(&report->json, NULL);
	json_text(&report->json, "disk", path);
	json_array_begin(&report->json, "verdicts");
}

void verdict_add(struct verdict_report *report, const struct rehearsal *rehearsal,
		 const struct rehearsal_order *order)
{
	if (report->as_json)
		verdict_json(&report->json, rehearsal, order);
	else
		verdict_text(&report->text, rehearsal, order);
}

void verdict_end(struct verdict_report *report)
{
	if (!report->as_json)
		return;
	json_array_end(&report->json);
	json_object_end(&report->json);
	text_add(&report->text, "\n");
}
