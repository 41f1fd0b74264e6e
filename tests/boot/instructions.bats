#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Instructions that the ultravisor answers, as kvm-unit-tests check them on real
# machines, where they are built. Payloads of our own: payload.bats.

load boot

setup_file() {
	boot_prepare
	machine z16 --generation z16
}

setup() {
	boot_require trixie
}

# kvm_unit_test NAME PASSES [QEMU-OPTION...]: NAME.bin of kvm-unit-tests as a
# protected image; so many checks have to pass, and none to fail.
kvm_unit_test() {
	local name=$1 passes=$2 binary=${ULTRAVIOLET_PEERS:-/nonexistent}/kvm-unit-tests/s390x/$1.bin
	shift 2
	[ -e "$binary" ] ||
		skip "$name.bin of kvm-unit-tests is not in \$ULTRAVIOLET_PEERS/kvm-unit-tests/s390x"
	pvimg create --overwrite --no-verify --no-component-check -k "$(hkd z16)" -i "$binary" -o "kut-$name"
	run run_guest z16 "kut-$name" "$@"
	lacks "FAIL:"
	[ "$(grep -c '^PASS' <<<"$output")" -eq "$passes" ]
	contains "SUMMARY"
}

@test "kvm-unit-tests: uv-guest" {
	kvm_unit_test uv-guest 30
}

@test "kvm-unit-tests: diag308" {
	kvm_unit_test diag308 12 -smp 2
}

@test "kvm-unit-tests: smp" {
	kvm_unit_test smp 65 -smp 2
}

@test "kvm-unit-tests: intercept" {
	kvm_unit_test intercept 22
}

# Each return code of attestation.
@test "kvm-unit-tests: pv-attest" {
	kvm_unit_test pv-attest 17
}
