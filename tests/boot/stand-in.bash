# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Stand-ins for kernels, for tests of what comes before them: they load a PSW that
# stops the machine, and QEMU's -d guest_errors shows it.

# bytes DIGITS: these bytes
bytes() {
	# shellcheck disable=SC2059 # the bytes are the format
	printf "$(sed 's/../\\x&/g' <<<"$1")"
}

# stand_in FILE CODE: stops with the address 0xc0de000 + CODE. Ends with an SCLAB.
stand_in() {
	{
		head -c 65536 /dev/zero
		# larl %r1,.+16; lpswe 0(%r1); padding; the PSW
		bytes c01000000008b2b21000000000000000
		bytes "0002000080000000$(printf '%016x' $((0xc0de000 + $2)))"
		head -c $((65536 - 32 - 8)) /dev/zero
		bytes 000000207a49504c
	} >"$1"
}

# started CODE: the stand-in with that code ran; of bats' run
started() {
	contains "PSW: 0x0002000080000000 0x$(printf '%016x' $((0xc0de000 + $1)))"
}

# debian_stage3: the one of Debian's s390-tools
debian_stage3() {
	local file=$UV_CACHE/ipl-tools/s390x/boot/stage3.bin
	[ -e "$file" ] || skip "not there: Debian's stage3.bin (scripts/ipl-tools.sh)"
	echo "$file"
}
