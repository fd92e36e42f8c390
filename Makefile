# The verbs of this repository. `make` alone prints them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

CARGO ?= cargo
PYTHON ?= python3
NODE ?= node
NPM ?= npm

# Where Cargo.lock must already be right, a build that would change it fails instead.
LOCKED := $(if $(CI),--locked)

BUILD_DIR := $(or $(CARGO_TARGET_DIR),target)
MOCK_BIN := $(abspath $(BUILD_DIR))/debug/bedrock-mock

SDK_TESTS := mock-server/tests/sdk
CLIENT_TESTS := mock-server/tests/clients
RUST_CLIENT_DIR := $(abspath $(BUILD_DIR))/clients-rust
ENV_DIR := target/env
PY_ENV := $(ENV_DIR)/python
PY_STAMP := $(PY_ENV)/.installed
PY_BIN := $(PY_ENV)/bin/python
NODE_ENV_DIR := $(ENV_DIR)/node
NODE_STAMP := $(NODE_ENV_DIR)/.installed
NODE_LINKS := $(SDK_TESTS)/js/node_modules $(CLIENT_TESTS)/js/node_modules
CLIENT_PY_STAMP := $(PY_ENV)/.clients-installed

# As `cargo install` finds it.
INSTALL_DIR := $(or $(CARGO_INSTALL_ROOT),$(CARGO_HOME),$(HOME)/.cargo)/bin

# The tools that checks and docs need, each built once; a new version here builds it anew.
TOOLS_DIR := target/tools
CARGO_DENY_VERSION := 0.20.2
CARGO_MACHETE_VERSION := 0.9.2
MDBOOK_VERSION := 0.5.4
CARGO_DENY := $(TOOLS_DIR)/cargo-deny-$(CARGO_DENY_VERSION)/bin/cargo-deny
CARGO_MACHETE := $(TOOLS_DIR)/cargo-machete-$(CARGO_MACHETE_VERSION)/bin/cargo-machete
MDBOOK := $(TOOLS_DIR)/mdbook-$(MDBOOK_VERSION)/bin/mdbook

say = @printf '==> %s\n'
steps = @MAKE='$(MAKE)' .ci/steps
# git lists deleted files until the deletion is staged.
still-there = xargs -0 sh -c 'for file; do if [ -e "$$file" ]; then echo "$$file"; fi; done' sh

.PHONY: help
help: ## Print these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- use ---------------------------------------------------------------------------------------

.PHONY: run
run: ## Build the release binary and serve on http://127.0.0.1:4580
	@$(CARGO) run --release $(LOCKED) -p bedrock-mock -- serve

# Two builds, so that the first is the very one of `make run`: built together, the two programs would
# share the features of their dependencies, and cargo would compile those again.
.PHONY: install
install: ## Install bedrock-mock and bedrock-conformance where cargo installs programs (~/.cargo/bin)
	$(say) 'building the release binaries (nothing is rebuilt that `make run` built)'
	@$(CARGO) build --release --locked -p bedrock-mock
	@$(CARGO) build --release --locked -p bedrock-conformance
	@mkdir -p '$(INSTALL_DIR)'
	@for program in bedrock-mock bedrock-conformance; do \
	  install -m 755 "$(BUILD_DIR)/release/$$program" '$(INSTALL_DIR)/'; \
	  echo "==> installed $(INSTALL_DIR)/$$program"; done
	@case ":$$PATH:" in *':$(INSTALL_DIR):'*) ;; *) echo '==> $(INSTALL_DIR) is not on the PATH: add it to run them by name' ;; esac

# --- check and test ----------------------------------------------------------------------------

CHECK_STEPS := \
  'format=Formatting' \
  'lints=Lints (clippy)' \
  'phrases=Words of the documentation' \
  'dependencies=Unused dependencies, licences, sources, bans'

TEST_STEPS := \
  'env=Python and Node environments' \
  $(CHECK_STEPS) \
  'rust-test=Rust tests' \
  'tools-test=Tests of the fixture tools' \
  'sdk-test=Official SDKs against the mock' \
  'clients-test=Unmodified clients, shells, documentation'

# Slow checks, in addition to those of `make test`. None yet.
SLOW_STEPS :=

.PHONY: test
test: prerequisites ## Set everything up, then run every check and every test, except the slow ones
	$(steps) $(TEST_STEPS)

.PHONY: test-all
test-all: prerequisites ## The same and the slow checks
	$(steps) $(TEST_STEPS) $(SLOW_STEPS)

.PHONY: quick
quick: ## Formatting, lints and Rust tests: what to run while working (a minute)
	$(steps) 'format=Formatting' 'lints=Lints (clippy)' 'rust-test=Rust tests'

.PHONY: check
check: ## Formatting, lints, unused dependencies, licences
	$(steps) $(CHECK_STEPS)

.PHONY: prerequisites
prerequisites: ## Report the programs that the tests need and that are missing
	@PYTHON='$(PYTHON)' NODE='$(NODE)' NPM='$(NPM)' .ci/prerequisites

# Files of their own, too: `cargo fmt` follows module declarations, so it misses every file that only a
# macro declares, and the crates outside the workspace.
.PHONY: format
format: ## Check the formatting of every Rust file
	@if $(CARGO) fmt --version >/dev/null 2>&1; then \
	  git ls-files -z --cached --others --exclude-standard '*.rs' \
	  | $(still-there) | xargs rustfmt --check --edition 2024; \
	else \
	  echo 'SKIPPED: formatting, because rustfmt is not installed (rustup component add rustfmt)'; \
	fi

.PHONY: lints
lints: ## Run clippy on all targets; a warning is an error
	@if $(CARGO) clippy --version >/dev/null 2>&1; then \
	  $(CARGO) clippy --workspace --all-targets $(LOCKED) -- -D warnings; \
	else \
	  echo 'SKIPPED: lints, because clippy is not installed (rustup component add clippy)'; \
	fi

# The list and where each phrase is allowed: .ci/phrases.json.
.PHONY: phrases
phrases: ## Look for phrases that the glossary replaces, and for pages that name missing files
	@$(PYTHON) fixtures/tools/phrases.py README.md mock-server/docs conformance/docs \
	  mock-server/ARCHITECTURE.md .github */CHANGELOG.md mock-server/examples
	@$(PYTHON) fixtures/tools/phrases.py --paths .github conformance/docs
	@$(PYTHON) fixtures/tools/phrases.py --paths --under mock-server/src mock-server/ARCHITECTURE.md

.PHONY: dependencies
dependencies: $(CARGO_MACHETE) $(CARGO_DENY) ## Check dependencies: none unused, licences, sources and bans of deny.toml
	$(say) 'unused dependencies (cargo-machete)'
	@$(CARGO_MACHETE) fixtures mock-server conformance
	$(say) 'licences, sources and banned crates (cargo-deny)'
	@$(CARGO) fetch --quiet $(LOCKED)
	@$(CARGO_DENY) --offline --log-level error check licenses bans sources

.PHONY: rust-test
rust-test: ## Unit, integration and doc tests of all crates; every conformance case on bedrock-mock is one of them
	@$(CARGO) test --workspace $(LOCKED)

# A snapshot or table that nothing changed is written as it was, so `git diff` shows what did change.
.PHONY: bless
bless: ## Rewrite the snapshots and the generated tables of the docs; look at `git diff` afterwards
	@if [[ -n '$(CI)' ]]; then echo 'make: bless is not for CI: it accepts whatever the code does' >&2; exit 1; fi
	@INSTA_UPDATE=always INSTA_FORCE_PASS=1 BLESS=1 $(CARGO) test --quiet --workspace --tests --no-fail-fast
	$(say) 'changed files'
	@git status --short

.PHONY: conform
conform: ## Run every conformance case against bedrock-mock, and audit what no case covers
	$(say) 'building bedrock-mock and bedrock-conformance'
	@$(CARGO) build $(LOCKED) -p bedrock-mock -p bedrock-conformance
	$(say) 'running the cases'
	@BEDROCK_MOCK_BIN='$(MOCK_BIN)' $(abspath $(BUILD_DIR))/debug/bedrock-conformance run $(ARGS)
	$(say) 'auditing'
	@$(abspath $(BUILD_DIR))/debug/bedrock-conformance audit

.PHONY: tools-test
tools-test: $(PY_STAMP) ## The tools that regenerate fixtures
	$(say) 'tests of the tools in fixtures/tools'
	@cd fixtures/tools && $(abspath $(PY_BIN)) -B -m unittest discover -t . -s tests

.PHONY: sdk-test
sdk-test: env ## The official Python and JavaScript SDKs against the built binary
	$(say) 'building bedrock-mock for the SDK tests'
	@$(CARGO) build $(LOCKED) -p bedrock-mock -p bedrock-conformance
	$(say) 'Python: boto3, requests, curl, raw sockets'
	@BEDROCK_MOCK_BIN='$(MOCK_BIN)' $(PY_BIN) -m pytest -c $(SDK_TESTS)/python/pytest.ini $(SDK_TESTS)/python
	$(say) 'JavaScript: AWS SDK v3'
	@BEDROCK_MOCK_BIN='$(MOCK_BIN)' $(NODE) --test --test-reporter=spec $(SDK_TESTS)/js/*.test.mjs

# The Rust client compiles Amazon's SDK, two minutes the first time, and nothing after that.
.PHONY: clients-test
clients-test: env ## Unmodified clients in their defaults, shells, and every runnable block of README and handbook
	$(say) 'building bedrock-mock for the client tests'
	@$(CARGO) build $(LOCKED) -p bedrock-mock -p bedrock-conformance
	$(say) 'building the Rust client (aws-sdk-bedrockruntime)'
	@$(CARGO) build --locked --manifest-path $(CLIENT_TESTS)/rust-sdk/Cargo.toml --target-dir '$(RUST_CLIENT_DIR)'
	$(say) 'clients in their defaults, shells, documentation'
	@BEDROCK_MOCK_BIN='$(MOCK_BIN)' RUST_CLIENT_BIN='$(RUST_CLIENT_DIR)/debug/rust-sdk-client' \
	  $(PY_BIN) -m pytest -c $(CLIENT_TESTS)/python/pytest.ini $(CLIENT_TESTS)/python

# --- read --------------------------------------------------------------------------------------

DOCS_SOURCE := target/docs-src
DOCS_SUMMARY := $(DOCS_SOURCE)/SUMMARY.md

# Pages keep their relative places, so a link that works on GitHub works in the book. The table
# of contents is that of both handbooks, one after the other.
.PHONY: docs
docs: $(MDBOOK) ## Build the handbooks of the mock and of the suite into one searchable site, target/docs
	@rm -rf $(DOCS_SOURCE) target/docs
	@mkdir -p $(DOCS_SOURCE)
	@git ls-files -z --cached --others --exclude-standard '*.md' mock-server/docs conformance/docs \
	  | $(still-there) | tar -cf - -T - | tar -xf - -C $(DOCS_SOURCE)
	@.ci/book-summary mock-server/docs conformance/docs >$(DOCS_SUMMARY)
	@cp mock-server/docs/book.toml target/book.toml
	@$(MDBOOK) build target
	$(say) 'open target/docs/index.html'

# --- measure -----------------------------------------------------------------------------------

BENCH := mock-server/bench
BENCH_DIR := $(abspath $(BUILD_DIR))/bench
BENCH_BIN := $(BENCH_DIR)/release/bedrock-mock-bench
BENCH_MOCK := $(abspath $(BUILD_DIR))/release/bedrock-mock
PEERS_DIR := target/bench-peers
PEERS_STAMP := $(PEERS_DIR)/.installed

.PHONY: bench
bench: bench-build ## Ratios to a bare server, open streams, start, growth (ten minutes on an idle machine)
	@for verb in run streams start growth; do \
	  $(BENCH_BIN) $$verb --mock $(BENCH_MOCK) --json $(BENCH_DIR)/$$verb.json $(ARGS); done

.PHONY: bench-peers
bench-peers: bench-build $(PEERS_STAMP) ## The same loads on other mocks, side by side
	@$(BENCH_BIN) peers --mock $(BENCH_MOCK) --json $(BENCH_DIR)/peers.json \
	  --aimock $(PEERS_DIR)/node_modules/.bin/llmock --ministack $(PEERS_DIR)/python/bin/ministack $(ARGS)

.PHONY: bench-micro
bench-micro: ## Micro-benchmarks (criterion): route, bind and validate, verify SigV4, encode
	@CRITERION_HOME=$(BENCH_DIR)/criterion $(CARGO) bench --quiet --locked --manifest-path $(BENCH)/Cargo.toml --target-dir $(BENCH_DIR) -- $(ARGS)

.PHONY: bench-instructions
bench-instructions: bench-build ## Instructions per request, by valgrind; the same on a busy machine
	@$(CARGO) build --quiet $(LOCKED) --profile profiling -p bedrock-mock
	@$(BENCH_BIN) instructions --mock $(abspath $(BUILD_DIR))/profiling/bedrock-mock \
	  --json $(BENCH_DIR)/instructions.json $(ARGS)

.PHONY: bench-build
bench-build:
	$(say) 'building the release binary and the benchmarks'
	@$(CARGO) build --quiet $(LOCKED) --release -p bedrock-mock
	@$(CARGO) build --quiet --locked --release --manifest-path $(BENCH)/Cargo.toml --target-dir $(BENCH_DIR)

$(PEERS_STAMP): $(BENCH)/peers.txt
	$(say) 'other mocks in $(PEERS_DIR) (pinned by $<)'
	@mkdir -p $(PEERS_DIR)
	@$(NPM) install --prefix $(PEERS_DIR) --no-fund --no-audit --ignore-scripts --loglevel=error \
	  "$$(sed -n 's/^npm //p' $<)"
	@$(PYTHON) -m venv $(PEERS_DIR)/python
	@$(PEERS_DIR)/python/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
	  "$$(sed -n 's/^pypi //p' $<)"
	@touch $@

# --- tools, built once ---------------------------------------------------------------------------

# Without optimisation these build three times as fast, and they run for seconds. Except the one that
# parses every source file.
install-tool = $(CARGO) install --quiet --locked --root '$(patsubst %/bin/,%,$(dir $@))' --target-dir $(TOOLS_DIR)/build

$(CARGO_DENY):
	$(say) 'building cargo-deny $(CARGO_DENY_VERSION) into $(TOOLS_DIR), once (two minutes)'
	@CARGO_PROFILE_DEV_DEBUG=0 $(install-tool) --debug cargo-deny@$(CARGO_DENY_VERSION)
	@rm -rf $(TOOLS_DIR)/build

$(CARGO_MACHETE):
	$(say) 'building cargo-machete $(CARGO_MACHETE_VERSION) into $(TOOLS_DIR), once'
	@$(install-tool) cargo-machete@$(CARGO_MACHETE_VERSION)
	@rm -rf $(TOOLS_DIR)/build

$(MDBOOK):
	$(say) 'building mdbook $(MDBOOK_VERSION) into $(TOOLS_DIR), once'
	@CARGO_PROFILE_DEV_DEBUG=0 $(install-tool) --debug --no-default-features --features search mdbook@$(MDBOOK_VERSION)
	@rm -rf $(TOOLS_DIR)/build

# --- set-up, skipped when nothing it depends on has changed --------------------------------------

# The link: an ES module finds its packages in a node_modules beside it or above it.
.PHONY: env
env: $(PY_STAMP) $(CLIENT_PY_STAMP) $(NODE_STAMP) ## The Python and Node environments of the SDK and client tests, under target/env
	@for link in $(NODE_LINKS); do ln -sfn $(abspath $(NODE_ENV_DIR))/node_modules $$link; done

# Debian splits what `venv` needs into a package of its own. Without it, a pip that is there can
# still fill a bare environment from outside.
$(PY_STAMP): $(SDK_TESTS)/python/requirements.txt
	$(say) 'Python environment in $(PY_ENV) (pinned by $<)'
	@command -v $(PYTHON) >/dev/null || { \
	  echo 'make: Python 3.10 or newer is needed for the SDK tests (Debian: apt-get install python3 python3-venv)' >&2; exit 1; }
	@rm -rf $(PY_ENV) && mkdir -p $(ENV_DIR)
	@if $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then \
	  $(PYTHON) -m venv $(PY_ENV); \
	  $(PY_BIN) -m pip install --quiet --disable-pip-version-check --no-input -r $<; \
	elif $(PYTHON) -c 'import venv, pip' 2>/dev/null; then \
	  $(PYTHON) -m venv --without-pip $(PY_ENV); \
	  $(PYTHON) -m pip --python $(PY_BIN) install --quiet --disable-pip-version-check --no-input -r $<; \
	else \
	  echo 'make: this Python has no venv module (Debian: apt-get install python3-venv)' >&2; exit 1; \
	fi
	@touch $@

# Into the same environment: half of what these bring along is there already. The stamp goes with
# the environment when that is made anew.
$(CLIENT_PY_STAMP): $(CLIENT_TESTS)/python/requirements.txt $(PY_STAMP)
	$(say) 'Python packages of the client tests (pinned by $<)'
	@if $(PY_BIN) -m pip --version >/dev/null 2>&1; then \
	  $(PY_BIN) -m pip install --quiet --disable-pip-version-check --no-input -r $<; \
	else \
	  $(PYTHON) -m pip --python $(PY_BIN) install --quiet --disable-pip-version-check --no-input -r $<; \
	fi
	@touch $@

$(NODE_STAMP): $(SDK_TESTS)/js/package.json $(SDK_TESTS)/js/package-lock.json $(SDK_TESTS)/js/.npmrc
	$(say) 'Node packages in $(NODE_ENV_DIR) (pinned by $(SDK_TESTS)/js/package-lock.json)'
	@command -v $(NODE) >/dev/null && command -v $(NPM) >/dev/null || { \
	  echo 'make: Node.js 20 or newer and npm are needed for the SDK tests (Debian: apt-get install nodejs npm)' >&2; exit 1; }
	@$(NODE) -e 'if (parseInt(process.versions.node) < 20) { console.error("make: Node.js 20 or newer is needed for the SDK tests, this is " + process.version); process.exit(1) }'
	@mkdir -p $(NODE_ENV_DIR)
	@cp $^ $(NODE_ENV_DIR)/
	@$(NPM) ci --prefix $(NODE_ENV_DIR) --no-fund --no-audit --ignore-scripts --loglevel=error
	@touch $@

.PHONY: clean-env
clean-env: ## Remove those environments
	@rm -rf $(ENV_DIR) $(NODE_LINKS)

# --- data that others publish ------------------------------------------------------------------

.PHONY: model-update
model-update: $(PY_STAMP) ## Regenerate fixtures/models from the newest published service models
	@$(PY_BIN) fixtures/tools/model_update.py $(ARGS)

.PHONY: model-diff
model-diff: $(PY_STAMP) ## Print what the newest published service models change, per operation
	@$(PY_BIN) fixtures/tools/model_diff.py $(or $(ARGS),--latest)

.PHONY: catalogue-update
catalogue-update: $(PY_STAMP) ## Regenerate the published layers of fixtures/catalogue
	@$(PY_BIN) fixtures/tools/catalogue_update.py $(ARGS)
