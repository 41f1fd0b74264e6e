/* SPDX-License-Identifier: MIT */
#include "messages.h"

#include "lib/line.h"
#include "lib/stop_boot.h"

/* "entry 5 at 0xa000, 512 bytes: ", with as much as is known. */
static void add_place(struct line *line, const struct load_message *message)
{
	if (message->entry == LOAD_NO_ENTRY)
		return;
	line_add(line, "entry ");
	line_add_number(line, message->entry);
	if (message->range.size) {
		line_add(line, " at ");
		line_add_hex(line, message->range.address, 1);
		line_add(line, ", ");
		line_add_number(line, message->range.size);
		line_add(line, " bytes");
	}
	line_add(line, ": ");
}

static const char *message_start(enum load_message_kind kind)
{
	switch (kind) {
	case LOAD_VERIFIED:
		return "";
	case LOAD_WARNING:
		return "Secure IPL, audit warning: ";
	case LOAD_FAILED:
		return "Cannot boot from this device: ";
	case LOAD_STOPPED:
		break;
	}
	return "Boot stopped: ";
}

void say_message(const struct load_message *message)
{
	const struct ipl_problem_facts *facts;
	struct line line;

	line_start(&line, message_start(message->kind));
	add_place(&line, message);
	if (message->kind == LOAD_VERIFIED) {
		line_add(&line, LOAD_VERIFIED_TEXT);
		say(line.text);
		return;
	}
	facts = ipl_problem_facts(message->problem);
	line_add(&line, facts->text);
	say(line.text);
	if (message->kind != LOAD_WARNING)
		say_remedy(facts->remedy);
}
