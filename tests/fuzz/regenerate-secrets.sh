#!/bin/bash
# SPDX-License-Identifier: MIT
# regenerate-secrets.sh: makes the corpora asrcb, secret_list and secret_files anew,
# with the pvsecret and pvimg on PATH. The random parts differ each time.
set -eu
cd "$(dirname "$0")/corpus"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# --- add-secret requests -----------------------------------------------------------
openssl ecparam -name secp521r1 -genkey -noout -out "$work/host.pem"
openssl req -new -x509 -key "$work/host.pem" -subj /CN=host -days 3650 -out "$work/host.crt"
head -c 65536 /dev/zero >"$work/kernel"
pvimg create -q -i "$work/kernel" -k "$work/host.crt" --no-verify --no-component-check \
	-o "$work/image"
head -c 32 /dev/zero >"$work/key"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$work/rsa.pem" 2>/dev/null

create() { # FILE ARGUMENT...
	local file=$1
	shift
	pvsecret create -q -k "$work/host.crt" --no-verify --hdr "$work/image" -o "asrcb/$file" "$@"
}
rm -f asrcb/*
create meta meta
create association association a --stdout >/dev/null
create plain retrievable p --type plain --secret "$work/key" --stdout >/dev/null
create xts retrievable x --type aes-xts --secret "$work/key" --stdout >/dev/null
create cck update-cck --secret "$work/key"
create signed-rsa --user-sign-key "$work/rsa.pem" meta
create signed-ec --user-sign-key "$work/host.pem" --user-data "$work/key" meta
create two-hosts -k "$work/host.crt" --flags disable-dump meta

# --- lists, written as hexadecimal digits --------------------------------------------
list() { # FILE DIGITS...
	local file=$1
	shift
	# shellcheck disable=SC2059 # the bytes are the format
	printf "$(sed 's/../\\x&/g' <<<"$(printf %s "$@")")" >"secret_list/$file"
}
id=$(printf 'ab%.0s' {1..32})
name=6d796b6579$(printf '00%.0s' {1..27})
rm -f secret_list/*
list empty 00000000000000000000000000000000
list two 00020002000000000000000000000000 \
	00000002000000200000000000000000"$id" 00010006000000400000000000000000"$name"
list more 00010002000100000000000000000000 00000003000000100000000000000000"$id"
list lies 00030003000000000000000000000000 00000002000000200000000000000000"$id"
list types 00020002000000000000000000000000 \
	00000016000000000000000000000000"$id" 0001ffff000000000000000000000000"$id"
list plaintext 0003000568656c6c6f000000000000000000

# --- YAML ---------------------------------------------------------------------------------
rm -f secret_files/*
printf '!Association\nname: my secret\nid: 0x%s\n' "$id" >secret_files/association
printf '!Retrievable\nkind: 5 (AES-192-KEY)\nname: "a\\n"\nid: '"'0x%s'"'\n' "$id" >secret_files/retrievable
printf -- '--- !Retrievable {id: 0x%s, name: a, kind: 3}\n' "$id" >secret_files/flow
printf "cuid: '0x%s'\nadd: 0x00\n" "${id:0:32}" >secret_files/cuid
printf 'a: &a\n  b: *a\nc: {d: {cuid: "0x%s"}}\n' "${id:0:32}" >secret_files/nested
printf '0x%s\n' "${id:0:32}" >secret_files/scalar
printf 'cuid: 0x12\n---\nx: y\n' >secret_files/documents
printf '../../name.yaml' >secret_files/name
