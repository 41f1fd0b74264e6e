#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Images as genprotimg up to 2.35 laid them out: a new ultravisor starts them.

load boot

setup_file() {
	boot_prepare
	machine z15 --generation z15
	machine z16 --generation z16
}

setup() {
	boot_require trixie
}

# legacy FILE MACHINE PARAMETERS
legacy() {
	initrd trixie || return 1
	printf 'console=ttysclp0 %s' "$3" >"$1.parm"
	"$UV_BUILD/tests/boot/legacy_image" "$1" "$(hkd "$2")" "$UV_BUILD/guest/bin" \
		"$UV_CACHE/guests/trixie/vmlinuz" "$1.parm" initrd-trixie
}

# bytes FILE OFFSET COUNT: as hexadecimal digits
bytes() {
	od -An -v -tx1 -j $(($2)) -N $(($3)) "$1" | tr -d ' \n'
}

@test "an image of the legacy layout boots Debian protected" {
	legacy old z16 "secret=in-the-image"
	run run_guest z16 old
	runs_protected
	contains "secret=in-the-image"
	contains "cpus=1"
}

@test "on z15, with four CPUs and 3 GiB" {
	legacy old15 z15 ""
	run run_guest z15 old15 -smp 4 -m 3G
	runs_protected
	contains "cpus=4"
}

@test "it reboots" {
	legacy reboot z16 "do=reboot"
	start_guest reboot z16 reboot
	wait_for reboot.console prot_virt_guest=1 2
	stop_guest
	[ "$(count reboot.console 'prot_virt_guest=0')" -eq 0 ]
}

@test "it is what it claims to be: IPIB at 0x13000 without the header's address" {
	legacy old z16 "secret=in-the-image"
	[ "$(bytes old 0x13000 4)" = 00001000 ]
	[ "$(bytes old 0x13078 8)" = 0000000000000000 ]
	[ "$(bytes old 0x14000 8)" = 49424d5365634578 ]
	[ "$(bytes old 0xc000 8)" = 0000000000000000 ]
	run ! grep -aq in-the-image old
	run pvimg verify old
	[ "$status" -eq 0 ]
	run pvimg test -k "$(hkd z16)" old
	[ "$status" -eq 0 ]
}

@test "on a machine that it was not made for it is refused" {
	legacy old z16 "secret=in-the-image"
	run run_guest z15 old
	contains "Protected boot failed: 0x"
	contains "the image was not made for this machine"
	lacks "prot_virt_guest"
}

@test "a changed component is refused" {
	legacy changed z16 ""
	flip changed $((0x20000))
	run run_guest z16 changed
	contains "the content of the image was changed"
	lacks "prot_virt_guest"
}
