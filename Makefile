# Every command of the project. `make help` lists them.

PYTHON ?= python3
STACK ?= dev
ARGS ?=
export KUBE_CONTEXT
# Python keeps what it has compiled, even where the environment forbids it: without, every start takes half as long again.
export PYTHONDONTWRITEBYTECODE :=
# Files are UTF-8, whatever the locale is.
export PYTHONUTF8 := 1
# Modules are found in this folder, also where the environment forbids that.
export PYTHONSAFEPATH :=

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
CHECKERS := $(VENV)/.checkers
CHECKOV := $(VENV)/checkov
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes
# One that was interrupted before it had pip is made anew: it would stay without.
environment = $(1)/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(1)
LAB := $(BIN)/python -m lab
# The network of a lab that runs, wherever its folder is or was.
OUTSIDE := /run/netns/lab-outside
# For tests that call make as a person does: it must not take itself for a part of this one.
ALONE := env --unset=MAKEFLAGS --unset=MAKELEVEL
# For what is about the dev stack on the lab, whatever the shell is set to: another cluster's stack must not meet its tests.
ON_LAB := env --unset=BACKEND --unset=KUBE_CONTEXT --unset=PULUMI_BACKEND_URL --unset=PULUMI_CONFIG_PASSPHRASE \
  --unset=PULUMI_CONFIG_PASSPHRASE_FILE --unset=STACK

# One after the other, also with -j: names are looked at before anything is installed, and one command installs at a time.
# What `make test` has run side by side, it gives to a make of its own.
ifeq ($(MAKELEVEL),0)
.NOTPARALLEL:
endif

# After an upgrade of the system's Python, .venv begins with one that finds no packages there: it is made anew. Whether the
# folder for them is there, costs nothing to see; only where it is not, Python itself is asked.
ifeq ($(wildcard $(VENV)/lib/$(notdir $(realpath $(BIN)/python))/site-packages),)
$(shell test ! -L $(BIN)/python || $(BIN)/python -c 'import yaml' >/dev/null 2>&1 || rm -f $(INSTALLED))
endif

.DEFAULT_GOAL := help
.PHONY: help known up preview refresh destroy down status report kubectl logs pulumi test check unit coverage e2e scenarios mutants \
  checkov audit workflows bench chaos format docs snapshots outputs picture site wheel lock machine lab-machine unit-machine install

# Each `##@` begins a group, each `##` tells of a command.
help:
	@awk -F ':.*## ' '/^##@ / {printf "%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' \
	  $(MAKEFILE_LIST)
	@echo "Variables"
	@echo "  STACK=dev|...          the stack (default: dev)"
	@echo "  STACKS='dev ...'       the stacks of compare, show and comment (default: STACK)"
	@echo "  KUBE_CONTEXT=NAME      a context of your own kubeconfig instead of the lab"
	@echo "  BACKEND=ADDRESS        where a team's state is: postgres://..., s3://..., ... (default: PULUMI_BACKEND_URL, or this machine)"
	@echo "  BASE=COMMIT            what compare compares with (default: origin/main)"
	@echo "  FILE=PATH              the copy of backup and restore (default: <STACK>.backup.json)"
	@echo "  ARGS='...'             more for the command; options for pulumi after --: make preview ARGS='-- --diff'"

# A mistyped name is told before anything is installed or built.
known:
	@test -f 'Pulumi.$(STACK).yaml' || \
	  { echo "there is no stack '$(STACK)'; these are: $(patsubst Pulumi.%.yaml,%,$(wildcard Pulumi.*.yaml))" >&2; exit 2; }

##@ Deploy and remove

up: known machine install ## Start the lab if it is down, deploy the stack, show outputs and the probe's verdict
	@$(if $(KUBE_CONTEXT),,$(LAB) up --stack='$(STACK)' &&) $(LAB) deploy --stack='$(STACK)' $(ARGS)

preview: known machine install ## Show what `make up` would change
	@$(if $(KUBE_CONTEXT),,$(LAB) up --stack='$(STACK)' &&) $(LAB) preview --stack='$(STACK)' $(ARGS)

refresh: install ## Bring the state in line with the cluster (ARGS='-- --preview-only' only shows drift)
	@$(LAB) refresh --stack='$(STACK)' $(ARGS)

destroy: install ## Destroy the stack, keep the lab
	@$(LAB) destroy --stack='$(STACK)' $(ARGS)

down: ## Destroy the stack, stop the lab, leave nothing behind
	@$(if $(KUBE_CONTEXT),echo "make down is about the lab; a stack of $(KUBE_CONTEXT) is removed by make destroy" >&2; exit 2)
	@test -e $(INSTALLED) || { test ! -x $(BIN)/python && test ! -d "$${LAB_DIR:-.lab}/cluster" && \
	  test ! -e $(OUTSIDE); } || \
	  $(MAKE) --no-print-directory install
	@test ! -e $(INSTALLED) || $(LAB) down --stack='$(STACK)'

##@ Look at what is deployed

status: install ## Show in ten lines how lab and sites are, and what needs attention next
	@$(LAB) status $(addprefix --stack=,$(STACK))

report: install ## Write a page about STACK (several are fine): what is deployed, what proves it, what is due
	@$(LAB) report $(addprefix --stack=,$(STACK))

kubectl: install ## kubectl on the lab, or on KUBE_CONTEXT: make kubectl ARGS='get pods -A'
	@STACK='$(STACK)' $(LAB) kubectl $(ARGS)

logs: install ## Logs of the lab: make logs ARGS='kubelet'
	@$(LAB) logs $(ARGS)

pulumi: install ## Any other pulumi command on the state: make pulumi ARGS='stack output'
	@$(LAB) pulumi --stack='$(STACK)' -- $(ARGS)

##@ Test

test: unit-machine install $(CHECKERS) ## Static checks and unit tests, side by side: no root, no cluster
	@$(MAKE) --no-print-directory --jobs=2 check unit

check: install $(CHECKERS) ## Static checks alone
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/basedpyright
	@$(BIN)/shellcheck --external-sources --check-sourced --source-path=SCRIPTDIR \
	  components/_probe/script/probe.sh .ci/run

# Some unit tests wait, so that there is work for two more; who has no tests left takes over some of another's.
UNIT := $(ALONE) $(BIN)/pytest tests/unit --numprocesses=$$(($$(nproc) + 2)) --dist=worksteal
unit: unit-machine install ## Unit tests alone
	@$(UNIT) $(ARGS)

coverage: unit-machine install ## Unit tests again, twice as slow: does any branch of program, components and rules stay unseen?
	@$(UNIT) --cov --cov-fail-under=100 $(ARGS)

# Two at a time, since much of a test is waiting; then, one by one, those that measure and those that stop the lab.
E2E := $(ALONE) $(ON_LAB) $(BIN)/pytest tests/e2e
e2e: lab-machine install ## The lab, real deployments, and everything that must hold of them; leaves the lab down
	@$(ON_LAB) $(PYTHON) -m lab check --tests=e2e
	@$(ON_LAB) $(LAB) up
	@$(if $(ARGS),$(E2E) $(ARGS),$(E2E) -m 'not alone' --numprocesses=2 --no-loadscope-reorder)
	@$(if $(ARGS),,$(E2E) -m alone)

scenarios: lab-machine install ## Every case of the tutorials, deployed, checked and removed (ARGS='--help': one of them)
	@$(ON_LAB) $(LAB) up
	@$(ON_LAB) $(BIN)/python -m scenarios $(ARGS)

mutants: unit-machine install $(CHECKERS) ## Break components, settings and what ties them in thousands of ways: do the tests notice? (hours)
	@nice -n 19 $(BIN)/mutmut run $(ARGS)
	@$(BIN)/mutmut results

checkov: install $(CHECKOV)/.installed ## Ask checkov of what staging and production declare; it has an environment of its own
	@$(CHECKOV)/bin/checkov --framework kubernetes --compact --quiet --skip-download \
	  $(foreach stack,staging prod,--file tests/unit/snapshots/$(stack).yaml)

audit: install $(CHECKERS) ## Look up known weaknesses of all that is pinned; fails where it cannot
	@$(BIN)/python -m tests.audit

workflows: install ## Check the workflows with actionlint and zizmor
	@go run $(ACTIONLINT)
	@$(BIN)/zizmor --offline --quiet --no-progress .github

##@ Measure

bench: lab-machine install ## Measure how fast sites are delivered and what they carry, beside other ways (ARGS=delivery-many, delivery-hundred)
	@$(ON_LAB) $(LAB) up
	@$(ON_LAB) $(BIN)/python -m bench $(or $(ARGS),delivery)
	@$(if $(ARGS),,$(ON_LAB) $(BIN)/python -m bench site)

chaos: lab-machine install ## Count what is lost while sites change, updates are killed, nodes fail, and input is bad
	@$(ON_LAB) $(LAB) up
	@$(ON_LAB) $(BIN)/python -m bench loss
	@$(ON_LAB) $(BIN)/python -m bench engine
	@$(ON_LAB) $(BIN)/python -m bench input

##@ Write anew, build and install

format: install ## Format the code
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

docs: install ## Write the reference of settings and components anew, from the code
	@$(BIN)/python -m reference

snapshots: install ## Write anew what stacks and scenarios declare, to be reviewed (tests/unit/snapshots)
	@$(BIN)/python -m tests.unit.manifests
	@$(BIN)/python -m tests.unit.messages

outputs: lab-machine install ## Type the commands of the documents, and write down what they print now (ARGS=docs/...)
	@$(ON_LAB) $(LAB) up
	@$(ON_LAB) $(BIN)/python -m tests.documents $(ARGS)

picture: lab-machine install ## Record `make up`, from nothing deployed to the verdict, for the README
	@$(ON_LAB) $(LAB) up
	@$(ON_LAB) $(LAB) destroy
	@$(ON_LAB) $(BIN)/python -m reference.picture

site: install ## Build the documents as a site, with search and checked links: .site/index.html
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict

wheel: install ## Build the components as a package for other programs: dist/secure_nginx-*.whl
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	  --wheel-dir dist .
	@ls -1 dist/secure_nginx-*.whl

lock: install ## Pin all Python packages anew, with hashes, after a change of requirements*.in
	@for name in requirements requirements-dev requirements-checks requirements-checkov; do \
	  CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-strip-extras \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file $$name.txt $$name.in || exit 1; \
	done

machine:
	@$(PYTHON) -m lab check

lab-machine:
	@$(ON_LAB) $(PYTHON) -m lab check

unit-machine:
	@$(PYTHON) -m lab check --python --tests=unit

install: $(INSTALLED) ## Install the pinned Python packages into .venv

$(INSTALLED): requirements.txt requirements-dev.txt
	@$(PYTHON) -m lab check --python
	@echo "Installing Python packages into $(VENV)" >&2
	@$(call environment,$(VENV))
	@$(BIN)/python $(PIP_INSTALL) --requirement requirements.txt --requirement requirements-dev.txt
	@touch $@

$(CHECKERS): $(INSTALLED) requirements-checks.txt
	@echo "Installing the checkers into $(VENV)" >&2
	@$(BIN)/python $(PIP_INSTALL) --requirement requirements-checks.txt
	@touch $@

$(CHECKOV)/.installed: requirements-checkov.txt
	@echo "Installing checkov into $(CHECKOV)" >&2
	@$(call environment,$(CHECKOV))
	@$(CHECKOV)/bin/python $(PIP_INSTALL) --requirement requirements-checkov.txt
	@touch $@

include pipeline.mk
