/* SPDX-License-Identifier: MIT */
#include "pvattest/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "hostkey/hostkey.h"

int check_hosts_load(struct check_host **hosts, const struct cli_list *files,
		     const struct log *log, struct error *err)
{
	int rc = 0;

	*hosts = calloc(files->count + 1, sizeof(**hosts));
	if (!*hosts)
		return error_set(err, ERR_NOMEM, "Out of memory");
	for (size_t i = 0; rc == 0 && i < files->count; i++) {
		struct check_host *host = &(*hosts)[i];
		struct hostkey *key;

		rc = hostkey_load(&key, files->items[i], log, err);
		if (rc < 0)
			break;
		host->file = files->items[i];
		memcpy(host->phkh, key->phkh, sizeof(host->phkh));
		hostkey_free(key);
	}
	if (rc < 0) {
		free(*hosts);
		*hosts = NULL;
	}
	return rc;
}
