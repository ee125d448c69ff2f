# Every target installs what it needs first. More arguments go through ARGS: make test ARGS="-k billing".

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin
FOLDERS := $(wildcard platform tenants routing sla_contracts billing quality tests manage.py)
SCRATCH := $(VENV)/python -m config.launch.scratch

export PYTHONPATH := platform:.
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help install install-check install-test install-faults build run reset test lint types bench bench-routing failpoints replay faults
# Targets share the virtual environment and the two cores.
.NOTPARALLEL:

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1  \2/p' $(MAKEFILE_LIST)

install: ## Install what running needs (run does it by itself)
	@exec $(PYTHON) -m config.launch.install --for run

install-check:
	@exec $(PYTHON) -m config.launch.install --for check

install-test:
	@exec $(PYTHON) -m config.launch.install --for test

install-faults:
	@exec $(PYTHON) -m config.launch.install --for faults

build: install-check ## Build the front end if its sources changed
	@exec $(PYTHON) -m config.launch.install --only-frontend

run: ## Start everything with demo data, until Ctrl-C
	@exec $(PYTHON) -m config.launch.install --for run --then-run

reset: ## Delete the demo's data
	@exec $(PYTHON) -m config.launch.reset

.PHONY: backup restore
backup: install ## Back up database and files (TO=folder, default .run/backups); may run beside make run
	@exec $(VENV)/python -m config.launch.keep backup $(if $(TO),--to "$(TO)") $(ARGS)

restore: install ## Restore FROM=backup into a new cluster (INTO=folder, ERASURES=file or none)
	@$(if $(FROM),,echo "Name the backup: make restore FROM=.run/backups/…" >&2; exit 2;) exec $(VENV)/python -m config.launch.keep restore "$(FROM)" $(if $(INTO),--into "$(INTO)") $(if $(ERASURES),--erasures "$(ERASURES)") $(ARGS)

test: install-test ## Run all tests on servers of their own
	@PATH="$(CURDIR)/$(VENV):$$PATH" npm --prefix frontend test --silent
	@exec $(SCRATCH) -- $(VENV)/python -m pytest -n 2 --dist loadgroup tests $(ARGS)

lint: install-check ## Check style, formatting and the import contract
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/lint-imports

types: install-check ## Check types (mypy strict)
	@exec $(VENV)/python -m mypy $(FOLDERS) $(ARGS)

bench: install-test ## Measure against the limits
	@exec $(SCRATCH) --no-servers -- $(VENV)/python -m tests.bench $(ARGS)

bench-routing: install-test ## Measure the routing: engine, dispatcher, waits
	@exec $(SCRATCH) --no-servers -- $(VENV)/python -m tests.bench.routing $(ARGS)

failpoints: install-test ## Kill the dispatcher at every statement, commit and doorbell, ROUNDS times each
	@exec $(SCRATCH) -- env FAILPOINT_ROUNDS=$(or $(ROUNDS),50) $(VENV)/python -m pytest -q --timeout 0 tests/routing/test_failpoints.py $(ARGS)

faults: install-faults ## Break everything under load and check every invariant: make faults SEED=1 MINUTES=10 ONLY=F1,F5
	@exec $(SCRATCH) --no-servers -- $(VENV)/python -m tests.faults --seed $(or $(SEED),1) --minutes $(or $(MINUTES),10) \
		--only "$(ONLY)" $(ARGS)

.PHONY: fuzz
fuzz: install-test ## Ask the whole API for long: EXAMPLES=50 an operation and role, all hostile strings at every door
	@exec env SCHEMATHESIS_EXAMPLES=$(or $(EXAMPLES),50) HOSTILE=all $(SCRATCH) -- $(VENV)/python -m pytest -n 2 \
		tests/boundaries/test_schemathesis.py tests/boundaries/test_hostile_words.py $(ARGS)

replay: install ## Feed the recorded conversations through the real doors and check every message
	@exec $(SCRATCH) --durable -- $(VENV)/python manage.py replay $(ARGS)

.PHONY: months
months: install-test ## Count random months of contracts twice: make months N=2000 FROM=1
	@exec env MONTHS=$(or $(N),200) MONTHS_FROM=$(or $(FROM),1) $(SCRATCH) -- $(VENV)/python -m pytest -q -s --timeout 0 \
		tests/sla_contracts/test_random_months.py $(ARGS)
