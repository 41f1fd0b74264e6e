/* SPDX-License-Identifier: MIT */
/* /dev/uv: what goes to the kernel, and what becomes of its answers. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uvdevice/uvdevice.h"

/* Takes the place of the C library's; says what it was called with. */
static struct {
	int fd;
	unsigned long request;
	struct uvdevice_block block;
	int errnum, interruptions;
	uint16_t rc, rrc;
} kernel;

int ioctl(int fd, unsigned long request, ...)
{
	struct uvdevice_block *block;
	va_list ap;

	va_start(ap, request);
	block = va_arg(ap, struct uvdevice_block *);
	va_end(ap);
	kernel.fd = fd;
	kernel.request = request;
	kernel.block = *block;
	if (kernel.interruptions > 0) {
		kernel.interruptions--;
		errno = EINTR;
		return -1;
	}
	if (kernel.errnum) {
		errno = kernel.errnum;
		return -1;
	}
	block->rc = kernel.rc;
	block->rrc = kernel.rrc;
	return 0;
}

static void speaks_the_kernel_language(void **state)
{
	struct uvdevice_result result;
	struct error err;
	char argument[16];

	(void)state;
	/* linux: arch/s390/include/uapi/asm/uvdevice.h */
	assert_true(UVDEVICE_IOCTL(UVDEVICE_ATTEST) == _IOWR('u', 1, struct uvdevice_block));
	assert_true(UVDEVICE_IOCTL(UVDEVICE_RETRIEVE_SECRET) == 0xc0407505);
	memset(&kernel, 0, sizeof(kernel));
	kernel.rc = 0x010c;
	kernel.rrc = 7;
	kernel.interruptions = 2;
	assert_ok(uvdevice_call(9, UVDEVICE_ADD_SECRET, argument, sizeof(argument), &result,
				&err), &err);
	assert_int_equal(kernel.fd, 9);
	assert_true(kernel.request == 0xc0407502);
	assert_true(kernel.block.argument == (uintptr_t)argument);
	assert_int_equal(kernel.block.argument_size, sizeof(argument));
	assert_int_equal(kernel.block.flags, 0);
	for (size_t i = 0; i < sizeof(kernel.block.reserved_14); i++)
		assert_int_equal(kernel.block.reserved_14[i], 0);
	assert_int_equal(result.rc, 0x010c);
	assert_int_equal(result.rrc, 7);
}

static void explains_errno(void **state)
{
	static const struct {
		int errnum;
		enum uvdevice_command command;
		int code;
	} cases[] = {
		{ ENOTTY, UVDEVICE_ATTEST, ERR_UNSUPPORTED },
		{ ENOTTY, UVDEVICE_ADD_SECRET, ERR_UNSUPPORTED },
		{ EINVAL, UVDEVICE_LIST_SECRETS, ERR_INVALID },
		{ ENOMEM, UVDEVICE_ATTEST, ERR_NOMEM },
		{ EFAULT, UVDEVICE_LOCK_SECRETS, ERR_IO },
		{ EACCES, UVDEVICE_RETRIEVE_SECRET, ERR_IO },
		{ EIO, UVDEVICE_INFO, ERR_IO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct uvdevice_result result;
		struct error err = { 0 };

		memset(&kernel, 0, sizeof(kernel));
		kernel.errnum = cases[i].errnum;
		assert_int_equal(uvdevice_call(0, cases[i].command, NULL, 0, &result, &err),
				 cases[i].code);
		assert_non_null(strstr(err.cause, strerror(cases[i].errnum)));
		assert_int_equal(err.hint[0] != '\0', cases[i].errnum == ENOTTY);
	}
}

static void explains_return_codes(void **state)
{
	static const struct {
		enum uvdevice_command command;
		uint16_t rc;
		const char *text;
	} cases[] = {
		{ UVDEVICE_ATTEST, 0x0102, "Ultravisor: 'there are more than 256 bytes of user data' (0x0102,0x0000)" },
		{ UVDEVICE_ATTEST, 0x010c, "cannot be decrypted" },
		{ UVDEVICE_ATTEST, 0x0002, "does not have the call" },
		{ UVDEVICE_ADD_SECRET, 0x0102, "locked" },
		{ UVDEVICE_ADD_SECRET, 0x010b, "full" },
		{ UVDEVICE_LOCK_SECRETS, 0x0102, "locked already" },
		{ UVDEVICE_RETRIEVE_SECRET, 0x0102, "place for the secret" },
		{ UVDEVICE_RETRIEVE_SECRET, 0x0110, "no secret with this index" },
		{ UVDEVICE_LIST_SECRETS, 0x0102, "unknown' (0x0102,0x0000)" },
		{ UVDEVICE_ATTEST, 0xbeef, "unknown' (0xbeef,0x0000)" },
		{ UVDEVICE_INFO, 0, "unknown' (0x0000,0x0000)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct uvdevice_result result = { .rc = cases[i].rc };
		struct error err;

		assert_int_equal(uvdevice_check(cases[i].command, result, &err), ERR_REFUSED);
		if (!strstr(err.message, cases[i].text))
			fail_msg("%s", err.message);
	}
	assert_int_equal(uvdevice_check(UVDEVICE_ATTEST, (struct uvdevice_result){ 1, 0 }, NULL), 0);
	assert_int_equal(uvdevice_check(UVDEVICE_LIST_SECRETS,
					(struct uvdevice_result){ 0x0100, 0 }, NULL), 0);
}

static void opens_what_it_is_told(void **state)
{
	struct error err = { 0 };
	int fd;

	(void)state;
	setenv(UVDEVICE_ENVIRONMENT, "/dev/null", 1);
	assert_ok(uvdevice_open(&fd, &err), &err);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	setenv(UVDEVICE_ENVIRONMENT, "/nowhere/uv", 1);
	assert_int_equal(uvdevice_open(&fd, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.hint, "modprobe uvdevice"));
	setenv(UVDEVICE_ENVIRONMENT, "/", 1);
	assert_int_equal(uvdevice_open(&fd, &err), ERR_IO);
	unsetenv(UVDEVICE_ENVIRONMENT);
#ifndef __s390x__
	assert_int_equal(uvdevice_open(&fd, &err), ERR_UNSUPPORTED);
	assert_non_null(strstr(err.message, "s390x"));
#endif
	assert_int_equal(fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speaks_the_kernel_language),
		cmocka_unit_test(explains_errno),
		cmocka_unit_test(explains_return_codes),
		cmocka_unit_test(opens_what_it_is_told),
	};

	return cmocka_run_group_tests_name("uvdevice", tests, NULL, NULL);
}
