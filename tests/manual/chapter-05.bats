#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

bats_require_minimum_version 1.5.0
load manual
load guest

setup_file() {
	manual_setup_file
	guest_setup_file
}

teardown_file() {
	stop_guest
	manual_teardown_file
}

# signing_row OPENSSL-OPTION...: an owner's key and certificate.
signing_row() {
	openssl genpkey "$@" -out myPrivateKey.pem 2>/dev/null
	openssl req -new -x509 -key myPrivateKey.pem -subj /CN=owner -out myCert.pem
}

# signed_rows [OPTION...]: the command with each sort of key, and what the guest says.
signed_rows() {
	local key
	for key in "RSA -pkeyopt rsa_keygen_bits:2048" "EC -pkeyopt ec_paramgen_curve:P-521" \
		"RSA -pkeyopt rsa_keygen_bits:3072"; do
		# shellcheck disable=SC2086 # words
		signing_row -algorithm $key
		pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq \
			-C DigiCertCA.crt -C ibm-sign.crt \
			--user-sign-key myPrivateKey.pem "$@" association "myConfidentialSecret"
		pvsecret verify --user-cert myCert.pem -o user_data_out addSecretReq
	done
}

@test "13 uuidgen" {
	later "a whole Debian guest"
}

@test "14 virt-install --name secguest1 --memory 4096 --disk size=8 --cdrom /var/lib/libvirt/imag..." {
	external "virt-install, libvirt"
}

@test "15 virsh dumpxml secguest1 > secguest1.xml" {
	external "virsh, libvirt"
}

@test "16 cat /etc/systemd/system/serial-getty@.service.d/disable.conf" {
	later "a whole Debian guest"
}

@test "17 cat /etc/systemd/system/autovt@.service.d/disable.conf" {
	later "a whole Debian guest"
}

@test "18 echo > /etc/securetty" {
	later "a whole Debian guest"
}

@test "19 systemctl mask emergency.service" {
	later "a whole Debian guest"
}

@test "20 systemctl mask emergency.target" {
	later "a whole Debian guest"
}

@test "21 systemctl mask rescue.service" {
	later "a whole Debian guest"
}

@test "22 systemctl mask rescue.target" {
	later "a whole Debian guest"
}

@test "23 apt install s390-tools" {
	external "package of another project; ours: make install"
}

@test "24 genprotimg -i <image> -r <ramdisk> -p <parm_file> -k <hkd> --cert <ibm_signkey> --cert ..." {
	# The form of 25 with -C in place of --cert, and the closing bracket it lacks (E2).
	cd "$WORK"
	SSL_CERT_FILE=root_ca.crt genprotimg -i vmlinuz -r initrd.img -p parmfile \
		-k HKD-8651-000201C048.crt -C ibm_signkey.crt -C digicert_intermediate.crt \
		-o "$BATS_TEST_TMPDIR/secure-linux"
	pvimg test -k HKD-8651-000201C048.crt "$BATS_TEST_TMPDIR/secure-linux"
}

@test "25 genprotimg -i /boot/vmlinuz -r /boot/initrd.img -p parmfile -k HKD-8651-000201C048.crt ..." {
	# CRLs come from the distribution points, the trust anchor from the system's store.
	cd "$WORK"
	rm -rf "$XDG_CACHE_HOME"
	SSL_CERT_FILE=root_ca.crt genprotimg -i vmlinuz -r initrd.img -p parmfile \
		-k HKD-8651-000201C048.crt --cert ibm_signkey.crt --cert digicert_intermediate.crt \
		-o "$BATS_TEST_TMPDIR/secure-linux"
	pvimg test -k HKD-8651-000201C048.crt "$BATS_TEST_TMPDIR/secure-linux"
	boots_protected "$BATS_TEST_TMPDIR/secure-linux"
	# Without the trust anchor the same line is refused.
	run -1 genprotimg -i vmlinuz -r initrd.img -p parmfile \
		-k HKD-8651-000201C048.crt --cert ibm_signkey.crt --cert digicert_intermediate.crt \
		-o "$BATS_TEST_TMPDIR/refused"
	[ ! -e "$BATS_TEST_TMPDIR/refused" ]
}

@test "26 vi zipl.conf" {
	later "a whole Debian guest"
}

@test "27 zipl -v" {
	erratum "zipl -v prints its version; a verbose run is zipl -V"
}

@test "28 pvsecret create -k <hkd> --hdr <hdr> -o <req> -C <CA> -C <IBM> association <string>" {
	secret_row
	pvsecret create -k z16.crt --hdr se.hdr -o request -C DigiCertCA.crt -C ibm-sign.crt \
		association string
	request request 2
	[ -e string.yaml ]
}

@test "29 pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq -C DigiCertCA.crt -C ibm-sign.c..." {
	secret_row
	pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq \
		-C DigiCertCA.crt -C ibm-sign.crt association "myConfidentialSecret"
	request addSecretReq 2
	grep -qx 'id: 0x3751487690cc.*0e7e' myConfidentialSecret.yaml
	# E4: the printed ID is the text "This is a very secret secret id."; no command makes it.
	# Without a trusted root the same line is refused.
	unset SSL_CERT_FILE
	run -1 pvsecret create -k z16.crt --hdr se.hdr -o refused \
		-C DigiCertCA.crt -C ibm-sign.crt association "myConfidentialSecret"
	[ ! -e refused ]
}

@test "30 pvsecret add <request_file>" {
	guest_row
	secret_request request_file association string
	run job 'pvsecret add request_file' request_file
	succeeds
}

@test "31 pvsecret add addSecretReq" {
	guest_row
	secret_request addSecretReq --cuid-hex "$(guest_status cuid)" association "myConfidentialSecret"
	run job 'pvsecret add addSecretReq' addSecretReq
	succeeds
	# Bound to this start of the guest, it is refused by the next.
	courier_reboot
	run job 'pvsecret add addSecretReq' addSecretReq
	fails_with 1 "0x010c"
}

@test "32 pvsecret list" {
	guest_row_anew
	secret_request addSecretReq association "myConfidentialSecret"
	run job 'pvsecret add addSecretReq 2>/dev/null && pvsecret list' addSecretReq
	succeeds
	# E5: the real layout; E4: the ID is that of 29.
	[ "${lines[0]}" = "Total number of secrets: 1" ]
	[ "${lines[1]}" = "0 Association:" ]
	[ "${lines[2]}" = " $(sed -n 's/^id: //p' myConfidentialSecret.yaml)" ]
	[[ ${lines[2]} == " 0x3751487690cc"*0e7e ]]
}

@test "33 pvsecret create -k <hkd> --se-hdr <hdr> -o <req> -C <CA> -C <IBM> --extension-secret <e..." {
	# E6: the shipped tool knows --hdr only.
	secret_row
	pvsecret create -k z16.crt --se-hdr se.hdr -o request \
		-C DigiCertCA.crt -C ibm-sign.crt \
		--extension-secret ext_secret association string
	request request 2
}

@test "34 pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq -C DigiCertCA.crt -C ibm-sign.c..." {
	guest_row_anew
	pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq \
		-C DigiCertCA.crt -C ibm-sign.crt \
		--extension-secret myExtSecret association "myConfidentialSecret"
	request addSecretReq 2
	run job 'pvsecret add addSecretReq' addSecretReq
	succeeds
	# From now on this guest takes no other extension secret, nor none.
	head -c 32 /dev/urandom >another
	secret_request other --extension-secret another association "other"
	secret_request none association "none"
	for file in other none; do
		run job "pvsecret add $file" $file
		fails_with 1 "0x010c"
	done
	# A key of 31 bytes is none.
	head -c 31 ext_secret >short
	run -1 pvsecret create -k z16.crt --hdr se.hdr -o refused \
		-C DigiCertCA.crt -C ibm-sign.crt --extension-secret short association "x"
	[ ! -e refused ]
}

@test "35 genprotimg <other> --enable-cck-extension-secret --comm-key=cck" {
	cd "$WORK"
	head -c 32 /dev/urandom > cck
	head -c 32 /dev/urandom > hdr.key
	genprotimg -i vmlinuz -k HKD-8651-000201C048.crt --no-verify --hdr-key hdr.key \
		-o "$BATS_TEST_TMPDIR/image" --enable-cck-extension-secret --comm-key=cck
	run -0 pvimg info --format text --hdr-key hdr.key --show-secrets "$BATS_TEST_TMPDIR/image"
	[[ $output == *"CCK extension secret enforced"* ]]
	run -0 pvimg info --format text --hdr-key hdr.key "$BATS_TEST_TMPDIR/image"
	[[ $output != *"CCK extension secret enforced"* ]] # it is a secret flag
}

@test "36 --cck <cck_file>" {
	secret_row
	pvsecret create -k z16.crt --hdr se.hdr -o request -C DigiCertCA.crt -C ibm-sign.crt \
		--cck cck association string
	request request 2
	# Chapter 5 also writes it with one dash.
	pvsecret create -k z16.crt --hdr se.hdr -o request -C DigiCertCA.crt -C ibm-sign.crt \
		-cck cck association string
}

@test "37 pvsecret create -k z16.crt --hdr se.hdr -o addSecretReqCCK -C DigiCertCA.crt -C ibm-sig..." {
	secret_row
	pvsecret create -k z16.crt --hdr se.hdr \
		-o addSecretReqCCK -C DigiCertCA.crt -C ibm-sign.crt \
		--cck cck association "myConfidentialSecret"
	request addSecretReqCCK 2
}

@test "38 pvattest verify <other> -i attestationResponse --format=yaml -o cuid.yaml" {
	guest_row_anew
	pvattest create -q -k z16.crt -C DigiCertCA.crt -C ibm-sign.crt -a arp.key -o attreq.bin
	run job 'pvattest perform attreq.bin /result/attestationResponse' attreq.bin
	succeeds
	pvattest verify --arpk arp.key --hdr se.hdr -i result/attestationResponse --format=yaml -o cuid.yaml
	grep -qx "cuid: '0x$(guest_status cuid)'" cuid.yaml
	# With it, 39 makes a request that this instance takes.
	secret_request addSecretReq --cuid cuid.yaml association "myConfidentialSecret"
	run job 'pvsecret add addSecretReq' addSecretReq
	succeeds
}

@test "39 pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq -C DigiCertCA.crt -C ibm-sign.c..." {
	secret_row
	printf "cuid: '0x00112233445566778899aabbccddeeff'\nadd: 0x00\n" >cuid.yaml
	pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq -C DigiCertCA.crt \
		-C ibm-sign.crt --cuid cuid.yaml association "myConfidentialSecret"
	request addSecretReq 2
	[ "$(od -An -tx1 -j $((0x108)) -N 16 addSecretReq | tr -d ' ')" = 00112233445566778899aabbccddeeff ]
}

@test "40 --se-hdr … --user-sign-key <key>" {
	secret_row
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out user_key 2>/dev/null
	pvsecret create -k z16.crt --se-hdr se.hdr -o request -C DigiCertCA.crt -C ibm-sign.crt \
		--user-sign-key user_key association string
	request request 2
}

@test "41 pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq -C DigiCertCA.crt -C ibm-sign.c..." {
	secret_row
	signed_rows
}

@test "42 --user-data user_data" {
	secret_row
	echo 'for the guest' >user_data
	signed_rows --user-data user_data
	[[ $(head -n 1 user_data_out) == "for the guest" ]]
	# E7: "RSA 3096" means 3072, which leaves 128 bytes.
	head -c 129 /dev/zero >user_data
	run -1 pvsecret create -k z16.crt --hdr se.hdr -o refused \
		-C DigiCertCA.crt -C ibm-sign.crt \
		--user-sign-key myPrivateKey.pem --user-data user_data association "x"
	[ ! -e refused ]
}

@test "43 pvsecret verify --user-cert myCert.pem -o user_data_out addSecretReq" {
	secret_row
	echo 'for the guest' >user_data
	signing_row -algorithm EC -pkeyopt ec_paramgen_curve:P-521
	pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq -C DigiCertCA.crt -C ibm-sign.crt \
		--user-sign-key myPrivateKey.pem --user-data user_data association x
	pvsecret verify --user-cert myCert.pem -o user_data_out addSecretReq
	[[ $(head -n 1 user_data_out) == "for the guest" ]]
	# One bit differs, or another certificate: refused, and no file.
	rm user_data_out
	printf '\377' | dd of=addSecretReq bs=1 seek=$((0x300)) conv=notrunc status=none
	run -1 pvsecret verify --user-cert myCert.pem -o user_data_out addSecretReq
	run -1 pvsecret verify --user-cert ibm-sign.crt -o user_data_out addSecretReq
	[ ! -e user_data_out ]
}

@test "44 pvextract-hdr -o <header_file> <path/to/image>" {
	cd "$WORK"
	pvextract-hdr -o "$BATS_TEST_TMPDIR/header" seimage
	pvimg info "$BATS_TEST_TMPDIR/header"
}

@test "45 pvextract-hdr -o hdr.bin /boot/seimage" {
	cd "$BATS_TEST_TMPDIR"
	run -0 pvextract-hdr -o hdr.bin "$WORK/seimage"
	[[ $output == *"0x014000"* ]]
	[[ $output == *"640 bytes"* ]]
	[ "$(stat -c %s hdr.bin)" -eq 640 ]
	[ "$(head -c 8 hdr.bin)" = IBMSecEx ]
}

@test "46 shred /dev/vda1" {
	later "a whole Debian guest"
}
