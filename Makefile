# fleetdrift: `make demo` shows it, `make test` proves it. Both install what they need into .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Two processes, a file never split between them: the servers a file's tests share are started once.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile

# Tests on servers wait for more than half of their time: four processes keep two cores busy. The order is that of
# tests/longest_files.py, not xdist's own.
PYTEST_ON_SERVERS := $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

# What `make check` runs and `make coverage` measures: no test here takes long.
FAST := tests/unit tests/architecture tests/golden
MAJOR ?= 18

.PHONY: demo lint check coverage test test-pairs test-reading test-extras chaos mutants schemas manifests pictures bench bench-fleet bench-memory bench-pages site lock install clean new-kind new-rule

# pip compiles what it installs, but no editable sources: without bytecode a command spends a third of its time on
# compiling them, and where PYTHONDONTWRITEBYTECODE is set it does so in each run.
install: $(VENV)/.installed

$(VENV)/.installed: requirements/dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q coordinator shared workers
	@touch $@

demo: install
	$(BIN)/fleetdrift demo

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint
	$(PYTEST) $(FAST)

# The same tests as `make check`, with the lines and branches that they reach; fails below the floor in pyproject.toml.
coverage: install
	rm -rf .coverage
	mkdir .coverage
	$(BIN)/coverage run -m pytest -n 2 --dist loadfile $(FAST)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# The fast tests run once, measured; then all others.
test: coverage
	$(PYTEST_ON_SERVERS) tests -m "not extras" $(FAST:%=--ignore=%)

# Random pairs of schemas with rows, from the FIRST on, COUNT of them: make test-pairs COUNT=500 FIRST=1000
test-pairs: install
	FLEETDRIFT_PAIRS=$(or $(COUNT),100) FLEETDRIFT_FIRST_PAIR=$(or $(FIRST),0) \
	  $(PYTEST) tests/properties/test_pairs_lead_to_each_other.py

# The tests of reading on a PostgreSQL of another major: make test-reading MAJOR=14
test-reading: install
	$(PYTEST) tests/integration/reading --server-major $(MAJOR)

test-extras: install
	sh deploy/install-extras.sh
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
	  -r requirements/browser.lock -r requirements/mcp.lock -r requirements/charts.lock \
	  -r requirements/api.lock -r requirements/site.lock -r requirements/forms.lock
	$(BIN)/python -m pytest tests -m extras

# 100,000 simulated tenants, eight workers that are killed sixteen times each, a Redis that forgets and dies, three seeds:
# the report must be that of the undisturbed scan. The tests of tests/acceptance/chaos run it with 3,000.
chaos: install
	$(BIN)/python -m tests.acceptance.chaos.run

# Mistakes made on purpose. First those that have names: each must make a unit test fail. Then the mutation tool's, some
# 2,600 in about half an hour on two cores: it lists what no test noticed, which is for people to judge.
mutants: install
	$(BIN)/python -m tests.mutants
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/mutants.lock
	$(BIN)/mutmut run
	$(BIN)/mutmut results

# The JSON Schemas of what other programs read; `make check` compares them with the code.
schemas: install
	$(BIN)/python -m pytest tests/golden/formats -k published --update

# The plain manifests of deploy/kubernetes, from the Helm chart; a test of the extras compares them.
manifests: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/charts.lock \
	  -r requirements/api.lock
	$(BIN)/python -m deploy.helm.render

# The pictures of docs/images: the dashboards', drawn from the panels' queries through the incident of the extras, and the pages'
# on a visit with a real browser.
pictures: install
	sh deploy/install-extras.sh
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/browser.lock
	$(BIN)/python -m pytest tests/extras/test_incident.py tests/extras/test_visit.py -m extras --pictures

# The documentation as a site, in build/site; it asks no other server for anything.
site: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/site.lock
	$(BIN)/mkdocs build --strict

bench: install
	$(BIN)/python -m tests.benchmarks

# A fleet of databases, first and again, quiet and written to, beside pg_dump; 100,000 simulated tenants. Fails beyond a bar.
# Needs 16 GB of disk for 2,000 databases: make bench-fleet DATABASES=300 SIMULATED=0
bench-fleet: install
	$(BIN)/python -m tests.benchmarks.bench_fleet $(or $(DATABASES),2000) $(or $(SIMULATED),100000)

# The memory of 100,000 tenants: time and memory to record a scan, the size of the store, how fast it answers. Fails beyond a
# bar. Some ten minutes with 60 scans; with SCANS=1000 three hours.
bench-memory: install
	$(BIN)/python -m tests.benchmarks.bench_memory $(SCANS)

# The overview of 10,000 and of 100,000 tenants in a real Chromium, on a real `serve`: how soon it can be used. Fails beyond a bar.
# Some five minutes: make bench-pages TENANTS=10000
bench-pages: install
	sh deploy/install-extras.sh
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/browser.lock
	$(BIN)/python -m tests.benchmarks.bench_pages $(TENANTS)

# A new kind of object or a new rule begins as a skeleton (CONTRIBUTING.md): make new-kind NAME=event_log
new-kind: install
	$(BIN)/python -m tests.skeletons kind "$(NAME)"

new-rule: install
	$(BIN)/python -m tests.skeletons rule "$(NAME)"

# Needs `uv` on the PATH; everything else installs from the locks with pip alone.
lock:
	for part in runtime dev mutants browser mcp charts api site forms; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    requirements/$$part.in -o requirements/$$part.lock; done

clean:
	rm -rf $(VENV) build dist .coverage mutants
