#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Hostile requests, responses, keys, policies and answers: each is refused with a
# message and its exit code, and nothing is written.

bats_require_minimum_version 1.5.0
load ../support/attestation

setup_file() { attestation_setup_file; }
setup() { image_setup; }

# refused CODE COMMAND...: by a message, not by a crash; and no file "out" is left.
refused() {
	local code=$1
	shift
	run "$@" </dev/null
	[ "$status" -eq "$code" ] || { echo "$status: $*: $output"; return 1; }
	[[ $output == *error:* || $output == *✘* ]] || { echo "silent: $*"; return 1; }
	[ ! -e out ]
}

# As request, as response to verify and as response to check: no verdict, an error.
all_refuse() { # FILE
	refused 1 perform "$1" out
	refused 1 pvattest verify -i "$1" --hdr header -a arpk -o out -u out
	refused 1 pvattest check "$1" out -k host.crt
}

# Where the fields of an exchange file lie, and values that lie.
@test "exchange file: every field of the header" {
	while read -r offset value; do
		cp response bad
		patch bad "$offset" "$value"
		all_refuse bad
	done <<-END
		0x00 00
		0x07 75
		0x08 00000200
		0x08 00010000
		0x0c 00000000
		0x0c 0000003f
		0x0c 00100000
		0x0c ffffffff
		0x18 00000000
		0x18 ffffffff
		0x18 00000191
		0x18 00100001
		0x1c 00000000
		0x1c 0000003f
		0x1c ffffffff
		0x1c ffffff00
		0x20 00000000
		0x20 00008001
		0x20 ffffffff
		0x24 00000001
		0x24 00000040
		0x24 ffffffc0
		0x28 00008001
		0x28 ffffffff
		0x2c 00000020
		0x2c 000001d0
		0x2c ffffffff
		0x30 00000101
		0x30 ffffffff
		0x34 00000210
		0x34 ffffffff
		0x38 00000011
		0x38 ffffffff
		0x3c 00000001
		0x3c 00000040
		0x3c ffffffff
	END
}

@test "exchange file: what only a response needs" {
	for entry in 0x24 0x2c 0x34 0x3c; do # offsets: announced, but not there
		cp response bad
		patch bad $entry 00000000
		refused 1 pvattest verify -i bad --hdr header -a arpk -o out
		refused 1 pvattest check bad out
	done
	for size in 00000000 00000001 0000000f; do # of the CUID
		cp response bad
		patch bad 0x38 $size
		refused 1 pvattest verify -i bad --hdr header -a arpk -o out
	done
}

@test "exchange file: truncated anywhere, empty, a folder, far too long" {
	size=$(stat -L -c %s response)
	for ((length = 0; length < size; length += 7)); do
		head -c $length response >bad
		refused 1 pvattest verify -i bad --hdr header -a arpk -o out
	done
	mkdir folder
	all_refuse folder
	all_refuse /nowhere
	truncate -s 100M huge
	dd if=response of=huge conv=notrunc status=none
	all_refuse huge
}

@test "ARCB: every field" {
	while read -r offset value; do
		cp response bad
		patch bad $((0x40 + offset)) "$value"
		refused 1 pvattest verify -i bad --hdr header -a arpk -o out
		refused 1 pvattest check bad out -k host.crt
		refused 1 perform bad out # the ultravisor's word
		[[ $output == *0x010c* ]]
	done <<-END
		0x00 6173726362
		0x08 00000200
		0x0c 00000000
		0x0c 0000018f
		0x0c 00000191
		0x0c ffffffff
		0x27 00
		0x27 02
		0x27 ff
		0x2c 00000000
		0x2c 00000040
		0x2c 00000051
		0x2c ffffffff
		0x30 3c00000000000000
		0x38 00000000
		0x38 00000002
		0x38 01000001
	END
}

@test "ARCB: what only its tag protects" {
	for offset in 0x10 0x1c 0x28 0x30 0x37 0x3c 0x40 0x8f 0xe0 0x100 0x120 0x12f 0x130 0x180 0x18f; do
		cp response bad
		at=$((0x40 + offset))
		patch bad $at "$(printf %02x $((0x$(bytes bad $at 1) ^ 1)))"
		refused 1 pvattest verify -i bad --hdr header -a arpk -o out
	done
}

@test "additional data: more and less than the flags explain" {
	cp response bad
	patch bad 0x28 000001bf # one byte less: an error in check, another measurement in verify
	refused 1 pvattest check bad out -k host.crt
	[[ $output == *"Firmware state"* ]]
	refused 2 pvattest verify -i bad --hdr header -a arpk -o out
}

@test "keys, headers: none of their kind" {
	for file in kernel header response /dev/null folder absent; do
		[ $file != folder ] || mkdir -p folder
		refused 1 pvattest verify -i response --hdr header -a $file -o out
	done
	for file in kernel arpk response /dev/null absent; do
		refused 1 pvattest verify -i response --hdr $file -a arpk -o out
		refused 1 pvattest policy $file -o out
	done
	cp header bad
	patch bad 0x2f 81 # size of the encrypted area
	refused 1 pvattest verify -i response --hdr bad -a arpk -o out
}

@test "policies: none of their kind" {
	pvattest policy image --format json -o policy
	for text in '' '{}' '[]' 'null' '{"policy_version":1}' '{"policy_version":1,"image":[]}' \
		"$(tr -d '}' <policy)" "$(sed 's/0x/0y/' policy)" "$(cat policy policy)"; do
		printf %s "$text" >bad
		refused 1 pvattest verify -i response --policy bad -a arpk -o out
		refused 1 pvattest check response out --policy bad
	done
	head -c 300000 /dev/zero | tr '\0' '[' >bad
	refused 1 pvattest check response out --policy bad
}

@test "a sealed output folder: said, and the verdict is not yes" {
	[ "$(id -u)" -ne 0 ] || skip "root may write anywhere"
	mkdir -m 500 sealed
	refused 1 pvattest verify -i response --hdr header -a arpk -o sealed/out
	refused 1 pvattest check response sealed/out
	refused 1 pvattest create -k host.crt --no-verify -o sealed/out -a key
	[ ! -e key ]
}

@test "no room for the output: said, and the verdict is not yes" {
	refused 1 pvattest verify -i response --hdr header -a arpk -o /dev/full
	refused 1 pvattest verify -i response --hdr header -a arpk -u /dev/full
	refused 1 pvattest check response /dev/full
	refused 1 perform request /dev/full
	refused 1 pvattest policy image -o /dev/full
	refused 1 pvattest create -k host.crt --no-verify -o /dev/full -a key
	[ ! -e key ]
}
