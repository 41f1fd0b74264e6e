#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2046 # on_blk prints several options

load manual
load ../boot/boot
load ../boot/secure-ipl

setup_file() {
	boot_prepare
}

setup() {
	boot_require trixie
}

# The key and certificate of row 4, once.
mykey() {
	[ -e mycert.der ] || openssl req -new -x509 -newkey rsa:2048 -keyout mykey.priv \
		-outform DER -out mycert.der -days 36500 -subj "/CN=My Name/" -nodes 2>/dev/null
}

# sign_file FILE COPY: what the kernel's sign-file makes of a copy
sign_file() {
	local tools=$UV_CACHE/ipl-tools
	mykey
	[ -x "$tools/sign-file" ] || skip "not there: sign-file (scripts/ipl-tools.sh)"
	[ -e "$2" ] || { cp "$1" "$2" && "$tools/sign-file" sha256 mykey.priv mycert.der "$2"; }
}

signed_kernel() {
	sign_file "$UV_CACHE/guests/trixie/vmlinuz" vmlinuz.signed
}

signed_stage3() {
	sign_file "$UV_CACHE/ipl-tools/s390x/boot/stage3.bin" stage3.signed
}

# zipl's disk of row 7, once
zipl_disk() {
	signed_kernel
	signed_stage3
	[ -e zipl.img ] && return 0
	secure_initrd trixie
	"$UV_ROOT/tests/support/zipl-disk.sh" -S 1 -r secure-initrd-trixie \
		-P "console=ttysclp0 quiet" zipl.img vmlinuz.signed stage3.signed
}

@test "1 qemu-system-s390x -machine s390-ccw-virtio,boot-certificates=/…/certs:/another/path/cer..." {
	mykey
	mkdir -p certs another/path
	boot_certificate first
	cp first.pem certs
	cp mycert.der another/path/cert.der
	boot_disk unsigned.img trixie ""
	run secure_guest audited ",boot-certificates=$PWD/certs:$PWD/another/path/cert.der" \
		$(on_blk unsigned.img)
	[ "$status" -eq 0 ]
	contains "audit mode"
	contains "secure=0"
	contains "init=done"
}

@test "2 qemu-system-s390x -machine s390-ccw-virtio,secure-boot=on" {
	boot_disk unsigned.img trixie ""
	run secure_guest none ",secure-boot=on" $(on_blk unsigned.img)
	refused "certificate"
	run secure_guest normal ",secure-boot=off" $(on_blk unsigned.img)
	[ "$status" -eq 0 ]
	lacks "Verified component"
	contains "secure=0"
	contains "init=done"
}

@test "3 ./configure … --enable-gnutls" {
	external "builds QEMU; ours is make"
}

@test "4 openssl req -new -x509 -newkey rsa:2048 -keyout mykey.priv -outform DER -out mycert.der..." {
	mykey
	boot_disk unsigned.img trixie ""
	run -0 sipl verify --mode audit --boot-certs mycert.der unsigned.img
	openssl pkey -in mykey.priv -noout
}

@test "5 ./sign-file sha256 mykey.priv mycert.der /boot/vmlinuz-…" {
	signed_kernel
	[ "$(tail -c 28 vmlinuz.signed)" = "~Module signature appended~" ]
	run -0 sipl inspect vmlinuz.signed
	contains "My Name"
}

@test "6 ./sign-file sha256 mykey.priv mycert.der /usr/lib/s390-tools/stage3.bin" {
	signed_stage3
	[ "$(tail -c 28 stage3.signed)" = "~Module signature appended~" ]
	run -0 sipl inspect stage3.signed
	contains "My Name"
}

@test "7 zipl --secure 1 -V" {
	zipl_disk
	run -0 sipl inspect zipl.img
	contains "My Name"
	run -0 sipl verify --mode secure --boot-certs mycert.der zipl.img
}

@test "8 qemu-system-s390x -machine s390-ccw-virtio,secure-boot=on,boot-certificates=mycert.der …" {
	zipl_disk
	run secure_guest signed ",secure-boot=on,boot-certificates=mycert.der" $(on_blk zipl.img)
	[ "$status" -eq 0 ]
	[ "$(grep -c 'Verified component' <<<"$output")" -eq 2 ]
	contains "secure=1"
	contains "init=done"
}
