/* SPDX-License-Identifier: MIT */
#include "payload/suite/cpus.h"

#include "lib/cpu.h"
#include "payload/suite/payload.h"
#include "payload/suite/payload_area.h"
#include "payload/suite/tap.h"

#define STACK_SIZE 8192
#define FIRST_FRAME 160

static uint8_t areas[CPUS_MAX][PREFIX_AREA_SIZE] __attribute__((aligned(PREFIX_AREA_SIZE)));
static uint8_t stacks[CPUS_MAX][STACK_SIZE] __attribute__((aligned(8)));

void cpu_entry(void) LINKED_HERE;
void cpu_run(void);

__asm__(".pushsection .text.cpu_entry,\"ax\",@progbits\n"
	".balign 8\n"
	".hidden cpu_entry\n"
	"cpu_entry:\n"
	"	lg	%r15,0x320\n"
	"	brasl	%r14,cpu_run\n"
	".popsection\n");
_Static_assert(AREA_CPU_STACK == 0x320, "the number above");

enum sigp_cc sigp(unsigned cpu, enum sigp_order order, uint64_t parameter,
		  uint32_t *status)
{
	register uint64_t result __asm__("2") = 0;
	register uint64_t given __asm__("3") = parameter;
	unsigned cc;

	__asm__ volatile("sigp %[result],%[cpu],0(%[order])\n"
			 "ipm %[cc]\n"
			 "srl %[cc],28\n"
			 : [cc] "=&d"(cc), [result] "+d"(result)
			 : [cpu] "d"((uint64_t)cpu), [order] "a"((uint64_t)order),
			   "d"(given)
			 : "cc", "memory");
	*status = (uint32_t)result;
	return cc;
}

bool cpu_exists(unsigned cpu)
{
	uint32_t status;

	return sigp(cpu, SIGP_SENSE, 0, &status) != SIGP_NOT_OPERATIONAL;
}

bool cpu_is_stopped(unsigned cpu)
{
	uint32_t status;

	return sigp(cpu, SIGP_SENSE, 0, &status) == SIGP_STATUS_STORED &&
	       (status & SIGP_STATUS_STOPPED);
}

unsigned cpu_count(void)
{
	unsigned count = 0;

	for (unsigned cpu = 0; cpu < 64; cpu++)
		count += cpu_exists(cpu);
	return count;
}

unsigned cpu_address(void)
{
	uint16_t address;

	__asm__ volatile("stap %0" : "=Q"(address));
	return address;
}

/* Runs on the CPU that was started. */
void cpu_run(void)
{
	volatile const char *area = (volatile const char *)lowcore();
	void (*function)(void *) =
		*(void (*volatile const *)(void *))(area + AREA_CPU_FUNCTION);
	uint32_t status;

	interruptions_unexpected();
	function(*(void *volatile const *)(area + AREA_CPU_ARGUMENT));
	for (;;)
		sigp(cpu_address(), SIGP_STOP, 0, &status);
}

static void order(unsigned cpu, enum sigp_order what, uint64_t parameter)
{
	uint32_t status = 0;
	enum sigp_cc cc;

	do
		cc = sigp(cpu, what, parameter, &status);
	while (cc == SIGP_BUSY);
	if (cc != SIGP_ACCEPTED)
		bail_out("a SIGP order was not accepted: status", status, cpu);
}

void cpu_start(unsigned cpu, void (*function)(void *argument), void *argument)
{
	uint8_t *area = areas[cpu];
	struct lowcore *low = (struct lowcore *)area;

	if (cpu >= CPUS_MAX)
		bail_out("no work for CPU", cpu, (uint64_t)function);
	low->restart_new.mask = PSW_ADDRESSING_64;
	low->restart_new.address = (uint64_t)cpu_entry;
	*(uint64_t *)(area + AREA_CPU_STACK) =
		(uint64_t)(stacks[cpu] + STACK_SIZE - FIRST_FRAME);
	*(uint64_t *)(area + AREA_CPU_FUNCTION) = (uint64_t)function;
	*(uint64_t *)(area + AREA_CPU_ARGUMENT) = (uint64_t)argument;
	order(cpu, SIGP_SET_PREFIX, (uint64_t)area);
	order(cpu, SIGP_RESTART, 0);
}

void cpu_wait(unsigned cpu)
{
	while (!cpu_is_stopped(cpu))
		;
}

uint32_t prefix(void)
{
	uint32_t now;

	__asm__ volatile("stpx %0" : "=Q"(now));
	return now;
}

void set_prefix(uint32_t area)
{
	__asm__ volatile("spx %0" : : "Q"(area) : "memory");
}
