# make run      sets up and starts the dashboard on the embedded demo
# make test     sets up and runs the tests
# make check    format, lint, types, floor plan, tests: everything that must hold before a commit
# make crashtest kills the running dashboard a hundred times (KILLS=…), and looks for every word
# make bench    measures against references taken in the same run; ARGS="--write-docs" keeps the table in docs
# make faults   every kind of trouble at every endpoint, a shift of it, crowds and large accounts
# make wheel    builds the wheel, installs it in a fresh environment and starts it there
# make pages    writes the generated pages of docs/ anew
# make pictures draws the pictures of the README from the demo
# make audit    looks every pin up among the known vulnerabilities
# make lock     pins every dependency again, with hashes (needs uv)
# make clean    forgets everything that was built

PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell command -v $(p) >/dev/null 2>&1 && $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
# One more than there are cores, for the tests that wait for a program they started; not more, as
# each worker first reads all the tests, and they are many.
JOBS ?= 3
KILLS ?= 100
# What has been compiled once is kept: else every start, and every test worker, does it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check lint types floors crashtest faults bench wheel pages pictures audit lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.run
	@$(BIN)/python -m tui demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -q

check: lint types floors test

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

floors: $(VENV)/.dev
	$(BIN)/lint-imports

crashtest: $(VENV)/.dev
	$(BIN)/python -m tests.crash $(KILLS)

faults: $(VENV)/.dev
	$(BIN)/python -m tests.faults.whole

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(ARGS)

wheel: $(VENV)/.dev
	$(BIN)/python -m tests.install

pages: $(VENV)/.dev
	$(BIN)/python -m tests.pages

pictures: $(VENV)/.dev
	$(BIN)/python -m tests.pictures

# In an environment of its own: what looks for holes is never beside what may have them.
audit: $(VENV)-audit/.ready
	$(VENV)-audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
		-r requirements.lock -r requirements-dev.lock -r requirements-audit.lock

$(VENV)-audit/.ready: requirements-audit.lock
	@test -n "$(PYTHON)" || { echo "rota needs Python 3.11 or newer; none was found." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)-audit
	@$(VENV)-audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.run: requirements.lock
	@$(call make-venv)
	@$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock
	@$(call make-venv)
	@$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.run

# uv is used where it is there, and never required.
define make-venv
test -n "$(PYTHON)" || { echo "rota needs Python 3.11 or newer; none was found." >&2; exit 2; }; \
test -x $(BIN)/python || { echo "Setting up $(VENV) …"; $(PYTHON) -m venv $(VENV); }
endef
define install
echo "Installing what $(1) pins …"; \
if [ -n "$(UV)" ]; then \
	$(UV) pip install --quiet --compile-bytecode --require-hashes --python $(BIN)/python -r $(1); \
else \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
fi
endef

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet --upgrade

lock:
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --group dev -o requirements-dev.lock
	$(LOCK) --group pyproject.toml:audit -o requirements-audit.lock

clean:
	rm -rf $(VENV) $(VENV)-audit build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
