#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Attestation from end to end: owner's request, a guest's unmodified kernel and its
# /dev/uv, the ultravisor's answer, owner's verdict.

load boot
load courier
load ../support/peers

setup_file() {
	boot_prepare
	machine z15 --generation z15
	machine z16 --generation z16
	machine z17 --generation z17
	echo "who asked, and when" >user-data
}

setup() {
	courier_require trixie
	courier_image image16 trixie z16
}

teardown() {
	stop_guest
}

# request NAME MACHINE [OPTION...]: NAME.req, and its key NAME.key
request() {
	local name=$1 machine=$2
	shift 2
	pvattest create --no-verify -k "$(hkd "$machine")" -o "$name.req" -a "$name.key" "$@"
}

# perform NAME [OPTION...]: the guest answers NAME.req; NAME.resp
perform() {
	local name=$1
	shift
	job "pvattest perform -i $name.req -o /result/resp $*" "$name.req" user-data || return
	cp result/resp "$name.resp"
}

# verify NAME IMAGE [OPTION...]: NAME.yaml
verify() {
	local name=$1 image=$2
	shift 2
	pvattest verify -i "$name.resp" -a "$name.key" --hdr "$image" -o "$name.yaml" "$@"
}

# host_cuid: what the ultravisor says to whoever runs the guest
host_cuid() {
	ultraviolet status --json "$COURIER" | jq -r .configuration.cuid
}

@test "a guest proves what it runs, with each additional datum" {
	courier_start attest z16 image16
	for flags in none phkh-img phkh-att secret-store-hash \
		phkh-img,phkh-att,secret-store-hash; do
		if [ $flags = none ]; then
			request r z16
		else
			request r z16 --add-data $flags
		fi
		run perform r
		succeeds
		run verify r image16
		succeeds
		grep -q "^cuid: '0x$(host_cuid)'" r.yaml
		[ $flags = none ] || [ "$(grep -c '^  [a-z_]*: 0x' r.yaml)" -eq "$(tr ',' '\n' <<<$flags | wc -l)" ]
	done
	# The last response has everything; both hashes are of the one host key.
	key=$(ultraviolet status --json attest | jq -r '.configuration."host-key"')
	grep -q "^  image_phkh: 0x$key" r.yaml
	grep -q "^  attestation_phkh: 0x$key" r.yaml
	# SHA-512 of one zero byte: nothing was added, and the store is open.
	grep -q "^  secret_store_hash: 0xb8244d02" r.yaml
	# The firmware state is IBM's: here, a request that wants it is refused.
	request r z16 --add-data firmware-state
	run perform r
	fails_with 1 "0x010a"
}

@test "user data comes back, covered by the measurement" {
	courier_start user z16 image16
	request u z16
	run perform u -u user-data
	succeeds
	run verify u image16 -u user-data.back
	succeeds
	cmp user-data user-data.back
	# One bit of it makes another measurement.
	at=$(grep -abo "who asked" u.resp | head -n 1 | cut -d: -f1)
	flip u.resp "$at"
	run verify u image16
	fails_with 2
}

@test "a tampered measurement, another image and another key are refused" {
	courier_start tampered z16 image16
	request t z16 --add-data phkh-img
	run perform t
	succeeds
	run verify t image16
	succeeds
	# The measurement follows the request, which lies at 0x40.
	cp t.resp good.resp
	flip t.resp $((0x40 + $(od -An -tu4 --endian=big -j 0x18 -N 4 t.resp)))
	run verify t image16
	fails_with 2
	cp good.resp t.resp
	courier_image other16 trixie z16
	run verify t other16
	fails_with 2
	head -c 32 /dev/urandom >t.key
	run verify t image16
	fails_with 1
}

@test "a request for another machine stays shut" {
	courier_start other z16 image16
	request w z17
	run perform w
	fails_with 1 "0x010c,0x0005"
	[ ! -e w.resp ]
	# One that is for both is opened.
	pvattest create --no-verify -k "$(hkd z17)" -k "$(hkd z16)" -o b.req -a b.key
	run perform b
	succeeds
	run verify b image16
	succeeds
}

@test "after a re-IPL the guest is another instance" {
	courier_start again z16 image16
	request i z16
	run perform i
	succeeds
	verify i image16
	before=$(host_cuid)
	cp i.yaml before.yaml
	courier_reboot
	[ "$(host_cuid)" != "$before" ]
	run perform i
	succeeds
	verify i image16
	grep -q "^cuid: '0x$(host_cuid)'" i.yaml
	run ! cmp -s before.yaml i.yaml
}

@test "z17 with Debian sid's kernel" {
	courier_require sid
	courier_image image17 sid z17
	courier_start later z17 image17
	request s z17 --add-data phkh-img,phkh-att,secret-store-hash
	run perform s
	succeeds
	run verify s image17
	succeeds
	# What attests, and what the guest's kernel shows, is this machine.
	pvattest check s.resp s.result -k "$(hkd z17)" --host-key-check boot-key-hash,att-key-hash \
		--secret-store-locked false
	run -2 pvattest check s.resp s.result -k "$(hkd z16)" --host-key-check boot-key-hash
	run -2 pvattest check s.resp s.result --secret-store-locked true
	run job 'cat /sys/firmware/uv/keys/host_key'
	contains "$(ultraviolet status --json later | jq -r '.configuration."host-key"')"
}

@test "z15 has no attestation" {
	courier_image image15 trixie z15
	courier_start early z15 image15
	request e z15
	run perform e
	fails_with 1 "0x0002"
}

@test "the kernel repeats a call that is busy, or partly done" {
	for injection in attest:2:7 attest:3:9 any:2:40; do
		IFS=: read -r call cc times <<<$injection
		inject $injection
		courier_start "busy-$call-$cc" z16 image16
		request q z16
		run perform q
		succeeds
		run verify q image16
		succeeds
		run ultraviolet trace --json --last 4000 "busy-$call-$cc"
		seen=$(jq -r "select(.cc == $cc) | .call" <<<"$output" | wc -l)
		[ "$seen" -eq "$times" ] || [ "$call" = any ]
		stop_guest
	done
}

@test "IBM's pvattest makes the request and verifies the response" {
	local ibm
	need ibm pvimg-rust pvattest
	courier_start ibm z16 image16
	"$ibm" create --no-verify -k "$(hkd z16)" -o x.req -a x.key \
		--add-data phkh-img,phkh-att,secret-store-hash
	run perform x -u user-data
	succeeds
	"$ibm" verify -i x.resp -a x.key --hdr image16 -o ibm.yaml
	run verify x image16
	succeeds
	cmp ibm.yaml x.yaml
}
