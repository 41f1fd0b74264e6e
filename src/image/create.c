/* SPDX-License-Identifier: MIT */
#include "image/create.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "image/component_check.h"
#include "image/control_flags.h"
#include "image/layout.h"
#include "image/metadata.h"
#include "image/page_pipe.h"
#include "image/source.h"

/* What makes a PSW one in the short format of ESA/390. */
#define SHORT_PSW_FORMAT MSB0(12)

static const struct {
	const char *name;
	uint16_t type; /* first bytes of the tweak prefix: ascend with the address */
} kinds[COMPONENT_KINDS] = {
	[COMPONENT_KERNEL] = { "Linux kernel", 40 },
	[COMPONENT_RAMDISK] = { "ramdisk", 50 },
	[COMPONENT_CMDLINE] = { "kernel cmdline", 60 },
	[COMPONENT_STAGE3B] = { "stage3b", 70 },
};

/* An image in the making. */
struct creation {
	const struct image_input *input;
	int fd;
	struct image_layout layout;
	struct source *kernel;
	struct source *ramdisk;
	uint8_t *cmdline;
	size_t cmdline_size;       /* with the NUL */
	struct boot_stages stages; /* our copy: arguments are filled in */
	struct secret *area;       /* struct se_header_area */
	struct secret *header_key;
	EVP_PKEY *customer_key;
	uint8_t iv[GCM_IV_SIZE];
	uint8_t tweaks[COMPONENT_KINDS][TWEAK_RANDOM_SIZE];
	struct page_pipe *pipe;
	uint64_t next_address;
	struct page_digest_values digests;
};

static uint64_t page_align(uint64_t address)
{
	return (address + PAGE_SIZE_4K - 1) & ~(uint64_t)(PAGE_SIZE_4K - 1);
}

/* An empty component takes one page. */
static uint64_t padded_size(const struct image_part *part)
{
	return page_align(part->size ? part->size : 1);
}

/* "-" means a standard stream. */
static bool is_stream(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

int image_input_check(const struct image_input *input, struct error *err)
{
	const uint8_t *key = input->image_key;

	if (input->host_key_count == 0)
		return error_set(err, ERR_INVALID, "No host key document provided");
	if (input->host_key_count > SE_HEADER_MAX_SLOTS)
		return error_set(err, ERR_INVALID,
				 "%zu host key documents do not fit: a header of at most %d bytes holds %d",
				 input->host_key_count, SE_HEADER_MAX_SIZE,
				 SE_HEADER_MAX_SLOTS);
	if (key && secret_equal_bytes(key, key + XTS_KEY_SIZE / 2, XTS_KEY_SIZE / 2))
		return error_set(err, ERR_INVALID,
				 "The two halves of the image components key are equal");
	if (is_stream(input->kernel) + is_stream(input->ramdisk) +
	    is_stream(input->cmdline) > 1)
		return error_set(err, ERR_INVALID,
				 "Only one component can come from standard input");
	return 0;
}

/* Reads the command line and makes sure that it ends in a NUL. */
static int read_cmdline(struct creation *work, struct error *err)
{
	int rc = file_read(&work->cmdline, &work->cmdline_size,
			   work->input->cmdline, CMDLINE_MAX_SIZE - 1, err);

	if (rc < 0)
		return rc;
	/* file_read() put a NUL behind the last byte. */
	if (work->cmdline_size == 0 || work->cmdline[work->cmdline_size - 1] != '\0')
		work->cmdline_size++;
	return 0;
}

static int check_components(struct creation *work, struct error *err)
{
	const uint8_t *head;
	uint64_t max_cmdline;
	size_t got;
	int rc = source_peek(work->kernel, KERNEL_HEAD_SIZE, &head, &got, err);

	if (rc == 0)
		rc = kernel_check(&max_cmdline, head, got, err);
	if (rc == 0 && work->cmdline)
		rc = cmdline_check(work->cmdline_size, max_cmdline, err);
	return rc;
}

static int open_components(struct creation *work, struct error *err)
{
	const struct image_input *input = work->input;
	int rc = source_from_file(&work->kernel, input->kernel, err);

	if (rc == 0 && input->ramdisk)
		rc = source_from_file(&work->ramdisk, input->ramdisk, err);
	if (rc == 0 && input->cmdline)
		rc = read_cmdline(work, err);
	if (rc == 0 && !input->unchecked)
		rc = check_components(work, err);
	if (rc < 0)
		return rc;
	return boot_stages_copy(&work->stages, input->stages->stage3a,
				input->stages->stage3a_size,
				input->stages->stage3b,
				input->stages->stage3b_size, err);
}

/* Copies @given, or draws at random when that is NULL. */
static int take_or_draw(uint8_t *out, const uint8_t *given, size_t size,
			struct error *err)
{
	if (!given)
		return crypto_random(out, size, err);
	memcpy(out, given, size);
	return 0;
}

static int prepare_keys(struct creation *work, struct error *err)
{
	const struct image_input *input = work->input;
	struct se_header_area *area;
	int rc;

	work->header_key = secret_new(GCM_KEY_SIZE);
	work->area = secret_new(sizeof(*area));
	if (!work->header_key || !work->area)
		return error_set(err, ERR_NOMEM, "Out of memory");
	area = (struct se_header_area *)secret_bytes(work->area);
	rc = take_or_draw(area->cck, input->cck, sizeof(area->cck), err);
	if (rc == 0)
		rc = take_or_draw(area->image_key, input->image_key,
				  sizeof(area->image_key), err);
	if (rc == 0)
		rc = take_or_draw(secret_bytes(work->header_key),
				  input->header_key, GCM_KEY_SIZE, err);
	area->psw_mask = be64(PSW_MASK_64BIT);
	area->scf = be64(input->scf);
	return rc;
}

static int prepare_randomness(struct creation *work, struct error *err)
{
	const struct image_randomness *fixed = work->input->fixed;
	int rc;

	if (!fixed) {
		rc = ec_generate(&work->customer_key, err);
		if (rc == 0)
			rc = crypto_random(work->iv, sizeof(work->iv), err);
		if (rc == 0)
			rc = crypto_random(work->tweaks, sizeof(work->tweaks), err);
		return rc;
	}
	if (EVP_PKEY_up_ref(fixed->customer_key) != 1)
		return crypto_error(err, "Cannot share the customer key");
	work->customer_key = fixed->customer_key;
	memcpy(work->iv, fixed->iv, sizeof(work->iv));
	memcpy(work->tweaks, fixed->tweaks, sizeof(work->tweaks));
	return 0;
}

static const struct se_header_area *area_of(const struct creation *work)
{
	return (const struct se_header_area *)secret_view(work->area);
}

static uint64_t tweak_prefix(const struct creation *work, enum component_kind kind)
{
	uint64_t prefix = kinds[kind].type;

	for (size_t i = 0; i < TWEAK_RANDOM_SIZE; i++)
		prefix = prefix << 8 | work->tweaks[kind][i];
	return prefix;
}

/* Puts the next component into the image. */
static int add_component(struct creation *work, enum component_kind kind,
			 struct source *source, struct error *err)
{
	struct image_part *part = &work->layout.parts[kind];
	int rc;

	part->address = work->next_address;
	part->tweak_prefix = tweak_prefix(work, kind);
	log_debug(work->input->log, "Preparing %s as secured component",
		  kinds[kind].name);
	rc = page_pipe_feed(work->pipe, source, part->address,
			    part->tweak_prefix, &part->size, err);
	if (rc < 0)
		return error_wrap(err, rc, "Cannot prepare the %s",
				  kinds[kind].name);
	work->layout.present[kind] = true;
	work->next_address += padded_size(part);
	return 0;
}

static int add_bytes(struct creation *work, enum component_kind kind,
		     const void *bytes, size_t size, struct error *err)
{
	struct source *source;
	int rc = source_from_bytes(&source, bytes, size, kinds[kind].name, err);

	if (rc == 0)
		rc = add_component(work, kind, source, err);
	source_free(source);
	return rc;
}

/* Where a component lies, as stage3b wants to know it. */
static struct stage3b_part stage3b_part(const struct creation *work,
					enum component_kind kind)
{
	const struct image_part *part = &work->layout.parts[kind];

	return (struct stage3b_part){ be64(part->address), be64(part->size) };
}

static int add_stage3b(struct creation *work, struct error *err)
{
	struct stage3b_args args = {
		.kernel = stage3b_part(work, COMPONENT_KERNEL),
		.cmdline = stage3b_part(work, COMPONENT_CMDLINE),
		.initrd = stage3b_part(work, COMPONENT_RAMDISK),
		.psw_mask = be64(PSW_MASK_64BIT),
		.psw_address = be64(KERNEL_ENTRY),
	};

	stage3b_set_args(&work->stages, &args);
	return add_bytes(work, COMPONENT_STAGE3B, work->stages.stage3b,
			 work->stages.stage3b_size, err);
}

static int add_components(struct creation *work, struct error *err)
{
	int rc = add_component(work, COMPONENT_KERNEL, work->kernel, err);

	if (rc == 0 && work->layout.parts[COMPONENT_KERNEL].size < KERNEL_ENTRY)
		log_warn(work->input->log,
			 "The kernel has less than %lu bytes: the image will not boot",
			 KERNEL_ENTRY);
	if (rc == 0 && work->ramdisk)
		rc = add_component(work, COMPONENT_RAMDISK, work->ramdisk, err);
	if (rc == 0 && work->cmdline)
		rc = add_bytes(work, COMPONENT_CMDLINE, work->cmdline,
			       work->cmdline_size, err);
	if (rc == 0)
		rc = add_stage3b(work, err);
	return rc;
}

static int write_at(const struct creation *work, const void *data, size_t size,
		    uint64_t address, struct error *err)
{
	if (lseek(work->fd, (off_t)address, SEEK_SET) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot write the image");
	return file_write_all(work->fd, data, size, "image", err);
}

static int write_header(struct creation *work, struct error *err)
{
	uint8_t bytes[SE_HEADER_MAX_SIZE];
	struct se_header_area *area =
		(struct se_header_area *)secret_bytes(work->area);
	struct se_header_input header = {
		.host_keys = work->input->host_keys,
		.host_key_count = work->input->host_key_count,
		.customer_key = work->customer_key,
		.header_key = secret_view(work->header_key),
		.iv = work->iv,
		.area = area,
		.digests = &work->digests,
		.page_count = work->layout.page_count,
		.pcf = work->input->pcf,
	};
	int rc;

	work->layout.psw_address = work->input->has_psw_address
		? work->input->psw_address
		: work->layout.parts[COMPONENT_STAGE3B].address;
	area->psw_address = be64(work->layout.psw_address);
	rc = se_header_build(bytes, &header, err);
	if (rc < 0)
		return rc;
	return write_at(work, bytes, work->layout.header_size,
			SE_HEADER_ADDRESS, err);
}

static int write_ipib(struct creation *work, struct error *err)
{
	uint8_t bytes[IPIB_MAX_SIZE];
	struct component_list list = {
		.header_address = SE_HEADER_ADDRESS,
		.header_size = work->layout.header_size,
	};

	for (size_t i = 0; i < COMPONENT_KINDS; i++) {
		const struct image_part *part = &work->layout.parts[i];

		if (work->layout.present[i])
			list.entries[list.count++] = (struct component_entry){
				.tweak_prefix = part->tweak_prefix,
				.address = part->address,
				.size = padded_size(part),
			};
	}
	work->layout.ipib_address = work->next_address;
	work->layout.ipib_size = component_list_render(bytes, &list);
	return write_at(work, bytes, work->layout.ipib_size,
			work->layout.ipib_address, err);
}

/* stage3a counts both offsets from its argument block. */
static int write_stage3a(struct creation *work, struct error *err)
{
	uint64_t here = stage3a_args_address(&work->stages);
	struct stage3a_args args = {
		.header_offset = be64(SE_HEADER_ADDRESS - here),
		.header_size = be64(work->layout.header_size),
		.ipib_offset = be64(work->layout.ipib_address - here),
	};

	stage3a_set_args(&work->stages, &args);
	work->layout.stage3a_size = work->stages.stage3a_size;
	return write_at(work, work->stages.stage3a, work->stages.stage3a_size,
			STAGE3A_ADDRESS, err);
}

static int write_start(struct creation *work, struct error *err)
{
	be64_t short_psw = be64(PSW_MASK_64BIT | SHORT_PSW_FORMAT | STAGE3A_ENTRY);
	struct image_metadata metadata = {
		.header_offset = be64(SE_HEADER_ADDRESS),
		.version = be32(IMAGE_METADATA_VERSION_1),
		.ipib_offset = be64(work->layout.ipib_address),
	};
	int rc;

	memcpy(metadata.magic, IMAGE_METADATA_MAGIC, sizeof(metadata.magic));
	rc = write_at(work, &metadata, sizeof(metadata), IMAGE_METADATA_ADDRESS, err);
	if (rc == 0)
		rc = write_at(work, &short_psw, sizeof(short_psw), 0, err);
	return rc;
}

/* Bytes of all components with padding, as far as known before they are read. */
static uint64_t expected_size(const struct creation *work)
{
	return page_align(source_known_size(work->kernel)) +
	       (work->ramdisk ? page_align(source_known_size(work->ramdisk)) : 0) +
	       page_align(work->cmdline_size) + page_align(work->stages.stage3b_size);
}

static int write_components(struct creation *work, struct error *err)
{
	bool encrypted = !(work->input->pcf & PCF_NO_ENCRYPTION);
	int rc;

	work->layout.header_size = se_header_size(work->input->host_key_count);
	work->next_address = page_align(SE_HEADER_ADDRESS + work->layout.header_size);
	rc = page_pipe_new(&work->pipe, work->fd,
			   encrypted ? area_of(work)->image_key : NULL, err);
	if (rc < 0)
		return rc;
	page_pipe_show(work->pipe, work->input->progress, expected_size(work));
	rc = add_components(work, err);
	if (rc == 0)
		rc = page_pipe_finish(work->pipe, &work->digests,
				      &work->layout.page_count, err);
	return rc;
}

static void creation_free(struct creation *work)
{
	page_pipe_free(work->pipe);
	source_free(work->kernel);
	source_free(work->ramdisk);
	if (work->cmdline)
		secret_wipe(work->cmdline, work->cmdline_size);
	free(work->cmdline);
	boot_stages_free(&work->stages);
	secret_free(work->area);
	secret_free(work->header_key);
	EVP_PKEY_free(work->customer_key);
}

/* The shape of the image, for the most talkative output. */
static void log_layout(const struct log *log, const struct image_layout *layout)
{
	log_debug(log, "Secure Execution image layout (first and last byte):");
	log_debug(log, "  %-24s 0x%-10x 0x%x", "short PSW", 0, 7);
	log_debug(log, "  %-24s 0x%-10lx 0x%lx", "image metadata",
		  IMAGE_METADATA_ADDRESS,
		  IMAGE_METADATA_ADDRESS + sizeof(struct image_metadata) - 1);
	log_debug(log, "  %-24s 0x%-10lx 0x%" PRIx64, "stage3a", STAGE3A_ADDRESS,
		  STAGE3A_ADDRESS + layout->stage3a_size - 1);
	log_debug(log, "  %-24s 0x%-10lx 0x%" PRIx64, "Secure Execution header",
		  SE_HEADER_ADDRESS, SE_HEADER_ADDRESS + layout->header_size - 1);
	for (size_t i = 0; i < COMPONENT_KINDS; i++) {
		const struct image_part *part = &layout->parts[i];

		if (layout->present[i])
			log_debug(log, "  %-24s 0x%-10" PRIx64 " 0x%" PRIx64,
				  kinds[i].name, part->address,
				  part->address + padded_size(part) - 1);
	}
	log_debug(log, "  %-24s 0x%-10" PRIx64 " 0x%" PRIx64, "IPIB",
		  layout->ipib_address,
		  layout->ipib_address + layout->ipib_size - 1);
}

/* All parts whose content depends on the components go last. */
static int write_image(struct creation *work, struct error *err)
{
	int rc = write_components(work, err);

	if (rc == 0)
		rc = write_header(work, err);
	if (rc == 0)
		rc = write_ipib(work, err);
	if (rc == 0)
		rc = write_stage3a(work, err);
	if (rc == 0)
		rc = write_start(work, err);
	return rc;
}

int image_output_open(struct outfile **out, const char *path,
		      enum outfile_policy policy, struct error *err)
{
	*out = NULL;
	if (outfile_writes_through(path)) {
		error_set(err, ERR_INVALID,
			  "Cannot write an image to '%s': it is no regular file", path);
		return error_hint(err, ERR_INVALID,
				  "The first part of an image depends on the last: write to a file, then copy that");
	}
	return outfile_open(out, path, policy, 0600, err);
}

int image_create(int fd, const struct image_input *input,
		 struct image_layout *layout, struct error *err)
{
	struct creation work = { .input = input, .fd = fd };
	int rc = image_input_check(input, err);

	if (rc == 0)
		rc = open_components(&work, err);
	if (rc == 0)
		rc = prepare_keys(&work, err);
	if (rc == 0)
		rc = prepare_randomness(&work, err);
	if (rc == 0)
		rc = write_image(&work, err);
	if (rc == 0) {
		log_layout(input->log, &work.layout);
		if (layout)
			*layout = work.layout;
	}
	creation_free(&work);
	return rc;
}
