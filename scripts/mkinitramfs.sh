#!/usr/bin/env bash
# Pack an initramfs for a test guest.  Needs no root rights; the same input
# gives the same bytes.
#
#   mkinitramfs.sh -k trixie|sid -i INITSCRIPT -o OUT [-m "MODULE ..."] [-f FILE:DEST ...]
#
# INITSCRIPT becomes /init.  Named modules, with all they depend on, go to
# /lib/modules, and their file names, in the order of loading, into
# /lib/modules/order.  Each FILE goes to the absolute path DEST and keeps its
# execute permission.
#
# There is no /dev/console in it (a device node would take root rights), so
# /init starts without standard input and output and must first mount devtmpfs;
# tests/boot/init-basic.sh shows how.
set -euo pipefail
UV_SCRIPTS=$(cd "$(dirname "$0")" && pwd)
. "$UV_SCRIPTS/lib.sh"

# Commands that get a name in /bin; the others are there as `busybox COMMAND`.
APPLETS='[ awk basename cat chmod chroot cmp cp cut date dd df dirname dmesg du echo env expr
	false find free grep gunzip gzip halt head hexdump hostname id ifconfig insmod ip kill
	killall ln ls lsmod md5sum mkdir mkfifo mknod modprobe more mount mv nc ping poweroff printf
	ps pwd readlink reboot rm rmdir rmmod route sed seq setsid sh sha256sum sha512sum sleep sort
	stat stty switch_root sync tail tar tee telnet test time timeout top touch tr true tty
	udhcpc umount uname uniq usleep vi wc wget which xargs xxd'

usage() {
	say 'usage: mkinitramfs.sh -k trixie|sid -i INITSCRIPT -o OUT [-m "MODULE ..."] [-f FILE:DEST ...]'
	exit 2
}

# add FILE DEST [MODE]
add() {
	local mode=${3:-644}

	[ -f "$1" ] || die "no such file: $1" "It was to go into the initramfs as $2."
	if [ $# -eq 2 ] && [ -x "$1" ]; then
		mode=755
	fi
	install -D -m "$mode" "$1" "$TREE/$2"
}

# loading_order MODULE...: these and their dependencies, in the order of loading.
loading_order() {
	local module

	for module in "$@"; do
		module=${module//-/_}
		grep -q "^$module:" "$KERNEL/modules/depends" ||
			die "no module $module kept for the kernel $NAME ($KERNEL/modules)" \
				"It may be built in. Those that are there: $(sed 's/:.*//' "$KERNEL/modules/depends" | tr '\n' ' ')" \
				"To keep another one, add it to scripts/guests.sh and remove $KERNEL."
		sed -n "s/^$module://p" "$KERNEL/modules/depends"
		printf '%s\n' "$module"
	done | tr -s ' ' '\n' | awk 'NF && !seen[$0]++'
}

add_modules() {
	local module order

	# shellcheck disable=SC2086 # a list of names
	order=$(loading_order $1)
	mkdir -p "$TREE/lib/modules"
	for module in $order; do
		add "$KERNEL/modules/$module.ko" "lib/modules/$module.ko" 644
		printf '%s\n' "$module.ko"
	done >"$TREE/lib/modules/order"
}

add_base() {
	local applet

	mkdir -p "$TREE"/{bin,dev,etc,lib,mnt,proc,root,run,sys,tmp}
	add "$UV_CACHE/guests/busybox/busybox" bin/busybox 755
	for applet in $APPLETS; do
		ln -s busybox "$TREE/bin/$applet"
	done
	ln -s bin "$TREE/sbin"
}

# pack OUT: sorted, owned by root, all of one age, no inode or device numbers.
# Beside OUT first, so that OUT is whole or not there.
pack() {
	local new

	new=$(mktemp "$1.XXXXXX") || die "cannot write beside $1" "Does that folder exist?"
	find "$TREE" -exec touch -h -d @0 {} +
	if ! (cd "$TREE" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --quiet -0 -o -H newc --reproducible -R 0:0 | gzip -n -9) >"$new"; then
		rm -f "$new"
		die "cannot write $1" "Is the disk full?"
	fi
	chmod 644 "$new"
	mv -T "$new" "$1"
}

main() {
	local option init='' out='' modules='' file
	local -a files=()

	NAME=''
	while getopts k:i:o:m:f: option; do
		case $option in
		k) NAME=$OPTARG ;;
		i) init=$OPTARG ;;
		o) out=$OPTARG ;;
		m) modules="$modules $OPTARG" ;;
		f) files+=("$OPTARG") ;;
		*) usage ;;
		esac
	done
	shift $((OPTIND - 1))
	if [ $# -ne 0 ] || [ -z "$NAME" ] || [ -z "$init" ] || [ -z "$out" ]; then
		usage
	fi
	KERNEL=$UV_CACHE/guests/$NAME
	if ! [ -e "$KERNEL/version" ] || ! [ -e "$UV_CACHE/guests/busybox/version" ]; then
		die "no guest '$NAME' in $UV_CACHE/guests" "Run: scripts/guests.sh busybox $NAME"
	fi
	need_command cpio cpio

	umask 022
	TREE=$(mktemp -d)
	trap 'rm -rf "$TREE"' EXIT
	trap 'exit 130' INT TERM
	add_base
	[ -z "$modules" ] || add_modules "$modules"
	add "$init" init 755
	for file in ${files[@]+"${files[@]}"}; do
		[[ $file == *:/* ]] || die "-f $file: not of the form FILE:DEST" "DEST is an absolute path in the guest."
		add "${file%:*}" "${file##*:}"
	done
	pack "$out"
}

main "$@"
