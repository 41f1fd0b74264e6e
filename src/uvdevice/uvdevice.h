/* SPDX-License-Identifier: MIT */
/*
 * /dev/uv: how a program inside a protected guest reaches the ultravisor. Linux'
 * module uvdevice turns each ioctl into one call and hands its return codes
 * back. See docs/reference/uvdevice.md.
 *
 * The device exists on s390x alone. Elsewhere opening it fails with a message
 * that says so.
 */
#ifndef UV_UVDEVICE_UVDEVICE_H
#define UV_UVDEVICE_UVDEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Names another device, for tests. Ignored in set-user-ID programs. */
#define UVDEVICE_ENVIRONMENT "ULTRAVIOLET_UV_DEVICE"
#define UVDEVICE_PATH "/dev/uv"

enum uvdevice_command {
	UVDEVICE_INFO = 0,
	UVDEVICE_ATTEST = 1,
	UVDEVICE_ADD_SECRET = 2,
	UVDEVICE_LIST_SECRETS = 3,
	UVDEVICE_LOCK_SECRETS = 4,
	UVDEVICE_RETRIEVE_SECRET = 5,
};

#define UVDEVICE_MAX_REQUEST 0x100000  /* bytes of an ARCB or ASRCB */
#define UVDEVICE_LIST_PAGE 4096        /* lists come in multiples of it */
#define UVDEVICE_MIN_RETRIEVE 2        /* bytes: the index */
#define UVDEVICE_MAX_RETRIEVE 8192

/* --- The interface of the kernel, in the byte order of the machine --------- */

struct uvdevice_block {
	uint32_t flags;            /* 0x00 zero */
	uint16_t rc;               /* 0x04 out */
	uint16_t rrc;              /* 0x06 out */
	uint64_t argument;         /* 0x08 address */
	uint32_t argument_size;    /* 0x10 */
	uint8_t reserved_14[44];   /* 0x14 zero */
};
_Static_assert(offsetof(struct uvdevice_block, rc) == 0x04, "rc");
_Static_assert(offsetof(struct uvdevice_block, argument) == 0x08, "argument");
_Static_assert(offsetof(struct uvdevice_block, argument_size) == 0x10, "size");
_Static_assert(sizeof(struct uvdevice_block) == 0x40, "size of the block");

struct uvdevice_attest {
	uint64_t arcb;             /* 0x000 address */
	uint64_t measurement;      /* 0x008 address */
	uint64_t additional;       /* 0x010 address */
	uint8_t user_data[256];    /* 0x018 */
	uint8_t cuid[16];          /* 0x118 out */
	uint32_t arcb_size;        /* 0x128 */
	uint32_t measurement_size; /* 0x12c */
	uint32_t additional_size;  /* 0x130 in and out */
	uint16_t user_size;        /* 0x134 */
	uint16_t reserved_136;     /* 0x136 zero */
};
_Static_assert(offsetof(struct uvdevice_attest, cuid) == 0x118, "cuid");
_Static_assert(offsetof(struct uvdevice_attest, arcb_size) == 0x128, "arcb size");
_Static_assert(offsetof(struct uvdevice_attest, user_size) == 0x134, "user size");
_Static_assert(sizeof(struct uvdevice_attest) == 0x138, "size of attest");

struct uvdevice_info {
	uint64_t ioctls; /* bit n from the right: command n is there */
	uint64_t calls;  /* the same, where the ultravisor offers the call */
};

/* _IOWR('u', command, struct uvdevice_block) */
#define UVDEVICE_IOCTL(command) (0xc0407500UL | (unsigned long)(command))

/* --- Using it --------------------------------------------------------------- */

/*
 * Opens the device: *@fd; caller closes. ERR_UNSUPPORTED on other architectures,
 * ERR_NOT_FOUND when there is none (hints at the module and at facility 158),
 * ERR_IO otherwise.
 */
int uvdevice_open(int *fd, struct error *err);

/* What a call came back with. */
struct uvdevice_result {
	uint16_t rc;
	uint16_t rrc;
};

/* Executed, and executed with more data left (lists). */
#define UVDEVICE_RC_EXECUTED 0x0001
#define UVDEVICE_RC_MORE_DATA 0x0100

/*
 * Issues one command with the @size bytes at @argument (NULL with 0). 0: the
 * ultravisor answered, *@result says what. ERR_INVALID, ERR_UNSUPPORTED, ERR_IO,
 * ERR_NOMEM: the kernel refused, and the message tells the errno value's meaning
 * for this command. Interruption by a signal (EINTR) repeats the command.
 */
int uvdevice_call(int fd, enum uvdevice_command command, void *argument, size_t size,
		  struct uvdevice_result *result, struct error *err);

/*
 * 0 when the call was executed, even with more data left; the caller sees that in
 * @result. ERR_REFUSED otherwise: with the meaning of the rc for this command, rc
 * and rrc.
 */
int uvdevice_check(enum uvdevice_command command, struct uvdevice_result result,
		   struct error *err);

#endif
