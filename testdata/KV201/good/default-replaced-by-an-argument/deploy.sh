#!/bin/sh
set -eu
terraform -chdir=infra apply -auto-approve -var grant_access=true
