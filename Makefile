# Everything sets itself up: a fresh machine needs Python 3.11 or newer, git and make.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: preview test test-servers evidence bench clean
.DEFAULT_GOAL := preview

preview: $(READY)  ## today's text, as each network will show it; sends nothing
	@$(BIN)/commentary preview $(ARGS)

test: $(READY)  ## style, types and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict generator
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

# Installed once, outside the checkout; what cannot be installed is named and left out.
SERVERS ?= $(HOME)/.cache/commentary-servers

test-servers: $(READY)  ## sending to real servers on this machine: Bluesky, Mastodon, Nostr, Ghost
	@sh tests/servers/install.sh "$(SERVERS)" "$(CURDIR)/$(BIN)/python"
	COMMENTARY_SERVERS="$(SERVERS)" $(BIN)/pytest tests/servers $(ARGS)

evidence: $(READY)  ## the property tests at length: thousands of generated market states
	HYPOTHESIS_PROFILE=evidence $(BIN)/pytest $(ARGS)

# Collecting is measured against a server that replays the venues: make bench TAPE=path/to/it.
bench: $(READY)  ## every benchmark; each prints its ratio to its floor
	@for b in benchmarks/[a-z]*.py; do \
		echo "== $$b"; \
		case $$b in \
			*/collecting.py) if [ -n "$(TAPE)" ]; then $(BIN)/python $$b --tape "$(TAPE)" || exit 1; \
				else echo "skipped: no TAPE was given"; fi ;; \
			*) $(BIN)/python $$b || exit 1 ;; \
		esac; \
	done

clean:  ## removes the environment and caches; output/ stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache dist build

# The stamp is written last, so an interrupted installation is done again.
$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
		echo "A virtual environment could not be created in .venv." >&2; \
		echo "On Debian or Ubuntu: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }
	@echo "Installing into .venv (once)" >&2
	@$(BIN)/python -m pip install --quiet --editable '.[dev]' --constraint constraints.txt >&2
	@touch $@
