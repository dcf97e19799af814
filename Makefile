# Each target does all of its set-up on a machine that has only python3 (3.11 or newer), pip and make.
#   make demo    ask one question in the terminal, then serve the page at http://127.0.0.1:7860
#   make train   build the data, audit it, fine-tune the embedded model's LoRA adapter, print before
#                and after, write the model card; of your own cards: make train KNOWLEDGE=my-cards
#   make test    everything that CI runs
#   make fix     let ruff repair and format the code
#   make bench   run every benchmark in bench/
#   make dialogue  write the sample dialogue of both READMEs anew

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# -qq: errors only. --no-compile: python compiles what it imports, which is a small part.
PIP := $(BIN)/python -m pip install -qq --no-compile --constraint constraints.txt
SET_UP := pyproject.toml constraints.txt
QUESTION := 请用大白话解释什么是移动平均线（MA线）？它在炒股中有什么实际用途？
RUN := runs/demo-adapter
# A folder of one's own has few rows: given as a file, they get the settings that suit their number.
OWN_ROWS := tiny --data runs/data/train.jsonl --held-out runs/data/held_out.jsonl

.PHONY: demo train test check fix bench dialogue clean
.DELETE_ON_ERROR:

demo: $(VENV)/.web
	@echo '你：$(QUESTION)'
	@$(BIN)/toujiao ask '$(QUESTION)'
	@$(BIN)/toujiao web

train: $(VENV)/.train
	$(BIN)/toujiao dataset build $(if $(KNOWLEDGE),--knowledge $(KNOWLEDGE))
	rm -rf $(RUN)
	$(BIN)/toujiao train sft $(if $(KNOWLEDGE),$(OWN_ROWS),tiny-quick) --run $(notdir $(RUN))

test: $(VENV)/.dev
	@.ci/chromium || true
	@$(MAKE) --no-print-directory check

# The tests that drive the page are left out where there is no browser; .ci/chromium says so.
check:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -X warn_default_encoding -m pytest \
	  -m "not online$$(command -v chromium >/dev/null || echo ' and not browser')"

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.dev
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

dialogue: $(VENV)/.dev
	$(BIN)/python tests/make_dialogue.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# A stamp says which extras are installed; a change of the set-up files installs again.
$(VENV)/.web: $(SET_UP) | $(BIN)/python
	@echo '正在安装（只在第一次，约一分钟）……'
	$(PIP) --editable '.[web]'
	@touch $@

$(VENV)/.train: $(SET_UP) | $(BIN)/python
	$(PIP) torch
	$(PIP) --editable '.[train]'
	@touch $@

$(VENV)/.dev: $(SET_UP) | $(BIN)/python
	$(PIP) torch
	$(PIP) --editable '.[dev]'
	@touch $(VENV)/.web $(VENV)/.train $@

# Debian's python3 may lack ensurepip: then pip itself, which is there, fills the environment.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo '需要 Python 3.11 或更新的版本：make PYTHON=/路径/python3.12 …'; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { \
	  rm -rf $(VENV) && $(PYTHON) -m venv --without-pip $(VENV) && \
	  $(PYTHON) -m pip --python $(abspath $@) install -qq pip; }
	@$@ -m pip install -qq --upgrade pip  # a new pip resolves and unpacks twice as fast
