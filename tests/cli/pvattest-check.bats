#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvattest check: for each policy, when it is fulfilled and when it is not.

bats_require_minimum_version 1.5.0
load ../support/attestation

YES='✓ The attestation response fulfills all policies'
NO='✘ The attestation response does not fulfill all policies'

setup_file() { attestation_setup_file; }
setup() {
	image_setup
	rm -f out
}

# complies ARGUMENT...: the verdict is yes, everywhere where it is told.
complies() {
	run -0 --separate-stderr pvattest check "${RESPONSE:-response}" out "$@"
	[ "${stderr_lines[-1]}" = "$YES" ]
	[ "$(head -n 1 out)" = "successful: true" ]
	run -1 grep '^issues:' out
}

# violates PART-OF-THE-ISSUE ARGUMENT...: the verdict is no, everywhere.
violates() {
	local part=$1
	shift
	run -2 --separate-stderr pvattest check "${RESPONSE:-response}" out "$@"
	[ "${stderr_lines[-1]}" = "$NO" ]
	[[ $stderr == *"✘ "*"$part"* ]]
	[ "$(head -n 2 out)" = $'successful: false\nissues:' ]
	grep -q -- "^- .*$part" out
}

@test "no policy: said, not silently fine" {
	run -0 pvattest check response out
	[[ $output == *"warning: No policy was given"* ]]
	[ "$(cat out)" = "successful: true" ]
}

@test "host keys: one of the documents" {
	complies -k host.crt
	complies -k other.crt,host.crt
	complies -k other.crt -k host.crt --host-key-check att-key-hash,boot-key-hash
	[ "$(tail -n +2 out)" = "image_host_key:
  check_enforced: true
  hash: host.crt
attest_host_key:
  check_enforced: true
  hash: host.crt" ]
}

@test "host keys: none of the documents" {
	violates "None of the host key documents has the image" -k other.crt
	[ "$(grep -c '^- ' out)" -eq 2 ]
	run -1 grep 'host_key:' out
	violates "None of the host key documents has the attestation" -k other.crt \
		--host-key-check att-key-hash
	grep -q 'check_enforced: true' out
	run -1 grep 'hash: ' out
}

@test "host keys: more than one" {
	violates "More than one" -k host.crt,host.crt
}

@test "host keys: hashes that the response does not hold" {
	RESPONSE=bare-response
	run -0 pvattest check bare-response out -k host.crt
	[ "$(cat out)" = "successful: true" ]
	violates "no image host key hash" -k host.crt --host-key-check boot-key-hash
	violates "no attestation host key hash" -k host.crt --host-key-check=att-key-hash
}

@test "host keys: only one of the two hashes" {
	create_request half half.key --add-data phkh-att
	perform half RESP
	run -0 pvattest check RESP out -k host.crt --host-key-check att-key-hash
	[ "$(grep -c _host_key: out)" -eq 1 ]
	RESPONSE=RESP violates "no image host key hash" -k host.crt --host-key-check boot-key-hash
}

@test "user data" {
	complies -u user-data
	grep -q "^user_data: '0x68656c6c6f'" out
	printf hellO >wrong
	violates "not those that are expected" -u wrong
	printf hell >wrong
	violates "not those that are expected" -u wrong
	head -c 5000 /dev/zero >long
	violates "not those that are expected" -u long
	RESPONSE=bare-response violates "no user data" -u user-data
	: >empty
	RESPONSE=bare-response violates "no user data" -u empty
	run -1 grep '^user_data' out
}

@test "secret store: lock" {
	complies --secret-store-locked false
	[ "$(tail -n 3 out)" = "secret_store:
  add_secret_requests: []
  locked: false" ]
	violates "secret store hash" --secret-store-locked true
	run -1 grep '^secret_store' out
	RESPONSE=bare-response violates "no secret store hash" --secret-store-locked false
}

# An add-secret request as far as its tag is concerned.
fake_secret() { # FILE TAG
	{
		printf 'asrcbM\0\0\0\0\1\0\0\0\0\100'
		head -c 32 /dev/zero
		printf '%s' "$2"
	} >"$1"
}

@test "secret store: the requests and their order" {
	fake_secret one 0123456789abcdef
	fake_secret two ABCDEFGHIJKLMNOP
	# The store of a guest that took both, in the place of the hash of an empty one.
	hash=$(printf '0123456789abcdefABCDEFGHIJKLMNOP\1' | sha512sum | cut -c 1-128)
	cp response filled
	patch filled $((0x210 + 64)) "$hash"
	RESPONSE=filled
	complies --secret-store-locked true --secret one,two
	[ "$(tail -n 5 out)" = "secret_store:
  add_secret_requests:
  - one
  - two
  locked: true" ]
	violates "secret store hash" --secret-store-locked true --secret two --secret one
	violates "secret store hash" --secret-store-locked true --secret one
	violates "secret store hash" --secret-store-locked true --secret one,two,two
	violates "secret store hash" --secret-store-locked false --secret one,two
}

@test "secret store: files that are no requests" {
	fake_secret one 0123456789abcdef
	head -c -1 one >short
	for file in short arpk request kernel absent; do
		run -1 pvattest check response out --secret-store-locked true --secret $file
		[[ $output == *$file* ]]
	done
	printf x >>one
	run -1 pvattest check response out --secret-store-locked true --secret one
	[ ! -e out ]
	run -1 pvattest check response out --secret one
	[[ $output == *"needs --secret-store-locked"* ]]
	run -1 pvattest check response out --secret-store-locked maybe
}

@test "firmware: an answer from a file" {
	echo '{"version":"1.0","valid":true,"referenceId":"R1"}' >yes
	complies --firmware --firmware-answer yes
	[ "$(tail -n 1 out)" = "valid_firmware: true" ]
	echo '{"version":"1.0","valid":false,"referenceId":"R2","reason":"too old"}' >no
	violates "not in a valid state: too old; reference R2" --firmware --firmware-answer no
	[ "$(tail -n 1 out)" = "valid_firmware: false" ]
	RESPONSE=bare-response violates "no firmware state" --firmware --firmware-answer yes
	[ "$(tail -n 1 out)" = "valid_firmware: false" ]
}

@test "firmware: both versions of the interface" {
	echo '{"version":"2.0","valid":true,"reason":"ok","verifiedHashes":[]}' >yes
	complies --firmware --firmware-check-version 2 --firmware-answer yes
	complies --firmware --fw-ver=2 --firmware-answer yes
	run -1 pvattest check response out --firmware --firmware-answer yes
	run -1 pvattest check response out --firmware --fw-ver 3 --firmware-answer yes
}

@test "firmware: no answer is an error, not a verdict" {
	rm -f out
	echo '<html>valid</html>' >nonsense
	run -1 pvattest check response out --firmware --firmware-answer nonsense
	run -1 pvattest check response out --firmware --firmware-answer absent
	no_proxy='*' run -1 pvattest check response out --firmware \
		--firmware-verify-url http://127.0.0.1:1
	[[ $output == *"http://127.0.0.1:1/hmrs/firmware/attestation/v1/verify"* ]]
	run -1 pvattest check response out --firmware --firmware-verify-url "file://$PWD"
	[ ! -e out ]
	run -1 pvattest check response out --firmware-verify-url http://127.0.0.1:1
	[[ $output == *"needs --firmware"* ]]
}

@test "several policies at once: all issues are told" {
	violates "user data" -k other.crt -u kernel --secret-store-locked true
	[ "$(grep -c '^- ' out)" -eq 4 ]
	violates "user data" -k host.crt -u parm --secret-store-locked false
	grep -q '^secret_store:' out
}

@test "JSON says the same" {
	run -2 pvattest check response out --format json -k host.crt -u parm
	[ "$(jq -r .successful out)" = false ]
	[ "$(jq -r '.issues | length' out)" -eq 1 ]
	[ "$(jq -r .image_host_key.hash out)" = host.crt ]
	pvattest check -q response out --format json -k host.crt
	[ "$(jq -c keys out)" = '["attest_host_key","image_host_key","successful"]' ]
}

@test "input and output by position and by option" {
	pvattest check -q -i response -o out -k host.crt
	pvattest check -q response -o out -k host.crt
	pvattest check -q -i response out -k host.crt
	run -1 pvattest check response
	run -1 pvattest check
	run -1 pvattest check request out
	run -1 pvattest check response /nowhere/out
	run -1 pvattest check response out --host-key-check att-key-hash
	[[ $output == *"needs --host-key-document"* ]]
	run -1 pvattest check response out -k host.crt --host-key-check both
}
