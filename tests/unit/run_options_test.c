/* SPDX-License-Identifier: MIT */
/* QEMU command lines: what is passed on, warned of, and refused. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/crash_dump.h"
#include "machine/engine.h"
#include "machine/options.h"
#include "machine/qemu_option.h"
#include "machine/runtime.h"

#define ARGS_MAX 32

static struct qemu_command command;

/* Scans a command line whose words are separated by single blanks. */
static int scan(const char *line, struct error *err)
{
	char *copy = strdup(line), *rest = copy, *word, *argv[ARGS_MAX];
	int argc = 0, rc;

	qemu_command_clear(&command);
	while ((word = strsep(&rest, " ")) && argc < ARGS_MAX) {
		if (word[0])
			argv[argc++] = word;
	}
	rc = qemu_command_scan(&command, argc, argv, err);
	free(copy);
	return rc;
}

static void scan_ok(const char *line)
{
	struct error err = { 0 };

	assert_ok(scan(line, &err), &err);
}

static void assert_passes(const char *line, const char *expected)
{
	char joined[2048] = "";

	scan_ok(line);
	for (size_t i = 0; i < command.argv.count; i++) {
		strcat(joined, i ? " " : "");
		strcat(joined, command.argv.items[i]);
	}
	assert_string_equal(joined, expected);
	if (command.argv.count)
		assert_null(command.argv.items[command.argv.count]);
}

static void assert_clean(const char *line)
{
	scan_ok(line);
	if (command.warnings.count)
		fail_msg("%s: warns: %s", line, command.warnings.items[0]);
	if (command.refusals.count)
		fail_msg("%s: refuses: %s", line, command.refusals.items[0]);
}

static void assert_one(const struct string_list *list, const char *line,
		       const char *words)
{
	assert_int_equal(list->count, 1);
	if (!strstr(list->items[0], words))
		fail_msg("%s: '%s' does not mention '%s'", line, list->items[0], words);
}

static void assert_warns(const char *line, const char *words)
{
	scan_ok(line);
	assert_int_equal(command.refusals.count, 0);
	assert_one(&command.warnings, line, words);
}

static void assert_refuses(const char *line, const char *words)
{
	scan_ok(line);
	assert_one(&command.refusals, line, words);
}

static void passes_everything_else_through(void **state)
{
	(void)state;
	assert_passes("-cpu max -m 2G -nographic -kernel image -append -device",
		      "-cpu max -m 2G -nographic -kernel image -append -device");
	assert_passes("-cpu max --some-day 5 -flag -other -x",
		      "-cpu max --some-day 5 -flag -other -x");
	assert_passes("-cpu max -fw_cfg name=opt/a,string=b,,c -",
		      "-cpu max -fw_cfg name=opt/a,string=b,,c -");
	assert_passes("", "-cpu max");
	assert_passes("-m 1G", "-cpu max -m 1G");
}

static void takes_over_confidential_guest_support(void **state)
{
	static const char defaults[] =
		"-cpu max -machine mem-merge=off -global virtio-device.iommu_platform=on "
		"-global virtio-pci.disable-legacy=on ";
	char expected[512];

	(void)state;
	snprintf(expected, sizeof(expected), "%s%s", defaults,
		 "-machine s390-ccw-virtio,usb=off -m 1G");
	assert_passes("-object s390-pv-guest,id=pv0 -machine s390-ccw-virtio,confidential-guest-support=pv0,usb=off -m 1G",
		      expected);
	assert_true(command.confidential);
	assert_passes("-machine confidential-guest-support=pv0 -object {\"qom-type\":\"s390-pv-guest\",\"id\":\"pv0\"} -m 1G",
		      strcat(strcpy(expected, defaults), "-m 1G"));
	/* An object that nothing names has no effect, as with QEMU. */
	assert_passes("-object s390-pv-guest,id=pv0 -m 1G", "-cpu max -m 1G");
	assert_false(command.confidential);
}

static void refuses_a_missing_pv_object(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(scan("-machine confidential-guest-support=pv0", &err), ERR_INVALID);
	assert_int_equal(scan("-machine confidential-guest-support=pv0 -object s390-pv-guest,id=pv1", &err),
			 ERR_INVALID);
	assert_int_equal(scan("-object s390-pv-guest", &err), ERR_INVALID);
}

static void replaces_what_needs_kvm(void **state)
{
	(void)state;
	assert_passes("-enable-kvm -cpu host,foo=on -m 1G", "-cpu max,foo=on -m 1G");
	assert_int_equal(command.warnings.count, 2);
	assert_passes("-accel kvm -cpu host", "-cpu max");
	assert_passes("-machine s390-ccw-virtio,accel=kvm:tcg -cpu z14",
		      "-machine s390-ccw-virtio -cpu z14");
	assert_clean("-accel tcg -cpu max");
	assert_clean("-accel tcg,thread=multi");
}

static void refuses_a_single_thread(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(scan("-accel tcg,thread=single", &err), ERR_INVALID);
	assert_int_equal(scan("-icount shift=7", &err), ERR_INVALID);
}

static void names_devices_without_iommu(void **state)
{
	(void)state;
	assert_warns("-device virtio-blk-ccw,drive=d0", "-device virtio-blk-ccw,drive=d0: ");
	assert_warns("-device {\"driver\":\"virtio-net-ccw\",\"netdev\":\"n0\"}", "virtio-net-ccw");
	assert_warns("-device virtio-blk-ccw,drive=d0,iommu_platform=off", "iommu_platform");
	assert_warns("-drive file=a.img,format=raw", "virtio-blk-ccw");
	assert_warns("-drive file=a.img,if=virtio", "virtio-blk-ccw");
	assert_warns("-hda a.img", "virtio-blk-ccw");
	assert_warns("-nographic a.img", "virtio-blk-ccw");
	assert_warns("-nic user", "virtio-net-ccw");
	assert_warns("-net nic,model=virtio", "virtio-net-ccw");
	assert_warns("-virtfs local,path=/a", "virtio-9p-ccw");
	assert_warns("-device virtio-blk-ccw,iommu_platform=on,max_revision=0", "virtio 1.0");
}

static void accepts_usable_devices(void **state)
{
	(void)state;
	assert_clean("-device virtio-blk-ccw,drive=d0,iommu_platform=on");
	assert_clean("-device virtio-blk-ccw,drive=d0,iommu_platform=yes");
	assert_clean("-device {\"driver\":\"virtio-blk-ccw\",\"iommu_platform\":true}");
	assert_clean("-drive file=a,if=none,id=d0");
	assert_clean("-nic none -net none -net user");
	assert_clean("-nic user,model=other");
	assert_clean("-device sclpconsole,chardev=c -device scsi-hd,drive=d0");
	assert_clean("-device virtio-blk-ccw,drive=d0 -global virtio-device.iommu_platform=on");
	assert_clean("-hda a -global virtio-blk-ccw.iommu_platform=on");
	assert_clean("-hda a -object s390-pv-guest,id=p -machine confidential-guest-support=p");
	assert_warns("-hda a -global virtio-net-ccw.iommu_platform=on", "virtio-blk-ccw");
	/* What a device says itself wins. */
	assert_warns("-device virtio-blk-ccw,iommu_platform=off -object s390-pv-guest,id=p"
		     " -machine confidential-guest-support=p", "virtio-blk-ccw");
}

static void refuses_what_the_manual_excludes(void **state)
{
	(void)state;
	assert_refuses("-object memory-backend-memfd,id=m,size=1G,hugetlb=on", "huge pages");
	assert_refuses("-object {\"qom-type\":\"memory-backend-memfd\",\"id\":\"m\",\"hugetlb\":true}",
		       "huge pages");
	assert_refuses("-incoming tcp:0:4444", "migrated");
	assert_refuses("-incoming defer", "migrated");
	assert_refuses("-loadvm tag", "restored");
	assert_refuses("-device vfio-ccw,sysfsdev=/x", "passed through");
	assert_refuses("-device vfio-pci,host=00:00.0", "passed through");
	assert_refuses("-device vfio-ap,sysfsdev=/x", "passed through");
	assert_refuses("-device {\"driver\":\"vfio-ccw\"}", "passed through");
	assert_refuses("-device vhost-vdpa-device,vhostdev=/x", "passed through");
	assert_refuses("-device virtio-balloon-ccw,iommu_platform=on", "balloon");
	assert_refuses("-device virtio-balloon", "balloon");
	assert_refuses("-smp 248", "247");
	assert_refuses("-smp cpus=2,maxcpus=248", "247");
	assert_refuses("-smp sockets=4,cores=64", "247");
	assert_clean("-smp 247");
	assert_clean("-smp 2,sockets=1,cores=2,threads=1");
	assert_clean("-object memory-backend-memfd,id=m,size=1G,hugetlb=off");
	assert_clean("-object memory-backend-file,id=m,size=1G,mem-path=/tmp");
	assert_clean("-mem-path /tmp");
	assert_clean("-snapshot");
}

static void counts_every_refusal(void **state)
{
	(void)state;
	scan_ok("-incoming defer -device virtio-balloon -smp 300");
	assert_int_equal(command.refusals.count, 3);
}

static void knows_questions(void **state)
{
	static const char *const lines[] = {
		"-version", "--version", "-help", "-h", "-device help",
		"-device virtio-blk-ccw,help", "-cpu help", "-machine ?", "-machine none -S",
		"-foo help",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		scan_ok(lines[i]);
		if (!command.asks_only)
			fail_msg("%s is a question", lines[i]);
	}
	assert_passes("--version", "--version");
	scan_ok("-kernel helper -m 1G");
	assert_false(command.asks_only);
}

static void finds_the_name(void **state)
{
	(void)state;
	scan_ok("-name guest=first,debug-threads=on");
	assert_string_equal(command.guest_name, "first");
	scan_ok("-name second");
	assert_string_equal(command.guest_name, "second");
	scan_ok("-m 1G");
	assert_null(command.guest_name);
}

static void refuses_broken_values(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(scan("-device {\"driver\":", &err), ERR_FORMAT);
	assert_int_equal(scan("-object {\"qom-type\":1,\"qom-type\":2}", &err), ERR_FORMAT);
}

static void takes_options_apart(void **state)
{
	struct qemu_option option;
	struct error err = { 0 };
	char *text;

	(void)state;
	assert_ok(qemu_option_parse(&option, "drv,a=1,,2,b,c==,a=3", &err), &err);
	assert_string_equal(qemu_option_first(&option, "driver"), "drv");
	assert_string_equal(qemu_option_get(&option, "a"), "3");
	assert_string_equal(qemu_option_get(&option, "b"), "on");
	assert_string_equal(qemu_option_get(&option, "c"), "=");
	assert_null(qemu_option_get(&option, "d"));
	qemu_option_remove(&option, "b");
	text = qemu_option_format(&option);
	assert_string_equal(text, "drv,a=1,,2,c==,a=3");
	free(text);
	qemu_option_remove(&option, "a");
	assert_null(qemu_option_get(&option, "a"));
	qemu_option_clear(&option);
	text = qemu_option_escape("/a,b,,c");
	assert_string_equal(text, "/a,,b,,,,c");
	free(text);
}

static void reads_versions(void **state)
{
	char version[ENGINE_VERSION_SIZE];
	struct error err = { 0 };

	(void)state;
	assert_ok(engine_version_parse(version, "QEMU emulator version 11.1.2 (Debian 1:11)\nCopy", &err), &err);
	assert_string_equal(version, "11.1.2");
	assert_int_equal(engine_version_parse(version, "QEMU emulator", &err), ERR_FORMAT);
	assert_int_equal(engine_version_parse(version, "x version y", &err), ERR_FORMAT);
	assert_int_equal(engine_version_check("11.1.0", "q", &err), 0);
	assert_int_equal(engine_version_check("11.1", "q", &err), 0);
	assert_int_equal(engine_version_check("12.0.0", "q", &err), 0);
	assert_int_equal(engine_version_check("11.0.50", "q", &err), ERR_UNSUPPORTED);
	assert_int_equal(engine_version_check("10.2.0", "q", &err), ERR_UNSUPPORTED);
	assert_non_null(strstr(err.message, "11.1 or newer"));
	assert_string_not_equal(err.hint, "");

	assert_true(engine_has_secure_ipl("11.2.0"));
	assert_true(engine_has_secure_ipl("11.10"));
	assert_true(engine_has_secure_ipl("12.0.0"));
	assert_false(engine_has_secure_ipl("11.1.9"));
	assert_false(engine_has_secure_ipl("10.9"));
}

static void checks_names(void **state)
{
	static const char *const good[] = { "a", "web-1", "A_b.c", "0" };
	static const char *const bad[] = {
		"", ".", "..", "-a", "_a", "a/b", "a b", "a\n", "\xc3\xa4",
		"01234567890123456789012345678901234567890",
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(guest_name_check(good[i], &err), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(guest_name_check(bad[i], &err), ERR_INVALID);
}

/* What a dump on crash makes of these options: words for QEMU, then for the plugin. */
static int crash_dump(char joined[256], char *const *argv, int argc, const char *file,
		      struct error *err)
{
	const struct run_request request = { .crash_dump = file, .argc = argc, .argv = argv };
	struct string_list words = { 0 };
	struct text argument = { 0 };
	int rc = crash_dump_check(&request, err);

	joined[0] = '\0';
	crash_dump_add_options(&words, &request);
	for (size_t i = 0; i < words.count; i++)
		snprintf(joined + strlen(joined), 256 - strlen(joined), "%s ", words.items[i]);
	crash_dump_add_argument(&argument, &request);
	assert_true(text_ok(&argument));
	strncat(joined, text_chars(&argument), 255 - strlen(joined));
	string_list_free(&words);
	text_free(&argument);
	return rc;
}

static void dumps_on_crash(void **state)
{
	char *none[] = { (char *)"-m", (char *)"512" };
	char *pause[] = { (char *)"-action", (char *)"panic=none",
			  (char *)"-action", (char *)"reboot=shutdown,panic=pause" };
	char *gone[] = { (char *)"--action", (char *)"panic=exit-failure" };
	char joined[256], expected[256], folder[200];
	struct error err = { 0 };

	(void)state;
	assert_ok(crash_dump(joined, none, 2, NULL, &err), &err);
	assert_string_equal(joined, "");
	assert_ok(crash_dump(joined, none, 2, "/a,b", &err), &err);
	assert_string_equal(joined, "-action panic=pause ,crash-dump=/a,,b");
	/* The last one counts. */
	assert_ok(crash_dump(joined, pause, 4, "/a", &err), &err);
	assert_string_equal(joined, "-action panic=pause ,crash-dump=/a,crash-pause=on");
	assert_int_equal(crash_dump(joined, pause, 2, "/a", &err), ERR_INVALID);
	assert_int_equal(crash_dump(joined, gone, 2, "/a", &err), ERR_INVALID);
	assert_non_null(strstr(err.message, "panic=exit-failure"));
	assert_ok(crash_dump(joined, gone, 2, NULL, &err), &err);
	/* QEMU may leave this folder. */
	assert_non_null(getcwd(folder, sizeof(folder)));
	assert_ok(crash_dump(joined, none, 0, "d", &err), &err);
	snprintf(expected, sizeof(expected), "-action panic=pause ,crash-dump=%s/d", folder);
	assert_string_equal(joined, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_everything_else_through),
		cmocka_unit_test(takes_over_confidential_guest_support),
		cmocka_unit_test(refuses_a_missing_pv_object),
		cmocka_unit_test(replaces_what_needs_kvm),
		cmocka_unit_test(refuses_a_single_thread),
		cmocka_unit_test(names_devices_without_iommu),
		cmocka_unit_test(accepts_usable_devices),
		cmocka_unit_test(refuses_what_the_manual_excludes),
		cmocka_unit_test(counts_every_refusal),
		cmocka_unit_test(knows_questions),
		cmocka_unit_test(finds_the_name),
		cmocka_unit_test(refuses_broken_values),
		cmocka_unit_test(takes_options_apart),
		cmocka_unit_test(reads_versions),
		cmocka_unit_test(checks_names),
		cmocka_unit_test(dumps_on_crash),
	};
	int failed = cmocka_run_group_tests_name("run_options", tests, NULL, NULL);

	qemu_command_clear(&command);
	return failed;
}
