#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sipl verify: every verdict, by the boot loader's own code.

load ../support/sipl

setup_file() { sipl_setup_file; }
setup() { sipl_setup; }

# judge STATUS NORMAL AUDIT SECURE DISK [OPTION...]: verdicts as "yes" or "no", of
# the machine with cert.pem (or $CERTS)
judge() {
	local status=$1 want="$2 $3 $4" disk=$5 verdicts
	shift 5
	run "-$status" sipl verify --format json --boot-certs "${CERTS:-cert.pem}" "$@" "$disk"
	verdicts=$(sed -n '/^{/,$p' <<<"$output" |
		jq -r '[.verdicts[] | if .starts then "yes" else "no" end] | join(" ")')
	[ "$verdicts" = "$want" ] || { echo "$verdicts, not $want"; echo "$output"; return 1; }
}

# problems MODE: names of those that were told, from $output of judge
problems() {
	sed -n '/^{/,$p' <<<"$output" |
		jq -r --arg mode "$1" '[.verdicts[] | select(.mode == $mode) | .messages[].problem] | join(" ")'
}

# component DISK NAME: its offset on the disk in bytes
component() {
	echo $(($(look "$1" ".programs[0].components[] | select(.name == \"$2\") | .first_block") * 512))
}

# entry DISK INDEX: offset of an entry of the component table
entry() {
	echo $(($(look "$1" '.programs[0].component_table') * 512 + 32 + 32 * $2))
}

# --- yes ------------------------------------------------------------------------

@test "a signed disk starts in every mode" {
	make_disk disk -r initrd -P quiet
	judge 0 yes yes yes disk
	[ -z "$(problems secure)$(problems audit)$(problems normal)" ]
	run -0 sipl verify --boot-certs cert.pem disk
	says "verified with 'cert.pem'"
	[ "$(grep -c 'verified with' <<<"$output")" = 4 ]
}

@test "an unsigned one in normal and audit mode" {
	sipl mkdisk -i kernel --stage3 stage3 -o disk
	judge 3 yes yes no disk
	[ "$(problems audit)" = "NOTHING_SIGNED NO_SCLAB NO_GLOBAL_SCLAB" ]
	[ "$(problems secure)" = NOTHING_SIGNED ]
	run -0 sipl verify -m audit --boot-certs cert.pem disk
	run -0 sipl verify -m normal --boot-certs cert.pem disk
	run -3 sipl verify -m secure --boot-certs cert.pem disk
}

@test "which certificate it was, out of several and out of a folder" {
	make_disk disk
	run -0 sipl verify --boot-certs other.pem --boot-certs cert.pem --format json disk
	[ "$(jq -r '.verdicts[2].components[2] | "\(.certificate) \(.certificate_file)"' <<<"$output")" = "1 cert.pem" ]
	mkdir folder
	cp -L cert.pem other.pem folder
	CERTS=folder judge 0 yes yes yes disk
	sipl keygen -q -t p521 -k ec.key -c ec.pem -n EC --form der
	sipl mkdisk -q -i kernel --stage3 stage3 -k ec.key -c ec.pem --hash sha512 -o ecdisk
	CERTS=ec.pem judge 0 yes yes yes ecdisk
}

@test "signatures of others: openssl with attributes, sign-file" {
	openssl cms -sign -binary -md sha512 -signer cert.pem -inkey key.pem -in kernel -outform DER -out k.der
	openssl cms -sign -binary -keyid -noattr -nocerts -signer cert.pem -inkey key.pem -in stage3 -outform DER -out s.der
	sipl sign -q -s k.der -o k kernel
	sipl sign -q -s s.der -o s stage3
	sipl mkdisk -i k --stage3 s -o disk
	judge 0 yes yes yes disk
	local tools
	tools=$("$UV_ROOT/scripts/ipl-tools.sh" --print) || skip "not there: sign-file (scripts/ipl-tools.sh)"
	"$tools/sign-file" sha256 key.pem cert.pem kernel k
	"$tools/sign-file" sha256 key.pem cert.pem "$tools/s390x/boot/stage3.bin" s
	sipl mkdisk -i k --stage3 s -o theirs
	judge 0 yes yes yes theirs
}

# --- no -------------------------------------------------------------------------

@test "one bit of the kernel, of stage 3, of a signature" {
	local at what
	make_disk disk -r initrd -P quiet
	for what in kernel "stage 3"; do
		cp disk bad
		at=$(component disk "$what")
		patch bad $((at + 4096)) "$(printf %02x $((0x$(bytes disk $((at + 4096)) 1) ^ 1)))"
		judge 3 yes yes no bad
		[ "$(problems audit)" = NOT_VERIFIED ]
		[ "$(problems secure)" = NOT_VERIFIED ]
	done
	# What is not signed may change.
	for what in "initial RAM disk" "command line"; do
		cp disk changed
		at=$(component disk "$what")
		patch changed "$at" "$(printf %02x $((0x$(bytes disk "$at" 1) ^ 1)))"
		judge 0 yes yes yes changed
	done
}

@test "another signer, an expired certificate" {
	make_disk disk
	CERTS=other.pem judge 3 yes yes no disk
	says "None of the 1 boot certificates"
	faketime '2020-01-01' sipl keygen -q -k old.key -c old.pem -n Old 2>/dev/null ||
		skip "faketime does not work here"
	sipl mkdisk -q -i kernel --stage3 stage3 -k old.key -c old.pem -o old
	CERTS=old.pem judge 3 yes no no old
	[ "$(problems secure)" = CERTIFICATE ]
	says "'old.pem' has expired"
}

@test "SCLABs that break a rule" {
	local flags psw address want
	while read -r flags psw address want; do
		cp -L --remove-destination stage3 wrong
		add_sclab wrong "$flags" "$psw" "$address"
		sipl mkdisk -q -i kernel --stage3 wrong -k key.pem -c cert.pem --overwrite -o disk
		judge 3 yes yes no disk
		[ "$(problems audit)" = "${want//,/ }" ]
		[ "$(problems secure)" = "${want%%,*}" ]
	done <<-END
		8000 0x000800008000a000 0 NO_OLA
		c000 0x000800008000a000 0xb000 LOAD_ADDRESS
		c000 0x000800008000b000 0xa000 LOAD_PSW
		c000 0x0008000080000100 0xa000 PSW_UNSIGNED,LOAD_PSW
		e000 0x000800008000a000 0xa000 UNSIGNED
		d000 0x000800008000a000 0xa000 NOT_SINGLE
		0000 0 0 NO_GLOBAL_SCLAB
		4000 0 0xa000 NO_GLOBAL_SCLAB
		0000 0x000800008000a000 0 PSW_NOT_ZERO,NO_GLOBAL_SCLAB
		6000 0 0xa000 NUC_NOT_GLOBAL,NO_GLOBAL_SCLAB
		5000 0 0xa000 SC_NOT_GLOBAL,NO_GLOBAL_SCLAB
		0000 0 0xa000 ADDRESS_NOT_ZERO,NO_GLOBAL_SCLAB
	END
}

@test "a signed RAM disk has no SCLAB" {
	head -c 8192 /dev/urandom >ram
	sipl sign -q -k key.pem -c cert.pem -o ram.signed ram
	sipl mkdisk -q -i kernel --stage3 stage3 -k key.pem -c cert.pem -r ram.signed -o disk
	judge 3 yes yes no disk
	[ "$(problems secure)" = SCLAB_MAGIC ]
}

@test "boot maps that break a rule" {
	make_disk disk
	# The kernel's signature says that it is longer than what is there.
	cp disk bad && patch bad $(($(entry disk 5) + 28)) 00001001
	judge 3 yes no no bad
	[ "$(problems secure)" = SIGNATURE_SIZE ]
	cp disk bad && patch bad $(($(entry disk 5) + 24)) 02
	judge 3 yes no no bad
	[ "$(problems secure)" = SIGNATURE_FORMAT ]
	# Two signatures in a row.
	cp disk bad && patch bad $(($(entry disk 4) + 23)) 03
	run -3 sipl verify --boot-certs cert.pem bad
	# The unsigned parameters of stage 3, over stage 3; and in the prefix area.
	cp disk bad && patch bad $(($(entry disk 4) + 24)) 000000000000a000
	judge 3 yes yes no bad
	[ "$(problems secure)" = OVERLAP ]
	cp disk bad && patch bad $(($(entry disk 4) + 24)) 0000000000001000
	judge 3 yes yes no bad
	[ "$(problems secure)" = UNSIGNED_LOW ]
}

@test "unsigned parameters that lead stage 3 astray" {
	local at
	make_disk disk -r initrd
	at=$(component disk "parameters of stage 3")
	# Another kernel than the one that was verified; a RAM disk over it.
	cp disk bad && patch bad $((at + 56)) 0000000000050000
	judge 3 no no no bad
	cp disk bad && patch bad $((at + 24)) 0008000080050000
	judge 3 yes yes no bad
	cp disk bad && patch bad $((at + 8)) 0000000000010000
	judge 3 no no no bad
	# Only stage 3 is signed.
	sipl sign -q -k key.pem -c cert.pem -o signed3 stage3
	sipl mkdisk -i kernel --stage3 signed3 -o half
	judge 3 yes yes no half
	[ -z "$(problems secure)" ]
	says '"stage3":'
}

@test "what is no boot disk" {
	head -c 100000 /dev/zero >empty
	judge 3 no no no empty
	[ "$(problems secure)" = NO_BOOT_RECORD ]
	judge 3 no no no kernel
	make_disk disk
	run -3 sipl verify --boot-certs cert.pem -l 31 disk
	says "too large a number"
	run -3 sipl verify --boot-certs cert.pem -b 4096 disk
	run -1 sipl verify --boot-certs cert.pem nowhere
	run -1 sipl verify --boot-certs cert.pem .
}

@test "a guest with too little memory" {
	truncate -s 61M large
	sipl mkdisk -q -i kernel --stage3 stage3 -k key.pem -c cert.pem -r large --sparse -o disk
	judge 0 yes yes yes disk
	# Within its last 3 MiB there is the boot loader.
	judge 3 no no no disk --memory 64M
	[ "$(problems secure)" = RESERVED_STORAGE ]
	truncate -s 80M large
	sipl mkdisk -q -i kernel --stage3 stage3 -k key.pem -c cert.pem -r large --sparse \
		--overwrite -o disk
	judge 3 no no no disk --memory 64M
	[ "$(problems secure)" = OUTSIDE_STORAGE ]
	judge 0 yes yes yes disk --memory 128M
	run -2 sipl verify --boot-certs cert.pem --memory 1M disk
	run -2 sipl verify --boot-certs cert.pem --memory 2P disk
}

@test "certificates that are none, command lines that make no sense" {
	make_disk disk
	run -1 sipl verify --boot-certs nowhere disk
	run -1 sipl verify --boot-certs key.pem disk
	mkdir empty
	run -1 sipl verify --boot-certs empty disk
	says "need one at least"
	run -2 sipl verify disk
	run -2 sipl verify --boot-certs cert.pem
	run -2 sipl verify --boot-certs cert.pem --mode strict disk
	run -2 sipl verify --boot-certs cert.pem -l x disk
}

@test "the disk is only read, and nothing is left behind" {
	make_disk disk
	chmod 444 disk
	cp disk before
	sipl verify --boot-certs cert.pem disk
	cmp disk before
}
