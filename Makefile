# Two commands matter: `make demo` and `make test`. Both build .venv first, from constraints.txt.
#   make PYTHON=python3.12    another Python
#   make TORCH_INDEX=https://download.pytorch.org/whl/cpu    on Linux without a GPU: a torch of 0.2 GB, not several
PYTHON ?= python3
TORCH_INDEX ?=
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: demo test long check docs coverage wheel clean

demo: $(READY)
	$(BIN)/perfkit compare --recipe rope-cache

test: check
	$(BIN)/python -m pytest -n auto --dist worksteal

# what takes minutes: every kind of wrong code, every recipe's proof, ten thousand inputs of the fuzzers
long: $(READY)
	PERFKIT_KINDS=all $(BIN)/python -m pytest -n auto tests/integration/test_kinds.py
	PERFKIT_RECIPES=all $(BIN)/python -m pytest -n auto tests/catalog/test_recipes.py
	PERFKIT_FUZZ=10000 $(BIN)/python -m pytest tests/integration/test_fuzz.py

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs

docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -b html docs build/docs

coverage: $(READY)
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

wheel: $(READY)
	$(BIN)/python -m build

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("perfkit needs Python 3.11 or newer, this is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
