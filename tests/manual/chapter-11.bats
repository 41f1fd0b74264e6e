#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual
load ../boot/boot

setup_file() {
	boot_prepare
	machine z16 --generation z16
}

teardown() {
	stop_guest
}

@test "101 mount -t debugfs none /sys/kernel/debug/" {
	# The provider's debug file of ultravisor calls (s390dbf/kvm-uv) needs the
	# provider's kernel; here the calls are read with `ultraviolet trace`.
	boot_require trixie
	image wait trixie do=wait z16
	start_guest traced z16 wait
	wait_for traced.console init=done
	run -0 ultraviolet trace traced
	[[ $output == *share*"rc 0x0001"* ]]
}

# disk_guest DRIVER: a protected guest with the manual's disk, attached from MyDisk.xml
disk_guest() {
	image disk trixie do=disk z16
	truncate -s 1M data.img
	sed "s|/var/lib/guests/secure_img|$PWD/disk|
		s|<launchSecurity.*|<iothreads>2</iothreads><devices><console type='pty'/></devices>|" \
		"$UV_ROOT/tests/domains/direct-kernel.xml" >Guest1.xml
	sed "s|<driver .*|$1|; s|type=\"block\"|type=\"file\"|
		s|<source .*|<source file='$PWD/data.img'/>|; s|vdb|vda|" \
		"$UV_ROOT/tests/domains/MyDisk.xml" >MyDisk.xml
	timeout -k 5 "$BOOT_LIMIT" ultraviolet run --machine z16 --domain Guest1.xml \
		--attach MyDisk.xml -- -no-reboot </dev/null
}

@test "102 virsh attach-disk" {
	# What it attaches has no iommu="on": named, and the guest cannot use it.
	boot_require trixie
	run disk_guest '<driver name="qemu" type="raw"/>'
	contains "without iommu_platform=on a protected guest cannot use this virtio-blk-ccw"
	contains "prot_virt_guest=1"
	lacks "disk_written"
}

@test "103 virsh attach-device --config Guest1 ~/MyDisk.xml" {
	boot_require trixie
	run disk_guest '<driver name="qemu" type="raw" iothread="2" iommu="on"/>'
	[ "$status" -eq 0 ]
	contains "prot_virt_guest=1"
	contains "disk_written=0"
}
