# fleetdrift: `make demo` shows it, `make test` proves it. Both install what they need into .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Two processes, a file never split between them: the servers a file's tests share are started once.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile

.PHONY: demo test check test-extras bench lock install clean

install: $(VENV)/.installed

$(VENV)/.installed: requirements/dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install
	$(BIN)/fleetdrift demo

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) tests/unit tests/architecture tests/golden

test: install
	$(PYTEST) tests -m "not extras"

test-extras: install
	sh deploy/install-extras.sh
	$(BIN)/python -m pytest tests -m extras

bench: install
	$(BIN)/python -m tests.benchmarks

# Needs `uv` on the PATH; everything else installs from the locks with pip alone.
lock:
	for part in runtime dev; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    requirements/$$part.in -o requirements/$$part.lock; done

clean:
	rm -rf $(VENV) build dist
