/* SPDX-License-Identifier: MIT */
/*
 * Stands in for the kernel and the ultravisor behind /dev/uv, so that `pvattest
 * perform` can be tested where there is neither: preloaded into a process, it
 * answers the attestation ioctl. The environment says how:
 *
 *   FAKE_UV_HOST_KEY   PEM file with the machine's key pair
 *   FAKE_UV_IMAGE      image, or header, that the "guest" was started from
 *   FAKE_UV_ERRNO      fail with this errno value instead
 *   FAKE_UV_RC         answer with this return code (hexadecimal) instead
 *   FAKE_UV_CUID       32 hexadecimal digits; zero by default
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attestation/measurement.h"
#include "base/hex.h"
#include "crypto/ec_pem.h"
#include "request/image_tags.h"
#include "uvdevice/uvdevice.h"

#define RC_NOT_DECRYPTABLE 0x010c
#define RC_USER_DATA 0x0102
#define RC_MEASUREMENT_SIZE 0x010d
#define RC_ADDITIONAL_SIZE 0x010e

struct machine {
	EVP_PKEY *key;
	uint8_t phkh[PHKH_SIZE];
	struct image_tags image;
};

static void machine_load(struct machine *machine)
{
	struct error err;

	if (ec_pem_read_private(&machine->key, getenv("FAKE_UV_HOST_KEY"), &err) < 0 ||
	    ec_phkh(machine->phkh, machine->key, &err) < 0 ||
	    image_tags_read(&machine->image, getenv("FAKE_UV_IMAGE"), NULL, &err) < 0)
		abort();
}

/* Nothing was added, nothing is locked; the firmware state is the bytes 0, 1, 2, ... */
static void fill_additional(uint8_t *at, uint64_t flags, const struct machine *machine)
{
	if (flags & ATTEST_IMAGE_PHKH)
		at = (uint8_t *)memcpy(at, machine->phkh, PHKH_SIZE) + PHKH_SIZE;
	if (flags & ATTEST_REQUEST_PHKH)
		at = (uint8_t *)memcpy(at, machine->phkh, PHKH_SIZE) + PHKH_SIZE;
	if (flags & ATTEST_STORE_HASH) {
		if (store_hash_compute(at, NULL, 0, false, NULL) < 0)
			abort();
		at += ATTEST_STORE_HASH_SIZE;
	}
	for (size_t i = 0; flags & ATTEST_FIRMWARE_STATE && i < ATTEST_FIRMWARE_STATE_SIZE; i++)
		at[i] = (uint8_t)i;
}

static void set_cuid(uint8_t cuid[ATTEST_CUID_SIZE])
{
	const char *digits = getenv("FAKE_UV_CUID");

	memset(cuid, 0, ATTEST_CUID_SIZE);
	if (digits && hex_decode(cuid, ATTEST_CUID_SIZE, digits, strlen(digits), NULL) < 0)
		abort();
}

static uint16_t answer(struct uvdevice_attest *attest, const struct arcb *arcb,
		       const struct arcb_area *area, const struct machine *machine)
{
	size_t additional_needed = additional_size(arcb->flags);
	struct measurement_input input = {
		.image = &machine->image, .cuid = attest->cuid,
		.user_data = attest->user_data, .user_size = attest->user_size,
		.additional = (const void *)(uintptr_t)attest->additional,
		.additional_size = additional_needed,
		.nonce = arcb->flags & ATTEST_NONCE ? area->nonce : NULL,
	};

	if (attest->measurement_size < MEASUREMENT_SIZE)
		return RC_MEASUREMENT_SIZE;
	if (attest->additional_size < additional_needed)
		return RC_ADDITIONAL_SIZE;
	attest->additional_size = (uint32_t)additional_needed;
	set_cuid(attest->cuid);
	fill_additional((void *)(uintptr_t)attest->additional, arcb->flags, machine);
	if (measurement_compute((void *)(uintptr_t)attest->measurement,
				area->measurement_key, &input, NULL) < 0)
		abort();
	return UVDEVICE_RC_EXECUTED;
}

static uint16_t attest_guest(struct uvdevice_attest *attest)
{
	struct machine machine;
	struct secret *area;
	struct arcb arcb;
	uint16_t rc;

	if (attest->user_size > ATTEST_USER_DATA_MAX)
		return RC_USER_DATA;
	machine_load(&machine);
	if (arcb_parse(&arcb, (const void *)(uintptr_t)attest->arcb, attest->arcb_size,
		       ATTEST_KNOWN, NULL, NULL) < 0 ||
	    arcb_open_as_host(&area, &arcb, machine.key, machine.phkh, NULL) < 0)
		return RC_NOT_DECRYPTABLE;
	rc = answer(attest, &arcb, (const struct arcb_area *)secret_view(area), &machine);
	secret_free(area);
	EVP_PKEY_free(machine.key);
	return rc;
}

static int fake_ioctl(unsigned long request, struct uvdevice_block *block)
{
	const char *failure = getenv("FAKE_UV_ERRNO"), *rc = getenv("FAKE_UV_RC");

	if (failure) {
		errno = atoi(failure);
		return -1;
	}
	if (request != UVDEVICE_IOCTL(UVDEVICE_ATTEST) || block->flags ||
	    block->argument_size != sizeof(struct uvdevice_attest)) {
		errno = EINVAL;
		return -1;
	}
	block->rc = rc ? (uint16_t)strtoul(rc, NULL, 16) :
			 attest_guest((void *)(uintptr_t)block->argument);
	block->rrc = rc ? 0x2a : 0;
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	void *argument;
	va_list ap;

	va_start(ap, request);
	argument = va_arg(ap, void *);
	va_end(ap);
	if ((request & ~0xffUL) == UVDEVICE_IOCTL(0))
		return fake_ioctl(request, argument);
	return (int)syscall(SYS_ioctl, fd, request, argument);
}
