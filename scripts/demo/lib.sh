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
