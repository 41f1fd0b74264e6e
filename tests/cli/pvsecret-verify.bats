#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvsecret verify.

bats_require_minimum_version 1.5.0
load ../support/image
load ../support/secret

setup_file() {
	secret_setup_file
	for key in rsa2048 rsa3072 p521 p384; do
		signing_key $key
	done
	openssl req -new -x509 -newkey rsa:2048 -nodes -keyout foreign.pem -subj /CN=other \
		-days 3650 -out foreign.crt 2>/dev/null
	openssl x509 -in rsa2048.crt -outform DER -out rsa2048.der
	head -c 100 /dev/urandom >data
	create none meta
	create unsigned --user-data data meta
	for key in rsa2048 rsa3072 p521; do
		create $key --user-sign-key $key.pem --user-data data association key
		create $key.bare --user-sign-key $key.pem meta
	done
}
setup() { image_setup; }

# refused PART COMMAND...: exit 1, PART in the message, no output file.
refused() {
	local part=$1
	shift
	run -1 --separate-stderr "$@"
	[[ -z $output && $stderr == *"$part"* ]]
	[ ! -e out ]
}

@test "signed: yes with the certificate, PEM or DER" {
	local size
	for pair in rsa2048:256 rsa3072:128 p521:256; do
		key=${pair%:*} size=${pair#*:}
		run -0 --separate-stderr pvsecret verify --user-cert $key.crt -o out $key
		[[ -z $output && $stderr == *"Successfully verified the request."* ]]
		[ "$(stat -c %s out)" -eq "$size" ]
		cmp -n 100 out data
		[ "$(bytes out 100 "$size")" = "$(printf '00%.0s' $(seq 101 "$size"))" ]
		rm out
	done
	pvsecret verify -q --user-cert rsa2048.der -i rsa2048 | cmp -n 100 - data
}

@test "signed: no with a foreign certificate" {
	refused "not by this key" pvsecret verify --user-cert foreign.crt -o out rsa2048
	refused "another kind" pvsecret verify --user-cert rsa2048.crt -o out rsa3072
	refused "another kind" pvsecret verify --user-cert p521.crt -o out rsa2048
	refused "another kind" pvsecret verify --user-cert rsa3072.crt -o out p521
	refused "another kind" pvsecret verify --user-cert p384.crt -o out p521
}

@test "signed: no without a certificate" {
	refused "signed with an RSA-3072 key" pvsecret verify -o out rsa3072
}

@test "signed: no where one bit of any part differs" {
	local offset
	# head, flags, digests, CUID, user data, signature, keys, slot, secret header, area
	for offset in 0x10 0x30 0x38 0xf8 0x108 0x118 0x218 0x27b 0x320 0x418 0x4b8 0x518 0x540 0x577; do
		for key in rsa2048 p521 rsa3072; do
			cp $key evil
			chmod u+w evil
			patch evil $offset "$(printf %02x $((0x$(bytes evil $offset 1) ^ 1)))"
			refused verify pvsecret verify --user-cert $key.crt -o out evil
		done
	done
}

@test "signed: the tag is the ultravisor's, not the signature's" {
	cp rsa2048 other
	chmod u+w other
	patch other 0x580 00
	pvsecret verify -q --user-cert rsa2048.crt -o out other
}

@test "not signed: yes, with or without data" {
	run -0 --separate-stderr pvsecret verify none
	[ -z "$output" ]
	run -0 pvsecret verify none out
	[ ! -e out ]
	pvsecret verify -q unsigned out
	[ "$(stat -c %s out)" -eq 512 ]
	cmp -n 100 out data
}

@test "not signed: no where a signature is demanded" {
	refused "not signed" pvsecret verify --user-cert rsa2048.crt -o out none
	refused "not signed" pvsecret verify --user-cert rsa2048.crt -o out unsigned
}

@test "a signature cannot be taken off or turned into another" {
	local type
	for type in 00 01 02 03 05 ff; do
		cp rsa3072 evil
		chmod u+w evil
		patch evil 7 $type
		refused verify pvsecret verify --user-cert rsa3072.crt -o out evil
	done
}

@test "the length of an EC signature is no way out" {
	local length
	for length in 0000 0001 008c 0200 ffff; do
		cp p521 evil
		chmod u+w evil
		patch evil $((0x218 + 0x190)) $length
		refused "not by this key" pvsecret verify --user-cert p521.crt -o out evil
	done
}

@test "what is no request" {
	refused "ends before" pvsecret verify -o out /dev/null
	refused asrcbM pvsecret verify -o out image
	refused "Cannot" pvsecret verify -o out absent
	head -c 1000 none >short
	refused "fixed part" pvsecret verify -o out short
	head -c -1 none >short
	refused "size" pvsecret verify -o out short
	(cat none; echo) >long
	refused "size" pvsecret verify -o out long
}

@test "what is no certificate" {
	refused "no certificate" pvsecret verify --user-cert rsa2048.pem -o out rsa2048
	refused "no certificate" pvsecret verify --user-cert /dev/null -o out rsa2048
	refused "Cannot" pvsecret verify --user-cert absent -o out rsa2048
}

@test "an old output survives a no" {
	echo old >kept
	run -1 pvsecret verify --user-cert foreign.crt -o kept rsa2048
	[ "$(cat kept)" = old ]
}

@test "standard input and output; names in either way" {
	pvsecret verify -q - <unsigned | cmp -n 100 - data
	pvsecret verify -q -i - -o - <unsigned | cmp -n 100 - data
	pvsecret verify -q unsigned out
	run -1 pvsecret verify -i unsigned unsigned
	run -1 pvsecret verify unsigned out -o out
	run -1 pvsecret verify
	[[ $output == *--input* ]]
	run -1 bash -c 'pvsecret verify -q unsigned >/dev/full'
}
