# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The commands that the documentation of Secure Execution and Secure IPL prints,
# as tests: one file per chapter, one test per command, numbered through all files
# in the order of print. A row that does not run says why, in one of three ways:

# It is another program's, or a person's, and nothing of ours is in it.
external() { skip "external: $*"; }

# It is printed wrongly; the test of the right form stands elsewhere or follows.
erratum() { skip "erratum: $*"; }

# Its capability is not there yet.
later() { skip "later: $*"; }

# A machine, its certificate authority with CRLs served on loopback, and an image,
# made once per file in $WORK under the names that the manual uses.
manual_setup_file() {
	export WORK=$BATS_FILE_TMPDIR/work XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
	local guests=${ULTRAVIOLET_CACHE:-$HOME/.cache/ultraviolet}/guests

	mkdir -p "$WORK"
	cd "$WORK" || return 1
	cp "$guests/trixie/vmlinuz" vmlinuz
	"$UV_ROOT/scripts/mkinitramfs.sh" -k trixie -i "$UV_ROOT/tests/boot/init-basic.sh" \
		-o initrd.img
	echo 'console=ttysclp0' >parmfile
	ultraviolet machine create machine --generation z16 --port "$((20000 + RANDOM % 10000))"
	manual_names
	pvimg create -i vmlinuz -k HKD-8651-000201C048.crt --no-verify -o seimage
	ultraviolet machine serve machine >serve.log 2>&1 3>&- &
	echo $! >serve.pid
	manual_wait_for_server
}

# The files of the machine under the manual's names.
manual_names() {
	local hkd
	hkd=$(echo machine/HKD-*.crt)
	ln -s "$hkd" HKD-8651-000201C048.crt
	ln -s "$hkd" HKD-8651-00020089A8.crt
	ln -s machine/ca/ibm-z-host-key-signing.crt ibm_signkey.crt
	ln -s machine/ca/ibm-z-host-key-signing.crt SigningKey.crt
	ln -s "$hkd" z16.crt
	ln -s machine/ca/ibm-z-host-key-signing.crt ibm-sign.crt
	ln -s machine/ca/DigiCertCA.crt digicert_intermediate.crt
	ln -s machine/ca/DigiCertCA.crt DigiCertCA.crt
	ln -s machine/ca/rootCA.crt root_ca.crt
}

manual_wait_for_server() {
	local i
	for ((i = 0; i < 100; i++)); do
		grep -q 'http://' serve.log && return 0
		sleep 0.1
	done
	cat serve.log
	return 1
}

# For the rows about add-secret requests: a folder of one's own with all of $WORK, the
# header of the image in it, and the root certificate trusted.
secret_row() {
	cd "$BATS_TEST_TMPDIR" || return 1
	ln -s "$WORK"/* .
	export SSL_CERT_FILE=root_ca.crt
	pvextract-hdr -q -o se.hdr seimage
	head -c 32 /dev/urandom >ext_secret
	cp ext_secret myExtSecret
	[ -e cck ] || head -c 32 /dev/urandom >cck
}

# request FILE TYPE: is FILE an add-secret request for that type of secret?
request() {
	[ "$(head -c 6 "$1")" = asrcbM ] &&
		[ "$(od -An -tx1 -j $((0x50a)) -N 2 "$1" | tr -d ' ')" = "$(printf %04x "$2")" ]
}

manual_teardown_file() {
	kill "$(cat "$WORK/serve.pid")" 2>/dev/null || true
}

# Does IMAGE start on $MACHINE, and Linux find itself protected?
boots_protected() { # IMAGE
	timeout -k 5 120 ultraviolet run --machine "$WORK/machine" -- -m 512 -nographic \
		-no-reboot -kernel "$1" </dev/null | tr -d '\r' | grep -qx prot_virt_guest=1
}
