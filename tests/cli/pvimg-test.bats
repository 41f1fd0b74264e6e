#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvimg test and pvimg verify: the verdicts.

bats_require_minimum_version 1.5.0
load ../support/image

setup_file() {
	image_setup_file
	make_image image
	pvextract-hdr -q -o header image
	hash_of image >host.hash
	pvimg create -q -i kernel -k other.crt --no-verify -o other
	hash_of other >other.hash
}
setup() { image_setup; }

hash_of() {
	pvimg info -q --format text "$1" | sed -n 's/.*target key hash: //p'
}

# hashes LINE...: a file as the ultravisor makes it, filled up with zeros.
hashes() {
	local zeros
	zeros=$(printf '0%.0s' {1..64})
	{
		printf '%s\n' "$@"
		yes "$zeros" | head -n $((15 - $#))
	} >hashes
}

# --- test ------------------------------------------------------------------------

@test "yes: a host key document" {
	run -0 pvimg test -k host.crt image
	[ "$output" = " ✓ Host key document 'host.crt' is included" ]
	run -0 pvimg test -k host.crt header
	run -0 pvimg test -q -k host.crt image
	[ -z "$output" ]
}

@test "no: a host key document" {
	run -1 pvimg test -k other.crt image
	[ "$output" = " ✘ Host key document 'other.crt' is not included" ]
	run -1 pvimg test -q -k other.crt image
	[ -z "$output" ]
}

@test "yes: one of several" {
	for keys in "-k other.crt,host.crt" "-k other.crt -k host.crt" "-k host.crt,other.crt"; do
		# shellcheck disable=SC2086 # a list of options
		run -0 pvimg test $keys image
		[ ${#lines[@]} -eq 2 ]
	done
}

@test "yes: key hashes, each by its name" {
	hashes "$(cat host.hash)"
	run -0 pvimg test --key-hashes=hashes image
	[ "$output" = " ✓ Host key hash 0x$(cat host.hash) is included" ]
	hashes "$(cat other.hash)" "$(cat host.hash)"
	run -0 pvimg test --key-hashes=hashes image
	[ "$output" = " ✓ Backup host key hash 0x$(cat host.hash) is included" ]
	hashes "$(cat other.hash)" "$(cat other.hash)" "$(tr a-f A-F <host.hash)"
	run -0 pvimg test --key-hashes=hashes image
	[ "$output" = " ✓ Key hash 0x$(cat host.hash) is included" ]
}

@test "no: key hashes" {
	hashes "$(cat other.hash)"
	run -1 pvimg test --key-hashes=hashes image
	[ "$output" = " ✘ None of the key hashes is included" ]
}

@test "neither: key hashes that are none" {
	hashes "$(cat host.hash)"
	head -n 14 hashes >short
	cat hashes short >long
	sed '3s/^./x/' hashes >letter
	sed '3s/^.//' hashes >digit
	: >empty
	for file in short long letter digit empty image; do
		run -1 pvimg test --key-hashes=$file image
		[[ $output == *"Invalid UV key hashes"* ]] || { echo "$file: $output"; false; }
	done
	run -1 pvimg test --key-hashes=absent image
	[[ $output == *absent* ]]
}

@test "this machine's key hashes, where it has none" {
	[ ! -e /sys/firmware/uv/keys/all ] || skip "this machine reports its host keys"
	run -1 pvimg test --key-hashes image
	[[ $output == *"Support for query UV host key hashes is not available"* ]]
	[[ $output == *"/sys/firmware/uv/keys/all"* ]]
	run -1 pvimg test --key-hashes=absent image
	[[ $output == *"'absent'"* && $output != *"not available"* ]]
}

@test "neither: inputs that are none" {
	run -1 pvimg test -k absent image
	run -1 pvimg test -k parm image
	run -1 pvimg test -k host.crt kernel
	[[ $output == *"No Secure Execution header found"* ]]
	run -1 pvimg test -k host.crt absent
}

@test "the command line" {
	run -2 pvimg test image
	run -2 pvimg test -k host.crt
	run -2 pvimg test -k host.crt --key-hashes=hashes image
	run -2 pvimg test -k host.crt image image
	run -2 pvimg test -C host.crt -k host.crt image
	run -2 pvimg nonsense
	run -2 pvimg
	run -0 pvimg --help
	run -0 pvimg test --help
	run -0 pvimg version
	[[ $output == "pvimg version 2.43.0-"* ]]
}

# --- verify ------------------------------------------------------------------------

@test "verify: yes" {
	run -0 pvimg verify --hdr-key hdr.key image
	[ "$(grep -c ' ✓ ' <<<"$output")" -eq 5 ]
	run -0 pvimg verify image
	[[ $output == WARNING:*--hdr-key* ]]
	run -0 pvimg verify -q image
	[ -z "$output" ]
}

# changed OFFSET TEXT: one changed byte there is a no that says TEXT.
changed() {
	local byte
	cp image changed
	byte=$(bytes changed "$1" 1)
	patch changed "$1" "$(printf %02x $((16#$byte ^ 0x10)))"
	run -3 pvimg verify --hdr-key hdr.key changed
	[[ $output == *" ✘ "*"$2"* ]] || { echo "$output"; return 1; }
}

@test "verify: no, the components" {
	changed 0x15000 "page contents"
	changed 0x35fff "page contents" # padding of the kernel
	changed 0x39000 "page contents" # command line
	changed 0x3bfff "page contents" # stage3b
}

@test "verify: no, what the header says" {
	changed 0x14037 "number of pages"
	changed 0x140e0 "page contents"
	changed 0x14120 "page addresses"
	changed 0x14160 "page tweaks"
	for offset in 0x14010 0x1403f 0x1405f 0x141a0 0x141f0 0x1427f; do
		changed $offset "header was changed"
	done
}

@test "verify: no, what the parameter block says" {
	changed $((0x3c088 + 7)) "page tweaks"
	changed $((0x3c080 + 7)) "another header"
}

@test "verify: no, another header key" {
	run -3 pvimg verify --hdr-key cck image
	[[ $output == *" ✘ header"* ]]
	run -3 pvimg verify -q --hdr-key cck image
	[ -z "$output" ]
}

@test "verify: neither" {
	run -1 pvimg verify header
	[[ $output == *"header only"* ]]
	run -1 pvimg verify absent
	run -1 pvimg verify kernel
	head -c $((0x3b000)) image >cut
	run -1 pvimg verify cut
	run -1 pvimg verify --hdr-key parm image
	run -2 pvimg verify
	run -2 pvimg verify --nonsense image
}
