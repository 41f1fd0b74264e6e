#!/bin/sh
# SPDX-License-Identifier: MIT
# assemble.sh PROGRAM PAGE.scd VERSION
#
# Prints the man page of PROGRAM in scdoc: name, synopsis and options come from
# its own tables (--uv-document), the rest from PAGE.scd, where a line "@options@"
# marks the place of the options.
set -eu
program=$1 page=$2 version=$3
name=$(basename "$program")

# The version is printed beside the name; dates would make builds differ.
printf '%s(1) "ultraviolet %s" "Ultraviolet"\n\n' "$name" "$version"
printf '# NAME\n\n%s - %s\n\n' "$name" "$("$program" --uv-document=summary)"
printf '# SYNOPSIS\n\n'
"$program" --uv-document=synopsis
while IFS= read -r line; do
	if [ "$line" = "@options@" ]; then
		"$program" --uv-document=options
	else
		printf '%s\n' "$line"
	fi
done <"$page"
