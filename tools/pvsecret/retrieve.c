/* SPDX-License-Identifier: MIT */
/* pvsecret retrieve: gets a secret, or the protected form of a key, out of the store. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "pvsecret/in_out.h"
#include "pvsecret/verbs.h"
#include "secret/id_file.h"
#include "secret/retrieved.h"
#include "secret/secret_type.h"
#include "secret/store.h"
#include "uvdevice/cpacf.h"
#include "uvdevice/uvdevice.h"

struct settings {
	const char *input, *input_operand;
	const char *output, *output_operand;
	const char *inform, *outform;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "input", .letter = 'i', .kind = CLI_TEXT, .offset = AT(input),
	  .value = "ID", .help = "Retrieve the secret ID, as --inform says.",
	  .flags = CLI_FILE },
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "FILE",
	  .help = "Write the secret to FILE, readable for its owner only, instead of "
		  "standard output.",
	  .flags = CLI_FILE },
	{ .name = "inform", .kind = CLI_TEXT, .offset = AT(inform), .value = "FORM",
	  .help = "What names the secret: an ID file (yaml, default), its ID (hex), its "
		  "name, or its index (idx).",
	  .choices = "yaml hex name idx" },
	{ .name = "outform", .kind = CLI_TEXT, .offset = AT(outform), .value = "FORM",
	  .help = "PEM (default), or the bytes.", .choices = "pem bin" },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "ID", .kind = CLI_TEXT, .offset = AT(input_operand),
	  .help = "The secret, as --input.", .flags = CLI_FILE },
	{ .name = "OUTPUT", .kind = CLI_TEXT, .offset = AT(output_operand),
	  .help = "As --output (\"-\": standard output).", .flags = CLI_FILE },
	{ .name = NULL },
};

/* What to look for in the list. */
struct wanted {
	const char *text; /* as the user wrote it */
	bool by_index, by_name;
	unsigned index;
	uint8_t id[SECRET_ID_SIZE];
};

static int parse_index(unsigned *index, const char *text, struct error *err)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || value > UINT16_MAX)
		return error_set(err, ERR_INVALID, "'%s' is no index of a secret", text);
	*index = (unsigned)value;
	return 0;
}

static int parse_id_file(struct wanted *wanted, struct error *err)
{
	struct id_file file;
	int rc = id_file_read(&file, wanted->text, err);

	if (rc < 0)
		return rc;
	if (file.type == SECRET_ASSOCIATION)
		return error_set(err, ERR_REFUSED,
				 "'%s' is about an association secret, which cannot be retrieved",
				 wanted->text);
	memcpy(wanted->id, file.id, sizeof(wanted->id));
	return 0;
}

static int parse_wanted(struct wanted *wanted, const char *text, const char *form,
			struct error *err)
{
	*wanted = (struct wanted){ .text = text };
	if (!form || strcmp(form, "yaml") == 0)
		return parse_id_file(wanted, err);
	if (strcmp(form, "hex") == 0)
		return secret_id_from_hex(wanted->id, text, err);
	if (strcmp(form, "idx") == 0) {
		wanted->by_index = true;
		return parse_index(&wanted->index, text, err);
	}
	wanted->by_name = true;
	secret_id_from_name(wanted->id, text);
	return 0;
}

static int find(const struct secret_list_entry **entry, const struct wanted *wanted,
		const struct secret_list *list, const struct log *log, struct error *err)
{
	uint8_t hash[SECRET_ID_SIZE];
	int rc;

	*entry = wanted->by_index ? store_find_index(list, wanted->index)
				  : store_find_id(list, wanted->id, log);
	if (!*entry && wanted->by_name) {
		rc = secret_id_from_hash(hash, wanted->text, err);
		if (rc < 0)
			return rc;
		*entry = store_find_id(list, hash, log);
	}
	if (*entry)
		return 0;
	error_set(err, ERR_NOT_FOUND, "The secret store has no secret '%s'", wanted->text);
	return error_hint(err, ERR_NOT_FOUND, "'pvsecret list' shows what there is");
}

/* The secret as the ultravisor gives it out, and its type. */
static int fetch(struct secret **blob, uint16_t *type, const struct wanted *wanted,
		 const struct log *log, struct error *err)
{
	const struct secret_list_entry *entry;
	struct store_list list;
	int fd, rc = uvdevice_open(&fd, err);

	if (rc < 0)
		return rc;
	rc = store_list(&list, fd, log, err);
	if (rc == 0) {
		rc = find(&entry, wanted, &list.list, log, err);
		if (rc == 0) {
			*type = be16_get(entry->type);
			rc = store_retrieve(blob, fd, entry, err);
		}
		store_list_free(&list);
	}
	close(fd);
	return rc;
}

static int write_out(const char *output, const char *form, uint16_t type,
		     const struct secret *blob, struct error *err)
{
	struct retrieved retrieved = { .type = type, .bytes = secret_view(blob),
				       .size = secret_size(blob) };
	bool binary = form && strcmp(form, "bin") == 0;
	struct secret *content;
	int rc = binary ? retrieved_to_binary(&content, &retrieved, err)
			: retrieved_to_pem(&content, &retrieved, err);

	if (rc < 0)
		return rc;
	rc = file_write(output, secret_view(content), secret_size(content),
			OUTFILE_REPLACE, 0600, err);
	secret_free(content);
	return rc;
}

/* A protected key is of use to CPACF alone. */
static void tell_use(uint16_t type, const struct log *log)
{
	if (type != SECRET_PLAINTEXT && !cpacf_takes_protected_keys())
		log_warn(log, "The key is a protected one, and this CPU, as that of each simulated machine, has no functions (CPACF) that could use it");
}

static int retrieve(const struct settings *settings, const char *input,
		    const char *output, struct cli *cli, struct error *err)
{
	struct secret *blob;
	struct wanted wanted;
	uint16_t type = 0;
	int rc = parse_wanted(&wanted, input, settings->inform, err);

	if (rc == 0)
		rc = fetch(&blob, &type, &wanted, cli_log(cli), err);
	if (rc < 0)
		return error_wrap(err, rc, "Could not retrieve the secret");
	rc = write_out(output, settings->outform, type, blob, err);
	secret_free(blob);
	if (rc == 0)
		tell_use(type, cli_log(cli));
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	const char *input = NULL, *output = "-";
	struct error err = { 0 };
	int code = take_either(&input, settings->input, settings->input_operand, "input", cli);

	if (code == CLI_OK)
		code = take_either(&output, settings->output, settings->output_operand,
				   "output", cli);
	if (code != CLI_OK)
		return code;
	if (retrieve(settings, input, output, cli, &err) < 0)
		return cli_fail(cli, &err);
	return CLI_OK;
}

#define RETRIEVE(name_, hidden_)                                              \
	{ .name = name_,                                                      \
	  .summary = "Get a secret out of the ultravisor (in the guest)",     \
	  .options = options, .operands = operands,                           \
	  .settings_size = sizeof(struct settings), .run = run, .hidden = hidden_ }

const struct cli_verb pvsecret_retrieve = RETRIEVE("retrieve", false);
const struct cli_verb pvsecret_retr = RETRIEVE("retr", true);
