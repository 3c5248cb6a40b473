# Norrsken: `make demo` and `make test` do all the set-up they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RUN := $(VENV)/.run
LOCK := $(VENV)/lock
DEMO := .demo
PORT ?= 5006

.PHONY: demo test test-all bench lint types check-system setup reference lock wheel clean

demo: $(RUN)
	NORRSKEN_LAKE=$(DEMO) $(BIN)/norrsken demo --scale genome
	NORRSKEN_LAKE=$(DEMO) $(BIN)/norrsken serve --port $(PORT)

setup: $(STAMP)

# Of an environment that uv itself made, pip is no part; ensurepip brings it.
$(BIN)/uv:
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --default-pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(STAMP): requirements.lock pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable . || \
	  $(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $(STAMP)

# What the program itself needs: the lock up to the line that begins the packages of development.
$(RUN): requirements.lock pyproject.toml | $(BIN)/uv
	sed '/^# Development only/,$$d' requirements.lock > $(VENV)/run.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(VENV)/run.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable . || \
	  $(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $(RUN)

# Chromium drives the browser tests; bcftools is the peer that counts are compared with.
check-system:
	@sh tests/system.sh

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/hadolint Dockerfile

types: setup
	$(BIN)/mypy

test: setup check-system lint types
	$(BIN)/pytest -m "not slow"

test-all: setup check-system lint types
	$(BIN)/pytest

bench: setup
	$(BIN)/python -m tests.bench.run

reference: setup
	$(BIN)/python assets/reference/build.py

# One file in two parts: packages to run with, then those that only development needs.
COMPILE := uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-header --no-emit-index-url --quiet
lock: | $(BIN)/uv
	mkdir -p $(LOCK)
	cp requirements.lock $(LOCK)/all
	$(BIN)/$(COMPILE) --group dev -o $(LOCK)/all
	cp $(LOCK)/all $(LOCK)/run
	$(BIN)/$(COMPILE) -o $(LOCK)/run
	awk 'NR == FNR { run[$$0]; next } FNR == 1 { print "# Development only" } /^[a-z0-9]/ { keep = !($$0 in run) } keep' \
	  $(LOCK)/run $(LOCK)/all > $(LOCK)/dev
	cat $(LOCK)/run $(LOCK)/dev > requirements.lock

wheel: setup
	$(BIN)/uv build --wheel --quiet

clean:
	rm -rf $(VENV) $(DEMO) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
