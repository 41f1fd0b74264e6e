/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "image_fixture.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/be.h"
#include "base/file.h"
#include "base/hex.h"
#include "crypto/crypto.h"
#include "folder.h"
#include "image/control_flags.h"
#include "image/layout.h"

const char fixture_host_scalar[] =
	"00b0b596710d388060a51eec12621046d568f053ca7c408e26a2da1d9f92903942a7"
	"ead49fea3f74dcd4df1e78d33d1d606e339fa026327671e05b9cb542f9991c90";
const char fixture_customer_scalar[] =
	"01edf10376d038c4e40d21f559a6de4679499782084e1cbdf95794d42edfd7458053"
	"1c1c6abd76ec6a8ceeba39a0c28ae858867fb48793fbfe3f9f822346dca09896";

EVP_PKEY *fixture_key(const char *scalar)
{
	uint8_t bytes[EC_SCALAR_SIZE];
	struct error err;
	EVP_PKEY *key;

	assert_ok(hex_decode(bytes, sizeof(bytes), scalar, strlen(scalar), &err), &err);
	assert_ok(ec_from_scalar(&key, bytes, &err), &err);
	return key;
}

void fixture_count_up(uint8_t *bytes, size_t size, uint8_t first)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(first + i);
}

void assert_hex(const void *data, size_t size, const char *digits)
{
	char *found = malloc(2 * size + 1);

	assert_non_null(found);
	assert_string_equal(hex_encode(found, data, size), digits);
	free(found);
}

void assert_sha256(const void *data, size_t size, const char *digits)
{
	uint8_t digest[SHA256_SIZE];
	struct error err;

	assert_ok(crypto_sha256(digest, data, size, &err), &err);
	assert_hex(digest, sizeof(digest), digits);
}

static void write_file(const char *path, const void *data, size_t size)
{
	struct error err;

	assert_ok(file_write(path, data, size, OUTFILE_REPLACE, 0600, &err), &err);
}

void fixture_file(const char *path, size_t size, int value)
{
	uint8_t *bytes = malloc(size + 1);

	assert_non_null(bytes);
	memset(bytes, value, size);
	write_file(path, bytes, size);
	free(bytes);
}

void fixture_kernel(const char *path, size_t size, uint64_t max_cmdline)
{
	be64_t limit = be64(max_cmdline);
	uint8_t *bytes = malloc(size);

	assert_non_null(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(i ^ i >> 8 ^ i >> 16);
	memcpy(bytes + KERNEL_EP_OFFSET, "S390EP", 6);
	memcpy(bytes + KERNEL_MAX_CMDLINE_OFFSET, &limit, sizeof(limit));
	write_file(path, bytes, size);
	free(bytes);
}

uint8_t *fixture_read(const char *path, size_t *size)
{
	struct error err;
	uint8_t *data;

	assert_ok(file_read(&data, size, path, SIZE_MAX / 4, &err), &err);
	return data;
}

void fixture_stages(struct boot_stages *stages, size_t stage3a, size_t stage3b)
{
	uint8_t *a = malloc(stage3a), *b = malloc(stage3b);
	struct error err;

	assert_true(a && b);
	memset(a, 0xaa, stage3a);
	memset(b, 0xbb, stage3b);
	assert_ok(boot_stages_copy(stages, a, stage3a, b, stage3b, &err), &err);
	free(a);
	free(b);
}

void fixture_input(struct fixture_input *fixture)
{
	*fixture = (struct fixture_input){ .host = fixture_key(fixture_host_scalar) };
	fixture_stages(&fixture->stages, 11320, 5684);
	fixture_count_up(fixture->header_key, sizeof(fixture->header_key), 0);
	fixture_count_up(fixture->cck, sizeof(fixture->cck), 0x20);
	fixture_count_up(fixture->image_key, sizeof(fixture->image_key), 0x40);
	fixture->fixed.customer_key = fixture_key(fixture_customer_scalar);
	fixture_count_up(fixture->fixed.iv, sizeof(fixture->fixed.iv), 0x80);
	fixture_count_up((uint8_t *)fixture->fixed.tweaks,
			 sizeof(fixture->fixed.tweaks), 1);
	fixture->hosts[0] = fixture->host;
	fixture->input = (struct image_input){
		.kernel = "kernel",
		.stages = &fixture->stages,
		.host_keys = fixture->hosts,
		.host_key_count = 1,
		.cck = fixture->cck,
		.header_key = fixture->header_key,
		.image_key = fixture->image_key,
		.pcf = PCF_DEFAULT,
		.scf = SCF_DEFAULT,
		.fixed = &fixture->fixed,
	};
}

void fixture_input_free(struct fixture_input *fixture)
{
	EVP_PKEY_free(fixture->host);
	EVP_PKEY_free(fixture->fixed.customer_key);
	boot_stages_free(&fixture->stages);
}

void fixture_create(const char *path, const struct image_input *input,
		    struct image_layout *layout)
{
	struct outfile *out;
	struct error err;

	assert_ok(image_output_open(&out, path, OUTFILE_REPLACE, &err), &err);
	assert_ok(image_create(outfile_fd(out), input, layout, &err), &err);
	assert_ok(outfile_commit(out, &err), &err);
}

int fixture_example(void **state)
{
	struct fixture_input f;

	if (enter_folder(state) < 0)
		return -1;
	fixture_kernel("kernel", 131195, 4096);
	fixture_file("ramdisk", 10000, 'r');
	fixture_file("parm", 19, 'p');
	fixture_input(&f);
	f.input.ramdisk = "ramdisk";
	f.input.cmdline = "parm";
	fixture_create("image", &f.input, NULL);
	fixture_input_free(&f);
	return 0;
}

const char *fixture_ibm_assets(void)
{
	static const char archive[] =
		UV_SOURCE_ROOT "/../shared/fixtures/s390-tools-assets.tar.gz";

	if (access(archive, R_OK) < 0) {
		print_message("# there is no %s\n", archive);
		return NULL;
	}
	if (system("tar -xzf '" UV_SOURCE_ROOT
		   "/../shared/fixtures/s390-tools-assets.tar.gz'") != 0) {
		print_message("# cannot unpack %s\n", archive);
		return NULL;
	}
	return "s390-tools/rust/pv/tests/assets";
}

uint8_t *fixture_ibm_file(const char *assets, const char *name, size_t size)
{
	char path[256];
	uint8_t *data;
	size_t got;

	snprintf(path, sizeof(path), "%s/%s", assets, name);
	data = fixture_read(path, &got);
	assert_int_equal(got, size);
	return data;
}

/* The file has 80 bytes, the scalar right-aligned. */
EVP_PKEY *fixture_ibm_customer_key(const char *assets)
{
	uint8_t *data = fixture_ibm_file(assets, "keys/private_cust.bin", 80);
	struct error err;
	EVP_PKEY *key;

	assert_ok(ec_from_scalar(&key, data + 14, &err), &err);
	free(data);
	return key;
}

EVP_PKEY *fixture_ibm_host_key(const char *assets)
{
	char path[256];
	X509 *certificate;
	EVP_PKEY *key;
	FILE *file;

	snprintf(path, sizeof(path), "%s/keys/host.pem.crt", assets);
	file = fopen(path, "r");
	assert_non_null(file);
	certificate = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	assert_non_null(certificate);
	key = X509_get_pubkey(certificate);
	X509_free(certificate);
	return key;
}
