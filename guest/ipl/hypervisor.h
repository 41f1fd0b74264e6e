/* SPDX-License-Identifier: MIT */
/*
 * What the hypervisor does for Secure IPL: certificates (DIAGNOSE 320) and
 * verification of signatures (DIAGNOSE 508). See docs/reference/diag-320.md and
 * diag-508.md.
 */
#ifndef UV_GUEST_HYPERVISOR_H
#define UV_GUEST_HYPERVISOR_H

#include "ipl/load.h"
#include "scp.h"

/*
 * Stops the machine, with the reason, unless it can do all that Secure IPL
 * needs and there is a certificate.
 */
void hypervisor_check(const struct scp *scp, enum ipl_mode mode);

/* For struct load_operations; the context is not used. */
bool hypervisor_verify(void *context, const void *component, uint64_t component_size,
		       const void *signature, uint32_t signature_size, unsigned *index);
enum load_certificate hypervisor_certificate(void *context, unsigned index, void *to,
					     size_t room, size_t *size);

#endif
