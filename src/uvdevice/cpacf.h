/* SPDX-License-Identifier: MIT */
/*
 * The CPU's crypto functions, CPACF: what protected keys are for. See
 * docs/reference/secrets.md, "Retrieved secrets".
 */
#ifndef UV_UVDEVICE_CPACF_H
#define UV_UVDEVICE_CPACF_H

#include <stdbool.h>

/*
 * Does this CPU have functions that take protected keys? One that has any has them
 * for AES, which the query of KM tells. No CPU but those of s390x does.
 */
bool cpacf_takes_protected_keys(void);

#endif
