#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# ultraviolet run --domain: guests described as libvirt describes them.

load boot
load secure-ipl

setup_file() {
	boot_prepare
	machine z16 --generation z16
}

setup() {
	boot_require trixie
	image disk trixie "do=disk" z16
	printf 'from the host\n' >disk.img
	truncate -s 1M disk.img
}

# domain FILE [ELEMENT...]: the manual's protected guest with the image as kernel, and
# the elements, in FILE
domain() {
	local file=$1
	shift
	cat >"$file" <<-END
		<domain type='kvm'>
		  <name>secguest1</name>
		  <memory unit='MiB'>512</memory>
		  <vcpu placement='static'>2</vcpu>
		  <os>
		    <type arch='s390x' machine='s390-ccw-virtio'>hvm</type>
		    <kernel>$PWD/disk</kernel>
		  </os>
		  <devices>
		    <disk type='file' device='disk'>
		      <driver name='qemu' type='raw' cache='writethrough' io='threads' iommu='on'/>
		      <source file='$PWD/disk.img'/>
		      <target dev='vda' bus='virtio'/>
		      <address type='ccw' cssid='0xfe' ssid='0x0' devno='0x1108'/>
		    </disk>
		    <console type='pty'>
		      <target type='sclp'/>
		    </console>
		    <memballoon model='none'/>
		  </devices>
		  $*
		</domain>
	END
}

run_domain() {
	timeout -k 5 "$BOOT_LIMIT" ultraviolet run --machine z16 --domain "$@" </dev/null 2>&1 |
		tr -d '\r\0'
	return "${PIPESTATUS[0]}"
}

@test "the manual's protected guest runs to its end" {
	domain short.xml "<launchSecurity type='s390-pv'/>"
	run run_domain short.xml
	runs_protected
	contains "KVM is not used"
	contains "cpus=2"
	contains "disk_read=from the host"
	contains "disk_written=0"
	[[ $(dd if=disk.img bs=512 skip=1 count=1 status=none | tr -d '\0') == "written by "* ]]
}

@test "without launchSecurity, iommu='on' is what a disk needs" {
	domain long.xml
	run run_domain long.xml
	runs_protected
	contains "disk_read=from the host"
	sed "s/ iommu='on'//" long.xml >bare.xml
	run run_domain bare.xml
	contains "without iommu_platform=on a protected guest cannot use this virtio-blk-ccw"
	lacks "disk_read"
}

@test "a memory balloon is refused" {
	domain balloon.xml "<launchSecurity type='s390-pv'/>"
	sed -i "s/memballoon model='none'/memballoon model='virtio'/" balloon.xml
	run run_domain balloon.xml
	[ "$status" -eq 1 ]
	contains "a protected guest cannot have a memory balloon"
}

# QEMU itself says whether it knows the options that the elements become; all but those
# that need something of the host: a firmware, a bridge, locked storage.
@test "QEMU takes every option that a domain can become" {
	truncate -s 1M kernel initrd block
	sed -E "s|/boot/vmlinuz|$PWD/kernel|; s|/boot/initrd.img|$PWD/initrd|
		s|/srv/a,b.qcow2|$PWD/disk.img|
		s|type='qcow2'|type='raw'|; s|type='block'|type='file'|
		s|dev='/dev/sdx'|file='$PWD/block'|; s|/var/log|$PWD|; s|/run|$PWD|
		s|type='pty'|type='null'|; /<loader/d; /<locked/d
		/<interface type='bridge'>/,/<.interface>/d" \
		"$UV_ROOT/tests/domains/everything.xml" >everything.xml
	printf '%s\n' '{"execute":"qmp_capabilities"}' '{"execute":"query-status"}' \
		'{"execute":"quit"}' >commands
	run timeout -k 5 "$BOOT_LIMIT" ultraviolet run --normal --machine z16 \
		--domain everything.xml -- -S -qmp stdio <commands
	contains '"status": "prelaunch"'
	[ "$status" -eq 0 ]
}

@test "secure boot: the disk is verified with the certificates that the domain names" {
	boot_certificate signer
	boot_disk signed.img trixie "" -k signer.key -c signer.pem
	sed "s|/etc/pki/boot/cert.pem|$PWD/signer.pem|; /home.me.certs/d
		s|-9.2||; s|>2</memory|>1</memory|; s|/var/lib/guests|$PWD|
		s|</disk>|&<console type='pty'/>|" \
		"$UV_ROOT/tests/domains/boot-certs-proposal.xml" >signed.xml
	run timeout -k 5 "$BOOT_LIMIT" ultraviolet run --domain signed.xml </dev/null
	[ "$status" -eq 0 ]
	[ "$(grep -c 'Verified component' <<<"$output")" -eq 2 ]
	contains "secure=1"
	boot_certificate stranger
	sed "s|signer.pem|stranger.pem|" signed.xml >strange.xml
	run timeout -k 5 "$BOOT_LIMIT" ultraviolet run --domain strange.xml </dev/null
	refused "certificate"
}
