/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "folder.h"
#include "image/control_flags.h"
#include "image/layout.h"
#include "image/metadata.h"
#include "image_fixture.h"

static uint64_t u64_at(const uint8_t *image, uint64_t offset)
{
	be64_t value;

	memcpy(&value, image + offset, sizeof(value));
	return be64_get(value);
}

static void assert_zero(const uint8_t *image, uint64_t from, uint64_t to)
{
	for (uint64_t at = from; at < to; at++)
		if (image[at])
			fail_msg("byte 0x%llx is not 0", (unsigned long long)at);
}

static void example_layout(void **state)
{
	size_t size;
	uint8_t *image = fixture_read("image", &size);
	const struct ipib *ipib = (const struct ipib *)(image + 0x3c000);
	struct stat st;

	(void)state;
	assert_int_equal(size, 0x3c0e8);
	assert_int_equal(stat("image", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* short PSW, metadata */
	assert_true(u64_at(image, 0) == 0x0008000180011000);
	assert_memory_equal(image + 0xc000, "SeImgLnx", 8);
	assert_true(u64_at(image, 0xc008) == 0x14000);
	assert_hex(image + 0xc010, 4, "00000001");
	assert_true(u64_at(image, 0xc014) == 0x3c000);
	/* stage3a, its arguments */
	assert_int_equal(image[0x10000], 0xaa);
	assert_int_equal(image[0x12c1f], 0xaa);
	assert_true(u64_at(image, 0x12c20) == 0x13e0);
	assert_true(u64_at(image, 0x12c28) == 0x280);
	assert_true(u64_at(image, 0x12c30) == 0x293e0);
	assert_memory_equal(image + 0x14000, "IBMSecEx", 8);
	/* IPIB: sizes, four components */
	assert_int_equal(be32_get(ipib->total_size), 232);
	assert_int_equal(be32_get(ipib->block_size), 224);
	assert_int_equal(be32_get(ipib->component_count), 4);
	assert_int_equal(ipib->pv_version, 1);
	assert_true(be64_get(ipib->header_address) == 0x14000);
	assert_true(be64_get(ipib->header_size) == 0x280);
	assert_hex(ipib + 1, 96,
		   "0028010203040506" "0000000000015000" "0000000000021000"
		   "00320708090a0b0c" "0000000000036000" "0000000000003000"
		   "003c0d0e0f101112" "0000000000039000" "0000000000001000"
		   "0046131415161718" "000000000003a000" "0000000000002000");
	/* everything else is a gap */
	assert_zero(image, 8, 0xc000);
	assert_zero(image, 0xc01c, 0x10000);
	assert_zero(image, 0x12c38, 0x14000);
	assert_zero(image, 0x14280, 0x15000);
	free(image);
}

static void example_header(void **state)
{
	size_t size;
	uint8_t *image = fixture_read("image", &size), key[32];
	const struct se_header_area *area;
	struct se_header header;
	struct secret *opened;
	struct error err;

	(void)state;
	fixture_count_up(key, sizeof(key), 0);
	assert_ok(se_header_parse(&header, image + 0x14000, 8192, NULL, &err), &err);
	assert_int_equal(be64_get(header.fixed->page_count), 0x27);
	assert_ok(se_header_open(&opened, &header, key, &err), &err);
	area = (const struct se_header_area *)secret_view(opened);
	assert_true(be64_get(area->psw_mask) == 0x180000000);
	assert_true(be64_get(area->psw_address) == 0x3a000);
	secret_free(opened);
	free(image);
}

/* Decrypts the component at @address of @image in place. */
static void decrypt(uint8_t *image, uint64_t address, uint64_t pages, uint64_t prefix)
{
	uint8_t key[64];
	struct error err;
	struct xts *xts;

	fixture_count_up(key, sizeof(key), 0x40);
	assert_ok(xts_new(&xts, key, XTS_DECRYPT, &err), &err);
	for (uint64_t i = 0; i < pages; i++) {
		struct page_tweak tweak = { be64(prefix), be64(i * 4096) };
		uint8_t *page = image + address + i * 4096;

		assert_ok(xts_page(xts, (uint8_t *)&tweak, page, page, &err), &err);
	}
	xts_free(xts);
}

static void example_components(void **state)
{
	size_t size, kernel_size;
	uint8_t *image = fixture_read("image", &size);
	uint8_t *kernel = fixture_read("kernel", &kernel_size);
	static const uint8_t parm[20] = "ppppppppppppppppppp";

	(void)state;
	assert_memory_not_equal(image + 0x15000, kernel, 4096);
	decrypt(image, 0x15000, 0x21, 0x0028010203040506);
	decrypt(image, 0x36000, 3, 0x00320708090a0b0c);
	decrypt(image, 0x39000, 1, 0x003c0d0e0f101112);
	decrypt(image, 0x3a000, 2, 0x0046131415161718);
	assert_memory_equal(image + 0x15000, kernel, kernel_size);
	assert_zero(image, 0x15000 + kernel_size, 0x36000);
	assert_int_equal(image[0x36000 + 9999], 'r');
	assert_zero(image, 0x36000 + 10000, 0x39000);
	assert_memory_equal(image + 0x39000, parm, sizeof(parm));
	assert_zero(image, 0x39000 + 20, 0x3a000);
	/* stage3b ends in the places and sizes of what it starts */
	assert_int_equal(image[0x3a000 + 5619], 0xbb);
	assert_hex(image + 0x3a000 + 5684 - 64, 64,
		   "0000000000015000" "000000000002007b"
		   "0000000000039000" "0000000000000014"
		   "0000000000036000" "0000000000002710"
		   "0000000180000000" "0000000000010000");
	assert_zero(image, 0x3a000 + 5684, 0x3c000);
	free(image);
	free(kernel);
}

static void same_input_same_image(void **state)
{
	struct fixture_input f;
	size_t size, again_size;
	uint8_t *image, *again;

	(void)state;
	fixture_kernel("kernel", 3000000, 0);
	fixture_input(&f);
	fixture_create("image", &f.input, NULL);
	fixture_create("again", &f.input, NULL);
	image = fixture_read("image", &size);
	again = fixture_read("again", &again_size);
	assert_int_equal(size, again_size);
	assert_memory_equal(image, again, size);
	free(image);
	free(again);
	fixture_input_free(&f);
}

/* Without fixed randomness two images share nothing but the layout. */
static void random_by_default(void **state)
{
	struct image_layout one, two;
	struct fixture_input f;
	uint8_t *a, *b;
	size_t size;

	(void)state;
	fixture_kernel("kernel", 70000, 0);
	fixture_input(&f);
	f.input.fixed = NULL;
	f.input.cck = f.input.header_key = f.input.image_key = NULL;
	fixture_create("a", &f.input, &one);
	fixture_create("b", &f.input, &two);
	assert_true(one.parts[0].tweak_prefix != two.parts[0].tweak_prefix);
	assert_int_equal(one.parts[0].tweak_prefix >> 48, 40);
	assert_int_equal(two.parts[COMPONENT_STAGE3B].tweak_prefix >> 48, 70);
	a = fixture_read("a", &size);
	b = fixture_read("b", &size);
	assert_memory_not_equal(a + 0x14010, b + 0x14010, 12);   /* IV */
	assert_memory_not_equal(a + 0x14040, b + 0x14040, 160);  /* customer key */
	assert_memory_not_equal(a + 0x15000, b + 0x15000, 4096); /* kernel */
	free(a);
	free(b);
	fixture_input_free(&f);
}

static void unencrypted_on_demand(void **state)
{
	struct fixture_input f;
	uint8_t *image, *kernel;
	size_t size, kernel_size;

	(void)state;
	fixture_kernel("kernel", 70000, 0);
	fixture_input(&f);
	f.input.pcf |= PCF_NO_ENCRYPTION;
	fixture_create("image", &f.input, NULL);
	image = fixture_read("image", &size);
	kernel = fixture_read("kernel", &kernel_size);
	assert_memory_equal(image + 0x15000, kernel, kernel_size);
	free(image);
	free(kernel);
	fixture_input_free(&f);
}

/* Sizes around pages and buffers, read from a file and from a FIFO. */
static void sizes_and_pipes(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 1048575, 1048576,
					1048577, 17 * 1048576 + 1 };
	struct fixture_input f;

	(void)state;
	fixture_kernel("kernel", 70000, 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	fixture_input(&f);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t padded = sizes[i] ? (sizes[i] + 4095) / 4096 * 4096 : 4096;
		struct image_layout layout;
		uint8_t *from_file, *from_pipe;
		size_t size, pipe_size;
		int status;
		pid_t writer;

		fixture_file("ramdisk", sizes[i], 'x');
		f.input.ramdisk = "ramdisk";
		fixture_create("image", &f.input, &layout);
		assert_int_equal(layout.parts[COMPONENT_RAMDISK].size, sizes[i]);
		assert_int_equal(layout.parts[COMPONENT_STAGE3B].address,
				 layout.parts[COMPONENT_RAMDISK].address + padded);
		writer = fork();
		if (writer == 0)
			execlp("sh", "sh", "-c", "exec cat ramdisk >fifo", NULL);
		f.input.ramdisk = "fifo";
		fixture_create("piped", &f.input, NULL);
		assert_int_equal(waitpid(writer, &status, 0), writer);
		assert_int_equal(status, 0);
		from_file = fixture_read("image", &size);
		from_pipe = fixture_read("piped", &pipe_size);
		assert_int_equal(size, pipe_size);
		assert_memory_equal(from_file, from_pipe, size);
		free(from_file);
		free(from_pipe);
	}
	fixture_input_free(&f);
}

static int try_create(const struct image_input *input, struct error *err)
{
	int fd = open("try", O_RDWR | O_CREAT | O_TRUNC, 0600);
	int rc;

	assert_true(fd >= 0);
	rc = image_create(fd, input, NULL, err);
	close(fd);
	return rc;
}

static void kernels_are_checked(void **state)
{
	struct fixture_input f;
	struct error err;

	(void)state;
	fixture_input(&f);
	fixture_file("kernel", 100000, 0);
	assert_int_equal(try_create(&f.input, &err), ERR_FORMAT);
	assert_string_equal(err.cause, "No s390x Linux kernel provided");
	fixture_kernel("kernel", 0x10438, 0);
	assert_ok(try_create(&f.input, &err), &err);
	assert_int_equal(truncate("kernel", 0x10437), 0);
	assert_int_equal(try_create(&f.input, &err), ERR_FORMAT);
	assert_int_equal(system("{ printf '\\177ELF'; head -c 100000 /dev/zero; } >kernel"), 0);
	assert_int_equal(try_create(&f.input, &err), ERR_FORMAT);
	assert_non_null(strstr(err.cause, "ELF file found"));
	f.input.unchecked = true;
	assert_ok(try_create(&f.input, &err), &err);
	fixture_input_free(&f);
}

/* The limit is the kernel's, 896 when it announces none; the NUL counts. */
static void command_lines_are_checked(void **state)
{
	static const struct {
		uint64_t announced;
		size_t size;
		int rc;
	} cases[] = {
		{ 0, 895, 0 }, { 0, 896, ERR_FORMAT },
		{ 4096, 4095, 0 }, { 4096, 4096, ERR_FORMAT },
		{ 4096, 0, 0 }, { UINT64_MAX, 1048575, 0 },
		{ UINT64_MAX, 1048576, ERR_FORMAT },
	};
	struct fixture_input f;
	struct error err;

	(void)state;
	fixture_input(&f);
	f.input.cmdline = "parm";
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_kernel("kernel", 70000, cases[i].announced);
		fixture_file("parm", cases[i].size, 'p');
		assert_int_equal(try_create(&f.input, &err), cases[i].rc);
	}
	/* Turned off, the check of the length is off as well. */
	fixture_kernel("kernel", 70000, 0);
	fixture_file("parm", 5000, 'p');
	f.input.unchecked = true;
	assert_ok(try_create(&f.input, &err), &err);
	fixture_input_free(&f);
}

/* One NUL is added, unless there is one. */
static void command_lines_end_in_nul(void **state)
{
	static const struct {
		const char *bytes;
		size_t size, stored;
	} cases[] = { { "", 0, 1 }, { "a", 1, 2 }, { "a\n", 2, 3 }, { "a\0", 2, 2 },
		      { "a\0b", 3, 4 }, { "\0", 1, 1 } };
	struct image_layout layout;
	struct fixture_input f;
	struct error err;

	(void)state;
	fixture_kernel("kernel", 70000, 0);
	fixture_input(&f);
	f.input.cmdline = "parm";
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_ok(file_write("parm", cases[i].bytes, cases[i].size,
				     OUTFILE_REPLACE, 0600, &err), &err);
		fixture_create("image", &f.input, &layout);
		assert_int_equal(layout.parts[COMPONENT_CMDLINE].size, cases[i].stored);
	}
	fixture_input_free(&f);
}

static void early_refusals(void **state)
{
	EVP_PKEY *hosts[SE_HEADER_MAX_SLOTS + 1];
	struct image_layout layout;
	struct fixture_input f;
	uint8_t equal[64] = { 0 };
	struct error err;

	(void)state;
	fixture_kernel("kernel", 70000, 0);
	fixture_input(&f);
	for (size_t i = 0; i <= SE_HEADER_MAX_SLOTS; i++)
		hosts[i] = f.host;
	f.input.host_keys = hosts;
	f.input.host_key_count = 44; /* the last that leaves the first page alone */
	fixture_create("image", &f.input, &layout);
	assert_int_equal(layout.parts[0].address, 0x15000);
	f.input.host_key_count = 45;
	fixture_create("image", &f.input, &layout);
	assert_int_equal(layout.parts[0].address, 0x16000);
	f.input.host_key_count = SE_HEADER_MAX_SLOTS;
	fixture_create("image", &f.input, &layout);
	assert_int_equal(layout.header_size, 8160);
	f.input.kernel = "absent: the keys are refused before anything is opened";
	f.input.host_key_count = SE_HEADER_MAX_SLOTS + 1;
	assert_int_equal(try_create(&f.input, &err), ERR_INVALID);
	f.input.host_key_count = 0;
	assert_int_equal(try_create(&f.input, &err), ERR_INVALID);
	f.input.host_key_count = 1;
	f.input.image_key = equal;
	assert_int_equal(try_create(&f.input, &err), ERR_INVALID);
	f.input.image_key = NULL;
	f.input.kernel = f.input.ramdisk = "-";
	assert_int_equal(try_create(&f.input, &err), ERR_INVALID);
	fixture_input_free(&f);
}

static void start_address_can_be_chosen(void **state)
{
	const struct se_header_area *area;
	struct se_header header;
	struct fixture_input f;
	struct secret *opened;
	struct error err;
	uint8_t *image;
	size_t size;

	(void)state;
	fixture_kernel("kernel", 70000, 0);
	fixture_input(&f);
	f.input.has_psw_address = true;
	f.input.psw_address = 0x11000;
	fixture_create("image", &f.input, NULL);
	image = fixture_read("image", &size);
	assert_ok(se_header_parse(&header, image + 0x14000, 8192, NULL, &err), &err);
	assert_ok(se_header_open(&opened, &header, f.header_key, &err), &err);
	area = (const struct se_header_area *)secret_view(opened);
	assert_true(be64_get(area->psw_address) == 0x11000);
	secret_free(opened);
	free(image);
	fixture_input_free(&f);
}

static void stages_have_to_fit(void **state)
{
	struct boot_stages stages;
	struct error err;
	uint8_t *bytes = calloc(1, 0x4000);

	(void)state;
	assert_int_equal(boot_stages_copy(&stages, bytes, 24, bytes, 65, &err), ERR_FORMAT);
	assert_int_equal(boot_stages_copy(&stages, bytes, 25, bytes, 64, &err), ERR_FORMAT);
	assert_ok(boot_stages_copy(&stages, bytes, 25, bytes, 65, &err), &err);
	boot_stages_free(&stages);
	assert_ok(boot_stages_copy(&stages, bytes, 0x3000, bytes, 65, &err), &err);
	boot_stages_free(&stages);
	assert_int_equal(boot_stages_copy(&stages, bytes, 0x3001, bytes, 65, &err), ERR_FORMAT);
	assert_int_equal(boot_stages_load(&stages, "no such folder", &err), ERR_IO);
	free(bytes);
}

static void outputs_have_to_be_files(void **state)
{
	struct outfile *out;
	struct error err;

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(image_output_open(&out, "-", OUTFILE_REPLACE, &err), ERR_INVALID);
	assert_int_equal(image_output_open(&out, "fifo", OUTFILE_REPLACE, &err), ERR_INVALID);
	assert_int_equal(image_output_open(&out, "/dev/null", OUTFILE_REPLACE, &err),
			 ERR_INVALID);
	assert_int_equal(image_output_open(&out, ".", OUTFILE_REPLACE, &err), ERR_IO);
	assert_int_equal(image_output_open(&out, "no/image", OUTFILE_REPLACE, &err), ERR_IO);
}

/* A full disk, found by the writing thread, ends the whole work. */
static void write_errors_end_the_work(void **state)
{
	struct fixture_input f;
	struct error err;
	int fd;

	(void)state;
	fixture_kernel("kernel", 40 * 1048576, 0);
	fixture_input(&f);
	fd = open("/dev/full", O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(image_create(fd, &f.input, NULL, &err), ERR_IO);
	assert_non_null(strstr(err.cause, strerror(ENOSPC)));
	close(fd);
	fixture_input_free(&f);
}

static void read_errors_end_the_work(void **state)
{
	struct fixture_input f;
	struct error err;

	(void)state;
	fixture_kernel("kernel", 70000, 0);
	fixture_input(&f);
	f.input.ramdisk = "absent";
	assert_int_equal(try_create(&f.input, &err), ERR_IO);
	f.input.ramdisk = ".";
	assert_int_equal(try_create(&f.input, &err), ERR_IO);
	/* Opens, but cannot be read at offset 0. */
	f.input.ramdisk = "/proc/self/mem";
	assert_int_equal(try_create(&f.input, &err), ERR_IO);
	fixture_input_free(&f);
}

struct seen {
	uint64_t done, total;
	unsigned updates;
};

static void see(void *context, uint64_t done, uint64_t total)
{
	struct seen *seen = context;

	assert_true(done >= seen->done);
	assert_true(done <= total);
	*seen = (struct seen){ done, total, seen->updates + 1 };
}

static void progress_is_shown(void **state)
{
	struct seen seen = { 0 };
	struct progress progress = { see, &seen };
	struct fixture_input f;

	(void)state;
	fixture_kernel("kernel", 5 * 1048576, 0);
	fixture_input(&f);
	f.input.progress = &progress;
	fixture_create("image", &f.input, NULL);
	assert_true(seen.updates > 5);
	assert_int_equal(seen.done, 5 * 1048576 + 8192);
	assert_int_equal(seen.total, seen.done);
	fixture_input_free(&f);
}

#define on_example(test) \
	cmocka_unit_test_setup_teardown(test, fixture_example, leave_folder)
#define in_folder(test) \
	cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_example(example_layout),
		on_example(example_header),
		on_example(example_components),
		in_folder(same_input_same_image),
		in_folder(random_by_default),
		in_folder(unencrypted_on_demand),
		in_folder(sizes_and_pipes),
		in_folder(kernels_are_checked),
		in_folder(command_lines_are_checked),
		in_folder(command_lines_end_in_nul),
		in_folder(early_refusals),
		in_folder(start_address_can_be_chosen),
		in_folder(stages_have_to_fit),
		in_folder(outputs_have_to_be_files),
		in_folder(write_errors_end_the_work),
		in_folder(read_errors_end_the_work),
		in_folder(progress_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
