#!/bin/bash
# SPDX-License-Identifier: MIT
# soak.sh BUILD: what takes hours. SOAK_BOOTS (1000) protected boots in a row,
# SOAK_KILLS (200) image builds killed at a random moment, SOAK_FLIPS (10000)
# images with one bit changed, of which none may verify.
set -eu
cd "$(dirname "$0")/.."
build=$(realpath "$1")
export PATH=$build/bin:$PATH
guests=${ULTRAVIOLET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ultraviolet}/guests
boots=${SOAK_BOOTS:-1000} kills=${SOAK_KILLS:-200} flips=${SOAK_FLIPS:-10000}
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

failures=0
fail() {
	failures=$((failures + 1))
	echo "FAILED: $*"
}

prepare() {
	ultraviolet machine create machine >/dev/null
	"$root/scripts/mkinitramfs.sh" -k trixie -i "$root/tests/boot/init-basic.sh" -o initrd.img
	echo 'console=ttysclp0 panic=1' >parmfile
	create image
	create again --overwrite
}

create() { # OUTPUT [OPTION...]
	local output=$1
	shift
	pvimg create -q -i "$guests/trixie/vmlinuz" -r initrd.img -p parmfile \
		-k "$(echo machine/HKD-*.crt)" --no-verify -o "$output" "$@" 2>/dev/null
}

soak_boots() {
	local i
	for ((i = 1; i <= boots; i++)); do
		timeout -k 5 120 ultraviolet run --machine machine -- -m 1G -smp 2 -nographic \
			-no-reboot -kernel image </dev/null >console 2>&1 || fail "boot $i: exit $?"
		grep -q '^prot_virt_guest=1' console || fail "boot $i: not protected"
		[ $((i % 50)) -ne 0 ] || echo "boots: $i of $boots, $failures failures"
	done
}

# A killed build leaves the old file, whole, and nothing beside it.
soak_kills() {
	local i before pid
	truncate -s 256M large
	for ((i = 1; i <= kills; i++)); do
		before=$(sha256sum <again)
		pvimg create -q -i "$guests/trixie/vmlinuz" -r large -o again --overwrite \
			-k "$(echo machine/HKD-*.crt)" --no-verify 2>/dev/null &
		pid=$!
		sleep "0.$(printf '%03d' $((RANDOM % 400)))"
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		if [ "$(sha256sum <again)" != "$before" ]; then
			pvimg verify again >/dev/null 2>&1 || fail "kill $i: a half-written image"
			create again --overwrite
		fi
	done
	[ -z "$(find . -name '.*' -type f)" ] || fail "temporary files: $(find . -name '.*' -type f)"
	echo "kills: $kills"
}

# Any single bit of header or components counts.
soak_flips() {
	local i size offset byte
	size=$(stat -c %s image)
	cp image flipped
	for ((i = 1; i <= flips; i++)); do
		# From the components on: the gap behind the header is covered by nothing.
		offset=$((0x15000 + (RANDOM * 32768 + RANDOM) % (size - 0x15000 - 4096)))
		byte=$(od -An -tu1 -j "$offset" -N 1 image)
		printf '%b' "$(printf '\\x%02x' $((byte ^ (1 << (RANDOM % 8)))))" |
			dd of=flipped bs=1 seek="$offset" conv=notrunc status=none
		if pvimg verify flipped >/dev/null 2>&1; then fail "flip at $offset not noticed"; fi
		dd if=image of=flipped bs=1 skip="$offset" seek="$offset" count=1 conv=notrunc status=none
		[ $((i % 1000)) -ne 0 ] || echo "flips: $i of $flips, $failures failures"
	done
}

prepare
soak_boots
soak_kills
soak_flips
echo "soak: $boots boots, $kills kills, $flips flips: $failures failures"
[ "$failures" -eq 0 ]
