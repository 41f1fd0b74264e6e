#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Secure IPL at the command line of ultraviolet, as far as no guest is needed.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export XDG_RUNTIME_DIR=$PWD/run
	unset ULTRAVIOLET_MACHINE
	mkdir -m 700 run
}

# fake_qemu VERSION: an engine that shows its arguments
fake_qemu() {
	cat >qemu <<-END
		#!/bin/sh
		[ "\$1" != --version ] || { echo "QEMU emulator version $1"; exit; }
		printf 'argument=%s\n' "\$@"
	END
	chmod +x qemu
	export ULTRAVIOLET_QEMU=$PWD/qemu
}

certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 30 -subj /CN=test \
		-keyout key.pem -out "$1" 2>/dev/null
}

@test "report: of nobody, of a name that is none, in a form that is none" {
	run ultraviolet report nobody
	[ "$status" -eq 1 ]
	[[ $output == *"none has left a report"* && $output == *"hint: "* ]]
	run ultraviolet report ../nobody
	[ "$status" -eq 1 ]
	[[ $output == *"is no name for a guest"* ]]
	run ultraviolet report --format xml nobody
	[ "$status" -eq 2 ]
	run ultraviolet report
	[ "$status" -eq 2 ]
}

@test "report: a file that is none" {
	mkdir -m 700 -p run/ultraviolet/.reports
	echo '{"guest": "broken"}' >run/ultraviolet/.reports/broken
	run ultraviolet report broken
	[ "$status" -eq 1 ]
	[[ $output == *"is damaged"* ]]
}

@test "explain: codes of Secure IPL" {
	run ultraviolet explain diag320 0x0204
	[ "$status" -eq 0 ]
	[[ $output == *"multiple of 4096"* ]]
	run ultraviolet explain diag508 0402
	[ "$status" -eq 0 ]
	[[ $output == *"no certificate of the machine verifies"* ]]
	run ultraviolet explain cei 0x08000000
	[[ $output == *"CEI 0x08000000"*"another load PSW"* ]]
	run ultraviolet explain iiei 0xe000
	[ "$(grep -c IIEI <<<"$output")" -eq 3 ]
	run ultraviolet explain vce 0x80
	[[ $output == *"valid certificate"* ]]
}

@test "explain: a code alone may be of several calls" {
	run ultraviolet explain 0x0302
	[ "$status" -eq 0 ]
	[[ $output == *"DIAGNOSE 320"* && $output == *"DIAGNOSE 508"* ]]
	run ultraviolet explain 0x0402
	[[ $output == *"DIAGNOSE 308"* && $output == *"DIAGNOSE 508"* ]]
}

@test "explain: what is no code" {
	run ultraviolet explain cei 0x1
	[ "$status" -eq 1 ]
	[[ $output == *"Nothing is known about the cei code '0x1'"* ]]
	run ultraviolet explain cei
	[ "$status" -eq 1 ]
	run ultraviolet explain cei 1 2
	[ "$status" -eq 1 ]
	run ultraviolet explain diag321 1
	[ "$status" -eq 1 ]
}

@test "run: the options do not reach QEMU, and no machine is needed" {
	[ -e "$UV_BUILD/lib/ultraviolet-ipl.img" ] || skip "no boot loader was built"
	fake_qemu 11.1.2
	certificate cert.pem
	run ultraviolet run --name first -- -M s390-ccw-virtio,secure-boot=on,boot-certs.0.path=cert.pem \
		-cpu max,cstore=on,els=on -device virtio-blk-ccw,drive=d,bootindex=1
	[ "$status" -eq 0 ]
	[[ $output != *secure-boot* && $output != *boot-certs* && $output != *cstore=on* ]]
	[[ $output == *"secure-ipl=secure,facilities=cstore+sipl+sclaf"* ]]
	[[ $output == *"argument=-bios"*"ultraviolet-ipl.img"* ]]
	[[ $output == *protected=off* ]]
	# The fake one has gone, and with it the folder of its name.
	[ ! -e run/ultraviolet/first/control ]
}

@test "run: without options of Secure IPL nothing of it is there, and a machine is needed" {
	fake_qemu 11.1.2
	run ultraviolet run -- -device virtio-blk-ccw,drive=d,bootindex=1
	[ "$status" -eq 1 ]
	[[ $output == *"No machine is named"* ]]
	ultraviolet machine create z16 --no-ca >/dev/null 2>&1 || ultraviolet machine create z16 >/dev/null
	run ultraviolet run --machine z16 --normal -- -device virtio-blk-ccw,drive=d,bootindex=1
	[ "$status" -eq 0 ]
	[[ $output != *secure-ipl* && $output != *facilities* && $output != *-bios* ]]
}

@test "run: audit mode, a boot loader of the user's own" {
	fake_qemu 11.1.2
	certificate cert.pem
	export ULTRAVIOLET_FIRMWARE=$PWD/nothing
	run ultraviolet run -- -M s390-ccw-virtio,boot-certs.0.path=cert.pem -bios mine.img \
		-device virtio-blk-ccw,drive=d,bootindex=1
	[ "$status" -eq 0 ]
	[[ $output == *"secure-ipl=audit"* ]]
	[[ $output == *"-bios mine.img: this boot loader is used"* ]]
	[ "$(grep -c 'argument=-bios' <<<"$output")" -eq 1 ]
}

@test "run: Secure IPL of QEMU's own" {
	certificate cert.pem
	fake_qemu 11.1.2
	run ultraviolet run --secure-ipl=qemu -- -M s390-ccw-virtio,secure-boot=on
	[ "$status" -eq 1 ]
	[[ $output == *"QEMU 11.1.2 has no Secure IPL of its own"* ]]
	run ultraviolet run --secure-ipl=other -- -M s390-ccw-virtio
	[ "$status" -eq 2 ]
}
