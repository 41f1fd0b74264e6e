/* SPDX-License-Identifier: MIT */
#include "image/report.h"

#include <inttypes.h>
#include <openssl/evp.h>

#include "base/hex.h"
#include "base/json.h"
#include "image/control_flags.h"

/* The longest field that is printed as hexadecimal digits. */
#define MAX_HEX_BYTES EC_COORD_SIZE

/* Room for @size bytes in Base64 with the NUL. */
#define BASE64_ROOM(size) (((size) + 2) / 3 * 4 + 1)

static void add_hex(struct text *out, const char *label, const void *data,
		    size_t size)
{
	char digits[2 * MAX_HEX_BYTES + 1];

	text_addf(out, "%s: %s\n", label, hex_encode(digits, data, size));
}

static const char *base64(char *out, const uint8_t *data, size_t size)
{
	EVP_EncodeBlock((unsigned char *)out, data, (int)size);
	return out;
}

static void add_base64(struct text *out, const char *label, const uint8_t *data,
		       size_t size)
{
	char chars[BASE64_ROOM(EC_COORD_SIZE)];

	text_addf(out, "%s: %s\n", label, base64(chars, data, size));
}

/*
 * Known flags by name, the others as one line of binary digits. Without any
 * there is a blank line, as users of the text form know it.
 */
static void add_flags(struct text *out, const char *title, uint64_t word,
		      const struct control_flag *flag)
{
	text_addf(out, "  %s:\n", title);
	if (!word)
		text_add(out, "  \n");
	for (; flag->mask; flag++) {
		if (word & flag->mask)
			text_addf(out, "   - %s\n", flag->label);
		word &= ~flag->mask;
	}
	if (!word)
		return;
	text_add(out, "   - unknown flags 0b");
	for (unsigned bit = 0; bit < 64; bit++)
		text_add(out, word & MSB0(bit) ? "1" : "0");
	text_add(out, "\n");
}

static void add_title(struct text *out, const struct se_header_report *report)
{
	if (report->area)
		text_add(out, "decrypted, integrity and authenticity verified Secure Execution header:\n");
	else if (report->verified)
		text_add(out, "integrity and authenticity verified Secure Execution header\n");
	else
		text_add(out, "Secure Execution header\n");
}

static void add_sizes(struct text *out, const struct se_header *header)
{
	text_addf(out, "  size: %zu bytes\n", header->size);
	text_addf(out, "  number of key slots: %zu\n", header->slot_count);
}

static void add_slots(struct text *out, const struct se_header *header)
{
	text_add(out, "  key slots:\n");
	for (size_t i = 0; i < header->slot_count; i++)
		add_hex(out, "   - target key hash", header->slots[i].phkh,
			sizeof(header->slots[i].phkh));
}

static void add_digests(struct text *out, const struct se_header_fixed *fixed)
{
	text_add(out, "  customer public key:\n");
	add_base64(out, "    coordinate", fixed->customer_key,
		   sizeof(fixed->customer_key));
	text_addf(out, "  number of component pages: %" PRIu64 "\n",
		  be64_get(fixed->page_count));
	add_hex(out, "  components content hash", fixed->digests.pld, SHA512_SIZE);
	add_hex(out, "  components address hash", fixed->digests.ald, SHA512_SIZE);
	add_hex(out, "  components tweak hash", fixed->digests.tld, SHA512_SIZE);
}

static void add_secrets(struct text *out, const struct se_header_area *area)
{
	add_hex(out, "  CCK", area->cck, sizeof(area->cck));
	add_hex(out, "  XTS key", area->image_key, sizeof(area->image_key));
	text_add(out, "  PSW:\n");
	text_addf(out, "    address: 0x%014" PRIx64 "\n", be64_get(area->psw_address));
	text_addf(out, "    mask: 0x%014" PRIx64 "\n", be64_get(area->psw_mask));
}

void se_header_report_text(struct text *out, const struct se_header_report *report,
			   bool full)
{
	const struct se_header *header = report->header;

	add_title(out, report);
	text_add(out, "  version: 1\n");
	if (full)
		add_sizes(out, header);
	add_slots(out, header);
	if (full)
		add_digests(out, header->fixed);
	add_flags(out, "plaintext control flags", be64_get(header->fixed->pcf),
		  plaintext_control_flags);
	if (report->area)
		add_flags(out, "secret control flags", be64_get(report->area->scf),
			  secret_control_flags);
	if (!full)
		return;
	if (report->area)
		add_secrets(out, report->area);
	else
		add_base64(out, "  encrypted data", header->area, header->area_size);
	add_hex(out, "  GCM tag", header->tag, GCM_TAG_SIZE);
}

static void add_meta(struct json *json, const struct report_origin *origin)
{
	char date[64] = "";
	struct tm tm;

	if (gmtime_r(&origin->time, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S+0000", &tm);
	json_object_begin(json, "meta");
	json_u64(json, "api_level", 1);
	json_text(json, "version", origin->version);
	json_text(json, "host", origin->host);
	json_u64(json, "time_epoch", (uint64_t)origin->time);
	json_text(json, "time", date);
	json_object_end(json);
}

static void add_public_fields(struct json *json, const struct se_header *header)
{
	const struct se_header_fixed *fixed = header->fixed;

	json_hex(json, "magic_hex", fixed->magic, sizeof(fixed->magic));
	json_text(json, "version", "V1");
	json_u64(json, "sehs", header->size);
	json_hex(json, "iv_hex", fixed->iv, sizeof(fixed->iv));
	json_u64(json, "nks", header->slot_count);
	json_u64(json, "sea", header->area_size);
	json_u64(json, "nep", be64_get(fixed->page_count));
	json_hex_u64(json, "pcf_hex", be64_get(fixed->pcf));
	json_object_begin(json, "cust_pub_key");
	json_hex(json, "coord_hex", fixed->customer_key, sizeof(fixed->customer_key));
	json_object_end(json);
	json_hex(json, "pld_hex", fixed->digests.pld, SHA512_SIZE);
	json_hex(json, "ald_hex", fixed->digests.ald, SHA512_SIZE);
	json_hex(json, "tld_hex", fixed->digests.tld, SHA512_SIZE);
	json_array_begin(json, "keyslots");
	for (size_t i = 0; i < header->slot_count; i++) {
		const struct key_slot *slot = &header->slots[i];

		json_object_begin(json, NULL);
		json_hex(json, "phkh_hex", slot->phkh, sizeof(slot->phkh));
		json_hex(json, "wrpk_hex", slot->wrapped_key, sizeof(slot->wrapped_key));
		json_hex(json, "kst_hex", slot->tag, sizeof(slot->tag));
		json_object_end(json);
	}
	json_array_end(json);
}

static void add_encrypted_area(struct json *json, const struct se_header *header)
{
	char chars[BASE64_ROOM(sizeof(struct se_header_area))];

	json_text(json, "cipher_data_b64",
		    base64(chars, header->area, header->area_size));
}

static void add_decrypted_area(struct json *json, const struct se_header_area *area)
{
	json_hex(json, "cck_hex", area->cck, sizeof(area->cck));
	json_hex(json, "xts_hex", area->image_key, sizeof(area->image_key));
	json_object_begin(json, "psw");
	json_hex_u64(json, "mask_hex", be64_get(area->psw_mask));
	json_hex_u64(json, "addr_hex", be64_get(area->psw_address));
	json_object_end(json);
	json_hex_u64(json, "scf_hex", be64_get(area->scf));
}

void se_header_report_json(struct text *out, const struct se_header_report *report,
			   const struct report_origin *origin, bool pretty)
{
	struct json json = json_to(out, pretty);

	json_object_begin(&json, NULL);
	add_meta(&json, origin);
	json_object_begin(&json, "data");
	json_text(&json, "kind", report->area ? "decrypted_se_hdr" : "se_hdr");
	json_bool(&json, "verified", report->verified);
	add_public_fields(&json, report->header);
	if (report->area)
		add_decrypted_area(&json, report->area);
	else
		add_encrypted_area(&json, report->header);
	json_hex(&json, "tag_hex", report->header->tag, GCM_TAG_SIZE);
	json_object_end(&json);
	json_object_end(&json);
	text_add(out, "\n");
}
