#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

bats_require_minimum_version 1.5.0
load manual
load guest

setup_file() {
	manual_setup_file
	guest_setup_file
}

teardown_file() {
	stop_guest
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

# The names of the owner's files in the examples of pvattest.
attest_names() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$WORK/HKD-8651-000201C048.crt" hkd.crt
	ln -s "$WORK/DigiCertCA.crt" DigiCertCA.crt
	ln -s "$WORK/SigningKey.crt" SigningKey.crt
	ln -s "$WORK/SigningKey.crt" IbmSigningKey.crt
	export SSL_CERT_FILE=$WORK/root_ca.crt
}

# A request file, and a key that nobody else may read.
assert_request() { # REQUEST KEY
	[ "$(head -c 8 "$1")" = pvattest ]
	[ "$(stat -c '%s %a' "$2")" = "32 600" ]
}

@test "108 pvattest create -k hkd.crt -C DigiCertCA.crt -C SigningKey.crt -a arp.key -o arcb.bin" {
	attest_names
	pvattest create -k hkd.crt -C DigiCertCA.crt -C SigningKey.crt -a arp.key -o arcb.bin
	assert_request arcb.bin arp.key
}

@test "109 pvattest create -k hkd.crt -C DigiCertCA.crt -C IbmSigningKey.crt --offline --crl DigiC..." {
	attest_names
	ln -s "$WORK/machine/ca/DigiCertCA.crl" DigiCertCA.crl
	ln -s "$WORK/machine/ca/ibm-z-host-key.crl" IbmSigningKey.crl
	ln -s "$WORK/machine/ca/rootCA.crl" rootCA.crl
	export XDG_CACHE_HOME=$PWD/empty-cache
	pvattest create -k hkd.crt -C DigiCertCA.crt -C IbmSigningKey.crt --offline \
		--crl DigiCertCA.crl --crl IbmSigningKey.crl --crl rootCA.crl -a arp.key -o arcb.bin
	assert_request arcb.bin arp.key
	# One list fewer: refused, and the certificate is named whose list is missing.
	run -1 pvattest create -k hkd.crt -C DigiCertCA.crt -C IbmSigningKey.crt --offline \
		--crl DigiCertCA.crl --crl rootCA.crl -a other.key -o other.bin
	[[ $output == *hkd.crt* ]]
	run -1 pvattest create -k hkd.crt -C DigiCertCA.crt -C IbmSigningKey.crt --offline \
		--crl IbmSigningKey.crl --crl rootCA.crl -a other.key -o other.bin
	[ ! -e other.key ] && [ ! -e other.bin ]
}

@test "110 pvattest create -k hkd.crt --no-verify --arpk arp.key -o arcb.bin" {
	attest_names
	run -0 pvattest create -k hkd.crt --no-verify --arpk arp.key -o arcb.bin
	[[ $output == *"warning: Host-key document verification is disabled"* ]]
	assert_request arcb.bin arp.key
}

# two_secrets COMMAND: in a guest that has two.
two_secrets() {
	guest_row_anew
	secret_request one association "first"
	secret_request two association "second"
	run job "pvsecret add one 2>/dev/null && pvsecret add two 2>/dev/null && $1" one two
	succeeds
}

@test "111 pvsecret list" {
	two_secrets 'pvsecret list'
	# E5: with 0x, a leading blank, and the type's right name.
	[ "${lines[0]}" = "Total number of secrets: 2" ]
	[ "${lines[1]}" = "0 Association:" ]
	[ "${lines[2]}" = " $(sed -n 's/^id: //p' first.yaml)" ]
	[ "${lines[3]}" = "1 Association:" ]
	[ "${lines[4]}" = " $(sed -n 's/^id: //p' second.yaml)" ]
}

@test "112 pvsecret list --format yaml" {
	two_secrets 'pvsecret list --format yaml'
	diff - <<-END <(echo "$output")
		total_num_secrets: 2
		secrets:
		- index: 0
		  stype: 2
		  len: 32
		  $(grep '^id: ' first.yaml)
		- index: 1
		  stype: 2
		  len: 32
		  $(grep '^id: ' second.yaml)
	END
}
