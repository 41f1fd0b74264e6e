# shellcheck shell=bash
# Shared helpers of the set-up scripts; to be sourced, not run.
#
# Everything that is fetched lives in one cache folder.  It is filled under a
# lock and by rename only, so a folder that is there is complete, whatever
# interrupted the run that made it, and two runs cannot trample on one another.

UV_CACHE=${ULTRAVIOLET_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ultraviolet}
UV_STEP=0
UV_STEPS=0

# say TEXT...: one line for the reader.  Standard output belongs to results
# (`engine.sh --print`), so everything meant for people goes to standard error.
say() {
	printf '%s\n' "$*" >&2
}

# die WHAT TODO...: the error, where it happened (part of WHAT), what to do.
die() {
	local line

	say "${0##*/}: error: $1"
	shift
	for line in "$@"; do
		say "  $line"
	done
	exit 1
}

# steps COUNT, then step TEXT: numbered progress lines, "[3/5] ...".
steps() {
	UV_STEP=0
	UV_STEPS=$1
}

step() {
	UV_STEP=$((UV_STEP + 1))
	say "[$UV_STEP/$UV_STEPS] $*"
}

# need_command COMMAND PACKAGE
need_command() {
	command -v "$1" >/dev/null ||
		die "the program '$1' is missing" \
			"Install the package '$2' (scripts/packages.sh all installs everything)."
}

# as_root COMMAND...: run with root rights, through sudo only where needed.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "root rights are needed for: $*" \
			"Run that command as root, or install sudo, then try again."
	fi
}

# lock NAME: one run at a time per NAME.  The descriptor stays open until this
# process ends, and the kernel drops the lock then, however it ends.
lock() {
	local fd

	mkdir -p "$UV_CACHE" 2>/dev/null ||
		die "cannot create the cache folder $UV_CACHE" \
			"Set ULTRAVIOLET_CACHE to a folder that you may write to."
	# As a command of its own: a failing redirection of exec would end the
	# script before it could say why.
	(: >>"$UV_CACHE/.lock-$1") 2>/dev/null ||
		die "cannot write to the cache folder $UV_CACHE" \
			"Make it yours (was it filled by another user, as with sudo?), or set ULTRAVIOLET_CACHE to another folder."
	exec {fd}>>"$UV_CACHE/.lock-$1"
	if ! flock -n "$fd"; then
		say "waiting for another run that is preparing '$1' ..."
		flock "$fd"
	fi
}

# work_folder NAME: an empty folder in $UV_WORK, removed when the script ends.
# Call it under the lock of the same name: what a killed run left there goes.
# It lies inside the cache so that publishing from it is a rename.
work_folder() {
	UV_WORK=$UV_CACHE/work-$1
	trap 'rm -rf "$UV_WORK"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	rm -rf "$UV_WORK"
	mkdir "$UV_WORK" || die "cannot create $UV_WORK" "Is the disk full?"
}

# publish FOLDER NAME: FOLDER, made in $UV_WORK, becomes $UV_CACHE/NAME.
publish() {
	local target=$UV_CACHE/$2

	# On disk before it is visible, or a power cut leaves empty files that
	# look finished.
	sync -f "$1"
	mkdir -p "${target%/*}"
	if [ -e "$target" ]; then
		mv -T "$target" "$UV_WORK/replaced"
	fi
	mv -T "$1" "$target"
}

# megabytes BYTES: for progress lines.
megabytes() {
	printf '%d.%d MB' $(($1 / 1000000)) $(($1 / 100000 % 10))
}

# watch_growth FOLDER BYTES COMMAND...: run COMMAND, which fills FOLDER with
# about BYTES.  On a terminal show how far it is; say nothing when piped.
watch_growth() {
	local folder=$1 total=$2 watcher rc=0
	shift 2

	if ! [ -t 2 ]; then
		"$@"
		return
	fi
	# The watcher is what goes to the background: a command there would not
	# be reached by Ctrl-C.
	show_growth "$folder" "$total" &
	watcher=$!
	"$@" || rc=$?
	kill "$watcher" 2>/dev/null || true
	wait "$watcher" 2>/dev/null || true
	printf '\r\033[K' >&2
	return "$rc"
}

# show_growth FOLDER TOTAL: until killed, or until the script is gone.
show_growth() {
	local now start=$SECONDS

	while sleep 0.5 && kill -0 "$$" 2>/dev/null; do
		now=$(du -sb "$1" 2>/dev/null | cut -f 1)
		growth_line "${now:-0}" "$2" $((SECONDS - start))
	done
}

# growth_line NOW TOTAL SECONDS: bytes, rate and time left, on one line.
growth_line() {
	local now=$1 total=$2 seconds=$3 rate left=''

	rate=$((now / (seconds > 0 ? seconds : 1)))
	# A guess from the first few bytes would be far off.
	if [ "$now" -gt $((total / 50)) ] && [ "$rate" -gt 0 ] && [ "$total" -gt "$now" ]; then
		left=", $(((total - now) / rate)) s left"
	fi
	printf '\r\033[K      %s of %s, %s/s%s' "$(megabytes "$now")" \
		"$(megabytes "$total")" "$(megabytes "$rate")" "$left" >&2
}
