/* SPDX-License-Identifier: MIT */
#include "sipl/program_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "boot/stage_images.h"

#define PARMFILE_MAX 65536

/* --- Descriptions ------------------------------------------------------------------- */

/* Copies the text up to a single comma, to *@to; returns what follows it. */
static const char *take_part(char **to, const char *text)
{
	char *out = *to;

	for (; *text; text++) {
		if (*text == ',' && *++text != ',')
			break;
		*out++ = *text;
	}
	*out = '\0';
	*to = out + 1;
	return text;
}

static const char **field_of(struct program_order *order, const char *name, size_t length)
{
	const struct {
		const char *name;
		const char **field;
	} fields[] = {
		{ "kernel", &order->kernel },
		{ "ramdisk", &order->initrd },
		{ "parmfile", &order->parmfile },
		{ "parameters", &order->parameters },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strlen(fields[i].name) == length &&
		    memcmp(fields[i].name, name, length) == 0)
			return fields[i].field;
	return NULL;
}

/* NAME=VALUE into its field; NULL if it is fine, else what is wrong. */
static const char *set_field(struct program_order *order, const char *part)
{
	const char *equals = strchr(part, '=');
	const char **field = equals ? field_of(order, part, (size_t)(equals - part)) : NULL;

	if (!field)
		return "is none of kernel=, ramdisk=, parmfile= and parameters=";
	if (*field)
		return "is given twice";
	*field = equals + 1;
	return NULL;
}

static bool parse_number(unsigned *number, const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*number = (unsigned)value;
	return *text >= '0' && *text <= '9' && !*end && value >= 1 && value < BOOTMAP_PROGRAMS;
}

int program_order_parse(struct program_order *order, char *buffer, const char *text,
			struct cli *cli)
{
	const char *part = buffer, *wrong;

	*order = (struct program_order){ 0 };
	text = take_part(&buffer, text);
	if (!parse_number(&order->number, part))
		return cli_usage(cli, "--program begins with a number from 1 to %d, not '%s'",
				 BOOTMAP_PROGRAMS - 1, part);
	while (*text) {
		part = buffer;
		text = take_part(&buffer, text);
		wrong = set_field(order, part);
		if (wrong)
			return cli_usage(cli, "--program %u: '%s' %s", order->number, part, wrong);
	}
	if (!order->kernel)
		return cli_usage(cli, "--program %u needs a kernel (kernel=)", order->number);
	if (order->parmfile && order->parameters)
		return cli_usage(cli, "--program %u: give one of parmfile= and parameters=",
				 order->number);
	return CLI_OK;
}

/* --- Files ---------------------------------------------------------------------------- */

/* Linux takes one line: the last line end goes, others become blanks. */
static void make_line(char *text)
{
	size_t length = strlen(text);

	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';
	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ' ';
}

static int read_command_line(char **line, const struct program_order *order,
			     struct error *err)
{
	uint8_t *bytes;
	size_t size;
	int rc;

	*line = NULL;
	if (order->parameters) {
		*line = strdup(order->parameters);
		return *line ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
	}
	if (!order->parmfile)
		return 0;
	rc = file_read(&bytes, &size, order->parmfile, PARMFILE_MAX, err);
	if (rc < 0)
		return rc;
	*line = (char *)bytes;
	if (memchr(bytes, '\0', size))
		return error_set(err, ERR_FORMAT, "'%s' is no text: it has a NUL byte",
				 order->parmfile);
	make_line(*line);
	return 0;
}

/* Signs @file where there is a key, and says what is odd about it. */
static int prepare(struct component_file *file, const char *name,
		   const struct program_rules *rules, const struct log *log,
		   struct error *err)
{
	if (rules->signer->key) {
		component_file_warn(file, name, log);
		return component_file_sign(file, name, rules->signer, err);
	}
	if (file->parts.signature && rules->signatures != BOOT_SIGNATURES_NONE)
		component_file_warn(file, name, log);
	return 0;
}

int program_list_begin(struct program_list *list, const struct program_rules *rules,
		       const struct log *log, struct error *err)
{
	const char *name = rules->stage3 ? rules->stage3 : "built-in stage 3";
	int rc;

	*list = (struct program_list){ 0 };
	if (rules->stage3)
		rc = component_file_read(&list->stage3, rules->stage3, err);
	else
		rc = component_file_copy(&list->stage3, stage3_image, stage3_image_size, name,
					 err);
	return rc < 0 ? rc : prepare(&list->stage3, name, rules, log, err);
}

static int read_program(struct program *program, const struct program_order *order,
			const struct program_rules *rules, const struct log *log,
			struct error *err)
{
	int rc = component_file_read(&program->kernel, order->kernel, err);

	if (rc == 0)
		rc = prepare(&program->kernel, order->kernel, rules, log, err);
	if (rc == 0 && order->initrd)
		rc = component_file_read(&program->initrd, order->initrd, err);
	if (rc == 0)
		rc = read_command_line(&program->command_line, order, err);
	return rc;
}

int program_list_add(struct program_list *list, const struct program_order *order,
		     const struct program_rules *rules, const struct log *log,
		     struct error *err)
{
	struct program *program = &list->programs[list->count++];
	struct boot_source source = {
		.stage3 = &list->stage3,
		.kernel = &program->kernel,
		.initrd = order->initrd ? &program->initrd : NULL,
		.signatures = rules->signatures,
		.unchecked = rules->unchecked,
	};
	int rc = read_program(program, order, rules, log, err);

	if (rc < 0)
		return rc;
	source.command_line = program->command_line;
	rc = boot_program_make(&program->boot, &source, rules->block_size, log, err);
	if (rc < 0)
		return error_wrap(err, rc, "Cannot write program %u", order->number);
	if (list->numbered[order->number])
		return error_set(err, ERR_INVALID, "Program %u is given twice", order->number);
	list->numbered[order->number] = &program->boot.map;
	return 0;
}

void program_list_free(struct program_list *list)
{
	component_file_free(&list->stage3);
	for (unsigned i = 0; i < list->count; i++) {
		component_file_free(&list->programs[i].kernel);
		component_file_free(&list->programs[i].initrd);
		free(list->programs[i].command_line);
	}
}
