# Two commands do everything: `make harvest` and `make test`. Both build .venv first, from the pinned requirements.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
DATA ?= data

.PHONY: harvest test lint bench accuracy fuzz ocr kills docs pins clean serve
.DEFAULT_GOAL := harvest

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
		|| { echo "nianbao needs Python 3.11 to 3.13; name one with: make PYTHON=python3.12 ..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.ocr: requirements-ocr.txt $(VENV)/.dev
	$(PIP) install --quiet --require-hashes -r requirements-ocr.txt
	@touch $@

$(VENV)/.fuzz: requirements-fuzz.txt $(VENV)/.dev
	$(PIP) install --quiet --require-hashes -r requirements-fuzz.txt
	@touch $@

harvest: $(VENV)/.run  ## the main job, on the bundled sample portal, into data/
	$(BIN)/nianbao harvest --sample --data $(DATA)

serve: $(VENV)/.run  ## the scheduled deployments, with a Prefect server where none is configured
	$(BIN)/nianbao serve --data $(DATA)

ocr: $(VENV)/.ocr  ## what reads pictures, into the same environment (Python below 3.13)

test: $(VENV)/.dev  ## all tests; parts that this machine lacks skip with the reason
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev  ## style, types, and which package may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## the harvest beside Scrapy and beside a bare pipeline (takes minutes)
	$(BIN)/python -m bench $(BENCH_ARGS)

accuracy: $(VENV)/.dev  ## how right the reader is, into docs/accuracy.md and docs/catalogue.md (takes minutes)
	$(BIN)/python -m tests.accuracy $(ACCURACY_ARGS)

fuzz: $(VENV)/.fuzz  ## files that a fuzzer makes, FUZZ_SECONDS in all, then FUZZ_EXAMPLES drawn reports for each property; finds are kept
	$(BIN)/python -m tests.fuzzing --seconds $(FUZZ_SECONDS)
	NIANBAO_EXPLORE=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest --timeout 0 tests/parsers/test_identity.py tests/parsers/test_damage.py
FUZZ_SECONDS ?= 240
FUZZ_EXAMPLES ?= 500

kills: $(VENV)/.dev  ## harvests killed at every point that can be counted, and 200 at random moments (takes an hour)
	NIANBAO_EVERY_POINT=1 $(BIN)/python -m pytest tests/storage/test_kills.py tests/storage/test_bucket_kills.py
	$(BIN)/python -m tests.kills $(KILLS_ARGS)

docs: $(VENV)/.dev  ## what the code says of itself in docs/, and the notebook's outputs over a new harvest of the sample
	$(BIN)/python docs/generate.py
	rm -rf build/sample
	$(BIN)/nianbao harvest --sample --data build/sample
	$(BIN)/python notebooks/execute.py build/sample/lake

pins: $(VENV)/.dev  ## compile the requirements anew from pyproject.toml, hashes and no addresses
	$(BIN)/uv pip compile $(PIN_FLAGS) --group build pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile $(PIN_FLAGS) --group build --group dev --group notebook --group bench -c requirements.txt \
		pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile $(PIN_FLAGS) --extra ocr -c requirements.txt -c requirements-dev.txt pyproject.toml -o requirements-ocr.txt
	$(BIN)/uv pip compile $(PIN_FLAGS) --group fuzz -o requirements-fuzz.txt
PIN_FLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

clean:  ## the virtual environment and the sample's data
	rm -rf $(VENV) $(DATA) *.egg-info build
