/* SPDX-License-Identifier: MIT */
#include "plugin/handover.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "ipl/report.h"

/* Where the boot loader leaves the address of the IPL parameter block. */
#define LOWCORE_IPLB 0x14

struct copy {
	struct iplb iplb;
	uint8_t iirb[IIRB_SIZE_MAX];
	size_t iirb_size;
	struct ipl_report report;
	uint8_t psw[8];
};

/* False when there is no report, or none that can be read. */
static bool take(struct copy *copy)
{
	uint64_t low = prefix_register(), address;
	struct iirb header;
	be32_t pointer;

	if (!storage_read(0, copy->psw, sizeof(copy->psw)) ||
	    !storage_read(low + LOWCORE_IPLB, &pointer, sizeof(pointer)))
		return false;
	address = be32_get(pointer);
	if (!storage_read(address, &copy->iplb, sizeof(copy->iplb)) ||
	    !(copy->iplb.flags & IPLB_REPORT))
		return false;
	address += ipl_report_offset(&copy->iplb);
	if (!storage_read(address, &header, sizeof(header)))
		return false;
	copy->iirb_size = be32_get(header.length);
	return copy->iirb_size <= sizeof(copy->iirb) &&
	       storage_read(address, copy->iirb, copy->iirb_size) &&
	       ipl_report_read(&copy->report, copy->iirb, copy->iirb_size);
}

static void add_certificate(struct json *json, const struct iirb_certificate *entry)
{
	uint64_t size = be64_get(entry->length);
	uint8_t der[CERTIFICATE_DER_MAX];

	if (size > sizeof(der) || !storage_read(be64_get(entry->address), der, size))
		size = 0;
	json_hex(json, NULL, der, size);
}

static void describe(struct text *text, const struct firmware *firmware,
		     const struct copy *copy)
{
	struct json json = json_to(text, false);

	json_object_begin(&json, NULL);
	json_text(&json, "guest", firmware->arguments.name);
	json_text(&json, "mode", ipl_mode_name(firmware->secure_ipl.mode));
	json_bool(&json, "simulated", true);
	json_u64(&json, "time", firmware_now() / 1000000000);
	json_hex(&json, "psw", copy->psw, sizeof(copy->psw));
	json_hex(&json, "iplb", &copy->iplb, sizeof(copy->iplb));
	json_hex(&json, "iirb", copy->iirb, copy->iirb_size);
	json_array_begin(&json, "certificates");
	for (unsigned i = 0; i < copy->report.certificate_count; i++)
		add_certificate(&json, &copy->report.certificates[i]);
	json_array_end(&json);
	json_object_end(&json);
}

static void leave(struct firmware *firmware, const struct text *text)
{
	const char *path = firmware->secure_ipl.report_path;
	struct error err = { 0 };

	if (path && file_write(path, text_chars(text), text->length, OUTFILE_REPLACE,
			       0600, &err))
		firmware_say(firmware, "the IPL report is not kept: %s: %s", err.message,
			     err.cause);
}

void handover_on_start(struct firmware *firmware)
{
	struct secure_ipl *secure_ipl = &firmware->secure_ipl;
	struct text text = { 0 };
	struct copy *copy;

	if (!secure_ipl_has_report(secure_ipl) ||
	    !atomic_exchange(&secure_ipl->handover_due, false))
		return;
	copy = calloc(1, sizeof(*copy));
	if (copy && take(copy)) {
		describe(&text, firmware, copy);
		leave(firmware, &text);
	} else {
		firmware_say(firmware, "the boot loader hands over no IPL report");
	}
	free(copy);
	secure_ipl_keep_handover(secure_ipl, &text);
}
