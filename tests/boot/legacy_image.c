/* SPDX-License-Identifier: MIT */
/*
 * legacy_image OUT HOST-KEY-DOCUMENT STAGES KERNEL CMDLINE RAMDISK
 *
 * Makes a boot image with the boot stages in the folder STAGES as genprotimg up
 * to 2.35 laid it out: no metadata, the IPIB in front of the SE header and
 * without its address, another order of components. pvimg makes no such images,
 * but they are around. See docs/reference/se-image.md, "Image layout".
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "hostkey/hostkey.h"
#include "image/boot_stages.h"
#include "image/component_list.h"
#include "image/control_flags.h"
#include "image/layout.h"
#include "image/page_pipe.h"
#include "image/se_header.h"

#define SHORT_PSW_FORMAT MSB0(12)
#define TWEAK_TYPE_SHIFT 48
#define CMDLINE_LIMIT 4096

struct legacy {
	int fd;
	struct boot_stages stages;
	struct se_header_area area;
	struct page_pipe *pipe;
	struct component_list list;
	uint64_t next;
};

static void must(int rc, const struct error *err)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "legacy_image: %s%s%s\n", err->message,
		err->cause[0] ? ": " : "", err->cause);
	exit(1);
}

static void draw(void *data, size_t size)
{
	struct error err;

	must(crypto_random(data, size, &err), &err);
}

static void put(const struct legacy *image, uint64_t address, const void *data,
		size_t size)
{
	if (pwrite(image->fd, data, size, (off_t)address) != (ssize_t)size) {
		perror("legacy_image");
		exit(1);
	}
}

/* Components have the types 0, 1, ... in front of the random part of their tweaks. */
static struct stage3b_part add(struct legacy *image, struct source *source)
{
	struct component_entry *entry = &image->list.entries[image->list.count];
	uint64_t size, random;
	struct error err;

	draw(&random, sizeof(random));
	*entry = (struct component_entry){
		.tweak_prefix = (uint64_t)image->list.count << TWEAK_TYPE_SHIFT |
				random >> (64 - TWEAK_TYPE_SHIFT),
		.address = image->next,
	};
	must(page_pipe_feed(image->pipe, source, entry->address,
			    entry->tweak_prefix, &size, &err), &err);
	source_free(source);
	entry->size = (size + PAGE_SIZE_4K - 1) & ~(PAGE_SIZE_4K - 1);
	image->next += entry->size;
	image->list.count++;
	return (struct stage3b_part){ be64(entry->address), be64(size) };
}

static struct stage3b_part add_file(struct legacy *image, const char *path)
{
	struct source *source;
	struct error err;

	must(source_from_file(&source, path, &err), &err);
	return add(image, source);
}

static struct stage3b_part add_bytes(struct legacy *image, const void *bytes,
				     size_t size)
{
	struct source *source;
	struct error err;

	must(source_from_bytes(&source, bytes, size, "component", &err), &err);
	return add(image, source);
}

/* In the order of old: the command line in front of the ramdisk. */
static void add_components(struct legacy *image, char **files)
{
	struct stage3b_args args = {
		.psw_mask = be64(PSW_MASK_64BIT),
		.psw_address = be64(KERNEL_ENTRY),
	};
	uint8_t *cmdline;
	struct error err;
	size_t size;

	args.kernel = add_file(image, files[0]);
	must(file_read(&cmdline, &size, files[1], CMDLINE_LIMIT, &err), &err);
	args.cmdline = add_bytes(image, cmdline, size + 1); /* with the NUL */
	args.initrd = add_file(image, files[2]);
	stage3b_set_args(&image->stages, &args);
	image->area.psw_mask = be64(PSW_MASK_64BIT);
	image->area.psw_address = be64(image->next);
	add_bytes(image, image->stages.stage3b, image->stages.stage3b_size);
	free(cmdline);
}

static void put_header(struct legacy *image, EVP_PKEY *host_key)
{
	uint8_t bytes[SE_HEADER_MAX_SIZE], header_key[GCM_KEY_SIZE], iv[GCM_IV_SIZE];
	struct page_digest_values digests;
	struct se_header_input input = {
		.host_keys = &host_key, .host_key_count = 1,
		.header_key = header_key, .iv = iv, .area = &image->area,
		.digests = &digests, .pcf = PCF_DEFAULT,
	};
	struct error err;

	must(page_pipe_finish(image->pipe, &digests, &input.page_count, &err), &err);
	draw(header_key, sizeof(header_key));
	draw(iv, sizeof(iv));
	must(ec_generate(&input.customer_key, &err), &err);
	must(se_header_build(bytes, &input, &err), &err);
	put(image, SE_HEADER_ADDRESS, bytes, se_header_size(1));
	EVP_PKEY_free(input.customer_key);
}

/* One page; the header's address comes from stage3a. */
static void put_ipib(struct legacy *image)
{
	uint8_t bytes[IPIB_MAX_SIZE] = { 0 };
	struct ipib *ipib = (struct ipib *)bytes;

	image->list.header_size = se_header_size(1);
	component_list_render(bytes, &image->list);
	ipib->total_size = be32(sizeof(bytes));
	ipib->pv_version = 0;
	put(image, LEGACY_IPIB_ADDRESS, bytes, sizeof(bytes));
}

static void put_stage3a(struct legacy *image)
{
	const be64_t short_psw = be64(PSW_MASK_64BIT | SHORT_PSW_FORMAT | STAGE3A_ENTRY);
	const uint64_t here = stage3a_args_address(&image->stages);
	const struct stage3a_args args = {
		.header_offset = be64(SE_HEADER_ADDRESS - here),
		.header_size = be64(se_header_size(1)),
		.ipib_offset = be64(LEGACY_IPIB_ADDRESS - here),
	};

	stage3a_set_args(&image->stages, &args);
	put(image, STAGE3A_ADDRESS, image->stages.stage3a, image->stages.stage3a_size);
	put(image, 0, &short_psw, sizeof(short_psw));
}

int main(int argc, char **argv)
{
	struct legacy image = { .next = SE_HEADER_ADDRESS + PAGE_SIZE_4K };
	struct hostkey *hostkey;
	struct error err;

	if (argc != 7) {
		fprintf(stderr, "usage: legacy_image OUT HOST-KEY-DOCUMENT STAGES KERNEL CMDLINE RAMDISK\n");
		return 2;
	}
	image.fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (image.fd < 0) {
		perror(argv[1]);
		return 1;
	}
	must(hostkey_load(&hostkey, argv[2], NULL, &err), &err);
	must(boot_stages_load(&image.stages, argv[3], &err), &err);
	draw(image.area.cck, sizeof(image.area.cck));
	draw(image.area.image_key, sizeof(image.area.image_key));
	must(page_pipe_new(&image.pipe, image.fd, image.area.image_key, &err), &err);
	add_components(&image, argv + 4);
	put_header(&image, hostkey->key);
	put_ipib(&image);
	put_stage3a(&image);
	page_pipe_free(image.pipe);
	boot_stages_free(&image.stages);
	hostkey_free(hostkey);
	return close(image.fd) == 0 ? 0 : 1;
}
