#!/bin/sh
# SPDX-License-Identifier: MIT
# publish.sh FILE FOLDER STAMP [OTHER-NAME...]
#
# Makes FILE (a path in the build folder, where this runs) reachable as
# FOLDER/NAME and under its other names, by symbolic links; touches STAMP.
set -eu
file=$1 folder=$2 stamp=$3
shift 3
mkdir -p "$folder"
name=$(basename "$file")
ln -sf "../$file" "$folder/$name"
for other; do
	ln -sf "$name" "$folder/$other"
done
touch "$stamp"
