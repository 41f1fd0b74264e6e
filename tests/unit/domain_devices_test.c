/* SPDX-License-Identifier: MIT */
/* Domain XML: what becomes of devices, and what is refused. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain_fixture.h"

#define DISK(inner) "<disk type='file'><source file='/d'/><target dev='vda'/>" inner "</disk>"
#define DRIVE "-drive file=/d,format=raw,if=none,id=drive-vda"

static void disks(void **state)
{
	(void)state;
	assert_device(DISK(""), DRIVE " -device virtio-blk-ccw,id=vda,drive=drive-vda");
	assert_device(DISK("<readonly/><driver type='qcow2' cache='default' iommu='off'/>"),
		      "-drive file=/d,format=qcow2,if=none,id=drive-vda,readonly=on "
		      "-device virtio-blk-ccw,id=vda,drive=drive-vda,iommu_platform=off");
	assert_device_fault(DISK("<driver type='vmdk'/>"), "what can be had: raw qcow2");
	assert_device_fault(DISK("<driver io='native'/>"), "io='native' goes with");
	assert_device_fault(DISK("<driver iothread='1'/>"), "makes no such thread");
	assert_device_fault(DISK("<driver queues='0'/>"), "no number from 1");
	assert_device_fault(DISK("") DISK(""), "another disk has that name");
	assert_device_fault("<disk type='file'><target dev='vda'/></disk>",
			    "has no <source file='...'>");
	assert_device_fault("<disk type='block'><source file='/d'/><target dev='vda'/></disk>",
			    "has no <source dev='...'>");
	assert_device_fault("<disk type='file'><source file='d'/><target dev='vda'/></disk>",
			    "no path from the root folder");
	assert_device_fault("<disk type='network'><target dev='vda'/></disk>", "file block");
	assert_device_fault("<disk><source file='/d'/><target dev='vda,x=y'/></disk>",
			    "is no name of a disk");
	assert_device_fault("<disk><source file='/d'/><target dev='hda' bus='ide'/></disk>",
			    "virtio scsi");
	assert_device_fault("<disk device='cdrom'><target dev='vda'/></disk>", "bus 'scsi'");
}

static void scsi_disks_bring_their_controller(void **state)
{
	(void)state;
	assert_device("<disk device='cdrom'><target dev='sda'/></disk>",
		      "-device virtio-scsi-ccw,id=scsi0 -device scsi-cd,id=sda,bus=scsi0.0");
	assert_device_fault("<disk><source file='/d'/><target dev='sda'/>"
			    "<driver iommu='on'/></disk>", "settings of its <controller>");
	assert_device_fault("<disk><source file='/d'/><target dev='sda'/>"
			    "<address type='ccw'/></disk>", "one of type drive");
	assert_device("<controller type='scsi' index='1'/><controller type='scsi'/>"
		      "<controller type='scsi'/>",
		      "-device virtio-scsi-ccw,id=scsi1 -device virtio-scsi-ccw,id=scsi0 "
		      "-device virtio-scsi-ccw,id=scsi2");
	assert_device_fault("<graphics type='vnc'/>", "no display");
	assert_device_fault("<controller type='scsi'/><controller type='scsi' index='0'/>",
			    "comes a second time");
	assert_device_fault("<controller type='usb'/>", "model='none'");
	assert_device_fault("<controller type='pci' model='none'/>", "model='pci-root'");
	assert_device_fault("<controller type='virtio-serial' model='none'/>", "has no model");
	assert_device_fault("<controller type='scsi' index='64'/>", "no number from 0 to 63");
}

static void addresses(void **state)
{
	(void)state;
	assert_device(DISK("<address type='ccw' cssid='254' ssid='0x3' devno='0xFFFF'/>"),
		      DRIVE " -device virtio-blk-ccw,id=vda,drive=drive-vda,devno=fe.3.ffff");
	assert_device_fault(DISK("<address type='ccw' cssid='0xff' ssid='0' devno='0'/>"),
			    "cssid '0xff' is no number");
	assert_device_fault(DISK("<address type='ccw' cssid='0' ssid='4' devno='0'/>"), "ssid '4'");
	assert_device_fault(DISK("<address type='ccw' cssid='0' ssid='0' devno='0x10000'/>"),
			    "devno '0x10000'");
	assert_device_fault(DISK("<address type='ccw' cssid='0' ssid='0' devno='11g8'/>"),
			    "devno '11g8'");
	assert_device_fault(DISK("<address type='ccw' cssid='0' ssid='0' devno='0x'/>"), "devno");
	assert_device_fault(DISK("<address type='ccw' cssid='0' ssid='0'/>"), "lacks its attribute devno");
	assert_device_fault(DISK("<address type='pci'/>"), "what can be had: ccw");
	assert_device_fault(DISK("<address type='drive'/>"), "one of type ccw");
}

static void boot_order(void **state)
{
	(void)state;
	assert_device(DISK("<boot order='2' loadparm='PROMPT'/>"),
		      DRIVE " -device virtio-blk-ccw,id=vda,drive=drive-vda,bootindex=2,"
		      "loadparm=PROMPT");
	assert_becomes("<boot dev='network'/><boot dev='hd'/>",
		       "<devices>" DISK("") "<disk><source file='/e'/><target dev='vdb'/></disk>"
		       "</devices>",
		       DOMAIN_FRONT "-smp cpus=1 -m size=1024M "
		       DRIVE " -device virtio-blk-ccw,id=vda,drive=drive-vda,bootindex=2 "
		       "-drive file=/e,format=raw,if=none,id=drive-vdb "
		       "-device virtio-blk-ccw,id=vdb,drive=drive-vdb");
	assert_device_fault(DISK("<boot order='0'/>"), "no number from 1");
	assert_device_fault(DISK("<boot order='1' loadparm='123456789'/>"), "loadparm");
	assert_device_fault(DISK("<boot order='1' loadparm=''/>"), "loadparm");
	assert_device_fault(DISK("<boot order='1' loadparm='a,b=c'/>"), "loadparm");
	assert_device_fault(DISK("<boot order='1'/>") "<interface type='user'><boot order='1'/>"
			    "</interface>", "another device has that order");
	assert_fault("<boot dev='hd'/>", "<devices>" DISK("<boot order='1'/>") "</devices>",
		     "take one of them");
	assert_fault("<boot dev='hd'/><boot dev='hd'/>", "", "comes a second time");
	assert_fault("<boot dev='hd'/><boot dev='network'/><boot dev='hd'/>", "",
		     "comes a second time");
	assert_fault("<boot dev='fd'/>", "", "hd cdrom network");
}

static void interfaces(void **state)
{
	(void)state;
	assert_device("<interface type='network'><source network='lab'/></interface>",
		      "-netdev user,id=hostnet0 -device virtio-net-ccw,netdev=hostnet0,id=net0");
	assert_non_null(strstr(text_chars(&domain_said), "network 'lab' is not here: user networking"));
	assert_device("<interface type='network'><source/></interface>",
		      "-netdev user,id=hostnet0 -device virtio-net-ccw,netdev=hostnet0,id=net0");
	assert_device("<interface type='user'><mac address='52:54:00:aB:cd:ef'/></interface>",
		      "-netdev user,id=hostnet0 "
		      "-device virtio-net-ccw,netdev=hostnet0,id=net0,mac=52:54:00:aB:cd:ef");
	assert_string_equal(text_chars(&domain_said), "");
	assert_device_fault("<interface type='user'><mac address='52:54:00:ab:cd'/></interface>",
			    "no MAC address");
	assert_device_fault("<interface type='bridge'/>", "<source bridge='...'>");
	assert_device_fault("<interface type='direct'/>", "network user bridge");
	assert_device_fault("<interface type='user'><model type='e1000'/></interface>", "virtio");
}

static void consoles(void **state)
{
	(void)state;
	assert_device("<console type='pty'/>",
		      "-chardev stdio,id=charconsole0,mux=on,signal=off "
		      "-mon chardev=charconsole0,mode=readline "
		      "-device sclpconsole,chardev=charconsole0,id=console0");
	assert_device("<console type='pty'><target type='virtio'/></console>"
		      "<console type='pty'><target type='virtio'/></console>",
		      "-device virtio-serial-ccw,id=virtio-serial0 "
		      "-chardev stdio,id=charconsole0,mux=on,signal=off "
		      "-mon chardev=charconsole0,mode=readline "
		      "-device virtconsole,chardev=charconsole0,id=console0 "
		      "-chardev pty,id=charconsole1 "
		      "-device virtconsole,chardev=charconsole1,id=console1");
	assert_device("<serial type='null'/><console type='null'><target type='serial'/></console>",
		      "-chardev null,id=charserial0 "
		      "-device sclpconsole,chardev=charserial0,id=serial0");
	assert_device_fault("<console type='pty'/><console type='stdio'><target type='virtio'/>"
			    "</console>", "a console before it has the terminal");
	assert_device_fault("<console type='file'/>", "<source path='...'>");
	assert_device_fault("<console type='unix'><source path='s'/></console>",
			    "no path from the root folder");
	assert_device_fault("<console type='spicevmc'/>", "pty stdio file unix null");
}

static void assert_passed_over(const char *xml, const char *names)
{
	char *more, *domain;
	struct error err = { 0 };

	assert_true(asprintf(&more, "<devices>%s</devices>", xml) > 0);
	domain = domain_with("", more);
	assert_ok(domain_fixture_parse(domain, NULL, &err), &err);
	if (!strstr(text_chars(&domain_said), names))
		fail_msg("%s: '%s' is not in: %s", xml, names, text_chars(&domain_said));
	free(domain);
	free(more);
}

static void attributes_of_other_kinds_are_passed_over(void **state)
{
	(void)state;
	assert_passed_over(DISK("<address type='ccw' cssid='0' ssid='0' devno='1' unit='2'/>"),
			   "passed over: unit (line 1)");
	assert_passed_over("<disk><source file='/d' dev='/e'/><target dev='sda'/>"
			   "<address type='drive' unit='1' devno='0'/></disk>",
			   "passed over: dev (line 1), devno (line 1)");
	assert_passed_over("<interface type='user'><source bridge='b' network='n'/></interface>",
			   "passed over: bridge (line 1), network (line 1)");
	assert_passed_over("<interface type='bridge'><source bridge='b' network='n'/></interface>",
			   "passed over: network (line 1)");
	assert_passed_over("<console type='pty'><source path='/dev/pts/1'/></console>",
			   "passed over: path (line 1)");
	assert_passed_over("<console type='file'><source path='/a' mode='bind'/></console>",
			   "passed over: mode (line 1)");
	assert_passed_over("<console type='unix'><source path='/a' append='on'/></console>",
			   "passed over: append (line 1)");
}

static void attached_devices(void **state)
{
	struct error err = { 0 };
	char *domain = domain_with("", "<iothreads>2</iothreads>"), *actual;

	(void)state;
	assert_ok(domain_fixture_parse(domain, "<disk><driver iothread='2' iommu='on'/><source file='/d'/>"
			"<target dev='vda'/></disk>", &err), &err);
	actual = domain_fixture_joined();
	assert_non_null(strstr(actual, "-object iothread,id=iothread2 " DRIVE " -device "
			       "virtio-blk-ccw,id=vda,drive=drive-vda,iommu_platform=on,"
			       "iothread=iothread2"));
	free(actual);
	assert_int_equal(domain_fixture_parse(domain, "<domain type='qemu'/>", &err), ERR_INVALID);
	assert_non_null(strstr(text_chars(&domain_said), "device.xml, line 1: <domain> is no device"));
	assert_int_equal(domain_fixture_parse(domain, "\n<disk><source file='d'/><target dev='vda'/></disk>",
			       &err), ERR_INVALID);
	assert_non_null(strstr(text_chars(&domain_said), "device.xml, line 2: "));
	assert_int_equal(domain_fixture_parse(domain, "<!DOCTYPE disk><disk/>", &err), ERR_FORMAT);
	free(domain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(disks),
		cmocka_unit_test(scsi_disks_bring_their_controller),
		cmocka_unit_test(addresses),
		cmocka_unit_test(boot_order),
		cmocka_unit_test(interfaces),
		cmocka_unit_test(consoles),
		cmocka_unit_test(attributes_of_other_kinds_are_passed_over),
		cmocka_unit_test(attached_devices),
	};

	return cmocka_run_group_tests(tests, NULL, domain_fixture_clear);
}
