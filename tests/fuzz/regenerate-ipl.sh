#!/bin/bash
# SPDX-License-Identifier: MIT
# regenerate-ipl.sh: makes the corpora cms, certstore, diag320, diag508 and
# secure_boot anew. The random parts differ each time.
set -eu
cd "$(dirname "$0")/corpus"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p cms certstore diag320 diag508 secure_boot
rm -f cms/* certstore/* diag320/* diag508/* secure_boot/*

# bytes DIGITS...: hexadecimal digits as bytes
bytes() {
	# shellcheck disable=SC2001,SC2059 # the bytes are the format
	printf "$(sed 's/../\\x&/g' <<<"$(printf %s "$@")")"
}

# --- certificates ------------------------------------------------------------------
certificate() { # NAME OPENSSL-NEWKEY-ARGUMENTS...
	local name=$1
	shift
	openssl req -new -x509 -nodes -days 3650 -subj "/CN=$name" -keyout "$work/$name.key" \
		-out "$work/$name.pem" -newkey "$@" 2>/dev/null
	openssl x509 -in "$work/$name.pem" -outform DER -out "$work/$name.der"
}
certificate rsa rsa:2048
certificate p256 ec -pkeyopt ec_paramgen_curve:P-256
certificate p521 ec -pkeyopt ec_paramgen_curve:P-521
certificate ed25519 ed25519

file() { # NAME FILE...: a certificate file
	local name=$1
	shift
	{ bytes 00; cat "$@"; } >"certstore/$name"
}
for name in rsa p256 p521 ed25519; do
	file "$name.pem" "$work/$name.pem"
	file "$name.der" "$work/$name.der"
done
file two.pem "$work/p256.pem" "$work/p521.pem"
file two.der "$work/p256.der" "$work/p521.der"
openssl pkey -in "$work/p256.key" -pubout -out "$work/p256.pub"
file key-and-certificate "$work/p256.pub" "$work/p256.pem"
head -c 100 "$work/p256.der" >"$work/cut"
file cut.der "$work/cut"
entry() { # LABEL DER
	bytes "$(printf '%08x%08x' "${#1}" "$(stat -c %s "$2")")"
	printf %s "$1"
	cat "$2"
}
{
	bytes 01; printf UVCERTS1; bytes 0000000200000000
	entry a.pem "$work/p256.der"; entry b.pem "$work/p521.der"
} >certstore/store
{ bytes 01; printf UVCERTS1; bytes 0000000000000000; } >certstore/empty-store

# --- signatures ---------------------------------------------------------------------
printf content >"$work/content"
sign() { # FILE CERTIFICATE ARGUMENTS...
	local file=$1 name=$2
	shift 2
	openssl cms -sign -binary -nosmimecap -in "$work/content" -signer "$work/$name.pem" \
		-inkey "$work/$name.key" -outform DER -out "cms/$file" "$@"
}
sign like-sign-file rsa -nocerts -noattr -md sha256
sign attributes rsa -nocerts -md sha384
sign key-id rsa -nocerts -noattr -keyid -md sha512
sign certificates rsa -noattr -md sha256
sign pss rsa -nocerts -md sha256 -keyopt rsa_padding_mode:pss
sign p256 p256 -nocerts -noattr -md sha256
sign p521 p521 -nocerts -md sha512
sign sha1 rsa -nocerts -noattr -md sha1
sign with-content rsa -nodetach -nocerts -md sha256
openssl cms -data_create -in "$work/content" -outform DER -out cms/data
head -c 200 cms/attributes >cms/cut

# --- DIAG 320: choice, then what it asks for -------------------------------------------
zeros() { printf '00%.0s' $(seq "$1"); }
bytes 00 1000 >diag320/subcodes
bytes 01 1000 00000080 "$(zeros 124)" >diag320/storage
bytes 01 1000 0000007f >diag320/storage-length
bytes 02 1000 00002000 00000000 0001 0003 >diag320/all
bytes 02 1000 00001000 00000000 0002 0002 >diag320/second
bytes 02 1000 00001000 00000000 0000 0000 >diag320/none
bytes 02 1000 00000000 00000000 0001 0001 >diag320/no-room
bytes 02 1000 00001000 00000000 0003 0001 >diag320/backwards
bytes 06 0000000000000001 1000 00001000 00000000 0001 0003 >diag320/not-yet-valid
bytes 12 1000 2000 00002000 00000000 0001 0003 >diag320/read-only
bytes 0a 000000000000f000 00002000 00000000 0001 0003 >diag320/last-page

# --- DIAG 508: signature, then changes in it, in the component, in the block --------------
bytes 00 00 00 00 >diag508/good
bytes 01 00 00 00 >diag508/good-with-attributes
bytes 00 01 0030ff 00 00 >diag508/signature
bytes 01 00 01 200001 00 >diag508/component
bytes 00 00 00 01 000301 >diag508/length
bytes 00 00 00 02 002610ff 0027ff >diag508/component-length
bytes 00 00 00 01 003c7f >diag508/signature-address

# --- command lines ---------------------------------------------------------------------
lines() { # FILE WORD...
	local file=$1
	shift
	printf '%s\n' "$@" >"secure_boot/$file"
}
lines secure -machine s390-ccw-virtio,secure-boot=on,boot-certs.0.path=/nowhere
lines no-certificates -machine secure-boot=on -device virtio-blk-ccw,bootindex=1
lines old-form -M s390-ccw-virtio,boot-certificates=/nowhere:/nowhere.der
lines json -machine '{"type":"x","secure-boot":true,"boot-certs":[{"path":"/nowhere"}]}'
lines gap -machine boot-certs.1.path=a,boot-certs.0.name=b
lines cpu -cpu gen16a,els=on,cstore=on,sipl=off,sclaf=on -cpu max,els=off
lines scsi -machine secure-boot=on -device virtio-scsi-pci,id=s \
	-device scsi-hd,bus=s.0,bootindex=1
lines devices -machine secure-boot=on -kernel x -device vfio-ccw,bootindex=0
lines help -machine secure-boot=on -device help
lines value-like-an-option -cpu -machine secure-boot=o
lines no-name -machine =secure-boot=on
lines commas -machine x,y,,secure-boot=on -machine x,,secure-boot=on
