#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvsecret create. (What the bytes mean is for the vectors of the unit tests.)

bats_require_minimum_version 1.5.0
load ../support/image
load ../support/secret

setup_file() { secret_setup_file; }
setup() { image_setup; }

@test "meta: a request and nothing else" {
	mkdir out
	run -0 --separate-stderr pvsecret create -k host.crt --no-verify --hdr image -o out/req meta
	[ -z "$output" ]
	[[ $stderr == *"Successfully generated the request"* ]]
	assert_only out req
	[ "$(stat -c %s out/req)" -eq $((0x548)) ]
	[ "$(bytes out/req 0 8)" = 61737263624d0000 ]
	[ "$(bytes out/req 8 8)" = 0000010000000548 ]
	[ "$(bytes out/req 0x30 8)" = 0000000000000000 ]
	[ "$(bytes out/req 0x38 192)" = "$(bytes hdr.bin 0xe0 192)" ]
	[ "$(bytes out/req 0xf8 16)" = "$(bytes hdr.bin 624 16)" ]
	[ "$(bytes out/req 0x508 16)" = 00000001000000000000000000000000 ]
}

@test "an image and its header make the same binding" {
	create one meta
	pvsecret create -q -k host.crt --no-verify --hdr image -o two meta
	[ "$(bytes one 0x38 208)" = "$(bytes two 0x38 208)" ]
	run -1 pvsecret create -k host.crt --no-verify --hdr kernel -o three meta
	[ ! -e three ]
}

@test "two runs share nothing that is random" {
	create one meta
	create two meta
	[ "$(bytes one 0x10 12)" != "$(bytes two 0x10 12)" ]
	[ "$(bytes one 0x418 160)" != "$(bytes two 0x418 160)" ]
	[ "$(bytes one 0x4d8 32)" != "$(bytes two 0x4d8 32)" ]
}

@test "association: the ID file goes beside the request" {
	mkdir out
	run -0 pvsecret create -k host.crt --no-verify --hdr hdr.bin -o out/req association "my secret"
	[[ $output == *"out/my_secret.yaml"* ]]
	assert_only out my_secret.yaml req
	diff out/my_secret.yaml - <<-'END'
		!Association
		name: my secret
		id: 0xb9d1d013f600ec1bf16bae6a3634cad15dcc490c9f2835764201a41a1d70de44
	END
	[ "$(bytes out/req 0x518 32)" = b9d1d013f600ec1bf16bae6a3634cad15dcc490c9f2835764201a41a1d70de44 ]
	[ "$(stat -c %s out/req)" -eq $((0x588)) ]
}

@test "--stdout prints the ID file instead" {
	mkdir out
	run -0 --separate-stderr create out/req association key.v1 --stdout
	[ "${lines[1]}" = "name: key.v1" ]
	assert_only out req
	run -1 create - association key --stdout
}

@test "names: what they make of file names" {
	mkdir out
	for name in key.v1 .hidden ' a	b' ../../up 'x/y.z'; do
		create out/req association "$name"
	done
	assert_only out .hidden.yaml _a_b.yaml .._.._up.yaml key.yaml req x_y.yaml
	run -1 create out/new association ''
	[ ! -e out/new ]
}

@test "names that YAML would take for something else are quoted" {
	name_in_yaml plain plain
	name_in_yaml 'my secret' 'my secret'
	name_in_yaml é é
	name_in_yaml 12 "'12'"
	name_in_yaml 0x12 "'0x12'"
	name_in_yaml True "'True'"
	name_in_yaml '~' "'~'"
	name_in_yaml 'a: b' "'a: b'"
	name_in_yaml 'a #b' "'a #b'"
	name_in_yaml "it's" "it's"
	name_in_yaml "'" "''''"
	name_in_yaml '- a' "'- a'"
	name_in_yaml $'two\nlines' '"two\nlines"'
	name_in_yaml "$(printf 'long %.0s' {1..40})x" "$(printf 'long %.0s' {1..40})x"
	run -1 create req2 association $'bad\xff'
	[ ! -e req2 ]
}

name_in_yaml() { # NAME EXPECTED
	create req association --stdout -- "$1" >id.yaml
	[ "$(sed -n 's/^name: //p' id.yaml)" = "$2" ]
	[ "$(wc -l <id.yaml)" -eq 4 ] # with the empty line behind it
}

@test "--use-name: the name is the ID" {
	create req --use-name association mykey
	[ "$(bytes req 0x518 32)" = 6d796b6579000000000000000000000000000000000000000000000000000000 ]
	grep -q '^id: 0x6d796b6579000000' mykey.yaml
	create req --use-name association 0123456789012345678901234567890123456789
	[ "$(bytes req 0x518 32)" = 3031323334353637383930313233343536373839303132333435363738393000 ]
}

@test "association: the value comes from a file, or goes to one" {
	create req association key --input-secret value
	[ "$(stat -c %s req)" -eq $((0x588)) ]
	umask 000
	create req association key --output-secret out.key
	[ "$(stat -c '%s %a' out.key)" = "32 600" ]
	run -1 create req2 association key --input-secret value --output-secret other
	head -c 31 value >short
	run -1 create req2 association key --input-secret short
	[[ $output == *31* ]]
	[ ! -e req2 ] && [ ! -e other ]
}

@test "retrievable: each type and size" {
	local size
	for size in 0 1 14 15 8190; do
		head -c $size /dev/zero >plain
		create req retrievable key --type plain --secret plain
		[ "$(stat -c %s req)" -eq $((0x568 + (size + 2 + 15) / 16 * 16)) ]
		grep -q '^kind: 3 (PLAINTEXT)$' key.yaml
	done
	retrievable aes 16 4 AES-128-KEY
	retrievable aes 24 5 AES-192-KEY
	retrievable aes 32 6 AES-256-KEY
	retrievable aes-xts 32 7 AES-XTS-128-KEY
	retrievable aes-xts 64 8 AES-XTS-256-KEY
	retrievable hmac-sha 64 9 HMAC-SHA-256-KEY
	retrievable hmac-sha 128 10 HMAC-SHA-512-KEY
}

retrievable() { # TYPE SIZE NUMBER NAME
	head -c "$2" /dev/urandom >key.bin
	create req retr key --type "$1" --secret key.bin
	grep -qx "kind: $3 ($4)" key.yaml
	[ "$(bytes req 0x50a 2)" = "$(printf %04x "$3")" ]
	[ "$(bytes req 0x50c 4)" = "$(printf %08x "$2")" ]
}

@test "retrievable: other sizes are refused" {
	local type size
	for pair in plain:8191 aes:0 aes:31 aes-xts:48 hmac-sha:32 hmac-sha:127; do
		type=${pair%:*} size=${pair#*:}
		head -c "$size" /dev/zero >bad
		run -1 pvsecret create -k host.crt --no-verify --hdr hdr.bin -o new retrievable key \
			--type "$type" --secret bad
		[[ $output == *"$size bytes"* || $output == *"not $size"* ]]
		[ ! -e new ] && [ ! -e key.yaml ]
	done
}

@test "retrievable: private keys on five curves, PEM and DER" {
	ec_key 17 32 EC -pkeyopt ec_paramgen_curve:P-256
	ec_key 18 48 EC -pkeyopt ec_paramgen_curve:P-384
	ec_key 19 80 EC -pkeyopt ec_paramgen_curve:P-521
	ec_key 20 32 ED25519
	ec_key 21 64 ED448
	openssl ecparam -name secp256k1 -genkey -noout -out other.pem
	run -1 create new retrievable key --type ec --secret other.pem
	[[ $output == *secp256k1* ]]
	openssl genrsa -out other.pem 2048 2>/dev/null
	run -1 create new retrievable key --type ec --secret other.pem
	openssl genpkey -algorithm ED25519 -aes256 -pass pass:x -out other.pem
	run -1 create new retrievable key --type ec --secret other.pem </dev/null
	run -1 create new retrievable key --type ec --secret host.crt
	[ ! -e new ]
}

ec_key() { # NUMBER SIZE ALGORITHM [OPTION...]
	local number=$1 size=$2
	shift 2
	openssl genpkey -algorithm "$@" -out key.pem 2>/dev/null
	openssl pkey -in key.pem -outform DER -out key.der
	for file in key.pem key.der; do
		create req retrievable key --type ec --secret $file
		grep -q "^kind: $number (EC-" key.yaml
		[ "$(bytes req 0x50c 4)" = "$(printf %08x "$size")" ]
	done
}

@test "update-cck: no ID, and no ID file" {
	mkdir out
	create out/req update-cck --secret cck
	assert_only out req
	[ "$(bytes out/req 0x508 16)" = 00000016000000200000000000000000 ]
	[ "$(bytes out/req 0x518 32)" = "$(printf '0%.0s' {1..64})" ]
	create out/req cck --secret cck
	run -1 create new update-cck --secret image.key
	[ ! -e new ]
}

@test "each kind takes its own arguments only" {
	run -1 create new meta name
	run -1 create new meta --secret value
	run -1 create new association
	run -1 create new association name --type aes
	run -1 create new association name --secret value
	run -1 create new retrievable name --secret value
	run -1 create new retrievable name --type aes
	run -1 create new retrievable name --type des --secret value
	run -1 create new retrievable name --type aes --secret value --input-secret value
	run -1 create new update-cck
	run -1 create new update-cck --secret cck --stdout
	run -1 create new null
	run -1 create new
	[[ $output == *KIND* ]]
	[ ! -e new ]
}

@test "--flags, and the spellings of the manual" {
	create one --flags disable-dump meta
	create two --disable-dump meta
	create three --pcf 0x8000000000000000 meta
	for file in one two three; do
		[ "$(bytes $file 0x30 8)" = 8000000000000000 ]
	done
	run -1 create new --flags other meta
	run -1 create new --pcf xyz meta
	run -1 create new --pcf 1 --flags disable-dump meta
	[ ! -e new ]
	pvsecret create -q -k host.crt --no-verify --se-hdr hdr.bin -o four -cck cck meta
	[ "$(stat -c %s four)" -eq $((0x548)) ]
}

@test "extension secrets: 32 bytes, one of both" {
	create req --extension-secret ext meta
	create req --cck cck meta
	run -1 create new --cck cck --extension-secret ext meta
	run -1 create new --cck image.key meta
	run -1 create new --extension-secret image.key meta
	run -1 create new --extension-secret absent meta
	[ ! -e new ]
}

@test "the CUID from digits, bytes and YAML" {
	local id=00112233445566778899aabbccddeeff file
	create req --cuid-hex $id meta
	[ "$(bytes req 0x108 16)" = $id ]
	printf '\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff' >cuid.raw
	echo "'0x$id'" >cuid.scalar
	printf "cuid: '0x%s'\nadd: 0x00\nadd_fields:\n  image_phkh: 0x00\n" $id >cuid.yaml
	printf 'guest:\n  name: x\n  attested:\n    cuid: "0x%s"\n' $id >cuid.deep
	printf '{"a": {"cuid": "0x%s"}}\n' $id >cuid.json
	for file in cuid.raw cuid.scalar cuid.yaml cuid.deep cuid.json; do
		create req --cuid $file meta
		[ "$(bytes req 0x108 16)" = $id ]
	done
	create req --cuid-hex 0x$id meta
	[ "$(bytes req 0x108 16)" = $id ]
}

@test "no CUID" {
	local id=00112233445566778899aabbccddeeff text
	run -1 create new --cuid-hex 12 meta
	run -1 create new --cuid-hex "${id}00" meta
	run -1 create new --cuid-hex "${id:1}g" meta
	for text in '' "$id" "cuid: $id" "CUID: '0x$id'" "cuid: '0x${id}0'" "cuid: ['0x$id']" \
		"- cuid: '0x$id'" "cuid: 'x" "cuid: '0x$id'"$'\n---\na: b' $'\xff\xfe\x00'; do
		printf '%s\n' "$text" >bad
		run -1 create new --cuid bad meta
		[[ $output == *bad* || $output == *"unique ID"* ]]
	done
	run -1 create new --cuid absent meta
	run -1 create new --cuid-hex $id --cuid bad meta
	[ ! -e new ]
}

@test "user data: what fits, and one byte more" {
	local key limit
	signing_key rsa2048
	signing_key rsa3072
	signing_key p521
	for pair in none:512 rsa2048:256 p521:256 rsa3072:128; do
		key=${pair%:*} limit=${pair#*:}
		local sign=()
		[ "$key" = none ] || sign=(--user-sign-key "$key.pem")
		head -c "$limit" /dev/urandom >data
		create req "${sign[@]}" --user-data data meta
		[ "$(bytes req 0x218 "$limit")" = "$(bytes data 0 "$limit")" ]
		echo >>data
		run -1 create new "${sign[@]}" --user-data data meta
		[[ $output == *"$((limit + 1)) bytes"* ]]
		[ ! -e new ]
	done
}

@test "signing keys of other kinds are refused" {
	signing_key rsa4096
	signing_key p384
	openssl genpkey -algorithm ED25519 -out ed.pem
	for key in rsa4096.pem p384.pem ed.pem host.crt kernel; do
		run -1 create new --user-sign-key $key meta
		[ ! -e new ]
	done
}

@test "--policy: hash and path as user data" {
	echo policy >policy.txt
	run -0 --separate-stderr create req --policy policy.txt meta
	[ "$output" = "$(sha256sum policy.txt | cut -d' ' -f1)" ]
	[ "$(bytes req 6 2)" = 0001 ]
	[ "$(bytes req 0x218 32)" = "$output" ]
	[ "$(bytes req 0x238 11)" = "$(printf 'policy.txt\0' | od -An -tx1 | tr -d ' ')" ]
	run -1 create new --policy policy.txt --user-data policy.txt meta
	[ ! -e new ]
	# The request on standard output stays alone there.
	create - --policy policy.txt meta 2>/dev/null | cmp -n 6 - <(printf asrcbM)
}

@test "--policy with a signature: left out, and said so" {
	signing_key rsa3072
	echo policy >policy.txt
	run -0 --separate-stderr pvsecret create -k host.crt --no-verify --hdr hdr.bin -o req \
		--policy policy.txt --user-sign-key rsa3072.pem meta
	[[ $stderr == *"left out"* ]]
	[ "$(bytes req 6 2)" = 0004 ]
	[ "$(bytes req 0x218 128)" = "$(printf '0%.0s' {1..256})" ]
}

@test "--toc-policy gathers the tags" {
	create one --toc-policy toc meta
	create two --toc-policy toc meta
	[ "$(sed -n 1p toc)" = "$(bytes one 0x538 16)" ]
	[ "$(sed -n 2p toc)" = "$(bytes two 0x538 16)" ]
	run -1 create three --toc-policy absent/toc meta
	[ ! -e three ]
	run -1 create three --toc-policy new --cck absent meta
	[ ! -e new ]
}

@test "several hosts: a slot each, in order" {
	pvsecret create -q -k host.crt -k other.crt --no-verify --hdr hdr.bin -o req meta
	[ "$(stat -c %s req)" -eq $((0x548 + 80)) ]
	[ "$(bytes req 0x27 1)" = 02 ]
	pvsecret create -q -k other.crt,host.crt --no-verify --hdr hdr.bin -o swapped meta
	[ "$(bytes req 0x4b8 32)" = "$(bytes swapped 0x508 32)" ]
}

@test "host keys are verified, or not at all on demand" {
	run -1 create new --cert host.crt meta
	run -1 pvsecret create -k host.crt --hdr hdr.bin -o new meta
	[[ $output == *no-verify* ]]
	run -1 pvsecret create --no-verify --hdr hdr.bin -o new meta
	run -1 pvsecret create -k hdr.bin --no-verify --hdr hdr.bin -o new meta
	run -1 pvsecret create -k host.crt --crt host.crt --offline --hdr hdr.bin -o new meta
	[ ! -e new ]
	run -0 --separate-stderr pvsecret create -k host.crt --no-verify --hdr hdr.bin -o new meta
	[[ $stderr == *"verification is disabled"* ]]
}

@test "in a protected guest: only with --force" {
	mkdir uv
	echo 1 >uv/prot_virt_guest
	export ULTRAVIOLET_UV_SYSFS=uv
	run -1 create new association key
	[[ $output == *"--force"* ]]
	[ ! -e new ] && [ ! -e key.yaml ]
	run -0 pvsecret create -k host.crt --no-verify --hdr hdr.bin -o new -f association key
	[[ $output == *"protected guest"* ]]
	[ -e new ]
	echo 0 >uv/prot_virt_guest
	create newer association key
}

@test "outputs do not replace each other" {
	run -1 create key.yaml association key
	[ ! -e key.yaml ]
	run -1 create req association key --output-secret key.yaml
	run -1 create req association key --output-secret ./req
	run -1 create req association key --output-secret "$PWD/key.yaml"
	[ ! -e req ] && [ ! -e key.yaml ]
	create key.yaml association key --stdout
}

@test "what is there is replaced, as a whole or not at all" {
	mkdir out
	echo old >out/req
	echo old >out/key.yaml
	run -1 create out/req association key --input-secret absent
	[ "$(cat out/req out/key.yaml)" = $'old\nold' ]
	assert_only out key.yaml req
	create out/req association key
	[ "$(head -c 6 out/req)" = asrcbM ]
	assert_only out key.yaml req
	run -1 create absent/req meta
	[ ! -e absent ]
}

@test "standard output" {
	create - meta | cmp -n 6 - <(printf asrcbM)
	create - association key >/dev/null
	[ -e key.yaml ]
	run -1 bash -c 'pvsecret create -q -k host.crt --no-verify --hdr hdr.bin -o - meta >/dev/full'
}

@test "help, version, errors" {
	run -0 pvsecret create --help
	[[ $output == *--user-sign-key* && $output != *--pcf* && $output != *se-hdr* ]]
	run -0 pvsecret --version
	[[ $output == "pvsecret version 2.43.0-"* ]]
	run -0 pvsecret version
	run -0 pvsecret -v
	run -1 pvsecret
	run -1 pvsecret destroy
	run -1 create new --unknown meta
}
