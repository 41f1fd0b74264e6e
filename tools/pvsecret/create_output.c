/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "pvsecret/create.h"
#include "secret/id_file.h"

/* Splits a path; @folder is "." where it names none. */
static const char *split(char folder[4096], const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		snprintf(folder, 4096, ".");
	else
		snprintf(folder, 4096, "%.*s", (int)(slash - path) + 1, path);
	return slash ? slash + 1 : path;
}

/* Would both paths be one file? Neither needs to exist. */
static bool same_file(const char *a, const char *b)
{
	char folder_a[4096], folder_b[4096];
	const char *name_a = split(folder_a, a), *name_b = split(folder_b, b);
	struct stat st_a, st_b;

	if (strcmp(name_a, name_b) != 0)
		return false;
	return stat(folder_a, &st_a) == 0 && stat(folder_b, &st_b) == 0 &&
	       st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino;
}

/* One output must not replace another. */
static int check_distinct(const struct create_output *output,
			  const struct create_settings *settings, struct error *err)
{
	const char *paths[] = { settings->output, settings->output_secret,
				settings->to_stdout ? NULL : output->id_path };

	for (size_t i = 0; i < 3; i++)
		for (size_t j = i + 1; j < 3; j++)
			if (paths[i] && paths[j] && same_file(paths[i], paths[j]))
				return error_set(err, ERR_INVALID,
						 "'%s' would be written twice, with different content",
						 paths[j]);
	return 0;
}

static int open_toc(struct create_output *output, const char *path, struct error *err)
{
	output->toc = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (output->toc < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot open '%s'", path);
	return 0;
}

int create_output_open(struct create_output *output,
		       const struct create_settings *settings, enum create_kind kind,
		       struct error *err)
{
	bool named = kind == CREATE_ASSOCIATION || kind == CREATE_RETRIEVABLE;
	int rc = 0;

	*output = (struct create_output){ .toc = -1 };
	if (named)
		rc = id_file_path(&output->id_path, settings->output, settings->name, err);
	if (rc == 0)
		rc = check_distinct(output, settings, err);
	if (rc == 0)
		rc = outfile_open(&output->request, settings->output, OUTFILE_REPLACE,
				  file_default_mode(), err);
	if (rc == 0 && named && !settings->to_stdout)
		rc = outfile_open(&output->id_file, output->id_path, OUTFILE_REPLACE,
				  file_default_mode(), err);
	if (rc == 0 && settings->output_secret)
		rc = outfile_open(&output->value, settings->output_secret,
				  OUTFILE_REPLACE, 0600, err);
	return rc;
}

static int write_id_file(struct create_output *output,
			 const struct create_settings *settings,
			 const struct guest_secret *secret, struct error *err)
{
	struct text text = { 0 };
	int rc = id_file_format(&text, secret, settings->name, err);

	if (rc == 0 && settings->to_stdout)
		printf("%s\n", text_chars(&text));
	else if (rc == 0)
		rc = file_write_all(outfile_fd(output->id_file), text.chars, text.length,
				    output->id_path, err);
	text_free(&text);
	return rc;
}

static int commit(struct outfile **file, struct error *err)
{
	struct outfile *finished = *file;

	*file = NULL;
	return finished ? outfile_commit(finished, err) : 0;
}

/* The tag as a line, in one write: others may append at the same time. */
static int append_tag(int fd, const char *path, const uint8_t tag[GCM_TAG_SIZE],
		      struct error *err)
{
	char line[2 * GCM_TAG_SIZE + 2];

	hex_encode(line, tag, GCM_TAG_SIZE);
	strcat(line, "\n");
	return file_write_all(fd, line, strlen(line), path, err);
}

int create_output_write(struct create_output *output,
			const struct create_settings *settings,
			const struct guest_secret *secret, const uint8_t *request,
			size_t size, struct error *err)
{
	int rc = 0;

	if (output->id_path)
		rc = write_id_file(output, settings, secret, err);
	if (rc == 0 && output->value)
		rc = file_write_all(outfile_fd(output->value), secret_view(secret->value),
				    secret_size(secret->value), settings->output_secret, err);
	if (rc == 0)
		rc = file_write_all(outfile_fd(output->request), request, size,
				    settings->output, err);
	if (rc == 0 && settings->toc_policy)
		rc = open_toc(output, settings->toc_policy, err);
	if (rc == 0)
		rc = commit(&output->value, err);
	if (rc == 0)
		rc = commit(&output->id_file, err);
	if (rc == 0)
		rc = commit(&output->request, err);
	if (rc == 0 && output->toc >= 0)
		rc = append_tag(output->toc, settings->toc_policy,
				request + size - GCM_TAG_SIZE, err);
	return rc;
}

void create_output_free(struct create_output *output)
{
	outfile_abort(output->request);
	outfile_abort(output->id_file);
	outfile_abort(output->value);
	free(output->id_path);
	if (output->toc >= 0)
		close(output->toc);
}
