# What pipelines run, of GitHub, GitLab or any other: each of their steps is one of these, or of the Makefile.

STACKS ?= $(STACK)
BASE ?= origin/main
PREVIEWS ?= .lab/previews
# Apart from the previews, for it is none: `make show` would call it one.
DRIFT ?= .lab/drift

# make up BACKEND=postgres://... (or s3://, gs://, azblob://, file://, https:// of Pulumi Cloud): a state for a team.
# An empty one is refused there: it is a variable that was meant to be set. A `$` in it stays one.
ifneq ($(origin BACKEND),undefined)
export PULUMI_BACKEND_URL := $(value BACKEND)
endif

# On its command line make takes another text for one with a `$`, such as a passphrase that nobody knows afterwards.
SECRETS := AWS_SECRET_ACCESS_KEY AZURE_STORAGE_CONNECTION_STRING AZURE_STORAGE_KEY FORGE_TOKEN GITHUB_TOKEN \
  KUBECONFIG_TEXT NEW_PASSPHRASE PGPASSWORD PULUMI_ACCESS_TOKEN PULUMI_CONFIG_PASSPHRASE
$(foreach name,$(SECRETS),$(if $(filter command,$(origin $(name))),$(error $(name) must not be on the command line of \
  make: others see it in the list of processes, and make changes it where it has a $$. Set it in the environment: \
  $(name)=... make $(or $(MAKECMDGOALS),help))))

FILE ?= $(STACK).backup.json

CHOSEN = $(addprefix --stack=,$(STACKS))

.PHONY: compare record show comment compared drift drift-issue renew deployed kubeconfig backup restore rotate-passphrase

##@ Review and pipelines

compare: install ## Show what the working tree changes compared with BASE: no cluster, no state, no secret
	@$(PYTHON) -m lab check --engine
	@$(LAB) compare --base='$(BASE)' $(CHOSEN) --record='$(PREVIEWS)'

record: install ## Preview STACK on its own state and cluster into files, for `make show` and `make comment`
	@$(LAB) preview --stack='$(STACK)' --record='$(PREVIEWS)' $(ARGS)

show: install ## Print the recorded previews of STACKS as the comment that they make
	@$(BIN)/python -m previews show '$(PREVIEWS)' $(CHOSEN)

comment: install ## Write that comment on this job's pull request, or change the one that is there
	@$(BIN)/python -m previews post '$(PREVIEWS)' $(CHOSEN)

# The token goes to the forge alone, not to the store of artifacts to which it may point. What comes is unpacked beside the
# code, never over it: it is whatever a merge request wants it to be.
compared: ## Fetch what a merge request's job on GitLab found, COMPARE_JOB, into compared/
	@rm -rf compared
	@printf 'Authorization: Bearer %s\n' "$$FORGE_TOKEN" | curl --fail --silent --show-error --location --header @- \
	  --output compared.zip "$$CI_API_V4_URL/projects/$$CI_PROJECT_ID/jobs/$$COMPARE_JOB/artifacts"
	@$(PYTHON) -m zipfile --extract compared.zip compared

drift: install ## Show what others have changed in the cluster; fails if anything
	@$(LAB) drift --stack='$(STACK)' --record='$(DRIFT)'

drift-issue: install ## The same in a pipeline: drift opens or changes an issue, its end closes it
	@$(LAB) drift --stack='$(STACK)' --record='$(DRIFT)' || test $$? -eq 7
	@$(BIN)/python -m previews drift '$(DRIFT)' --stack='$(STACK)'

renew: install ## Deploy again if a certificate is due or the last update of this commit broke off; fails if something else waits
	@$(LAB) renew --stack='$(STACK)' $(ARGS)

deployed: install ## Print the commit of the last update of STACK
	@$(LAB) deployed --stack='$(STACK)'

# A file that is there keeps its mode, so it goes first; but not for a secret that the pipeline does not have.
kubeconfig: ## Write the text in KUBECONFIG_TEXT to the file that KUBECONFIG names, for this user alone
	@test -n "$$(printf %s "$$KUBECONFIG_TEXT" | tr -d '[:space:]')" || \
	  { echo "KUBECONFIG_TEXT is empty: set it to the text of a kubeconfig, as a secret of the pipeline" >&2; exit 2; }
	@umask 077 && rm -f "$$KUBECONFIG" && printf '%s\n' "$$KUBECONFIG_TEXT" > "$$KUBECONFIG"

##@ Keep the state

backup: install ## Copy the state of STACK to FILE, secrets encrypted
	@$(LAB) backup --stack='$(STACK)' --file='$(FILE)'

restore: install ## Put the copy in FILE in the place of the state of STACK
	@$(LAB) restore --stack='$(STACK)' --file='$(FILE)'

rotate-passphrase: install ## Encrypt the secrets of STACK with the passphrase in NEW_PASSPHRASE
	@$(LAB) rotate-passphrase --stack='$(STACK)'
