/* SPDX-License-Identifier: MIT */
/*
 * What a domain XML can ask for, in the form in which libvirt answers that
 * question. See docs/reference/domain-xml.md, "Domain capabilities".
 */
#ifndef UV_MACHINE_DOMAIN_CAPABILITIES_H
#define UV_MACHINE_DOMAIN_CAPABILITIES_H

#include "base/text.h"
#include "machine/engine.h"

/* Writes the document to @out, for guests that @engine runs. */
void domain_capabilities_format(struct text *out, const struct engine *engine);

#endif
