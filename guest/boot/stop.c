/* SPDX-License-Identifier: MIT */
#include "stop.h"

#include "lib/console.h"
#include "lib/cpu.h"
#include "lib/line.h"
#include "storage_map.h"

void program_check_entry(void) LINKED_HERE;
noreturn void program_check(void);

static void program_new_psw(uint64_t mask, uint64_t address)
{
	lowcore()->program_new.mask = mask;
	lowcore()->program_new.address = address;
}

void say(const char *text)
{
	struct sccb *page;

	/* Hidden from the compiler like the prefix area, see lowcore(). */
	__asm__("" : "=a"(page) : "0"((uint64_t)STAGE_SCCB));
	console_line(page, text);
}

void stop_on_program_check(void)
{
	program_new_psw(PSW_ADDRESSING_64, (uint64_t)program_check_entry);
}

void stop_on_program_check_end(void)
{
	program_new_psw(0, 0);
}

/* Entered from program_check_entry on a new stack. */
noreturn void program_check(void)
{
	const uint16_t code = lowcore()->program_code;
	const uint64_t address = lowcore()->program_old.address;
	struct line line;

	/* The console may be what failed: then stop without a word. */
	program_new_psw(PSW_WAIT | PSW_ADDRESSING_31, STOP_INTERNAL);
	line_start(&line, "Protected boot failed: program interruption ");
	line_add_hex(&line, code, 4);
	line_add(&line, " at ");
	line_add_hex(&line, address, 1);
	say(line.text);
	say("  reason: the boot loader was told to use storage that is not there, or is damaged");
	say("  remedy: give the guest more memory, or create the image again");
	disabled_wait(STOP_INTERNAL);
}
