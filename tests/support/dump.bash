# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of zgetdump share, on top of image.bash. After dump_setup_file,
# $WORK holds:
#   cck, other-cck       keys of the right size
#   dump                 of a protected guest with 8 MiB and two CPUs
#   memory               what its memory is
#   plain                the dump of the same guest, unprotected

. "$(dirname "${BASH_SOURCE[0]}")/image.bash"

# Where things lie in "dump": see docs/reference/dump.md, "The file".
NOTES=432 NOTES_OF_CPU=5356 CPU_AREA=1260
MEMORY=$((NOTES + 2 * NOTES_OF_CPU))
STATES=$((MEMORY + 0x800000))
COMPLETION=$((STATES + 8 * 4096))

dump_setup_file() {
	export WORK=$BATS_FILE_TMPDIR/work
	export LC_ALL=C.UTF-8
	mkdir -p "$WORK"
	cd "$WORK" || return 1
	head -c 32 /dev/urandom >cck
	head -c 32 /dev/urandom >other-cck
	make_dump protected dump 8 2
	make_dump memory memory 8 2
	make_dump plain plain 8 2
}

# make_dump KIND FILE MEBIBYTES CPUS [WORD...]: see tests/support/make_dump.c.
make_dump() {
	"$UV_BUILD/tests/support/make-dump" "$1" "$2" "$3" "$4" cck "${@:5}"
}

# A copy of "dump" to be changed.
evil_dump() {
	cp --sparse=always dump evil
}

# memory_of ELF-TARGET: its memory, which ends the file.
memory_of() {
	tail -c "${2:-$((8 << 20))}" "$1"
}

# Each test ends with nothing mounted, whatever happened.
unmount_all() {
	local folder
	for folder in "$BATS_TEST_TMPDIR"/*/; do
		if grep -qF " ${folder%/} fuse.zgetdump " /proc/self/mounts; then
			zgetdump -u "${folder%/}" || umount -l "${folder%/}"
		fi
	done
}

need_fuse() {
	[ -w /dev/fuse ] || skip "/dev/fuse cannot be opened here"
	[ "$(id -u)" -eq 0 ] || command -v fusermount3 >/dev/null ||
		skip "mounting takes root rights or fusermount3"
}
