#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvimg create, also as genprotimg.
# shellcheck disable=SC2030,SC2031 # each test is a subshell

bats_require_minimum_version 1.5.0
load ../support/image

setup_file() { image_setup_file; }
setup() { image_setup; }

create() { pvimg create -i kernel -k host.crt --no-verify --hdr-key hdr.key -o image "$@"; }

# --- yes -----------------------------------------------------------------------

@test "an image is created, and only its owner may read it" {
	umask 0022
	run -0 --separate-stderr create -r ramdisk -p parm
	[ -z "$output" ]
	[[ $stderr == *"Successfully generated the Secure Execution image."* ]]
	[ "$(stat -c %a image)" = 600 ]
	pvimg verify --hdr-key hdr.key image
}

@test "the mode does not depend on the umask" {
	umask 0777
	run -0 create
	[ "$(stat -c %a image)" = 600 ]
}

@test "parts lie where readers and boot loaders expect them" {
	create -r ramdisk -p parm
	[ "$(bytes image 0 8)" = 0008000180011000 ]
	[ "$(bytes image 0xc000 28)" = 5365496d674c6e78000000000001400000000001000000000003c000 ]
	[ "$(bytes image 0x14000 16)" = 49424d5365634578"00000100""00000280" ]
	[ "$(bytes image 0x10008 6)" != 533339304550 ] # or QEMU takes it for a kernel
	[ "$(field image nep)" = $((0x27)) ]
	[ "$(field image addr_hex)" = 000000000003a000 ]
}

@test "-q says nothing, -vv shows the layout" {
	run -0 create -q
	[ -z "$output" ]
	run -0 create --overwrite -vv
	[[ $output =~ "Secure Execution header"\ +0x14000\ +0x1427f ]]
}

@test "every run with --no-verify warns" {
	run -0 create
	[[ $output == *"warning:"*"verification is disabled"* ]]
	run -0 create --overwrite
	[[ $output == *"warning:"*"verification is disabled"* ]]
}

@test "genprotimg is pvimg create" {
	run -0 genprotimg -i kernel -k host.crt --no-verify -o image
	run -0 genprotimg --version
	[[ $output =~ ^"pvimg version "([^-]*)- ]]
	[ "$(printf '2.17.0\n%s\n' "${BASH_REMATCH[1]}" | sort -V | head -1)" = 2.17.0 ]
	run -0 genprotimg --help
	[[ $output == *--comm-key* && $output == *--overwrite* && $output == *--enable-pckmo* ]]
}

@test "spellings of older releases" {
	run -0 genprotimg -V --image kernel --ramdisk=ramdisk --parmfile=parm \
		--host-key-document=host.crt --no-verify --comm-key=cck \
		--x-header-key hdr.key --x-comp-key image.key --output=image
	[[ $output == *"-V"* ]]
	[ "$(field image cck_hex)" = "$(bytes cck 0 32)" ]
	[ "$(field image xts_hex)" = "$(bytes image.key 0 64)" ]
	run -0 genprotimg --image kernel -k host.crt --no-verify --x-comm-key cck \
		--hdr-key hdr.key -o image --overwrite
	[ "$(field image cck_hex)" = "$(bytes cck 0 32)" ]
}

@test "the keys that are given are used" {
	create --cck cck --image-key image.key
	[ "$(field image cck_hex)" = "$(bytes cck 0 32)" ]
	[ "$(field image xts_hex)" = "$(bytes image.key 0 64)" ]
	run -1 pvimg info --hdr-key cck image
}

@test "keys that are not given differ from image to image" {
	create
	one=$(field image xts_hex)$(field image cck_hex)
	create --overwrite
	[ "$one" != "$(field image xts_hex)$(field image cck_hex)" ]
}

@test "one slot per host key document, in their order" {
	create -k other.crt,host.crt
	[ "$(pvimg info -q --format text image | grep -c 'target key hash')" -eq 3 ]
	pvimg create -q -i kernel -k other.crt --no-verify -o other
	first=$(pvimg info -q --format text image | grep 'target key hash' | sed -n 2p)
	[ "$first" = "$(pvimg info -q --format text other | grep 'target key hash')" ]
}

@test "components are encrypted, unless told otherwise" {
	create -p parm
	run -1 grep -c 'root=/dev/vda' image
	run -0 create -p parm --overwrite --disable-image-encryption
	[[ $output == *"not encrypted"* ]]
	grep -q 'root=/dev/vda' image
	pvimg verify --hdr-key hdr.key image
	run -0 create -p parm --overwrite --x-pcf 0x10000000
	grep -q 'root=/dev/vda' image
}

# What each flag option makes of the header's two words.
@test "flag options set their bits" {
	flags() { # PCF SCF OPTION...
		local pcf=$1 scf=$2
		shift 2
		create -q --overwrite "$@" || return 1
		[ "$(field image pcf_hex) $(field image scf_hex)" = "$pcf $scf" ] || {
			echo "$*: $(field image pcf_hex) $(field image scf_hex)"
			return 1
		}
	}
	none=0000000000000000 usual=00000000000000e0
	flags $usual $none
	flags 00000000200000e0 $none --enable-dump --cck cck
	flags 00000000200000e0 2000000000000000 --enable-dump --enable-cck-update
	flags $usual $none --disable-dump
	flags $usual 4000000000000000 --enable-cck-extension-secret --cck cck
	flags $usual $none --disable-cck-extension-secret --disable-cck-update
	flags $usual 2000000000000000 --enable-cck-update
	flags $usual $none --enable-pckmo
	flags $none $none --disable-pckmo
	flags 00000000000000f0 $none --enable-pckmo-hmac
	flags $usual $none --disable-pckmo-hmac
	flags 00000000000000e2 $none --enable-backup-keys
	flags $usual $none --disable-backup-keys
	flags 00000000100000e0 $none --disable-image-encryption
	flags $usual $none --enable-image-encryption
	flags 0000000000000001 fedcba9876543210 --x-pcf 1 --x-scf 0xFEDCBA9876543210
}

@test "--x-psw chooses the start address" {
	create --x-psw 0x11000
	[ "$(field image addr_hex)" = 0000000000011000 ]
	[ "$(field image mask_hex)" = 0000000180000000 ]
}

@test "--x-bootloader-directory takes other boot stages" {
	mkdir stages
	head -c 5000 /dev/urandom >stages/stage3a.bin
	head -c 3000 /dev/urandom >stages/stage3b_reloc.bin
	run -0 create --x-bootloader-directory stages
	cmp -n 4976 stages/stage3a.bin <(tail -c +$((0x10001)) image)
	rm stages/stage3a.bin
	run -1 create --overwrite --x-bootloader-directory stages
	[[ $output == *stage3a.bin* ]]
	: >stages/stage3a.bin
	run -1 create --overwrite --x-bootloader-directory stages
	[[ $output == *"Invalid stage3a"* ]]
}

@test "components come from pipes, standard input and descriptors too" {
	create -r ramdisk -q
	size=$(stat -Lc %s image)
	create -q --overwrite -r <(cat ramdisk)
	[ "$(stat -Lc %s image)" = "$size" ]
	create -q --overwrite -r - <ramdisk
	[ "$(stat -Lc %s image)" = "$size" ]
	create -q --overwrite -r /proc/self/fd/7 7<ramdisk
	[ "$(stat -Lc %s image)" = "$size" ]
	pvimg create -q --overwrite -i <(cat kernel) -r ramdisk -p <(cat parm) \
		-k host.crt --no-verify --hdr-key hdr.key -o image
	pvimg verify --hdr-key hdr.key image
}

@test "a verified host key document is enough" {
	"$UV_BUILD/tests/pki/mint-pki" pki "" 2048
	cert=$(pki_options pki)
	# shellcheck disable=SC2086 # a list of options
	run -0 pvimg create -i kernel -o image -k pki/host.crt $cert
	[[ $output != *warning* ]]
}

pki_options() { # FOLDER: everything that verifies its host.crt offline
	local crl options="--offline --root-ca $1/root_ca.crt -C $1/ibm.crt -C $1/inter_ca.crt"
	for crl in root_ca inter_ca ibm; do options+=" --crl $1/$crl.crl"; done
	echo "$options"
}

# --- no: the command line --------------------------------------------------------

usage() { # OPTION...: refused with exit code 2, nothing written
	run -2 pvimg create "$@"
	[[ $output == error:* ]]
	[ ! -e image ]
}

@test "required options" {
	usage
	usage -i kernel -k host.crt --no-verify
	usage -i kernel -o image --no-verify
	usage -k host.crt -o image --no-verify
	usage -i kernel -k host.crt -o image
}

@test "options that exclude each other" {
	base=(-i kernel -k host.crt --no-verify -o image --cck cck)
	for pair in dump cck-extension-secret cck-update pckmo pckmo-hmac backup-keys \
		image-encryption; do
		usage "${base[@]}" "--enable-$pair" "--disable-$pair"
		usage "${base[@]}" "--enable-$pair" --x-pcf 0
		usage "${base[@]}" "--disable-$pair" --x-scf 0
	done
	usage "${base[@]}" --enable-cck-extension-secret --enable-cck-update
	usage "${base[@]}" --disable-image-encryption --image-key image.key
	usage "${base[@]}" -C host.crt
}

@test "options that need others" {
	base=(-i kernel -k host.crt -o image)
	usage "${base[@]}" --no-verify --enable-dump
	usage "${base[@]}" --no-verify --enable-cck-extension-secret
	usage "${base[@]}" --crl x
}

@test "unknown options, repeated options, stray arguments" {
	base=(-i kernel -k host.crt --no-verify -o image)
	usage "${base[@]}" --nonsense
	usage "${base[@]}" -i kernel
	usage "${base[@]}" -o other
	usage "${base[@]}" --cck
	usage "${base[@]}" stray
	usage "${base[@]}" --overwrite=yes
	usage "${base[@]}" --overwrite --overwrite
	usage "${base[@]}" -r --overwrite
	usage "${base[@]}" -r ''
	usage "${base[@]}" --x-pcf -1
}

@test "words that are not hexadecimal" {
	for option in --x-pcf --x-scf --x-psw; do
		for word in zz 0x 10000000000000000 -1 ''; do
			run -1 create "$option=$word"
			[[ $output == *"${option#--}"* ]]
		done
	done
	[ ! -e image ]
}

# --- no: what the options name -----------------------------------------------------

refused() { # TEXT OPTION...: fails, saying TEXT; nothing is left
	local text=$1
	shift
	run -1 create "$@"
	[[ $output == *"$text"* ]] || { echo "$output"; return 1; }
	[ ! -e image ]
	[ -z "$(ls -A | grep -F .uv-)" ]
}

@test "key files of a wrong size" {
	for size in 0 31 33 64; do
		head -c "$size" /dev/urandom >key
		refused "Failed to use 'key' as the CCK" --cck key
		run -1 pvimg create -i kernel -k host.crt --no-verify -o image --hdr-key key
		[[ $output == *"Failed to use 'key' as the Secure Execution header protection key"* ]]
		[[ $output == *"expected 32"* ]]
	done
	for size in 0 32 63 65; do
		head -c "$size" /dev/urandom >key
		refused "Failed to use 'key' as the image components key" --image-key key
	done
	refused "absent" --cck absent
	refused "parm" --cck parm
}

@test "an image key with equal halves" {
	cat cck cck >key
	refused "halves" --image-key key
}

@test "ninety-five hosts fit, ninety-six do not" {
	list=$(yes host.crt | head -n 94 | paste -sd,)
	run -0 create -k "$list"
	[ "$(field image sehs)" = 8160 ]
	pvimg verify --hdr-key hdr.key image
	rm image
	refused "95" -k "$list,host.crt"
}

@test "host key documents that are none" {
	host_key_document p256.crt prime256v1
	refused "absent" -k absent
	refused "parm" -k parm
	refused "p256.crt" -k p256.crt
	refused "'.'" -k .
}

@test "a host key document that does not verify" {
	"$UV_BUILD/tests/pki/mint-pki" pki "" 2048
	# shellcheck disable=SC2046 # a list of options
	run -1 pvimg create -i kernel -o image -k host.crt $(pki_options pki)
	[[ $output == error:* ]]
	[ ! -e image ]
}

@test "components that are absent or folders" {
	refused "absent" -r absent
	refused "absent" -p absent
	refused "'.'" -r .
	run -1 pvimg create -i absent -k host.crt --no-verify -o image
	[[ $output == *absent* ]]
}

@test "kernels that are none" {
	head -c 200000 /dev/zero >zeros
	printf '\177ELF' | cat - zeros >elf
	head -c $((0x10437)) kernel >short
	for file in zeros short elf; do
		run -1 pvimg create -i $file -k host.crt --no-verify -o image
		[[ $output == *"Check for Linux kernel component has failed"* ]]
	done
	[[ $output == *ELF* ]]
	[ ! -e image ]
	for file in zeros short elf; do
		run -0 pvimg create -i $file -k host.crt --no-verify -o image --overwrite \
			--no-component-check
		[[ $output == *"The component check is turned off!"* ]]
	done
}

@test "a kernel that is too small to be started is remarked" {
	run -0 pvimg create -i parm -k host.crt --no-verify -o image --no-component-check
	[[ $output == *"will not boot"* ]]
}

@test "command lines that the kernel does not take" {
	head -c 4095 /dev/zero | tr '\0' a >longest
	head -c 4096 /dev/zero | tr '\0' a >longer
	run -0 create -p longest
	rm image
	refused "Provided kernel cmdline is too large: 4097 > 4096" -p longer
	fake_kernel small 100000 0
	run -1 pvimg create -i small -k host.crt --no-verify -o image -p longest
	[[ $output == *"4096 > 896"* ]]
	run -0 create -p longer --no-component-check
}

# --- no: the output ------------------------------------------------------------------

@test "an existing image is kept, and that is said at once" {
	echo precious >image
	mkfifo never
	# Nobody writes to the FIFO: whoever reads it before refusing hangs here.
	run -1 timeout 10 pvimg create -i never -k host.crt --no-verify -o image
	[[ $output == *"exists already"*--overwrite* ]]
	[ "$(cat image)" = precious ]
	run -0 create --overwrite
	[ "$(stat -c %a image)" = 600 ]
	pvimg verify --hdr-key hdr.key image
}

@test "a failed run keeps the old image" {
	echo precious >image
	run -1 create --overwrite -r absent
	[ "$(cat image)" = precious ]
}

@test "a symbolic link is not followed" {
	echo precious >victim
	ln -s victim image
	run -1 create
	[ -L image ]
	run -0 create --overwrite
	[ ! -L image ]
	[ "$(cat victim)" = precious ]
}

@test "folders that cannot be written" {
	run -1 pvimg create -i kernel -k host.crt --no-verify -o no/image
	[[ $output == *"no/image"* ]]
	run -1 pvimg create -i kernel -k host.crt --no-verify -o /proc/image
	[[ $output == *"/proc/image"* ]]
	mkdir folder
	run -1 pvimg create -i kernel -k host.crt --no-verify --overwrite -o folder
	assert_only folder ""
}

@test "outputs that are no files" {
	mkfifo fifo
	for output in - fifo /dev/null /dev/full /dev/stdout; do
		run -1 timeout 10 pvimg create -i kernel -k host.crt --no-verify --overwrite \
			-o $output
		[[ $output == *"regular file"* ]]
	done
	[ -c /dev/null ]
}

@test "standard streams that are closed" {
	# The image could get the number of one, and then what is printed.
	pvimg create -i kernel -k host.crt --no-verify --hdr-key hdr.key -o image >&- 2>&-
	[ "$(bytes image 8 256)" = "$(printf %0512d 0)" ]
	pvimg verify --hdr-key hdr.key image
	run ! bash -c 'pvimg info --format text image >&-'
}

@test "progress is shown on a terminal, and messages on lines of their own" {
	command -v script >/dev/null || skip "script (bsdutils) is not installed"
	mkfifo slow
	# Long enough for the display to begin; then the writer goes, and the limit hits.
	{ head -c 20M /dev/zero; sleep 1; head -c 20M /dev/zero; } >slow 3>&- &
	# The unit of ulimit is of the shell that script(1) takes: 1024 bytes in bash.
	SHELL=/bin/bash run script -qefc "ulimit -f 30000; trap '' XFSZ; pvimg create -i kernel -r slow \
		-k host.crt --no-verify -o image" log
	[[ $output == *"Image: "*" MiB/s"* ]]
	tr '\r' '\n' <log | grep -q '^error: '
	[ ! -e image ]
	# Nothing of that in a file.
	pvimg create -i kernel -r <(sleep 1; cat ramdisk) -k host.crt --no-verify -o image 2>messages
	run ! grep -q MiB messages
}

@test "messages do not steer the terminal" {
	run -1 pvimg create -i $'\e[31mred\xc2\x9b31m' -k host.crt --no-verify -o image
	[[ $output == *"'?[31mred?"* && $output != *$'\e'* ]]
}

@test "without /proc, where a nameless file could get no name" {
	mkdir out
	unshare -m true 2>/dev/null || skip "hiding /proc is not permitted here"
	# shellcheck disable=SC2016 # expanded inside
	run -0 unshare -m sh -c 'mount -t tmpfs none /proc &&
		pvimg create -q -i kernel -k host.crt --no-verify -o out/image &&
		! pvimg create -q -i kernel -k host.crt --no-verify -o out/image &&
		pvimg create -q -i kernel -k host.crt --no-verify -o out/image --overwrite'
	assert_only out image
	[ "$(stat -c %a out/image)" = 600 ]
}

@test "a full disk" {
	mkdir small
	unshare -m true 2>/dev/null || skip "mounting a small file system is not permitted here"
	# shellcheck disable=SC2016 # expanded inside
	run -1 unshare -m sh -c 'mount -t tmpfs -o size=160k none small &&
		echo precious >small/image &&
		{ pvimg create -i kernel -r ramdisk -k host.crt --no-verify --overwrite -o small/image
		  code=$?; ls -A small; cat small/image; exit $code; }'
	[[ $output == *"No space left on device"* ]]
	[[ $output == *$'\nimage\nprecious' ]]
}

@test "a file size limit" {
	mkdir out
	# shellcheck disable=SC2016 # expanded inside
	run bash -c 'ulimit -f 100; pvimg create -i kernel -k host.crt --no-verify -o out/image'
	[ "$status" -ne 0 ]
	assert_only out ""
}

kill_while_writing() { # SIGNAL
	mkdir out
	echo precious >out/image
	mkfifo endless
	# It gets a few MiB of the RAM disk, which has no end.
	{ head -c 8M /dev/zero; exec sleep 30; } >endless 3>&- &
	feeder=$!
	pvimg create -q -i kernel -r endless -k host.crt --no-verify --overwrite \
		-o out/image 3>&- &
	maker=$!
	sleep 0.5
	kill "-$1" $maker
	wait $maker && return 1
	kill $feeder
	assert_only out image
	[ "$(cat out/image)" = precious ]
}

@test "killed while writing: the old image stays, nothing is left over" {
	kill_while_writing KILL
}

@test "interrupted while writing: the old image stays, nothing is left over" {
	kill_while_writing TERM
}

@test "nothing at all is left beside the image" {
	mkdir out
	pvimg create -q -i kernel -k host.crt --no-verify -o out/image
	assert_only out image
}
