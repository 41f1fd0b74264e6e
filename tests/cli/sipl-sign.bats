#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sipl sign, compared with openssl and with the kernel's sign-file.
# shellcheck disable=SC2154 # bats sets stderr

load ../support/sipl

setup_file() { sipl_setup_file; }
setup() { sipl_setup; }

sign() { sipl sign -k key.pem -c cert.pem "$@"; }

# part FILE SKIP COUNT: bytes, SKIP counted from the end when negative
part() {
	local size skip=$2
	size=$(stat -Lc %s "$1")
	[ "$skip" -ge 0 ] || skip=$((size + skip))
	dd if="$1" bs=1 skip="$skip" count="$3" status=none
}

# signature FILE: the appended one
signature() {
	local size
	size=$((0x$(bytes "$1" $(($(stat -Lc %s "$1") - 32)) 4)))
	tail -c $((size + 40)) "$1" | head -c "$size"
}

# verifies CONTENT SIGNATURE CERTIFICATE
verifies() {
	openssl cms -verify -binary -inform DER -in "$2" -content "$1" -certfile "$3" \
		-noverify -nointern -out /dev/null 2>&1
}

# structure FILE: of a signature, without lengths and random bytes
structure() {
	openssl asn1parse -inform DER -in "$1" |
		sed 's/\[HEX DUMP\]:.*//; s/^ *[0-9]*://; s/hl=[0-9]* *l= *[0-9]*//'
}

# --- yes ------------------------------------------------------------------------

@test "content, signature, trailer" {
	run -0 --separate-stderr sign -o signed kernel
	[ -z "$output" ] && [ -z "$stderr" ]
	part signed 0 $KERNEL_SIZE | cmp - kernel
	[ "$(bytes signed $(($(stat -c %s signed) - 40)) 8)" = 0000020000000000 ]
	[ "$(tail -c 28 signed)" = "~Module signature appended~" ]
	[ "$(tail -c 1 signed | od -An -tx1 | tr -d ' ')" = 0a ]
	signature signed >signature
	[ "$(stat -c %s signed)" = $((KERNEL_SIZE + 40 + $(stat -c %s signature))) ]
	verifies kernel signature cert.pem
	run verifies kernel signature other.pem
	[ "$status" -ne 0 ]
	run verifies stage3 signature cert.pem
	[ "$status" -ne 0 ]
}

@test "from standard input to standard output" {
	sign -o signed kernel
	sign -o - - <kernel | cmp - signed
}

@test "digests, key identifiers, kinds of keys" {
	local kind hash
	for hash in sha256 sha384 sha512; do
		sign -q --hash $hash -o "$hash" kernel
		[ "$(look "$hash" .signature.digest)" = "${hash^^}" ]
		signature "$hash" >signature
		verifies kernel signature cert.pem
	done
	sign -q --key-id -o by-id kernel
	signature by-id >signature
	verifies kernel signature cert.pem
	[ "$(look by-id .signature.key_id | tr a-f A-F)" = \
		"$(openssl x509 -in cert.pem -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :')" ]
	for kind in rsa4096 p384 p521; do
		sipl keygen -q -t $kind -k $kind.key -c $kind.pem -n $kind
		sipl sign -q -k $kind.key -c $kind.pem -o $kind.signed kernel
		signature $kind.signed >signature
		verifies kernel signature $kind.pem
	done
	run -2 sign --hash sha1 -o x kernel
}

@test "a DER key, a DER certificate, an encrypted key" {
	openssl pkey -in key.pem -outform DER -out key.der
	openssl x509 -in cert.pem -outform DER -out cert.der
	sipl sign -q -k key.der -c cert.der -o signed kernel
	signature signed >signature
	verifies kernel signature cert.pem
	openssl pkey -in key.pem -aes256 -passout pass:secret -out locked.pem
	KBUILD_SIGN_PIN=secret sipl sign -q -k locked.pem -c cert.pem -o signed2 kernel
	cmp signed signed2
	KBUILD_SIGN_PIN=wrong run -1 sipl sign -k locked.pem -c cert.pem -o x kernel
	says "KBUILD_SIGN_PIN"
	[ ! -e x ]
}

@test "a passphrase is asked for on the terminal only, never on standard input" {
	openssl pkey -in key.pem -aes256 -passout pass:secret -out locked.pem
	run -1 setsid --wait sipl sign -k locked.pem -c cert.pem -o x kernel <<<secret
	says "encrypted"
	[ ! -e x ]
	command -v script >/dev/null || skip "no script(1) to make a terminal with"
	# shellcheck disable=SC2016 # for the inner shell
	run -0 script -qec 'sipl sign -q -k locked.pem -c cert.pem -o asked kernel' /dev/null <<<secret
	[ -s asked ]
}

@test "an old signature goes first, however many there are" {
	sign -q -o once kernel
	sipl sign -q -k other.key -c other.pem -o twice once
	[ "$(look twice .content_size)" = $KERNEL_SIZE ]
	# As a careless signer leaves it: a signature around a signature.
	sipl sign -q -k other.key -c other.pem --detached once
	{ cat once once.p7s; printf '\0\0\2\0\0\0\0\0'; printf "\\x$(printf %08x "$(stat -c %s once.p7s)" |
		sed 's/../&\\x/g; s/\\x$//')"; printf '~Module signature appended~\n'; } >nested
	sign -q -o again nested
	cmp again once
	sipl sign --strip -q -o bare nested
	cmp bare kernel
}

@test "in place: the file keeps its mode, a link stays a link" {
	cp -L --remove-destination kernel image
	chmod 640 image
	ln -s image link
	sign -q --in-place link
	[ -L link ] && [ "$(stat -c %a image)" = 640 ]
	[ "$(look image .signature.digest)" = SHA256 ]
	cmp -n $KERNEL_SIZE image kernel
}

@test "detached, and made elsewhere" {
	sign -q --detached kernel
	verifies kernel kernel.p7s cert.pem
	openssl cms -sign -binary -nocerts -noattr -nosmimecap -md sha256 -signer cert.pem \
		-inkey key.pem -in kernel -outform DER -out made.der
	structure kernel.p7s | cmp - <(structure made.der)
	sipl sign -q -s made.der -o signed kernel
	signature signed | cmp - made.der
	sign -q -o ours kernel
	cmp ours signed # RSA signs the same in the same way
}

@test "as sign-file does it, byte by byte" {
	local tools signer
	tools=$("$UV_ROOT/scripts/ipl-tools.sh" --print) || skip "not there: sign-file (scripts/ipl-tools.sh)"
	signer=$tools/sign-file
	"$signer" 2>&1 | grep -q -i usage || skip "sign-file of Debian bookworm does not run here"
	"$signer" sha256 key.pem cert.pem kernel theirs
	sign -q -o ours kernel
	cmp ours theirs
	"$signer" -k sha512 key.pem cert.pem kernel theirs
	sign -q --key-id --hash sha512 -o by-id kernel
	cmp by-id theirs
	# EC signatures are random: compare the structure.
	"$signer" sha384 other.key other.pem kernel theirs
	sipl sign -q -k other.key -c other.pem --hash sha384 -o ec kernel
	signature theirs >theirs.der
	signature ec >ours.der
	structure ours.der | cmp - <(structure theirs.der)
	# Theirs is taken apart as well.
	[ "$(look theirs .signature.algorithm)" = ecdsa-with-SHA384 ]
	sipl sign -q --strip -o bare theirs
	cmp bare kernel
}

@test "GnuTLS, with which QEMU verifies, agrees" {
	command -v certtool >/dev/null || skip "certtool is not installed (gnutls-bin)"
	local kind
	for kind in rsa2048 p384 p521; do
		sipl keygen -q -t $kind -k gnu.key -c gnu.pem -n $kind --overwrite
		sipl sign -q -k gnu.key -c gnu.pem -d --overwrite kernel
		run -0 certtool --p7-verify --inder --infile kernel.p7s --load-data kernel \
			--load-certificate gnu.pem
		says "Signature status: ok"
		run certtool --p7-verify --inder --infile kernel.p7s --load-data stage3 \
			--load-certificate gnu.pem
		[[ $output != *"Signature status: ok"* ]]
	done
}

@test "keys in a token" {
	run -1 sipl sign -k 'pkcs11:object=nobody' -c cert.pem -o x kernel
	[[ $output == *"neither a provider nor an engine"* || $output == *"No private key is found"* ]]
	[[ $output != *"neither"* ]] || skip "OpenSSL has nothing for PKCS#11 here (libengine-pkcs11-openssl)"
	command -v softhsm2-util >/dev/null || skip "softhsm2 is not installed"
	mkdir tokens
	echo "directories.tokendir = $PWD/tokens" >softhsm2.conf
	export SOFTHSM2_CONF=$PWD/softhsm2.conf
	export PKCS11_MODULE_PATH=${PKCS11_MODULE_PATH:-/usr/lib/softhsm/libsofthsm2.so}
	softhsm2-util --module "$PKCS11_MODULE_PATH" --init-token --free --label t --pin 1234 --so-pin 1234
	softhsm2-util --module "$PKCS11_MODULE_PATH" --import key.pem --token t --label signer \
		--id 01 --pin 1234
	KBUILD_SIGN_PIN=1234 sipl sign -q -k 'pkcs11:token=t;object=signer' -c cert.pem -o token kernel
	sign -q -o file kernel
	cmp token file
	KBUILD_SIGN_PIN=1235 run -1 sipl sign -k 'pkcs11:token=t;object=signer' -c cert.pem -o x kernel
	says "No private key is found"
	[ ! -e x ]
}

# --- no -------------------------------------------------------------------------

@test "what is not loaded as it is signed is signed with a warning" {
	run -0 sign -o signed initrd
	says "does not end with an SCLAB"
	says "do not fill blocks of 512"
}

@test "keys and certificates that do not fit" {
	run -1 sipl sign -k other.key -c cert.pem -o x kernel
	says "does not belong"
	run -1 sipl sign -k nowhere -c cert.pem -o x kernel
	run -1 sipl sign -k key.pem -c nowhere -o x kernel
	run -1 sipl sign -k cert.pem -c cert.pem -o x kernel
	says "private key"
	run -1 sipl sign -k key.pem -c key.pem -o x kernel
	run -1 sipl sign -k /dev/null -c cert.pem -o x kernel
	[ ! -e x ]
}

@test "an expired certificate is warned about" {
	faketime '2020-01-01' sipl keygen -q -k old.key -c old.pem -n Old 2>/dev/null ||
		skip "faketime does not work here"
	run -0 sipl sign -k old.key -c old.pem -o signed kernel
	says "has expired"
}

@test "damaged trailers" {
	local at
	sign -q -o signed kernel
	at=$(($(stat -c %s signed) - 40))
	cp signed bad && patch bad $((at + 2)) 01
	run -1 sign -o x bad
	says "of type 1"
	cp signed bad && patch bad $((at)) 01
	run -1 sign -o x bad
	says "must be zero"
	cp signed bad && patch bad $((at + 8)) 00ffffff
	run -1 sign -o x bad
	says "damaged signature trailer"
	cp signed bad && patch bad $((at + 8)) 00000000
	run -1 sipl inspect bad
	: >empty
	run -1 sign -o x empty
	says "is empty"
	[ ! -e x ]
}

@test "signatures made elsewhere that are none" {
	head -c 300 /dev/urandom >noise
	run -1 sipl sign -s noise -o x kernel
	openssl cms -sign -binary -nodetach -signer cert.pem -inkey key.pem -in initrd \
		-outform DER -out attached
	run -1 sipl sign -s attached -o x kernel
	sign -q -d kernel
	head -c 200 kernel.p7s >short
	run -1 sipl sign -s short -o x kernel
	openssl cms -cmsout -inform DER -in kernel.p7s -outform PEM -out armored
	run -1 sipl sign -s armored -o x kernel
	head -c 5000 /dev/zero >large
	run -1 sipl sign -s large -o x kernel
	[ ! -e x ]
}

@test "command lines that make no sense" {
	run -2 sipl sign kernel
	run -2 sign kernel
	run -2 sign -o x --in-place kernel
	run -2 sign -o x --detached kernel
	run -2 sipl sign -k key.pem -o x kernel
	run -2 sipl sign -o x kernel
	says "--signature"
	run -2 sign -s sig -o x kernel
	run -2 sign --strip -o x kernel
	run -2 sign -o x
	run -2 sign --detached - <kernel
	run -2 sign --in-place - <kernel
}

@test "nothing is overwritten by chance, and nothing half written is left" {
	cp -L --remove-destination kernel image
	echo keep >there
	run -1 sign -o there image
	[ "$(cat there)" = keep ]
	echo keep >image.p7s
	run -1 sign -d image
	[ "$(cat image.p7s)" = keep ]
	run -1 bash -c 'ulimit -f 8; trap "" XFSZ; sipl sign -k key.pem -c cert.pem --in-place image'
	cmp image kernel
	run -1 bash -c 'ulimit -f 8; trap "" XFSZ; sipl sign -k key.pem -c cert.pem -o new image'
	[ ! -e new ]
	run -1 sign -o nowhere/x image
	run -1 sign -o /dev/full image
}
