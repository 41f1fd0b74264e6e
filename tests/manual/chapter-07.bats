#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

bats_require_minimum_version 1.5.0
load manual

# The rows are steps of one procedure: owner, guest, owner.
setup_file() {
	manual_setup_file
	cd "$WORK"
	ln -s HKD-8651-000201C048.crt hkd.crt
	ln -s DigiCertCA.crt CA.crt
	ln -s ibm_signkey.crt ibmsk.crt
	export SSL_CERT_FILE=$WORK/root_ca.crt
	pvattest create -k hkd.crt --cert CA.crt --cert ibmsk.crt --arpk arp.key -o attreq.bin
	run_guest
}

teardown_file() {
	manual_teardown_file
}

setup() {
	cd "$WORK"
}

# A protected guest with the request in it; console output to guest.log, its response
# to attresp.bin, the header of its image to hdr.bin.
run_guest() {
	local program=$UV_BUILD/guest/bin/pvattest

	[ -x "$program" ] || return 0
	export ULTRAVIOLET_CACHE=${ULTRAVIOLET_CACHE:-$HOME/.cache/ultraviolet}
	"$UV_ROOT/scripts/mkinitramfs.sh" -k trixie -m uvdevice \
		-i "$UV_ROOT/tests/manual/init-attest.sh" -o attest.img \
		-f "$program:/bin/pvattest" -f attreq.bin:/attreq.bin
	pvimg create -q -i vmlinuz -r attest.img -p parmfile -k hkd.crt --no-verify -o guest-image
	pvextract-hdr -q -o hdr.bin guest-image
	timeout -k 5 120 ultraviolet run --machine machine -- -m 512 -nographic -no-reboot \
		-kernel guest-image </dev/null 2>&1 | tr -d '\r' >guest.log
	sed -n '/^attresp.bin:$/,/^end.$/p' guest.log | sed '1d;$d' | xxd -r -p >attresp.bin
}

need_guest() {
	[ -x "$UV_BUILD/guest/bin/pvattest" ] ||
		skip "there is no s390x pvattest: its cross compiler or libraries are missing"
}

@test "51 pvattest create -k <hkd>.crt --cert <CA>.crt --cert <IBM>.crt --arpk <key> -o <request>..." {
	# The form of 52, with the long and the further spellings.
	cd "$BATS_TEST_TMPDIR"
	pvattest create --host-key-document "$WORK/hkd.crt" --crt "$WORK/CA.crt" \
		--crt="$WORK/ibmsk.crt" --arpk=key --output request.bin
	[ "$(stat -c %s key)" -eq 32 ]
}

@test "52 pvattest create -k hkd.crt --cert CA.crt --cert ibmsk.crt --arpk arp.key -o attreq.bin" {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$WORK"/{hkd.crt,CA.crt,ibmsk.crt} .
	run -0 pvattest create -k hkd.crt --cert CA.crt --cert ibmsk.crt --arpk arp.key -o attreq.bin
	[ "$(head -c 8 attreq.bin)" = pvattest ]
	[ "$(stat -c '%s %a' arp.key)" = "32 600" ]
	# Without the trust anchor the same line is refused.
	SSL_CERT_FILE=/dev/null run -1 pvattest create -k hkd.crt --cert CA.crt --cert ibmsk.crt \
		--arpk other.key -o other.bin
	[ ! -e other.key ] && [ ! -e other.bin ]
}

@test "53 scp attreq.bin sequest:" {
	erratum "host name misspelt (sequest); ssh into a guest: later"
}

@test "54 ls /dev/uv" {
	need_guest
	grep -qx /dev/uv guest.log
	grep -qx row54=0 guest.log
}

@test "55 modprobe --first-time uvdevice" {
	need_guest
	# modprobe is kmod's; the guest has the kernel's own module and loads it by insmod.
	grep -qx row55=0 guest.log
	grep -qE '^row55_again=[1-9]' guest.log
}

@test "56 pvattest perform -i <request>.bin -o <response>.bin" {
	# The form of 57, with the long spellings.
	need_guest
	grep -qx row56=0 guest.log
}

@test "57 pvattest perform -i attreq.bin -o attresp.bin" {
	need_guest
	grep -qx row57=0 guest.log
	[ "$(head -c 8 attresp.bin)" = pvattest ]
}

@test "58 scp seguest:attresp.bin ." {
	later "ssh into a guest"
}

@test "59 pvattest verify -i <resp>.bin --arpk <key> --hdr <hdr>" {
	# The form of 60, with the long spellings, and the image in place of its header.
	need_guest
	pvattest verify --input attresp.bin --arpk=arp.key --hdr guest-image
}

@test "60 pvattest verify -i attresp.bin --arpk arp.key --hdr hdr.bin; echo \$?" {
	need_guest
	run -0 pvattest verify -i attresp.bin --arpk arp.key --hdr hdr.bin
	[[ $output == *"Attestation measurement verified"* ]]
}

@test "61 pvattest verify -i wrongmeas.bin --arpk arp.key --hdr hdr.bin; echo \$?" {
	need_guest
	cp attresp.bin wrongmeas.bin
	printf 'another measurement' | dd of=wrongmeas.bin bs=1 seek=$((0x1d0)) conv=notrunc status=none
	run -2 pvattest verify -i wrongmeas.bin --arpk arp.key --hdr hdr.bin
	[[ $output == *"easurement verification failed"*"are not the same"* ]]
}
