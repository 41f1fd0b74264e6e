#!/bin/bash
# SPDX-License-Identifier: MIT
# regenerate-image.sh: makes the corpora of image_fuzz and se_header_fuzz anew,
# with the pvimg and pvextract-hdr found on PATH.
set -eu
cd "$(dirname "$0")"
corpus=$PWD/corpus
# shellcheck source=tests/support/image.bash
. ../support/image.bash
mkdir -p "$corpus/image" "$corpus/se_header"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

for file in host other; do host_key_document $file.crt; done
head -c 32 /dev/zero | tr '\0' k >hdr.key
echo kernel >kernel

make() { # OUTPUT OPTION...: the header of an image
	local output=$1
	shift
	pvimg create -qq --overwrite -i kernel --no-verify --no-component-check \
		--hdr-key hdr.key -k host.crt "$@" -o image
	pvextract-hdr -q -o "$output" image
}

make "$corpus/se_header/one-slot"
make "$corpus/se_header/two-slots" -k other.crt
make "$corpus/se_header/all-flags" --x-pcf ffffffffffffffff --x-scf ffffffffffffffff
cp "$corpus/se_header/one-slot" "$corpus/image/bare-header"

# As small as an image with metadata can be: one component of one page at 0x1000,
# then metadata, header and IPIB.
small() { # FILE
	head -c $((0xc000)) /dev/zero >"$1"
	printf SeImgLnx >>"$1"
	cat "$corpus/se_header/one-slot" >header
	truncate -s $((0xc100)) "$1"
	cat header >>"$1"
	truncate -s $((0xc400)) "$1"
	tail -c 184 image | head -c 160 >>"$1"
	patch "$1" 0xc008 000000000000c100
	patch "$1" 0xc010 00000001
	patch "$1" 0xc014 000000000000c400
	patch "$1" 0xc400 000000a0
	patch "$1" 0xc408 00000098
	patch "$1" 0xc474 00000001
	patch "$1" 0xc490 0000000000001000
	patch "$1" 0xc498 0000000000001000
}
make header
small "$corpus/image/metadata"

# The same without metadata: the header in the first page, the IPIB where
# genprotimg up to 2.35 put it.
{ head -c $((0x2000)) /dev/zero; cat header; } >legacy
truncate -s $((0x13000)) legacy
tail -c 160 "$corpus/image/metadata" >>legacy
cp legacy "$corpus/image/legacy"
