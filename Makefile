# The front door. `make` alone lists what it can do. Needs Python 3.11+ and make; everything else it fetches itself.

PYTHON ?= python3
BIN    := .venv/bin
STAMP  := .venv/.neo-hub.stamp

# An uv of the machine serves if it runs at all; otherwise one lives in its own environment, outside any system Python.
OWN_UV := .cache/uv/bin/uv
UV     := $(shell uv --version >/dev/null 2>&1 && echo uv || echo $(OWN_UV))

# Only the Python named above is used; uv would otherwise download one of its own.
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-stop test check format clean compose-env

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## install everything from uv.lock into .venv (quick when nothing changed)

# Bytecode is compiled at install: Airflow starts several processes and each would parse everything anew.
$(STAMP): pyproject.toml uv.lock $(if $(filter uv,$(UV)),,$(OWN_UV))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "neo-hub needs Python 3.11 or newer; say which with: make setup PYTHON=/path/to/python3.11"; exit 1; }
	UV_PYTHON=$(PYTHON) $(UV) sync --frozen --compile-bytecode
	@touch $@

$(OWN_UV):
	$(PYTHON) -m venv .cache/uv
	@printf '*\n' > .cache/.gitignore
	.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check uv

demo: setup ## sandbox + Airflow + every flow, live; QUICK=1 checks the result and leaves
	$(BIN)/hub demo up $(if $(QUICK),--quick)

demo-stop: ## end whatever a demo left behind after a crash
	$(BIN)/hub demo stop

test: setup check ## check, then every test
	$(BIN)/pytest -n auto --dist loadfile $(ARGS)

check: setup ## format, lint, types, floors, SQL, compose file (changes nothing)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint sql --disable-progress-bar
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

format: setup ## let the tools rewrite what they can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix sql --disable-progress-bar

compose-env: ## generate the secrets of docker-compose.yml into .env (never overwrites)
	@$(PYTHON) docker/make_env.py .env

clean: ## remove caches and the environment; the hub's own state (.hub) stays
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
