#!/bin/bash
# SPDX-License-Identifier: MIT
# boot.sh: what the software ultravisor costs a guest, against plain QEMU with the
# same kernel, initial RAM disk and devices.
#
# Aims: protected, without its unpacking, 1.1 times plain QEMU or less; normal
# with the plugin loaded 1.05 times or less. BENCH_ROUNDS (default 7) boots of
# each kind, taken in turn; medians. The times are those of QEMU's whole life.
# "empty" has a plugin that does nothing: that part of the cost is QEMU's own.
set -eu
ninja -C "$UV_BUILD" bench/empty_plugin.so >/dev/null
rounds=${BENCH_ROUNDS:-7}
cache=${ULTRAVIOLET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ultraviolet}
kernel=$cache/guests/trixie/vmlinuz
qemu=$cache/engine/qemu-system-s390x

work=$(mktemp -d "${BENCH_FOLDER:-${TMPDIR:-/tmp}}/uv-bench-XXXXXX")
export XDG_RUNTIME_DIR=$work/run
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -m 700 run

ultraviolet machine create machine >/dev/null
"$UV_ROOT/scripts/mkinitramfs.sh" -k trixie -m "uvdevice virtio_blk" \
	-i "$UV_ROOT/tests/boot/init-actions.sh" -o initrd
truncate -s 1M disk.img
for action in off wait reboot; do
	printf 'console=ttysclp0 do=%s' $action >parm
	pvimg create --no-verify -k machine/HKD-*.crt -i "$kernel" -r initrd -p parm \
		-o "image-$action" >/dev/null 2>&1
done

devices=(-m 1G -smp 1 -display none -nodefaults -no-reboot -device sclpconsole,chardev=con
	-drive file=disk.img,format=raw,if=none,id=d0
	-device virtio-blk-ccw,drive=d0,iommu_platform=on
	-chardev file,id=con,path=console)

# command KIND ACTION: sets $command
command() {
	local kernel_options=(-kernel "$kernel" -initrd initrd
		-append "console=ttysclp0 do=$2")
	local ours=(ultraviolet run --name bench --machine machine --)
	command=(timeout -k 5 120)
	case $1 in
	plain) command+=("$qemu" -cpu max "${devices[@]}" "${kernel_options[@]}") ;;
	empty) command+=("$qemu" -cpu max -plugin "$UV_BUILD/bench/empty_plugin.so"
		"${devices[@]}" "${kernel_options[@]}") ;;
	loaded) command+=("${ours[@]}" "${devices[@]}" "${kernel_options[@]}") ;;
	protected) command+=("${ours[@]}" "${devices[@]}" -kernel "image-$2") ;;
	esac
}

median() {
	sort -n | awk '{ a[NR] = $1 } END { print (a[int((NR + 1) / 2)] + a[int(NR / 2) + 1]) / 2 }'
}

ratio() { # A B
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'
}

# wait_until COMMAND...: at most a minute
wait_until() {
	local i
	for ((i = 0; i < 1200; i++)); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

seen() { # COUNT PATTERN
	[ "$(grep -ac "$2" console 2>/dev/null || true)" -ge "$1" ] 2>/dev/null
}

# --- boot to power-off ---------------------------------------------------------

TIMEFORMAT='%R %U %S'
for ((i = 0; i < rounds; i++)); do
	for kind in plain empty loaded protected; do
		command "$kind" off
		{ time "${command[@]}" </dev/null >log 2>&1; } 2>times
		seen 1 init=done || { cat log; exit 1; }
		awk '{ print $1 }' times >>"wall-$kind"
		awk '{ print $2 + $3 }' times >>"cpu-$kind"
		rm -f console
	done
done

for kind in plain empty loaded protected; do
	printf '%-10s boot to power-off: %.2f s wall, %.2f s CPU (median of %d)\n' "$kind" \
		"$(median <"wall-$kind")" "$(median <"cpu-$kind")" "$rounds"
done

# --- what a start consists of ----------------------------------------------------

# start KIND ACTION: in the background, until its first init is done
start() {
	rm -f console
	command "$1" "$2"
	"${command[@]}" </dev/null >log 2>&1 &
	guest=$!
	wait_until seen 1 init=done
}

stop() {
	kill "$guest"
	wait "$guest" || true
}

memory() { # KIND: peak resident memory of a waiting guest, in kB
	start "$1" wait
	[ "$1" != protected ] || ultraviolet status --json bench >status
	# Under timeout there is QEMU alone.
	awk '/^VmHWM/ { print $2 }' "/proc/$(pgrep -P "$guest")/status" >"memory-$1"
	stop
}

memory plain
memory loaded
memory protected
start=$(jq '."start-nanoseconds"' status)
start=$(awk -v ns="$start" 'BEGIN { print ns / 1e9 }')

echo "protected start: $start s from DIAGNOSE 308 to the first instruction ($(stat -c %s image-wait) bytes)"
echo "callbacks of a protected boot: $(jq .callbacks status), of which ultravisor calls: $(jq .calls status)"
echo "memory added: $(($(cat memory-loaded) - $(cat memory-plain))) kB loaded, $(($(cat memory-protected) - $(cat memory-plain))) kB protected"

# --- re-IPL ----------------------------------------------------------------------

reboots() { # KIND: seconds between the ends of two inits
	local first last
	start "$1" reboot
	first=$(date +%s%N)
	wait_until seen 4 init=done
	last=$(date +%s%N)
	stop
	awk -v a="$first" -v b="$last" 'BEGIN { printf "%.2f", (b - a) / 3e9 }' >"reboot-$1"
}

devices=("${devices[@]/-no-reboot/-no-shutdown}")
reboots plain
reboots protected
echo "re-IPL, from the end of one init to that of the next: $(cat reboot-plain) s plain, $(cat reboot-protected) s protected"

# --- ratios ----------------------------------------------------------------------

plain_wall=$(median <wall-plain)
unpacked=$(awk -v a="$(median <wall-protected)" -v b="$start" 'BEGIN { print a - b }')
echo "protected without its unpacking / plain: $(ratio "$unpacked" "$plain_wall") wall (aim: 1.1 or less), $(ratio "$(median <cpu-protected)" "$(median <cpu-plain)") CPU with unpacking"
echo "normal with the plugin / plain: $(ratio "$(median <wall-loaded)" "$plain_wall") wall (aim: 1.05 or less), $(ratio "$(median <cpu-loaded)" "$(median <cpu-plain)") CPU"
echo "normal with an empty plugin / plain: $(ratio "$(median <wall-empty)" "$plain_wall") wall, $(ratio "$(median <cpu-empty)" "$(median <cpu-plain)") CPU"
