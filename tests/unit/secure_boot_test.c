/* SPDX-License-Identifier: MIT */
/* The options of Secure IPL on a QEMU command line. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot_pki.h"
#include "folder.h"
#include "machine/secure_boot.h"

#define ARGS_MAX 160
#define DISK " -device virtio-blk-ccw,drive=d0,bootindex=1"

static struct secure_boot boot;
static char said[8192];
static unsigned remarks;

static void emit(void *context, enum log_level level, const char *text)
{
	size_t used = strlen(said);

	(void)context;
	(void)level;
	snprintf(said + used, sizeof(said) - used, "%s\n", text);
	remarks++;
}

static const struct log listener = { emit, NULL };

/* Scans a command line whose words are separated by single blanks. */
static int scan(const char *line, struct error *err)
{
	char *copy = strdup(line), *rest = copy, *word, *argv[ARGS_MAX];
	int argc = 0, rc;

	while ((word = strsep(&rest, " ")) && argc < ARGS_MAX) {
		if (word[0])
			argv[argc++] = word;
	}
	secure_boot_clear(&boot);
	said[0] = '\0';
	remarks = 0;
	*err = (struct error){ 0 };
	rc = secure_boot_scan(&boot, argc, argv, time(NULL), &listener, err);
	free(copy);
	return rc;
}

static void assert_joined(const char *expected)
{
	char joined[4096] = "";

	for (size_t i = 0; i < boot.argv.count; i++) {
		strcat(joined, i ? " " : "");
		strcat(joined, boot.argv.items[i]);
	}
	assert_string_equal(joined, expected);
}

/* The line is taken, in @mode, and @expected is left for QEMU. */
static void accept(const char *line, enum ipl_mode mode, const char *expected)
{
	struct error err;

	assert_ok(scan(line, &err), &err);
	assert_joined(expected);
	if (boot.mode != mode)
		fail_msg("%s: mode %s", line, ipl_mode_name(boot.mode));
}

static void accept_silently(const char *line, enum ipl_mode mode, const char *expected)
{
	accept(line, mode, expected);
	if (remarks)
		fail_msg("%s: %s", line, said);
}

static void refuse(const char *line, int expected, const char *words)
{
	struct error err;
	int rc = scan(line, &err);

	if (rc != expected)
		fail_msg("%s: %d: %s", line, rc, err.message);
	if (!strstr(err.message, words) && !strstr(err.cause, words))
		fail_msg("'%s: %s' does not mention '%s'", err.message, err.cause, words);
}

static void warn(const char *line, unsigned count, const char *words)
{
	struct error err;

	assert_ok(scan(line, &err), &err);
	if (remarks != count || !strstr(said, words))
		fail_msg("%s: %u remarks: %s", line, remarks, said);
}

static int enter(void **state)
{
	X509 *certificate;
	struct boot_bytes pem;

	if (enter_folder(state))
		return -1;
	certificate = boot_certificate_for(BOOT_P256);
	boot_to_pem(&pem, certificate);
	X509_free(certificate);
	boot_write("a.pem", &pem);
	boot_write("b,c.pem", &pem);
	boot_write("mycert.der", &pem);
	mkdir("certs", 0700);
	mkdir("none", 0700);
	boot_write("certs/1.pem", &pem);
	boot_write("certs/2.pem", &pem);
	return 0;
}

static int leave(void **state)
{
	secure_boot_clear(&boot);
	return leave_folder(state);
}

/* --- The options of -machine ------------------------------------------------------- */

static void nothing_of_ours(void **state)
{
	static const char line[] =
		"-machine s390-ccw-virtio,accel=tcg -m 2G -cpu max -nographic disk.img";

	(void)state;
	accept_silently(line, IPL_NORMAL, line);
	assert_false(boot.asked);
	accept_silently("", IPL_NORMAL, "");
}

static void modes(void **state)
{
	(void)state;
	accept_silently("-machine s390-ccw-virtio,secure-boot=off", IPL_NORMAL,
			"-machine s390-ccw-virtio");
	assert_true(boot.asked);
	accept_silently("-M s390-ccw-virtio,boot-certs.0.path=a.pem" DISK, IPL_AUDIT,
			"-M s390-ccw-virtio" DISK);
	accept_silently("-machine s390-ccw-virtio,secure-boot=off,boot-certs.0.path=a.pem" DISK,
			IPL_AUDIT, "-machine s390-ccw-virtio" DISK);
	accept_silently("-machine s390-ccw-virtio,secure-boot=on,boot-certs.0.path=a.pem" DISK,
			IPL_SECURE, "-machine s390-ccw-virtio" DISK);
	assert_int_equal(boot.store.count, 1);
	/* The boot loader says what is wrong with this one. */
	accept("-machine s390-ccw-virtio,secure-boot=on" DISK, IPL_SECURE,
	       "-machine s390-ccw-virtio" DISK);
	assert_non_null(strstr(said, "no boot certificate"));
	/* A folder without certificates is as good as none. */
	accept("-machine boot-certs.0.path=none", IPL_NORMAL, "");
	accept("-machine secure-boot=on,boot-certs.0.path=none" DISK, IPL_SECURE, DISK + 1);
}

static void switches(void **state)
{
	static const char *const on[] = { "on", "yes", "true", "y" };
	static const char *const off[] = { "off", "no", "false", "n" };
	char line[200];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		snprintf(line, sizeof(line),
			 "-machine secure-boot=%s,boot-certs.0.path=a.pem" DISK, on[i]);
		accept(line, IPL_SECURE, DISK + 1);
		snprintf(line, sizeof(line),
			 "-machine secure-boot=%s,boot-certs.0.path=a.pem" DISK, off[i]);
		accept(line, IPL_AUDIT, DISK + 1);
	}
	refuse("-machine secure-boot=maybe", ERR_INVALID, "on or off");
	refuse("-machine secure-boot=", ERR_INVALID, "on or off");
	/* The last one counts, over several options too. */
	accept("-machine secure-boot=on,secure-boot=off", IPL_NORMAL, "");
	accept("-machine x,secure-boot=off -machine secure-boot=on" DISK, IPL_SECURE,
	       "-machine x" DISK);
}

static void lists(void **state)
{
	(void)state;
	accept("-machine x,boot-certs.1.path=certs,boot-certs.0.path=a.pem,y=z" DISK, IPL_AUDIT,
	       "-machine x,y=z" DISK);
	assert_int_equal(boot.store.count, 3);
	assert_string_equal(boot.store.certificates[0].label, "a.pem");
	assert_string_equal(boot.store.certificates[2].label, "2.pem");
	/* Parts come together from several options; a comma is doubled. */
	accept("-machine x,boot-certs.0.path=b,,c.pem -M boot-certs.1.path=a.pem" DISK,
	       IPL_AUDIT, "-machine x" DISK);
	assert_int_equal(boot.store.count, 2);
	assert_string_equal(boot.store.certificates[0].label, "b,c.pem");
	/* The same place twice: the last one. */
	accept("-machine boot-certs.0.path=certs,boot-certs.0.path=a.pem" DISK, IPL_AUDIT,
	       DISK + 1);
	assert_int_equal(boot.store.count, 1);
}

/* A comma at the end, as documents for QEMU print it. */
static void odd_commas(void **state)
{
	(void)state;
	accept("-machine s390-ccw-virtio, -machine boot-certs.0.path=a.pem," DISK, IPL_AUDIT,
	       "-machine s390-ccw-virtio" DISK);
	refuse("-machine =secure-boot=on", ERR_FORMAT, "without a name");
	/* Doubled in a value only, and the first part is one without a name. */
	accept("-machine x,y,,secure-boot=on" DISK, IPL_SECURE, "-machine x,y=on" DISK);
	accept("-machine x,,secure-boot=on" DISK, IPL_NORMAL, "-machine x,,secure-boot=on" DISK);
}

static void wrong_lists(void **state)
{
	static const char *const wrong[] = {
		"boot-certs=a.pem",         "boot-certs.path=a.pem",
		"boot-certs.0=a.pem",       "boot-certs.0.name=a.pem",
		"boot-certs..path=a.pem",   "boot-certs.00.path=a.pem",
		"boot-certs.-1.path=a.pem", "boot-certs.0.path.x=a.pem",
		"boot-certs.x.path=a.pem",  "boot-certs.+0.path=a.pem",
	};
	char line[100];

	(void)state;
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(line, sizeof(line), "-machine %s" DISK, wrong[i]);
		refuse(line, ERR_INVALID, "no such property");
	}
	refuse("-machine boot-certs.1.path=a.pem" DISK, ERR_INVALID, "boot-certs.0.path is missing");
	refuse("-machine boot-certs.0.path=a.pem,boot-certs.2.path=a.pem" DISK, ERR_INVALID,
	       "boot-certs.1.path is missing");
	refuse("-machine boot-certs.128.path=a.pem", ERR_INVALID, "from 0 to 127");
	refuse("-machine boot-certs.18446744073709551616.path=a.pem", ERR_INVALID, "from 0 to 127");
	refuse("-machine boot-certs.0.path=" DISK, ERR_INVALID, "is empty");
	refuse("-machine boot-certs.0.path=nowhere.pem" DISK, ERR_NOT_FOUND, "nowhere.pem");
}

static void old_form(void **state)
{
	(void)state;
	accept("-machine s390-ccw-virtio,secure-boot=on,boot-certificates=mycert.der" DISK,
	       IPL_SECURE, "-machine s390-ccw-virtio" DISK);
	accept("-machine s390-ccw-virtio,boot-certificates=certs:mycert.der" DISK, IPL_AUDIT,
	       "-machine s390-ccw-virtio" DISK);
	assert_int_equal(boot.store.count, 3);
	refuse("-machine boot-certificates=a.pem::certs" DISK, ERR_INVALID, "is empty");
	refuse("-machine boot-certificates=" DISK, ERR_INVALID, "is empty");
	refuse("-machine boot-certificates=a.pem,boot-certs.0.path=a.pem" DISK, ERR_INVALID,
	       "both");
}

static void json(void **state)
{
	(void)state;
	accept("-machine {\"type\":\"s390-ccw-virtio\",\"secure-boot\":true,"
	       "\"boot-certs\":[{\"path\":\"a.pem\"},{\"path\":\"certs\"}]}" DISK,
	       IPL_SECURE, "-machine {\"type\":\"s390-ccw-virtio\"}" DISK);
	assert_int_equal(boot.store.count, 3);
	accept("-machine {\"boot-certs\":[{\"path\":\"b,c.pem\"}],\"secure-boot\":false}" DISK,
	       IPL_AUDIT, DISK + 1);
	accept("-machine {\"boot-certs\":[]}", IPL_NORMAL, "");
	accept("-machine {\"boot-certificates\":\"a.pem:certs\"}" DISK, IPL_AUDIT, DISK + 1);
}

static void wrong_json(void **state)
{
	static const char *const lists_of[] = {
		"{}", "[1]", "[{}]", "[{\"path\":1}]", "[{\"path\":\"a\",\"x\":1}]", "\"a\"",
		"[\"a.pem\"]",
	};
	char line[100];

	(void)state;
	for (unsigned i = 0; i < sizeof(lists_of) / sizeof(lists_of[0]); i++) {
		snprintf(line, sizeof(line), "-machine {\"boot-certs\":%s}", lists_of[i]);
		refuse(line, ERR_INVALID, "boot-certs");
	}
	refuse("-machine {\"secure-boot\":\"on\"}", ERR_INVALID, "true or false");
	refuse("-machine {\"boot-certificates\":1}", ERR_INVALID, "no string");
	refuse("-machine {\"secure-boot\":true", ERR_FORMAT, "no JSON object");
	refuse("-machine {\"boot-certs\":[{\"path\":\"\"}]}" DISK, ERR_INVALID, "is empty");
}

static void how_many(void **state)
{
	char line[8192] = "-machine x";

	(void)state;
	for (unsigned i = 0; i < 64; i++)
		sprintf(line + strlen(line), ",boot-certs.%u.path=a.pem", i);
	strcat(line, DISK);
	accept(line, IPL_AUDIT, "-machine x" DISK);
	assert_int_equal(boot.store.count, 64);
	strcat(line, " -machine boot-certs.64.path=a.pem");
	refuse(line, ERR_INVALID, "certificate number 65");
}

/* Whoever asks for help gets it from QEMU, whatever else is on the line. */
static void asking(void **state)
{
	(void)state;
	accept("-machine secure-boot=on -device help", IPL_NORMAL, "-device help");
	accept("-machine help", IPL_NORMAL, "-machine help");
	accept("-cpu help", IPL_NORMAL, "-cpu help");
}

/* --- The CPU -------------------------------------------------------------------------- */

static void assert_cpu(const char *line, bool cstore, bool sipl, bool sclaf,
		       const char *expected)
{
	accept(line, IPL_NORMAL, expected);
	assert_int_equal(boot.cpu.cstore, cstore);
	assert_int_equal(boot.cpu.sipl, sipl);
	assert_int_equal(boot.cpu.sclaf, sclaf);
}

static void cpu_models(void **state)
{
	(void)state;
	assert_cpu("", true, true, true, "");
	assert_cpu("-cpu max", true, true, true, "-cpu max");
	assert_cpu("-cpu qemu", true, true, true, "-cpu qemu");
	assert_cpu("-cpu host", true, true, true, "-cpu host");
	assert_cpu("-cpu gen15a", false, false, false, "-cpu gen15a");
	assert_cpu("-cpu gen15b-base", false, false, false, "-cpu gen15b-base");
	assert_cpu("-cpu z14", false, false, false, "-cpu z14");
	assert_cpu("-cpu gen16a", false, false, false, "-cpu gen16a");
	assert_cpu("-cpu gen16a,els=on,cstore=on,sipl=on,sclaf=on", true, true, true,
		   "-cpu gen16a");
	assert_cpu("-cpu gen17a,els=on,sipl=on", false, true, false, "-cpu gen17a");
}

static void cpu_properties(void **state)
{
	(void)state;
	assert_cpu("-cpu max,cstore=off,vx=off", false, true, true, "-cpu max,vx=off");
	assert_cpu("-cpu max,sclaf=off", true, true, false, "-cpu max");
	assert_cpu("-cpu max,els=on,cstore=on,sipl=on,sclaf=on", true, true, true, "-cpu max");
	assert_cpu("-cpu max,cstore=on,cstore=off", false, true, true, "-cpu max");
	/* Only the last -cpu counts. */
	assert_cpu("-cpu max,cstore=off -cpu max", true, true, true, "-cpu max -cpu max");
	assert_cpu("-cpu z14 -cpu qemu,sipl=off,sclaf=off", true, false, false,
		   "-cpu z14 -cpu qemu");
	assert_cpu("-cpu max,els=off,cstore=off,sipl=off,sclaf=off", false, false, false,
		   "-cpu max");
	refuse("-cpu max,sipl=perhaps", ERR_INVALID, "sipl=perhaps");
}

static void cpu_dependencies(void **state)
{
	(void)state;
	warn("-cpu max,sipl=off", 1, "sclaf makes no sense without sipl");
	assert_true(boot.cpu.sclaf);
	warn("-cpu gen16a,cstore=on", 1, "cstore needs els");
	assert_false(boot.cpu.cstore);
	warn("-cpu max,els=off", 3, "sipl needs els");
	assert_false(boot.cpu.cstore || boot.cpu.sipl || boot.cpu.sclaf);
}

static void old_cpus(void **state)
{
	(void)state;
	refuse("-cpu gen15a,sipl=on", ERR_INVALID, "gen15a does not have the feature sipl");
	refuse("-cpu z14,els=on", ERR_INVALID, "feature els");
	assert_cpu("-cpu gen15a,cstore=off", false, false, false, "-cpu gen15a");
	/* The boot loader stops; the reason is told before. */
	warn("-cpu gen15a -machine secure-boot=on,boot-certs.0.path=a.pem" DISK, 1,
	     "stops in secure mode");
	warn("-cpu gen15a -machine boot-certs.0.path=a.pem" DISK, 1, "stops in audit mode");
	warn("-cpu max,sclaf=off -machine boot-certs.0.path=a.pem" DISK, 1, "not have sclaf");
	warn("-cpu max,cstore=off -machine boot-certs.0.path=a.pem" DISK, 1, "not have cstore");
}

/* --- What can be booted from ------------------------------------------------------------- */

#define AUDIT "-machine boot-certs.0.path=a.pem "
#define SECURE "-machine secure-boot=on,boot-certs.0.path=a.pem "

static void assert_boots(const char *devices)
{
	char line[600];

	snprintf(line, sizeof(line), AUDIT "%s", devices);
	accept_silently(line, IPL_AUDIT, devices);
	snprintf(line, sizeof(line), SECURE "%s", devices);
	accept_silently(line, IPL_SECURE, devices);
}

static void assert_no_boot(const char *devices, const char *words)
{
	char line[600];
	struct error err;

	snprintf(line, sizeof(line), AUDIT "%s", devices);
	refuse(line, ERR_REFUSED, words);
	snprintf(line, sizeof(line), SECURE "%s", devices);
	refuse(line, ERR_REFUSED, words);
	/* In normal mode that is nobody's business. */
	assert_ok(scan(devices, &err), &err);
}

static void disks(void **state)
{
	(void)state;
	assert_boots("-device virtio-blk-ccw,drive=d,bootindex=0");
	assert_boots("-device virtio-blk,drive=d,bootindex=5");
	assert_boots("-device {\"driver\":\"virtio-blk-ccw\",\"bootindex\":1}");
	assert_boots("-device virtio-scsi-ccw,id=s0 -device scsi-hd,bus=s0.0,bootindex=1");
	assert_boots("-device virtio-scsi -device scsi-hd,drive=d,bootindex=1");
	assert_boots("-device scsi-hd,drive=d,bootindex=1");
	/* Others may be there as long as nothing is booted from them. */
	assert_boots("-device virtio-net-ccw -device virtio-blk-pci,drive=e "
		     "-device virtio-scsi-pci,id=p -device scsi-cd,bus=p.0,bootindex=-1 "
		     "-device virtio-scsi-ccw,id=s -device scsi-hd,bus=s.0,bootindex=1");
}

static void other_devices(void **state)
{
	(void)state;
	assert_no_boot("-device vfio-ccw,sysfsdev=x,bootindex=1", "passed through");
	assert_no_boot("-device virtio-net-ccw,bootindex=1", "network");
	assert_no_boot("-device virtio-net,bootindex=1", "network");
	assert_no_boot("-device virtio-net-pci,bootindex=1", "PCI");
	assert_no_boot("-device virtio-blk-pci,drive=d,bootindex=1", "PCI");
	assert_no_boot("-device {\"driver\":\"virtio-blk-pci\",\"bootindex\":1}", "PCI");
	assert_no_boot("-device virtio-scsi-pci,id=s -device scsi-hd,bus=s.0,bootindex=1",
		       "behind a PCI adapter");
	assert_no_boot("-device virtio-scsi-pci -device scsi-hd,drive=d,bootindex=1",
		       "behind a PCI adapter");
	assert_no_boot("-device vhost-scsi-ccw,id=s -device scsi-hd,bus=s.0,bootindex=1",
		       "not behind");
	assert_no_boot("-device scsi-cd,drive=d,bootindex=1", "CD");
	assert_no_boot("-device scsi-generic,drive=d,bootindex=1", "no disk");
	/* Also those that would be tried after a good one. */
	assert_no_boot("-device virtio-blk-ccw,drive=d,bootindex=1 "
		       "-device virtio-net-ccw,bootindex=2", "network");
}

static void no_boot_device(void **state)
{
	(void)state;
	assert_no_boot("-device virtio-blk-ccw,drive=d", "No boot device");
	assert_no_boot("-drive file=x,if=virtio", "No boot device");
	assert_no_boot("", "No boot device");
	refuse("-machine secure-boot=on", ERR_REFUSED, "No boot device");
}

static void many_boot_devices(void **state)
{
	char line[1000] = AUDIT;

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		sprintf(line + strlen(line), " -device virtio-blk-ccw,bootindex=%u", i);
	warn(line, 0, "");
	strcat(line, " -device virtio-blk-ccw,bootindex=8");
	warn(line, 1, "only the first 8");
}

static void direct_kernel(void **state)
{
	(void)state;
	refuse(SECURE "-kernel vmlinuz" DISK, ERR_REFUSED, "-kernel");
	refuse("-kernel vmlinuz -machine secure-boot=on", ERR_REFUSED, "-kernel");
	/* In audit mode it may be started, and needs no disk. */
	accept(AUDIT "-kernel vmlinuz", IPL_AUDIT, "-kernel vmlinuz");
	assert_non_null(strstr(said, "nothing is audited"));
	accept_silently("-kernel vmlinuz", IPL_NORMAL, "-kernel vmlinuz");
	/* -append takes what looks like an option. */
	accept_silently("-append -kernel", IPL_NORMAL, "-append -kernel");
}

#define unit(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit(nothing_of_ours),
		unit(modes),
		unit(switches),
		unit(lists),
		unit(odd_commas),
		unit(wrong_lists),
		unit(old_form),
		unit(json),
		unit(wrong_json),
		unit(how_many),
		unit(asking),
		unit(cpu_models),
		unit(cpu_properties),
		unit(cpu_dependencies),
		unit(old_cpus),
		unit(disks),
		unit(other_devices),
		unit(no_boot_device),
		unit(many_boot_devices),
		unit(direct_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
