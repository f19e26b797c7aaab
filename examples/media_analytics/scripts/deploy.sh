#!/usr/bin/env bash
# Deploys this bundle to an environment, with the values of config/ENVIRONMENT.json.
#   scripts/deploy.sh dev|qa|uat|prod
# Before production the tables are copied to backups/ (scripts/backup.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

environment=${1:-}
if [ ! -f "config/$environment.json" ]; then
  echo "scripts/deploy.sh: there is no environment '$environment'; one of dev, qa, uat, prod" >&2
  exit 2
fi
options=(-t "$environment" --var-file "config/$environment.json")

echo "== validate"
lakesmith bundle validate "${options[@]}"
if [ "$environment" = prod ]; then
  echo "== backup"
  scripts/backup.sh prod
fi
echo "== plan"
lakesmith bundle plan "${options[@]}"
echo "== deploy"
lakesmith bundle deploy "${options[@]}" --auto-approve
