#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Add-secret requests of our pvsecret in IBM's, and the other way round.

bats_require_minimum_version 1.5.0
load ../support/image
load ../support/secret
load ../support/peers

setup_file() {
	secret_setup_file
	for key in rsa2048 rsa3072 p521; do
		signing_key $key
	done
	head -c 100 /dev/urandom >data
}
setup() {
	image_setup
	need IBM pvimg-rust pvsecret
}

# ibm_create OUTPUT OPTION... KIND...: as create, by IBM's pvsecret. (It wants the
# options of the kind behind it.)
ibm_create() {
	local output=$1
	shift
	"$IBM" create -q -k host.crt --no-verify --hdr hdr.bin -o "$output" "$@"
}

# same_plain A B: all that is neither encrypted nor random.
same_plain() {
	[ "$(stat -c %s "$1")" -eq "$(stat -c %s "$2")" ]
	[ "$(bytes "$1" 0 16)" = "$(bytes "$2" 0 16)" ]             # magic, version, size
	[ "$(bytes "$1" 0x1c 1020)" = "$(bytes "$2" 0x1c 1020)" ]   # up to the customer key
	[ "$(bytes "$1" 0x4b8 32)" = "$(bytes "$2" 0x4b8 32)" ]     # hash of the host key
	[ "$(bytes "$1" 0x508 "$3")" = "$(bytes "$2" 0x508 "$3")" ] # secret header
}

@test "the same options make the same request" {
	head -c 16 /dev/urandom >cuid.raw
	local binding=(--cuid cuid.raw --flags disable-dump --user-data data)
	create ours "${binding[@]}" meta
	ibm_create theirs "${binding[@]}" meta
	same_plain ours theirs 16
	create ours association key --stdout >one
	ibm_create theirs association key --stdout >two
	same_plain ours theirs 48
	cmp one two
	create ours --use-name retrievable key --type aes --secret value --stdout >one
	ibm_create theirs --use-name retrievable key --type aes --secret value --stdout >two
	same_plain ours theirs 48
	cmp one two
	create ours update-cck --secret cck
	ibm_create theirs update-cck --secret cck
	same_plain ours theirs 48
	create ours -k other.crt --pcf 0x1234 --extension-secret ext meta
	ibm_create theirs -k other.crt --pcf 0x1234 --extension-secret ext meta
	cmp -n 8 ours theirs
	[ "$(bytes ours 0x558 16)" = "$(bytes theirs 0x558 16)" ]
	echo policy >policy.txt
	create ours --policy policy.txt meta >one
	ibm_create theirs --policy policy.txt meta >two
	same_plain ours theirs 16
	cmp one two
}

@test "each kind of retrievable secret" {
	local type size
	for pair in plain:0 plain:14 plain:15 plain:8190 aes:16 aes:24 aes:32 aes-xts:32 aes-xts:64 \
		hmac-sha:64 hmac-sha:128; do
		type=${pair%:*} size=${pair#*:}
		head -c "$size" /dev/urandom >key.bin
		create ours retrievable key --type "$type" --secret key.bin --stdout >one
		ibm_create theirs retrievable key --type "$type" --secret key.bin --stdout >two
		same_plain ours theirs 48
		cmp one two
	done
	for curve in P-256 P-384 P-521; do
		openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$curve" -out key.pem
		same_ec
	done
	for curve in ED25519 ED448; do
		openssl genpkey -algorithm $curve -out key.pem
		same_ec
	done
}

same_ec() {
	create ours retrievable key --type ec --secret key.pem --stdout >one
	ibm_create theirs retrievable key --type ec --secret key.pem --stdout >two
	same_plain ours theirs 48
	cmp one two
}

@test "IBM's requests open here, with their values" {
	ibm_create theirs --use-name retrievable plain --type plain --secret data --stdout >/dev/null
	in_guest add -q theirs
	in_guest retrieve --inform name plain --outform bin | cmp - data
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out key.pem
	ibm_create theirs retrievable ec --type ec --secret key.pem --stdout >/dev/null
	create ours --use-name retrievable ec --type ec --secret key.pem --stdout >/dev/null
	in_guest add -q theirs
	in_guest add -q ours
	in_guest retrieve --inform idx 1 >one
	in_guest retrieve --inform idx 2 >two
	cmp one two
	ibm_create theirs --cck cck meta
	in_guest add -q theirs
	# Its ID file names the secret.
	ibm_create theirs --use-name retrievable filed --type plain --secret data
	in_guest add -q theirs
	in_guest retrieve filed.yaml --outform bin | cmp - data
}

@test "our requests verify there" {
	create none meta
	"$IBM" verify -q none
	create unsigned --user-data data meta
	"$IBM" verify -q unsigned out
	cmp -n 100 out data
	for key in rsa2048 rsa3072 p521; do
		create signed --user-sign-key $key.pem --user-data data association key --stdout >/dev/null
		"$IBM" verify -q --user-cert $key.crt signed out
		cmp -n 100 out data
		patch signed 0x218 "$(printf %02x $((0x$(bytes signed 0x218 1) ^ 1)))"
		run -1 "$IBM" verify -q --user-cert $key.crt signed out
	done
}

@test "IBM's requests verify here" {
	ibm_create none meta
	pvsecret verify -q none
	ibm_create unsigned --user-data data meta
	pvsecret verify -q unsigned out
	cmp -n 100 out data
	for key in rsa2048 rsa3072 p521; do
		ibm_create signed --user-sign-key $key.pem --user-data data association key --stdout >/dev/null
		pvsecret verify -q --user-cert $key.crt signed out
		cmp -n 100 out data
		patch signed 0x218 "$(printf %02x $((0x$(bytes signed 0x218 1) ^ 1)))"
		run -1 pvsecret verify -q --user-cert $key.crt signed out
	done
}

@test "ID files for names of all sorts" {
	local name
	for name in plain 'my secret' key.v1 é 12 0x12 true '~' 'a: b' 'a #b' "it's" "'" '- a' '@x' '*x' '!x' 'a:b'; do
		create ours association --stdout -- "$name" >one
		ibm_create theirs association --stdout -- "$name" >two
		diff one two
	done
}

@test "names of ID files" {
	local name
	mkdir ours theirs
	for name in plain 'my secret' key.v1 .hidden a.b.c 'x	y'; do
		create ours/req association "$name"
		ibm_create theirs/req association "$name"
	done
	diff <(ls -A ours) <(ls -A theirs)
}

@test "CUID files: both take them, or both do not" {
	local id=00112233445566778899aabbccddeeff text ours theirs
	for text in "'0x$id'" "cuid: '0x$id'" "a: {cuid: '0x$id'}" "{\"cuid\": \"0x$id\"}" \
		$'a:\n  cuid: "0x00000000000000000000000000000000"\ncuid: "0x'$id'"' \
		$'a:\n  cuid: [1]\nb:\n  cuid: "0x'$id'"' \
		'' "$id" "cuid: $id" "Cuid: '0x$id'" "cuid: ['0x$id']" "- cuid: '0x$id'" "cuid: '0x${id}0'"; do
		printf '%s\n' "$text" >cuid
		ours=0 theirs=0
		create ours --cuid cuid meta 2>/dev/null || ours=$?
		ibm_create theirs --cuid cuid meta 2>/dev/null || theirs=$?
		[ $ours -eq $theirs ] || { echo "$text: $ours, $theirs"; return 1; }
		[ $ours -ne 0 ] || [ "$(bytes ours 0x108 16)" = "$(bytes theirs 0x108 16)" ]
	done
}

@test "exit codes" {
	local line ours theirs
	create signed --user-sign-key rsa2048.pem meta
	while read -r line; do
		ours=0 theirs=0
		# shellcheck disable=SC2086 # words
		pvsecret $line >/dev/null 2>&1 </dev/null || ours=$?
		# shellcheck disable=SC2086 # words
		"$IBM" $line >/dev/null 2>&1 </dev/null || theirs=$?
		[ $ours -eq $theirs ] || { echo "$line: $ours, $theirs"; return 1; }
	done <<-'END'

		--version
		--help
		create --help
		unknown
		create
		create -k host.crt --no-verify --hdr hdr.bin -o out
		create -k host.crt --no-verify --hdr hdr.bin -o out meta
		create -k host.crt --no-verify --hdr hdr.bin -o out meta name
		create -k host.crt --no-verify --hdr kernel -o out meta
		create -k host.crt --hdr hdr.bin -o out meta
		create -k absent --no-verify --hdr hdr.bin -o out meta
		create -k host.crt --no-verify --hdr hdr.bin -o out --cck cck --extension-secret ext meta
		create -k host.crt --no-verify --hdr hdr.bin -o out update-cck --secret image.key
		verify
		verify signed
		verify --user-cert rsa3072.crt signed
		verify --user-cert rsa2048.crt signed
		verify image
		add signed
		list
		lock
		retrieve --inform idx 0
	END
}
