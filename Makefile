# SPDX-License-Identifier: MIT
# The front door. Everything real happens in Meson and in scripts/.

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
DEMO ?=
TESTS ?=

.PHONY: all demo test tools install bench soak fuzz coverage docs setup clean help

all: ## Build everything into build/
	@scripts/packages.sh all
	@scripts/build.sh $(BUILD)
	@scripts/build-guest.sh $(BUILD)

help: ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: setup all ## Show the life of a protected guest; DEMO=name runs one part
	@scripts/demo.sh $(BUILD) $(DEMO)

test: setup all ## Run every test; TESTS='tests/cli/*.bats' runs some
	@tests/run.sh $(BUILD) $(TESTS)

setup: ## Fetch QEMU, guest kernels and the guests' libraries into the cache
	@scripts/packages.sh all
	@scripts/engine.sh
	@scripts/guests.sh
	@scripts/sysroot.sh
	@scripts/dump-tools.sh
	@scripts/ipl-tools.sh

tools: ## Build the owner's programs alone (C compiler, Meson, OpenSSL, libcurl)
	@scripts/build.sh $(BUILD)-tools -Dtools_only=true

install: all ## Install to DESTDIR/PREFIX
	@meson configure $(BUILD) -Dprefix=$(PREFIX)
	@DESTDIR=$(DESTDIR) meson install -C $(BUILD) --quiet

bench: setup all ## Measure speed against its limits and against peers
	@bench/run.sh $(BUILD)

soak: setup all ## 1000 boots, 200 kills during a build, 10000 flips: hours
	@tests/soak.sh $(BUILD)

fuzz: ## Fuzz each parser for FUZZ_SECONDS (default 600)
	@scripts/packages.sh all
	@tests/fuzz/run.sh $${FUZZ_SECONDS:-600}

coverage: setup ## Report which lines the unit and command-line tests reach
	@tests/coverage.sh

clean: ## Remove what was built (the download cache stays)
	@rm -rf $(BUILD) $(BUILD)-*
