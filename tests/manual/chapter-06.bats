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
	guest_row_anew
	pvsecret create -k z16.crt --hdr se.hdr -o addNoDumpReq \
		--crt DigiCertCA.crt --crt ibm-sign.crt \
		--flags disable-dump meta
	request addNoDumpReq 1
	[ "$(od -An -tx1 -j $((0x30)) -N 8 addNoDumpReq | tr -d ' ')" = 8000000000000000 ]
	run job 'pvsecret add addNoDumpReq 2>/dev/null && pvsecret list' addNoDumpReq
	succeeds
	[ "$output" = "Total number of secrets: 0" ]
	[ "$(guest_status dump-disabled)" = true ]
}

@test "49 form of 50" {
	secret_row
	pvsecret create -k z16.crt --hdr se.hdr -o request --crt DigiCertCA.crt --crt ibm-sign.crt \
		--flags disable-dump association string
	request request 2
}

@test "50 pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq --crt DigiCertCA.crt --crt ibm-..." {
	guest_row_anew
	pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq \
		--crt DigiCertCA.crt --crt ibm-sign.crt \
		--flags disable-dump association "myConfidentialSecret"
	request addSecretReq 2
	[ "$(od -An -tx1 -j $((0x30)) -N 8 addSecretReq | tr -d ' ')" = 8000000000000000 ]
	[ "$(guest_status dump-disabled)" = false ]
	run job 'pvsecret add addSecretReq 2>/dev/null && pvsecret list' addSecretReq
	succeeds
	[ "${lines[0]}" = "Total number of secrets: 1" ]
	[ "$(guest_status dump-disabled)" = true ]
}
