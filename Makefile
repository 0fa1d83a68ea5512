.DEFAULT_GOAL := help
.PHONY: help bootstrap facts test lint bench clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

bootstrap: ## Install missing system packages (Debian, Ubuntu)
	@scripts/bootstrap

facts: bootstrap ## Compute every fact from paper/model.yaml
	cargo run --release --locked -- sim run

test: bootstrap ## Run the whole test suite
	cargo test --release --locked

lint: bootstrap ## Check formatting and lints
	cargo fmt --check
	cargo clippy --release --all-targets --locked -- -D warnings

bench: bootstrap ## Run the benchmarks
	cargo bench --locked

clean: ## Empty build/
	find build -mindepth 1 ! -name .gitignore -delete
