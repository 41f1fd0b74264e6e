/* SPDX-License-Identifier: MIT */
/*
 * Payload: what a machine with Secure IPL shows of itself, READ SCP INFORMATION
 * and the IPL parameter block of DIAGNOSE 308. Parameters: mode (normal, audit,
 * secure; stock for a machine without Secure IPL), cpus, and facilities (a
 * number: 1 cstore, 2 sipl, 4 sclaf).
 */
#include "ipl/iplb.h"
#include "lib/string.h"
#include "payload/suite/cpus.h"
#include "payload/suite/diagnose.h"
#include "payload/suite/payload.h"
#include "payload/suite/storage.h"
#include "payload/suite/tap.h"

DIAGNOSE_SNIPPETS(308);
SNIPPET(service_call, ".insn rre,0xb2200000,%r3,%r2");
/* As an interruption handler: saves the facility bytes as it finds them. */
SNIPPET(save_facilities, "mvc 0(4,%r11),134(%r2)");

static enum ipl_mode mode;
static bool stock;

/* --- READ SCP INFORMATION ---------------------------------------------------------- */

#define READ_SCP_INFO 0x00020001
#define READ_SCP_INFO_FORCED 0x00120001
#define RESPONSE_COMPLETE 0x0010
#define CR0_SERVICE_SIGNAL 0x200UL
#define CPU_SIZE 16U

static uint8_t sccb[PAGE_SIZE] __attribute__((aligned(4096)));

static unsigned half(unsigned offset)
{
	return (unsigned)(sccb[offset] << 8 | sccb[offset + 1]);
}

static void prepare_sccb(unsigned length)
{
	memset(sccb, 0, sizeof(sccb));
	sccb[0] = (uint8_t)(length >> 8);
	sccb[1] = (uint8_t)length;
}

static struct probe sclp_probe(uint32_t command)
{
	struct probe probe = probe_of(service_call);

	probe.general[2] = (uint64_t)sccb;
	probe.general[3] = 0xdeadbeef00000000 | command;
	return probe;
}

static void expect_facilities(const uint8_t bytes[4])
{
	const unsigned facilities = stock ? 0 : parameter_number("facilities", 0);
	const unsigned ipl = (facilities & 2 ? 0x4000 : 0) | (facilities & 4 ? 0x1000 : 0);

	expect("byte 134", bytes[0], facilities & 1 ? 0x04 : 0);
	expect("byte 135", bytes[1], 0);
	expect("bytes 136 and 137", (unsigned)(bytes[2] << 8 | bytes[3]), ipl);
}

/* Each CPU has an entry that begins with its address. */
static void expect_cpus(void)
{
	const unsigned offset = half(18);

	expect("CPUs", half(16), parameter_number("cpus", 1));
	for (unsigned i = 0; i < half(16); i++)
		expect_element("address of CPU", i, sccb[offset + i * CPU_SIZE], i);
}

static void reads(const char *name, uint32_t command, unsigned length)
{
	const struct probe probe = sclp_probe(command);
	struct outcome outcome;

	prepare_sccb(length);
	outcome = probe_run(&probe);
	test(name);
	expect("program interruption", outcome.code, 0);
	expect("condition code", outcome.cc, 0);
	expect_general(&probe, &outcome, 16);
	expect("response", half(6), RESPONSE_COMPLETE);
	expect_cpus();
	expect("offset of the CPUs", half(18), stock ? 128 : 144);
	if (!stock)
		expect_facilities(sccb + 134);
}

/* With interruptions open the handler comes before the next instruction. */
static void check_interrupted(void)
{
	struct probe probe = sclp_probe(READ_SCP_INFO);
	static uint8_t saved[4];
	struct outcome outcome;

	prepare_sccb(PAGE_SIZE);
	lowcore()->external_new.mask = PSW_ADDRESSING_64;
	lowcore()->external_new.address = (uint64_t)save_facilities;
	probe.psw_mask |= PSW_EXTERNAL;
	probe.control_0 |= CR0_SERVICE_SIGNAL;
	probe.general[11] = (uint64_t)saved;
	outcome = probe_run(&probe);
	test("the service signal's handler finds the facilities");
	expect("program interruption", outcome.code, 0);
	expect("external interruption", lowcore()->external_code, 0x2401);
	expect_facilities(saved);
}

static void check_scp_info(void)
{
	struct probe probe = sclp_probe(READ_SCP_INFO);
	const unsigned shortest = 144 + CPU_SIZE * parameter_number("cpus", 1);

	/* The first one leaves the service signal pending, which harms nobody. */
	reads("read SCP information", READ_SCP_INFO, PAGE_SIZE);
	reads("read SCP information, again", READ_SCP_INFO, PAGE_SIZE);
	reads("read SCP information, forced", READ_SCP_INFO_FORCED, PAGE_SIZE);
	reads("read SCP information, the shortest block", READ_SCP_INFO, shortest);
	prepare_sccb(shortest - 1);
	probe_run(&probe);
	test("a block that is too short is left alone");
	expect("response", half(6), 0x0300);
	expect("offset of the CPUs", half(18), 0);
	if (!stock)
		check_interrupted();
	probe.psw_mask |= PSW_PROBLEM_STATE;
	prepare_sccb(PAGE_SIZE);
	diagnose_refused("read SCP information in problem state", &probe, PGM_PRIVILEGED, 4);
	expect("response", half(6), 0);
}

/* --- The IPL parameter block ----------------------------------------------------------- */

#define SUBCODE_SET 5
#define SUBCODE_STORE 6
#define CODE_OK 0x0001
#define CODE_NO_BLOCK 0x0102
#define CODE_INVALID 0x0402

static struct iplb block __attribute__((aligned(4096)));
static struct iplb stored __attribute__((aligned(4096)));

static struct probe call(uint64_t subcode, const volatile void *operand)
{
	return diagnose_probe(diag_308, diag_308, 0x308, subcode, operand);
}

static void prepare(uint8_t type, uint32_t length, uint8_t flags)
{
	memset(&block, 0, sizeof(block));
	block.length = be32(length);
	block.flags = flags;
	block.block_length = be32(192);
	block.type = type;
	block.devno = be16(1);
	block.rest[sizeof(block.rest) - 1] = 0x77;
}

static void expect_stored(void)
{
	const uint8_t flags = mode == IPL_SECURE ? IPLB_SECURE | IPLB_REPORT :
			      mode == IPL_AUDIT ? IPLB_REPORT : 0;

	expect("flags", stored.flags, stock || mode == IPL_NORMAL ? block.flags : flags);
	expect("length", be32_get(stored.length),
	       stock || mode == IPL_NORMAL ? be32_get(block.length) : IPLB_SIZE);
	expect("type", stored.type, block.type);
	expect("block length", be32_get(stored.block_length), 192);
	expect("device number", be16_get(stored.devno), 1);
	expect("last byte", stored.rest[sizeof(stored.rest) - 1],
	       be32_get(stored.length) == IPLB_SIZE ? 0x77 : 0xee);
}

static void keeps(const char *name, uint8_t type, uint32_t length, uint8_t flags)
{
	struct probe probe = call(SUBCODE_SET, &block);

	prepare(type, length, flags);
	diagnose_answered(name, &probe, CODE_OK);
	memset(&stored, 0xee, sizeof(stored));
	probe = call(SUBCODE_STORE, &stored);
	diagnose_answered("the block is stored again", &probe, CODE_OK);
	expect_stored();
}

static void check_flags(void)
{
	static const uint8_t flags[] = {
		0, IPLB_REPORT, IPLB_SECURE, IPLB_SECURE | IPLB_REPORT,
	};

	for (unsigned i = 0; i < sizeof(flags); i++) {
		keeps("a short block with flags of the guest", IPLB_CCW, IPLB_CCW_LENGTH,
		      flags[i]);
		keeps("a long block with flags of the guest", IPLB_CCW, IPLB_SIZE, flags[i]);
	}
	if (!stock && mode != IPL_NORMAL)
		keeps("a block of a SCSI disk stays as it is", IPLB_SCSI, IPLB_CCW_LENGTH, 0);
}

static void check_invalid(void)
{
	static const struct {
		const char *name;
		uint8_t type;
		uint32_t length;
	} cases[] = {
		{ "a block that is too short", IPLB_CCW, 199 },
		{ "a block longer than a page", IPLB_CCW, 4097 },
		{ "a block of another type", 0x77, IPLB_SIZE },
	};
	const struct probe set = call(SUBCODE_SET, &block);
	const struct probe store = call(SUBCODE_STORE, &stored);

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		keeps("a valid block", IPLB_CCW, IPLB_CCW_LENGTH, 0);
		prepare(cases[i].type, cases[i].length, IPLB_SECURE);
		diagnose_answered(cases[i].name, &set, CODE_INVALID);
		memset(&stored, 0xee, sizeof(stored));
		prepare(IPLB_CCW, IPLB_CCW_LENGTH, 0);
		diagnose_answered("after it, the one before is stored", &store, CODE_OK);
		expect_stored();
	}
}

static void check_block_refused(void)
{
	const uint64_t end = storage_size();

	for (uint64_t subcode = SUBCODE_SET; subcode <= SUBCODE_STORE; subcode++) {
		struct probe probe = call(subcode, &block);

		probe.psw_mask |= PSW_PROBLEM_STATE;
		diagnose_refused("in problem state", &probe, PGM_PRIVILEGED, 4);
		probe = call(subcode, &block);
		probe.code = diag_308_odd;
		diagnose_refused("odd register", &probe, PGM_SPECIFICATION, 4);
		probe = call(subcode, (uint8_t *)&block + 8);
		diagnose_refused("an address that is not aligned", &probe,
				 PGM_SPECIFICATION, 4);
		probe = call(subcode, (void *)end);
		diagnose_refused("an address behind storage", &probe, PGM_ADDRESSING, 4);
	}
}

static void check_without_block(void)
{
	const struct probe probe = call(SUBCODE_STORE, &stored);

	memset(&stored, 0xee, sizeof(stored));
	diagnose_answered("store without a block", &probe, CODE_NO_BLOCK);
	expect("first byte", stored.length.b[0], 0xee);
}

void payload_main(void)
{
	interruptions_unexpected();
	stock = parameter_is("mode", "stock");
	mode = parameter_is("mode", "secure") ? IPL_SECURE :
	       parameter_is("mode", "audit") ? IPL_AUDIT : IPL_NORMAL;
	check_scp_info();
	check_without_block();
	check_block_refused();
	check_flags();
	check_invalid();
}
