# Everything runs in .venv, built here from hashes. `make` alone lists what there is.
PY := $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
V := .venv
B := $(V)/bin
PIP := $(B)/python -m pip install -q --disable-pip-version-check
HASHED := --require-hashes --only-binary :all:
# names and hashes only: where packages come from is each installation's own business
COMPILE := $(B)/uv pip compile -q --system-certs --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header $(UPGRADE)
WORKERS ?= 3
BROWSER ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
# tests and `jarva up` start many processes: what one has compiled serves all
export PYTHONDONTWRITEBYTECODE =
RANDOM_TESTS = $(wildcard tests/*/test_*recount.py tests/*/test_*machine.py tests/*/test_*histories.py) \
	tests/reports/test_disclosure.py tests/shared/test_standing_questions.py

.DEFAULT_GOAL := help
.PHONY: help install demo up test check format browser bench chaos soak openapi lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(V)/.done  ## .venv with everything, from hashes (seconds with uv, pip when uv cannot)

$(V)/.done: requirements.lock bootstrap.lock pyproject.toml
	@test -n "$(PY)" || { echo "python 3.11 or newer is needed"; exit 1; }
	test -x $(B)/python || $(PY) -m venv $(V)
	$(PIP) $(HASHED) -r bootstrap.lock
	$(B)/uv pip sync -q --system-certs --compile-bytecode --python $(B)/python $(HASHED) requirements.lock \
	|| $(PIP) $(HASHED) -r requirements.lock
	$(B)/uv pip install -q --offline --python $(B)/python --no-deps --no-build-isolation -e . \
	|| $(PIP) --no-deps --no-build-isolation -e .
	touch $@

demo: install  ## load the published years through the APIs, assemble both reports, compare
	$(B)/jarva demo

up: install  ## run everything until Ctrl-C; the same data next time
	$(B)/jarva up

test: check  ## everything that must hold: check, then every test
	$(B)/python -m pytest -q -n $(WORKERS)

check: install  ## lint, format, types, boundaries
	$(B)/ruff check .
	$(B)/ruff format --check .
	$(B)/mypy
	$(B)/lint-imports

format: install  ## put the code into the form that check wants
	$(B)/ruff check --fix .
	$(B)/ruff format .

browser: install  ## the front in a real browser: keyboard, axe, screenshots (BROWSER=/usr/bin/chromium)
	@test -x "$(BROWSER)" || { echo "no chromium: install it, or name one with BROWSER="; exit 1; }
	JARVA_BROWSER=$(BROWSER) $(B)/python -m pytest -q -rP tests/browser

bench: install  ## measure, against what this machine can do at best
	$(B)/jarva bench

chaos: install  ## kill processes in the middle of work, and count what is lost (nothing)
	JARVA_EFFORT=$(or $(EFFORT),3) $(B)/python -m pytest -q tests/concurrency tests/e2e/test_killed.py

soak: install  ## random histories, recounted and checked, for as long as one likes (EFFORT=100)
	JARVA_EFFORT=$(or $(EFFORT),10) $(B)/python -m pytest -q -n $(WORKERS) $(RANDOM_TESTS)

openapi: install  ## write docs/openapi from the services
	$(B)/jarva openapi

lock: install  ## resolve pyproject.toml into the locks (UPGRADE=--upgrade for newer versions)
	echo 'uv==0.13.9' | $(COMPILE) - -o bootstrap.lock
	$(COMPILE) pyproject.toml --extra dev -o requirements.lock
	$(COMPILE) pyproject.toml -c requirements.lock -o runtime.lock
	! grep -nE '://' *.lock

clean:  ## remove .venv and caches; var/, which holds data, stays
	rm -rf $(V) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
