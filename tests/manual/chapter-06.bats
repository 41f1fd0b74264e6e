#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

bats_require_minimum_version 1.5.0
load manual
load ../boot/boot
load ../boot/courier

setup_file() {
	manual_setup_file
}

teardown_file() {
	manual_teardown_file
}

teardown() {
	stop_guest
}

# As secret_row, but the header is that of an image that allows dumps, which a
# guest can run to try the request.
dump_row() {
	secret_row
	[ -x "$UV_BUILD/guest/bin/pvsecret" ] ||
		skip "there is no s390x pvsecret: its cross compiler or libraries are missing"
	export UV_CACHE=${ULTRAVIOLET_CACHE:-$HOME/.cache/ultraviolet}
	export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
	mkdir -m 700 "$XDG_RUNTIME_DIR"
	courier_image allowed trixie machine --enable-dump --cck cck
	pvextract-hdr -q -o se.hdr allowed
}

# refuses_dumps REQUEST LIST-PATTERN: the guest is dumped; it adds the request, after
# which its list looks so; it is not dumped any more.
refuses_dumps() {
	courier_start "row-$BATS_TEST_NUMBER" machine allowed
	ultraviolet dump "row-$BATS_TEST_NUMBER" before
	zgetdump --verify --key cck before
	run -0 job "pvsecret add $1 && pvsecret list" "$1"
	[[ $output == *$2* ]]
	run -1 ultraviolet dump "row-$BATS_TEST_NUMBER" after
	[[ $output == *"disabled by an add-secret request"* ]]
	[ ! -e after ]
}

@test "47 --crt" {
	secret_row
	pvsecret create -k z16.crt --hdr se.hdr -o request --crt DigiCertCA.crt --crt ibm-sign.crt \
		--flags disable-dump meta
	request request 1
	# The text of the chapter calls it --disable-dump.
	pvsecret create -k z16.crt --hdr se.hdr -o request --crt DigiCertCA.crt --crt ibm-sign.crt \
		--disable-dump meta
	[ "$(od -An -tx1 -j $((0x30)) -N 8 request | tr -d ' ')" = 8000000000000000 ]
}

@test "48 pvsecret create -k z16.crt --hdr se.hdr -o addNoDumpReq --crt DigiCertCA.crt --crt ibm-..." {
	dump_row
	pvsecret create -k z16.crt --hdr se.hdr -o addNoDumpReq \
		--crt DigiCertCA.crt --crt ibm-sign.crt \
		--flags disable-dump meta
	request addNoDumpReq 1
	[ "$(od -An -tx1 -j $((0x30)) -N 8 addNoDumpReq | tr -d ' ')" = 8000000000000000 ]
	refuses_dumps addNoDumpReq "Total number of secrets: 0"
}

@test "49 form of 50" {
	secret_row
	pvsecret create -k z16.crt --hdr se.hdr -o request --crt DigiCertCA.crt --crt ibm-sign.crt \
		--flags disable-dump association string
	request request 2
}

@test "50 pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq --crt DigiCertCA.crt --crt ibm-..." {
	dump_row
	pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq \
		--crt DigiCertCA.crt --crt ibm-sign.crt \
		--flags disable-dump association "myConfidentialSecret"
	request addSecretReq 2
	[ "$(od -An -tx1 -j $((0x30)) -N 8 addSecretReq | tr -d ' ')" = 8000000000000000 ]
	refuses_dumps addSecretReq "Total number of secrets: 1"
}
