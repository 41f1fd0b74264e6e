/* SPDX-License-Identifier: MIT */
/*
 * Where to get what is missing: the hints of errors. The pages are those of
 * docs/reference/host-key-documents.md, "Where things come from".
 */
#ifndef UV_HOSTKEY_REMEDY_H
#define UV_HOSTKEY_REMEDY_H

#define REMEDY_BASE "https://www.ibm.com/support/resourcelink/api/content/public/"

#define REMEDY_DOCUMENT                                                       \
	"Get the host key document of the machine from its provider, or from " \
	REMEDY_BASE "host-key-documents.html"

#define REMEDY_SIGNING_KEY                                                     \
	"Get the signing key that belongs to the machine's generation: z15 "   \
	"from " REMEDY_BASE "secure-execution-gen1.html, z16 and later from "  \
	REMEDY_BASE "secure-execution-gen2.html"

#define REMEDY_HOST_KEY_CRL                                                    \
	"Get the current revocation list for host keys and give it with "      \
	"--crl: ibm-z-host-key.crl from " REMEDY_BASE                          \
	"secure-execution-gen1.html (z15) or ibm-z-host-key-gen2.crl from "    \
	REMEDY_BASE "secure-execution-gen2.html (z16 and later)"

#endif
