/* SPDX-License-Identifier: MIT */
/* IPL reports: what can be read is written again and read as the same. */
#include <stdlib.h>
#include <string.h>

#include "ipl/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ipl_report report, again;
	static uint8_t bytes[IIRB_SIZE_MAX];

	memset(&report, 0, sizeof(report));
	memset(&again, 0, sizeof(again));
	if (!ipl_report_read(&report, data, size))
		return 0;
	if (!ipl_report_read(&again, bytes, ipl_report_write(&report, bytes)) ||
	    memcmp(&report, &again, sizeof(report)) != 0)
		abort();
	return 0;
}
