# `make paper` and `make test` are all that a fresh clone needs.
CARGO ?= cargo
PHEXT_PAPER := $(or $(CARGO_TARGET_DIR),target)/release/phext-paper

.DEFAULT_GOAL := help
.PHONY: help bootstrap bootstrap-tests paper test lint bench clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{printf "make %-16s %s\n", $$1, $$2}'

bootstrap: ## Install missing system packages (Debian, Ubuntu)
	@scripts/bootstrap

bootstrap-tests: ## The same, and what the tests need
	@scripts/bootstrap --tests

paper: bootstrap ## Compute every number and typeset the paper into build/
	$(CARGO) build --release --locked
	$(PHEXT_PAPER) build

test: bootstrap-tests ## Run the whole test suite and keep its record
	@CARGO="$(CARGO)" scripts/test

lint: bootstrap ## Check formatting and lints
	$(CARGO) fmt --check
	$(CARGO) clippy --release --all-targets --locked -- -D warnings

bench: bootstrap ## Measure the speed
	$(CARGO) bench --locked

clean: ## Empty build/ and target/
	find build -mindepth 1 ! -name .gitignore -delete
	$(CARGO) clean
