#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sipl keygen.

bats_require_minimum_version 1.5.0

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

keygen() { sipl keygen -k key.pem -c cert.pem -n Test "$@"; }

# cert FIELD...: of cert.pem, as openssl x509 prints it
cert() { openssl x509 -in cert.pem -noout "$@"; }

@test "a key for its owner only, a certificate for everybody, whatever the umask" {
	for mask in 000 022 077; do
		(umask $mask && keygen -q --overwrite)
		[ "$(stat -c %a key.pem)" = 600 ]
	done
	(umask 022 && keygen -q --overwrite)
	[ "$(stat -c %a cert.pem)" = 644 ]
	[ "$(ls -A)" = "$(printf 'cert.pem\nkey.pem')" ]
}

@test "the certificate is for signing, not a CA, and valid as long as was asked for" {
	run -0 keygen --days 30
	[[ $output == *"'key.pem'"* && $output == *"30 days"* ]]
	run -0 cert -ext basicConstraints,keyUsage
	[[ $output == *"CA:FALSE"* && $output == *"Digital Signature"* ]]
	[[ $output != *"Certificate Sign"* ]]
	[ "$(cert -subject)" = "subject=CN = Test" ]
	cert -checkend $((30 * 86400 - 120))
	run -1 cert -checkend $((30 * 86400 + 120))
	# Nothing says that it is made for simulation: it is the owner's own.
	run -0 cert -text
	[[ $output != *Netscape* ]]
}

@test "the kinds of keys" {
	local kind text
	while read -r kind text; do
		keygen -q --overwrite --type "$kind"
		run -0 cert -text
		[[ $output == *"$text"* ]]
		[ "$(cert -pubkey)" = "$(openssl pkey -in key.pem -pubout)" ]
	done <<-END
		rsa2048 (2048 bit)
		rsa3072 (3072 bit)
		rsa4096 (4096 bit)
		p256 P-256
		p384 P-384
		p521 P-521
	END
	run -2 keygen --overwrite --type rsa1024
	run -2 keygen --overwrite --type ed25519
}

@test "DER, a serial number" {
	keygen -q --form der --serial 4711
	[ "$(openssl x509 -inform DER -in cert.pem -noout -serial)" = serial=1267 ]
	run -0 sipl keygen -v -k other.pem -c cert.der -n Test
	[[ $output == *"*.pem"* ]]
}

@test "signed by a CA" {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=CA -days 9 2>/dev/null
	keygen -q --ca-cert ca.pem --ca-key ca.key
	openssl verify -CAfile ca.pem cert.pem
	[ "$(cert -issuer)" = "issuer=CN = CA" ]
	run -2 keygen --overwrite --ca-cert ca.pem
	# Neither a certificate that is no CA, nor another key.
	sipl keygen -q -k leaf.key -c leaf.pem -n leaf
	run -1 keygen --overwrite --ca-cert leaf.pem --ca-key leaf.key
	[[ $output == *"constraints"* ]]
	run -1 keygen --overwrite --ca-cert ca.pem --ca-key leaf.key
	[[ $output == *"does not belong"* ]]
	openssl verify -CAfile ca.pem cert.pem # the old one
}

@test "what makes no sense" {
	run -2 keygen --days 0
	run -2 keygen --days 1y
	run -2 keygen --days 365001
	run -2 keygen --serial -1
	run -2 keygen --serial 0
	run -2 sipl keygen -k a -c a -n Test
	run -2 sipl keygen -k a -c b
	run -1 sipl keygen -k a -c b -n ""
	run -1 sipl keygen -k a -c b -n "$(printf 'x%.0s' {1..65})"
	[[ $output == *"64 characters"* ]]
	[ -z "$(ls -A)" ]
}

@test "a certificate beyond what a store takes is refused, and nothing is left" {
	# The issuer's name is in the certificate, too.
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 9 \
		-subj "/CN=CA$(printf '/OU=%064d' $(seq 120))" 2>/dev/null
	run -1 keygen --ca-cert ca.pem --ca-key ca.key
	[[ $output == *"takes 8000"* ]]
	[ ! -e key.pem ] && [ ! -e cert.pem ]
}

@test "nothing is replaced unless that is asked for, and links are not followed" {
	keygen -q
	cp key.pem before
	run -1 keygen
	[[ $output == *--overwrite* ]]
	cmp key.pem before
	touch target
	ln -sf target key.pem
	keygen -q --overwrite
	[ ! -L key.pem ] && [ ! -s target ]
}

@test "neither file appears when the second one cannot" {
	mkdir cert.pem
	run -1 keygen
	[ ! -e key.pem ]
	run -1 sipl keygen -k key.pem -c nowhere/cert.pem -n Test
	[ ! -e key.pem ]
}
