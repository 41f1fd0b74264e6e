#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Certificate files for -machine boot-certs that are none, or not what they seem. Each
# gets its answer within seconds and megabytes, before any QEMU is started.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	# Whatever the certificates say, it ends before a guest.
	export ULTRAVIOLET_QEMU=/nonexistent/qemu
	local kind
	for kind in rsa:2048 "ec -pkeyopt ec_paramgen_curve:P-521"; do
		# shellcheck disable=SC2086 # an algorithm and its options
		openssl req -new -x509 -nodes -newkey $kind -days 100 -subj "/CN=boot" \
			-keyout key.pem -out "${kind:0:2}.pem" 2>/dev/null
	done
	openssl x509 -in rs.pem -outform DER -out rs.der
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$BATS_FILE_TMPDIR"/{rs.pem,rs.der,ec.pem} .
}

# start PATH...: what the launcher says to these certificates, in out.txt.
start() {
	local code=0 option=x number=0 path
	for path; do
		option+=",boot-certs.$number.path=$path"
		number=$((number + 1))
	done
	(ulimit -v 524288; exec timeout -k 1 20 ultraviolet run -- -machine "$option" \
		-device virtio-blk-ccw,bootindex=1) >out.txt 2>&1 </dev/null || code=$?
	[ "$code" -eq 1 ] || { echo "ended with $code"; cat out.txt; return 1; }
}

refused() { # WORDS PATH...
	local words=$1
	shift
	start "$@"
	if ! grep -q -- "$words" out.txt || grep -q /nonexistent/qemu out.txt; then
		echo "expected '$words':"
		cat out.txt
		return 1
	fi
}

taken() { # PATH...
	start "$@"
	grep -q /nonexistent/qemu out.txt || { cat out.txt; return 1; }
}

patch() { # FILE OFFSET HEX-DIGITS
	# shellcheck disable=SC2001,SC2059 # the bytes are the format
	printf "$(sed 's/../\\x&/g' <<<"$3")" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "untouched: taken" {
	taken rs.pem
	taken rs.der ec.pem
	mv rs.pem rs.anything
	taken rs.anything
}

@test "lengths that lie, from the outside in" {
	# The outer SEQUENCE, the certificate's body, the serial number in it.
	local at value
	for at in 2 6; do
		for value in 0000 7fff ffff 0001; do
			cp rs.der evil.der
			patch evil.der "$at" "$value"
			refused "not hold a whole" evil.der
		done
	done
	for value in 80 84ffffffff 847fffffff 88ffffffffffffffff; do
		cp rs.der evil.der
		patch evil.der 1 "$value"
		refused "X.509 certificate" evil.der
	done
}

@test "cut off anywhere" {
	local size cut
	size=$(stat -c %s rs.der)
	for ((cut = 0; cut < size; cut += 61)); do
		head -c "$cut" rs.der >evil
		refused "X.509 certificate" evil
	done
	size=$(stat -c %s rs.pem)
	for ((cut = 0; cut < size - 20; cut += 97)); do
		head -c "$cut" rs.pem >evil
		refused "no X.509 certificate\|block is damaged" evil
	done
}

@test "nested a thousand times" {
	local i
	for ((i = 0; i < 1000; i++)); do printf '\x30\x80'; done >evil.der
	refused "not hold a whole" evil.der
}

@test "PEM: other blocks, damaged blocks, NULs" {
	sed 's/CERTIFICATE/PUBLIC KEY/' rs.pem >evil
	refused "no X.509 certificate" evil
	sed 's/^MII/M!I/' rs.pem >evil
	refused "damaged" evil
	sed '/END/d' rs.pem >evil
	refused "no X.509 certificate\|damaged" evil
	{ head -c 100 /dev/zero; cat rs.pem; } >evil
	refused "no X.509 certificate\|damaged" evil
	sed 's/CERTIFICATE/X509 CRL/' rs.pem | cat - rs.pem >evil
	taken evil
}

@test "two in one file, in both forms" {
	cat rs.pem ec.pem >evil
	refused "more than one certificate" evil
	cat rs.der rs.der >evil
	refused "more than one certificate" evil
	{ cat rs.der; printf '\0'; } >evil
	refused "not hold a whole" evil
}

@test "too large: certificate and file" {
	openssl req -new -x509 -nodes -newkey rsa:2048 -keyout key.pem -out evil.pem -days 10 \
		-subj "/CN=boot" \
		-addext "nsComment=$(printf 'x%.0s' {1..8000})" 2>/dev/null
	refused "at most 8000" evil.pem
	cp rs.pem evil
	truncate -s 2G evil
	refused "evil" evil
}

@test "65 of them, in files and in a folder" {
	local i paths=()
	mkdir folder
	for ((i = 0; i < 64; i++)); do
		cp rs.pem "folder/$i.pem"
		paths+=(rs.pem)
	done
	taken "${paths[@]}"
	refused "room for 64" "${paths[@]}" ec.pem
	taken folder
	refused "room for 64" folder ec.pem
	# They are counted before one is read.
	echo nonsense >folder/nonsense.pem
	refused "room for 64" folder
}

@test "expired, not yet valid: taken, and said" {
	if ! command -v faketime >/dev/null; then
		skip "faketime is not installed"
	fi
	faketime '2001-01-01' openssl req -new -x509 -nodes -newkey rsa:2048 -days 10 \
		-subj /CN=old -keyout key.pem -out old.pem 2>/dev/null
	faketime '2050-01-01' openssl req -new -x509 -nodes -newkey rsa:2048 -days 10 \
		-subj /CN=new -keyout key.pem -out new.pem 2>/dev/null
	taken old.pem new.pem
	grep -q "'old.pem' has expired" out.txt
	grep -q "'new.pem' is not valid yet" out.txt
}

@test "names: long, odd, empty" {
	local name
	name=$(printf 'n%.0s' {1..250}).pem
	cp rs.pem "$name"
	cp rs.pem $'a\nb\x01.pem'
	taken "$name"
	taken $'a\nb\x01.pem'
	refused "is empty" ""
}

@test "what is no file: pipe, device, dangling link, folder with a file's name" {
	mkfifo pipe.pem
	refused "neither a file nor a folder" pipe.pem
	refused "neither a file nor a folder" /dev/zero
	ln -s nowhere link.pem
	refused "link.pem" link.pem
	mkdir folder folder/x.pem
	refused "folder/x.pem" folder
	rmdir folder/x.pem
	mkfifo folder/x.pem
	refused "folder/x.pem" folder
}
