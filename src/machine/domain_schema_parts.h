/* SPDX-License-Identifier: MIT */
/* Between the files with the tables of a domain XML. */
#ifndef UV_MACHINE_DOMAIN_SCHEMA_PARTS_H
#define UV_MACHINE_DOMAIN_SCHEMA_PARTS_H

#include "machine/domain_schema.h"

#define END { .name = NULL } /* of a table */
#define YES_NO "yes no"
#define ON_OFF "on off"

extern const struct domain_element domain_schema_devices[];

#endif
