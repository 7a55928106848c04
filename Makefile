# The three commands this project is worked with: make demo, make test, make lint.
# Each makes its own virtual environment in .venv; nothing is installed outside this folder.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Tests start hundreds of processes: they share what Python compiled, also where the system says not to keep it, and
# none computes with more threads than one, which would only wait for each other.
PYTEST := PYTHONDONTWRITEBYTECODE= OPENCV_FOR_THREADS_NUM=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder

.PHONY: demo test test-fast test-cov lint docs clean

demo: $(VENV)/.installed
	$(BIN)/rigcoach demo --out demo

test: $(VENV)/.installed-test
	$(PYTEST) --slow -n 4

test-fast: $(VENV)/.installed-test
	$(PYTEST) -n 3

test-cov: $(VENV)/.installed-test
	$(PIP) install --editable '.[test,coverage]'
	$(BIN)/python -m pytest --cov=rigcoach --cov-report=term-missing:skip-covered

lint: $(VENV)/.installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "rigcoach needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

# The version stands in rigcoach/__init__.py, so a change there installs anew too.
$(VENV)/.installed: pyproject.toml rigcoach/__init__.py | $(BIN)/python
	$(PIP) install --editable .
	$(BIN)/python -m rigcoach.measure.card.warm_up
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(PIP) install --editable '.[test]'
	touch $@

$(VENV)/.installed-lint: $(VENV)/.installed
	$(PIP) install --editable '.[test,lint]'
	touch $@

# The documentation as a site, in site/; a link that leads nowhere fails.
docs: $(VENV)/.installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

$(VENV)/.installed-docs: $(VENV)/.installed
	$(PIP) install --editable '.[docs]'
	touch $@

clean:
	rm -rf $(VENV) site demo dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
