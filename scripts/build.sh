#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh FOLDER [MESON-OPTION...]
#
# Configures FOLDER once and builds it; says little when there is nothing to do.
set -eu
cd "$(dirname "$0")/.."
folder=$1
shift
for program in meson ninja; do
	command -v "$program" >/dev/null || {
		echo "build.sh: $program is missing; run 'scripts/packages.sh tools' or install it" >&2
		exit 1
	}
done
if [ ! -f "$folder/build.ninja" ]; then
	echo "Configuring $folder"
	log=$(mktemp)
	if ! meson setup "$@" "$folder" >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		rm -rf "$folder"
		exit 1
	fi
	rm -f "$log"
fi
exec ninja -C "$folder" --quiet
