/* SPDX-License-Identifier: MIT */
/* The firmware service: questions, answers, and what goes wrong on the way. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attestation/firmware.h"
#include "loopback.h"

#define V1_PATH "/base/hmrs/firmware/attestation/v1/verify"
#define V2_PATH "/base/hmrs/firmware/attestation/v2/verify"
#define YES_V1 "{\"version\":\"1.0\",\"valid\":true,\"referenceId\":\"R1\"}"
#define NO_V2 "{\"version\":\"2.0\",\"valid\":false,\"reason\":\"old\",\"verifiedHashes\":[]}"

static struct loopback *server;
static const struct firmware_limits quick = { .connect_ms = 2000, .total_ms = 600 };
static uint8_t state_bytes[ATTEST_FIRMWARE_STATE_SIZE];

static int enter(void **state)
{
	(void)state;
	setenv("no_proxy", "*", 1);
	for (size_t i = 0; i < sizeof(state_bytes); i++)
		state_bytes[i] = (uint8_t)i;
	server = loopback_start("/nowhere");
	return 0;
}

static int leave(void **state)
{
	(void)state;
	loopback_stop(server);
	return 0;
}

static int fresh(void **state)
{
	(void)state;
	loopback_reset(server);
	return 0;
}

static int ask(struct firmware_answer *answer, enum firmware_version version,
	       struct error *err)
{
	char base[128];

	*err = (struct error){ 0 };
	snprintf(base, sizeof(base), "%s/base/", loopback_url(server));
	return firmware_ask(answer, base, version, state_bytes, &quick, err);
}

/* --- answers -------------------------------------------------------------------------- */

struct answer_case {
	const char *text;
	int rc1, rc2;  /* by version of the interface */
	bool valid;
};

static void reads_answers(void **state)
{
	static const struct answer_case cases[] = {
		{ YES_V1, 0, ERR_FORMAT, true },
		{ "{\"valid\":false,\"version\":\"1.0\",\"referenceId\":\"R\",\"reason\":\"x\"}",
		  0, ERR_FORMAT, false },
		{ "{\"valid\":true,\"version\":\"1.0\",\"referenceId\":\"R\",\"reason\":null}",
		  0, ERR_FORMAT, true },
		{ NO_V2, ERR_FORMAT, 0, false },
		{ "{\"version\":\"2.0\",\"valid\":true,\"reason\":\"\",\"verifiedHashes\":"
		  "[{\"hash\":\"YQ==\",\"signature\":\"Yg==\"}],\"extra\":[1,{}]}",
		  ERR_FORMAT, 0, true },
		/* not whole, not right */
		{ "", ERR_FORMAT, ERR_FORMAT, false },
		{ "<html>yes</html>", ERR_FORMAT, ERR_FORMAT, false },
		{ "true", ERR_FORMAT, ERR_FORMAT, false },
		{ "{}", ERR_FORMAT, ERR_FORMAT, false },
		{ "[" YES_V1 "]", ERR_FORMAT, ERR_FORMAT, false },
		{ YES_V1 YES_V1, ERR_FORMAT, ERR_FORMAT, false },
		{ "{\"version\":\"3.0\",\"valid\":true,\"referenceId\":\"R\"}", ERR_FORMAT,
		  ERR_FORMAT, false },
		{ "{\"version\":1.0,\"valid\":true,\"referenceId\":\"R\"}", ERR_FORMAT,
		  ERR_FORMAT, false },
		{ "{\"version\":\"1.0\",\"valid\":\"true\",\"referenceId\":\"R\"}", ERR_FORMAT,
		  ERR_FORMAT, false },
		{ "{\"version\":\"1.0\",\"valid\":1,\"referenceId\":\"R\"}", ERR_FORMAT,
		  ERR_FORMAT, false },
		{ "{\"version\":\"1.0\",\"referenceId\":\"R\"}", ERR_FORMAT, ERR_FORMAT, false },
		{ "{\"version\":\"1.0\",\"valid\":true}", ERR_FORMAT, ERR_FORMAT, false },
		{ "{\"version\":\"1.0\",\"valid\":true,\"referenceId\":\"R\",\"reason\":7}",
		  ERR_FORMAT, ERR_FORMAT, false },
		{ "{\"version\":\"1.0\",\"valid\":false,\"valid\":true,\"referenceId\":\"R\"}",
		  ERR_FORMAT, ERR_FORMAT, false },
		{ "{\"version\":\"2.0\",\"valid\":true,\"reason\":\"\"}", ERR_FORMAT,
		  ERR_FORMAT, false },
		{ "{\"version\":\"2.0\",\"valid\":true,\"reason\":\"\",\"verifiedHashes\":[{}]}",
		  ERR_FORMAT, ERR_FORMAT, false },
		{ "{\"version\":\"2.0\",\"valid\":true,\"verifiedHashes\":[]}", ERR_FORMAT,
		  ERR_FORMAT, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct answer_case *c = &cases[i];
		struct firmware_answer answer;
		struct error err;

		assert_int_equal(firmware_answer_parse(&answer, FIRMWARE_V1, c->text,
						       strlen(c->text), &err), c->rc1);
		assert_int_equal(answer.valid, c->rc1 == 0 && c->valid);
		assert_int_equal(firmware_answer_parse(&answer, FIRMWARE_V2, c->text,
						       strlen(c->text), &err), c->rc2);
		assert_int_equal(answer.valid, c->rc2 == 0 && c->valid);
	}
}

/* What a server says reaches terminals. */
static void tames_texts(void **state)
{
	static const char text[] =
		"{\"version\":\"1.0\",\"valid\":false,\"referenceId\":\"\\u001b[2J\\u009b\","
		"\"reason\":\"a\\nb\xc3\xa4\"}";
	struct firmware_answer answer;
	struct error err;

	(void)state;
	assert_ok(firmware_answer_parse(&answer, FIRMWARE_V1, text, strlen(text), &err), &err);
	assert_string_equal(answer.reference, "?[2J??");
	assert_string_equal(answer.reason, "a?b??");
}

/* --- questions ------------------------------------------------------------------------- */

static void asks_as_documented(void **state)
{
	struct firmware_answer answer;
	const char *request;
	struct error err;

	(void)state;
	loopback_set(server, V1_PATH, LOOPBACK_TEXT, YES_V1);
	loopback_set(server, V2_PATH, LOOPBACK_TEXT, NO_V2);
	assert_ok(ask(&answer, FIRMWARE_V1, &err), &err);
	assert_true(answer.valid);
	assert_string_equal(answer.reference, "R1");
	request = loopback_request(server);
	assert_non_null(strstr(request, "POST " V1_PATH " HTTP/1.1\r\n"));
	assert_non_null(strstr(request, "\r\nx-client-id: X\r\n"));
	assert_non_null(strstr(request, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(request, "\r\nUser-Agent: s390-tools-pvattest\r\n"));
	assert_non_null(strstr(request, "\r\n\r\n{\"version\":\"1.0\",\"payload\":\"AAECAwQFBgcI"));
	assert_string_equal(request + strlen(request) - 6, "Pj8=\"}");
	assert_ok(ask(&answer, FIRMWARE_V2, &err), &err);
	assert_false(answer.valid);
	assert_string_equal(answer.reason, "old");
	assert_int_equal(loopback_hits(server, V2_PATH), 1);
}

static void fails_without_an_answer(void **state)
{
	static const struct {
		enum loopback_kind kind;
		const char *value, *says;
	} cases[] = {
		{ LOOPBACK_STATUS, "404 Not Found", "status 404" },
		{ LOOPBACK_STATUS, "500 Oh", "status 500" },
		{ LOOPBACK_STATUS, "204 No Content", "status 204" },
		{ LOOPBACK_HANG, NULL, "" },
		{ LOOPBACK_FLOOD, NULL, "larger than" },
		{ LOOPBACK_REDIRECT, "file:///etc/passwd", "" },
		{ LOOPBACK_REDIRECT, "ftp://127.0.0.1/x", "" },
		{ LOOPBACK_REDIRECT, V1_PATH, "" }, /* to itself, again and again */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct firmware_answer answer = { 0 };
		struct error err;

		loopback_reset(server);
		loopback_set(server, V1_PATH, cases[i].kind, cases[i].value);
		assert_int_equal(ask(&answer, FIRMWARE_V1, &err), ERR_IO);
		assert_false(answer.valid);
		assert_non_null(strstr(err.cause, cases[i].says));
		assert_non_null(strstr(err.message, V1_PATH));
	}
	assert_int_equal(loopback_hits(server, NULL), 6); /* the first, and five more */
}

static void fails_on_nonsense(void **state)
{
	struct firmware_answer answer;
	struct error err;

	(void)state;
	loopback_set(server, V1_PATH, LOOPBACK_TEXT, "<html>OK</html>");
	assert_int_equal(ask(&answer, FIRMWARE_V1, &err), ERR_FORMAT);
	assert_false(answer.valid);
}

static void speaks_http_only(void **state)
{
	static const char *const bases[] = {
		"file:///tmp", "ftp://127.0.0.1", "gopher://127.0.0.1", "dict://127.0.0.1",
		"", "http://", "http://127.0.0.1:1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		struct firmware_answer answer = { 0 };
		struct error err;

		assert_int_equal(firmware_ask(&answer, bases[i], FIRMWARE_V1, state_bytes,
					      &quick, &err), ERR_IO);
		assert_false(answer.valid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_answers),
		cmocka_unit_test(tames_texts),
		cmocka_unit_test_setup(asks_as_documented, fresh),
		cmocka_unit_test_setup(fails_without_an_answer, fresh),
		cmocka_unit_test_setup(fails_on_nonsense, fresh),
		cmocka_unit_test(speaks_http_only),
	};

	return cmocka_run_group_tests_name("firmware", tests, enter, leave);
}
