/* SPDX-License-Identifier: MIT */
#include "css.h"

#include "base/be.h"
#include "lib/cpu.h"
#include "lib/string.h"

#define CCW_SUPPRESS_LENGTH 0x20
#define ORB_FORMAT1_ALL_PATHS 0x0080ff00U
#define PMCW_ENABLE 0x00800000U
#define PMCW_DEVICE_VALID 0x00010000U
#define CHSC_SET_FACILITY 0x0031
#define CHSC_MULTIPLE_SETS 2
#define STATUS_END 0x0c00U /* channel end and device end, and nothing else */

/* Subchannel-information block: path management control word first. */
struct schib {
	uint32_t parameter;
	uint32_t control; /* PMCW_..., device number in the low half */
	uint32_t others[11];
} __attribute__((aligned(4)));

struct orb {
	uint32_t parameter;
	uint32_t flags;
	uint32_t program;
	uint32_t reserved[5];
} __attribute__((aligned(4)));

/* Interruption-response block: subchannel-status word first. */
struct irb {
	uint32_t flags;
	uint32_t program;
	uint16_t status;   /* of device and subchannel */
	uint16_t residual;
	uint32_t others[21];
} __attribute__((aligned(4)));

struct chsc_facility {
	be16_t length;        /* 0x00 of the request */
	be16_t command;       /* 0x02 */
	be16_t reserved_04;   /* 0x04 */
	be16_t operation;     /* 0x06 */
	uint8_t others[4088]; /* 0x08 the response is at 0x400 */
} __attribute__((aligned(4096)));
WIRE_AT(struct chsc_facility, operation, 0x06);
WIRE_SIZE(struct chsc_facility, 4096);

/* Each returns the condition code. */
#define SUBCHANNEL_INSTRUCTION(name, mnemonic, type)                       \
	static unsigned name(uint32_t id, type *operand)                   \
	{                                                                  \
		register uint64_t r1 __asm__("1") = id;                    \
		unsigned cc;                                               \
		__asm__ volatile(mnemonic " %[operand]\n"                  \
				 "	ipm	%[cc]\n"                   \
				 "	srl	%[cc],28\n"                \
				 : [cc] "=d"(cc), [operand] "+Q"(*operand) \
				 : "d"(r1)                                 \
				 : "cc", "memory");                        \
		return cc;                                                 \
	}

SUBCHANNEL_INSTRUCTION(stsch, "stsch", struct schib)
SUBCHANNEL_INSTRUCTION(msch, "msch", struct schib)
SUBCHANNEL_INSTRUCTION(ssch, "ssch", struct orb)
SUBCHANNEL_INSTRUCTION(tsch, "tsch", struct irb)

void css_enable_sets(void)
{
	static struct chsc_facility request;

	request.length = be16(0x400);
	request.command = be16(CHSC_SET_FACILITY);
	request.operation = be16(CHSC_MULTIPLE_SETS);
	__asm__ volatile(".insn rre,0xb25f0000,%0,0" : : "a"(&request) : "cc", "memory");
}

enum css_found css_look(uint32_t id, uint16_t *devno)
{
	struct schib schib;

	if (stsch(id, &schib) != 0)
		return CSS_END;
	if (!(schib.control & PMCW_DEVICE_VALID))
		return CSS_EMPTY;
	*devno = (uint16_t)schib.control;
	return CSS_DEVICE;
}

bool css_enable(uint32_t id)
{
	struct schib schib;

	if (stsch(id, &schib) != 0)
		return false;
	schib.control |= PMCW_ENABLE;
	return msch(id, &schib) == 0;
}

/* QEMU has executed the program when SSCH ends; a slower machine may take time. */
static bool wait_for_end(uint32_t id, struct irb *irb)
{
	const uint64_t patience = clock_now() + 10 * CLOCK_SECOND;
	unsigned cc;

	while ((cc = tsch(id, irb)) == 1) {
		if (clock_now() > patience)
			return false;
	}
	return cc == 0;
}

bool css_run(uint32_t id, uint8_t command, const void *data, uint16_t count)
{
	const struct ccw program = {
		command, CCW_SUPPRESS_LENGTH, count, (uint32_t)(uint64_t)data,
	};
	struct orb orb = {
		.flags = ORB_FORMAT1_ALL_PATHS,
		.program = (uint32_t)(uint64_t)&program,
	};
	struct irb irb;

	if (ssch(id, &orb) != 0)
		return false;
	return wait_for_end(id, &irb) && irb.status == STATUS_END;
}
