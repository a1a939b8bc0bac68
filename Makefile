# Everything a fresh machine needs is Python 3.11 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: help setup demo test test-slow lint bench bench-season docs dist bounds pythons sbom audit clean

help:            ## Show this list
	@grep -E '^[a-z-]+: *.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

setup: $(STAMP)  ## Make the virtual environment and install textmine with its development tools

demo: $(STAMP)   ## Run the main job on the simulated demo corpus and say where the reports are
	$(BIN)/textmine demo -o demo

test: $(STAMP)   ## Run the tests but the slowest, on up to four cores
	$(BIN)/python -m pytest -m "not slow" --numprocesses auto --maxprocesses 4 --dist worksteal

test-slow: $(STAMP)  ## Run the slowest tests: a season in the browser, many simulations, the whole interface of the jury
	$(BIN)/python -m pytest -m slow --numprocesses auto --maxprocesses 4 --dist worksteal

lint: $(STAMP)   ## ruff, mypy --strict and the import floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)  ## Measure beside peers: speed, memory, accuracy, topics, ranking (75 minutes; bench/run.py NAME for one)
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m pip install --quiet --no-deps --group bench-nlp-id
	$(BIN)/python bench/run.py

bench-season: $(STAMP)  ## Measure textmine run on a season of 6,036,434 simulated posts (half an hour, 50 GB of disk)
	$(BIN)/python bench/run.py season

docs: $(STAMP)   ## Build the site of the documentation into build/site; a dead link fails
	$(BIN)/python -m pip install --quiet --group docs
	$(BIN)/python -m mkdocs build --strict --quiet --site-dir build/site

dist: $(STAMP)   ## Build wheel and sdist into dist/ and check them: metadata, contents, licences
	$(BIN)/python -m pip install --quiet --group release
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	$(BIN)/python release/licences.py --check

bounds: $(STAMP) ## Test the lowest dependencies that are allowed, in a fresh environment
	$(BIN)/python -m pip install --quiet --group release
	$(BIN)/python release/environments.py --lowest

pythons: $(STAMP) ## Test the wheel on Python 3.11, 3.12 and 3.13, those that are there
	$(BIN)/python release/environments.py --python 3.11 --python 3.12 --python 3.13

build/core: dist  # an environment with the wheel and its dependencies, nothing else
	rm -rf build/core
	$(PYTHON) -m venv build/core
	build/core/bin/python -m pip install --quiet dist/*.whl
	build/core/bin/python -m pip freeze --all --exclude textmine --exclude pip > build/core/requirements.txt
	build/core/bin/python -m pip uninstall --quiet --yes pip

sbom: build/core  ## Write dist/textmine.cdx.json, the software bill of materials (CycloneDX)
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
		--output-file dist/textmine.cdx.json build/core/bin/python

audit: build/core  ## Look for known vulnerabilities of what is installed; fails where one package cannot be looked up
	$(BIN)/pip-audit --strict --no-deps --disable-pip --requirement build/core/requirements.txt

clean:           ## Remove what the targets above made
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
