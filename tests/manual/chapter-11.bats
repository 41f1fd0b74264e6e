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

@test "102 virsh attach-disk" {
	external "virsh, libvirt"
}

@test "103 virsh attach-device --config Guest1 ~/MyDisk.xml" {
	external "virsh, libvirt"
}
