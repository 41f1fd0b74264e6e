#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvinfo.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p uv/query uv/keys
	echo 1 >uv/prot_virt_guest
	echo 0 >uv/prot_virt_host
	printf '80c0000e60000000\n0\n0\n0\n' >uv/query/facilities
	echo 8000000000000000 | tee uv/query/supp_se_hdr_ver uv/query/supp_att_req_hdr_ver \
		uv/query/supp_add_secret_req_ver >uv/query/supp_add_secret_pcf
	echo 7fe07e0000000000 >uv/query/supp_secret_types
	echo 512 | tee uv/query/max_assoc_secrets >uv/query/max_retr_secrets
	echo 1024 >uv/query/max_secrets
	for ((i = 0; i < 15; i++)); do printf '%064x\n' $((i == 0)); done >uv/keys/all
	export ULTRAVIOLET_UV_SYSFS=$PWD/uv
}

@test "everything, from the folder of the system" {
	run -0 pvinfo
	[ "${lines[0]}" = "Secure Execution Guest" ]
	[[ $output == *"  Retrieve Secret"* && $output == *"  Query Keys"* ]]
	[[ $output == *"  EC-ED448-PRIVATE-KEY"* && $output == *"  Update-CCK"* ]]
	[[ $output == *"  secrets of a guest: 1024"* ]]
	[[ $output == *"  host key: $(printf %064x 1)"* && $output != *backup* ]]
	[[ $output == *$'Features:\n  not known to this kernel'* ]]
}

@test "a copied folder, in either way" {
	unset ULTRAVIOLET_UV_SYSFS
	run -0 pvinfo uv
	one=$output
	run -0 pvinfo --sysfs uv
	[ "$output" = "$one" ]
	run -2 pvinfo --sysfs uv uv
	run -2 pvinfo uv uv
	run -1 pvinfo absent
	run -1 pvinfo --se-status absent
}

@test "parts" {
	run -0 pvinfo --se-status
	[ "$output" = "Secure Execution Guest" ]
	run -0 pvinfo --supported-add-secret-request-versions --supported-plaintext-add-secret-flags
	[ "$output" = $'Supported add-secret request versions:\n  0x100\n\nSupported add-secret flags:\n  disable-dump' ]
	run -0 pvinfo supported-flags --secret
	[ "${lines[0]}" = "Supported secret types:" ]
	[[ $output != *header* && $output == *"add-secret flags"* ]]
	run -0 pvinfo supported-flags uv
	[[ $output == *header* && $output == *attestation* && $output == *secret* && $output != *calls* ]]
}

@test "yaml and json" {
	run -0 pvinfo --format json --limits --se-status
	[ "$(jq -r .se_status <<<"$output")" = Guest ]
	[ "$(jq .limits.max_retr_secrets <<<"$output")" = 512 ]
	run -0 pvinfo --format json
	[ "$(jq -r '.facilities.hex[0]' <<<"$output")" = 80c0000e60000000 ]
	[ "$(jq -r '[.supported_secret_types.set[].bit] | join(" ")' <<<"$output")" = \
		"1 2 3 4 5 6 7 8 9 10 17 18 19 20 21 22" ]
	[ "$(jq -r '.host_key_hashes | length' <<<"$output")" = 15 ]
	[ "$(jq 'has("feature_indications")' <<<"$output")" = false ]
	run -0 pvinfo --format yaml --supported-se-header-versions --se-status
	[ "$output" = $'se_status: Guest\nsupported_se_header_versions:\n- \'0x100\'' ]
	run -2 pvinfo --format xml
}

@test "status: each of the four" {
	echo 0 >uv/prot_virt_guest
	run -0 pvinfo --se-status
	[ "$output" = "Secure Execution is not enabled" ]
	echo 1 >uv/prot_virt_host
	run -0 pvinfo --se-status
	[ "$output" = "Secure Execution Host" ]
	echo 1 >uv/prot_virt_guest
	run -0 pvinfo --se-status
	[[ $output == *"cannot be"* ]]
}

@test "a system without ultravisor" {
	export ULTRAVIOLET_UV_SYSFS=$PWD/absent
	run -0 pvinfo
	[ "$output" = "Secure Execution is not enabled" ]
	run -0 pvinfo --format yaml
	[ "$output" = "se_status: Unsecure" ]
	run -1 pvinfo --limits
	[[ $output == *ultravisor* ]]
}

@test "files that no kernel writes" {
	echo lots >uv/query/max_secrets
	run -1 --separate-stderr pvinfo
	[[ -z $output && $stderr == *max_secrets*"'lots'"* ]]
}

@test "the tree of IBM's tests" {
	archive=$UV_ROOT/../shared/fixtures/s390-tools-assets.tar.gz
	[ -e "$archive" ] || skip "there is no $archive"
	tar -xzf "$archive"
	run -0 pvinfo s390-tools/rust/pvinfo/tests/assets
	[ "${lines[0]}" = "Secure Execution Host" ]
	[[ $output == *"  CPUs of a guest: 257"* && $output == *"  highest guest address: 0x800000000000"* ]]
	[[ $output == *"  bit 49"* && $output == *"  allow dumping"* ]]
}
