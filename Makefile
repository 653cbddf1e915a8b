# One command for laptop and CI: `make run` serves the atlas, `make test` checks all of it.
# Both do their own set-up. Plain make and sh: Debian and macOS; README.md says it for Windows.

PYTHON ?= python3
PORT ?= 8501
CITY ?= tianjin
OGC_PORT ?= 5000
# To serve an office (README): the address to listen on, the name readers use, the path before ours.
ADDRESS ?=
NAME ?=
BASE ?=

VENV = .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
HOSTS = $(NAME) localhost 127.0.0.1 $(ADDRESS)
OFFICE = $(if $(ADDRESS),--server.address $(ADDRESS)) \
	$(if $(NAME)$(ADDRESS),--browser.serverAddress $(or $(NAME),$(ADDRESS))) \
	$(if $(NAME),$(foreach host,$(HOSTS),--server.allowedHosts $(host))) \
	$(if $(BASE),--server.baseUrlPath $(BASE))

# Three, on two cores too: the one that drives the browser waits now and then, and every worker
# collects. tests/conftest.py says what stays together.
WORKERS ?= 3
PYTEST = -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder

# CI=true counts the lines that the tests run, tries more examples, and skips nothing. slipcover changes
# the bytecode; coverage.py's tracer, before Python 3.14, makes all that runs take 1.6 times as long.
# Lines cost next to nothing; branches cost a fifth of the tests' processor time.
# Numba compiles the kernels from their bytecode and knows nothing of the marks.
# In a step of its own: https://github.com/plasma-umass/slipcover/issues/84 forgets the workers.
ifeq ($(CI),true)
COUNTED = -m slipcover --source data,geo,layers,pages --omit '*/geo/grid/*_kernels.py' \
	--json --out .coverage.json
PYTEST += -m "not thorough"
# On a new machine each worker would compile the same loops, all at once.
COMPILED = $(BIN)/python -m geo.point_files.compile_ahead &&
ENOUGH = $(BIN)/python -m slipcover --merge .coverage.json --out .coverage.json --skip-covered --fail-under 90
endif

.PHONY: help run test check check-data build ogc attack bench picture lock wheelhouse clean

help:
	@echo 'make run         serve the atlas on http://127.0.0.1:$(PORT) (PORT= changes it;'
	@echo '                 ADDRESS=, NAME= and BASE= serve an office, see README.md)'
	@echo 'make check       format, lint, types and the quick tests: for daily work'
	@echo 'make test        the same and the browser tests; with CI=true the coverage too'
	@echo 'make build       write the data pack of CITY=$(CITY) from its raw/ folder'
	@echo 'make check-data  prove that a rebuild of the pack gives the same bytes'
	@echo 'make ogc         serve CITY=$(CITY) as OGC API Features by pygeoapi on http://127.0.0.1:$(OGC_PORT)'
	@echo 'make attack      attack the atlas with hostile files, packs, texts and kills; print what gives way'
	@echo 'make bench       time all that has a target, print the table, write tests/bench/README.md'
	@echo 'make picture     take the picture of the README from the running atlas'
	@echo 'make lock        compile the requirements.txt, and one with hashes, from requirements.in'
	@echo 'make wheelhouse  write wheelhouse/ for installing without a network'
	@echo 'make clean       remove what these commands made'

run: $(VENV)/run.stamp
	$(BIN)/python -m streamlit run streamlit_app.py --server.port $(PORT) $(OFFICE)

# A container may forbid to keep bytecode: then every worker rewrites all asserts and every server
# that a test starts compiles the atlas, which takes a tenth of the whole time.
test check: export PYTHONDONTWRITEBYTECODE =

# The types are checked beside the tests: of two cores one would wait for a minute.
WITH_TYPES = $(BIN)/mypy & types=$$!; tests=0; $(COMPILED) $(BIN)/python $(COUNTED) $(PYTEST) $(QUICK) || tests=$$?; \
	wait $$types && exit $$tests

test: $(VENV)/test.stamp
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(WITH_TYPES)
	$(ENOUGH)

# These tests never wait: more workers than cores only collect more often. What is listed at the end
# on a quiet machine, and not only because it comes first and reads for all, is to be marked slow.
check: WORKERS = 2
check: QUICK = -m 'not browser and not office and not screen and not slow and not thorough' \
	--durations=15 --durations-min=0.5
check: $(VENV)/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(WITH_TYPES)

build: $(VENV)/test.stamp
	$(BIN)/python -m data.build $(CITY)

check-data: $(VENV)/test.stamp
	$(BIN)/python -m data.build $(CITY) --check

# An extra of its own: the atlas needs none of it. A gateway before it says the address (OGC_URL).
# `pygeoapi serve` would run a debugger that anybody can type into.
OGC = build/ogc-$(CITY)
ogc: $(VENV)/run.stamp
	$(PIP) install --quiet -r requirements.txt -r requirements-ogc.txt
	$(BIN)/python -m layers.handover.static_api --city $(CITY) --pygeoapi $(OGC_PORT) --base '$(OGC_URL)' --out $(OGC)
	$(BIN)/pygeoapi openapi generate $(OGC)/pygeoapi-config.yml --output-file $(OGC)/../$(CITY)-openapi.yml
	PYGEOAPI_CONFIG=$(OGC)/pygeoapi-config.yml PYGEOAPI_OPENAPI=$(OGC)/../$(CITY)-openapi.yml \
		$(BIN)/python -m uvicorn --port $(OGC_PORT) --factory layers.handover.static_api.server:served

attack: $(VENV)/test.stamp
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.attack

bench: $(VENV)/test.stamp
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.bench --write

picture: $(VENV)/test.stamp
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.browser.picture

# --universal: one lock for every system and for Python 3.11 and newer. The hashed one has the same
# versions: it is compiled from the plain one.
lock: $(VENV)/test.stamp
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url \
		--custom-compile-command 'make lock' requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url \
		--custom-compile-command 'make lock' tests/requirements.in -o tests/requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --generate-hashes --no-annotate \
		--custom-compile-command 'make lock' requirements.txt -o requirements-hashed.txt

# Wheels fit the system and the Python that download them: run this on one like the target.
wheelhouse: $(VENV)/run.stamp
	rm -rf wheelhouse
	$(PIP) download --quiet --only-binary :all: --dest wheelhouse -r requirements.txt

clean:
	rm -rf $(VENV) wheelhouse .coverage.json .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("The atlas needs Python 3.11 or newer: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	$(BIN)/python .ci/install.py requirements.txt
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp tests/requirements.txt
	$(BIN)/python .ci/install.py tests/requirements.txt
	@touch $@
