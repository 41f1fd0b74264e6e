#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The how-to pages about attestation and secrets, by copying their commands: each
# is cut out of its page and run as it stands there, on the host or in the guest.

load boot
load courier

setup_file() {
	boot_prepare
	[ -x "$UV_CACHE/engine/qemu-system-s390x" ] || return 0
	# What the pages take as given.
	ultraviolet machine create mymachine --generation z17 --port $((20000 + RANDOM % 10000)) >/dev/null
	ultraviolet machine serve mymachine >serve.log 2>&1 3>&- &
	echo $! >serve.pid
	wait_for serve.log 'http://'
	ln -s "$UV_ROOT/scripts" scripts
	ln -s "$UV_BUILD" build
	mkdir -p home/.cache
	ln -s "$UV_CACHE" home/.cache/ultraviolet
	export HOME=$PWD/home XDG_CACHE_HOME=$PWD/cache ULTRAVIOLET_CACHE=$UV_CACHE
}

teardown_file() {
	[ ! -e "$BATS_FILE_TMPDIR/serve.pid" ] || kill "$(cat "$BATS_FILE_TMPDIR/serve.pid")"
}

setup() {
	courier_require sid
}

teardown() {
	[ -z "${GUEST_PID:-}" ] || { kill "$GUEST_PID" 2>/dev/null && wait "$GUEST_PID"; } || true
}

# block PAGE TEXT: the first block of commands of docs/howto/PAGE that has TEXT in it,
# where \n is the end of a line
block() {
	awk -v text="$2" '
		function flush() {
			if (index("\n" block, text) && !found) {
				printf "%s", block
				found = 1
			}
			block = blank = ""
		}
		/^```/ { fenced = !fenced; flush(); next }
		fenced { block = block $0 "\n"; next }
		/^    / { block = block blank substr($0, 5) "\n"; blank = ""; next }
		/^$/ { blank = blank "\n"; next }
		{ flush() }
		END { flush(); exit !found }
	' "$UV_ROOT/docs/howto/$1"
}

# host PAGE TEXT: runs that block.
host() {
	local commands
	commands=$(block "$1" "$2") || { echo "$1 has no commands with: $2"; return 1; }
	eval "$commands"
}

# guest PAGE TEXT: types that block at the guest's shell, in which the module is loaded,
# and waits for the end of its last command; $status is that one's.
guest() {
	local commands
	commands=$(block "$1" "$2" | grep -v '^modprobe ') || { echo "$1 has no commands with: $2"; return 1; }
	typed "$commands"
}

typed() {
	count=$((count + 1))
	# shellcheck disable=SC2016 # the guest's
	printf '%s\necho "ended"-%d=$?\n' "$1" $count >&"$KEYS"
	wait_for trial.console "^ended-$count=[0-9]+"
	status=$(sed -n "s/^ended-$count=\([0-9]*\).*/\1/p" trial.console | tr -d '\r')
}

# trial KERNEL: the guest of guest.md
trial() {
	local commands
	rm -f trial.* exchange vmlinuz secure-linux
	commands=$(block guest.md 'cat > init' | sed "s/-k trixie/-k $1/")
	eval "$commands"
	commands=$(block guest.md 'pvimg create' | sed "s/trixie/$1/")
	eval "$commands"
	block guest.md 'ultraviolet run' | sed 's/^ultraviolet run/exec &/' >trial.sh
	mkfifo trial.keys
	timeout -k 5 "$BOOT_LIMIT" bash trial.sh <trial.keys >trial.console 2>&1 3>&- &
	GUEST_PID=$!
	exec {KEYS}>trial.keys
	count=0
	wait_for trial.console '^/root # ' # what is typed earlier is lost
	typed 'cat /sys/firmware/uv/prot_virt_guest'
	[ "$(count trial.console '^1')" -ge 1 ]
}

# to_guest FILE..., from_guest FILE...: as guest.md says
to_guest() {
	local commands
	commands=$(block guest.md 'dd of=exchange')
	eval "${commands/attreq.bin/$*}"
	guest guest.md '\ntake\n'
}

from_guest() {
	local commands
	commands=$(block guest.md 'give attresp.bin')
	typed "${commands/attresp.bin/$*}"
	host guest.md 'tar -xf exchange'
}

@test "attest a guest" {
	trial trixie
	host attest.md 'pvextract-hdr -o hdr.bin'
	host attest.md 'pvattest create'
	to_guest attreq.bin
	guest attest.md 'pvattest perform attreq.bin attresp.bin'
	[ "$status" -eq 0 ]
	from_guest attresp.bin
	run host attest.md 'pvattest verify -i attresp.bin --arpk arp.key --hdr'
	contains "Attestation measurement verified"
	[ "${lines[-1]}" = 0 ]
	host attest.md 'pvattest check attresp.bin result.yaml -k'
	host attest.md 'pvattest policy'
	host attest.md 'pvattest verify -i attresp.bin --arpk arp.key --policy policy.json'
}

@test "give a guest a secret" {
	trial sid
	host secrets.md 'pvextract-hdr'
	host secrets.md 'pvsecret create -k mymachine/HKD-*.crt --no-verify'
	to_guest addSecretReq passwordReq
	guest secrets.md 'pvsecret add addSecretReq'
	contains_console "Total number of secrets: 1"
	typed 'pvsecret add passwordReq'
	guest secrets.md 'pvsecret retrieve --inform name db-password'
	contains_console "correct horse battery staple"
	guest secrets.md 'pvsecret lock'
	typed 'pvsecret add -f passwordReq'
	[ "$status" -eq 1 ]
	contains_console "0x0102"
}

contains_console() {
	run cat trial.console
	contains "$1"
}
