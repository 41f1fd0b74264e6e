#!/bin/bash
# SPDX-License-Identifier: MIT
# regenerate-sipl.sh BUILD: makes the corpora appended and partition anew, with
# BUILD/bin/sipl. The random parts differ each time.
set -eu
[ $# -eq 1 ] || { echo "usage: regenerate-sipl.sh BUILD" >&2; exit 2; }
PATH=$(cd "$1" && pwd)/bin:$PATH
cd "$(dirname "$0")/corpus"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p appended partition
rm -f appended/* partition/*

# bytes DIGITS...: hexadecimal digits as bytes
bytes() {
	# shellcheck disable=SC2001,SC2059 # the bytes are the format
	printf "$(sed 's/../\\x&/g' <<<"$(printf %s "$@")")"
}

# --- files with an appended signature ------------------------------------------------
printf 'what is signed\n' >appended/plain
{
	head -c 480 /dev/zero
	bytes 0000c00000000000 000800008000a000 000000000000a000 00000020; printf zIPL
} >appended/sclab
for kind in rsa2048 p256 p521; do
	sipl keygen -q -t $kind -k "$work/key" -c "$work/cert" -n "$kind" --overwrite
	sipl sign -q -k "$work/key" -c "$work/cert" -o appended/$kind appended/sclab
done
sipl sign -q -k "$work/key" -c "$work/cert" --key-id --hash sha512 -o appended/key-id appended/plain
openssl cms -sign -binary -signer "$work/cert" -inkey "$work/key" -in appended/plain \
	-outform DER -out "$work/der"
sipl sign -q -s "$work/der" -o appended/attributes appended/plain
tail -c 40 appended/p256 >appended/trailer-alone
{ cat appended/p256; tail -c 112 appended/p256; } >appended/trailer-twice

# --- disks with partitions -------------------------------------------------------------
record() { # ENTRIES...: an MBR
	head -c 446 /dev/zero
	printf %s "$*" | tr -d ' ' | { read -r digits || true; bytes "$digits"; }
	head -c $((64 - $# * 16)) /dev/zero
	bytes 55aa
}
{ record 00000000830000000100000002000000 00000000830000000300000001000000; head -c 1536 /dev/zero; } >partition/mbr
record 00000000830000000100000000000000 00000000830000000000000001000000 \
	000000008300000001000000ffffffff >partition/mbr-damaged
gpt() { # BLOCK FILE: a disk with one partition, from block 3 on
	{
		record 00000000ee0000000100000005000000
		head -c $(($1 - 512)) /dev/zero
		head -c "$1" /dev/zero
		bytes a2a0d0ebe5b9334487c068b6b72699c7 00000000000000000000000000000001
		bytes 0300000000000000 0400000000000000
		head -c $(($1 * 4 - 48)) /dev/zero
	} >"$work/disk"
	header 00000000 >"$work/header"
	header "$(gzip -c "$work/header" | tail -c 8 | head -c 4 | od -An -tx1 | tr -d ' \n')" |
		dd of="$work/disk" bs=1 seek="$1" conv=notrunc status=none
	mv "$work/disk" "$2"
}
header() { # CRC
	printf 'EFI PART'
	bytes 00000100 5c000000 "$1" 00000000 0100000000000000 0500000000000000
	bytes 0300000000000000 0400000000000000 00000000000000000000000000000001
	bytes 0200000000000000 04000000 80000000 00000000
}
gpt 512 partition/gpt
gpt 4096 partition/gpt-4096
