# Two commands matter: `make demo` and `make test`. Both build .venv first, from constraints.txt; the second adds to it
# what the checks and tests need.
#   make PYTHON=python3.12    another Python
#   make TORCH_INDEX=https://download.pytorch.org/whl/cpu    on Linux without a GPU: a torch of 0.2 GB, not several
PYTHON ?= python3
TORCH_INDEX ?=
VENV ?= .venv
BIN = $(VENV)/bin
BASE = $(VENV)/.base
READY = $(VENV)/.ready
GPU = build/gpu/.ready
# on a terminal pip shows what it fetches, with a bar; elsewhere the lines below have to do
INSTALL = quiet=; test -t 1 || quiet=--quiet; $(BIN)/python -m pip install $$quiet --disable-pip-version-check -c constraints.txt \
	$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
PYTEST = $(BIN)/python -m pytest
TYPES = $(BIN)/mypy && $(BIN)/lint-imports --no-cache --no-logo
PAGES = $(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs

.PHONY: demo test quick long check style types docs-quietly docs coverage wheel clean

demo: $(BASE)
	@echo 'perfkit: a documented recipe, one beyond doubt, and a wrong one: about a minute'
	$(BIN)/perfkit compare --recipe rope-cache
	$(BIN)/perfkit compare --recipe dequant-cache --quick
	$(BIN)/perfkit compare spectral --recipe twiddle-matmul --quick || test $$? -eq 5

# the gate. What checks the text runs beside the tests, which wait for workers now and then; its failures come last.
# Some 8,000 tests, many with processes and clocks, share the cores: one that fails among them is run once more with
# nothing beside it. A defect fails again; what only the load upset is named above, and is to be mended all the same
test: style
	@rm -f build/check.rc; { { $(TYPES) && $(PAGES); } >build/check.log 2>&1; echo $$? >build/check.rc; } & \
	$(PYTEST) -n auto --dist worksteal; tests=$$?; wait; \
	if test $$tests -eq 1; then echo 'make test: once more, with nothing beside it'; $(PYTEST) --last-failed; tests=$$?; fi; \
	cat build/check.log; exit $$((tests + $$(cat build/check.rc)))

# the inner loop: what needs no process of its own
quick: style
	$(PYTEST) -n auto --dist worksteal -m "not slow"

# what takes minutes: every kind of wrong code, ten thousand inputs of the fuzzers, the proof of every recipe,
# the compressor as it is, identical code on every workload, every benchmark's code at the size of its models, an
# installation without torch, Triton's interpreter
long: $(READY) $(GPU)
	PERFKIT_KINDS=all $(PYTEST) -n auto tests/integration/test_kinds.py
	PERFKIT_COMPRESSOR=whole PERFKIT_RECIPES=all $(PYTEST) -n auto --dist worksteal tests/catalog/test_recipes.py tests/unit/compressor tests/unit/spectral/test_ranks.py
	PERFKIT_TRIALS=all $(PYTEST) -n auto tests/unit/test_advice.py tests/unit/test_claim_stability.py
	PERFKIT_FUZZ=10000 $(PYTEST) tests/integration/test_fuzz.py tests/unit/test_denormal_maps.py
	PERFKIT_ALONE=1 $(PYTEST) tests/integration/test_profile.py
	PERFKIT_IDENTITY=all PERFKIT_COVERAGE=150 $(PYTEST) tests/integration/test_identity.py tests/integration/test_coverage_script.py
	PERFKIT_BENCHMARKS=whole $(PYTEST) -n auto tests/integration/test_benchmarks.py
	PERFKIT_LIGHT=installed $(PYTEST) tests/integration/test_light.py
	PYTHONPATH=$(dir $(GPU)) $(PYTEST) tests/unit/spectral/test_triton.py
	PYTHONPATH=$(dir $(GPU)) PERFKIT_RECIPES=all $(PYTEST) tests/catalog/test_recipes.py -k triton

check: style types docs-quietly

style: $(READY)
	@mkdir -p build
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(TYPES)

docs-quietly: $(READY)
	$(PAGES)

docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -b html docs build/docs

coverage: $(READY)
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

wheel: $(READY)
	$(BIN)/python -m build

$(BASE): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = "%d.%d" % sys.version_info[:2]; sys.exit("perfkit needs Python 3.11 or newer, this is " + v if sys.version_info < (3, 11) else print("perfkit: making $(VENV) with Python " + v))'
	@$(PYTHON) -m venv --clear $(VENV)
	@echo 'perfkit: installing perfkit and what it needs; torch is most of it: a minute, or several'
	@$(INSTALL) -e .
	@touch $@

$(READY): $(BASE)
	@echo 'perfkit: installing what the checks and tests need: a minute'
	@$(INSTALL) -e '.[dev]'
	@touch $@

# beside the environment and not in it: the checks hold without Triton, which unpacks to 0.6 GB
$(GPU): $(BASE)
	@echo 'perfkit: installing triton for the kernels of the spectral model: 286 MB'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(dir $(GPU)) 'triton>=3.6,<3.7'
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
