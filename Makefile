# `make paper` and `make test` are all that a fresh clone needs.
CARGO ?= cargo
PHEXT_PAPER := $(abspath $(or $(CARGO_TARGET_DIR),target))/release/phext-paper
TOOLS := $(abspath $(or $(CARGO_TARGET_DIR),target))/tools/bin
# Another paper is built by the same targets: make release ROOT=FOLDER.
ROOT ?= .
# Parquet, Arrow and SQL over an author's own results triple the first build of all libraries (10 minutes without, 31 with
# them, two cores): a paper that names them has them, and `make program SQL=1`.
SQL ?= $(shell grep -lsE '\<query:|\.(parquet|arrows?|feather|ipc)\>' "$(ROOT)/paper/results.yaml")
FEATURES := $(if $(SQL),--features sql)
# The release bundle, and what it is compared with.
OUT ?= $(ROOT)/build/release
OLD ?= $(ROOT)/build/previous
# Where the comparison and the site for Pages go.
CHANGES ?= $(ROOT)/build/changes.md
SITE ?= $(ROOT)/build/site
# What a pull request's own run leaves for the comment on it.
COMMENT ?= build/comment

# A path as it is told to readers, who know the paper's folder and not where it stands.
below = $(patsubst $(ROOT)/%,%,$(1))

.DEFAULT_GOAL := help
.PHONY: help bootstrap bootstrap-tests program paper guide release verify changes site comment upload test lint bench bench-preview cache-key clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{printf "make %-16s %s\n", $$1, $$2}'

bootstrap: ## Install missing system packages (Debian, Ubuntu)
	@scripts/bootstrap

bootstrap-tests: ## The same, and what the tests need
	@scripts/bootstrap --tests

program: bootstrap ## Build the program
	$(CARGO) build --release --locked $(FEATURES)

paper: program ## Compute every number and typeset the paper into build/
	$(PHEXT_PAPER) build --root "$(ROOT)"

guide: program ## Build the user guide: guide/build/guide/guide.pdf and guide/build/html/index.html
	$(PHEXT_PAPER) build --root guide

release: program ## Make the release bundle in build/release
	$(PHEXT_PAPER) publish --root "$(ROOT)" --out "$(OUT)"

verify: program ## Hold the bundle against its own sums and against the sources
	$(PHEXT_PAPER) verify "$(OUT)" --root "$(ROOT)"

changes: program ## Tell which numbers moved from the bundle OLD to the one of build/release
	cd "$(ROOT)" && $(PHEXT_PAPER) diff "$(call below,$(OLD))" "$(call below,$(OUT))" --out "$(call below,$(CHANGES))"

site: ## Pack the bundle for GitHub Pages: build/site/artifact.tar
	@mkdir -p "$(SITE)"
	tar --create --file "$(SITE)/artifact.tar" --directory "$(OUT)" --sort=name --owner=0 --group=0 --mtime=@0 .

comment: ## Comment on a pull request which numbers it moves (in continuous integration)
	@scripts/comment "$(COMMENT)"

upload: ## Upload the bundle as the release of the tag TAG (in continuous integration)
	cd "$(OUT)" && sha256sum --check --quiet SHA256SUMS
	tar --create --directory "$(OUT)" --sort=name --owner=0 --group=0 --mtime=@0 . | gzip --no-name >"bundle-$$TAG.tar.gz"
	gh release create "$$TAG" --verify-tag --title "$$TAG" --generate-notes "bundle-$$TAG.tar.gz" \
	  "$(OUT)/SHA256SUMS" "$(OUT)/manifest.json" "$(OUT)/CITATION.cff"

test: bootstrap-tests ## Run the whole test suite and keep its record
	@CARGO="$(CARGO)" FEATURES="$(FEATURES)" scripts/test

lint: ## Check formatting, lints, links of the documentation, and dependencies
	@scripts/bootstrap --lint
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --release --all-targets --locked $(FEATURES) -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --release --locked
	$(TOOLS)/cargo-deny --locked check

bench: bootstrap ## Measure the speed of simulation and build
	$(CARGO) bench --locked --bench figures --bench goodput --bench packet --bench pipeline

cache-key: ## Print digests of the program's sources and of the paper, for caches
	@echo "program=$$(scripts/sources program)"
	@echo "paper=$$(scripts/sources paper "$(ROOT)")"

bench-preview: bootstrap-tests ## Measure how soon an author sees an edit; fails where a limit is missed
	$(CARGO) bench --locked --bench preview

clean: ## Empty build/ and target/
	find build -mindepth 1 ! -name .gitignore -delete
	$(CARGO) clean
