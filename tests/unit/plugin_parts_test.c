/* SPDX-License-Identifier: MIT */
/* The plugin's small parts that need neither QEMU nor a vCPU. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "plugin/arguments.h"
#include "plugin/backing.h"
#include "plugin/interruption.h"
#include "plugin/iplb_pv.h"
#include "plugin/request.h"
#include "plugin/trace_ring.h"

/* --- Interruptions ----------------------------------------------------------- */

static struct lowcore_program stored_by_qemu(uint16_t code)
{
	struct lowcore_program lowcore;

	memset(&lowcore, 0xee, sizeof(lowcore));
	lowcore.length = be16(4);
	lowcore.code = be16(code);
	lowcore.old_psw_mask = be64(0x0404200180000000);
	lowcore.old_psw_address = be64(0x1234);
	return lowcore;
}

static void corrects_the_code_alone(void **state)
{
	struct lowcore_program lowcore = stored_by_qemu(PGM_OPERATION);
	struct lowcore_program expected = lowcore;
	struct interruption interruption;

	(void)state;
	interruption_expect(&interruption, PGM_OPERATION, PGM_PRIVILEGED_OPERATION);
	assert_int_equal(interruption.kind, INTERRUPTION_CORRECT);
	assert_true(interruption_correct(&lowcore, &interruption));
	expected.code = be16(PGM_PRIVILEGED_OPERATION);
	assert_memory_equal(&lowcore, &expected, sizeof(lowcore));
}

static void keeps_a_program_event(void **state)
{
	struct lowcore_program lowcore = stored_by_qemu(0x80 | PGM_OPERATION);
	struct interruption interruption;

	(void)state;
	interruption_expect(&interruption, PGM_OPERATION, PGM_SPECIFICATION);
	assert_true(interruption_correct(&lowcore, &interruption));
	assert_int_equal(be16_get(lowcore.code), 0x80 | PGM_SPECIFICATION);
}

static void leaves_other_interruptions_alone(void **state)
{
	struct lowcore_program lowcore = stored_by_qemu(PGM_PAGE_TRANSLATION);
	const struct lowcore_program before = lowcore;
	struct interruption interruption;

	(void)state;
	interruption_expect(&interruption, PGM_OPERATION, PGM_PRIVILEGED_OPERATION);
	assert_false(interruption_correct(&lowcore, &interruption));
	assert_memory_equal(&lowcore, &before, sizeof(lowcore));
}

static void delivers_access_exceptions(void **state)
{
	struct lowcore_program lowcore = stored_by_qemu(PGM_OPERATION);
	struct access_fault fault = { .code = PGM_PAGE_TRANSLATION, .nullifying = true,
				      .has_teid = true, .teid = 0x7000 | 0x803 };
	struct interruption interruption;

	(void)state;
	interruption_expect_fault(&interruption, PGM_OPERATION, &fault);
	assert_true(interruption_correct(&lowcore, &interruption));
	assert_int_equal(be16_get(lowcore.code), PGM_PAGE_TRANSLATION);
	assert_int_equal(be64_get(lowcore.teid), 0x7803);
	/* Nullified: the instruction is to be executed again. */
	assert_int_equal(be64_get(lowcore.old_psw_address), 0x1230);

	lowcore = stored_by_qemu(PGM_OPERATION);
	fault = (struct access_fault){ .code = PGM_ADDRESSING };
	interruption_expect_fault(&interruption, PGM_OPERATION, &fault);
	assert_true(interruption_correct(&lowcore, &interruption));
	assert_int_equal(be64_get(lowcore.old_psw_address), 0x1234);
	assert_int_equal(be64_get(lowcore.teid), UINT64_C(0xeeeeeeeeeeeeeeee));
}

static void completes_with_either_condition_code(void **state)
{
	struct lowcore_program stored = stored_by_qemu(PGM_OPERATION);
	struct interruption interruption = { .cc = KEEP_CONDITION_CODE };

	(void)state;
	assert_true(interruption_completed_mask(&interruption, &stored) ==
		    0x0404200180000000);
	interruption.cc = 1;
	assert_true(interruption_completed_mask(&interruption, &stored) ==
		    0x0404100180000000);
	interruption.cc = 0;
	assert_true(interruption_completed_mask(&interruption, &stored) ==
		    0x0404000180000000);
	interruption.cc = 3;
	assert_true(interruption_completed_mask(&interruption, &stored) ==
		    0x0404300180000000);
}

/* --- IPL parameter blocks ------------------------------------------------------ */

#define STORAGE UINT64_C(0x10000000)

union block {
	struct ipib ipib;
	uint8_t bytes[IPIB_MAX_SIZE];
};

static union block valid_block(void)
{
	union block block = { .bytes = { 0 } };
	struct ipib_component *component =
		(struct ipib_component *)(block.bytes + sizeof(struct ipib));

	block.ipib.total_size = be32(sizeof(struct ipib) + 3 * sizeof(*component));
	block.ipib.type = IPIB_TYPE_PV;
	block.ipib.component_count = be32(3);
	block.ipib.header_address = be64(0x14000);
	block.ipib.header_size = be64(0x280);
	for (unsigned i = 0; i < 3; i++) {
		component[i].tweak_prefix = be64(100 + i);
		component[i].address = be64(0x10000 * (i + 1));
		component[i].size = be64(0x1000);
	}
	return block;
}

static struct ipib_component *component_of(union block *block, unsigned index)
{
	return (struct ipib_component *)(block->bytes + sizeof(struct ipib)) + index;
}

static void accepts_a_valid_block(void **state)
{
	union block block = valid_block();

	(void)state;
	assert_null(iplb_pv_defect(&block.ipib, STORAGE));
	/* As many components as fit a page. */
	block.ipib.total_size = be32(IPIB_MAX_SIZE);
	block.ipib.component_count = be32(IPIB_MAX_COMPONENTS);
	for (unsigned i = 0; i < IPIB_MAX_COMPONENTS; i++)
		component_of(&block, i)->tweak_prefix = be64(i);
	assert_null(iplb_pv_defect(&block.ipib, STORAGE));
}

#define assert_defect(block, words)                                           \
	do {                                                                  \
		const char *defect = iplb_pv_defect(&(block).ipib, STORAGE);  \
		assert_non_null(defect);                                      \
		if (!strstr(defect, words))                                   \
			fail_msg("'%s' does not mention '%s'", defect, words); \
	} while (0)

static void refuses_bad_lengths_and_types(void **state)
{
	union block block = valid_block();

	(void)state;
	block.ipib.total_size = be32(IPIB_MAX_SIZE + 1);
	assert_defect(block, "longer than a page");
	block.ipib.total_size = be32(UINT32_MAX);
	assert_defect(block, "longer than a page");
	block.ipib.total_size = be32(IPIB_MIN_SIZE - 1);
	assert_defect(block, "too short");
	block.ipib.total_size = be32(0);
	assert_defect(block, "too short");
	block = valid_block();
	block.ipib.type = 2;
	assert_defect(block, "type 5");
}

static void refuses_bad_headers(void **state)
{
	union block block = valid_block();

	(void)state;
	block.ipib.header_size = be64(8193);
	assert_defect(block, "longer than two pages");
	block.ipib.header_size = be64(UINT64_MAX);
	assert_defect(block, "longer than two pages");
	block.ipib.header_size = be64(8192);
	block.ipib.header_address = be64(STORAGE - 8191);
	assert_defect(block, "outside storage");
	block.ipib.header_address = be64(UINT64_MAX - 10);
	assert_defect(block, "outside storage");
	block.ipib.header_address = be64(STORAGE - 8192);
	assert_null(iplb_pv_defect(&block.ipib, STORAGE));
}

static void refuses_bad_components(void **state)
{
	union block block = valid_block();

	(void)state;
	block.ipib.component_count = be32(0);
	assert_defect(block, "no components");
	block.ipib.component_count = be32(4);
	assert_defect(block, "do not fit");
	block.ipib.component_count = be32(UINT32_MAX);
	assert_defect(block, "do not fit");
	block = valid_block();
	component_of(&block, 2)->address = be64(0x30001);
	assert_defect(block, "not aligned");
	block = valid_block();
	component_of(&block, 1)->tweak_prefix = be64(100);
	assert_defect(block, "do not ascend");
	component_of(&block, 1)->tweak_prefix = be64(99);
	assert_defect(block, "do not ascend");
}

static void packs_failures(void **state)
{
	struct uv_result result = { .rc = 0x0108, .rrc = 0x0005 };

	(void)state;
	assert_int_equal(diag308_failure(PV_STEP_SET_PARAMETERS, result),
			 UINT64_C(0x0002000501080a02));
	assert_int_equal(diag308_failure(PV_STEP_ENABLE, (struct uv_result){ 0 }),
			 UINT64_C(0x0a02));
}

/* --- Requests ---------------------------------------------------------------- */

static int parse(struct request *request, const char *line)
{
	struct error err;

	return request_parse(request, line, strlen(line), &err);
}

static void reads_requests(void **state)
{
	struct request request;

	(void)state;
	assert_int_equal(parse(&request, "{\"execute\":\"status\"}"), 0);
	assert_string_equal(request.execute, "status");
	assert_string_equal(request.id, "");
	assert_false(request.follow);
	assert_false(request.has_last);

	assert_int_equal(parse(&request, " { \"id\" : \"a b\" , \"arguments\" : { \"follow\" : true ,"
					 " \"last\" : 7, \"from\": 18446744073709551615 } ,"
					 "\t\"execute\":\"trace\" } \r"), 0);
	assert_string_equal(request.execute, "trace");
	assert_string_equal(request.id, "\"a b\"");
	assert_true(request.follow);
	assert_true(request.has_last);
	assert_int_equal(request.last, 7);
	assert_true(request.from == UINT64_MAX);

	assert_int_equal(parse(&request, "{\"execute\":\"dump\",\"arguments\":{\"pause\":true}}"), 0);
	assert_true(request.pause);
	assert_int_equal(parse(&request, "{\"execute\":\"x\",\"id\":42,\"arguments\":{}}"), 0);
	assert_string_equal(request.id, "42");
	assert_false(request.pause);
}

static void refuses_other_lines(void **state)
{
	static const char *const lines[] = {
		"", "{", "}", "[]", "{}", "null", "\"execute\"", "{\"execute\"}",
		"{\"execute\":}", "{\"execute\":1}", "{\"execute\":\"\"}",
		"{\"execute\":\"a\"", "{\"execute\":\"a\",}", "{\"execute\":\"a\"}}",
		"{\"execute\":\"a\"} x", "{\"execute\":\"a", "{\"execute\":\"\\u0041\"}",
		"{\"execute\":\"\x01\"}", "{\"execute\":\"\xff\"}",
		"{\"execute\":\"0123456789012345678901234567890123456789\"}",
		"{\"other\":\"a\"}", "{\"execute\":\"a\",\"arguments\":1}",
		"{\"execute\":\"a\",\"arguments\":{\"other\":1}}",
		"{\"execute\":\"a\",\"arguments\":{\"last\":-1}}",
		"{\"execute\":\"a\",\"arguments\":{\"last\":18446744073709551616}}",
		"{\"execute\":\"a\",\"arguments\":{\"follow\":tru}}",
		"{\"execute\":\"a\",\"arguments\":{\"follow\":\"true\"}}",
		"{\"execute\":\"a\",\"arguments\":{\"pause\":1}}",
		"{\"execute\":\"a\",\"id\":{}}", "{\"execute\":\"a\",\"id\":}",
		"{\"execute\":\"a\",\"id\":00000000000000000000000000000000000000000000000000000000000000000000000000000}",
	};
	struct request request;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (parse(&request, lines[i]) != ERR_FORMAT)
			fail_msg("accepted: %s", lines[i]);
	}
	/* A NUL is no blank. */
	assert_int_equal(request_parse(&request, "{\0}", 3, NULL), ERR_FORMAT);
}

/* --- The trace ----------------------------------------------------------------- */

static void keeps_the_last_lines(void **state)
{
	struct trace_ring *ring = trace_ring_new();
	char line[TRACE_LINE_SIZE], expected[32];

	(void)state;
	assert_int_equal(trace_ring_read(ring, 0, line), -1);
	for (unsigned i = 0; i < TRACE_RING_LINES + 10; i++) {
		snprintf(line, sizeof(line), "{\"n\":%u}", i);
		trace_ring_add(ring, line);
	}
	assert_int_equal(trace_ring_end(ring), TRACE_RING_LINES + 10);
	assert_int_equal(trace_ring_read(ring, 3, line), 7);
	assert_string_equal(line, "{\"n\":10}");
	assert_int_equal(trace_ring_read(ring, 10, line), 0);
	assert_string_equal(line, "{\"n\":10}");
	assert_int_equal(trace_ring_read(ring, TRACE_RING_LINES + 9, line), 0);
	snprintf(expected, sizeof(expected), "{\"n\":%u}", TRACE_RING_LINES + 9);
	assert_string_equal(line, expected);
	assert_int_equal(trace_ring_read(ring, TRACE_RING_LINES + 10, line), -1);
	trace_ring_free(ring);
}

static void drops_lines_that_are_too_long(void **state)
{
	struct trace_ring *ring = trace_ring_new();
	char line[TRACE_LINE_SIZE + 1];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[TRACE_LINE_SIZE] = '\0';
	trace_ring_add(ring, line);
	assert_int_equal(trace_ring_end(ring), 0);
	line[TRACE_LINE_SIZE - 1] = '\0';
	trace_ring_add(ring, line);
	assert_int_equal(trace_ring_end(ring), 1);
	trace_ring_free(ring);
}

/* --- Backing -------------------------------------------------------------------- */

#define MIB (1UL << 20)

static void knows_untouched_storage(void **state)
{
	uint8_t *storage = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_true(storage != MAP_FAILED);
	/* Or one byte would back 2 MiB. */
	madvise(storage, 8 * MIB, MADV_NOHUGEPAGE);
	assert_true(backing_may_hold(0, MIB));
	/* Not page aligned: nothing is learned. */
	backing_learn(storage + 1, 4 * MIB);
	assert_true(backing_may_hold(0, MIB));
	backing_learn(storage, 8 * MIB);
	storage[3 * MIB + 5] = 1;
	assert_false(backing_may_hold(0, MIB));
	assert_false(backing_may_hold(2 * MIB, MIB));
	assert_true(backing_may_hold(3 * MIB, MIB));
	assert_true(backing_may_hold(3 * MIB, 4096));
	assert_false(backing_may_hold(3 * MIB + 4096, MIB - 4096));
	/* More than can be asked at once. */
	assert_true(backing_may_hold(4 * MIB, 2 * MIB));
	munmap(storage, 8 * MIB);
}

/* --- Plugin arguments ---------------------------------------------------------- */

static void reads_arguments(void **state)
{
	char *argv[] = { (char *)"name=first", (char *)"host-key=/a=b/k.pem",
			 (char *)"generation=z17", (char *)"trace=on",
			 (char *)"protected=off", (char *)"control=/run/c",
			 (char *)"crash-dump=/d,e", (char *)"crash-pause=on" };
	struct arguments arguments;

	(void)state;
	assert_int_equal(arguments_parse(&arguments, 0, argv, NULL), 0);
	assert_true(arguments.protectable);
	assert_false(arguments.trace);
	assert_null(arguments.host_key);
	assert_null(arguments.crash_dump);
	assert_false(arguments.crash_pause);
	assert_int_equal(arguments_parse(&arguments, 8, argv, NULL), 0);
	assert_string_equal(arguments.crash_dump, "/d,e");
	assert_true(arguments.crash_pause);
	assert_string_equal(arguments.name, "first");
	assert_string_equal(arguments.host_key, "/a=b/k.pem");
	assert_string_equal(arguments.control, "/run/c");
	assert_string_equal(arguments.generation->name, "z17");
	assert_true(arguments.trace);
	assert_false(arguments.protectable);
}

static void reads_injections(void **state)
{
	char *one[] = { (char *)"inject=attest:3:12" }, *all[] = { (char *)"inject=any:2:7" };
	struct arguments arguments;

	(void)state;
	assert_int_equal(arguments_parse(&arguments, 0, one, NULL), 0);
	assert_int_equal(arguments.injection.times, 0);
	assert_int_equal(arguments_parse(&arguments, 1, one, NULL), 0);
	assert_int_equal(arguments.injection.code, 0x1020);
	assert_int_equal(arguments.injection.cc, 3);
	assert_int_equal(arguments.injection.times, 12);
	assert_int_equal(arguments_parse(&arguments, 1, all, NULL), 0);
	assert_int_equal(arguments.injection.code, 0);
	assert_int_equal(arguments.injection.cc, 2);
	assert_int_equal(arguments.injection.times, 7);
}

static void refuses_other_arguments(void **state)
{
	static const struct {
		const char *argument;
		int rc;
	} cases[] = {
		{ "nothing", ERR_INVALID },
		{ "host-keys=a", ERR_INVALID },
		{ "trace=maybe", ERR_INVALID },
		{ "generation=z99", ERR_NOT_FOUND },
		{ "generation=", ERR_NOT_FOUND },
		{ "inject=", ERR_INVALID },
		{ "inject=attest", ERR_INVALID },
		{ "inject=attest:2", ERR_INVALID },
		{ "inject=attest:1:5", ERR_INVALID },
		{ "inject=attest:4:5", ERR_INVALID },
		{ "inject=attest:2:5x", ERR_INVALID },
		{ "inject=anything:2:5", ERR_INVALID },
	};
	struct arguments arguments;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *argument = strdup(cases[i].argument);

		assert_int_equal(arguments_parse(&arguments, 1, &argument, &err),
				 cases[i].rc);
		free(argument);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(corrects_the_code_alone),
		cmocka_unit_test(keeps_a_program_event),
		cmocka_unit_test(leaves_other_interruptions_alone),
		cmocka_unit_test(delivers_access_exceptions),
		cmocka_unit_test(completes_with_either_condition_code),
		cmocka_unit_test(accepts_a_valid_block),
		cmocka_unit_test(refuses_bad_lengths_and_types),
		cmocka_unit_test(refuses_bad_headers),
		cmocka_unit_test(refuses_bad_components),
		cmocka_unit_test(packs_failures),
		cmocka_unit_test(reads_requests),
		cmocka_unit_test(refuses_other_lines),
		cmocka_unit_test(keeps_the_last_lines),
		cmocka_unit_test(drops_lines_that_are_too_long),
		cmocka_unit_test(knows_untouched_storage),
		cmocka_unit_test(reads_arguments),
		cmocka_unit_test(reads_injections),
		cmocka_unit_test(refuses_other_arguments),
	};

	return cmocka_run_group_tests_name("plugin_parts", tests, NULL, NULL);
}
