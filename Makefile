# Two commands do all the set-up: make demo, make test.
#
#   make demo [PHOTO=path] [SERVE=0]   the main job on an embedded default
#   make test                          the whole suite
#   make openapi                       the API's description, after a change of the API
#   PYTHON=python3.12 make ...         another interpreter (3.11 to 3.13)

PYTHON ?= python3
SERVE ?= 1
PHOTO ?=
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint openapi clean

demo: $(VENV)/.demo
	$(BIN)/python manage.py prodimages_demo $(if $(PHOTO),--photo "$(PHOTO)") $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

openapi: $(VENV)/.dev
	$(BIN)/python docs/openapi.py

$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
		|| { echo "prodimages needs Python 3.11 to 3.13; set PYTHON=path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# One stamp an extra: a changed requirement installs again, anything else does not.
$(VENV)/.demo $(VENV)/.dev: $(VENV)/.%: $(VENV)/.venv pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$*]'
	@touch $@

clean:
	rm -rf $(VENV) var build dist
