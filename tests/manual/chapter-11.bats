#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual

@test "101 mount -t debugfs none /sys/kernel/debug/" {
	TODO
}

@test "102 virsh attach-disk" {
	external "virsh, libvirt"
}

@test "103 virsh attach-device --config Guest1 ~/MyDisk.xml" {
	external "virsh, libvirt"
}
