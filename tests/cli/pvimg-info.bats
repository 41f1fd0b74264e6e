#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvimg info.

bats_require_minimum_version 1.5.0
load ../support/image

setup_file() {
	image_setup_file
	make_image image --cck cck --image-key image.key
	pvextract-hdr -q -o header image
	pvimg create -q -i kernel -k host.crt --no-verify --hdr-key hdr.key -o odd \
		--x-pcf 0x8000000000000012 --x-scf 0x8000000000000000
}
setup() { image_setup; }

@test "text: version, slots, flags" {
	run -0 --separate-stderr pvimg info --format text image
	[ "${lines[0]}" = "Secure Execution header" ]
	[ "${lines[1]}" = "  version: 1" ]
	[ "${lines[2]}" = "  key slots:" ]
	[[ ${lines[3]} =~ ^"   - target key hash: "[0-9a-f]{64}$ ]]
	[ "${lines[4]}" = "  plaintext control flags:" ]
	[ "${lines[5]}" = "   - DEA and TDEA PCKMO support" ]
	[ ${#lines[@]} -eq 8 ]
	[[ $stderr == WARNING:*--hdr-key* ]]
}

@test "text:full adds sizes, digests and the encrypted part" {
	run -0 pvimg info -q --format text:full image
	[[ $output == *"  size: 640 bytes"* ]]
	[[ $output == *"  number of key slots: 1"* ]]
	[[ $output == *"  number of component pages: 39"* ]]
	[[ $output == *"  components tweak hash: "* ]]
	[[ $output == *"  encrypted data: "* ]]
	[[ $output == *"  GCM tag: $(bytes header 624 16)"* ]]
}

@test "unknown flags are shown as bits" {
	run -0 pvimg info -q --format text --hdr-key hdr.key --show-secrets odd
	[[ $output == *"   - HMAC PCKMO support"$'\n'"   - backup target keys support"* ]]
	[ "$(grep -c '   - unknown flags 0b10\{63\}$' <<<"$output")" -eq 2 ]
}

@test "the header's key authenticates it" {
	run -0 --separate-stderr pvimg info --format text --hdr-key hdr.key image
	[ "${lines[0]}" = "integrity and authenticity verified Secure Execution header" ]
	[ -z "$stderr" ]
	run -0 pvimg info --format json --hdr-key hdr.key image
	[[ $output == *'"verified": true'* && $output == *cipher_data_b64* ]]
	[[ $output != *cck_hex* ]]
}

@test "another key does not, and nothing is shown" {
	run -1 --separate-stderr pvimg info --format text --hdr-key cck image
	[ -z "$output" ]
	[[ $stderr == *"Failed to authenticate and decrypt the Secure Execution header"* ]]
	head -c 31 hdr.key >short
	run -1 pvimg info --hdr-key short image
	[[ $output == *"Invalid Secure Execution header protection key"* ]]
	run -1 pvimg info --hdr-key absent image
}

@test "--show-secrets decrypts" {
	run -0 pvimg info --format text:full --hdr-key hdr.key --show-secrets image
	[ "${lines[0]}" = "decrypted, integrity and authenticity verified Secure Execution header:" ]
	[[ $output == *"  CCK: $(bytes cck 0 32)"* ]]
	[[ $output == *"  XTS key: $(bytes image.key 0 64)"* ]]
	[ "$(field image cck_hex)" = "$(bytes cck 0 32)" ]
	[ "$(field image scf_hex)" = 0000000000000000 ]
	run -2 pvimg info --show-secrets image
	[[ $output == *hdr-key* ]]
}

@test "json: what the bytes say" {
	[ "$(field image magic_hex)" = 49424d5365634578 ]
	[ "$(field image version)" != "" ]
	[ "$(field image sehs) $(field image nks) $(field image sea)" = "640 1 128" ]
	[ "$(field image iv_hex)" = "$(bytes header 0x10 12)" ]
	[ "$(field image nep)" = $((16#$(bytes header 0x30 8))) ]
	[ "$(field image pcf_hex)" = "$(bytes header 0x38 8)" ]
	[ "$(field image coord_hex)" = "$(bytes header 0x40 160)" ]
	[ "$(field image pld_hex)" = "$(bytes header 0xe0 64)" ]
	[ "$(field image ald_hex)" = "$(bytes header 0x120 64)" ]
	[ "$(field image tld_hex)" = "$(bytes header 0x160 64)" ]
	[ "$(field image phkh_hex)" = "$(bytes header 0x1a0 32)" ]
	[ "$(field image wrpk_hex)" = "$(bytes header 0x1c0 32)" ]
	[ "$(field image kst_hex)" = "$(bytes header 0x1e0 16)" ]
	[ "$(field image tag_hex)" = "$(bytes header 624 16)" ]
	run -0 pvimg info -q --format json:minify image
	[ ${#lines[@]} -eq 1 ]
	[[ $output =~ \"cipher_data_b64\":\"([^\"]*)\" ]]
	[ "${BASH_REMATCH[1]}" = "$(tail -c +497 header | head -c 128 | base64 -w0)" ]
}

@test "json: meta" {
	before=$(date +%s)
	run -0 pvimg info -q image # no terminal: JSON
	[[ $output == *'"api_level": 1,'* ]]
	[[ $output =~ \"version\":\ \"2\.43\.0- ]]
	[[ $output == *"\"host\": \"$(uname -n)\""* ]]
	[[ $output =~ \"time_epoch\":\ ([0-9]+), ]]
	[ "${BASH_REMATCH[1]}" -ge "$before" ]
	[[ $output == *"\"time\": \"$(date -u -d "@${BASH_REMATCH[1]}" '+%F %T')+0000\""* ]]
}

@test "formats by name, in any case" {
	for format in text text:default TEXT:FULL json JSON:pretty json:default json:minify; do
		run -0 pvimg info -q --format $format image
	done
	for format in yaml text:minify json:full '' json:; do
		run -2 pvimg info -q --format "$format" image
	done
}

@test "both documents follow the schema" {
	python3 -c 'import jsonschema' 2>/dev/null || skip "Python's jsonschema is not installed"
	pvimg info --print-schema json >schema
	pvimg info -q image >one
	pvimg info -q --hdr-key hdr.key --show-secrets image >two
	for document in one two; do
		python3 -c 'import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open("schema")))' $document
	done
	sed -i s/decrypted_se_hdr/se_hdr/ two
	run ! python3 -c 'import json, jsonschema
jsonschema.validate(json.load(open("two")), json.load(open("schema")))'
}

@test "--print-schema" {
	run -0 pvimg info --print-schema json
	[[ $output == *draft-07* && $output == *'"wrpk_hex"'* ]]
	run -0 pvimg info --print-schema text
	[ "$output" = "No schema for human-readable format available!" ]
	run -2 pvimg info --print-schema json image
	run -2 pvimg info --print-schema json --format text
	run -2 pvimg info --print-schema json --hdr-key hdr.key
	run -2 pvimg info --print-schema yaml
}

@test "a header of its own, and one from a pipe" {
	run -0 pvimg info -q --format text header
	[[ $output == "Secure Execution header"* ]]
	run -0 pvimg info -q --format text <(cat image)
	run -0 bash -c 'cat image | pvimg info -q --format text -'
}

@test "--key, as it was called" {
	run -0 pvimg info --format text --key hdr.key image
}

@test "files without a header" {
	: >empty
	for file in kernel empty; do
		run -1 pvimg info $file
		[[ $output == *"No Secure Execution header found in '$file'"* ]]
	done
	run -1 pvimg info absent
	run -1 pvimg info .
	run -2 pvimg info
	run -2 pvimg info image image
}

@test "output that cannot be written is an error" {
	run -1 bash -c 'pvimg info -q image >/dev/full'
	[[ $output == error:* ]]
}
