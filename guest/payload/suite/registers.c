/* SPDX-License-Identifier: MIT */
#include "payload/suite/registers.h"

#include "payload/suite/tap.h"

#define CR0_ALL_REGISTERS 0x60000UL /* AFP and vector enablement */

/* Opens the vector registers; returns what CR0 was. */
static uint64_t vectors_open(void)
{
	uint64_t saved, wanted;

	__asm__ volatile("stctg %%c0,%%c0,%0" : "=Q"(saved));
	wanted = saved | CR0_ALL_REGISTERS;
	__asm__ volatile("lctlg %%c0,%%c0,%0" : : "Q"(wanted));
	return saved;
}

static void vectors_close(uint64_t saved)
{
	__asm__ volatile("lctlg %%c0,%%c0,%0" : : "Q"(saved));
}

void registers_take(struct registers *registers)
{
	uint64_t saved;

	__asm__ volatile("stctg %%c0,%%c15,%0" : "=Q"(registers->control));
	__asm__ volatile("stam %%a0,%%a15,%0" : "=Q"(registers->access));
	__asm__ volatile("stpx %0" : "=Q"(registers->prefix));
	saved = vectors_open();
	__asm__ volatile("stfpc %0" : "=Q"(registers->floating_control));
	__asm__ volatile(".machine push\n"
			 ".machine \"z13\"\n"
			 "vstm %%v0,%%v15,0(%0)\n"
			 "vstm %%v16,%%v31,256(%0)\n"
			 ".machine pop\n"
			 : : "a"(registers->vectors) : "memory");
	vectors_close(saved);
}

void registers_fill(void)
{
	const uint32_t rounding = 3; /* the only bits that change nothing else here */
	uint64_t vectors[32][2];
	uint32_t access[16];
	uint64_t saved;

	for (uint64_t i = 0; i < 32; i++) {
		vectors[i][0] = 0x0011223344556677 * (i + 3);
		vectors[i][1] = 0x8899aabbccddeeff ^ i << 20;
	}
	for (uint32_t i = 0; i < 16; i++)
		access[i] = 0x01020304 * (i + 1);
	__asm__ volatile("lam %%a0,%%a15,%0" : : "Q"(access));
	saved = vectors_open();
	__asm__ volatile("lfpc %0" : : "Q"(rounding));
	__asm__ volatile(".machine push\n"
			 ".machine \"z13\"\n"
			 "vlm %%v0,%%v15,0(%0)\n"
			 "vlm %%v16,%%v31,256(%0)\n"
			 ".machine pop\n"
			 : : "a"(vectors), "m"(vectors));
	vectors_close(saved);
}

void expect_registers(const struct registers *got, const struct registers *expected)
{
	expect("prefix", got->prefix, expected->prefix);
	expect("floating-point control", got->floating_control,
	       expected->floating_control);
	for (unsigned i = 0; i < 16; i++) {
		expect_element("control register", i, got->control[i],
			       expected->control[i]);
		expect_element("access register", i, got->access[i],
			       expected->access[i]);
	}
	for (unsigned i = 0; i < 32; i++) {
		expect_element("left half of vector register", i,
			       got->vectors[i][0], expected->vectors[i][0]);
		expect_element("right half of vector register", i,
			       got->vectors[i][1], expected->vectors[i][1]);
	}
}
