/* SPDX-License-Identifier: MIT */
/* Policies: what is written is read back; what is none is refused. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "attestation/policy.h"
#include "attestation/policy_read.h"
#include "attestation_fixture.h"
#include "image_fixture.h"

struct sample {
	struct se_header_fixed fixed;
	struct key_slot slots[2];
	uint8_t tag[GCM_TAG_SIZE];
	struct se_header header;
	struct policy policy;
};

static void make_sample(struct sample *sample)
{
	memset(sample, 0, sizeof(*sample));
	memset(&sample->fixed.digests, 0x11, sizeof(sample->fixed.digests));
	memset(sample->slots[0].phkh, 0xa0, PHKH_SIZE);
	memset(sample->slots[1].phkh, 0xa1, PHKH_SIZE);
	memset(sample->tag, 0x22, sizeof(sample->tag));
	sample->fixed.pcf = be64(0xe0);
	sample->header = (struct se_header){
		.fixed = &sample->fixed, .slots = sample->slots, .slot_count = 2,
		.tag = sample->tag,
	};
	sample->policy = (struct policy){
		.header = &sample->header,
		.flags = ATTEST_NONCE | ATTEST_IMAGE_PHKH | ATTEST_REQUEST_PHKH,
	};
}

static void write(struct text *out, const struct sample *sample)
{
	text_free(out);
	policy_add_record(out, RECORD_JSON, &sample->policy);
	assert_true(text_ok(out));
}

static void read_back(struct policy_rules *rules, const struct sample *sample)
{
	struct text out = { 0 };
	struct error err;

	write(&out, sample);
	assert_ok(policy_read(rules, out.chars, out.length, &err), &err);
	text_free(&out);
}

static void comes_back_as_it_was(void **state)
{
	uint8_t hash[ATTEST_STORE_HASH_SIZE];
	struct policy_rules rules;
	struct sample sample;

	(void)state;
	make_sample(&sample);
	read_back(&rules, &sample);
	assert_memory_equal(&rules.image.digests, &sample.fixed.digests, sizeof(rules.image.digests));
	assert_memory_equal(rules.image.tag, sample.tag, sizeof(sample.tag));
	assert_true(rules.flags == sample.policy.flags);
	assert_int_equal(rules.image_hosts.count, 2);
	assert_memory_equal(rules.image_hosts.hashes[1], sample.slots[1].phkh, PHKH_SIZE);
	assert_int_equal(rules.request_hosts.count, 2);
	assert_false(rules.has_store_hash);
	memset(hash, 0x33, sizeof(hash));
	sample.policy.flags = ATTEST_NONCE | ATTEST_STORE_HASH;
	sample.policy.store_hash = hash;
	read_back(&rules, &sample);
	assert_false(rules.image_hosts.demanded || rules.request_hosts.demanded);
	assert_true(rules.has_store_hash);
	assert_memory_equal(rules.store_hash, hash, sizeof(hash));
}

/* Named machines count as far as they can start the image. */
static void names_machines(void **state)
{
	struct check_host hosts[2] = { { .file = "a.crt" }, { .file = "b.crt" } };
	struct policy_rules rules;
	struct sample sample;

	(void)state;
	make_sample(&sample);
	memset(hosts[0].phkh, 0xa1, PHKH_SIZE);
	memset(hosts[1].phkh, 0xa2, PHKH_SIZE);
	sample.policy.hosts = hosts;
	sample.policy.host_count = 2;
	assert_true(policy_host_fits(&sample.policy, &hosts[0]));
	assert_false(policy_host_fits(&sample.policy, &hosts[1]));
	read_back(&rules, &sample);
	assert_int_equal(rules.image_hosts.count, 1);
	assert_true(policy_hashes_allow(&rules.image_hosts, hosts[0].phkh));
	assert_false(policy_hashes_allow(&rules.image_hosts, hosts[1].phkh));
	assert_false(policy_hashes_allow(&rules.image_hosts, NULL));
	sample.policy.hosts = &hosts[1];
	sample.policy.host_count = 1;
	read_back(&rules, &sample); /* an empty list, which allows nobody */
	assert_true(rules.request_hosts.demanded);
	assert_false(policy_hashes_allow(&rules.request_hosts, hosts[0].phkh));
}

/* Each field: absent, of another kind, of another length. */
static void refuses_what_is_not_whole(void **state)
{
	static const struct {
		const char *from, *to;
		int code;
	} changes[] = {
		{ "\"policy_version\": 1", "\"policy_version\": 2", ERR_UNSUPPORTED },
		{ "\"policy_version\"", "\"policy_versioN\"", ERR_FORMAT },
		{ "\"policy_version\": 1", "\"policy_version\": \"\"", ERR_FORMAT },
		{ "\"image\"", "\"imagE\"", ERR_FORMAT },
		{ "\"tag\"", "\"taG\"", ERR_FORMAT },
		{ "\"0x22", "\"0y22", ERR_FORMAT },
		{ "\"0x22", "\"0x2\"", ERR_FORMAT },
		{ "\"pld\"", "\"plD\"", ERR_FORMAT },
		{ "\"ald\"", "\"alD\"", ERR_FORMAT },
		{ "\"tld\"", "\"tlD\"", ERR_FORMAT },
		{ "\"flags\"", "\"flagS\"", ERR_FORMAT },
		{ "\"0x7000000000000000", "\"0x700000000000000z", ERR_FORMAT },
		{ "\"image_phkh_one_of\"", "\"image_phkh_one_oF\"", ERR_FORMAT },
		{ "\"attestation_phkh_one_of\"", "\"attestation_phkh_one_oF\"", ERR_FORMAT },
		{ "\"0xa0a0", "\"0xa0a\"", ERR_FORMAT },
		{ "\"0xa0a0", "\"00a0a0", ERR_FORMAT },
		{ "\"response\"", "\"responsE\"", ERR_FORMAT },
		{ "\"secret_store_hash\": \"0x3", "\"secret_store_hash\": \"0xz", ERR_FORMAT },
	};
	uint8_t hash[ATTEST_STORE_HASH_SIZE];
	struct sample sample;
	struct text out = { 0 };

	(void)state;
	make_sample(&sample);
	memset(hash, 0x33, sizeof(hash));
	sample.policy.store_hash = hash;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct policy_rules rules;
		struct error err;
		char *at;

		write(&out, &sample);
		at = strstr(out.chars, changes[i].from);
		assert_non_null(at);
		memcpy(at, changes[i].to, strlen(changes[i].to));
		if (policy_read(&rules, out.chars, out.length, &err) != changes[i].code)
			fail_msg("%s: %s: %s", changes[i].to, err.message, err.cause);
	}
	text_free(&out);
}

static void refuses_too_many_hashes(void **state)
{
	struct key_slot slots[SE_HEADER_MAX_SLOTS + 1] = { 0 };
	struct text out = { 0 };
	struct policy_rules rules;
	struct sample sample;
	struct error err;

	(void)state;
	make_sample(&sample);
	sample.header.slots = slots;
	sample.header.slot_count = SE_HEADER_MAX_SLOTS;
	read_back(&rules, &sample);
	assert_int_equal(rules.image_hosts.count, SE_HEADER_MAX_SLOTS);
	sample.header.slot_count++;
	write(&out, &sample);
	assert_int_equal(policy_read(&rules, out.chars, out.length, &err), ERR_FORMAT);
	text_free(&out);
}

/* Whatever is cut off. */
static void refuses_truncation(void **state)
{
	struct policy_rules rules;
	struct text out = { 0 };
	struct sample sample;

	(void)state;
	make_sample(&sample);
	write(&out, &sample);
	for (size_t size = 0; size < out.length - 1; size++) { /* the last is a newline */
		char *copy = malloc(size ? size : 1);

		assert_non_null(copy);
		memcpy(copy, out.chars, size);
		assert_int_equal(policy_read(&rules, copy, size, NULL), ERR_FORMAT);
		free(copy);
	}
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_it_was),
		cmocka_unit_test(names_machines),
		cmocka_unit_test(refuses_what_is_not_whole),
		cmocka_unit_test(refuses_too_many_hashes),
		cmocka_unit_test(refuses_truncation),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
