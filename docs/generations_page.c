/* SPDX-License-Identifier: MIT */
/*
 * Prints docs/reference/generations.md: the table of generations as the code
 * has it, with the source of each value. A test compares the two;
 * `ninja -C build generations-page-update` writes the page anew.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/be.h"
#include "image/control_flags.h"
#include "ultravisor/generation.h"

typedef void print_cell(const struct generation *g);

struct row {
	const char *label;
	print_cell *print;
	const char *source;
};

/* A bit of a word with its name. */
struct bit_name {
	unsigned bit;
	const char *name;
};

static const struct bit_name call_names[] = {
	{ 0, "Query Ultravisor Information" },
	{ 8, "Set Shared Access" },
	{ 9, "Remove Shared Access" },
	{ 28, "Retrieve Attestation Measurement" },
	{ 29, "Add Secret" },
	{ 30, "List Secrets" },
	{ 31, "Lock Secret Store" },
	{ 33, "Retrieve Secret" },
	{ 34, "Query Keys" },
	{ 0, NULL },
};

static const struct bit_name attestation_names[] = {
	{ 1, "nonce" },
	{ 2, "PHKH of the image" },
	{ 3, "PHKH of the request" },
	{ 4, "hash of the secret store" },
	{ 0, NULL },
};

static const struct bit_name secret_names[] = {
	{ 1, "meta" },
	{ 2, "association" },
	{ 3, "plaintext" },
	{ 4, "AES-128" },
	{ 5, "AES-192" },
	{ 6, "AES-256" },
	{ 7, "AES-XTS-128" },
	{ 8, "AES-XTS-256" },
	{ 9, "HMAC-SHA-256" },
	{ 10, "HMAC-SHA-512" },
	{ 17, "EC P-256" },
	{ 18, "EC P-384" },
	{ 19, "EC P-521" },
	{ 20, "Ed25519" },
	{ 21, "Ed448" },
	{ 22, "update CCK" },
	{ 0, NULL },
};

static void print_word(uint64_t word)
{
	if (word)
		printf("`%016" PRIx64 "`", word);
	else
		printf("none");
}

static void print_yes(bool yes)
{
	printf("%s", yes ? "yes" : "no");
}

static void print_types(const struct generation *g)
{
	for (size_t i = 0; g->types[i]; i++)
		printf("%s%04x", i ? ", " : "", g->types[i]);
}

static void print_models(const struct generation *g)
{
	for (size_t i = 0; g->types[i]; i++)
		printf("%s%s", i ? ", " : "", g->cpu_models[i]);
}

#define WORD_CELL(field) \
	static void print_##field(const struct generation *g) { print_word(g->field); }
#define NUMBER_CELL(field) \
	static void print_##field(const struct generation *g) { printf("%u", g->field); }
#define YES_CELL(field) \
	static void print_##field(const struct generation *g) { print_yes(g->field); }

WORD_CELL(feature_indications)
WORD_CELL(header_versions)
WORD_CELL(pcf)
WORD_CELL(scf)
WORD_CELL(attestation_versions)
WORD_CELL(attestation_flags)
WORD_CELL(add_secret_versions)
WORD_CELL(add_secret_flags)
WORD_CELL(secret_types)
WORD_CELL(max_address)
NUMBER_CELL(max_association_secrets)
NUMBER_CELL(max_retrievable_secrets)
NUMBER_CELL(max_guests)
NUMBER_CELL(max_cpu_id)
YES_CELL(dump)
YES_CELL(ap)

static void print_calls(const struct generation *g)
{
	print_word(g->calls[0]);
}

static const struct row rows[] = {
	{ "machine types", print_types, "QEMU: target/s390x/cpu_models.c" },
	{ "CPU models", print_models, "QEMU: target/s390x/cpu_models.c" },
	{ "calls, first word", print_calls,
	  "linux: arch/s390/include/asm/uv.h (the bits); by generation: see below" },
	{ "feature indications", print_feature_indications,
	  "s390-tools: rust/pvinfo (which bits there are); *chosen*: none, because none of these features is implemented" },
	{ "SE header versions", print_header_versions,
	  "s390-tools: rust/pvinfo/tests/assets/query/supp_se_hdr_ver" },
	{ "plaintext control flags", print_pcf,
	  "s390-tools: rust/pvimg/src/pv_utils/se_hdr/flags.rs; by generation: see below" },
	{ "secret control flags", print_scf,
	  "s390-tools: rust/pvimg/src/pv_utils/se_hdr/flags.rs, rust/pvimg/man/pvimg-create.1 (CCK update from z17)" },
	{ "attestation request versions", print_attestation_versions,
	  "s390-tools: rust/pv/src/uvattest (version 0x100)" },
	{ "attestation flags", print_attestation_flags,
	  "s390-tools: rust/pv/src/uvattest; which of them z16 has: *chosen*" },
	{ "add-secret request versions", print_add_secret_versions,
	  "s390-tools: rust/pv/src/uvsecret (version 0x100)" },
	{ "add-secret flags", print_add_secret_flags,
	  "s390-tools: rust/pv/src/uvsecret (bit 0: disable dump)" },
	{ "secret types", print_secret_types,
	  "linux: arch/s390/include/asm/uv.h; s390-tools: rust/pv/src/uvsecret; by generation: see below" },
	{ "association secrets, at most", print_max_association_secrets,
	  "*chosen*: more than one page of 85 list entries; on z16 few enough to fill the store" },
	{ "retrievable secrets, at most", print_max_retrievable_secrets, "*chosen*" },
	{ "protected guests, at most", print_max_guests,
	  "s390-tools: rust/pvinfo/tests/assets/query/max_guests" },
	{ "highest CPU address", print_max_cpu_id,
	  "s390-tools: rust/pvinfo/tests/assets/query/max_cpus (Linux adds 1)" },
	{ "highest guest address", print_max_address,
	  "s390-tools: rust/pvinfo/tests/assets/query/max_address" },
	{ "confidential dump", print_dump,
	  "IBM: \"Attestation and Confidential Dump for IBM Secure Execution on Linux\", slides, 2022: z16" },
	{ "crypto adapters", print_ap,
	  "IBM: \"Introducing IBM Secure Execution for Linux\", SC34-7721, \"Required hardware\": z16; "
	  "QEMU: target/s390x/gen-features.c (UV_FEAT_AP from gen16)" },
};

static void print_table(void)
{
	printf("| |");
	for (const struct generation *g = generations; g->name; g++)
		printf(" %s |", g->name);
	printf(" source |\n|---|");
	for (const struct generation *g = generations; g->name; g++)
		printf("---|");
	printf("---|\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		printf("| %s |", rows[i].label);
		for (const struct generation *g = generations; g->name; g++) {
			printf(" ");
			rows[i].print(g);
			printf(" |");
		}
		printf(" %s |\n", rows[i].source);
	}
	printf("\n");
}

/* Which generations have which bits of the word that @word gives. */
static void print_bits(const char *title, const struct bit_name *names,
		       uint64_t (*word)(const struct generation *g))
{
	printf("| bit | %s |", title);
	for (const struct generation *g = generations; g->name; g++)
		printf(" %s |", g->name);
	printf("\n|---|---|");
	for (const struct generation *g = generations; g->name; g++)
		printf("---|");
	printf("\n");
	for (; names->name; names++) {
		printf("| %u | %s |", names->bit, names->name);
		for (const struct generation *g = generations; g->name; g++)
			printf(" %s |", word(g) & MSB0(names->bit) ? "yes" : "–");
		printf("\n");
	}
	printf("\n");
}

/* The same for the labels that the header's flags have already. */
static void print_flags(const char *title, const struct control_flag *flags,
			uint64_t (*word)(const struct generation *g))
{
	struct bit_name names[64] = { { 0, NULL } };
	size_t count = 0;

	for (; flags->mask; flags++)
		names[count++] = (struct bit_name){
			(unsigned)__builtin_clzll(flags->mask), flags->label
		};
	print_bits(title, names, word);
}

#define WORD_OF(field) \
	static uint64_t word_of_##field(const struct generation *g) { return g->field; }

WORD_OF(pcf)
WORD_OF(scf)
WORD_OF(attestation_flags)
WORD_OF(secret_types)

static uint64_t word_of_calls(const struct generation *g)
{
	return g->calls[0];
}

int main(void)
{
	printf("# Machine generations\n\n"
	       "What a simulated machine offers depends on its generation, which is chosen when it is created and never\n"
	       "changes. This page is printed by `docs/generations_page.c` from the table in `src/ultravisor/generation.c`;\n"
	       "`ninja -C build generations-page-update` writes it anew. Words are hexadecimal, bit 0 is the leftmost.\n"
	       "Values that no public source gives are marked *chosen*.\n\n");
	print_table();
	printf("## Calls of a guest\n\n");
	print_bits("call", call_names, word_of_calls);
	printf("* Attestation is available from z16 on (IBM: SC34-7721, \"Required software\").\n"
	       "* The secret store came with the crypto adapters' binding and association, for z16 (IBM: SC34-7721).\n"
	       "* Retrieve Secret from z17 on: *chosen*. The public sources name the call (linux: drivers/s390/char/uvdevice.c), not the\n"
	       "  machine; it appeared in Linux and s390-tools together with z17 (s390-tools: CHANGELOG.md, 2.37).\n"
	       "* Query Keys on z17 only: *chosen*. A list of calls captured from a real machine without the secret store does not have it\n"
	       "  (s390-tools: rust/pvinfo/tests/assets/query/facilities).\n\n"
	       "## Control flags of an SE header\n\n");
	print_flags("plaintext flag", plaintext_control_flags, word_of_pcf);
	print_flags("secret flag", secret_control_flags, word_of_scf);
	printf("* Dumps need z16 (IBM: SC34-7721), so z15 refuses the flag.\n"
	       "* HMAC keys for PCKMO came with facility bits that z17 has (QEMU: target/s390x/gen-features.c): z17 only.\n"
	       "* That every generation takes images without encryption and for backup keys: *chosen*.\n"
	       "* A mask captured from a real machine, `300050e3`, has three further bits (49, 51, 63) whose meaning is not public; they are\n"
	       "  refused here.\n\n"
	       "## Attestation\n\n");
	print_bits("flag", attestation_names, word_of_attestation_flags);
	printf("Bit 5, the firmware state, is not offered: a simulated machine has none that IBM's service would know.\n\n"
	       "## Secret types\n\n");
	print_bits("type", secret_names, word_of_secret_types);
	printf("## CPU model\n\n"
	       "The CPU model is what a machine shows, not what its guests run on: QEMU's TCG emulates no complete model of these\n"
	       "generations. Measured with QEMU 11.1.2: `-cpu max` starts; `-cpu gen15a` is refused for missing features, `gen16a`,\n"
	       "`gen16b`, `gen17a` and `gen17b` as too new (\"Maximum supported model … 'gen15a'\").\n");
	return 0;
}
