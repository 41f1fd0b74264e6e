/* SPDX-License-Identifier: MIT */
/* Domain XML: reading, names, the machine and <os>; domain capabilities. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain_fixture.h"
#include "machine/domain_capabilities.h"
#include "machine/domain_schema.h"

/* --- Reading ---------------------------------------------------------------------------- */

static void assert_unreadable(const char *text, const char *words)
{
	struct error err = { 0 };

	assert_int_equal(domain_fixture_parse(text, NULL, &err), ERR_FORMAT);
	if (!strstr(err.message, words) && !strstr(err.cause, words))
		fail_msg("%s: '%s: %s' does not mention '%s'", text, err.message, err.cause, words);
	assert_int_equal(domain_argv.count, 0);
}

static void refuses_what_is_no_xml(void **state)
{
	(void)state;
	assert_unreadable("", "is no XML");
	assert_unreadable("name: guest\n", "line 1");
	assert_unreadable("<domain>\n<name>x</domain>", "line 2");
	assert_unreadable("<domain a='1' a='2'/>", "line 1");
	assert_unreadable("<domain><name>\xff\xfe</name></domain>", "line 1");
	assert_unreadable("<domain/><domain/>", "line 1");
	assert_unreadable("<domain><name>&unknown;</name></domain>", "line 1");
}

static void refuses_document_types(void **state)
{
	static const char laughs[] =
		"<!DOCTYPE domain [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
		"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><domain><name>&c;</name></domain>";

	(void)state;
	assert_unreadable("<!DOCTYPE domain><domain/>", "document type");
	assert_unreadable("<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
			  "<domain><name>&x;</name></domain>", "document type");
	assert_unreadable("<!DOCTYPE domain SYSTEM 'http://example.com/domain.dtd'><domain/>",
			  "document type");
	assert_unreadable("<!DOCTYPE domain [<!ENTITY % x SYSTEM 'file:///dev/zero'> %x;]><domain/>",
			  "document type");
	assert_unreadable(laughs, "document type");
}

static void refuses_depth_and_size(void **state)
{
	struct text deep = { 0 };
	char *large = malloc(DOMAIN_FILE_MAX + 2);

	(void)state;
	text_add(&deep, "<domain><metadata>");
	for (unsigned i = 0; i < 1000; i++)
		text_add(&deep, "<a>");
	for (unsigned i = 0; i < 1000; i++)
		text_add(&deep, "</a>");
	text_add(&deep, "</metadata></domain>");
	assert_unreadable(text_chars(&deep), "line 1");
	text_free(&deep);

	assert_non_null(large);
	memset(large, ' ', DOMAIN_FILE_MAX + 1);
	large[DOMAIN_FILE_MAX + 1] = '\0';
	assert_unreadable(large, "larger than 1048576 bytes");
	free(large);
}

static void nothing_is_included(void **state)
{
	(void)state;
	assert_fault("", "<include xmlns='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>",
		     "<include> in <domain>");
	assert_fault("", "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'/>",
		     "<q:commandline> in <domain>");
}

/* --- Names ------------------------------------------------------------------------------- */

static void names_everything_unknown(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_int_equal(domain_fixture_parse("<domain type='qemu'>\n<name>n</name>\n<memory>1</memory>\n"
			       "<os><type>hvm</type></os>\n<pumpkin/>\n<features>\n<gourd/>"
			       "</features>\n<vcpu pips='2'>1</vcpu>\n</domain>", NULL, &err),
			 ERR_INVALID);
	assert_int_equal(domain_errors, 3);
	assert_non_null(strstr(text_chars(&domain_said), "line 5: <pumpkin> in <domain>"));
	assert_non_null(strstr(text_chars(&domain_said), "line 7: <gourd> in <features>"));
	assert_non_null(strstr(text_chars(&domain_said), "line 8: attribute pips of <vcpu>"));
	assert_non_null(strstr(err.message, "3 things are wrong"));
}

static void stops_naming_at_some_point(void **state)
{
	struct text many = { 0 };
	struct error err = { 0 };
	char *domain;

	(void)state;
	text_add(&many, "<devices>");
	for (unsigned i = 0; i < 5000; i++)
		text_add(&many, "<interface type='user'/>");
	text_add(&many, "</devices>");
	domain = domain_with("", text_chars(&many));
	assert_int_equal(domain_fixture_parse(domain, NULL, &err), ERR_INVALID);
	assert_string_equal(text_chars(&domain_said),
			    "guest.xml, line 1: a guest has at most 1024 devices\n");
	free(domain);
	text_free(&many);

	text_add(&many, "<domain type='qemu'>");
	for (unsigned i = 0; i < 5000; i++)
		text_add(&many, "<pumpkin/>");
	text_add(&many, "</domain>");
	assert_int_equal(domain_fixture_parse(text_chars(&many), NULL, &err), ERR_INVALID);
	assert_int_equal(domain_errors, 50);
	text_free(&many);
}

static void quotations_make_no_lines(void **state)
{
	(void)state;
	assert_fault("", "<on_crash>a&#10;error: b&#x7f;</on_crash>", "<on_crash>a?error: b?</on_crash>");
	assert_fault("", "<features><async-teardown enabled='&#10;'/></features>", "enabled='?'");
}

static void says_once_what_is_passed_over(void **state)
{
	(void)state;
	assert_becomes("", "<metadata><a/></metadata><title>t</title><seclabel/><seclabel/>",
		       DOMAIN_FRONT "-smp cpus=1 -m size=1024M");
	assert_string_equal(text_chars(&domain_said),
			    "guest.xml: of use to libvirt alone, and passed over: "
			    "metadata (line 1), title (line 1), seclabel (line 1)\n");
}

static void refuses_what_is_twice_missing_or_empty(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_fault("", "<memory>1</memory>", "<memory> comes a second time");
	assert_fault("", "<os><type>hvm</type></os>", "<os> comes a second time");
	assert_fault("", "<features>on</features>", "<features> has text");
	assert_fault("", "<features><async-teardown/></features>", "lacks its attribute enabled");
	assert_fault("", "<on_crash>restart</on_crash>", "destroy preserve");
	assert_int_equal(domain_fixture_parse("<domain type='qemu'><name>n</name></domain>", NULL, &err),
			 ERR_INVALID);
	assert_int_equal(domain_errors, 2);
	assert_int_equal(domain_fixture_parse("<guest/>", NULL, &err), ERR_INVALID);
	assert_non_null(strstr(text_chars(&domain_said), "<guest> is not the <domain>"));
	assert_int_equal(domain_fixture_parse("<domain xmlns='urn:x' type='qemu'/>", NULL, &err), ERR_INVALID);
	assert_fault("", "<name>second</name>", "<name> comes a second time");
}

/* --- The machine --------------------------------------------------------------------------- */

static void assert_memory(const char *element, const char *size)
{
	char *domain, *actual, *expected;
	struct error err = { 0 };

	assert_true(asprintf(&domain, "<domain type='qemu'><name>n</name>%s"
			     "<os><type>hvm</type></os></domain>", element) > 0);
	assert_true(asprintf(&expected, DOMAIN_FRONT "-smp cpus=1 -m size=%s", size) > 0);
	assert_ok(domain_fixture_parse(domain, NULL, &err), &err);
	actual = domain_fixture_joined();
	assert_string_equal(actual, expected);
	free(domain);
	free(actual);
	free(expected);
}

static void assert_no_memory_size(const char *element, const char *words)
{
	struct error err = { 0 };
	char *domain;

	assert_true(asprintf(&domain, "<domain type='qemu'><name>n</name>%s"
			     "<os><type>hvm</type></os></domain>", element) > 0);
	assert_int_equal(domain_fixture_parse(domain, NULL, &err), ERR_INVALID);
	assert_int_equal(domain_errors, 1);
	if (!strstr(text_chars(&domain_said), words))
		fail_msg("%s: %s", element, text_chars(&domain_said));
	free(domain);
}

static void memory_has_units(void **state)
{
	(void)state;
	assert_memory("<memory>1048576</memory>", "1024M");
	assert_memory("<memory unit='KiB'> 1150976\n</memory>", "1124M");
	assert_memory("<memory unit='k'>1024</memory>", "1M");
	assert_memory("<memory unit='KB'>1024</memory>", "1M");
	assert_memory("<memory unit='MB'>1000</memory>", "954M");
	assert_memory("<memory unit='b'>1048577</memory>", "2M");
	assert_memory("<memory unit='gib'>3</memory>", "3072M");
	assert_memory("<memory unit='TiB'>1</memory>", "1048576M");
	assert_no_memory_size("<memory unit='pages'>4</memory>", "'pages' is no unit");
	assert_no_memory_size("<memory unit=''>4</memory>", "no unit");
	assert_no_memory_size("<memory unit='PiB'>4</memory>", "'PiB' is no unit");
	assert_no_memory_size("<memory>0</memory>", "is no number from 1");
	assert_no_memory_size("<memory>-1</memory>", "is no number");
	assert_no_memory_size("<memory>4G</memory>", "is no number");
	assert_no_memory_size("<memory>1e6</memory>", "is no number");
	assert_no_memory_size("<memory></memory>", "is no number");
	assert_no_memory_size("<memory unit='TiB'>8388608</memory>", "is no number");
	assert_no_memory_size("<memory unit='b'>9223372036854775808</memory>", "is no number");
	assert_no_memory_size("<memory>18446744073709551617</memory>", "is no number");
}

static void current_memory_is_compared(void **state)
{
	(void)state;
	assert_becomes("", "<currentMemory unit='GiB'>1</currentMemory>",
		       DOMAIN_FRONT "-smp cpus=1 -m size=1024M");
	assert_string_equal(text_chars(&domain_said), "");
	assert_becomes("", "<currentMemory>1</currentMemory>", DOMAIN_FRONT "-smp cpus=1 -m size=1024M");
	assert_non_null(strstr(text_chars(&domain_said), "the guest has all of <memory>"));
	assert_fault("", "<currentMemory unit='GiB'>2</currentMemory>", "more than <memory>");
}

static void cpus_and_models(void **state)
{
	(void)state;
	assert_becomes("", "<vcpu placement='static' current='2'>4</vcpu>",
		       DOMAIN_FRONT "-smp cpus=2,maxcpus=4 -m size=1024M");
	assert_becomes("", "<vcpu>4</vcpu><cpu mode='host-passthrough'>"
		       "<topology sockets='2' cores='2' threads='1'/></cpu>",
		       DOMAIN_FRONT "-cpu host -smp cpus=4,drawers=1,books=1,sockets=2,cores=2 -m size=1024M");
	assert_becomes("", "<cpu mode='maximum'/>", DOMAIN_FRONT "-cpu max -smp cpus=1 -m size=1024M");
	assert_becomes("", "<cpu><model>z14</model><feature policy='forbid' name='te'/></cpu>",
		       DOMAIN_FRONT "-cpu z14,te=off -smp cpus=1 -m size=1024M");
	assert_fault("", "<vcpu>0</vcpu>", "no number from 1 to 248");
	assert_fault("", "<vcpu>249</vcpu>", "no number from 1 to 248");
	assert_fault("", "<vcpu current='3'>2</vcpu>", "no number from 1 to 2");
	assert_fault("", "<cpu><topology sockets='2' cores='2' threads='1'/></cpu>",
		     "<topology> has 4 CPUs, <vcpu> says 1");
	assert_fault("", "<cpu><feature name='vx'/></cpu>", "no <model>");
	assert_fault("", "<cpu><model>a,b=c</model></cpu>", "no name of a CPU model");
	assert_fault("", "<cpu><model>z14</model><feature name='x=on,y'/></cpu>",
		     "no name of a CPU feature");
}

static void machine_types_and_names(void **state)
{
	(void)state;
	assert_fault("", "<on_reboot>destroy</on_reboot><on_poweroff>preserve</on_poweroff>",
		     "<on_reboot>destroy</on_reboot> goes with no");
	assert_becomes("", "<on_reboot>destroy</on_reboot><on_crash>preserve</on_crash>",
		       "-name guest=n -machine type=s390-ccw-virtio -action reboot=shutdown "
		       "-action panic=pause -display none -nodefaults -smp cpus=1 -m size=1024M");
	assert_fault("", "<uuid>3f2504e0</uuid>", "is no UUID");
	assert_fault("", "<uuid>3f2504e04f8911d39a0c0305e82c33011</uuid>", "is no UUID");
	assert_fault("", "<launchSecurity type='sev'/>", "what can be had: s390-pv");
	assert_fault("", "<features><acpi/></features>", "of x86");
	assert_device_fault("<emulator>/usr/bin/qemu-system-x86_64</emulator>",
			    "runs no s390x guests");
	assert_device_fault("<hostdev mode='subsystem'/>", "devices of the host");
}

static void protected_guests(void **state)
{
	(void)state;
	assert_becomes("<kernel>/img</kernel>", "<launchSecurity type='s390-pv'/>",
		       "-name guest=n -machine type=s390-ccw-virtio,confidential-guest-support=lsec0 "
		       "-object s390-pv-guest,id=lsec0 -display none -nodefaults "
		       "-smp cpus=1 -m size=1024M -kernel /img");
}

/* --- <os> ------------------------------------------------------------------------------------- */

#define SECURE "<firmware><feature enabled='yes' name='secure-boot'/></firmware>"

static void secure_boot(void **state)
{
	(void)state;
	assert_becomes(SECURE "<boot-certs path='/a'/><boot-certs><path>/b,c</path></boot-certs>",
		       "", "-name guest=n -machine type=s390-ccw-virtio,secure-boot=on,"
		       "boot-certs.0.path=/a,boot-certs.1.path=/b,,c -display none -nodefaults "
		       "-smp cpus=1 -m size=1024M");
	assert_becomes("<boot-certs><path>/b</path></boot-certs>", "",
		       "-name guest=n -machine type=s390-ccw-virtio,boot-certs.0.path=/b "
		       "-display none -nodefaults -smp cpus=1 -m size=1024M");
	assert_fault(SECURE, "", "<boot-certs> names no certificate");
	assert_fault("<boot-certs/>", "", "names no path");
	assert_fault("<boot-certs path='cert.pem'/>", "", "no path from the root folder");
	assert_fault("<boot-certs path=''/>", "", "no path from the root folder");
	assert_fault(SECURE "<boot-certs path='/a'/><kernel>/k</kernel>", "", "starts from a disk");
	assert_fault("<firmware><feature enabled='no' name='secure-boot'/>"
		     "<feature enabled='no' name='secure-boot'/></firmware>", "", "second time");
	assert_fault("<firmware><feature enabled='yes' name='enrolled-keys'/></firmware>", "",
		     "what can be had: secure-boot");
	assert_fault("<nvram>/v</nvram>", "", "UEFI");
}

static void kernels(void **state)
{
	(void)state;
	assert_becomes("<kernel>/k</kernel><initrd>/i</initrd><cmdline>-a, 'b' </cmdline>", "",
		       DOMAIN_FRONT "-smp cpus=1 -m size=1024M -kernel /k -initrd /i -append -a, 'b'");
	assert_fault("<kernel>image</kernel>", "", "no path from the root folder");
	assert_fault("<initrd>/i</initrd>", "", "<initrd> means nothing without <kernel>");
	assert_fault("<cmdline>a</cmdline>", "", "<cmdline> means nothing without <kernel>");
	assert_fault("<loader type='pflash'>/l</loader>", "", "what can be had: rom");
	assert_becomes("<bootmenu enable='no'/>", "",
		       DOMAIN_FRONT "-smp cpus=1 -m size=1024M -boot menu=off");
	assert_fault("<bootmenu enable='yes' timeout='65536'/>", "", "no number from 0 to 65535");
}

/* --- Capabilities ------------------------------------------------------------------------------ */

static void capabilities_come_from_the_tables(void **state)
{
	struct engine engine = { .program = "/opt/a&b/qemu", .version = "11.1.2" };
	struct text out = { 0 };

	(void)state;
	domain_capabilities_format(&out, &engine);
	assert_true(text_ok(&out));
	assert_non_null(strstr(text_chars(&out), "  <path>/opt/a&amp;b/qemu</path>\n"));
	assert_non_null(strstr(text_chars(&out), "<machine>s390-ccw-virtio-11.1</machine>\n"));
	assert_non_null(strstr(text_chars(&out), "    <bootCerts supported='yes'/>\n"));
	assert_non_null(strstr(text_chars(&out), "    <async-teardown supported='yes'/>\n"));
	assert_non_null(strstr(text_chars(&out), "    <s390-pv supported='yes'/>\n"));
	assert_non_null(strstr(text_chars(&out), "      <enum name='bus'>\n"
					    "        <value>virtio</value>\n"
					    "        <value>scsi</value>\n"
					    "      </enum>\n"));
	text_free(&out);
}

static void choices_are_whole_words(void **state)
{
	(void)state;
	assert_true(domain_schema_allows("yes no", "yes"));
	assert_true(domain_schema_allows("yes no", "no"));
	assert_false(domain_schema_allows("yes no", "n"));
	assert_false(domain_schema_allows("yes no", "yes no"));
	assert_false(domain_schema_allows("yes no", ""));
	assert_string_equal(domain_schema_at("devices/disk/target")->name, "target");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_no_xml),
		cmocka_unit_test(refuses_document_types),
		cmocka_unit_test(refuses_depth_and_size),
		cmocka_unit_test(nothing_is_included),
		cmocka_unit_test(names_everything_unknown),
		cmocka_unit_test(stops_naming_at_some_point),
		cmocka_unit_test(quotations_make_no_lines),
		cmocka_unit_test(says_once_what_is_passed_over),
		cmocka_unit_test(refuses_what_is_twice_missing_or_empty),
		cmocka_unit_test(memory_has_units),
		cmocka_unit_test(current_memory_is_compared),
		cmocka_unit_test(cpus_and_models),
		cmocka_unit_test(machine_types_and_names),
		cmocka_unit_test(protected_guests),
		cmocka_unit_test(secure_boot),
		cmocka_unit_test(kernels),
		cmocka_unit_test(capabilities_come_from_the_tables),
		cmocka_unit_test(choices_are_whole_words),
	};

	return cmocka_run_group_tests(tests, NULL, domain_fixture_clear);
}
