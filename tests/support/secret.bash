# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of pvsecret share, on top of image.bash. After secret_setup_file,
# $WORK holds besides:
#   image, hdr.bin        a boot image, and its header alone
#   host.crt.pem          the private key of host.crt
#   ext, value            32 bytes each

secret_setup_file() {
	image_setup_file
	make_image image
	pvextract-hdr -q -o hdr.bin image
	head -c 32 /dev/urandom >ext
	head -c 32 /dev/urandom >value
}

# create OUTPUT OPTION... KIND...: a request for host.crt and hdr.bin.
create() {
	local output=$1
	shift
	pvsecret create -q -k host.crt --no-verify --hdr hdr.bin -o "$output" "$@"
}

# signing_key NAME: rsa2048, rsa3072, rsa4096, p521 or p384; also a certificate.
signing_key() {
	local algorithm=RSA option=rsa_keygen_bits:${1#rsa}
	if [[ $1 == p* ]]; then
		algorithm=EC option=ec_paramgen_curve:P-${1#p}
	fi
	openssl genpkey -algorithm $algorithm -pkeyopt "$option" -out "$1.pem" 2>/dev/null
	openssl req -new -x509 -key "$1.pem" -subj /CN=owner -days 3650 -out "$1.crt" 2>/dev/null
}

# in_guest PVSECRET-ARGUMENT...: with a store of its own in the file "store" in
# place of /dev/uv. (Sanitizers want to be loaded first.)
in_guest() {
	[ -e store ] || : >store
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 ULTRAVIOLET_UV_DEVICE=store \
		FAKE_UV_HOST_KEY=${FAKE_UV_HOST_KEY:-host.crt.pem} \
		LD_PRELOAD=$UV_BUILD/tests/support/fake-secrets.so pvsecret "$@"
}
