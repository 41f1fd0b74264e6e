#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Dumps of protected guests: taken by whoever runs the guest, of use to nobody but
# the owner of its image.

load boot
load courier

setup_file() {
	boot_prepare
	machine z15 --generation z15
	machine z16 --generation z16
	head -c 32 /dev/urandom >cck
}

setup() {
	boot_require trixie
	command -v zgetdump >/dev/null || skip "not there: zgetdump"
	secure_image allowed z16 --enable-dump --cck cck
	rm -rf out
	mkdir out
}

teardown() {
	stop_guest
	if [ -n "${HOLDER:-}" ]; then
		kill "$HOLDER" 2>/dev/null || true
	fi
}

# What the guest has in storage: on its command line, in files, in a process.
SECRET=only-the-owner-may-read-this
TEXT=page-of-text
KEPT=kept-by-a-process

# secure_image FILE MACHINE [PVIMG-OPTION...]: with a secret on the command line
secure_image() {
	local file=$1 machine=$2
	shift 2
	[ ! -e "$file" ] || return 0
	[ -e initrd-dump ] ||
		"$UV_ROOT/scripts/mkinitramfs.sh" -k trixie -i "$UV_ROOT/tests/boot/init-dump.sh" \
			-o initrd-dump
	printf 'console=ttysclp0 secret=%s' "$SECRET" >dump.parm
	pvimg create --no-verify -k "$(hkd "$machine")" -i "$UV_CACHE/guests/trixie/vmlinuz" \
		-r initrd-dump -p dump.parm -o "$file" "$@" >/dev/null
}

# start NAME [MACHINE [IMAGE [QEMU-OPTION...]]]: and waits until it is up
start() {
	local name=$1 machine=${2:-z16} image=${3:-allowed}
	start_guest "$name" "$machine" "$image" -smp 2 "${@:4}"
	wait_for "$name.console" prot_virt_guest=1
	wait_for "$name.console" alive=1
}

# lives NAME: the guest goes on
lives() {
	wait_for "$1.console" alive= $(($(count "$1.console" alive=) + 2))
}

# stands_still NAME
stands_still() {
	local before
	before=$(count "$1.console" alive=)
	sleep 2.5
	[ "$(count "$1.console" alive=)" -eq "$before" ]
}

# answers PATTERN COUNT: QMP has given so many
answers() {
	wait_for "$GUEST.log" "$1" "$2"
}

# is_confidential FILE: nothing of the guest's can be found in it
is_confidential() {
	local pattern
	for pattern in $SECRET $TEXT $KEPT "Linux version 6" "Freeing unused kernel"; do
		run ! grep -aqF "$pattern" "$1"
	done
}

# opens FILE COPY: with the owner's key everything is there
opens() {
	zgetdump --key cck "$1" "$2" 2>zgetdump.log
	local pattern
	for pattern in $SECRET $TEXT $KEPT "Linux version 6" "Freeing unused kernel"; do
		grep -aqF "$pattern" "$2" || { echo "missing in $2: $pattern"; return 1; }
	done
	# Text fills pages, one of which is enough.
	[ "$(grep -aoF "$TEXT" "$2" | head -n 1000 | wc -l)" -ge 315 ]
}

# bytes FILE OFFSET SIZE: as one hexadecimal number
bytes() {
	od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

# number FILE OFFSET: the doubleword there
number() {
	printf '%d' "0x$(bytes "$1" "$2" 8)"
}

# ibm_zgetdump ARGUMENT...: IBM's own, as Debian ships it for s390x
ibm_zgetdump() {
	qemu-s390x-static -L "$UV_CACHE/dump-tools" -E LD_LIBRARY_PATH="$UV_CACHE/dump-tools/lib" \
		"$UV_CACHE/dump-tools/zgetdump" "$@"
}

# memory_at FILE: where the guest's memory begins in it
memory_at() {
	printf '%d' "$(readelf -lW "$1" | awk '$1 == "LOAD" { print $2; exit }')"
}

# registers FILE: all that its notes say
registers() {
	bytes "$1" $((176 + 156)) 512
	readelf -nW "$1" | grep -o 'NT_S390_.*' | sort
}

@test "a running guest is dumped and goes on; its owner alone reads the dump" {
	start running
	run ultraviolet dump running out/dump
	succeeds
	[ "$(stat -c %a out/dump)" = 600 ]
	lives running

	# The file that QEMU writes on a real host: layout, sections, notes.
	[ "$(stat -c %s out/dump)" -eq $((432 + 2 * 5356 + (512 << 20) + 512 * 4096 + 4096 + 35)) ]
	run readelf -hSW out/dump
	contains "IBM S/390"
	contains "CORE (Core file)"
	[[ $output =~ "[ 1] pv_mem_meta       PROGBITS        0000000000000000 20002b88 200000" ]]
	[[ $output =~ "[ 2] pv_compl          PROGBITS        0000000000000000 20202b88 001000" ]]
	[[ $output =~ "[ 3] .shstrtab         STRTAB          0000000000000000 20203b88 000023" ]]
	run readelf -lW out/dump
	[[ $output =~ "NOTE           0x0001b0 0x0000000000000000 0x0000000000000000 0x0029d8 0x0029d8     0" ]]
	[[ $output =~ "LOAD           0x002b88 0x0000000000000000 0x0000000000000000 0x20000000 0x20000000     0" ]]
	run readelf -nW out/dump
	[ "$(grep -o 'NT_[A-Z0-9_]*\|(0x0000030e)' <<<"$output" | head -n 11 | tr '\n' ' ')" = \
		"NT_PRSTATUS NT_FPREGSET NT_S390_PREFIX NT_S390_CTRS NT_S390_TIMER NT_S390_TODCMP NT_S390_TODPREG NT_S390_VXRS_LOW NT_S390_VXRS_HIGH NT_S390_GS_CB (0x0000030e) " ]
	# The ultravisor's calls for it, in the trace.
	run ultraviolet trace running
	contains "hypervisor dump-initiate    rc 0x0001 rrc 0x0000"
	[ "$(grep -c dump-cpu <<<"$output")" -eq 2 ]
	contains "hypervisor dump-storage-state rc 0x0001 rrc 0x0000  0x0000000000000000 +0x20000000"
	contains "hypervisor dump-complete    rc 0x0001 rrc 0x0000"
	# Mostly holes: a page of zeros takes no room.
	[ "$(du -k out/dump | cut -f 1)" -lt 150000 ]

	is_confidential out/dump
	opens out/dump out/plain
	head -c 32 /dev/urandom >other
	run zgetdump --key other out/dump out/never
	[ "$status" -eq 1 ]
	[ ! -e out/never ]

	# Never over a file that is there, unless asked.
	run ultraviolet dump running out/dump
	fails_with 1 "exists already"
	run ultraviolet dump --overwrite running out/dump
	succeeds
	is_confidential out/dump
	ultraviolet dump running - | cat >out/piped
	is_confidential out/piped
	opens out/piped out/plain2
	lives running
}

@test "a guest that stands still stays so; registers and shared pages match" {
	start still
	GUEST=still
	qmp stop
	answers '"event": "STOP"' 1
	qmp human-monitor-command '{"command-line": "info registers -a"}'
	answers 'CPU#1' 1
	ultraviolet dump still out/dump
	stands_still still
	opens out/dump out/plain

	# What QEMU's monitor says, against the notes of each CPU.
	grep -a 'CPU#1' still.log | sed 's/\\r\\n/\n/g' >monitor
	notes=$(number out/plain 72)
	for cpu in 0 1; do
		status=$((notes + 156 + cpu * 1240 + 20))
		sed -n "/^CPU#$cpu/,/^FPC/p" monitor >registers
		psw=$(sed -n 's/^PSW=mask \([0-9a-f]*\) addr \([0-9a-f]*\) .*/\1\2/p' registers)
		[ "$(bytes out/plain $((status + 112)) 16)" = "$psw" ]
		gprs=$(grep -o 'R[0-9][0-9]=[0-9a-f]*' registers | sed 's/.*=//' | tr -d '\n')
		[ ${#gprs} -eq 256 ]
		[ "$(bytes out/plain $((status + 128)) 128)" = "$gprs" ]
		crs=$(sed -n "/^CPU#$cpu/,/^$/p" monitor | grep -o 'C[0-9][0-9]=[0-9a-f]*' |
			sed 's/.*=//' | tr -d '\n')
		[ ${#crs} -eq 256 ]
		[ "$(readelf -nW out/plain | sed -n 's/.*NT_S390_CTRS.*data: //p' |
			sed -n "$((cpu + 1))p" | tr -d ' ')" = "$crs" ]
		# The ordinary notes of the encrypted file know nothing.
		[ "$(bytes out/dump $((432 + cpu * 5356 + 20 + 112)) 144)" = "$(printf '%0288d' 0)" ]
	done

	# Shared storage stands in both files as it is.
	ultraviolet shared-pages still >shared
	[ "$(wc -l <shared)" -gt 0 ]
	while read -r address pages; do
		cmp -n $((pages * 4096)) -i $((11144 + address)):$(($(memory_at out/plain) + address)) \
			out/dump out/plain
	done <shared

	qmp cont
	lives still
	ultraviolet dump --pause still out/paused
	stands_still still
	qmp cont
	lives still
	ultraviolet dump --quit still out/last
	wait "$GUEST_PID"
	opens out/last out/plain3
}

@test "IBM's zgetdump reads the same out of a dump" {
	command -v qemu-s390x-static >/dev/null || skip "not there: qemu-user-static"
	[ -e "$UV_CACHE/dump-tools/version" ] || skip "not there: scripts/dump-tools.sh"
	start compared
	ultraviolet dump --quit compared out/dump
	wait "$GUEST_PID"
	zgetdump -q -k cck out/dump out/ours
	ibm_zgetdump -f elf -k cck out/dump out/theirs
	echo "# $(grep s390-tools "$UV_CACHE/dump-tools/version")" >&3
	cmp -n $((512 << 20)) -i "$(memory_at out/ours)":"$(memory_at out/theirs)" out/ours out/theirs
	[ "$(registers out/ours)" = "$(registers out/theirs)" ]
	head -c 32 /dev/zero >other
	run ! ibm_zgetdump -f elf -k other out/dump out/never
}

@test "QMP's dump-guest-memory gives the same, and never storage in the clear" {
	GUEST=qmp
	exec 8>set
	start qmp z16 allowed -add-fd fd=8,set=1
	exec 8>&-
	for refused in '"paging": true' '"paging": false, "format": "kdump-zlib"' \
		'"paging": false, "begin": 0, "length": 1048576'; do
		qmp dump-guest-memory "{$refused, \"protocol\": \"file:$PWD/out/dump\"}"
	done
	answers 'A protected guest can only' 2
	answers 'cannot be dumped with paging' 1
	qmp dump-guest-memory "{\"paging\": false, \"protocol\": \"tcp:nowhere\"}"
	answers "'protocol' has to begin with" 1
	qmp dump-guest-memory "{\"paging\": false, \"protocol\": \"file:$PWD/out/none/dump\"}"
	answers "No such file" 1
	[ -z "$(ls -A out)" ]

	qmp dump-guest-memory "{\"paging\": false, \"protocol\": \"file:$PWD/out/dump\"}"
	answers '"event": "DUMP_COMPLETED".*"status": "completed"' 1
	qmp dump-guest-memory "{\"paging\": false, \"detach\": true, \"protocol\": \"file:$PWD/out/detached\"}"
	answers '"event": "DUMP_COMPLETED".*"status": "completed"' 2
	qmp query-dump
	answers '"return": .*"status": "completed"' 1
	# A descriptor that QEMU was started with.
	qmp dump-guest-memory '{"paging": false, "protocol": "file:/dev/fdset/1"}'
	answers '"event": "DUMP_COMPLETED".*"status": "completed"' 3
	for file in out/dump out/detached set; do
		is_confidential $file
		opens $file out/plain
		rm out/plain
	done
	lives qmp
}

@test "a guest that is not protected is dumped by QEMU's own command alone" {
	GUEST=normal
	RUN_OPTIONS=--normal start_guest normal z16 allowed -S
	answers '"return": \{\}' 1
	run ultraviolet dump normal out/dump
	fails_with 1 "not protected"
	[ -z "$(ls -A out)" ]
	qmp dump-guest-memory "{\"paging\": false, \"protocol\": \"file:$PWD/out/dump\"}"
	answers DUMP_COMPLETED 1
	[ "$(stat -c %s out/dump)" -gt $((512 << 20)) ]
	run ! grep -aq pv_compl out/dump
	run ultraviolet dump nobody out/never
	fails_with 1 "No guest named 'nobody'"
}

@test "refused: by the image, on z15" {
	secure_image forbidden z16
	start forbidden z16 forbidden
	GUEST=forbidden
	run ultraviolet dump forbidden out/dump
	fails_with 1 "0x0f20"
	contains "does not allow dumps"
	qmp dump-guest-memory "{\"paging\": false, \"protocol\": \"file:$PWD/out/dump\"}"
	answers "does not allow dumps" 1
	lives forbidden
	stop_guest

	secure_image old z15
	start old z15 old
	run ultraviolet dump old out/dump
	fails_with 1 "0x0002"
	contains "no dumps of protected guests"
	lives old
	[ -z "$(ls -A out)" ]
}

@test "refused: once a secret has disabled dumps" {
	courier_require trixie
	courier_image allowed-courier trixie z16 --enable-dump --cck cck
	courier_start disabling z16 allowed-courier
	ultraviolet dump disabling out/before
	pvsecret create --no-verify -k "$(hkd z16)" --hdr allowed-courier -o no-dump.asrcb \
		--flags disable-dump meta
	run job 'pvsecret add no-dump.asrcb' no-dump.asrcb
	succeeds
	run ultraviolet dump disabling out/after
	fails_with 1 "0x0f21"
	contains "disabled by an add-secret request"
	[ ! -e out/after ]
	run job 'echo still here'
	contains "still here"
}

@test "a crashed guest: dumped by hand, or by itself" {
	GUEST=crashed
	start crashed z16 allowed -action panic=pause
	qmp inject-nmi
	answers GUEST_PANICKED 1
	ultraviolet dump --quit crashed out/by-hand
	wait "$GUEST_PID"
	opens out/by-hand out/plain
	rm out/plain

	RUN_OPTIONS="--dump-on-crash out/by-itself" start crashed
	qmp inject-nmi
	wait "$GUEST_PID"
	grep -q "the guest has crashed: its dump is" crashed.log
	is_confidential out/by-itself
	opens out/by-itself out/plain

	RUN_OPTIONS="--dump-on-crash out/never" start crashed z16 forbidden
	qmp inject-nmi
	wait "$GUEST_PID"
	grep -q "there is no dump of it.*does not allow dumps" crashed.log
	[ ! -e out/never ]

	run timeout 20 ultraviolet run --dump-on-crash out/never --machine z16 -- -action panic=none
	fails_with 1 "panic=none"
}

@test "killed, cut off, without room: nothing is left and the guest goes on" {
	start tough
	for pause in 0.01 0.03 0.05 0.1 0.15; do
		ultraviolet dump tough out/dump &
		sleep $pause
		kill -9 $! 2>/dev/null || true
		wait $! || true
		[ ! -e out/dump ] || opens out/dump out/plain
		rm -f out/dump out/plain
		[ -z "$(ls -A out)" ]
	done
	lives tough

	# A reader who does not read holds up the guest, and nobody else's dump starts.
	mkfifo out/fifo
	sleep 1000 <>out/fifo 3>&- &
	HOLDER=$!
	ultraviolet dump tough out/fifo &
	dumper=$!
	sleep 1
	stands_still tough
	run ultraviolet dump tough out/second
	fails_with 1 "another dump is under way"
	kill -9 $dumper
	wait $dumper || true
	lives tough
	kill $HOLDER
	HOLDER=
	rm out/fifo

	# Requests that are none, and descriptors nobody asked for.
	qemu=$(ultraviolet list | sed -n 's/^tough  *\([0-9]*\) .*/\1/p')
	descriptors=$(find "/proc/$qemu/fd" | wc -l)
	run python3 "$UV_ROOT/tests/boot/dump_requests.py" "$XDG_RUNTIME_DIR/ultraviolet/tough/control"
	succeeds
	lives tough
	[ "$(find "/proc/$qemu/fd" | wc -l)" -eq "$descriptors" ]

	# A reader who goes away.
	{ ultraviolet dump tough - 2>refusal || true; } | head -c 100000 >/dev/null
	grep -q "Broken pipe" refusal
	run ultraviolet dump tough /dev/full
	fails_with 1 "No space left"
	[ -z "$(ls -A out)" ]
	lives tough

	# A disk that fills up; who may mount one can try.
	if mount -t tmpfs -o size=20m tmpfs out 2>/dev/null; then
		run ultraviolet dump tough out/dump
		ls -A out >left
		umount out
		fails_with 1 "No space left"
		[ ! -s left ]
	fi
	ultraviolet dump tough out/dump
	opens out/dump out/plain
}
