# Two commands: `make map` draws the map, `make test` checks everything. Both make .venv when missing.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
STAMP := .venv/.installed
BENCH := .venv/.bench

.PHONY: bundle bundle-try map test quick lint docs docs-outputs browser bench soak soak-build soak-trust fuzz clean

map: $(STAMP)
	$(BIN)/python -m industrymap build .

# Everything: style, types, page scripts, all tests.
test: lint
	$(BIN)/python -m pytest -q -n 2

# The inner loop: what is neither slow nor in a browser, about two minutes on two cores.
quick: lint
	$(BIN)/python -m pytest -q -n 2 -m "not slow and not browser"

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Coverage-guided fuzzing of every target, one after the other (SECONDS of clock each); findings in .fuzz/TARGET/found.
SECONDS ?= 1800
fuzz: $(STAMP)
	for target in tables layers address filters build decoder; do $(BIN)/python fuzz/run.py $$target --seconds $(SECONDS) || exit 1; done
	$(BIN)/python fuzz/account.py

# Kill a build KILLS times at random moments of all its stages and look at what is left.
KILLS ?= 1000
soak-build: $(STAMP)
	$(BIN)/python benchmarks/soak_build.py $(KILLS)

# WORKSPACES untidy workspaces from seeds, every command over each: all must end in a sentence. Then CITIES small cities from seeds,
# published twice, attacked with every sum and difference: no firm may be learned.
WORKSPACES ?= 1000
CITIES ?= 300
soak-trust: $(STAMP)
	$(BIN)/python tests/helpers/dirty_workspaces.py $(WORKSPACES)
	$(BIN)/python tests/helpers/attackers.py $(CITIES)

# The database: FILES random change files against a model in memory, and STORE_KILLS kills in the middle of writes.
FILES ?= 10000
STORE_KILLS ?= 500
soak: $(STAMP)
	$(BIN)/python benchmarks/soak_store.py kills $(STORE_KILLS)
	$(BIN)/python benchmarks/soak_store.py files $(FILES)

# The documentation in both languages: docs/_build/html/index.html.
docs: $(STAMP)
	$(BIN)/python docs/build.py

# Run every block of the guide and the READMEs and put what it printed into the pages: look at the difference before keeping it.
docs-outputs: $(STAMP)
	INDUSTRYMAP_REWRITE_DOCS=1 $(BIN)/python -m pytest -q tests/house/test_documents.py

# Everything an office without internet needs, in dist/: PLATFORM is win_amd64 or linux, PY the Python that is there.
PLATFORM ?= win_amd64
PY ?= 3.12
bundle: $(STAMP)
	$(BIN)/python bundle/make.py $(PLATFORM) --python $(PY)

# Install from the zip for this machine's Python without any index, make the sample and build it.
bundle-try: $(STAMP)
	V=$$($(BIN)/python -c "import sys; print('%d.%d' % sys.version_info[:2])") && $(BIN)/python bundle/make.py linux --python $$V && $(BIN)/python bundle/try.py dist/*-linux-py$$(echo $$V | tr -d .).zip

# Every claim of speed beside its rivals, into docs/benchmarks.md; shorter: make bench ARGS=--quick
bench: $(BENCH)
	$(BIN)/python benchmarks/run.py $(ARGS)

$(BENCH): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group bench
	$(PYTHON) -c "open('$(BENCH)', 'w').close()"

clean:
	$(PYTHON) -c "import shutil; shutil.rmtree('.venv', ignore_errors=True)"

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[osm]" --group dev
	$(PYTHON) -c "open('$(STAMP)', 'w').close()"
