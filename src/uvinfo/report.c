/* SPDX-License-Identifier: MIT */
#include "uvinfo/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/be.h"
#include "base/hex.h"
#include "base/json.h"
#include "uvinfo/labels.h"

enum form { STATUS, CALLS, FLAGS, VERSIONS, LIMITS, KEYS };

static const struct part {
	const char *name; /* in YAML and JSON */
	const char *heading;
	enum form form;
	enum uvinfo_field field;          /* FLAGS, VERSIONS */
	const char *(*label)(unsigned bit); /* CALLS, FLAGS */
} parts_table[UVINFO_PARTS] = {
	[UVINFO_PART_STATUS] = { "se_status", NULL, STATUS, 0, NULL },
	[UVINFO_PART_CALLS] = { "facilities", "Installed ultravisor calls", CALLS, 0,
				call_label },
	[UVINFO_PART_FEATURES] = { "feature_indications", "Features", FLAGS,
				   UVINFO_FEATURES, feature_label },
	[UVINFO_PART_LIMITS] = { "limits", "Limits and sizes", LIMITS, 0, NULL },
	[UVINFO_PART_HEADER_FLAGS] = { "supported_plaintext_control_flags",
		"Supported plaintext control flags", FLAGS, UVINFO_HEADER_FLAGS,
		header_flag_label },
	[UVINFO_PART_HEADER_VERSIONS] = { "supported_se_header_versions",
		"Supported SE header versions", VERSIONS, UVINFO_HEADER_VERSIONS, NULL },
	[UVINFO_PART_ATTESTATION_FLAGS] = { "supported_plaintext_attestation_flags",
		"Supported attestation flags", FLAGS, UVINFO_ATTESTATION_FLAGS,
		attestation_flag_label },
	[UVINFO_PART_ATTESTATION_VERSIONS] = { "supported_attestation_request_versions",
		"Supported attestation request versions", VERSIONS,
		UVINFO_ATTESTATION_VERSIONS, NULL },
	[UVINFO_PART_SECRET_TYPES] = { "supported_secret_types", "Supported secret types",
		FLAGS, UVINFO_SECRET_TYPES, secret_type_label },
	[UVINFO_PART_ADD_SECRET_VERSIONS] = { "supported_add_secret_request_versions",
		"Supported add-secret request versions", VERSIONS,
		UVINFO_ADD_SECRET_VERSIONS, NULL },
	[UVINFO_PART_ADD_SECRET_FLAGS] = { "supported_plaintext_add_secret_flags",
		"Supported add-secret flags", FLAGS, UVINFO_ADD_SECRET_FLAGS,
		add_secret_flag_label },
	[UVINFO_PART_KEYS] = { "host_key_hashes", "Host key hashes", KEYS, 0, NULL },
};

static const struct limit {
	enum uvinfo_field field;
	const char *text;
	bool hexadecimal;
} limits[] = {
	{ UVINFO_MAX_ADDRESS, "highest guest address", true },
	{ UVINFO_MAX_CPUS, "CPUs of a guest", false },
	{ UVINFO_MAX_GUESTS, "guests", false },
	{ UVINFO_MAX_SECRETS, "secrets of a guest", false },
	{ UVINFO_MAX_ASSOCIATION_SECRETS, "association secrets of a guest", false },
	{ UVINFO_MAX_RETRIEVABLE_SECRETS, "retrievable secrets of a guest", false },
	{ UVINFO_DUMP_STORAGE_STATE_SIZE, "dump: storage state of 1 MiB, bytes", true },
	{ UVINFO_DUMP_CPU_SIZE, "dump: state of a CPU, bytes", true },
	{ UVINFO_DUMP_COMPLETION_SIZE, "dump: completion data, bytes", true },
};

#define LIMITS_COUNT (sizeof(limits) / sizeof(limits[0]))

static const char *key_name(size_t index)
{
	return index == 0 ? "host key" : index == 1 ? "backup host key" : "further key";
}

static bool key_present(const struct uvinfo *info, size_t index)
{
	static const uint8_t none[UVINFO_KEY_SIZE];

	return memcmp(info->keys[index], none, sizeof(none)) != 0;
}

/* --- what all forms share ------------------------------------------------------- */

/* The words of the bits that CALLS, FLAGS and VERSIONS are about. */
struct words {
	bool known;
	const uint64_t *words;
	size_t count;
};

static struct words words_of(const struct uvinfo *info, const struct part *part)
{
	const struct uvinfo_value *value = &info->fields[part->field];

	if (part->form == CALLS)
		return (struct words){ info->calls_known, info->calls, UVINFO_CALL_WORDS };
	return (struct words){ value->known, &value->number, 1 };
}

static bool bit_set(const struct words *words, unsigned bit)
{
	return words->words[bit / 64] & MSB0(bit % 64);
}

#define ITEM_SIZE 80

/* What bit @bit says, into @item. */
static const char *item_text(char item[ITEM_SIZE], const struct part *part, unsigned bit)
{
	const char *label = part->label ? part->label(bit) : NULL;

	if (part->form == VERSIONS)
		snprintf(item, ITEM_SIZE, "0x%x", (bit + 1) * 0x100);
	else if (label)
		snprintf(item, ITEM_SIZE, "%s", label);
	else
		snprintf(item, ITEM_SIZE, "bit %u", bit);
	return item;
}

static bool known(const struct uvinfo *info, const struct part *part)
{
	bool any = false;

	switch (part->form) {
	case STATUS:
		return true;
	case KEYS:
		return info->keys_known;
	case LIMITS:
		for (size_t i = 0; i < LIMITS_COUNT; i++)
			any = any || info->fields[limits[i].field].known;
		return any;
	default:
		return words_of(info, part).known;
	}
}

/* --- for people -------------------------------------------------------------------- */

static const char *status_text(const struct uvinfo *info)
{
	if (info->guest)
		return info->host ? "Secure Execution: both guest and host, which cannot be"
				  : "Secure Execution Guest";
	return info->host ? "Secure Execution Host" : "Secure Execution is not enabled";
}

static void human_bits(struct text *out, const struct part *part,
		       const struct words *words)
{
	char item[ITEM_SIZE];
	bool any = false;

	for (unsigned bit = 0; bit < words->count * 64; bit++) {
		if (!bit_set(words, bit))
			continue;
		text_addf(out, "  %s\n", item_text(item, part, bit));
		any = true;
	}
	if (!any)
		text_add(out, "  none\n");
}

static void human_limits(struct text *out, const struct uvinfo *info)
{
	for (size_t i = 0; i < LIMITS_COUNT; i++) {
		const struct uvinfo_value *value = &info->fields[limits[i].field];

		if (!value->known)
			continue;
		text_addf(out, limits[i].hexadecimal ? "  %s: 0x%" PRIx64 "\n"
						     : "  %s: %" PRIu64 "\n",
			  limits[i].text, value->number);
	}
}

static void human_keys(struct text *out, const struct uvinfo *info)
{
	char hex[2 * UVINFO_KEY_SIZE + 1];

	for (size_t i = 0; i < UVINFO_KEYS; i++)
		if (key_present(info, i))
			text_addf(out, "  %s: %s\n", key_name(i),
				  hex_encode(hex, info->keys[i], UVINFO_KEY_SIZE));
}

void uvinfo_report_human(struct text *out, const struct uvinfo *info, unsigned parts)
{
	for (size_t i = 0; i < UVINFO_PARTS; i++) {
		const struct part *part = &parts_table[i];
		struct words words = words_of(info, part);

		if (!(parts & 1u << i))
			continue;
		if (out->length)
			text_add(out, "\n");
		if (part->form == STATUS) {
			text_addf(out, "%s\n", status_text(info));
			continue;
		}
		text_addf(out, "%s:\n", part->heading);
		if (!known(info, part))
			text_add(out, "  not known to this kernel\n");
		else if (part->form == LIMITS)
			human_limits(out, info);
		else if (part->form == KEYS)
			human_keys(out, info);
		else
			human_bits(out, part, &words);
	}
}

/* --- YAML ------------------------------------------------------------------------------ */

static const char *status_word(const struct uvinfo *info)
{
	if (info->guest)
		return info->host ? "Invalid" : "Guest";
	return info->host ? "Host" : "Unsecure";
}

static void yaml_bits(struct text *out, const struct part *part,
		      const struct words *words)
{
	char item[ITEM_SIZE];
	bool any = false;

	for (unsigned bit = 0; bit < words->count * 64; bit++) {
		if (!bit_set(words, bit))
			continue;
		text_addf(out, part->form == VERSIONS ? "%s- '%s'\n" : "%s- %s\n",
			  any ? "" : "\n", item_text(item, part, bit));
		any = true;
	}
	if (!any)
		text_add(out, " []\n");
}

static void yaml_limits(struct text *out, const struct uvinfo *info)
{
	text_add(out, "\n");
	for (size_t i = 0; i < LIMITS_COUNT; i++) {
		const struct uvinfo_value *value = &info->fields[limits[i].field];

		if (value->known)
			text_addf(out, "  %s: %" PRIu64 "\n",
				  uvinfo_field_name(limits[i].field), value->number);
	}
}

static void yaml_keys(struct text *out, const struct uvinfo *info)
{
	char hex[2 * UVINFO_KEY_SIZE + 1];

	text_add(out, "\n");
	for (size_t i = 0; i < UVINFO_KEYS; i++)
		text_addf(out, "- '%s'\n", hex_encode(hex, info->keys[i], UVINFO_KEY_SIZE));
}

void uvinfo_report_yaml(struct text *out, const struct uvinfo *info, unsigned parts)
{
	for (size_t i = 0; i < UVINFO_PARTS; i++) {
		const struct part *part = &parts_table[i];
		struct words words = words_of(info, part);

		if (!(parts & 1u << i) || !known(info, part))
			continue;
		text_addf(out, "%s:", part->name);
		if (part->form == STATUS)
			text_addf(out, " %s\n", status_word(info));
		else if (part->form == LIMITS)
			yaml_limits(out, info);
		else if (part->form == KEYS)
			yaml_keys(out, info);
		else
			yaml_bits(out, part, &words);
	}
}

/* --- JSON ------------------------------------------------------------------------------ */

static void json_bits(struct json *json, const struct part *part,
		      const struct words *words)
{
	char item[ITEM_SIZE];

	json_object_begin(json, part->name);
	if (part->form == CALLS) {
		json_array_begin(json, "hex");
		for (size_t i = 0; i < words->count; i++)
			json_hex_u64(json, NULL, words->words[i]);
		json_array_end(json);
	} else {
		json_hex_u64(json, "hex", words->words[0]);
	}
	json_array_begin(json, "set");
	for (unsigned bit = 0; bit < words->count * 64; bit++) {
		if (!bit_set(words, bit))
			continue;
		json_object_begin(json, NULL);
		json_u64(json, "bit", bit);
		json_text(json, "name", item_text(item, part, bit));
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

static void json_limits(struct json *json, const struct part *part,
			const struct uvinfo *info)
{
	json_object_begin(json, part->name);
	for (size_t i = 0; i < LIMITS_COUNT; i++)
		if (info->fields[limits[i].field].known)
			json_u64(json, uvinfo_field_name(limits[i].field),
				 info->fields[limits[i].field].number);
	json_object_end(json);
}

static void json_keys(struct json *json, const struct part *part,
		      const struct uvinfo *info)
{
	json_array_begin(json, part->name);
	for (size_t i = 0; i < UVINFO_KEYS; i++)
		json_hex(json, NULL, info->keys[i], UVINFO_KEY_SIZE);
	json_array_end(json);
}

void uvinfo_report_json(struct text *out, const struct uvinfo *info, unsigned parts)
{
	struct json json = json_to(out, true);

	json_object_begin(&json, NULL);
	for (size_t i = 0; i < UVINFO_PARTS; i++) {
		const struct part *part = &parts_table[i];
		struct words words = words_of(info, part);

		if (!(parts & 1u << i) || !known(info, part))
			continue;
		if (part->form == STATUS)
			json_text(&json, part->name, status_word(info));
		else if (part->form == LIMITS)
			json_limits(&json, part, info);
		else if (part->form == KEYS)
			json_keys(&json, part, info);
		else
			json_bits(&json, part, &words);
	}
	json_object_end(&json);
	text_add(out, "\n");
}
