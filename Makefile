# `make demo` and `make test` each work as the first command on a fresh machine with Python 3.11, pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
JOBS ?= auto

.PHONY: setup bundle demo test unit lint templates docs bench lock clean

setup: $(STAMP)

# --without-pip: a bare Debian has pip but no ensurepip.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/xltool demo demo

test: lint
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

unit: setup
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not libreoffice and not browser and not slow and not rounds"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

templates: setup
	$(BIN)/python -m toolkit.templating.publish

docs: setup
	$(BIN)/python -m toolkit.policy_tools.docs

bench: setup
	$(BIN)/python benchmarks/main_job.py

# For machines without a network: wheels for Windows and Linux, install scripts, manual, control workbook.
bundle: setup
	$(BIN)/python -m macros.bundle dist/xltool-offline \
	    $(if $(PYTHON_VERSION),--version $(PYTHON_VERSION)) $(if $(PYTHON_WINDOWS),--python "$(PYTHON_WINDOWS)") $(if $(PYTHON_LINUX),--python "$(PYTHON_LINUX)")

lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --no-annotate \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) demo build dist *.egg-info
