/* SPDX-License-Identifier: MIT */
#include "machine/boot_report.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "ipl/certstore.h"
#include "machine/guest_control.h"
#include "machine/runtime.h"

/* More than the longest report takes in hexadecimal digits. */
#define DOCUMENT_MAX (4UL << 20)

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

/* --- Where it comes from ------------------------------------------------------ */

static int ask_guest(json_t **document, const char *name, struct error *err)
{
	struct guest_control *control;
	int rc = guest_control_open(&control, name, err);

	if (rc)
		return rc;
	rc = guest_control_ask(document, control, "{\"execute\": \"report\"}", err);
	guest_control_close(control);
	return rc;
}

static int no_report(const char *name, struct error *err)
{
	error_set(err, ERR_NOT_FOUND,
		  "No guest named '%s' is running, and none has left a report", name);
	return error_hint(err, ERR_NOT_FOUND,
			  "a report is made in audit and secure mode, when the boot loader starts a program; "
			  "'ultraviolet list' shows the guests that run");
}

static int read_left(json_t **document, const char *name, struct error *err)
{
	uint8_t *bytes = NULL;
	size_t size;
	char *path;
	int rc = runtime_report_path(&path, name, err);

	if (rc)
		return rc;
	if (access(path, F_OK) && errno == ENOENT)
		rc = no_report(name, err);
	else
		rc = file_read(&bytes, &size, path, DOCUMENT_MAX, err);
	if (!rc) {
		*document = json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(*document))
			rc = error_set(err, ERR_FORMAT, "The report '%s' is no JSON object", path);
	}
	free(bytes);
	free(path);
	return rc;
}

/* --- Taking it apart ------------------------------------------------------------- */

/* The bytes of the string @value, at most @room of them; *@size says how many. */
static bool decode(const json_t *value, void *to, size_t room, size_t *size)
{
	const char *digits = json_string_value(value);
	size_t length = digits ? strlen(digits) : 0;

	*size = length / 2;
	return digits && *size <= room && hex_decode(to, *size, digits, length, NULL) == 0;
}

static bool decode_exactly(const json_t *value, void *to, size_t wanted)
{
	size_t size;

	return decode(value, to, wanted, &size) && size == wanted;
}

static X509 *decode_certificate(const json_t *value)
{
	uint8_t der[CERTIFICATE_DER_MAX];
	const uint8_t *at = der;
	size_t size;

	return decode(value, der, sizeof(der), &size) ? d2i_X509(NULL, &at, (long)size) : NULL;
}

static bool take_apart(struct boot_report *report, const json_t *document)
{
	const char *guest = json_string_value(json_object_get(document, "guest"));
	const json_t *certificates = json_object_get(document, "certificates");
	uint8_t iirb[IIRB_SIZE_MAX];
	size_t size;
	be64_t psw;

	if (!guest || !decode_exactly(json_object_get(document, "psw"), &psw, sizeof(psw)) ||
	    !decode_exactly(json_object_get(document, "iplb"), &report->iplb,
			    sizeof(report->iplb)) ||
	    !decode(json_object_get(document, "iirb"), iirb, sizeof(iirb), &size) ||
	    !ipl_report_read(&report->ipl, iirb, size) ||
	    json_array_size(certificates) != report->ipl.certificate_count)
		return false;
	for (unsigned i = 0; i < report->ipl.certificate_count; i++)
		report->certificates[i] = decode_certificate(json_array_get(certificates, i));
	report->guest = strdup(guest);
	report->psw = be64_get(psw);
	report->time = (uint64_t)json_integer_value(json_object_get(document, "time"));
	return report->guest != NULL;
}

static int read_document(struct boot_report **out, const json_t *document, bool running,
			 const char *name, struct error *err)
{
	struct boot_report *report = calloc(1, sizeof(*report));

	if (!report)
		return no_memory(err);
	report->running = running;
	if (!take_apart(report, document)) {
		boot_report_free(report);
		return error_set(err, ERR_FORMAT, "The report of the guest '%s' is damaged",
				 name);
	}
	*out = report;
	return 0;
}

int boot_report_get(struct boot_report **out, const char *name, struct error *err)
{
	json_t *document = NULL;
	bool running = true;
	int rc = ask_guest(&document, name, err);

	if (rc == ERR_NOT_FOUND) {
		running = false;
		rc = read_left(&document, name, err);
	}
	if (!rc)
		rc = read_document(out, document, running, name, err);
	json_decref(document);
	return rc;
}

void boot_report_free(struct boot_report *report)
{
	if (!report)
		return;
	for (unsigned i = 0; i < report->ipl.certificate_count; i++)
		X509_free(report->certificates[i]);
	free(report->guest);
	free(report);
}
