#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual

@test "113 zipl.conf" {
	later "image on a disk"
}

@test "114 zipl -V" {
	later "image on a disk"
}

@test "115 grub2-mkconfig -o /boot/grub2/grub.cfg" {
	external "SUSE's GRUB for s390x"
}

@test "116 zipl -V" {
	later "image on a disk"
}
