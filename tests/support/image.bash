# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of boot images share. After image_setup_file, $WORK holds:
#   kernel, ramdisk, parm       components that pass the checks
#   host.crt, other.crt         host key documents (self-made: for --no-verify)
#   hdr.key, cck, image.key     keys of the right sizes

image_setup_file() {
	export WORK=$BATS_FILE_TMPDIR/work
	export LC_ALL=C.UTF-8
	mkdir -p "$WORK"
	cd "$WORK" || return 1
	fake_kernel kernel 131195 4096
	head -c 10000 /dev/urandom >ramdisk
	printf 'root=/dev/vda quiet' >parm
	host_key_document host.crt
	host_key_document other.crt
	head -c 32 /dev/urandom >hdr.key
	head -c 32 /dev/urandom >cck
	head -c 64 /dev/urandom >image.key
}

# Each test works in a folder of its own, where those files can be named too.
image_setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	ln -s "$WORK"/* .
}

# fake_kernel FILE SIZE MAX-CMDLINE: passes for a kernel of s390x Linux.
fake_kernel() {
	head -c "$2" /dev/urandom >"$1"
	patch "$1" $((0x10008)) 533339304550
	patch "$1" $((0x10430)) "$(printf %016x "$3")"
}

# patch FILE OFFSET HEX-DIGITS: overwrites bytes in place.
patch() {
	local digits=$3 escaped=
	while [ -n "$digits" ]; do
		escaped+="\\x${digits:0:2}"
		digits=${digits:2}
	done
	# shellcheck disable=SC2059 # the bytes are the format
	printf "$escaped" | dd of="$1" bs=1 seek=$(($2)) conv=notrunc status=none
}

# bytes FILE OFFSET COUNT: as hexadecimal digits.
bytes() {
	od -An -v -tx1 -j $(($2)) -N $(($3)) "$1" | tr -d ' \n'
}

# host_key_document FILE [CURVE]: a self-signed one with a fresh key.
host_key_document() {
	openssl ecparam -name "${2:-secp521r1}" -genkey -noout -out "$1.pem" 2>/dev/null
	openssl req -new -x509 -key "$1.pem" -subj /CN=host -days 3650 -out "$1" 2>/dev/null
}

# make_image FILE [OPTION...]: one for host.crt, header key hdr.key.
make_image() {
	local file=$1
	shift
	pvimg create -q -i kernel -r ramdisk -p parm -k host.crt --no-verify \
		--hdr-key hdr.key -o "$file" "$@"
}

# field FILE NAME: a value of `pvimg info`'s JSON with everything decrypted.
field() {
	pvimg info -q --format json --hdr-key hdr.key --show-secrets "$1" |
		sed -n "s/^ *\"$2\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p"
}

# The folder holds nothing but what is named, and no hidden left-overs.
assert_only() { # FOLDER NAME...
	local folder=$1
	shift
	[ "$(ls -A "$folder")" = "$(printf '%s\n' "$@" | sort)" ] || {
		ls -lA "$folder"
		return 1
	}
}
