# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Programs of other projects to compare with. Where they are built, the folder
# $ULTRAVIOLET_PEERS says; else they are looked for on PATH. Layout of that folder:
#
#	pvimg-rust/{pvimg,stage3a.bin,stage3b_reloc.bin}  s390-tools 2.36 and later
#	genprotimg-c/genprotimg                           s390-tools 2.13 to 2.35
#	s390-tools-new/                                   its sources

# peer FOLDER NAME: prints the path of a peer; fails when there is none.
peer() {
	local found=${ULTRAVIOLET_PEERS:-/nonexistent}/$1/$2
	if [ -x "$found" ]; then
		echo "$found"
		return
	fi
	while read -r found; do
		case $(realpath "$found") in
		"$(realpath "$UV_BUILD")"/*) ;;
		*) echo "$found"; return ;;
		esac
	done < <(type -aP "$2")
	return 1
}

# need VARIABLE FOLDER NAME: sets VARIABLE to the peer, or skips the test.
need() {
	local found
	found=$(peer "$2" "$3") ||
		skip "$3 of another project is neither in \$ULTRAVIOLET_PEERS nor on PATH"
	printf -v "$1" %s "$found"
}
