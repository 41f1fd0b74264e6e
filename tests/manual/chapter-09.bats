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

@test "66 lszcrypt -V" {
	later "crypto adapters"
}

@test "67 chzcrypt --se-bind <aa.dddd>" {
	later "crypto adapters"
}

@test "68 chzcrypt --se-bind 0f.0014" {
	later "crypto adapters"
}

@test "69 lszcrypt -V" {
	later "crypto adapters"
}

@test "70 chzcrypt --se-unbind 0f.0014" {
	later "crypto adapters"
}

@test "71 lszcrypt -V" {
	later "crypto adapters"
}

@test "72 pvapconfig my_acc_apconfig.yaml" {
	later "crypto adapters"
}

@test "73 lszcrypt -V" {
	erratum "one configuration entry binds one queue, so one entry cannot make four usable"
}

@test "74 lszcrypt -V" {
	later "crypto adapters"
}

@test "75 chzcrypt --se-bind 28.0014" {
	later "crypto adapters"
}

@test "76 lszcrypt -V" {
	later "crypto adapters"
}

@test "77 pvsecret create -k <hkd> --hdr <hdr> -o <req> --crt <CA> --crt <IBM> association <string>" {
	secret_row
	pvsecret create -k z16.crt --hdr se.hdr -o request --crt DigiCertCA.crt --crt ibm-sign.crt \
		association string
	request request 2
}

@test "78 pvsecret create -k z16.crt --se-hdr se.hdr -o addSecretReq --crt DigiCertCA.crt --crt i..." {
	# E6: the shipped tool knows --hdr only.
	secret_row
	pvsecret create -k z16.crt --se-hdr se.hdr -o addSecretReq \
		--crt DigiCertCA.crt --crt ibm-sign.crt association "my secret"
	request addSecretReq 2
	grep -qx 'id: 0xb9d1d013.*de44' my_secret.yaml
}

@test "79 pvsecret list" {
	guest_row_anew
	secret_request addSecretReq association "my secret"
	run job 'pvsecret add addSecretReq 2>/dev/null && pvsecret list' addSecretReq
	succeeds
	[ "${lines[0]}" = "Total number of secrets: 1" ]
	[ "${lines[1]}" = "0 Association:" ]
	[[ ${lines[2]} == " 0xb9d1d013"*de44 ]]
}

@test "80 cat /sys/bus/ap/devices/<aa.dddd>/mkvps" {
	later "crypto adapters"
}

@test "81 chzcrypt --se-associate <secret_index> <aa.dddd>" {
	later "crypto adapters"
}

@test "82 chzcrypt --se-associate 0 28.0014" {
	later "crypto adapters"
}

@test "83 lszcrypt -V" {
	later "crypto adapters"
}

@test "84 chzcrypt --se-unbind 0 28.0014" {
	erratum "index before the queue: the real tool takes 0 as the queue"
}

@test "85 lszcrypt -V" {
	later "crypto adapters"
}

@test "86 pvsecret create -k z16.crt --se-hdr se.hdr -o my_addsecreq --crt DigiCertCA.crt --crt i..." {
	secret_row
	pvsecret create -k z16.crt --se-hdr se.hdr -o my_addsecreq \
		--crt DigiCertCA.crt --crt ibm-sign.crt association "my secret"
	request my_addsecreq 2
	[ -e my_secret.yaml ]
}

@test "87 scp my_addsecreq seguest:" {
	later "ssh into a guest"
}

@test "88 scp my_apconfig.yaml seguest:" {
	later "ssh into a guest"
}

@test "89 pvsecret add my_addsecreq" {
	guest_row_anew
	secret_request my_addsecreq association "my secret"
	run job 'pvsecret add my_addsecreq' my_addsecreq
	succeeds
	[ "$(guest_status association-secrets)" -eq 1 ]
}

@test "90 pvsecret lock" {
	guest_row_anew
	secret_request my_addsecreq association "my secret"
	run job 'pvsecret lock'
	succeeds
	run job 'pvsecret add my_addsecreq' my_addsecreq
	fails_with 1 "0x0102"
}

@test "91 pvpconfig my_apconfig.yaml" {
	erratum "program name misspelt (pvpconfig)"
}

@test "92 zkey list" {
	external "zkey; the kernels have CONFIG_PKEY off"
}
