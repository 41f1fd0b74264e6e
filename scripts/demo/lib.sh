# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the parts of the demo share.

# title TEXT: what comes now.
title() {
	printf '\n\033[1m%s\033[0m\n' "$*"
}

# show COMMAND...: prints a command as a person would type it, then runs it.
show() {
	printf '$ %s\n' "$*"
	"$@"
}

# proven TEXT: a line of the summary.
proven() {
	printf '%s\n' "$*" >>"$DEMO_PROVEN"
}

# expect PATTERN FILE WHAT: WHAT is proven if a line of FILE matches.
expect() {
	grep -qE "$1" "$2" || {
		printf 'not seen: %s\n' "$3" >&2
		return 1
	}
	proven "$3"
}

# start_server MACHINE: its certificates' revocation lists, fetched from where they
# say: loopback. Until the part ends.
start_server() {
	ultraviolet machine serve "$1" >serve.log 2>&1 &
	at_end "kill $! 2>/dev/null && wait $! 2>/dev/null"
	local i
	for ((i = 0; i < 100; i++)); do
		grep -q 'http://' serve.log && return
		sleep 0.1
	done
	cat serve.log >&2
	return 1
}

# at_end COMMAND: to be done when the part ends, however it does.
at_end() {
	AT_END="${AT_END:-}$1 || true; "
	# shellcheck disable=SC2064 # as it is now
	trap "$AT_END" EXIT
}
