#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual

@test "1 qemu-system-s390x -machine s390-ccw-virtio,boot-certificates=/…/certs:/another/path/cer..." {
	later "Secure IPL"
}

@test "2 qemu-system-s390x -machine s390-ccw-virtio,secure-boot=on" {
	later "Secure IPL"
}

@test "3 ./configure … --enable-gnutls" {
	external "builds QEMU; ours is make"
}

@test "4 openssl req -new -x509 -newkey rsa:2048 -keyout mykey.priv -outform DER -out mycert.der..." {
	later "Secure IPL signing"
}

@test "5 ./sign-file sha256 mykey.priv mycert.der /boot/vmlinuz-…" {
	later "Secure IPL signing"
}

@test "6 ./sign-file sha256 mykey.priv mycert.der /usr/lib/s390-tools/stage3.bin" {
	later "Secure IPL signing"
}

@test "7 zipl --secure 1 -V" {
	later "Secure IPL signing"
}

@test "8 qemu-system-s390x -machine s390-ccw-virtio,secure-boot=on,boot-certificates=mycert.der …" {
	later "Secure IPL"
}
