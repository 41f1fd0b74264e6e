/* SPDX-License-Identifier: MIT */
#include "lib/stop_boot.h"

#include <stddef.h>

#include "lib/console.h"
#include "lib/cpu.h"
#include "lib/diag308.h"
#include "lib/line.h"

void program_check_entry(void) LINKED_HERE;
noreturn void program_check(void);

void say(const char *text)
{
	static uint8_t page[SCCB_SIZE] __attribute__((aligned(SCCB_SIZE)));

	console_line((struct sccb *)page, text);
}

void say_remedy(const char *remedy)
{
	struct line line;

	line_start(&line, "  remedy: ");
	line_add(&line, remedy);
	say(line.text);
}

noreturn void stop_boot(const char *text, const char *remedy)
{
	struct line line;

	line_start(&line, "Boot stopped: ");
	line_add(&line, text);
	say(line.text);
	if (remedy)
		say_remedy(remedy);
	disabled_wait(STOP_NO_BOOT);
}

noreturn void start_program(uint64_t psw)
{
	const uint64_t patience = clock_now() + 10 * CLOCK_SECOND;

	lowcore()->ipl_psw = psw;
	diag308(DIAG308_LOAD_NORMAL, 0);
	while (clock_now() < patience)
		; /* the machine is being reset */
	stop_boot("the hypervisor does not start the program", NULL);
}

static void program_new_psw(uint64_t mask, uint64_t address)
{
	lowcore()->program_new.mask = mask;
	lowcore()->program_new.address = address;
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
	struct line line;

	/* The console may be what failed: then stop without a word. */
	program_new_psw(PSW_WAIT | PSW_ADDRESSING_31, STOP_NO_BOOT);
	line_start(&line, "program interruption ");
	line_add_hex(&line, lowcore()->program_code, 4);
	line_add(&line, " in the boot loader at ");
	line_add_hex(&line, lowcore()->program_old.address, 1);
	stop_boot(line.text, NULL);
}
