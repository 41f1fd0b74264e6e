/* SPDX-License-Identifier: MIT */
#include "payload/suite/tap.h"

#include <stddef.h>

#include "lib/console.h"
#include "lib/cpu.h"
#include "lib/line.h"

#define REASON_BAIL_OUT 0xbad

static uint8_t console_page[SCCB_SIZE] __attribute__((aligned(4096)));

static unsigned count;
static const char *current; /* test, or NULL */
static struct line fault;   /* of the current test; empty when there is none */

static void show(const struct line *line)
{
	console_line((struct sccb *)console_page, line->text);
}

static void line_add_decimal(struct line *line, unsigned value)
{
	char digits[11];
	unsigned at = sizeof(digits);

	digits[--at] = '\0';
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	line_add(line, digits + at);
}

static void start_result(struct line *line, const char *verdict, const char *name)
{
	count++;
	line_start(line, verdict);
	line_add_decimal(line, count);
	line_add(line, " - ");
	line_add(line, name);
}

static void end_test(void)
{
	struct line line;

	if (!current)
		return;
	start_result(&line, fault.length ? "not ok " : "ok ", current);
	line_add(&line, fault.text);
	show(&line);
	current = NULL;
}

void test(const char *name)
{
	end_test();
	current = name;
	line_start(&fault, "");
}

static void add_fault(uint64_t got, uint64_t expected)
{
	line_add(&fault, ": got ");
	line_add_hex(&fault, got, 1);
	line_add(&fault, " expected ");
	line_add_hex(&fault, expected, 1);
}

void expect(const char *what, uint64_t got, uint64_t expected)
{
	if (got == expected || fault.length)
		return;
	line_start(&fault, " # ");
	line_add(&fault, what);
	add_fault(got, expected);
}

void expect_true(const char *what, bool holds)
{
	if (holds || fault.length)
		return;
	line_start(&fault, " # not so: ");
	line_add(&fault, what);
}

void expect_element(const char *what, unsigned index, uint64_t got,
		    uint64_t expected)
{
	if (got == expected || fault.length)
		return;
	line_start(&fault, " # ");
	line_add(&fault, what);
	line_add(&fault, " ");
	line_add_decimal(&fault, index);
	add_fault(got, expected);
}

void note(const char *text)
{
	struct line line;

	end_test();
	line_start(&line, "# ");
	line_add(&line, text);
	show(&line);
}

void tap_end(void)
{
	struct line line;

	end_test();
	line_start(&line, "1..");
	line_add_decimal(&line, count);
	show(&line);
}

_Noreturn void bail_out(const char *why, uint64_t number, uint64_t address)
{
	struct line line;

	end_test();
	line_start(&line, "Bail out! ");
	line_add(&line, why);
	line_add(&line, " ");
	line_add_hex(&line, number, 1);
	line_add(&line, " at ");
	line_add_hex(&line, address, 1);
	show(&line);
	disabled_wait(REASON_BAIL_OUT);
}
