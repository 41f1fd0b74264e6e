/* SPDX-License-Identifier: MIT */
/* What programs mkdisk is to write: from its options, with all files read. */
#ifndef UV_TOOLS_SIPL_PROGRAM_LIST_H
#define UV_TOOLS_SIPL_PROGRAM_LIST_H

#include "cli/cli.h"
#include "ipl/boot_program.h"
#include "ipl/sign.h"

/* One program, as the user describes it. */
struct program_order {
	unsigned number; /* in the program table */
	const char *kernel, *initrd, *parmfile, *parameters;
};

/*
 * Reads the value of --program, NUMBER,kernel=FILE[,ramdisk=FILE]…; a comma in a value
 * is written twice. @buffer takes the values: as many bytes as @text has, with its
 * NUL. CLI_USAGE after having said what is wrong.
 */
int program_order_parse(struct program_order *order, char *buffer, const char *text,
			struct cli *cli);

/* One program with its files. */
struct program {
	struct component_file kernel, initrd;
	char *command_line;
	struct boot_program boot;
};

struct program_list {
	struct component_file stage3;
	struct program programs[BOOTMAP_PROGRAMS];
	unsigned count;
	/* By number in the program table; one may stand at several. */
	const struct disk_program *numbered[BOOTMAP_PROGRAMS];
};

/* What is the same for all of them. */
struct program_rules {
	const char *stage3; /* NULL: the one that is built in */
	const struct sign_signer *signer; /* its key is NULL: nothing is signed here */
	enum boot_signatures signatures;
	uint32_t block_size;
	bool unchecked;
};

/* Starts a list with its stage 3. Caller frees with program_list_free(), also after a failure. */
int program_list_begin(struct program_list *list, const struct program_rules *rules,
		       const struct log *log, struct error *err);

/* Reads the files of one more program and lays it out. */
int program_list_add(struct program_list *list, const struct program_order *order,
		     const struct program_rules *rules, const struct log *log,
		     struct error *err);
void program_list_free(struct program_list *list);

#endif
