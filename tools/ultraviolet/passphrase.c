/* SPDX-License-Identifier: MIT */
#include "ultraviolet/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"

#define INTERRUPT 0x03 /* Ctrl-C, as a character */

/* Makes a secret of exactly @size bytes out of the start of @buffer. */
static int take(struct secret **out, const struct secret *buffer, size_t size,
		struct error *err)
{
	if (size == 0)
		return error_set(err, ERR_INVALID, "The passphrase is empty");
	*out = secret_copy(secret_view(buffer), size);
	return *out ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
}

/* The one line of the file @file, whose content is @content. */
static int take_line(struct secret **out, const struct secret *content,
		     const char *file, struct error *err)
{
	const uint8_t *bytes = secret_view(content);
	size_t size = secret_size(content);
	const uint8_t *end = memchr(bytes, '\n', size);

	if (end && end + 1 != bytes + size)
		return error_set(err, ERR_INVALID, "'%s' has more than one line", file);
	if (end)
		size--;
	if (size > PASSPHRASE_MAX)
		return error_set(err, ERR_INVALID, "The passphrase in '%s' has more than %d bytes",
				 file, PASSPHRASE_MAX);
	return take(out, content, size, err);
}

static int read_file(struct secret **out, const char *file, struct error *err)
{
	struct secret *content;
	/* With the end of the line. */
	int rc = secret_read(&content, file, PASSPHRASE_MAX + 1, err);

	if (rc < 0)
		return rc == ERR_FORMAT ? error_wrap(err, ERR_INVALID, "This is no passphrase")
					: rc;
	rc = take_line(out, content, file, err);
	secret_free(content);
	return rc;
}

/* Reads a line; *@size is without its end. */
static int read_line(int fd, struct secret *buffer, size_t *size, struct error *err)
{
	uint8_t *bytes = secret_bytes(buffer);

	for (*size = 0; *size <= PASSPHRASE_MAX; (*size)++) {
		size_t got;
		int rc = file_read_some(fd, bytes + *size, 1, &got);

		if (rc < 0)
			return error_set_errno(err, ERR_IO, -rc, "Cannot read the passphrase");
		if (got == 0 || bytes[*size] == INTERRUPT)
			return error_set(err, ERR_INVALID, "No passphrase was entered");
		if (bytes[*size] == '\n')
			return 0;
	}
	return error_set(err, ERR_INVALID, "The passphrase has more than %d bytes",
			 PASSPHRASE_MAX);
}

/*
 * Asks without echo. Ctrl-C arrives as a character meanwhile, so that nothing
 * can leave the terminal without echo.
 */
static int ask(int fd, const char *question, struct secret **out, struct secret *buffer,
	       struct error *err)
{
	struct termios before, quiet;
	size_t size;
	int rc;

	if (tcgetattr(fd, &before) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot use the terminal");
	quiet = before;
	quiet.c_lflag &= (tcflag_t)~(ECHO | ISIG);
	quiet.c_cc[VEOL] = INTERRUPT;
	if (tcsetattr(fd, TCSAFLUSH, &quiet) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot use the terminal");
	dprintf(fd, "%s: ", question);
	rc = read_line(fd, buffer, &size, err);
	tcsetattr(fd, TCSAFLUSH, &before);
	dprintf(fd, "\n");
	return rc < 0 ? rc : take(out, buffer, size, err);
}

static int ask_twice(int fd, struct secret **out, struct secret *buffer,
		     struct error *err)
{
	struct secret *again = NULL;
	int rc = ask(fd, "Passphrase for the key bundle", out, buffer, err);

	if (rc == 0)
		rc = ask(fd, "Once more", &again, buffer, err);
	if (rc == 0 && !secret_equal(*out, again))
		rc = error_set(err, ERR_INVALID, "The two passphrases differ");
	secret_free(again);
	return rc;
}

static int ask_terminal(struct secret **out, bool confirm, struct error *err)
{
	/* Room for the end of the line. */
	struct secret *buffer = secret_new(PASSPHRASE_MAX + 1);
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC), rc;

	if (fd < 0) {
		secret_free(buffer);
		error_set(err, ERR_INVALID, "There is no terminal to ask for the passphrase");
		return error_hint(err, ERR_INVALID,
				  "Put it into a file and give that with --passphrase-file");
	}
	if (!buffer)
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	else if (confirm)
		rc = ask_twice(fd, out, buffer, err);
	else
		rc = ask(fd, "Passphrase of the key bundle", out, buffer, err);
	secret_free(buffer);
	close(fd);
	return rc;
}

int passphrase_get(struct secret **out, const char *file, bool confirm,
		   struct error *err)
{
	int rc;

	*out = NULL;
	rc = file ? read_file(out, file, err) : ask_terminal(out, confirm, err);
	if (rc < 0) {
		secret_free(*out);
		*out = NULL;
	}
	return rc;
}
