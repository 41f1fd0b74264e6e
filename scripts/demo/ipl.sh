#!/bin/bash
# SPDX-License-Identifier: MIT
# ipl.sh FOLDER: a signed boot disk, secure mode, and what it keeps out.
set -eu
. "$UV_ROOT/scripts/demo/lib.sh"
cd "$1"

# secure_boot DISK: on a machine that starts only what signer.pem has signed
secure_boot() {
	show timeout -k 5 120 ultraviolet run --name "demo-$$" -- \
		-machine s390-ccw-virtio,secure-boot=on,boot-certs.0.path=signer.pem \
		-m 512 -nographic -no-reboot -drive "file=$1,format=raw,if=none,id=d0" \
		-device virtio-blk-ccw,drive=d0,bootindex=1 </dev/null 2>&1 | tr -d '\r'
}

title "1. A key to sign with; its certificate goes to the machine"
show sipl keygen -k signer.key -c signer.pem -n "signer of boot disks"

title "2. A boot disk with Debian's unmodified kernel, signed"
"$UV_ROOT/scripts/mkinitramfs.sh" -k trixie -i "$UV_ROOT/scripts/demo/init-ipl.sh" -o initrd.img
show sipl mkdisk -i "$UV_GUESTS/trixie/vmlinuz" -r initrd.img -P "console=ttysclp0 quiet" \
	-k signer.key -c signer.pem -o disk.img
show sipl verify disk.img --boot-certs signer.pem

title "3. It starts in secure mode"
secure_boot disk.img >console.log
cat console.log
[ "$(grep -c 'Verified component' console.log)" -eq 2 ]
proven "the boot loader verified two components, stage 3 and kernel"
expect '^/sys/firmware/ipl/secure=1$' console.log "an unmodified Debian kernel knows that it was started securely (/sys/firmware/ipl/secure is 1)"
expect 'Loaded X.509 cert .signer of boot disks' console.log "the kernel took the signer's certificate out of the IPL report"
show ultraviolet report "demo-$$"

title "4. The same disk with one bit changed in the kernel"
cp disk.img changed.img
offset=$(sipl inspect --format json changed.img | jq '.block_size as $size |
	.programs[0].components[] | select(.name == "kernel") | .first_block * $size + 1000000')
byte=$(od -An -tu1 -j "$offset" -N 1 changed.img)
# shellcheck disable=SC2059 # the format is the byte
printf "\\$(printf '%03o' $((byte ^ 1)))" | dd of=changed.img bs=1 seek="$offset" conv=notrunc status=none
secure_boot changed.img >changed.log
cat changed.log
if grep -q '/sys/firmware/ipl/secure' changed.log; then
	echo "the changed disk started" >&2
	exit 1
fi
expect 'does not verify with any certificate' changed.log "a disk with one bit changed does not start, and the reason is named"
