#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Add-secret requests and the files beside them, corrupted. Every reader has to
# answer within seconds and megabytes, whatever the bytes; nothing is written.

bats_require_minimum_version 1.5.0
load ../support/image
load ../support/secret

setup_file() {
	secret_setup_file
	create assoc association key --stdout >/dev/null
	create meta meta
	signing_key p521
	create signed --user-sign-key p521.pem meta
}
setup() { image_setup; }

# reader COMMAND...: its exit code, within its limits.
reader() {
	local code=0
	(ulimit -v 262144; exec timeout -k 1 20 "$@") >out.txt 2>&1 </dev/null || code=$?
	if [ "$code" -gt 1 ]; then
		echo "$* ended with $code" >&2
		cat out.txt >&2
	fi
	echo "$code"
}

# answers REQUEST OFFSET HEX-DIGITS VERIFY ADD: with these bytes changed, what the
# guest's two readers say (0 yes, 1 no). An add that is let through fails for lack
# of a device, with other words.
answers() {
	local verify add
	cp "$1" evil
	chmod u+w evil
	[ -z "$3" ] || patch evil "$2" "$3"
	verify=$(reader pvsecret verify -i evil -o user_data)
	reader pvsecret add evil >/dev/null
	add=1
	! grep -q 's390x guest' out.txt || add=0
	[ "$verify $add" = "$4 $5" ] || {
		echo "$1 at $2: expected $4 $5, got $verify $add"
		cat out.txt
		return 1
	}
	[ ! -e user_data ]
}

@test "untouched: taken" {
	answers assoc 0 '' 0 0
	answers meta 0 '' 0 0
	answers signed 0 '' 1 0
}

@test "head" {
	answers assoc 0x00 00 1 1         # magic
	answers assoc 0x05 4e 1 1
	answers assoc 0x06 ffff 1 0       # user data: the guest's business only
	answers assoc 0x08 00000200 1 1   # version
	answers assoc 0x0c 00000000 1 1   # size
	answers assoc 0x0c 00000587 1 1
	answers assoc 0x0c ffffffff 1 1
	answers assoc 0x27 00 1 1         # slots
	answers assoc 0x27 02 1 1
	answers assoc 0x27 ff 1 1
	answers assoc 0x2c 00000000 1 1   # encrypted area
	answers assoc 0x2c 0000001f 1 1
	answers assoc 0x2c 00000041 1 1
	answers assoc 0x2c fffffff0 1 1
	answers assoc 0x1c ffffffff 0 0   # reserved
}

@test "what only the ultravisor can judge" {
	answers assoc 0x30 ffffffffffffffff 0 0
	answers assoc 0x38 00 0 0
	answers assoc 0x418 ffff 0 0
	answers assoc 0x4b8 00 0 0
	answers assoc 0x580 00 0 0
}

@test "secret header" {
	answers assoc 0x50a 0000 0 0      # unknown types: the ultravisor's business
	answers assoc 0x50a ffff 0 0
	answers assoc 0x50a 0001 1 1      # a meta secret has a shorter header
	answers meta 0x50a 0002 1 1
	answers assoc 0x50c 00000000 1 1  # size of the value
	answers assoc 0x50c 00000021 1 1
	answers assoc 0x50c ffffffe0 1 1
	answers meta 0x50c 00000001 1 1
}

@test "cut off, or longer" {
	local size
	for size in 0 1 6 47 48 1207 1208 1287 1303 1400 1415; do
		head -c $size assoc >part
		answers part 0 '' 1 1
	done
	cat assoc assoc >part
	answers part 0 '' 1 1
	(cat assoc; head -c 2000000 /dev/zero) >part
	answers part 0 '' 1 1
}

# yaml: what the two readers of YAML say about the file "evil": no, in time.
yaml() {
	[ "$(reader pvsecret create -k host.crt --no-verify --hdr hdr.bin -o new --cuid evil meta)" -eq 1 ]
	[ "$(reader pvsecret retrieve evil -o new)" -eq 1 ]
	[ ! -e new ]
}

@test "YAML: deep, long, many, round in circles" {
	printf '[%.0s' {1..30000} >evil; yaml
	printf '{a: %.0s' {1..10000} >evil; yaml
	for ((i = 0; i < 300; i++)); do printf '%*sa:\n' $i ''; done >evil; yaml
	head -c 65000 /dev/zero | tr '\0' a >evil; yaml
	head -c 65537 /dev/zero | tr '\0' ' ' >evil; yaml
	head -c 1000000 /dev/urandom >evil; yaml
	{
		echo 'l0: &l0 {a: 1}'
		for ((i = 1; i < 30; i++)); do
			printf 'l%d: &l%d {' $i $i
			for ((j = 0; j < 9; j++)); do printf 'k%d: *l%d, ' $j $((i - 1)); done
			echo 'z: 1}'
		done
	} >evil; yaml
	printf 'a: &a\n  b: *a\n  c: *a\n' >evil; yaml
	printf '!Retrievable &a\nkind: *a\nname: *a\nid: *a\n' >evil; yaml
}

@test "YAML: encodings and control characters" {
	printf '\xff\xfea\0:\0' >evil; yaml
	printf '\0\0\0\0' >evil; yaml
	printf 'cuid: "0x\\x00"\n' >evil; yaml
	printf 'cuid: '"'0x%s\n'" 00112233445566778899aabbccddeeff >evil; yaml
	printf 'cuid: \x1b[2J\n' >evil; yaml
	printf '%%YAML 9.9\n---\ncuid: a\n' >evil; yaml
}

@test "messages hold no escape sequences of the input" {
	printf 'cuid: "0x\\e[2Jzzzzzzzzzzzzzzzzzzzzzzzzzzzz"\n' >evil; yaml
	run ! grep -q $'\x1b' out.txt
	reader pvsecret create -k host.crt --no-verify --hdr hdr.bin -o new --cuid evil meta
	run ! grep -q $'\x1b' out.txt
	printf '!Retrievable\nkind: "\\e[2J"\nname: a\nid: "0x\\e[2J"\n' >evil
	reader pvsecret retrieve evil
	run ! grep -q $'\x1b' out.txt
}
