#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Requests made here are taken by IBM's pvattest and the other way round, and both say
# the same about a response, byte for byte.

bats_require_minimum_version 1.5.0
load ../support/attestation
load ../support/peers

setup_file() { attestation_setup_file; }
setup() {
	image_setup
	need IBM pvimg-rust pvattest
}

# Both verify a response with the same words, files and exit code.
same_verdict() { # RESPONSE KEY [IMAGE]
	local ours=0 theirs=0
	rm -f ours.* theirs.*
	pvattest verify -i "$1" --hdr "${3:-header}" -a "$2" -o ours.yaml -u ours.data \
		2>ours.txt || ours=$?
	"$IBM" verify -i "$1" --hdr "${3:-header}" -a "$2" -o theirs.yaml -u theirs.data \
		2>theirs.txt || theirs=$?
	[ $ours -eq $theirs ]
	[ $ours -eq 0 ] || return 0 # files that theirs leaves are empty, ours are absent
	diff ours.txt theirs.txt && cmp ours.yaml theirs.yaml
	[ ! -e theirs.data ] || cmp ours.data theirs.data
}

# same_check VERDICT RESPONSE OPTION...
same_check() {
	local verdict=$1
	shift
	run "-$verdict" --separate-stderr pvattest check "$1" ours "${@:2}"
	run "-$verdict" --separate-stderr "$IBM" check "$1" theirs "${@:2}"
	# The issues' words are each one's own.
	diff <(grep -v '^- [A-Z]' ours) <(grep -v '^- [A-Z]' theirs)
}

@test "our requests: IBM's pvattest verifies the responses" {
	for data in '' phkh-img phkh-att secret-store-hash firmware-state "$ALL_DATA"; do
		create_request req key ${data:+--add-data "$data"}
		perform req resp
		same_verdict resp key
		perform -u user-data req resp
		same_verdict resp key image
	done
}

@test "our requests for many hosts" {
	list=other.crt
	for ((i = 0; i < 93; i++)); do list+=,other.crt; done
	create_request req key -k "$list"
	perform req resp
	same_verdict resp key
}

@test "IBM's requests: our guest side answers, both verify" {
	for data in '' phkh-img phkh-att secret-store-hash firmware-state "$ALL_DATA"; do
		"$IBM" create -q -k host.crt --no-verify -o req -a key ${data:+--add-data "$data"}
		perform -u user-data req resp
		same_verdict resp key
	done
	"$IBM" create -q -k other.crt,host.crt --no-verify -o req -a key
	perform req resp
	same_verdict resp key
}

@test "the same no" {
	make_image another
	same_verdict response arpk another
	run -2 "$IBM" verify -i response --hdr another -a arpk
	same_verdict response bare-arpk
	run -1 "$IBM" verify -i response --hdr header -a bare-arpk
	cp response bad
	patch bad 0x1d0 "$(printf %02x $((0x$(bytes bad 0x1d0 1) ^ 1)))"
	same_verdict bad arpk
	run -2 "$IBM" verify -i bad --hdr header -a arpk
}

@test "the same checks, the same result files" {
	same_check 0 response
	same_check 0 response -k host.crt,other.crt
	same_check 0 response -k host.crt --host-key-check att-key-hash,boot-key-hash
	same_check 0 response -u user-data
	same_check 0 response --secret-store-locked false
	same_check 0 response -k host.crt -u user-data --secret-store-locked false
	same_check 0 bare-response -k host.crt
	same_check 2 response -u parm
	same_check 2 bare-response -u user-data
	same_check 2 response --secret-store-locked true
	same_check 2 bare-response --secret-store-locked true
}

@test "the store's hash from IBM's requests" {
	need SECRET pvimg-rust pvsecret
	for name in one two; do
		"$SECRET" create -q -k host.crt --no-verify --hdr header -o $name meta
	done
	hash=$({ tail -c 16 one; tail -c 16 two; printf '\1'; } | sha512sum | cut -c 1-128)
	cp response filled
	patch filled $((0x210 + 64)) "$hash"
	same_check 0 filled --secret-store-locked true --secret one,two
	same_check 2 filled --secret-store-locked true --secret two,one
}

@test "a refused host key: ours says no where theirs crashes" {
	run -2 pvattest check response out -k other.crt
	[[ $output == *"None of the host key documents"* ]]
	run "$IBM" check response out2 -k other.crt
	[ "$status" -eq 2 ] || [ "$status" -eq 101 ]
}
