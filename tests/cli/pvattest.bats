#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvattest: create, perform, verify, policy. (check: pvattest-check.bats)

bats_require_minimum_version 1.5.0
load ../support/attestation

setup_file() { attestation_setup_file; }
setup() { image_setup; }

# --- create ------------------------------------------------------------------

@test "create: a request and its key" {
	run -0 --separate-stderr pvattest create -k host.crt --no-verify -o new -a new.key
	[ -z "$output" ]
	[[ $stderr == *"warning: Host-key document verification is disabled"* ]]
	[[ $stderr == *"Successfully generated the request" ]]
	[ "$(stat -c %s new)" -eq $((0x40 + 0x190)) ]
	[ "$(stat -c %s new.key)" -eq 32 ]
	[ "$(bytes new 0 16)" = 707661747465737400000100000001d0 ]
	[ "$(bytes new 0x20 16)" = 00000040000000000000000000000000 ]
	[ "$(bytes new 0x70 8)" = 4000000000000000 ] # the nonce, always
}

@test "create: the key is nobody else's to read, whatever the umask" {
	(umask 000 && create_request new new.key)
	[ "$(stat -c %a new.key)" = 600 ]
	[ "$(stat -c %a new)" = 666 ]
	touch old.key && chmod 644 old.key
	(umask 027 && create_request new old.key)
	[ "$(stat -c %a old.key)" = 600 ]
	[ "$(stat -c %a new)" = 640 ]
}

@test "create: each flag of additional data, and the size it announces" {
	while read -r name flag size; do
		create_request new new.key --add-data "$name"
		[ "$(bytes new 0x70 8)" = "$flag" ]
		[ "$(bytes new 0x28 8)" = "$(printf %08x "$size")00000000" ]
	done <<-END
		phkh-img 6000000000000000 32
		phkh-att 5000000000000000 32
		secret-store-hash 4800000000000000 64
		firmware-state 4400000000000000 320
		$ALL_DATA 7c00000000000000 448
	END
	create_request new new.key --add-data phkh-img --add-data=phkh-att
	[ "$(bytes new 0x70 8)" = 7000000000000000 ]
	run -1 pvattest create -k host.crt --no-verify -o x -a y --add-data phkh-img,nonce
	[[ $output == *"'nonce' is none of: phkh-img"* ]]
	[ ! -e x ] && [ ! -e y ]
}

@test "create: a key slot for each host, in order" {
	pvattest create -q -k host.crt,other.crt -k host.crt --no-verify -o new -a new.key
	[ "$(bytes new 0x67 1)" = 03 ]
	[ "$(bytes new 0x120 32)" = "$(bytes request 0x120 32)" ]
	[ "$(bytes new 0x170 32)" != "$(bytes new 0x120 32)" ]
	[ "$(bytes new 0x1c0 32)" = "$(bytes new 0x120 32)" ]
	perform new resp # one of them is this machine's
	pvattest verify -q -i resp --hdr header -a new.key
}

@test "create: no two requests are alike" {
	create_request a a.key
	create_request b b.key
	run -1 cmp -s a.key b.key
	[ "$(bytes a 0x50 12)" != "$(bytes b 0x50 12)" ]
	[ "$(bytes a 0x80 160)" != "$(bytes b 0x80 160)" ]
}

@test "create: a refused host key makes nothing" {
	run -1 pvattest create -k host.crt -C other.crt --offline -o x -a y
	[[ $output == *error:* ]]
	run -1 pvattest create -k kernel --no-verify -o x -a y
	run -1 pvattest create -k absent --no-verify -o x -a y
	host_key_document p256.crt prime256v1
	run -1 pvattest create -k p256.crt --no-verify -o x -a y
	[ ! -e x ] && [ ! -e y ]
}

@test "create: both files or none, and the old ones stay" {
	echo old >x
	run -1 pvattest create -k host.crt --no-verify -o x -a /nowhere/y
	[ "$(cat x)" = old ]
	echo old >y
	run -1 pvattest create -k host.crt --no-verify -o /nowhere/x -a y
	[ "$(cat y)" = old ]
	run -1 pvattest create -k host.crt --no-verify -o x -a x
	[[ $output == *"name the same file"* ]]
	[ "$(cat x)" = old ]
}

@test "create: the command line" {
	run -1 pvattest create
	run -1 pvattest create -k host.crt -o x -a y
	[[ $output == *"--no-verify, --cert"* ]]
	run -1 pvattest create -k host.crt --no-verify -C other.crt -o x -a y
	run -1 pvattest create --no-verify -o x -a y
	run -1 pvattest create -k host.crt --no-verify -o x
	run -1 pvattest create -k host.crt --no-verify -a y
	[ ! -e x ] && [ ! -e y ]
	# As the shipped tool: without meaning, but no error.
	run -0 pvattest create -k host.crt --no-verify -o x -a y --offline
}

# --- perform -----------------------------------------------------------------

@test "perform: input and output by position and by option" {
	perform request a
	perform -i request -o b
	perform request -o c
	perform -i request d
	perform --input=request --output e --user-data user-data
	for file in a b c d e; do
		pvattest verify -q -i $file --hdr header -a arpk
	done
	run -1 pvattest perform request
	[[ $output == *OUT* ]]
	run -1 pvattest perform -o x
	[[ $output == *IN* ]]
	run -1 pvattest perform -i request -o x more
	[[ $output == *"unexpected argument 'more'"* ]]
	run -1 pvattest perform -i request x more
}

@test "perform: what a response holds" {
	perform -u user-data request resp
	[ "$(bytes resp 0x0c 4)" = "$(printf %08x "$(stat -c %s resp)")" ]
	[ "$(bytes resp 0x40 400)" = "$(bytes request 0x40 400)" ]
	[ "$(bytes resp 0x30 4)" = 00000005 ]
	[ "$(tail -c 16 resp | od -An -tx1 | tr -d ' \n')" = $CUID ]
}

@test "perform: a response can be sent again" {
	perform response again
	pvattest verify -q -i again --hdr header -a arpk -o again.yaml
	run -1 grep user_data again.yaml
}

@test "perform: user data up to 256 bytes" {
	head -c 256 /dev/urandom >most
	perform -u most request resp
	pvattest verify -q -i resp --hdr header -a arpk -u back
	cmp most back
	head -c 257 /dev/urandom >more
	run -1 perform -u more request x
	[[ $output == *"at most 256 bytes"* ]]
	run -1 perform -u absent request x
	[ ! -e x ]
	: >none
	perform -u none request resp
	[ "$(bytes resp 0x30 4)" = 00000000 ]
}

@test "perform: what the ultravisor refuses is said, and nothing is written" {
	while read -r rc words; do
		FAKE_UV_RC=$rc run -1 perform request x
		[[ $output == "error: Ultravisor: '"*"$words"*"' (0x$rc,0x002a)"* ]]
	done <<-END
		0002 does not have the call
		0101 continuation token
		0106 version
		0108 key slot
		010a flag
		010c another machine
		010d measurement is too small
		010e additional data is too small
		0999 unknown
	END
	create_request other arpk2
	FAKE_UV_HOST_KEY=$WORK/other.crt.pem run -1 perform other x
	[[ $output == *0x010c* ]]
	[ ! -e x ]
}

@test "perform: what the kernel refuses is said, and nothing is written" {
	for errnum in 25 22 12 14 5; do # ENOTTY EINVAL ENOMEM EFAULT EIO
		FAKE_UV_ERRNO=$errnum run -1 perform request x
		[[ $output == "error: Cannot attest the guest"*"cause: "* ]]
	done
	[ ! -e x ]
}

@test "perform: elsewhere it says that it needs the guest" {
	[ "$(uname -m)" != s390x ] || skip "this is s390x"
	run -1 pvattest perform request x
	[[ $output == *"s390x guest"*"hint: "* ]]
	ULTRAVIOLET_UV_DEVICE=/nowhere/uv run -1 pvattest perform request x
	[[ $output == *"/nowhere/uv"*"modprobe uvdevice"* ]]
	[ ! -e x ]
}

# --- verify ------------------------------------------------------------------

@test "verify: yes, in text and YAML" {
	run -0 --separate-stderr pvattest verify -i response --hdr image -a arpk -o out.yaml
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "Attestation measurement verified" ]
	[ "${stderr_lines[1]}" = "Config UID:" ]
	[ "${stderr_lines[2]}" = "0x$CUID" ]
	[[ $stderr == *$'Image PHKH\n0x'*$'Attestation PHKH\n0x'*$'Secret store hash\n0x'*$'Firmware state\n0x000102'* ]]
	[[ $stderr == *$'user-data:\n0x68656c6c6f'* ]]
	[ "$(head -n 1 out.yaml)" = "cuid: '0x$CUID'" ]
	[ "$(grep -c . out.yaml)" -eq 8 ]
	grep -q '^  secret_store_hash: 0xb8244d02' out.yaml
	[ "$(tail -n 1 out.yaml)" = "user_data: '0x68656c6c6f'" ]
	run -1 grep unrecognized out.yaml
}

@test "verify: yes, with as little as there can be" {
	run -0 pvattest verify -i bare-response --hdr header -a bare-arpk -o out.yaml
	[[ $output != *Additional* && $output != *user-data* ]]
	[ "$(cat out.yaml)" = "cuid: '0x$CUID'" ]
}

@test "verify: JSON says the same" {
	pvattest verify -q -i response --hdr header -a arpk -o out.json --format json
	[ "$(jq -r .cuid out.json)" = "0x$CUID" ]
	[ "$(jq -r .user_data out.json)" = 0x68656c6c6f ]
	[ "$(jq -r '.add_fields | keys | length' out.json)" -eq 4 ]
}

@test "verify: no, for another image (2)" {
	make_image another
	run -2 --separate-stderr pvattest verify -i response --hdr another -a arpk -o out.yaml -u out
	[ -z "$output" ]
	[[ $stderr == *"verification failed"*"not the same"* ]]
	[ ! -e out.yaml ] && [ ! -e out ]
}

@test "verify: no, for a changed measurement, CUID, additional or user data (2)" {
	size=$(stat -L -c %s response)
	for offset in $((0x1d0)) $((0x210)) $((0x210 + 447)) $((size - 21)) $((size - 1)); do
		cp response bad
		patch bad "$offset" "$(printf %02x $((0x$(bytes bad "$offset" 1) ^ 1)))"
		run -2 pvattest verify -i bad --hdr header -a arpk
	done
}

@test "verify: an error for another request's key or response (1)" {
	run -1 pvattest verify -i response --hdr header -a bare-arpk -o out
	[[ $output == *"hint: "*"another request"* ]]
	run -1 pvattest verify -i bare-response --hdr header -a arpk -o out
	[ ! -e out ]
}

@test "verify: an error for files that are none of that (1)" {
	head -c 31 arpk >short
	run -1 pvattest verify -i response --hdr header -a short
	[[ $output == *"Invalid attestation request protection key"* ]]
	run -1 pvattest verify -i response --hdr header -a absent
	run -1 pvattest verify -i response --hdr kernel -a arpk
	run -1 pvattest verify -i request --hdr header -a arpk
	[[ $output == *"'pvattest perform'"* ]]
	run -1 pvattest verify -i kernel --hdr header -a arpk
	run -1 pvattest verify -i absent --hdr header -a arpk
	head -c -1 response >short
	run -1 pvattest verify -i short --hdr header -a arpk
}

@test "verify: user data go to a file, with a warning when there are none" {
	pvattest verify -q -i response --hdr header -a arpk -u out
	[ "$(cat out)" = hello ]
	run -0 pvattest verify -i bare-response --hdr header -a bare-arpk -u none
	[[ $output == *"warning: "*"no user data"* ]]
	[ ! -e none ]
}

@test "verify: the request inside may not be changed either (1)" {
	for offset in 0x48 0x50 0x67 0x70 0x7b 0x80 0x120 0x140 0x170 0x1c0; do
		cp response odd
		patch odd $offset "$(printf %02x $((0x$(bytes odd $offset 1) ^ 4)))"
		run -1 pvattest verify -i odd --hdr header -a arpk
	done
}

@test "verify: the command line" {
	run -1 pvattest verify -i response -a arpk
	[[ $output == *"--hdr, --policy"* ]]
	run -1 pvattest verify --hdr header -a arpk
	run -1 pvattest verify -i response --hdr header
	run -1 pvattest verify -i response --hdr header -a arpk --format text
}

# --- policy ------------------------------------------------------------------

@test "policy: what to expect of an image" {
	run -0 --separate-stderr pvattest policy image -k host.crt
	[ -z "$stderr" ]
	[ "${lines[0]}" = "policy_version: 1" ]
	[[ $output == *"  tag: '0x$(bytes header 624 16)'"* ]]
	[[ $output == *"  pld: 0x$(bytes header 0xe0 64)"* ]]
	[[ $output == *"  can_start_image: true"* ]]
	[[ $output == *"  flags: '0x7000000000000000'"* ]]
	[[ $output == *"  nonce_required: true"* ]]
	phkh=0x$(bytes header 0x1a0 32)
	[[ $output == *$'  image_phkh_one_of:\n  - '$phkh$'\n  attestation_phkh_one_of:\n  - '$phkh* ]]
	run -0 pvattest policy header -k host.crt --format yaml
	[[ $output == *"- file: host.crt"* ]]
}

@test "policy: a machine that cannot start the image is named" {
	run -0 --separate-stderr pvattest policy image --host-key other.crt
	[[ $stderr == *"'other.crt' cannot start this image"* ]]
	[[ $output == *"  can_start_image: false"* ]]
	[[ $output == *"  image_phkh_one_of: []"* ]]
}

@test "policy: what it asks for" {
	pvattest policy image --format json --add-data phkh-att --secret-store-locked true >out
	[ "$(jq -r .request.flags out)" = 0x5800000000000000 ]
	[ "$(jq -c .request.additional_data out)" = '["phkh-att","secret-store-hash"]' ]
	[ "$(jq -r .response.additional_size out)" -eq 96 ]
	[[ $(jq -r .response.secret_store_hash out) == 0x7b54b668* ]]
	[ "$(jq -r .response.image_phkh_one_of out)" = null ]
	run -1 pvattest policy kernel
	run -1 pvattest policy image -k kernel
	run -1 pvattest policy
	run -1 pvattest policy image --secret request
	[[ $output == *"--secret-store-locked"* ]]
}

@test "policy: stands for the image in verify, and is checked by check" {
	pvattest policy image -k host.crt --format json -o policy
	pvattest verify -q -i response --policy policy -a arpk
	pvattest check -q response out --policy policy
	make_image another
	pvattest policy another --format json -o policy2
	run -2 pvattest verify -i response --policy policy2 -a arpk
	pvattest policy image -k other.crt -q --format json -o policy3
	run -2 pvattest check response out --policy policy3
	[[ $output == *"does not allow the image host key"* ]]
	run -2 pvattest check bare-response out --policy policy
	[[ $output == *"did not ask for all"* ]]
	pvattest policy image -o policy4
	run -1 pvattest verify -i response --policy policy4 -a arpk
	[[ $output == *"--format json"* ]]
	run -1 pvattest verify -i response --policy policy --hdr header -a arpk
}

# --- the program -------------------------------------------------------------

@test "version and help" {
	run -0 pvattest --version
	[[ ${lines[0]} == "pvattest version 2."* ]]
	run -0 pvattest version
	[[ ${lines[0]} == "pvattest version 2."* ]]
	run -0 pvattest -v
	run -0 pvattest --help
	for verb in create perform verify check policy; do
		[[ $output == *"$verb"* ]]
		pvattest $verb --help >/dev/null
	done
	[[ $output != *" version "* ]]
	run -1 pvattest
	run -1 pvattest frobnicate
	run -1 pvattest create --frobnicate
}

@test "the man page is whole" {
	page=$UV_BUILD/docs/pvattest.1
	[ -f "$page" ] || skip "the man page needs scdoc"
	for section in "pvattest policy" "EXIT STATUS" "SEE ALSO"; do
		grep -qF "$section" "$page"
	done
}

@test "the guest's program, big-endian: what it says and makes is the same" {
	program=$UV_BUILD/guest/bin/pvattest
	[ -x "$program" ] || skip "there is no s390x pvattest: its cross compiler or libraries are missing"
	emulator=$(command -v qemu-s390x-static || command -v qemu-s390x) ||
		skip "there is no user emulation of s390x"
	guest() { "$emulator" "$program" "$@"; }
	guest verify -i response --hdr image -a arpk -o out.yaml -u out.data 2>out.text
	pvattest verify -i response --hdr image -a arpk -o ours.yaml 2>ours.text
	cmp out.yaml ours.yaml && cmp out.text ours.text
	[ "$(cat out.data)" = hello ]
	guest create -q -k host.crt --no-verify --add-data "$ALL_DATA" -o req -a key
	perform req resp
	pvattest verify -q -i resp --hdr header -a key
	run -2 guest check response out -k other.crt
	run -1 guest check response out --firmware
	[[ $output == *"without network code"* ]]
}

@test "the example for other programs: built, and by pkg-config" {
	program=$UV_BUILD/docs/examples/verify-attestation
	pvattest policy image -k host.crt --format json -o policy
	printf 'challenge 1, and a key' >answer
	perform -u answer request resp
	run -0 "$program" policy arpk resp "challenge 1"
	[ "$output" = Trusted ]
	run -3 "$program" policy arpk resp "challenge 2"
	[[ $output == *"does not answer this challenge"* ]]
	run -3 "$program" policy bare-arpk resp "challenge 1"
	[[ $output == *"another request"* ]]
	command -v pkg-config >/dev/null || skip "there is no pkg-config"
	export PKG_CONFIG_PATH=$UV_BUILD/meson-uninstalled
	# shellcheck disable=SC2046 # lists of words
	cc -Wall -Wextra -Werror -o example "$UV_ROOT/docs/examples/verify-attestation.c" \
		$(pkg-config --cflags --libs ultraviolet-attestation)
	LD_LIBRARY_PATH=$UV_BUILD/src/attestation run -0 ./example policy arpk resp "challenge 1"
}
