#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual
load ../boot/boot

setup_file() {
	boot_prepare
	machine z16 --generation z16
}

# The manual's domain, with an image in the place of the disk that holds one.
secguest1() {
	boot_require trixie
	image seimage trixie "do=disk" z16
	truncate -s 1M secguest1.img
	sed "s|/var/lib/guests|$PWD|; s|cache=\"none\" io=\"native\" ||
		s|</type>|&<kernel>$PWD/seimage</kernel>|
		s|</devices>|<console type='pty'/>&|" \
		"$UV_ROOT/tests/domains/bounce-buffers.xml" >secguest1.xml
}

@test "93 cat /proc/sysinfo" {
	later "the ultravisor host"
}

@test "94 vi zipl.conf" {
	later "the ultravisor host"
}

@test "95 zipl" {
	external "the provider's own system"
}

@test "96 dmesg" {
	later "the ultravisor host"
}

@test "97 ls /var/lib/libvirt/images" {
	external "the provider's own system"
}

@test "98 virsh domcapabilities" {
	boot_require trixie
	run -0 ultraviolet domcapabilities
	contains "<s390-pv supported='yes'"
}

@test "99 virsh define secguest1.xml" {
	# Nothing keeps definitions: what can be checked is that the file is one.
	secguest1
	run -0 ultraviolet run --domain secguest1.xml --dry-run
	contains "iommu_platform=on,devno=fe.0.1108,bootindex=1"
}

@test "100 virsh start secguest1" {
	secguest1
	run timeout -k 5 "$BOOT_LIMIT" ultraviolet run --machine z16 --domain secguest1.xml \
		-- -no-reboot </dev/null
	[ "$status" -eq 0 ]
	contains "prot_virt_guest=1"
	contains "disk_written=0"
}
