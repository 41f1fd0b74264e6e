/* SPDX-License-Identifier: MIT */
/*
 * A test payload, to be started protected with 512 MiB of storage: executes
 * ULTRAVISOR CALL and its neighbours in every way that has to end in a certain
 * program interruption, and says on the console what came of each. The tests
 * are in tests/boot/instructions.bats.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include "boot/stop.h"
#include "lib/cpu.h"
#include "lib/facility.h"
#include "lib/line.h"

noreturn void payload_main(void);

#define STORAGE_END 0x20000000UL
#define REASON_DONE 0x600d

#define PSW_DAT 0x0400000000000000UL
#define PSW_PROBLEM_STATE 0x0001000000000000UL

#define UVC_QUERY 0x0001
#define UVC_SHARE 0x1000
#define UVC_UNSHARE 0x1001

#define PGM_PRIVILEGED 0x02
#define PGM_PROTECTION 0x04
#define PGM_ADDRESSING 0x05
#define PGM_SPECIFICATION 0x06
#define PGM_SEGMENT_TRANSLATION 0x10
#define PGM_PAGE_TRANSLATION 0x11
#define NO_INTERRUPTION 0

struct uvcb {
	uint16_t length;
	uint16_t command;
	uint16_t rc;
	uint16_t rrc;
	uint64_t words[35];
} __attribute__((aligned(4096)));

static struct uvcb block, other_block;
static uint8_t scratch_page[4096] __attribute__((aligned(4096)));

/* What the last attempt ended in. */
static struct {
	int cc; /* -1 = interruption */
	uint16_t code;
	uint16_t length;
	uint64_t old_address; /* relative to the instruction */
	uint64_t teid;
} outcome;

static unsigned checks, failures;

static volatile uint64_t *teid_in_lowcore(void)
{
	return (volatile uint64_t *)((volatile char *)lowcore() + 0xa8);
}

static uint64_t psw_mask_now(void)
{
	uint32_t high, low;

	__asm__ volatile("epsw %0,%1" : "=d"(high), "=d"(low));
	return (uint64_t)high << 32 | low;
}

static void attempt_begin(void)
{
	lowcore()->program_code = 0;
	*teid_in_lowcore() = 0;
	lowcore()->program_new.mask = psw_mask_now();
}

static void attempt_end(int cc, uint64_t start)
{
	outcome.cc = cc;
	outcome.code = lowcore()->program_code;
	outcome.length = lowcore()->program_length;
	outcome.old_address = lowcore()->program_old.address - start;
	outcome.teid = *teid_in_lowcore();
}

/*
 * Executes @instruction, which may set the condition code; a program interruption
 * goes on at label 1. @operand is in general register 2, @other, which is
 * written back, in 4; the instruction may use 0, 1 and 3.
 */
#define ATTEMPT_WITH(instruction, operand, other)                               \
	do {                                                                    \
		uint64_t start, after;                                          \
		int cc;                                                         \
		attempt_begin();                                                \
		/* After all calls, which would use these registers. */         \
		register uint64_t value __asm__("2") = (uint64_t)(operand);     \
		register uint64_t second __asm__("4") = (other);                \
		__asm__ volatile("larl %[after],1f\n"                           \
				 "stg %[after],0x1d8\n"                         \
				 "larl %[start],0f\n"                           \
				 "0: " instruction "\n"                         \
				 "ipm %[cc]\n"                                  \
				 "srl %[cc],28\n"                               \
				 "j 2f\n"                                       \
				 "1: lhi %[cc],-1\n"                            \
				 "2:\n"                                         \
				 : [cc] "=&d"(cc), [start] "=&a"(start),        \
				   [after] "=&a"(after), "+d"(value),           \
				   "+d"(second)                                 \
				 :                                              \
				 : "memory", "cc", "0", "1", "3");              \
		(other) = second;                                               \
		attempt_end(cc, start);                                         \
	} while (0)

#define ATTEMPT(instruction, operand)                           \
	do {                                                    \
		uint64_t unused = 0;                            \
		ATTEMPT_WITH(instruction, operand, unused);     \
	} while (0)

#define UVC ".insn rrf,0xb9a40000,%%r0,%%r2,0,0"

static void uvc(void *address)
{
	ATTEMPT(UVC, address);
}

static void conclude(const char *what, bool ok)
{
	struct line line;

	checks++;
	line_start(&line, ok ? "ok: " : "FAILED: ");
	line_add(&line, what);
	if (!ok) {
		failures++;
		line_add(&line, ": code ");
		line_add_hex(&line, outcome.code, 2);
		line_add(&line, ", cc ");
		line_add_hex(&line, (uint64_t)(outcome.cc & 0xff), 1);
		line_add(&line, ", old PSW +");
		line_add_hex(&line, outcome.old_address, 1);
		line_add(&line, ", teid ");
		line_add_hex(&line, outcome.teid, 1);
		line_add(&line, ", rc ");
		line_add_hex(&line, block.rc, 4);
	}
	say(line.text);
}

/* The interruption @code, with the old PSW @advance bytes behind the instruction. */
static void expect(const char *what, uint16_t code, uint64_t advance)
{
	conclude(what, outcome.cc == -1 && outcome.code == code &&
			       outcome.length == 4 && outcome.old_address == advance);
}

static void expect_teid(const char *what, uint16_t code, uint64_t advance,
			uint64_t teid)
{
	conclude(what, outcome.cc == -1 && outcome.code == code &&
			       outcome.length == 4 &&
			       outcome.old_address == advance && outcome.teid == teid);
}

static void expect_cc(const char *what, int cc, uint16_t rc)
{
	conclude(what, outcome.cc == cc && block.rc == rc && outcome.code == 0);
}

static void prepare(uint16_t command, uint16_t length)
{
	block.length = length;
	block.command = command;
	block.rc = 0;
	block.rrc = 0;
}

static void check_calls(void)
{
	prepare(UVC_QUERY, 0x120);
	uvc(&block);
	expect_cc("query", 0, 1);

	prepare(UVC_QUERY, 0xa8);
	uvc(&block);
	expect_cc("query, shorter than the answer", 1, 0x100);

	prepare(0x4242, 8);
	uvc(&block);
	expect_cc("unknown call", 1, 2);

	prepare(UVC_SHARE, 4);
	uvc(&block);
	expect_cc("a length below the header", 1, 5);

	prepare(UVC_SHARE, 0x30);
	block.words[3] = (uint64_t)scratch_page;
	uvc(&block);
	expect_cc("share", 0, 1);
	prepare(UVC_UNSHARE, 0x30);
	uvc(&block);
	expect_cc("unshare", 0, 1);

	prepare(UVC_SHARE, 0x30);
	block.words[3] = STORAGE_END;
	uvc(&block);
	expect_cc("share behind the end of storage", 1, 0x101);
}

static void check_operands(void)
{
	prepare(UVC_QUERY, 0x120);
	ATTEMPT(".insn rrf,0xb9a40000,%%r0,%%r2,4,0", &block);
	expect("M3 not zero", PGM_SPECIFICATION, 4);
	ATTEMPT(".insn rrf,0xb9a40000,%%r0,%%r2,0,2", &block);
	expect("M4 not zero", PGM_SPECIFICATION, 4);

	uvc((void *)(1UL << 40));
	expect("control block outside storage", PGM_ADDRESSING, 4);

	block.length = 0x120;
	uvc((void *)(STORAGE_END - 2));
	conclude("length and nothing more in storage", outcome.code == NO_INTERRUPTION ||
							       outcome.code == PGM_ADDRESSING);

	*(volatile uint16_t *)(STORAGE_END - 8) = 0x120;
	*(volatile uint32_t *)(STORAGE_END - 4) = 0x77777777;
	uvc((void *)(STORAGE_END - 8));
	expect("control block crossing the end of storage", PGM_ADDRESSING, 4);
	conclude("nothing was stored to it",
		 *(volatile uint32_t *)(STORAGE_END - 4) == 0x77777777);
}

/* EXECUTE lies 4 or 6 bytes before what is executed next. */
static void check_execute(void)
{
	prepare(UVC_QUERY, 0x120);
	ATTEMPT("larl %%r1,3f\n"
		"ex %%r0,0(%%r1)\n"
		"j 4f\n"
		"3: " UVC "\n"
		"4:", &block);
	expect_cc("query by EXECUTE", 0, 1);

	prepare(UVC_QUERY, 0x120);
	ATTEMPT("j 4f\n"
		"3: " UVC "\n"
		"4: .insn ril,0xc60000000000,%%r0,3b", &block);
	expect_cc("query by EXECUTE RELATIVE LONG", 0, 1);
}

static void check_problem_state(void)
{
	struct psw psw = { psw_mask_now() | PSW_PROBLEM_STATE, 0 };

	prepare(UVC_QUERY, 0x120);
	lowcore()->program_code = 0;
	lowcore()->program_new.mask = psw_mask_now();
	__asm__ volatile("larl %%r1,1f\n"
			 "stg %%r1,0x1d8\n"
			 "larl %%r1,0f\n"
			 "stg %%r1,8(%[psw])\n"
			 "lgr %%r2,%[block]\n"
			 "lpswe 0(%[psw])\n"
			 "0: " UVC "\n"
			 "1:\n"
			 : : [psw] "a"(&psw), [block] "a"(&block)
			 : "memory", "cc", "1", "2");
	outcome.code = lowcore()->program_code;
	outcome.old_address = 0;
	conclude("problem state", outcome.code == PGM_PRIVILEGED &&
				  (lowcore()->program_old.mask & PSW_PROBLEM_STATE));
}

static void diag308_with(uint64_t subcode)
{
	uint64_t code = subcode;

	ATTEMPT_WITH(".insn rs,0x83000000,%%r2,%%r4,0x308(%%r0)", scratch_page, code);
	if (code != subcode)
		outcome.code = 0;
}

static void check_diag308(void)
{
	static const struct {
		uint64_t subcode;
		const char *what;
	} cases[] = {
		{ 4, "DIAGNOSE 308 subcode 4" },
		{ 7, "DIAGNOSE 308 subcode 7" },
		{ 8, "DIAGNOSE 308 subcode 8" },
		{ 9, "DIAGNOSE 308 subcode 9" },
		{ 10, "DIAGNOSE 308 subcode 10" },
		{ 0x10000, "DIAGNOSE 308 subcode 0x10000" },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* Which also has to leave the register with the subcode alone. */
		diag308_with(cases[i].subcode);
		expect(cases[i].what, PGM_SPECIFICATION, 4);
	}
}

/* The trap of the protected start is nothing once the guest runs. */
static void check_trap(void)
{
	ATTEMPT(".insn rs,0x83000000,%%r0,%%r0,0xe5a(%%r0)", 0);
	expect("DIAGNOSE e5a", PGM_SPECIFICATION, 4);
}

/* --- Dynamic address translation -------------------------------------------- */

static uint64_t segments[2][2048] __attribute__((aligned(16384)));
static uint64_t pages[2][256] __attribute__((aligned(2048)));

#define PAGE_INVALID 0x400UL
#define PAGE_PROTECTED 0x200UL
#define SEGMENT_INVALID 0x20UL
#define ASCE_SEGMENTS 3UL

/* Two spaces that map the first MiB as it lies, with these exceptions. */
#define INVALID_PAGE 0xf0000UL
#define PROTECTED_PAGE 0xf1000UL
#define HOME_PAGE 0xf2000UL   /* another frame in the home space */
#define CROSSING_PAGE 0xf3000UL /* valid, the next one is not */
#define TEID_HOME_STORE(page) ((page) | 0x400UL | 3UL)
#define TEID_HOME_FETCH(page) ((page) | 0x800UL | 3UL)

static void build_spaces(void)
{
	for (unsigned space = 0; space < 2; space++) {
		for (unsigned i = 0; i < 2048; i++)
			segments[space][i] = SEGMENT_INVALID;
		segments[space][0] = (uint64_t)pages[space];
		for (uint64_t i = 0; i < 256; i++)
			pages[space][i] = i << 12;
	}
	/* Only what the home space says counts for the instruction. */
	pages[1][INVALID_PAGE >> 12] = PAGE_INVALID;
	pages[1][PROTECTED_PAGE >> 12] = (uint64_t)&block | PAGE_PROTECTED;
	pages[1][HOME_PAGE >> 12] = (uint64_t)&block;
	pages[0][HOME_PAGE >> 12] = (uint64_t)&other_block;
	pages[1][CROSSING_PAGE >> 12] = (uint64_t)scratch_page;
	pages[1][(CROSSING_PAGE >> 12) + 1] = PAGE_INVALID;
}

static void load_spaces(uint64_t primary, uint64_t home)
{
	__asm__ volatile("lctlg %%c1,%%c1,%0\n"
			 "lctlg %%c13,%%c13,%1\n"
			 : : "Q"(primary), "Q"(home) : "memory");
}

static void dat_on(void)
{
	uint8_t old;

	__asm__ volatile("stosm %0,0x04" : "=Q"(old) : : "memory");
}

static void dat_off(void)
{
	uint8_t old;

	__asm__ volatile("stnsm %0,0xfb" : "=Q"(old) : : "memory");
}

/* With DAT on for the instruction alone: the console works without. */
static void uvc_translated(uint64_t address)
{
	dat_on();
	uvc((void *)address);
	dat_off();
	lowcore()->program_new.mask &= ~PSW_DAT;
}

static void check_translation(void)
{
	build_spaces();
	load_spaces((uint64_t)segments[0] | ASCE_SEGMENTS,
		    (uint64_t)segments[1] | ASCE_SEGMENTS);

	prepare(UVC_QUERY, 0x120);
	other_block.length = 0;
	uvc_translated(HOME_PAGE);
	expect_cc("the control block is found in the home space", 0, 1);

	uvc_translated(INVALID_PAGE + 0x10);
	expect_teid("invalid page", PGM_PAGE_TRANSLATION, 0,
		    TEID_HOME_FETCH(INVALID_PAGE));

	uvc_translated(0x300000);
	expect_teid("invalid segment", PGM_SEGMENT_TRANSLATION, 0,
		    TEID_HOME_FETCH(0x300000UL));

	*(volatile uint16_t *)(scratch_page + 4096 - 8) = 0x120;
	uvc_translated(CROSSING_PAGE + 4096 - 8);
	expect_teid("control block crossing into an invalid page",
		    PGM_PAGE_TRANSLATION, 0, TEID_HOME_STORE(CROSSING_PAGE + 4096));

	prepare(UVC_QUERY, 0x120);
	uvc_translated(PROTECTED_PAGE);
	expect_teid("control block in a protected page", PGM_PROTECTION, 4,
		    TEID_HOME_STORE(PROTECTED_PAGE) | 4);
	conclude("nothing was stored to it either", block.rc == 0);
}

static void check_facilities(void)
{
	outcome.code = 0;
	conclude("facility 158 is shown", facility_installed(158));
	conclude("facility 161 is not", !facility_installed(161));
}

noreturn void payload_main(void)
{
	struct line line;

	check_facilities();
	check_calls();
	check_operands();
	check_execute();
	check_problem_state();
	check_diag308();
	check_trap();
	check_translation();
	line_start(&line, "checks=");
	line_add_hex(&line, checks, 1);
	line_add(&line, " failures=");
	line_add_hex(&line, failures, 1);
	say(line.text);
	disabled_wait(REASON_DONE);
}
