#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Verifying the host key document by hand, with a simulated machine in the place of
# IBM's: its files have the names that the manual uses.

bats_require_minimum_version 1.5.0
load manual

HKD="HKD-3931-12345.crt"

setup_file() {
	export WORK=$BATS_FILE_TMPDIR/work
	mkdir "$WORK"
	cd "$WORK" || return 1
	ultraviolet machine create -q machine --generation z16 --serial 12345 \
		--port "$((20000 + RANDOM % 10000))"
	cp machine/HKD-*.crt machine/ca/*.crt machine/ca/*.crl .
	ultraviolet machine serve machine >serve.log 2>&1 3>&- &
	echo $! >serve.pid
	manual_wait_for_server
}

teardown_file() {
	manual_teardown_file
}

# The root is in everybody's trust store in the case of the real chain.
setup() {
	cd "$WORK" || return 1
	export SSL_CERT_FILE=$WORK/rootCA.crt
}

# The printed commands of step 3, on a host key document or a CRL.
take_apart() { # FILE
	openssl x509 -in ibm-z-host-key-signing.crt -pubkey -noout > pubkey.pem
	n=$(openssl asn1parse -in "$1" | tail -1 | cut -d : -f 1)
	openssl asn1parse -in "$1" -out signature -strparse "$n" -noout
	openssl asn1parse -in "$1" -out body -strparse 4 -noout
}

# The parts of a printed name, in an order of their own.
elements() { # ISSUER-OR-SUBJECT-LINE
	sed -E 's/^[a-z]+=//; s/, ([A-Z]+ = )/\n\1/g' <<<"$1" | sort
}

@test "117 openssl verify -crl_download -crl_check DigiCertCA.crt" {
	run -0 openssl verify -crl_download -crl_check DigiCertCA.crt
	[ "$output" = "DigiCertCA.crt: OK" ]
	# No other root is believed, and without the list it is no yes either.
	SSL_CERT_FILE=/dev/null run -2 openssl verify -crl_download -crl_check DigiCertCA.crt
	run -2 openssl verify -crl_check DigiCertCA.crt
	[[ $output == *"unable to get certificate CRL"* ]]
}

@test "118 openssl verify -crl_download -crl_check -untrusted DigiCertCA.crt ibm-z-host-key-signing.crt" {
	run -0 openssl verify -crl_download -crl_check -untrusted DigiCertCA.crt ibm-z-host-key-signing.crt
	[ "$output" = "ibm-z-host-key-signing.crt: OK" ]
	run -2 openssl verify -crl_download -crl_check ibm-z-host-key-signing.crt
}

@test "119 openssl x509 -in ibm-z-host-key-signing.crt -pubkey -noout > pubkey.pem" {
	openssl x509 -in ibm-z-host-key-signing.crt -pubkey -noout > pubkey.pem
	run -0 openssl pkey -pubin -in pubkey.pem -noout -text
	[[ $output == *"RSA"* || $output == *"Modulus"* ]]
}

@test "120 openssl asn1parse -in HKD-<mmmm-nnnn>.crt | tail -1 | cut -d : -f 1" {
	run -0 bash -c "openssl asn1parse -in $HKD | tail -1 | cut -d : -f 1"
	[[ $output =~ ^\ *[0-9]+$ ]]
}

@test "121 openssl asn1parse -in HKD-….crt -out signature -strparse <n> -noout" {
	take_apart $HKD
	# As long as the modulus of the signing key.
	[ "$(stat -c %s signature)" = 384 ]
}

@test "122 openssl asn1parse -in HKD-….crt -out body -strparse 4 -noout" {
	take_apart $HKD
	[ "$(openssl asn1parse -inform DER -in body | head -1 | cut -d : -f 1)" -eq 0 ]
}

@test "123 openssl sha512 -verify pubkey.pem -signature signature body" {
	take_apart $HKD
	run -0 openssl sha512 -verify pubkey.pem -signature signature body
	[ "$output" = "Verified OK" ]
	printf x >>body
	run -1 openssl sha512 -verify pubkey.pem -signature signature body
	[[ $output == *"Verification failure"* ]]
}

@test "124 openssl x509 -in HKD-….crt -issuer -noout" {
	run -0 openssl x509 -in $HKD -issuer -noout
	[ "$(elements "$output" | wc -l)" = 6 ]
	diff <(elements "$output") <(elements "$(openssl x509 -in ibm-z-host-key-signing.crt -subject -noout)")
}

@test "125 openssl x509 -in ibm-z-host-key-signing.crt -subject -noout" {
	run -0 openssl x509 -in ibm-z-host-key-signing.crt -subject -noout
	[[ $output == *"Host Key Signing Service"* ]]
	[[ $output == *"International Business Machines Corporation"* ]]
}

@test "126 openssl x509 -in ibm-z-host-key-signing.crt -dates -noout" {
	run -0 openssl x509 -in ibm-z-host-key-signing.crt -dates -noout
	[[ $output == "notBefore="*"notAfter="* ]]
	# The dates of the document itself count as well.
	for file in ibm-z-host-key-signing.crt $HKD; do
		openssl x509 -in "$file" -checkend 0 -noout
		[ "$(date -d "$(openssl x509 -in "$file" -startdate -noout | cut -d = -f 2)" +%s)" -lt "$(date +%s)" ]
	done
}

@test "127 120–123 repeated on ibm-z-host-key.crl" {
	take_apart ibm-z-host-key.crl
	run -0 openssl sha512 -verify pubkey.pem -signature signature body
	[ "$output" = "Verified OK" ]
	take_apart rootCA.crl
	run -1 openssl sha512 -verify pubkey.pem -signature signature body
}

@test "128 openssl crl -in ibm-z-host-key.crl -issuer -noout" {
	run -0 openssl crl -in ibm-z-host-key.crl -issuer -noout
	diff <(elements "$output") <(elements "$(openssl x509 -in ibm-z-host-key-signing.crt -subject -noout)")
}

@test "129 openssl crl -in ibm-z-host-key.crl -lastupdate -nextupdate -noout" {
	run -0 openssl crl -in ibm-z-host-key.crl -lastupdate -nextupdate -noout
	last=$(date -d "$(sed -n 's/lastUpdate=//p' <<<"$output")" +%s)
	next=$(date -d "$(sed -n 's/nextUpdate=//p' <<<"$output")" +%s)
	now=$(date +%s)
	[ "$last" -lt "$now" ]
	[ "$next" -gt "$now" ]
}

@test '130 openssl crl -in ibm-z-host-key.crl -text -noout | grep "Serial Number"' {
	run -0 bash -c 'openssl crl -in ibm-z-host-key.crl -text -noout | grep "Serial Number"'
	revoked=$(openssl x509 -in machine/ca/revoked/HKD-revoked.crt -serial -noout | cut -d = -f 2)
	[[ $output == *"Serial Number: $revoked"* ]]
}

@test "131 openssl x509 -in HKD-….crt -serial -noout" {
	run -0 openssl x509 -in $HKD -serial -noout
	[[ $output =~ ^serial=[0-9A-F]+$ ]]
	openssl crl -in ibm-z-host-key.crl -text -noout >list
	run -1 grep "Serial Number: ${output#serial=}" list
}
