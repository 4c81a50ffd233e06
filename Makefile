# Every command of the project. `make help` lists them.

PYTHON ?= python3
STACK ?= dev
ARGS ?=
export KUBE_CONTEXT

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
LAB := $(BIN)/python -m lab

.DEFAULT_GOAL := help
.PHONY: help up preview refresh destroy down pulumi test check unit e2e status kubectl logs machine install format lock

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'
	@echo
	@echo "  STACK=dev|...       the stack (default: dev)"
	@echo "  KUBE_CONTEXT=NAME   a context of your own kubeconfig instead of the lab"

up: machine install ## Start the lab if it is down, deploy the stack, show outputs and the probe's verdict
	@$(if $(KUBE_CONTEXT),,$(LAB) up &&) $(LAB) deploy --stack $(STACK) $(ARGS)

preview: machine install ## Show what `make up` would change
	@$(if $(KUBE_CONTEXT),,$(LAB) up &&) $(LAB) preview --stack $(STACK) $(ARGS)

refresh: install ## Bring the state in line with the cluster (ARGS='-- --preview-only' only shows drift)
	@$(LAB) refresh --stack $(STACK) $(ARGS)

destroy: install ## Destroy the stack, keep the lab
	@$(LAB) destroy --stack $(STACK) $(ARGS)

down: ## Destroy the stack, stop the lab, leave nothing behind
	@test ! -x $(BIN)/python || $(LAB) destroy --stack $(STACK) \
	  $(if $(KUBE_CONTEXT),,|| echo "What is left of the stack goes down with the lab.")
	@test ! -x $(BIN)/python $(if $(KUBE_CONTEXT),,|| $(LAB) down)

test: install check unit ## Static checks and unit tests: no root, no cluster

check: install ## Static checks alone
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy

unit: install ## Unit tests alone
	@$(BIN)/pytest tests/unit --numprocesses=auto --cov --cov-fail-under=100 $(ARGS)

e2e: machine install ## The lab, real deployments, and everything that must hold of them
	@$(LAB) up
	@$(BIN)/pytest tests/e2e $(ARGS)

pulumi: install ## Any other pulumi command on the state: make pulumi ARGS='stack output'
	@$(LAB) pulumi --stack $(STACK) -- $(ARGS)

status: install ## Show the lab: nodes, memory, addresses
	@$(LAB) status

kubectl: install ## kubectl on the lab: make kubectl ARGS='get pods -A'
	@$(LAB) kubectl $(ARGS)

logs: install ## Logs of the lab: make logs ARGS='kubelet'
	@$(LAB) logs $(ARGS)

format: install ## Format the code
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

lock: install ## Pin all Python packages anew, with hashes, after a change of requirements*.in
	@for name in requirements requirements-dev; do \
	  CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file $$name.txt $$name.in; \
	done

machine:
	@$(PYTHON) -m lab check

install: $(INSTALLED)

$(INSTALLED): requirements.txt requirements-dev.txt
	@$(PYTHON) -m lab check --python
	@echo "Installing Python packages into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --requirement requirements.txt --requirement requirements-dev.txt
	@touch $@
