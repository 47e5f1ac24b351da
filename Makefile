# The same verbs for people and CI. `make demo` and `make test` need nothing but Swift, git and root (or sudo).
.DEFAULT_GOAL := help
PREFIX ?= /usr/local
# Of `make bench`: full or small, and other options of Benchmarks/bench.
SIZE ?= full
OPTIONS ?=
# lld: gold warns of a mktemp inside the static FoundationEssentials that is never called. -s: half the size.
# Without the tests, one build makes both programs and keeps both cores busy.
SWIFT_BUILD := ARCTL_PROGRAMS_ONLY=1 swift build -c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker -s
BUILD_TOOLS := Scripts/bootstrap

.PHONY: help bootstrap build demo test bench lint format docs install clean

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

bootstrap: ## install what a build and the tests need
	@$(BUILD_TOOLS)

build: ## release binaries: .build/release/arctl and .build/release/arctl-sandbox
	@$(BUILD_TOOLS) build
	$(SWIFT_BUILD)

demo: build ## plan, apply and plan again, against the sandbox
	@Scripts/demo

test: bootstrap ## all tests
	@Scripts/test

bench: build ## measure what docs/performance.md lists; SIZE=small is quick; decides nothing
	@$(BUILD_TOOLS) bench
	@Benchmarks/bench --size $(SIZE) $(OPTIONS)

lint: ## formatting, forbidden imports, shell syntax
	@Scripts/lint

format: ## rewrite the sources in the repository's style
	swift format -i -r Sources Tests Package.swift

docs: ## write the generated parts of docs/ anew
	@$(BUILD_TOOLS) build
	@Scripts/docs

install: build ## programs, manual page and completion into PREFIX (/usr/local)
	@Scripts/install .build/release $(DESTDIR)$(PREFIX)

clean: ## remove what was built
	rm -rf .build .venv .venv-tools .venv-bench
