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

say = @printf '==> %s\n'

.PHONY: help
help: ## Print these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- use ---------------------------------------------------------------------------------------

.PHONY: run
run: ## Build the release binary and serve on http://127.0.0.1:4580
	@$(CARGO) run --release $(LOCKED) -p bedrock-mock -- serve

.PHONY: install
install: ## Install the release binary where cargo installs programs (~/.cargo/bin)
	@$(CARGO) install --quiet $(LOCKED) --path mock-server

# --- judge -------------------------------------------------------------------------------------

.PHONY: test
test: env check rust-test tools-test sdk-test clients-test ## Set everything up, then run every check and every test
	$(say) 'all checks and tests passed'

.PHONY: check
check: ## Formatting, lints, and licences where cargo-deny is installed
	$(say) 'formatting'
	@$(CARGO) fmt --all --check
	$(say) 'lints (clippy, all targets, warnings are errors)'
	@$(CARGO) clippy --workspace --all-targets $(LOCKED) -- -D warnings
	@if command -v cargo-deny >/dev/null; then \
	  echo '==> licences, sources and banned crates (cargo-deny)'; \
	  $(CARGO) deny --offline --log-level error check licenses bans sources; \
	else \
	  echo '==> licences, sources and banned crates: SKIPPED, cargo-deny is not installed'; \
	fi

.PHONY: rust-test
rust-test: ## Unit, integration and doc tests of all crates; every conformance case on bedrock-mock is one of them
	$(say) 'Rust tests'
	@$(CARGO) test --workspace $(LOCKED)

.PHONY: conform
conform: ## Judge bedrock-mock by every conformance case, and say what of the service models none speaks of
	$(say) 'building bedrock-mock and bedrock-conformance'
	@$(CARGO) build $(LOCKED) -p bedrock-mock -p bedrock-conformance
	$(say) 'judging'
	@BEDROCK_MOCK_BIN='$(MOCK_BIN)' $(abspath $(BUILD_DIR))/debug/bedrock-conformance run $(ARGS)
	@$(abspath $(BUILD_DIR))/debug/bedrock-conformance audit

.PHONY: tools-test
tools-test: $(PY_STAMP) ## The tools that regenerate fixtures
	$(say) 'tests of the tools in fixtures/tools'
	@cd fixtures/tools && $(abspath $(PY_BIN)) -B -m unittest discover -t . -s tests

.PHONY: sdk-test
sdk-test: env ## The official Python and JavaScript SDKs against the built binary
	$(say) 'building bedrock-mock for the SDK tests'
	@$(CARGO) build $(LOCKED) -p bedrock-mock
	$(say) 'Python: boto3, requests, curl, raw sockets'
	@BEDROCK_MOCK_BIN='$(MOCK_BIN)' $(PY_BIN) -m pytest -c $(SDK_TESTS)/python/pytest.ini $(SDK_TESTS)/python
	$(say) 'JavaScript: AWS SDK v3'
	@BEDROCK_MOCK_BIN='$(MOCK_BIN)' $(NODE) --test --test-reporter=spec $(SDK_TESTS)/js/*.test.mjs

# The Rust client compiles Amazon's SDK, two minutes the first time, and nothing after that.
.PHONY: clients-test
clients-test: env ## Unmodified clients in their defaults, shells, and every runnable block of the README
	$(say) 'building bedrock-mock for the client tests'
	@$(CARGO) build $(LOCKED) -p bedrock-mock
	$(say) 'building the Rust client (aws-sdk-bedrockruntime)'
	@$(CARGO) build --locked --manifest-path $(CLIENT_TESTS)/rust-sdk/Cargo.toml --target-dir '$(RUST_CLIENT_DIR)'
	$(say) 'clients in their defaults, shells, README'
	@BEDROCK_MOCK_BIN='$(MOCK_BIN)' RUST_CLIENT_BIN='$(RUST_CLIENT_DIR)/debug/rust-sdk-client' \
	  $(PY_BIN) -m pytest -c $(CLIENT_TESTS)/python/pytest.ini $(CLIENT_TESTS)/python

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
