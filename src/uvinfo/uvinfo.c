/* SPDX-License-Identifier: MIT */
#include "uvinfo/uvinfo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"

/* sysfs shows no more than a page. */
#define FILE_LIMIT 4096

enum form { HEXADECIMAL, DECIMAL };

static const struct {
	const char *name;
	enum form form;
} files[UVINFO_FIELDS] = {
	[UVINFO_FEATURES] = { "feature_indications", HEXADECIMAL },
	[UVINFO_MAX_CPUS] = { "max_cpus", DECIMAL },
	[UVINFO_MAX_GUESTS] = { "max_guests", DECIMAL },
	[UVINFO_MAX_ADDRESS] = { "max_address", HEXADECIMAL },
	[UVINFO_HEADER_VERSIONS] = { "supp_se_hdr_ver", HEXADECIMAL },
	[UVINFO_HEADER_FLAGS] = { "supp_se_hdr_pcf", HEXADECIMAL },
	[UVINFO_DUMP_STORAGE_STATE_SIZE] = { "dump_storage_state_len", HEXADECIMAL },
	[UVINFO_DUMP_COMPLETION_SIZE] = { "dump_finalize_len", HEXADECIMAL },
	[UVINFO_DUMP_CPU_SIZE] = { "uv_query_dump_cpu_len", HEXADECIMAL },
	[UVINFO_ATTESTATION_VERSIONS] = { "supp_att_req_hdr_ver", HEXADECIMAL },
	[UVINFO_ATTESTATION_FLAGS] = { "supp_att_pflags", HEXADECIMAL },
	[UVINFO_ADD_SECRET_VERSIONS] = { "supp_add_secret_req_ver", HEXADECIMAL },
	[UVINFO_ADD_SECRET_FLAGS] = { "supp_add_secret_pcf", HEXADECIMAL },
	[UVINFO_SECRET_TYPES] = { "supp_secret_types", HEXADECIMAL },
	[UVINFO_MAX_SECRETS] = { "max_secrets", DECIMAL },
	[UVINFO_MAX_ASSOCIATION_SECRETS] = { "max_assoc_secrets", DECIMAL },
	[UVINFO_MAX_RETRIEVABLE_SECRETS] = { "max_retr_secrets", DECIMAL },
};

const char *uvinfo_field_name(enum uvinfo_field field)
{
	return files[field].name;
}

const char *uvinfo_default_path(void)
{
	const char *path = secure_getenv(UVINFO_ENVIRONMENT);

	return path ? path : UVINFO_PATH;
}

/* --- one file ------------------------------------------------------------------ */

/* The lines of a file, cut apart in place. */
struct lines {
	char *text, *next;
	char path[4096];
};

static int open_lines(struct lines *lines, const char *folder, const char *name,
		      struct error *err)
{
	uint8_t *bytes;
	size_t size;
	int length = snprintf(lines->path, sizeof(lines->path), "%s/%s", folder, name);

	if (length < 0 || (size_t)length >= sizeof(lines->path))
		return error_set(err, ERR_INVALID, "The path '%.100s...' is too long", folder);
	if (access(lines->path, F_OK) < 0 && errno == ENOENT)
		return ERR_NOT_FOUND;
	if (file_read(&bytes, &size, lines->path, FILE_LIMIT, err) < 0)
		return ERR_IO;
	lines->text = lines->next = (char *)bytes;
	return 0;
}

/* The next line, or NULL. */
static char *next_line(struct lines *lines)
{
	char *line = lines->next, *end;

	if (!line || !*line)
		return NULL;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	lines->next = end ? end + 1 : NULL;
	return line;
}

static int refuse(const struct lines *lines, const char *line, const char *expected,
		  struct error *err)
{
	if (!line)
		return error_set(err, ERR_FORMAT, "'%s' has too few lines", lines->path);
	return error_set(err, ERR_FORMAT, "'%s': '%.40s' is no %s", lines->path, line,
			 expected);
}

static bool parse_decimal(uint64_t *number, const char *line)
{
	char *end;

	if (*line < '0' || *line > '9')
		return false;
	errno = 0;
	*number = strtoull(line, &end, 10);
	return errno == 0 && *end == '\0';
}

static int take_number(uint64_t *number, struct lines *lines, enum form form,
		       struct error *err)
{
	const char *line = next_line(lines);

	if (line && (form == DECIMAL ? parse_decimal(number, line)
				     : hex_parse_u64(number, line, NULL) == 0))
		return 0;
	return refuse(lines, line, form == DECIMAL ? "decimal number" : "hexadecimal number",
		      err);
}

/* --- the folder ------------------------------------------------------------------ */

static int read_number(struct uvinfo_value *value, const char *folder,
		       const char *name, enum form form, struct error *err)
{
	struct lines lines;
	int rc = open_lines(&lines, folder, name, err);

	if (rc < 0)
		return rc == ERR_NOT_FOUND ? 0 : rc;
	rc = take_number(&value->number, &lines, form, err);
	value->known = rc == 0;
	free(lines.text);
	return rc;
}

static int read_flag(bool *flag, const char *folder, const char *name,
		     struct error *err)
{
	struct uvinfo_value value = { 0 };
	int rc = read_number(&value, folder, name, DECIMAL, err);

	*flag = value.number == 1;
	if (rc == 0 && value.number > 1)
		rc = error_set(err, ERR_FORMAT, "'%s/%s' is neither 0 nor 1", folder, name);
	return rc;
}

static int read_calls(struct uvinfo *info, const char *query, struct error *err)
{
	struct lines lines;
	int rc = open_lines(&lines, query, "facilities", err);

	if (rc < 0)
		return rc == ERR_NOT_FOUND ? 0 : rc;
	for (size_t i = 0; rc == 0 && i < UVINFO_CALL_WORDS; i++)
		rc = take_number(&info->calls[i], &lines, HEXADECIMAL, err);
	info->calls_known = rc == 0;
	free(lines.text);
	return rc;
}

static int read_keys(struct uvinfo *info, const char *keys, struct error *err)
{
	struct lines lines;
	int rc = open_lines(&lines, keys, "all", err);

	if (rc < 0)
		return rc == ERR_NOT_FOUND ? 0 : rc;
	for (size_t i = 0; rc == 0 && i < UVINFO_KEYS; i++) {
		const char *line = next_line(&lines);

		if (!line || hex_decode(info->keys[i], UVINFO_KEY_SIZE, line,
					strlen(line), NULL) < 0)
			rc = refuse(&lines, line, "hash of 64 hexadecimal digits", err);
	}
	info->keys_known = rc == 0;
	free(lines.text);
	return rc;
}

static int read_query(struct uvinfo *info, const char *query, struct error *err)
{
	int rc = read_calls(info, query, err);

	for (size_t i = 0; rc == 0 && i < UVINFO_FIELDS; i++)
		rc = read_number(&info->fields[i], query, files[i].name, files[i].form, err);
	return rc;
}

static int check_folder(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		int code = errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;

		error_set_errno(err, code, errno, "Cannot read '%s'", path);
		return error_hint(err, code, "The kernel shows this folder only where there is an ultravisor");
	}
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERR_FORMAT, "'%s' is no folder", path);
	return 0;
}

int uvinfo_read(struct uvinfo *info, const char *path, struct error *err)
{
	char below[4096];
	int rc = check_folder(path, err);

	*info = (struct uvinfo){ 0 };
	if (rc == 0)
		rc = read_flag(&info->guest, path, "prot_virt_guest", err);
	if (rc == 0)
		rc = read_flag(&info->host, path, "prot_virt_host", err);
	if (rc < 0)
		return rc;
	/* A path that is cut off here was refused above. */
	snprintf(below, sizeof(below), "%s/query", path);
	rc = read_query(info, below, err);
	snprintf(below, sizeof(below), "%s/keys", path);
	return rc < 0 ? rc : read_keys(info, below, err);
}

bool uvinfo_is_guest(const char *path)
{
	bool guest = false;

	return read_flag(&guest, path, "prot_virt_guest", NULL) == 0 && guest;
}
