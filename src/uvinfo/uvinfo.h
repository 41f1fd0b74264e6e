/* SPDX-License-Identifier: MIT */
/*
 * What the ultravisor offers, as Linux shows it in /sys/firmware/uv: the files of
 * that folder, or of a copy of it, read and checked. See docs/reference/uv-sysfs.md.
 */
#ifndef UV_UVINFO_UVINFO_H
#define UV_UVINFO_UVINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define UVINFO_PATH "/sys/firmware/uv"
/* Names another folder, for tests. Ignored in set-user-ID programs. */
#define UVINFO_ENVIRONMENT "ULTRAVIOLET_UV_SYSFS"

#define UVINFO_CALL_WORDS 4
#define UVINFO_KEYS 15 /* host key hashes: host key, backup host key, 13 unused */
#define UVINFO_KEY_SIZE 32

/* The numbers, in the order of the files' names in the kernel's source. */
enum uvinfo_field {
	UVINFO_FEATURES,
	UVINFO_MAX_CPUS,
	UVINFO_MAX_GUESTS,
	UVINFO_MAX_ADDRESS,
	UVINFO_HEADER_VERSIONS,
	UVINFO_HEADER_FLAGS,
	UVINFO_DUMP_STORAGE_STATE_SIZE,
	UVINFO_DUMP_COMPLETION_SIZE,
	UVINFO_DUMP_CPU_SIZE,
	UVINFO_ATTESTATION_VERSIONS,
	UVINFO_ATTESTATION_FLAGS,
	UVINFO_ADD_SECRET_VERSIONS,
	UVINFO_ADD_SECRET_FLAGS,
	UVINFO_SECRET_TYPES,
	UVINFO_MAX_SECRETS,
	UVINFO_MAX_ASSOCIATION_SECRETS,
	UVINFO_MAX_RETRIEVABLE_SECRETS,
	UVINFO_FIELDS,
};

struct uvinfo_value {
	bool known; /* older kernels have fewer files */
	uint64_t number;
};

struct uvinfo {
	bool guest; /* this system is a protected guest */
	bool host;  /* or can run protected guests */
	bool calls_known;
	uint64_t calls[UVINFO_CALL_WORDS]; /* bit n from the left = call n installed */
	struct uvinfo_value fields[UVINFO_FIELDS];
	bool keys_known;
	uint8_t keys[UVINFO_KEYS][UVINFO_KEY_SIZE]; /* zero = there is none */
};

/* The name of a field's file below query/. */
const char *uvinfo_field_name(enum uvinfo_field field);

/* The folder to read when none is given. */
const char *uvinfo_default_path(void);

/*
 * Reads the folder @path. Files that are absent leave their value unknown.
 * ERR_NOT_FOUND: there is no such folder, so no ultravisor; ERR_FORMAT: a file's
 * content is not what the kernel writes; ERR_IO.
 */
int uvinfo_read(struct uvinfo *info, const char *path, struct error *err);

/*
 * Is this system a protected guest, according to the folder @path? False when
 * nothing there says so.
 */
bool uvinfo_is_guest(const char *path);

#endif
