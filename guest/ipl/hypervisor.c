/* SPDX-License-Identifier: MIT */
#include "hypervisor.h"

#include "ipl/diag320_format.h"
#include "ipl/diag508_format.h"
#include "lib/line.h"
#include "lib/stop_boot.h"
#include "lib/string.h"

/* A header and the longest entry, in whole units. */
#define BLOCK_SIZE (3 * VCB_UNIT)
_Static_assert(sizeof(struct vcb) + VCE_MAX_LENGTH <= BLOCK_SIZE, "block for one certificate");

/* DIAGNOSE with an address in R1, the return code in R1+1, a subcode in R3. */
#define DIAGNOSE(name, number)                                             \
	static uint64_t name(uint64_t subcode, const void *operand)        \
	{                                                                  \
		register uint64_t r2 __asm__("2") = (uint64_t)operand;     \
		register uint64_t r3 __asm__("3") = 0;                     \
		register uint64_t r4 __asm__("4") = subcode;               \
		__asm__ volatile("diag %%r2,%%r4," number                  \
				 : "+d"(r2), "+d"(r3)                      \
				 : "d"(r4)                                 \
				 : "cc", "memory");                        \
		return r3;                                                 \
	}

DIAGNOSE(diag320, "0x320")
DIAGNOSE(diag508, "0x508")

static noreturn void stop_without(const char *missing, enum ipl_mode mode)
{
	struct line line;

	line_start(&line, "cannot boot in ");
	line_add(&line, ipl_mode_name(mode));
	line_add(&line, " mode, since the machine has no ");
	line_add(&line, missing);
	stop_boot(line.text, "use a CPU model of z16 or later with cstore, sipl and sclaf on");
}

static bool has_store_calls(void)
{
	const uint32_t needed = DIAG320_INSTALLED(DIAG320_QUERY_STORAGE) |
				DIAG320_INSTALLED(DIAG320_STORE);
	be32_t installed = { 0 };

	return diag320(DIAG320_QUERY_SUBCODES, &installed) == DIAG320_OK &&
	       (be32_get(installed) & needed) == needed;
}

static void check_store(void)
{
	static struct vcssb store __attribute__((aligned(8)));

	store.length = be32(sizeof(store));
	if (diag320(DIAG320_QUERY_STORAGE, &store) != DIAG320_OK)
		stop_boot("the certificate store cannot be asked for its size", NULL);
	if (be32_get(store.length) == VCSSB_NO_CERTIFICATES)
		stop_boot("Secure IPL needs a certificate, and the store is empty",
			  "name certificates with -machine boot-certs.0.path=");
}

void hypervisor_check(const struct scp *scp, enum ipl_mode mode)
{
	if (!scp->sipl)
		stop_without("secure IPL facility (sipl)", mode);
	if (!(diag508(DIAG508_QUERY, NULL) & DIAG508_VERIFY_SIGNATURE))
		stop_without("signature verification (DIAG 508)", mode);
	if (!scp->cstore || !has_store_calls())
		stop_without("certificate store (cstore, DIAG 320)", mode);
	if (!scp->sclaf)
		stop_without("secure code loading attributes (sclaf)", mode);
	check_store();
}

bool hypervisor_verify(void *context, const void *component, uint64_t component_size,
		       const void *signature, uint32_t signature_size, unsigned *index)
{
	struct svb svb = {
		.length = be32(sizeof(svb)),
		.component_length = be64(component_size),
		.component_address = be64((uint64_t)component),
		.signature_length = be64(signature_size),
		.signature_address = be64((uint64_t)signature),
	};

	(void)context;
	if (diag508(DIAG508_VERIFY_SIGNATURE, &svb) != DIAG508_OK)
		return false;
	*index = svb.answer.certificate_index;
	return true;
}

/* What was stored for one certificate is whole, and one that may be used. */
static bool is_usable(const struct vcb *block, const struct vce *entry)
{
	const uint64_t end = (uint64_t)be16_get(entry->certificate_offset) +
			     be32_get(entry->certificate_length);

	return be16_get(block->stored) == 1 && entry->flags & VCE_VALID &&
	       entry->format == VCE_FORMAT_X509_DER && end <= be32_get(entry->length) &&
	       be32_get(entry->length) <= BLOCK_SIZE - sizeof(*block);
}

enum load_certificate hypervisor_certificate(void *context, unsigned index, void *to,
					     size_t room, size_t *size)
{
	static union {
		struct vcb header;
		uint8_t bytes[BLOCK_SIZE];
	} block __attribute__((aligned(VCB_UNIT)));
	const struct vce *entry = (const struct vce *)(block.bytes + sizeof(block.header));

	(void)context;
	memset(&block, 0, sizeof(block));
	block.header.input_length = be32(sizeof(block));
	block.header.first = be16((uint16_t)(index + 1));
	block.header.last = block.header.first;
	if (diag320(DIAG320_STORE, &block) != DIAG320_OK)
		return LOAD_CERTIFICATE_NONE;
	if (be16_get(block.header.remaining) != 0)
		return LOAD_CERTIFICATE_ROOM;
	if (!is_usable(&block.header, entry))
		return LOAD_CERTIFICATE_NONE;
	*size = be32_get(entry->certificate_length);
	if (*size > room)
		return LOAD_CERTIFICATE_ROOM;
	memcpy(to, (const uint8_t *)entry + be16_get(entry->certificate_offset), *size);
	return LOAD_CERTIFICATE_OK;
}
