/* SPDX-License-Identifier: MIT */
#include "menu.h"

#include "keyboard.h"
#include "lib/cpu.h"
#include "lib/line.h"
#include "lib/stop_boot.h"

#define MILLISECOND (CLOCK_SECOND / 1000)
#define NO_CHOICE UINT32_MAX

static void say_programs(const struct program_table *table, uint32_t timeout)
{
	struct line line;

	line_start(&line, "Boot menu: type the number of a program, then Enter");
	if (timeout) {
		line_add(&line, " (0 starts in ");
		line_add_number(&line, (timeout + 999) / 1000);
		line_add(&line, " s)");
	}
	say(line.text);
	for (unsigned i = 0; i < BOOTMAP_PROGRAMS; i++) {
		if (!program_table_has(table, i))
			continue;
		line_start(&line, "  ");
		line_add_number(&line, i);
		if (i == 0)
			line_add(&line, " (default)");
		say(line.text);
	}
}

/* The number being typed, so far. */
struct typing {
	unsigned number;
	bool any;
};

/* True at the end of the line. */
static bool take_key(struct typing *typing, char key)
{
	if (key == '\r' || key == '\n')
		return true;
	if (key < '0' || key > '9' || typing->number > BOOTMAP_PROGRAMS) {
		*typing = (struct typing){ 0 };
		return false;
	}
	typing->number = typing->number * 10 + (unsigned)(key - '0');
	typing->any = true;
	return false;
}

/* Waits for a line; a @timeout of 0 milliseconds is none. */
static unsigned read_number(uint32_t timeout)
{
	const uint64_t end = clock_now() + timeout * MILLISECOND;
	struct typing typing = { 0 };
	char keys[16];

	while (!timeout || clock_now() < end) {
		const unsigned count = keyboard_read(keys, sizeof(keys));

		for (unsigned i = 0; i < count; i++) {
			if (take_key(&typing, keys[i]))
				return typing.any ? typing.number : 0;
		}
	}
	return NO_CHOICE;
}

static unsigned ask(const struct program_table *table, uint32_t timeout)
{
	unsigned number;

	if (!keyboard_open())
		return 0;
	say_programs(table, timeout);
	for (;;) {
		number = read_number(timeout);
		if (number == NO_CHOICE)
			number = 0;
		if (program_table_has(table, number))
			break;
		say("There is no such program.");
	}
	keyboard_close();
	return number;
}

unsigned menu_choose(const struct bootmap_disk *disk, const struct iplb *iplb,
		     const struct qipl *qipl)
{
	const bool wanted = qipl->flags & QIPL_MENU;
	const bool prompted = iplb_wants_menu(iplb);
	static struct program_table table;

	if ((!wanted && !prompted) || bootmap_read_programs(disk, &table) != IPL_OK ||
	    !program_table_has(&table, 0))
		return iplb_program(iplb);
	return ask(&table, prompted ? 0 : be32_get(qipl->menu_timeout));
}
