# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of attestation share, on top of image.bash. After
# attestation_setup_file, $WORK also holds:
#   image, header               an image for host.crt, and its header
#   request, arpk               a request for host.crt with all additional data
#   response                    the answer of a guest that runs the image, user data "hello"
#   bare-request, bare-arpk, bare-response    the same without additional and user data

. "$(dirname "${BASH_SOURCE[0]}")/image.bash"

CUID=00112233445566778899aabbccddeeff
ALL_DATA=phkh-img,phkh-att,secret-store-hash,firmware-state

attestation_setup_file() {
	image_setup_file
	make_image image
	pvextract-hdr -q -o header image
	create_request request arpk --add-data "$ALL_DATA"
	create_request bare-request bare-arpk
	printf hello >user-data
	perform -u user-data request response
	perform bare-request bare-response
}

# create_request FILE KEY [OPTION...]: for host.crt.
create_request() {
	local file=$1 key=$2
	shift 2
	pvattest create -q -k host.crt --no-verify -o "$file" -a "$key" "$@"
}

# perform ARGUMENT...: pvattest perform with a made-up kernel and ultravisor, whose
# guest runs $WORK/header on the machine of $WORK/host.crt.
perform() {
	ULTRAVIOLET_UV_DEVICE=/dev/null FAKE_UV_CUID=${FAKE_UV_CUID:-$CUID} \
		FAKE_UV_HOST_KEY=${FAKE_UV_HOST_KEY:-$WORK/host.crt.pem} \
		FAKE_UV_IMAGE=${FAKE_UV_IMAGE:-$WORK/header} \
		LD_PRELOAD=$UV_BUILD/tests/support/fake-uv.so pvattest perform "$@"
}
