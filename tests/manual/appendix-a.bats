#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

bats_require_minimum_version 1.5.0
load manual

setup_file() {
	manual_setup_file
}

teardown_file() {
	manual_teardown_file
}

@test "104 genprotimg -h" {
	run -0 genprotimg -h
	[[ $output == *--enable-pckmo* ]]
}

@test "105 genprotimg … --x-pcf '0xe0'" {
	cd "$WORK"
	genprotimg -i vmlinuz -r initrd.img -p parmfile -k HKD-8651-000201C048.crt \
		--no-verify -o "$BATS_TEST_TMPDIR/image" --x-pcf '0xe0'
	run -0 pvimg info --format json "$BATS_TEST_TMPDIR/image"
	[[ $output == *'"pcf_hex": "00000000000000e0"'* ]]
}

@test "106 man genprotimg" {
	page=$UV_BUILD/docs/pvimg.1
	[ -f "$page" ] || external "the man page needs scdoc"
	run -0 man -l "$page"
	[[ $output == *"--cert"* ]]
	[[ $output == *"--crl"* ]]
}

@test "107 genprotimg -i /boot/vmlinuz -r /boot/initrd.img -p parmfile -k HKD-8651-00020089A8.crt ..." {
	# E16: the printed line lacks a continuation sign; the command is meant as one.
	cd "$WORK"
	SSL_CERT_FILE=root_ca.crt genprotimg -i vmlinuz -r initrd.img -p parmfile \
		-k HKD-8651-00020089A8.crt --cert SigningKey.crt --cert DigiCertCA.crt \
		-o "$BATS_TEST_TMPDIR/secure-linux"
	pvimg test -k HKD-8651-00020089A8.crt "$BATS_TEST_TMPDIR/secure-linux"
}

@test "108 pvattest create -k hkd.crt -C DigiCertCA.crt -C SigningKey.crt -a arp.key -o arcb.bin" {
	later "pvattest"
}

@test "109 pvattest create -k hkd.crt -C DigiCertCA.crt -C IbmSigningKey.crt --offline --crl DigiC..." {
	later "pvattest"
}

@test "110 pvattest create -k hkd.crt --no-verify --arpk arp.key -o arcb.bin" {
	later "pvattest"
}

@test "111 pvsecret list" {
	later "pvsecret"
}

@test "112 pvsecret list --format yaml" {
	later "pvsecret"
}
