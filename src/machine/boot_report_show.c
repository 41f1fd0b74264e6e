/* SPDX-License-Identifier: MIT */
/* Reports of boots, in words. */
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "ipl/diag320_format.h"
#include "ipl/explain.h"
#include "machine/boot_report.h"

#define TIME_SIZE 32
#define NAME_SIZE 256
#define CEI_BITS 32
#define IIEI_BITS 16

/* --- What both forms say --------------------------------------------------------- */

static const char *verdict_of(const struct iirb_component *component)
{
	if (!(component->flags & IIRB_SIGNED))
		return "not signed";
	return component->flags & IIRB_VERIFIED ? "signed, verified" :
						  "signed, not verified";
}

/* The last entry stands for the start of the program. */
static bool is_exec(const struct boot_report *report, unsigned index)
{
	return index + 1 == report->ipl.component_count &&
	       be64_get(report->ipl.components[index].length) == 0;
}

static void format_time(char text[TIME_SIZE], uint64_t seconds)
{
	time_t time = (time_t)seconds;

	strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", gmtime(&time));
}

static void format_subject(char text[NAME_SIZE], const X509 *certificate)
{
	BIO *out = BIO_new(BIO_s_mem());
	int size = 0;

	if (out && X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0,
				      XN_FLAG_RFC2253) >= 0)
		size = BIO_read(out, text, NAME_SIZE - 1);
	text[size > 0 ? size : 0] = '\0';
	BIO_free(out);
}

static bool hash_of(uint8_t hash[CERTIFICATE_HASH_SIZE], const X509 *certificate)
{
	return X509_digest(certificate, EVP_sha256(), hash, NULL) == 1;
}

/* "0.0.1234", or behind an adapter "0.0.1234, channel 0, target 1, LUN 2" */
static void format_device(char text[NAME_SIZE], const struct iplb *iplb)
{
	int used = snprintf(text, NAME_SIZE, "0.%u.%04x", iplb->ssid & 3,
			    be16_get(iplb->devno));

	if (iplb->type == IPLB_SCSI)
		snprintf(text + used, (size_t)(NAME_SIZE - used),
			 ", channel %u, target %u, LUN %" PRIu32, be16_get(iplb->channel),
			 be16_get(iplb->target), be32_get(iplb->lun));
}

/* Calls @add for each indicator that is set, highest first. */
static void for_each_bit(uint32_t bits, unsigned count, const char *(*text_of)(uint32_t bit),
			 void (*add)(void *context, uint32_t bit, const char *words),
			 void *context)
{
	for (uint32_t bit = 1U << (count - 1); bit; bit >>= 1) {
		if (bits & bit)
			add(context, bit, text_of(bit) ? text_of(bit) : "unknown indicator");
	}
}

/* --- Text ------------------------------------------------------------------------- */

struct bit_line {
	struct text *out;
	const char *name;
	int digits;
};

static void add_bit_line(void *context, uint32_t bit, const char *words)
{
	const struct bit_line *line = context;

	text_addf(line->out, "    %s 0x%0*" PRIx32 ": %s\n", line->name, line->digits, bit,
		  words);
}

static void add_component_text(const struct boot_report *report, unsigned index,
			       struct text *out)
{
	const struct iirb_component *component = &report->ipl.components[index];
	struct bit_line line = { out, "CEI", 8 };

	if (is_exec(report, index))
		text_addf(out, "  start at PSW 0x%016" PRIx64 "\n", be64_get(component->address));
	else
		text_addf(out, "  0x%016" PRIx64 " %10" PRIu64 " bytes  %s",
			  be64_get(component->address), be64_get(component->length),
			  verdict_of(component));
	if (component->flags & IIRB_VERIFIED)
		text_addf(out, " by certificate %u", be16_get(component->certificate));
	if (!is_exec(report, index))
		text_add(out, "\n");
	for_each_bit(be32_get(component->cei), CEI_BITS, ipl_cei_text, add_bit_line, &line);
}

static void add_certificate_text(const struct boot_report *report, unsigned index,
				 struct text *out)
{
	const X509 *certificate = report->certificates[index];
	uint8_t hash[CERTIFICATE_HASH_SIZE];
	char subject[NAME_SIZE];

	if (!certificate || !hash_of(hash, certificate)) {
		text_addf(out, "  %u  cannot be read\n", index);
		return;
	}
	format_subject(subject, certificate);
	text_addf(out, "  %u  %s\n     SHA-256 ", index, subject);
	for (size_t i = 0; i < sizeof(hash); i++)
		text_addf(out, "%02x", hash[i]);
	text_add(out, "\n");
}

void boot_report_add_text(const struct boot_report *report, struct text *out)
{
	struct bit_line line = { out, "IIEI", 4 };
	char time[TIME_SIZE], device[NAME_SIZE];

	format_time(time, report->time);
	format_device(device, &report->iplb);
	text_addf(out, "guest      %s (%s)\n", report->guest,
		  report->running ? "running" : "ended");
	text_addf(out, "mode       %s\n", ipl_mode_name(iplb_mode(&report->iplb)));
	text_addf(out, "started    %s, by a simulated machine\n", time);
	text_addf(out, "device     %s\n", device);
	text_add(out, "components\n");
	for (unsigned i = 0; i < report->ipl.component_count; i++)
		add_component_text(report, i, out);
	for_each_bit(report->ipl.iiei, IIEI_BITS, ipl_iiei_text, add_bit_line, &line);
	text_add(out, "certificates\n");
	for (unsigned i = 0; i < report->ipl.certificate_count; i++)
		add_certificate_text(report, i, out);
	if (report->ipl.certificate_count == 0)
		text_add(out, "  none: nothing is verified\n");
}

/* --- JSON ------------------------------------------------------------------------- */

static void add_bit_json(void *context, uint32_t bit, const char *words)
{
	struct json *json = context;

	(void)bit;
	json_text(json, NULL, words);
}

static void add_bits_json(struct json *json, const char *name, uint32_t bits, unsigned count,
			  const char *(*text_of)(uint32_t bit))
{
	char number[12];

	snprintf(number, sizeof(number), "%0*" PRIx32, (int)(count / 4), bits);
	json_text(json, name, number);
	json_array_begin(json, "problems");
	for_each_bit(bits, count, text_of, add_bit_json, json);
	json_array_end(json);
}

static void add_component_json(const struct boot_report *report, unsigned index,
			       struct json *json)
{
	const struct iirb_component *component = &report->ipl.components[index];

	json_object_begin(json, NULL);
	if (is_exec(report, index)) {
		json_hex_u64(json, "psw", be64_get(component->address));
	} else {
		json_hex_u64(json, "address", be64_get(component->address));
		json_u64(json, "size", be64_get(component->length));
		json_bool(json, "signed", component->flags & IIRB_SIGNED);
		json_bool(json, "verified", component->flags & IIRB_VERIFIED);
	}
	if (component->flags & IIRB_VERIFIED)
		json_u64(json, "certificate", be16_get(component->certificate));
	add_bits_json(json, "cei", be32_get(component->cei), CEI_BITS, ipl_cei_text);
	json_object_end(json);
}

static void add_certificate_json(const X509 *certificate, struct json *json)
{
	uint8_t hash[CERTIFICATE_HASH_SIZE];
	char subject[NAME_SIZE];

	json_object_begin(json, NULL);
	if (certificate && hash_of(hash, certificate)) {
		format_subject(subject, certificate);
		json_text(json, "subject", subject);
		json_hex(json, "sha256", hash, sizeof(hash));
	}
	json_bool(json, "readable", certificate != NULL);
	json_object_end(json);
}

void boot_report_add_json(const struct boot_report *report, struct text *out)
{
	struct json json = json_to(out, true);
	char time[TIME_SIZE], device[NAME_SIZE];

	format_time(time, report->time);
	format_device(device, &report->iplb);
	json_object_begin(&json, NULL);
	json_text(&json, "guest", report->guest);
	json_bool(&json, "running", report->running);
	json_text(&json, "mode", ipl_mode_name(iplb_mode(&report->iplb)));
	json_text(&json, "started", time);
	json_bool(&json, "simulated", true);
	json_text(&json, "device", device);
	json_hex_u64(&json, "psw", report->psw);
	add_bits_json(&json, "iiei", report->ipl.iiei, IIEI_BITS, ipl_iiei_text);
	json_array_begin(&json, "components");
	for (unsigned i = 0; i < report->ipl.component_count; i++)
		add_component_json(report, i, &json);
	json_array_end(&json);
	json_array_begin(&json, "certificates");
	for (unsigned i = 0; i < report->ipl.certificate_count; i++)
		add_certificate_json(report->certificates[i], &json);
	json_array_end(&json);
	json_object_end(&json);
	text_add(out, "\n");
}
