/* SPDX-License-Identifier: MIT */
#include "lib/sclp.h"

#include <stdbool.h>

#include "lib/cpu.h"

#define CR0_CLOCK_COMPARATOR 0x800UL
#define CR0_SERVICE_SIGNAL 0x200UL
#define CODE_SERVICE_SIGNAL 0x2401

#define PATIENCE (2 * CLOCK_SECOND)

/* Condition codes; 3 means that there is no SCLP. */
enum { ACCEPTED = 0, BUSY = 2 };

/* What waiting changes. */
struct wait_state {
	uint64_t cr0;
	uint64_t clock_comparator;
	struct psw external_new;
};

static unsigned service_call(uint32_t command, struct sccb *sccb)
{
	unsigned cc;

	__asm__ volatile("	.insn	rre,0xb2200000,%[command],%[sccb]\n" /* SERVC */
			 "	ipm	%[cc]\n"
			 "	srl	%[cc],28\n"
			 : [cc] "=&d"(cc)
			 : [command] "d"(command), [sccb] "a"(sccb)
			 : "cc", "memory");
	return cc;
}

static void cr0_load(uint64_t value)
{
	__asm__ volatile("lctlg %%c0,%%c0,%0" : : "Q"(value) : "memory");
}

static void clock_comparator_load(uint64_t value)
{
	__asm__ volatile("sckc %0" : : "Q"(value));
}

/* Opens the service signal and, as a limit, the clock comparator. */
static void wait_open(struct wait_state *saved)
{
	__asm__ volatile("stctg %%c0,%%c0,%0" : "=Q"(saved->cr0));
	__asm__ volatile("stckc %0" : "=Q"(saved->clock_comparator));
	saved->external_new.mask = lowcore()->external_new.mask;
	saved->external_new.address = lowcore()->external_new.address;
	clock_comparator_load(clock_now() + PATIENCE);
	cr0_load(CR0_SERVICE_SIGNAL | CR0_CLOCK_COMPARATOR);
}

static void wait_close(const struct wait_state *saved)
{
	lowcore()->external_new.mask = saved->external_new.mask;
	lowcore()->external_new.address = saved->external_new.address;
	clock_comparator_load(saved->clock_comparator);
	cr0_load(saved->cr0);
}

/* Sleeps until an external interruption and returns its code. */
static uint16_t wait_once(void)
{
	const struct psw sleep = { PSW_EXTERNAL | PSW_WAIT | PSW_ADDRESSING_64, 0 };

	lowcore()->external_new.mask = PSW_ADDRESSING_64;
	__asm__ volatile("	larl	%%r1,0f\n"
			 "	stg	%%r1,%[after]\n"
			 "	lpswe	%[sleep]\n"
			 "0:\n"
			 : [after] "=Q"(lowcore()->external_new.address)
			 : [sleep] "Q"(sleep)
			 : "r1", "cc", "memory");
	return lowcore()->external_code;
}

/* False when the signal did not come in time. */
static bool wait_for_service_signal(void)
{
	struct wait_state saved;
	uint16_t code;

	wait_open(&saved);
	code = wait_once();
	wait_close(&saved);
	return code == CODE_SERVICE_SIGNAL;
}

uint16_t sclp_call(uint32_t command, struct sccb *sccb)
{
	unsigned cc;

	sccb->response = be16(0);
	while ((cc = service_call(command, sccb)) == BUSY) {
		if (!wait_for_service_signal())
			return 0;
	}
	if (cc != ACCEPTED)
		return 0;
	/* An older signal that nobody took may come first. */
	while (wait_for_service_signal()) {
		if (be16_get(sccb->response) != 0)
			break;
	}
	return be16_get(sccb->response);
}
