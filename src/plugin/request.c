/* SPDX-License-Identifier: MIT */
#include "plugin/request.h"

#include <string.h>

struct reader {
	const char *at;
	const char *end;
	const char *start;
	struct error *err;
};

static int bad(struct reader *reader, const char *what)
{
	return error_set(reader->err, ERR_FORMAT, "request, byte %zu: %s",
			 (size_t)(reader->at - reader->start), what);
}

static void skip_blanks(struct reader *reader)
{
	while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) &&
	       *reader->at)
		reader->at++;
}

/* Takes @character if it is next, behind blanks. */
static bool take(struct reader *reader, char character)
{
	skip_blanks(reader);
	if (reader->at == reader->end || *reader->at != character)
		return false;
	reader->at++;
	return true;
}

/* A string of printable ASCII without escapes, into @size bytes with the NUL. */
static int read_string(struct reader *reader, char *out, size_t size)
{
	size_t used = 0;

	if (!take(reader, '"'))
		return bad(reader, "a string is expected");
	for (;; reader->at++) {
		if (reader->at == reader->end)
			return bad(reader, "the string does not end");
		if (*reader->at == '"')
			break;
		if (*reader->at < ' ' || *reader->at > '~' || *reader->at == '\\')
			return bad(reader, "only plain characters are allowed in strings");
		if (used == size - 1)
			return bad(reader, "the string is too long");
		out[used++] = *reader->at;
	}
	out[used] = '\0';
	reader->at++;
	return 0;
}

static int read_number(struct reader *reader, uint64_t *out)
{
	const char *first;

	skip_blanks(reader);
	first = reader->at;
	*out = 0;
	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9') {
		uint64_t digit = (uint64_t)(*reader->at - '0');

		if (*out > (UINT64_MAX - digit) / 10)
			return bad(reader, "the number is too large");
		*out = *out * 10 + digit;
		reader->at++;
	}
	return reader->at == first ? bad(reader, "a number is expected") : 0;
}

static int read_bool(struct reader *reader, bool *out)
{
	static const char *const words[] = { "false", "true" };

	skip_blanks(reader);
	for (int i = 0; i < 2; i++) {
		size_t length = strlen(words[i]);

		if ((size_t)(reader->end - reader->at) >= length &&
		    memcmp(reader->at, words[i], length) == 0) {
			reader->at += length;
			*out = i;
			return 0;
		}
	}
	return bad(reader, "true or false is expected");
}

/* A string or a number, kept as it is written so that it can be sent back. */
static int read_id(struct reader *reader, char out[REQUEST_ID_SIZE])
{
	char text[REQUEST_ID_SIZE - 2];
	uint64_t number;
	const char *first;
	int rc;

	skip_blanks(reader);
	first = reader->at;
	if (first < reader->end && *first == '"')
		rc = read_string(reader, text, sizeof(text));
	else
		rc = read_number(reader, &number);
	if (rc)
		return rc;
	if ((size_t)(reader->at - first) >= REQUEST_ID_SIZE)
		return bad(reader, "the id is too long");
	memcpy(out, first, (size_t)(reader->at - first));
	out[reader->at - first] = '\0';
	return 0;
}

typedef int (*member_t)(struct reader *reader, struct request *request,
			const char *name);

static int read_object(struct reader *reader, struct request *request,
		       member_t member)
{
	if (!take(reader, '{'))
		return bad(reader, "an object is expected");
	if (take(reader, '}'))
		return 0;
	do {
		char name[REQUEST_NAME_SIZE];
		int rc = read_string(reader, name, sizeof(name));

		if (!rc && !take(reader, ':'))
			rc = bad(reader, "a colon is expected");
		if (!rc)
			rc = member(reader, request, name);
		if (rc)
			return rc;
	} while (take(reader, ','));
	return take(reader, '}') ? 0 : bad(reader, "a comma or brace is expected");
}

static int read_argument(struct reader *reader, struct request *request,
			 const char *name)
{
	if (strcmp(name, "follow") == 0)
		return read_bool(reader, &request->follow);
	if (strcmp(name, "last") == 0) {
		request->has_last = true;
		return read_number(reader, &request->last);
	}
	if (strcmp(name, "from") == 0)
		return read_number(reader, &request->from);
	if (strcmp(name, "pause") == 0)
		return read_bool(reader, &request->pause);
	return bad(reader, "unknown argument");
}

static int read_member(struct reader *reader, struct request *request,
		       const char *name)
{
	if (strcmp(name, "execute") == 0)
		return read_string(reader, request->execute,
				   sizeof(request->execute));
	if (strcmp(name, "arguments") == 0)
		return read_object(reader, request, read_argument);
	if (strcmp(name, "id") == 0)
		return read_id(reader, request->id);
	return bad(reader, "unknown member");
}

int request_parse(struct request *request, const char *line, size_t size,
		  struct error *err)
{
	struct reader reader = { line, line + size, line, err };
	int rc;

	memset(request, 0, sizeof(*request));
	rc = read_object(&reader, request, read_member);
	if (rc)
		return rc;
	skip_blanks(&reader);
	if (reader.at != reader.end)
		return bad(&reader, "something follows the request");
	if (!request->execute[0])
		return bad(&reader, "the request has no \"execute\"");
	return 0;
}
