#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual

@test "11 cryptsetup luksDump /dev/vda6" {
	later "sizing rules"
}

@test "12 cryptsetup luksConvertKey" {
	later "sizing rules"
}
