#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2034,SC2046,SC2086 # lists of options; what boot.bash reads
# What Secure IPL is made of, as guests see it: DIAGNOSE 320 and 508, the facilities,
# and the IPL parameter block. Each test runs a payload of guest/payload in the place
# of Linux, and is good when every one of its checks was ok. -kernel needs audit mode.

load boot
load payload
load secure-ipl

EXPECTED=0x4000000 # guest/payload/certificates.c
CASES=0x6000000    # guest/payload/verification.c
CONTENT=0x7000000

setup_file() {
	boot_prepare
	[ -x "$UV_CACHE/engine/qemu-system-s390x" ] || return 0
	boot_certificate alpha
	boot_certificate beta
	ec_certificate gamma P-521
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
}

# at ADDRESS FILE: QEMU's options that put FILE there
at() {
	echo "-device loader,addr=$1,force-raw=on,file=$2"
}

# passes PAYLOAD PARAMETERS MACHINE-OPTIONS [QEMU-OPTION...]
passes() {
	local payload=$1 parameters=$2 machine=$3
	shift 3
	run secure_guest "$payload" "$machine" -smp 2 -kernel "$(plain_picture "$payload" "$parameters")" "$@"
	judge "$payload"
}

# --- DIAGNOSE 320 -----------------------------------------------------------------------

@test "certificate store: one, DER and PEM, all kinds of keys" {
	payload_require certificates
	mkdir -p kinds
	cp alpha.pem gamma.pem kinds
	openssl x509 -in beta.pem -outform DER -out kinds/beta.der
	expected_entries kinds.expected alpha.pem beta.pem gamma.pem
	# The name in the store is that of the file.
	python3 - <<-'END'
		name = "beta.der".ljust(64).encode("cp500")
		f = open("kinds.expected", "r+b")
		f.seek(0x3000 + 8)
		f.write(name)
	END
	passes certificates "certificates=3" \
		",boot-certs.0.path=alpha.pem,boot-certs.1.path=kinds/beta.der,boot-certs.2.path=gamma.pem" \
		$(at $EXPECTED kinds.expected)
}

@test "certificate store: certificates whose time is over, or has not come" {
	payload_require certificates
	certificate_at '2001-02-03' expired
	certificate_at '2037-02-03' coming
	expected_entries times.expected '!expired.pem' alpha.pem '!coming.pem'
	passes certificates "certificates=3" \
		",boot-certs.0.path=expired.pem,boot-certs.1.path=alpha.pem,boot-certs.2.path=coming.pem" \
		$(at $EXPECTED times.expected)
}

@test "certificate store: names that are longer than the field, or have odd characters" {
	local long=a-name-of-more-than-64-characters-that-has-to-be-cut-off-somewhere-before-its-end.pem
	payload_require certificates
	cp alpha.pem $long
	cp beta.pem "with_underscore-2.v3.pem"
	expected_entries names.expected $long with_underscore-2.v3.pem
	passes certificates "certificates=2" \
		",boot-certs.0.path=$long,boot-certs.1.path=with_underscore-2.v3.pem" \
		$(at $EXPECTED names.expected)
}

@test "certificate store: as many certificates as there can be, of different sizes" {
	local i
	payload_require certificates
	mkdir -p full
	openssl ecparam -name prime256v1 -genkey -noout -out full.key
	for ((i = 10; i < 74; i++)); do
		openssl req -x509 -new -key full.key -days 30 -out full/$i.pem -subj \
			"/O=$(printf "%0$((i % 60 + 1))d" 0)/CN=$i" 2>/dev/null
	done
	expected_entries full.expected full/*.pem
	passes certificates "certificates=64" ",boot-certs.0.path=full" $(at $EXPECTED full.expected)
}

@test "certificate store: empty, but there" {
	payload_require certificates
	passes certificates "certificates=0" ",secure-boot=off"
}

@test "certificate store: without the facility" {
	payload_require certificates
	passes certificates "guest=without" ",boot-certs.0.path=alpha.pem" -cpu max,cstore=off
}

@test "certificate store: a guest without options of Secure IPL has none" {
	payload_require certificates
	machine z16 --generation z16
	RUN_OPTIONS="--machine z16" passes certificates "guest=without" ""
}

# --- DIAGNOSE 508 -----------------------------------------------------------------------

# sign_cases: a file of signatures over content, with the verdict of each
sign_cases() {
	local size
	head -c 300001 /dev/zero | openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 2>/dev/null >content
	boot_certificate stranger
	sign_content alpha content alpha.sig
	sign_content beta content beta.sig
	sign_content gamma content gamma.sig
	sign_content gamma content gamma512.sig -md sha512
	sign_content alpha content sha384.sig -md sha384
	sign_content alpha content key-id.sig -keyid
	sign_content stranger content stranger.sig
	openssl cms -sign -binary -md sha256 -signer beta.pem -inkey beta.key -nocerts \
		-in content -outform DER -out attributes.sig
	openssl cms -sign -binary -noattr -md sha256 -signer alpha.pem -inkey alpha.key \
		-in content -outform DER -out embedded.sig
	head -c 1000 content >garbage.sig
	size=$(stat -c %s alpha.sig)
	head -c $((size - 1)) alpha.sig >truncated.sig
	head -c $((size - 100)) alpha.sig >cut.sig
	{ cat alpha.sig; printf x; } >longer.sig
	sign_content alpha /dev/null other.sig
	rm -f cases
	signature_case cases "first certificate" alpha.sig 0001 0 alpha.pem
	signature_case cases "second certificate" beta.sig 0001 1 beta.pem
	signature_case cases "P-521" gamma.sig 0001 2 gamma.pem
	signature_case cases "P-521, SHA-512" gamma512.sig 0001 2 gamma.pem
	signature_case cases "SHA-384" sha384.sig 0001 0 alpha.pem
	signature_case cases "signer named by key id" key-id.sig 0001 0 alpha.pem
	signature_case cases "signed attributes" attributes.sig 0001 1 beta.pem
	signature_case cases "certificate within the signature" embedded.sig 0001 0 alpha.pem
	signature_case cases "key that is not in the store" stranger.sig 0402
	signature_case cases "no signature at all" garbage.sig 0402
	signature_case cases "last byte missing" truncated.sig 0402
	signature_case cases "hundred bytes missing" cut.sig 0402
	signature_case cases "one byte more" longer.sig 0402
	signature_case cases "signature of other content" other.sig 0402
}

@test "signature verification: every return code, operands, verdicts" {
	payload_require verification
	sign_cases
	passes verification "content=$(stat -c %s content)" \
		",boot-certs.0.path=alpha.pem,boot-certs.1.path=beta.pem,boot-certs.2.path=gamma.pem" \
		$(at $CASES cases) $(at $CONTENT content)
	contains "a signature is refused: "
}

@test "signature verification: with the last of 64 certificates, and one out of date" {
	local i
	payload_require verification
	mkdir -p many
	certificate_at '2001-02-03' expired
	cp expired.pem many/00.pem
	for ((i = 10; i < 72; i++)); do
		cp beta.pem many/$i.pem
	done
	cp alpha.pem many/99.pem
	head -c 4096 /dev/zero >content
	sign_content alpha content alpha.sig
	sign_content expired content expired.sig
	rm -f cases
	signature_case cases "last certificate" alpha.sig 0001 63 alpha.pem
	# Its time is for DIAGNOSE 320 to look at.
	signature_case cases "out of date" expired.sig 0001 0 expired.pem
	passes verification "content=4096" ",boot-certs.0.path=many" \
		$(at $CASES cases) $(at $CONTENT content)
}

@test "signature verification: with an empty store" {
	payload_require verification
	passes verification "store=empty" ",secure-boot=off"
}

# --- Facilities and IPL parameter block --------------------------------------------------

@test "facilities and IPL parameter block in audit mode, 1 to 4 CPUs" {
	local cpus
	payload_require ipl_blocks
	for cpus in 1 2 4; do
		passes ipl_blocks "mode=audit facilities=7 cpus=$cpus" \
			",boot-certs.0.path=alpha.pem" -smp $cpus
	done
}

@test "facilities as the CPU's properties say" {
	payload_require ipl_blocks
	passes ipl_blocks "mode=audit facilities=5 cpus=2" \
		",boot-certs.0.path=alpha.pem" -cpu max,sipl=off
	passes ipl_blocks "mode=audit facilities=2 cpus=2" \
		",boot-certs.0.path=alpha.pem" -cpu max,cstore=off,sclaf=off
	passes ipl_blocks "mode=normal facilities=7 cpus=2" ",secure-boot=off"
}

@test "no facilities, and a block as it was set, without options of Secure IPL" {
	payload_require ipl_blocks
	machine z16 --generation z16
	RUN_OPTIONS="--machine z16" passes ipl_blocks "mode=stock cpus=2" ""
}
