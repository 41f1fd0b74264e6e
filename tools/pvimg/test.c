/* SPDX-License-Identifier: MIT */
/* pvimg test: can a given machine start the image? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "hostkey/hostkey.h"
#include "image/key_hashes.h"
#include "image/read.h"
#include "pvimg/verbs.h"

#define DEFAULT_KEY_HASHES "/sys/firmware/uv/keys/all"

struct settings {
	struct cli_list keys;
	const char *key_hashes, *input;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "host-key-document", .letter = 'k', .kind = CLI_LIST,
	  .offset = AT(keys), .value = "FILE[,FILE]",
	  .help = "Look for the host key document FILE. Can be given several times; "
		  "one that is included is enough.",
	  .flags = CLI_FILE },
	{ .name = "key-hashes", .kind = CLI_OPTIONAL, .offset = AT(key_hashes),
	  .value = "FILE",
	  .help = "Look for the key hashes in FILE, as the ultravisor reports them. "
		  "Without FILE those of this machine: " DEFAULT_KEY_HASHES ".",
	  .flags = CLI_FILE },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "INPUT", .kind = CLI_TEXT, .offset = AT(input),
	  .help = "An image, or a header taken from one.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = NULL },
};

static bool has_slot_for(const struct se_header *header,
			 const uint8_t hash[PHKH_SIZE])
{
	for (size_t i = 0; i < header->slot_count; i++)
		if (memcmp(header->slots[i].phkh, hash, PHKH_SIZE) == 0)
			return true;
	return false;
}

static int test_documents(const struct se_header *header,
			  const struct cli_list *files, struct cli *cli,
			  bool *found, struct error *err)
{
	for (size_t i = 0; i < files->count; i++) {
		struct hostkey *key;
		bool included;
		int rc = hostkey_load(&key, files->items[i], cli_log(cli), err);

		if (rc < 0)
			return rc;
		included = has_slot_for(header, key->phkh);
		hostkey_free(key);
		*found |= included;
		cli_say(cli, included ? " ✓ Host key document '%s' is included"
				      : " ✘ Host key document '%s' is not included",
			files->items[i]);
	}
	return 0;
}

/* @file "" means those of this machine. */
static int read_hashes(struct key_hashes *hashes, const char *file, struct error *err)
{
	int rc = key_hashes_read(hashes, *file ? file : DEFAULT_KEY_HASHES, err);

	if (rc != ERR_NOT_FOUND || *file)
		return rc;
	error_wrap(err, rc, "Support for query UV host key hashes is not available");
	return error_hint(err, rc, "Name a file with --key-hashes=FILE, or host key documents with -k");
}

static int test_hashes(const struct se_header *header, const char *file,
		       struct cli *cli, bool *found, struct error *err)
{
	static const char *const names[KEY_HASHES_COUNT] = {
		"Host key", "Backup host key",
	};
	char digits[2 * PHKH_SIZE + 1];
	struct key_hashes hashes;
	int rc = read_hashes(&hashes, file, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < KEY_HASHES_COUNT; i++) {
		if (!has_slot_for(header, hashes.hash[i]))
			continue;
		*found = true;
		cli_say(cli, " ✓ %s hash 0x%s is included",
			names[i] ? names[i] : "Key",
			hex_encode(digits, hashes.hash[i], PHKH_SIZE));
	}
	if (!*found)
		cli_say(cli, " ✘ None of the key hashes is included");
	return 0;
}

static int test_image(const struct settings *settings, struct cli *cli,
		      bool *found, struct error *err)
{
	const char *hashes = settings->key_hashes;
	struct se_image *image;
	int rc = se_image_open(&image, settings->input, cli_log(cli), err);

	if (rc < 0)
		return rc;
	if (hashes)
		rc = test_hashes(&image->header, hashes, cli, found, err);
	else
		rc = test_documents(&image->header, &settings->keys, cli, found, err);
	se_image_close(image);
	return rc;
}

/* The verb is older than the exit code 3 for "no". */
static int run(const void *settings, struct cli *cli)
{
	struct error err = { 0 };
	bool found = false;

	if (test_image(settings, cli, &found, &err) < 0)
		return cli_fail(cli, &err);
	return found ? CLI_OK : CLI_FAILURE;
}

const struct cli_verb pvimg_test = {
	.name = "test",
	.summary = "Test whether given machines can start an IBM Secure Execution image",
	.options = options,
	.operands = operands,
	.exactly_one = "host-key-document key-hashes",
	.settings_size = sizeof(struct settings),
	.run = run,
};
