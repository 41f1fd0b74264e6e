# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the boot tests of Secure IPL share, besides boot.bash: keys, certificates,
# and files that payloads are given. Everything lies in $BATS_FILE_TMPDIR.

# boot_certificate NAME [OPTION...]: a key NAME.key and its certificate NAME.pem
boot_certificate() {
	local name=$1
	shift
	[ -e "$name.pem" ] || openssl req -x509 -newkey rsa:2048 -noenc -days 30 \
		-subj "/CN=$name" -keyout "$name.key" -out "$name.pem" "$@" 2>/dev/null
}

# ec_certificate NAME CURVE
ec_certificate() {
	boot_certificate "$1" -newkey ec -pkeyopt "ec_paramgen_curve:$2"
}

# certificate_at DATE NAME: one that was made for 30 days at DATE
certificate_at() {
	local at=$1
	shift
	[ -e "$1.pem" ] || faketime "$at" openssl req -x509 -newkey rsa:2048 -noenc -days 30 \
		-subj "/CN=$1" -keyout "$1.key" -out "$1.pem" 2>/dev/null
}

# sign_content SIGNER FILE OUT [OPTION...]: a detached signature, as sign-file makes it
sign_content() {
	local signer=$1 file=$2 out=$3
	shift 3
	openssl cms -sign -binary -nocerts -noattr -nosmimecap -md sha256 \
		-signer "$signer.pem" -inkey "$signer.key" -in "$file" -outform DER -out "$out" "$@"
}

# expected_entries OUT FILE...: what guest/payload/certificates.c compares the
# entries of the store with. A file whose name begins with ! is not valid now.
expected_entries() {
	python3 - "$@" <<-'END'
		import hashlib, os, subprocess, sys
		def der(path, *options):
		    return subprocess.run(["openssl", "x509", "-in", path, *options],
		                          check=True, capture_output=True).stdout
		slots = b""
		for path in sys.argv[2:]:
		    valid, path = not path.startswith("!"), path.lstrip("!")
		    cert = der(path, "-outform", "DER")
		    key = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], check=True,
		                         input=der(path, "-noout", "-pubkey"), capture_output=True).stdout
		    p521 = bytes.fromhex("06052b81040023") in key
		    name = os.path.basename(path)[:64].ljust(64).encode("cp500")
		    slot = len(cert).to_bytes(4, "big") + bytes([valid, p521, 0, 0]) + name
		    slot += hashlib.sha256(key).digest() + hashlib.sha256(cert).digest() + cert
		    slots += slot.ljust(0x3000, b"\0")
		open(sys.argv[1], "wb").write(slots)
	END
}

# signature_case OUT NAME SIGNATURE CODE [INDEX CERTIFICATE]: adds a case for
# guest/payload/verification.c
signature_case() {
	python3 - "$@" <<-'END'
		import subprocess, sys
		out, name, signature, code, index, cert = (sys.argv[1:] + ["0", ""])[:6]
		data = open(signature, "rb").read()
		size = len(subprocess.run(["openssl", "x509", "-in", cert, "-outform", "DER"], check=True,
		                          capture_output=True).stdout) if cert else 0
		case = b"".join(n.to_bytes(4, "big") for n in (len(data), int(code, 16), int(index), size))
		case += name.encode().ljust(48, b"\0") + data
		assert len(name) < 48 and len(data) <= 4096
		open(out, "ab").write(case.ljust(0x2000, b"\0"))
	END
}

# secure_guest NAME MACHINE-OPTIONS [QEMU-OPTION...]: until it ends; for bats' run
secure_guest() {
	local name=$1 machine=$2
	shift 2
	# shellcheck disable=SC2086 # several options
	timeout -k 5 "$BOOT_LIMIT" ultraviolet run ${RUN_OPTIONS:-} --name "$name" -- \
		-machine "s390-ccw-virtio$machine" -m 512 -nographic -no-reboot "$@" \
		</dev/null 2>&1 | tr -d '\r\0'
	return "${PIPESTATUS[0]}"
}

# secure_initrd KERNEL: makes secure-initrd-KERNEL once
secure_initrd() {
	[ -e "secure-initrd-$1" ] ||
		"$UV_ROOT/scripts/mkinitramfs.sh" -k "$1" -m virtio_blk \
			-i "$UV_ROOT/tests/boot/init-secure-ipl.sh" -o "secure-initrd-$1"
}

# boot_disk FILE KERNEL PARAMETERS [OPTION...]: a disk that boots Debian's KERNEL;
# signed with -k and -c among the options of 'sipl mkdisk'
boot_disk() {
	local file=$1 kernel=$2 parameters=$3
	shift 3
	[ ! -e "$file" ] || return 0
	secure_initrd "$kernel" || return 1
	sipl mkdisk -q -i "$UV_CACHE/guests/$kernel/vmlinuz" -r "secure-initrd-$kernel" \
		-P "console=ttysclp0 quiet $parameters" -o "$file" "$@"
}

# on_blk FILE [INDEX]: QEMU's options for a virtio-blk disk that can be booted from
on_blk() {
	local id=blk${2:-1}
	echo "-drive file=$1,format=raw,if=none,id=$id" \
		"-device virtio-blk-ccw,drive=$id,bootindex=${2:-1},devno=fe.0.00${2:-1}0"
}

# on_scsi FILE [INDEX]: the same, behind a virtio-scsi adapter
on_scsi() {
	local id=scsi${2:-1}
	echo "-device virtio-scsi-ccw,id=a$id,devno=fe.0.00${2:-1}8" \
		"-drive file=$1,format=raw,if=none,id=$id" \
		"-device scsi-hd,drive=$id,bus=a$id.0,bootindex=${2:-1}"
}

# kernel_offset DISK [OFFSET]: where the kernel lies, or a place in it. Of the first
# 64 KiB nothing is executed.
kernel_offset() {
	sipl inspect --format json "$1" | jq --argjson offset "${2:-0}" \
		'.block_size as $size | .programs[0].components[] |
			select(.name == "kernel") | .first_block * $size + $offset'
}

# refused WORDS: the guest of bats' run was not started, for this reason
refused() {
	contains "$1" && lacks "Linux version" && lacks "secure=" && lacks "init="
}
