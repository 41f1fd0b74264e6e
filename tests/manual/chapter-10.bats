#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual

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
	external "virsh, libvirt"
}

@test "99 virsh define secguest1.xml" {
	external "virsh, libvirt"
}

@test "100 virsh start secguest1" {
	external "virsh, libvirt"
}
