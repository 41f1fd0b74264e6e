#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvsecret add, list, lock and retrieve, against a stand-in for /dev/uv. (Against
# the kernel's they are tested in a booted guest.)

bats_require_minimum_version 1.5.0
load ../support/image
load ../support/secret

setup_file() {
	secret_setup_file
	create assoc association "my secret" --input-secret value
	printf 'hello world' >plain
	create plain.req --use-name retrievable myplain --type plain --secret plain
	create aes.req retrievable myaes --type aes --secret value
	create meta.req --flags disable-dump meta
	create cck.req update-cck --secret cck
	pvsecret create -q -k other.crt --no-verify --hdr hdr.bin -o other.req meta
}
setup() {
	image_setup
	uname -m | grep -q s390x && skip "this machine has a device of its own"
	[ -e "$UV_BUILD/tests/support/fake-secrets.so" ] || skip "the stand-in is not built"
}

add_three() {
	in_guest add -q assoc
	in_guest add -q plain.req
	in_guest add -q aes.req
}

@test "add: yes" {
	run -0 --separate-stderr in_guest add assoc
	[[ -z $output && $stderr == *"Successfully added the secret"* ]]
	run -0 in_guest add -i plain.req
	run -0 in_guest add - <aes.req
	run -0 in_guest list
	[ "${lines[0]}" = "Total number of secrets: 3" ]
}

@test "add: meta and update-CCK leave no entry" {
	in_guest add -q meta.req
	in_guest add -q meta.req
	in_guest add -q cck.req
	run -0 in_guest list
	[ "$output" = "Total number of secrets: 0" ]
}

@test "add: a request for another machine is refused" {
	run -1 in_guest add other.req
	[[ $output == *"Ultravisor: "*"(0x0108,0x0000)"* ]]
	FAKE_UV_HOST_KEY=other.crt.pem run -1 in_guest add assoc
	run -0 in_guest list
	[ "${lines[0]}" = "Total number of secrets: 0" ]
}

@test "add: a second secret with the same ID only with --force" {
	in_guest add -q assoc
	run -1 in_guest add assoc
	[[ $output == *"ID already (index 0)"*"--force"* ]]
	run -0 in_guest add -f assoc
	[[ $output == *"adding another"* ]]
	run -0 in_guest list
	[ "${lines[0]}" = "Total number of secrets: 2" ]
}

@test "add: what is no request never reaches the ultravisor" {
	run -1 in_guest add image
	run -1 in_guest add /dev/null
	run -1 in_guest add absent
	run -1 in_guest add
	run -1 in_guest add assoc -i assoc
	[ ! -s store ]
}

@test "add: every answer of the ultravisor has its words" {
	local rc
	for rc in 0002 0005 0101 0102 0103 0104 0105 0106 0107 0108 0109 010a 010b 010c 010d 0123; do
		FAKE_UV_RC=$rc run -1 in_guest add meta.req
		[[ $output == *"(0x$rc,0x0000)"* ]]
	done
}

@test "the kernel's refusals" {
	local errnum
	for errnum in 25 22 14 12 5; do # ENOTTY EINVAL EFAULT ENOMEM EIO
		for verb in 'add meta.req' 'add assoc' list lock 'retrieve --inform idx 0'; do
			# shellcheck disable=SC2086 # words
			FAKE_UV_ERRNO=$errnum run -1 in_guest $verb
			[[ $output == error:* ]]
		done
	done
}

@test "list: human, yaml, bin" {
	add_three
	run -0 --separate-stderr in_guest list
	diff - <<-END <(echo "$output")
		Total number of secrets: 3

		0 Association:
		 0xb9d1d013f600ec1bf16bae6a3634cad15dcc490c9f2835764201a41a1d70de44
		1 PLAINTEXT:
		 myplain | 0x6d79706c61696e00000000000000000000000000000000000000000000000000
		2 AES-256-KEY:
		 0x$(printf myaes | sha256sum | cut -d' ' -f1)
	END
	run -0 in_guest list --format yaml
	diff - <<-END <(echo "$output")
		total_num_secrets: 3
		secrets:
		- index: 0
		  stype: 2
		  len: 32
		  id: 0xb9d1d013f600ec1bf16bae6a3634cad15dcc490c9f2835764201a41a1d70de44
		- index: 1
		  stype: 3
		  len: 16
		  id: 0x6d79706c61696e00000000000000000000000000000000000000000000000000
		- index: 2
		  stype: 6
		  len: 64
		  id: 0x$(printf myaes | sha256sum | cut -d' ' -f1)
	END
	in_guest list -q --format bin out
	[ "$(stat -c %s out)" -eq $((16 + 3 * 48)) ]
	[ "$(bytes out 0 16)" = 00030003000000000000000000000000 ]
	[ "$(bytes out 64 16)" = 00010003000000100000000000000000 ]
	run -1 in_guest list --format json
}

@test "list: an empty store" {
	run -0 in_guest list
	[ "$output" = "Total number of secrets: 0" ]
	run -0 in_guest list --format yaml
	[ "$output" = $'total_num_secrets: 0\nsecrets: []' ]
}

@test "list: to a file, which is replaced" {
	in_guest add -q assoc
	echo old >out
	run -0 in_guest list out
	[ "$output" = "Successfully wrote the list of secrets to 'out'" ]
	in_guest list -q -o out2
	cmp out out2
	run -1 in_guest list out -o out
	run -1 in_guest list absent/out
}

@test "list: more than a page, on new kernels and old ones" {
	local i
	for ((i = 0; i < 86; i++)); do
		in_guest add -q --force assoc
	done
	run -0 --separate-stderr in_guest list
	[ "${#lines[@]}" -eq $((1 + 2 * 86)) ]
	[ -z "$stderr" ]
	FAKE_UV_PAGES=1 run -0 --separate-stderr in_guest list
	[ "${#lines[@]}" -eq $((1 + 2 * 85)) ]
	[[ $stderr == *"85 of 86"* ]]
}

@test "lock: once" {
	in_guest add -q assoc
	run -0 in_guest lock
	[ "$output" = "Successfully locked secret store" ]
	run -1 in_guest add plain.req
	[[ $output == *locked*"(0x0102,0x0000)"* ]]
	run -1 in_guest lock
	[[ $output == *locked*"(0x0102,0x0000)"* ]]
	run -0 in_guest list
	[ "${lines[0]}" = "Total number of secrets: 1" ]
	run -1 in_guest lock now
}

@test "retrieve: a plaintext by each of its names" {
	add_three
	run -0 --separate-stderr in_guest retrieve --inform idx 1 --outform bin
	[ "$output" = "hello world" ] && [ -z "$stderr" ]
	run -0 in_guest retr --inform name myplain --outform bin
	[ "$output" = "hello world" ]
	run -0 in_guest retrieve --inform hex --outform bin \
		-i 0x6d79706c61696e00000000000000000000000000000000000000000000000000
	[ "$output" = "hello world" ]
	create again --use-name retrievable myplain --type plain --secret plain
	run -0 in_guest retrieve myplain.yaml --outform bin
	[ "$output" = "hello world" ]
	run -0 in_guest retrieve myplain.yaml
	diff - <<-'END' <(echo "$output")
		-----BEGIN PLAINTEXT SECRET-----
		aGVsbG8gd29ybGQ=
		-----END PLAINTEXT SECRET-----
	END
}

@test "retrieve: a key, by its hashed name" {
	add_three
	run -0 --separate-stderr in_guest retrieve --inform name myaes
	# No CPU but s390x could use it.
	[[ $stderr == "warning: The key is a protected one"*CPACF* ]]
	[ "${lines[0]}" = "-----BEGIN IBM PROTECTED KEY-----" ]
	[ "${lines[1]}" = "kind: AES-256-KEY" ]
	[ "${lines[4]}" = "-----END IBM PROTECTED KEY-----" ]
	in_guest retrieve --inform name myaes --outform bin >key
	[ "$(stat -c %s key)" -eq 64 ]
	[ "$(echo "${lines[2]}${lines[3]}" | base64 -d | od -An -v -tx1)" = "$(od -An -v -tx1 key)" ]
	[ "$(bytes key 32 32)" = "$(printf 'aa%.0s' {1..32})" ]
}

@test "retrieve: the output is for its owner only" {
	add_three
	umask 000
	in_guest retrieve --inform idx 1 --outform bin out
	[ "$(stat -c %a out)" = 600 ]
	printf 'hello world' | cmp - out
	chmod 644 out
	in_guest retrieve --inform idx 2 -o out
	[ "$(stat -c %a out)" = 600 ]
}

@test "retrieve: what cannot be" {
	run -1 in_guest retrieve --inform idx 0
	[[ $output == *"no secret '0'"* ]]
	add_three
	run -1 in_guest retrieve --inform idx 0 -o out
	[[ $output == *"cannot be retrieved"*"(0x0111,0x0000)"* ]]
	run -1 in_guest retrieve --inform idx 3 -o out
	run -1 in_guest retrieve --inform idx -o out -- -1
	run -1 in_guest retrieve --inform idx 1x -o out
	run -1 in_guest retrieve --inform idx 65536 -o out
	run -1 in_guest retrieve --inform name nobody -o out
	run -1 in_guest retrieve --inform hex 0x1234 -o out
	run -1 in_guest retrieve --inform hex "$(printf 'a%.0s' {1..64})" -o out
	run -1 in_guest retrieve --inform yaml absent -o out
	run -1 in_guest retrieve --outform der --inform idx 1 -o out
	run -1 in_guest retrieve -o out
	create again association "my secret"
	run -1 in_guest retrieve my_secret.yaml -o out
	[[ $output == *association* ]]
	[ ! -e out ]
}

@test "retrieve: secrets that share an ID" {
	in_guest add -q plain.req
	in_guest add -q --force plain.req
	run -0 in_guest retrieve --inform name myplain --outform bin
	[[ $output == *"indices are 0, 1"*"hello world" ]]
}

@test "ID files that are none" {
	local text
	add_three
	while IFS= read -r text; do
		printf "$text" >bad.yaml
		run -1 in_guest retrieve bad.yaml -o out
		[[ $output == *bad.yaml* || $output == *"no secret ID"* ]]
	done <<-'END'

		myplain
		kind: 3 (PLAINTEXT)\nname: x\nid: 0x00
		!Retrievable\nname: x\nid: 0x00
		!Retrievable\nkind: 3 (PLAINTEXT)\nname: x\nid: 0x00
		!Retrievable\nkind: 3 (PLAINTEXT)\nname: x
		!Retrievable\nkind: 2 (Association)\nname: x\nid: 0x00
		!Retrievable\nkind: 3x\nname: x\nid: 0x00
		!Retrievable\nkind: 99999999999999999999\nname: x\nid: 0x00
		!Retrievable\nkind: 3\nkind: 4\nname: x\nid: 0x00
		!Retrievable [ 1, 2 ]
		!Retrievable {kind: 3
	END
	[ ! -e out ]
}

@test "without a device" {
	for verb in 'add assoc' list lock 'retrieve --inform idx 0'; do
		# shellcheck disable=SC2086 # words
		run -1 pvsecret $verb
		[[ $output == *"s390x guest"* ]]
		# shellcheck disable=SC2086 # words
		ULTRAVIOLET_UV_DEVICE=absent run -1 pvsecret $verb
		[[ $output == *uvdevice* ]]
	done
}
