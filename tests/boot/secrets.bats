#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Secrets from end to end: owner's requests, a guest's unmodified kernel and its
# /dev/uv, the ultravisor's secret store, and back.

load boot
load courier
load ../support/peers

setup_file() {
	boot_prepare
	machine z15 --generation z15
	machine z16 --generation z16
	machine z17 --generation z17
}

setup() {
	courier_require trixie
}

teardown() {
	stop_guest
}

# create FILE MACHINE IMAGE ARGUMENT...: an add-secret request
create() {
	local file=$1 machine=$2 image=$3
	shift 3
	pvsecret create --no-verify -k "$(hkd "$machine")" --hdr "$image" -o "$file" "$@"
}

# add FILE...: in the guest
add() {
	job 'for f in *.asrcb; do pvsecret add "$f" || exit; done' "$@"
}

# guest_status FILTER: what the ultravisor says to whoever runs the guest
guest_status() {
	ultraviolet status --json "$COURIER" | jq -r ".configuration.$1"
}

# store_hash REQUEST...: of the unlocked store after these, in this order
store_hash() {
	for file; do
		tail -c 16 "$file"
	done >tags
	printf '\0' >>tags
	sha512sum tags | cut -d ' ' -f 1
}

@test "association secrets: added, listed, locked, and gone after a re-IPL" {
	courier_image image16 trixie z16
	courier_start store z16 image16
	create 1.asrcb z16 image16 association first
	create 2.asrcb z16 image16 association "second one"
	create 0.asrcb z16 image16 meta
	run add 0.asrcb 1.asrcb 2.asrcb
	succeeds
	run job 'pvsecret list; pvsecret list --format yaml /result/yaml; pvsecret list --format bin /result/bin'
	succeeds
	contains "Total number of secrets: 2"
	contains "0 Association:"
	contains "$(sed -n 's/^id: //p' first.yaml)"
	contains "1 Association:"
	contains "$(sed -n 's/^id: //p' second_one.yaml)"
	[ "$(stat -c %s result/bin)" -eq $((16 + 2 * 48)) ]
	grep -q "^total_num_secrets: 2" result/yaml
	[ "$(guest_status '"association-secrets"')" -eq 2 ]
	[ "$(guest_status '"secret-requests"')" -eq 3 ]

	# What the guest attests is the hash over these requests, in this order.
	pvattest create --no-verify -k "$(hkd z16)" -o a.req -a a.key --add-data secret-store-hash
	run job 'pvattest perform -i a.req -o /result/resp' a.req
	succeeds
	pvattest verify -i result/resp -a a.key --hdr image16 -o a.yaml
	grep -q "^  secret_store_hash: 0x$(store_hash 0.asrcb 1.asrcb 2.asrcb)" a.yaml

	run job 'pvsecret lock'
	succeeds
	[ "$(guest_status '"secret-store-locked"')" = true ]
	run job 'pvsecret lock'
	fails_with 1 "0x0102"
	create 3.asrcb z16 image16 association third
	run add 3.asrcb
	fails_with 1 "0x0102"
	run job 'pvsecret list'
	contains "Total number of secrets: 2"

	courier_reboot
	run job 'pvsecret list'
	contains "Total number of secrets: 0"
	[ "$(guest_status '"secret-store-locked"')" = false ]
	run add 3.asrcb
	succeeds
}

@test "z17, Debian sid's kernel: each type is added, listed, retrieved and compared" {
	courier_require sid
	courier_image image17 sid z17
	courier_start types z17 image17
	printf 'not for everybody' >plain
	head -c 16 /dev/urandom >aes128
	head -c 24 /dev/urandom >aes192
	head -c 32 /dev/urandom >aes256
	head -c 32 /dev/urandom >xts128
	head -c 64 /dev/urandom >xts256
	head -c 64 /dev/urandom >hmac256
	head -c 128 /dev/urandom >hmac512
	for curve in P-256 P-384 P-521; do
		openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$curve -out $curve
	done
	openssl genpkey -algorithm ED25519 -out ed25519
	openssl genpkey -algorithm ED448 -out ed448
	n=10
	for secret in plain:plain aes128:aes aes192:aes aes256:aes xts128:aes-xts xts256:aes-xts \
		hmac256:hmac-sha hmac512:hmac-sha P-256:ec P-384:ec P-521:ec ed25519:ec ed448:ec; do
		create type-$n.asrcb z17 image17 retrievable "${secret%:*}" --type "${secret#*:}" \
			--secret "${secret%:*}"
		n=$((n + 1))
	done
	create type-$n.asrcb z17 image17 association beside
	run add type-*.asrcb
	succeeds
	run job 'uname -r; pvsecret list'
	succeeds
	contains "Total number of secrets: 14"
	for type in PLAINTEXT AES-128-KEY AES-192-KEY AES-256-KEY AES-XTS-128-KEY AES-XTS-256-KEY \
		HMAC-SHA-256-KEY HMAC-SHA-512-KEY EC-SECP256R1-PRIVATE-KEY EC-SECP384R1-PRIVATE-KEY \
		EC-SECP521R1-PRIVATE-KEY EC-ED25519-PRIVATE-KEY EC-ED448-PRIVATE-KEY Association; do
		contains " $type:"
	done
	run job 'set -e
		for f in *.yaml; do pvsecret retrieve "$f" --outform bin -o "/result/${f%.yaml}"; done
		pvsecret retrieve aes256.yaml -o /result/aes256.pem
		pvsecret retrieve --inform idx 0 -o /result/plain.pem
		pvsecret retrieve --inform name aes128 --outform bin -o /result/again' \
		{plain,aes128,aes192,aes256,xts128,xts256,hmac256,hmac512,P-256,P-384,P-521,ed25519,ed448}.yaml
	succeeds
	cmp plain result/plain
	cmp result/aes128 result/again
	grep -q "BEGIN PLAINTEXT SECRET" result/plain.pem
	grep -q "^kind: AES-256-KEY" result/aes256.pem
	# Protected keys: the key's own size, then the verification pattern, which is
	# the same for all of them; the key is not in there.
	for key in aes128:48 aes192:56 aes256:64 xts128:64 xts256:96 hmac256:96 hmac512:160 \
		P-256:64 P-384:80 P-521:112 ed25519:64 ed448:96; do
		[ "$(stat -c %s "result/${key%:*}")" -eq "${key#*:}" ]
		cmp <(tail -c 32 "result/${key%:*}") <(tail -c 32 result/aes128)
	done
	run ! cmp -s -n 16 aes128 result/aes128
	# This QEMU's CPU cannot use them, and whoever fetches one is told.
	run job 'pvsecret retrieve --inform name aes128 --outform bin -o /result/again'
	succeeds
	contains "CPACF"
	run job 'pvsecret retrieve --inform name plain --outform bin -o /result/again'
	succeeds
	lacks "CPACF"
	run job 'pvsecret retrieve --inform idx 13'
	fails_with 1 "0x0111"
	run job 'pvsecret retrieve --inform idx 14'
	[ "$status" -eq 1 ]
}

@test "a list of more than one page" {
	courier_require sid
	courier_image image17 sid z17
	courier_start long z17 image17
	# One request for all: an ID may be there more than once.
	create one.asrcb z17 image17 association same
	run job 'i=0; while [ $i -lt 100 ]; do pvsecret add -f one.asrcb || exit; i=$((i + 1)); done >/dev/null 2>&1
		pvsecret list' one.asrcb
	succeeds
	contains "Total number of secrets: 100"
	[ "$(grep -c Association <<<"$output")" -eq 100 ]
	contains "99 Association:"
}

@test "z16's store takes 100 association secrets and none to be retrieved" {
	courier_image image16 trixie z16
	courier_start full z16 image16
	create one.asrcb z16 image16 association same
	run job 'i=0; while [ $i -lt 100 ]; do pvsecret add -f one.asrcb || exit; i=$((i + 1)); done >/dev/null 2>&1
		pvsecret add -f one.asrcb' one.asrcb
	fails_with 1 "0x010b"
	[ "$(guest_status '"association-secrets"')" -eq 100 ]
	head -c 32 /dev/urandom >key
	create retr.asrcb z16 image16 retrievable key --type aes --secret key
	run add retr.asrcb
	fails_with 1 "0x0109"
}

@test "bound to one instance: attested first, refused after a re-IPL" {
	courier_image image16 trixie z16
	courier_start bound z16 image16
	pvattest create --no-verify -k "$(hkd z16)" -o a.req -a a.key
	run job 'pvattest perform -i a.req -o /result/resp' a.req
	succeeds
	pvattest verify -i result/resp -a a.key --hdr image16 -o a.yaml
	create bound.asrcb z16 image16 association bound --cuid a.yaml
	run add bound.asrcb
	succeeds
	courier_reboot
	run add bound.asrcb
	fails_with 1 "0x010c,0x0f13"
	[ "$(guest_status '"secret-requests"')" -eq 0 ]
}

@test "for another image, another machine, or with one bit changed: refused" {
	courier_image image16 trixie z16
	courier_image other16 trixie z16
	courier_start refused z16 image16
	create other.asrcb z16 other16 meta
	run add other.asrcb
	fails_with 1 "0x010c,0x0f12"
	create far.asrcb z17 image16 meta
	run add far.asrcb
	fails_with 1 "0x0108,0x0005"
	create good.asrcb z16 image16 meta
	cp good.asrcb bad.asrcb
	flip bad.asrcb $((0x118))
	run add bad.asrcb
	fails_with 1 "0x0108,0x0f11"
	[ "$(guest_status '"secret-requests"')" -eq 0 ]
	run add good.asrcb
	succeeds
}

# add_verified: signed.asrcb, if owner.crt says that it is its owner's
add_verified() {
	job 'pvsecret verify --user-cert owner.crt signed.asrcb -o /result/note &&
		pvsecret add -f signed.asrcb' owner.crt signed.asrcb
}

@test "a signed request is verified in the guest before it is added" {
	courier_image image16 trixie z16
	courier_start signed z16 image16
	printf 'from the owner' >note
	added=0
	for key in rsa:2048 rsa:3072 "ec -pkeyopt ec_paramgen_curve:P-521"; do
		# shellcheck disable=SC2086 # words
		openssl req -x509 -newkey $key -nodes -keyout owner.pem -out owner.crt -subj /CN=owner -days 2 2>/dev/null
		create signed.asrcb z16 image16 --user-data note --user-sign-key owner.pem \
			association "s$added"
		run add_verified
		succeeds
		cmp <(tr -d '\0' <result/note) note
		added=$((added + 1))
		[ "$(guest_status '"secret-requests"')" -eq $added ]
		flip signed.asrcb $((0x108))
		run add_verified
		[ "$status" -eq 1 ]
		[ ! -e result/note ]
		[ "$(guest_status '"secret-requests"')" -eq $added ]
	done
}

@test "extension secrets: the first request decides, the image may demand the CCK's" {
	head -c 32 /dev/urandom >cck
	head -c 32 /dev/urandom >extension
	courier_image cck16 trixie z16 --comm-key cck --enable-cck-extension-secret
	courier_start extended z16 cck16
	create none.asrcb z16 cck16 meta
	run add none.asrcb
	fails_with 1 "0x010c,0x0f15"
	create simple.asrcb z16 cck16 meta --extension-secret extension
	run add simple.asrcb
	fails_with 1 "0x010c,0x0f15"
	create derived.asrcb z16 cck16 association d --cck cck
	run add derived.asrcb
	succeeds
	run add simple.asrcb
	fails_with 1 "0x010c,0x0f14"
	stop_guest

	courier_image image16 trixie z16
	courier_start free z16 image16
	create simple.asrcb z16 image16 meta --extension-secret extension
	run add simple.asrcb
	succeeds
	create none.asrcb z16 image16 meta
	run add none.asrcb
	fails_with 1 "0x010c,0x0f14"
}

@test "flags: a guest may forbid its dump; a CCK may be replaced where the image says so" {
	courier_require sid
	head -c 32 /dev/urandom >cck
	head -c 32 /dev/urandom >new-cck
	courier_image update17 sid z17 --comm-key cck --enable-cck-update
	courier_image image17 sid z17
	courier_start flags z17 update17
	[ "$(guest_status '"dump-disabled"')" = false ]
	create nodump.asrcb z17 update17 --flags disable-dump meta
	run add nodump.asrcb
	succeeds
	[ "$(guest_status '"dump-disabled"')" = true ]
	create cck.asrcb z17 update17 update-cck --secret new-cck
	run add cck.asrcb
	succeeds
	run job 'pvsecret list'
	contains "Total number of secrets: 0"
	stop_guest
	courier_start fixed z17 image17
	create cck.asrcb z17 image17 update-cck --secret new-cck
	run add cck.asrcb
	fails_with 1 "0x010c,0x0f16"
}

@test "the kernel repeats calls that are busy, or partly done" {
	courier_require sid
	courier_image image17 sid z17
	printf 'not for everybody' >plain
	create busy.asrcb z17 image17 retrievable plain --type plain --secret plain
	for injection in add-secret:2 list-secrets:3 retrieve-secret:2 lock-secrets:3; do
		inject "$injection:5"
		courier_start "busy-${injection%:*}" z17 image17
		run job 'pvsecret add busy.asrcb && pvsecret list >/result/list &&
			pvsecret retrieve --outform bin plain.yaml -o /result/plain &&
			pvsecret lock' busy.asrcb plain.yaml
		succeeds
		grep -q "Total number of secrets: 1" result/list
		cmp plain result/plain
		run ultraviolet trace --json --last 4000 "busy-${injection%:*}"
		[ "$(jq -r "select(.cc == ${injection#*:}) | .call" <<<"$output" | sort | uniq -c | tr -s ' ')" = \
			" 5 ${injection%:*}" ]
		stop_guest
	done
}

@test "in a protected guest, requests are made only by force" {
	courier_image image16 trixie z16
	courier_start inside z16 image16
	cp "$(hkd z16)" hkd.crt
	pvextract-hdr -q -o image16.hdr image16
	run job 'pvsecret create -k hkd.crt --no-verify --hdr image16.hdr -o /result/req meta' hkd.crt image16.hdr
	fails_with 1 "guest"
	[ ! -e result/req ]
	run job 'pvsecret create --force -k hkd.crt --no-verify --hdr image16.hdr -o req meta &&
		pvsecret add req' hkd.crt image16.hdr
	succeeds
}

@test "pvinfo in a guest says what the machine has, and the same of a copy" {
	courier_require sid
	for machine in z16 z17; do
		courier_image "info-$machine" sid $machine
		courier_start "pvinfo-$machine" $machine "info-$machine"
		run job 'cp -r /sys/firmware/uv /result/uv; pvinfo --format json | tee /result/json'
		succeeds
		pvinfo --format json --sysfs result/uv | cmp - result/json
		[ "$(jq -r .se_status result/json)" = Guest ]
		cp result/json "$machine.json"
		stop_guest
	done
	[ "$(jq '.supported_secret_types.set | map(.bit) | contains([4])' z17.json)" = true ]
	[ "$(jq '.supported_secret_types.set | map(.bit) | contains([4])' z16.json)" = false ]
	[ "$(jq .limits.max_retr_secrets z17.json)" -gt 0 ]
}

@test "z15 has no secret store" {
	courier_image image15 trixie z15
	courier_start none z15 image15
	create meta.asrcb z15 image15 meta
	run add meta.asrcb
	fails_with 1 "0x0002"
	run job 'pvsecret list'
	fails_with 1 "0x0002"
	run job 'pvsecret lock'
	fails_with 1 "0x0002"
}

@test "IBM's pvsecret makes the requests" {
	local ibm
	need ibm pvimg-rust pvsecret
	courier_image image16 trixie z16
	courier_start ibm z16 image16
	"$ibm" create --no-verify -k "$(hkd z16)" --hdr image16 -o 1.asrcb meta
	"$ibm" create --no-verify -k "$(hkd z16)" --hdr image16 -o 2.asrcb association theirs
	run add 1.asrcb 2.asrcb
	succeeds
	run job 'pvsecret list'
	contains "$(sed -n 's/^id: //p' theirs.yaml)"
}
