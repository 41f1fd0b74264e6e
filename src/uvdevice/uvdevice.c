/* SPDX-License-Identifier: MIT */
#include "uvdevice/uvdevice.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#ifdef __s390x__
#define ON_S390X 1
#else
#define ON_S390X 0
#endif

static int explain_open(int errnum, const char *path, struct error *err)
{
	int code = errnum == ENOENT || errnum == ENODEV || errnum == ENXIO ?
		   ERR_NOT_FOUND : ERR_IO;

	error_set_errno(err, code, errnum, "Cannot open '%s'", path);
	if (code == ERR_NOT_FOUND)
		error_hint(err, code, "Run this in a protected guest, as root, with the kernel module uvdevice loaded ('modprobe uvdevice'). "
				      "/sys/firmware/uv/prot_virt_guest tells whether the guest is protected");
	else if (errnum == EACCES || errnum == EPERM)
		error_hint(err, code, "Only root may talk to the ultravisor");
	return code;
}

int uvdevice_open(int *fd, struct error *err)
{
	const char *path = secure_getenv(UVDEVICE_ENVIRONMENT);

	*fd = -1;
	if (!path && !ON_S390X) {
		error_set(err, ERR_UNSUPPORTED, "Only an s390x guest has an ultravisor to talk to");
		return error_hint(err, ERR_UNSUPPORTED, "Copy the file to the protected guest and run this command there");
	}
	if (!path)
		path = UVDEVICE_PATH;
	*fd = open(path, O_RDWR | O_CLOEXEC);
	return *fd < 0 ? explain_open(errno, path, err) : 0;
}

/* --- errno of the ioctl ----------------------------------------------------- */

static const char *const command_names[] = {
	[UVDEVICE_INFO] = "query the device",
	[UVDEVICE_ATTEST] = "attest the guest",
	[UVDEVICE_ADD_SECRET] = "add the secret",
	[UVDEVICE_LIST_SECRETS] = "list the secrets",
	[UVDEVICE_LOCK_SECRETS] = "lock the secret store",
	[UVDEVICE_RETRIEVE_SECRET] = "retrieve the secret",
};

static int explain_ioctl(int errnum, enum uvdevice_command command, size_t size,
			 struct error *err)
{
	const char *name = command_names[command];

	switch (errnum) {
	case ENOTTY:
		error_set_errno(err, ERR_UNSUPPORTED, errnum, "Cannot %s: the kernel does not know this request", name);
		return error_hint(err, ERR_UNSUPPORTED, command == UVDEVICE_ATTEST ?
				  "Is this the device of the kernel module uvdevice?" :
				  "A newer kernel may: secrets need Linux 6.7, retrieving them a later one");
	case EINVAL:
		return error_set_errno(err, ERR_INVALID, errnum, "Cannot %s: the kernel takes no %zu bytes for it", name, size);
	case ENOMEM:
		return error_set_errno(err, ERR_NOMEM, errnum, "Cannot %s: the kernel is short of memory", name);
	default:
		return error_set_errno(err, ERR_IO, errnum, "Cannot %s", name);
	}
}

int uvdevice_call(int fd, enum uvdevice_command command, void *argument, size_t size,
		  struct uvdevice_result *result, struct error *err)
{
	struct uvdevice_block block = {
		.argument = (uintptr_t)argument,
		.argument_size = (uint32_t)size,
	};
	int rc;

	if (size > UINT32_MAX)
		return error_set(err, ERR_INVALID, "%zu bytes are too many for the ultravisor", size);
	do
		rc = ioctl(fd, UVDEVICE_IOCTL(command), &block);
	while (rc < 0 && errno == EINTR);
	if (rc < 0)
		return explain_ioctl(errno, command, size, err);
	*result = (struct uvdevice_result){ block.rc, block.rrc };
	return 0;
}

/* --- Return codes of the ultravisor ------------------------------------------ */

struct meaning {
	uint16_t rc;
	const char *text;
};

/* Which any call can come back with. */
static const struct meaning common[] = {
	{ 0x0002, "this ultravisor does not have the call, or not for this guest" },
	{ 0x0005, "the length of the control block is wrong" },
	{ 0x0030, "the guest's address space is of a wrong kind; do not go on using this guest" },
	{ 0x0031, "an address of the guest could not be translated; do not go on using this guest" },
	{ 0x0032, "an address of the guest leads nowhere; do not go on using this guest" },
	{ 0, NULL },
};

static const struct meaning attest[] = {
	{ 0x0101, "the continuation token is invalid" },
	{ 0x0102, "there are more than 256 bytes of user data" },
	{ 0x0103, "the attestation request is not accessible" },
	{ 0x0104, "the place for the measurement is not accessible" },
	{ 0x0105, "the place for the additional data is not accessible" },
	{ 0x0106, "the version of the attestation request is not supported" },
	{ 0x0107, "the length of the attestation request does not fit its content" },
	{ 0x0108, "the attestation request has no key slot, or too many" },
	{ 0x0109, "the size of the encrypted area does not fit the request's flags" },
	{ 0x010a, "a flag of the attestation request is not supported by this machine" },
	{ 0x010b, "the measurement algorithm is not supported" },
	{ 0x010c, "the attestation request cannot be decrypted: it was made for another machine, or changed on its way" },
	{ 0x010d, "the place for the measurement is too small" },
	{ 0x010e, "the place for the additional data is too small" },
	{ 0, NULL },
};

static const struct meaning add_secret[] = {
	{ 0x0101, "the secret store may not be modified" },
	{ 0x0102, "the secret store is locked" },
	{ 0x0103, "the request is not accessible" },
	{ 0x0104, "the version of the add-secret request is not supported" },
	{ 0x0105, "the size of the request is wrong" },
	{ 0x0106, "the request has no key slot, or too many" },
	{ 0x0107, "a flag of the request is not supported by this machine" },
	{ 0x0108, "the request cannot be decrypted: it was made for another machine, or changed on its way" },
	{ 0x0109, "the type of the secret is not supported by this machine" },
	{ 0x010a, "the length of the secret does not fit its type" },
	{ 0x010b, "the secret store is full" },
	{ 0x010c, "the request is not for this guest: another image, another instance, or another extension secret" },
	{ 0x010d, "the guest is being dumped; try again later" },
	{ 0, NULL },
};

static const struct meaning lock_secrets[] = {
	{ 0x0101, "the secret store may not be modified" },
	{ 0x0102, "the secret store is locked already" },
	{ 0, NULL },
};

static const struct meaning retrieve_secret[] = {
	{ 0x0009, "the secret is longer than the place for it" },
	{ 0x0102, "the place for the secret is not accessible" },
	{ 0x0109, "the secret is longer than the place for it" },
	{ 0x010f, "the secret store is empty" },
	{ 0x0110, "there is no secret with this index" },
	{ 0x0111, "this secret cannot be retrieved" },
	{ 0, NULL },
};

static const struct meaning *const by_command[] = {
	[UVDEVICE_INFO] = common,
	[UVDEVICE_ATTEST] = attest,
	[UVDEVICE_ADD_SECRET] = add_secret,
	[UVDEVICE_LIST_SECRETS] = common,
	[UVDEVICE_LOCK_SECRETS] = lock_secrets,
	[UVDEVICE_RETRIEVE_SECRET] = retrieve_secret,
};

static const char *find(const struct meaning *table, uint16_t rc)
{
	while (table->text && table->rc != rc)
		table++;
	return table->text;
}

int uvdevice_check(enum uvdevice_command command, struct uvdevice_result result,
		   struct error *err)
{
	const char *text;

	if (result.rc == UVDEVICE_RC_EXECUTED || result.rc == UVDEVICE_RC_MORE_DATA)
		return 0;
	text = find(common, result.rc);
	if (!text)
		text = find(by_command[command], result.rc);
	return error_set(err, ERR_REFUSED,
			 "Ultravisor: '%s' (0x%04x,0x%04x)",
			 text ? text : "the meaning of this code is unknown",
			 result.rc, result.rrc);
}
