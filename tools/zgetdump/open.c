/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "zgetdump.h"

#define MAX_KEY_SIZE 65536 /* wrong sizes are told by name, up to here */

static int unlock(struct dump *dump, const char *path, struct error *err)
{
	struct secret *key;
	int rc;

	if (!dump_is_protected(dump))
		return 0;
	if (!path) {
		error_set(err, ERR_INVALID,
			  "The dump is of a protected guest, and no key was given");
		return error_hint(err, ERR_INVALID,
				  "Give the guest's customer communication key with --key");
	}
	rc = secret_read(&key, path, MAX_KEY_SIZE, err);
	if (rc < 0)
		return error_wrap(err, rc, "Cannot read the key '%s'", path);
	rc = dump_unlock(dump, key, err);
	secret_free(key);
	return rc;
}

static enum dump_system chosen_system(const char *select)
{
	if (!select)
		return DUMP_SYSTEM_UNSPECIFIED;
	if (strcmp(select, "kdump") == 0)
		return DUMP_SYSTEM_KDUMP;
	return strcmp(select, "prod") == 0 ? DUMP_SYSTEM_PRODUCTION : DUMP_SYSTEM_ALL;
}

int opened_unlock(struct opened *opened, const struct settings *settings,
		  struct error *err)
{
	const char *note;
	size_t length;
	int rc = unlock(opened->dump, settings->key, err);

	if (rc == 0)
		rc = dump_reader_new(&opened->reader, opened->dump, err);
	if (rc == 0)
		rc = dump_view_make(&opened->view, opened->dump, opened->reader,
				    chosen_system(settings->select), err);
	if (rc < 0)
		return rc;
	note = dump_vmcoreinfo_note(opened->dump, &length);
	guest_info_find(&opened->guest, &opened->view, opened->reader, note, length);
	return 0;
}

int opened_open(struct opened *opened, const struct settings *settings,
		struct cli *cli, struct error *err)
{
	int rc;

	*opened = (struct opened){ 0 };
	rc = dump_open(&opened->dump, settings->dump, cli_log(cli), err);
	return rc < 0 ? rc : opened_unlock(opened, settings, err);
}

void opened_close(struct opened *opened)
{
	guest_info_free(&opened->guest);
	dump_view_free(&opened->view);
	dump_reader_free(opened->reader);
	dump_close(opened->dump);
}

enum dump_format chosen_format(const struct settings *settings)
{
	return settings->format && strcmp(settings->format, "s390") == 0
		? DUMP_FORMAT_S390 : DUMP_FORMAT_ELF;
}

const char *format_name(const struct dump *dump)
{
	return dump_is_protected(dump) ? "ELF (protected virtualization dump)" : "elf";
}

int opened_target(struct target **target, const struct opened *opened,
		  const struct settings *settings, struct cli *cli, struct error *err)
{
	struct target_input input = {
		.view = &opened->view,
		.vmcoreinfo = opened->guest.vmcoreinfo,
		.vmcoreinfo_length = opened->guest.vmcoreinfo_length,
		.log = cli_log(cli),
	};

	if (opened->view.has_registers)
		input.cpus = dump_cpus(opened->dump, &input.cpu_count);
	return target_new(target, chosen_format(settings), &input, opened->reader, err);
}
