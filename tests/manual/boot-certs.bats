#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual
load ../boot/boot
load ../boot/payload
load ../boot/secure-ipl

setup_file() {
	boot_prepare
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
}

@test "9 -machine …,boot-certs.0.path=/path/to/cert.pem,boot-certs.1.path=/path/to/cert-dir,boot..." {
	# The payload compares the guest's certificate store with the files, in this order.
	local name
	payload_require certificates
	mkdir -p cert-dir another-dir
	for name in cert one two three; do
		boot_certificate "$name"
	done
	mv one.pem two.pem cert-dir
	mv three.pem another-dir
	expected_entries certs.expected cert.pem cert-dir/one.pem cert-dir/two.pem \
		another-dir/three.pem
	run secure_guest certificates \
		",boot-certs.0.path=$PWD/cert.pem,boot-certs.1.path=$PWD/cert-dir,boot-certs.2.path=$PWD/another-dir" \
		-smp 2 -kernel "$(plain_picture certificates certificates=4)" \
		-device loader,addr=0x4000000,force-raw=on,file=certs.expected
	judge certificates
}
