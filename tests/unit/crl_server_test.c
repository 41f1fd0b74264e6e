/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "machine/crl_server.h"

static uint8_t large[300 * 1000];

static struct crl_document documents[] = {
	{ (char *)"/ca/root.crl", "application/pkix-crl", (uint8_t *)"CRL", 3 },
	{ (char *)"/ca/large.crl", "application/pkix-crl", large, sizeof(large) },
};

#define DOCUMENTS 2

/* --- What is answered ----------------------------------------------------------- */

static unsigned route(const char *request, const struct crl_document **document,
		      bool *head)
{
	return crl_server_route(documents, DOCUMENTS, request, strlen(request), document,
				head);
}

static void requests_are_judged(void **state)
{
	static const struct {
		const char *request;
		unsigned status;
	} cases[] = {
		{ "GET /ca/root.crl HTTP/1.0\r\n\r\n", 200 },
		{ "GET /ca/root.crl HTTP/1.1\r\nHost: x\r\n\r\n", 200 },
		{ "GET /ca/root.crl HTTP/1.0\n\n", 200 },
		{ "GET http://127.0.0.1:80/ca/root.crl HTTP/1.0\r\n\r\n", 200 },
		{ "GET /ca/root.crl?x=1 HTTP/1.0\r\n\r\n", 200 },
		{ "HEAD /ca/root.crl HTTP/1.0\r\n\r\n", 200 },
		{ "GET / HTTP/1.0\r\n\r\n", 404 },
		{ "GET /ca/root.cr HTTP/1.0\r\n\r\n", 404 },
		{ "GET /ca/root.crlx HTTP/1.0\r\n\r\n", 404 },
		{ "GET //ca/root.crl HTTP/1.0\r\n\r\n", 404 },
		{ "GET /ca/../ca/root.crl HTTP/1.0\r\n\r\n", 404 },
		{ "GET /../../etc/passwd HTTP/1.0\r\n\r\n", 404 },
		{ "GET /ca/%72oot.crl HTTP/1.0\r\n\r\n", 404 },
		{ "GET http:// HTTP/1.0\r\n\r\n", 404 },
		{ "GET ? HTTP/1.0\r\n\r\n", 404 },
		{ "POST /ca/root.crl HTTP/1.0\r\n\r\n", 405 },
		{ "DELETE /ca/root.crl HTTP/1.1\r\n\r\n", 405 },
		{ "get /ca/root.crl HTTP/1.0\r\n\r\n", 405 },
		{ "GET /ca/root.crl\r\n\r\n", 400 },
		{ "GET  HTTP/1.0\r\n\r\n", 400 },
		{ "GET\r\n\r\n", 400 },
		{ "GET /ca/root.crl HTTP/2.0\r\n\r\n", 400 },
		{ "GET /ca/root.crl HTTP/1.\r\n\r\n", 400 },
		{ "GET /ca/root.crl HTTP/1.x\r\n\r\n", 400 },
		{ "GET /ca/root.crl HTTP/1.10\r\n\r\n", 400 },
		{ "GET /ca/root.crl x HTTP/1.0\r\n\r\n", 400 },
		{ "\r\n\r\n", 400 },
		{ "\x16\x03\x01\x02", 400 },
	};
	const struct crl_document *document;
	bool head;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned status = route(cases[i].request, &document, &head);

		if (status != cases[i].status)
			fail_msg("case %zu: %u", i, status);
		assert_ptr_equal(document, status == 200 ? &documents[0] : NULL);
		assert_int_equal(head, strncmp(cases[i].request, "HEAD", 4) == 0);
	}
	assert_int_equal(crl_server_route(documents, DOCUMENTS, "GET /\0 HTTP/1.0\n\n", 18,
					  &document, &head), 400);
}

/* --- A running server ------------------------------------------------------------ */

static struct crl_server *server;
static int stop_pipe[2];
static pthread_t thread;

static void *run_server(void *argument)
{
	(void)argument;
	return (void *)(intptr_t)crl_server_run(server, stop_pipe[0], NULL, NULL);
}

static int start(void **state)
{
	struct error err;

	(void)state;
	memset(large, 'x', sizeof(large));
	return crl_server_new(&server, 0, documents, DOCUMENTS, &err) < 0 ||
	       pipe(stop_pipe) < 0 || pthread_create(&thread, NULL, run_server, NULL);
}

static int stop(void **state)
{
	void *result;

	(void)state;
	if (write(stop_pipe[1], "", 1) != 1)
		return -1;
	pthread_join(thread, &result);
	close(stop_pipe[0]);
	close(stop_pipe[1]);
	crl_server_free(server);
	return (int)(intptr_t)result;
}

static int connect_to(const char *address)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(crl_server_port(server)),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	inet_pton(AF_INET, address, &to.sin_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Everything that comes until the server closes; returns how much. */
static size_t read_all(int fd, char *out, size_t room)
{
	size_t got = 0;
	ssize_t count;

	while (got < room && (count = recv(fd, out + got, room - got, 0)) > 0)
		got += (size_t)count;
	return got;
}

static void send_text(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void answers_are_complete(void **state)
{
	static char answer[sizeof(large) + 1000];
	int fd = connect_to("127.0.0.1");
	size_t got;

	(void)state;
	send_text(fd, "GET /ca/root.crl HT");
	usleep(20000);
	send_text(fd, "TP/1.0\r\nX: y\r\n\r\n");
	got = read_all(fd, answer, sizeof(answer) - 1);
	answer[got] = '\0';
	assert_memory_equal(answer, "HTTP/1.0 200 OK\r\n", 17);
	assert_non_null(strstr(answer, "Content-Length: 3\r\n"));
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\nCRL");
	close(fd);

	fd = connect_to("127.0.0.1");
	send_text(fd, "GET /ca/large.crl HTTP/1.0\r\n\r\n");
	got = read_all(fd, answer, sizeof(answer));
	assert_true(got > sizeof(large));
	assert_memory_equal(answer + got - sizeof(large), large, sizeof(large));
	close(fd);

	fd = connect_to("127.0.0.1");
	send_text(fd, "HEAD /ca/large.crl HTTP/1.0\r\n\r\n");
	got = read_all(fd, answer, sizeof(answer) - 1);
	answer[got] = '\0';
	assert_non_null(strstr(answer, "Content-Length: 300000\r\n"));
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
	close(fd);
}

static void only_loopback_is_served(void **state)
{
	int fd = connect_to("127.0.0.2");

	(void)state;
	assert_int_equal(fd, -1);
}

static void long_headers_are_refused(void **state)
{
	static char request[20000], answer[1000];
	int fd = connect_to("127.0.0.1");
	size_t got;

	(void)state;
	memset(request, 'a', sizeof(request) - 1);
	memcpy(request, "GET /", 5);
	send_text(fd, request);
	got = read_all(fd, answer, sizeof(answer) - 1);
	answer[got] = '\0';
	assert_non_null(strstr(answer, "431"));
	close(fd);
}

static void idle_clients_block_nobody(void **state)
{
	int idle[2 * CRL_SERVER_MAX_CONNECTIONS];
	struct timespec before, after;
	char answer[1000];
	int fd;

	(void)state;
	for (int i = 0; i < 2 * CRL_SERVER_MAX_CONNECTIONS; i++) {
		idle[i] = connect_to("127.0.0.1");
		assert_true(idle[i] >= 0);
	}
	clock_gettime(CLOCK_MONOTONIC, &before);
	fd = connect_to("127.0.0.1");
	send_text(fd, "GET /ca/root.crl HTTP/1.0\r\n\r\n");
	assert_true(read_all(fd, answer, sizeof(answer)) > 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	/* Two rounds of idle ones have to time out first; nobody waits longer. */
	assert_true(after.tv_sec - before.tv_sec <= 2 * CRL_SERVER_TIMEOUT_MS / 1000 + 2);
	close(fd);
	/* The first ones were thrown out: end of file, no answer. */
	assert_int_equal(recv(idle[0], answer, sizeof(answer), MSG_DONTWAIT), 0);
	for (int i = 0; i < 2 * CRL_SERVER_MAX_CONNECTIONS; i++)
		close(idle[i]);
}

static void a_taken_port_is_an_error(void **state)
{
	struct crl_server *second;
	struct error err;

	(void)state;
	assert_int_equal(crl_server_new(&second, crl_server_port(server), documents,
					DOCUMENTS, &err), ERR_IO);
	assert_null(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_judged),
		cmocka_unit_test_setup_teardown(answers_are_complete, start, stop),
		cmocka_unit_test_setup_teardown(only_loopback_is_served, start, stop),
		cmocka_unit_test_setup_teardown(long_headers_are_refused, start, stop),
		cmocka_unit_test_setup_teardown(idle_clients_block_nobody, start, stop),
		cmocka_unit_test_setup_teardown(a_taken_port_is_an_error, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
