# Every habit is a target. Variables: PYTHON, TORCH_INDEX, ONCE, PORT, JOBS, ARGS.
PYTHON ?= python3
JOBS ?= 2
ARGS ?=
RUN := .venv/bin/python
SOURCES := platform/foundation platform/assay detector moderation clients/python/assay_client tests scripts bench deploy manage.py
export PYTHONPATH := $(CURDIR)/platform:$(CURDIR):$(CURDIR)/clients/python

.PHONY: help demo test lint types format bench screenshots clean reset packages packages-dev
.NOTPARALLEL:

help:
	@echo "make demo    set up everything, judge the sample images, serve until Ctrl-C (ONCE=1: print the table, exit)"
	@echo "make test    set up everything, run every test                              (ARGS='tests/detector -k heatmap')"
	@echo "make lint    ruff, mypy, the layers, Django's checks, missing migrations and translations"
	@echo "make types   mypy alone;  make format  let ruff rewrite;  make bench  measure"
	@echo "make screenshots  photograph the pages of the running demo for docs/"
	@echo "make clean   remove .venv and caches;  make reset  remove var: the demo's data too"
	@echo
	@echo "PYTHON=python3.12 chooses the Python, PORT=0 any free port,"
	@echo "TORCH_INDEX=https://download.pytorch.org/whl/cpu the CPU build of PyTorch on the first run."

demo: packages
	@exec setpriv --pdeathsig TERM $(RUN) -m assay.demo

test: packages-dev
	@$(RUN) -m scripts.chromium
	@$(RUN) -m scripts.tiers --jobs $(JOBS) $(ARGS)

lint: packages-dev types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -c "from importlinter.cli import lint_imports_command as main; main()" --no-cache
	$(RUN) manage.py check
	$(RUN) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(RUN) -m scripts.translations check

types: packages-dev
	$(RUN) -m mypy $(SOURCES)

format: packages-dev
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

bench: packages-dev
	@$(RUN) -m bench $(ARGS)

screenshots: packages-dev
	@$(RUN) -m scripts.screenshots

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis var/test
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

reset:
	rm -rf var

packages packages-dev:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
		echo "There is no $(PYTHON) here; install Python 3.11 or 3.12, or name it: make $(firstword $(MAKECMDGOALS)) PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 7))' || { \
		echo "Assay needs Python 3.11 or 3.12, and $(PYTHON) is older; name another: make $(firstword $(MAKECMDGOALS)) PYTHON=python3.12" >&2; exit 1; }
	@TORCH_INDEX="$(TORCH_INDEX)" PYTHONPATH= "$(PYTHON)" -m scripts.bootstrap $(if $(filter packages,$@),demo,test)
