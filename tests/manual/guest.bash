# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A protected guest that runs while the rows of a file do, for the manual's commands
# inside the guest. To be loaded after manual.bash.

BOOT_LIMIT=${BOOT_LIMIT:-600} # for all rows of the file
load ../boot/boot
load ../boot/courier

# guest_setup_file: after manual_setup_file. The guest runs $WORK/secguest.
guest_setup_file() {
	boot_prepare
	cd "$WORK" || return 1
	[ -x "$UV_BUILD/guest/bin/pvsecret" ] || return 0
	courier_image secguest trixie machine
	courier_start guest machine secguest
	export COURIER=$WORK/guest
}

# guest_row: as secret_row, with the header of the guest's image.
guest_row() {
	[ -n "${COURIER:-}" ] ||
		skip "there are no programs for s390x: their cross compiler or libraries are missing"
	secret_row
	rm se.hdr
	pvextract-hdr -q -o se.hdr secguest
}

# guest_row_anew: the same, in a guest with an empty store.
guest_row_anew() {
	guest_row
	courier_reboot
}

# secret_request FILE OPTION...: the command of the manual, for the rest.
secret_request() {
	local file=$1
	shift
	pvsecret create -q -k z16.crt --hdr se.hdr -o "$file" -C DigiCertCA.crt -C ibm-sign.crt "$@"
}

# guest_status FIELD: what the ultravisor says to whoever runs the guest.
guest_status() {
	ultraviolet status --json guest | jq -r ".configuration.\"$1\""
}
