#!/usr/bin/env bash
# Copies the tables of an environment to backups/ENVIRONMENT-TIME.tar, and tells how to bring them back.
#   scripts/backup.sh dev|qa|uat|prod
# Logs are copied before data files: a commit that is made meanwhile is then not in the copy, and what the copied logs
# name is there, because data files never change.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=${1:?scripts/backup.sh needs an environment: dev, qa, uat or prod}
tables=.lakesmith/warehouse/media_$environment
if [ ! -d "$tables" ]; then
  echo "nothing to back up: there are no tables of $environment yet"
  exit 0
fi
mkdir -p backups
copy=backups/$environment-$(date -u +%Y%m%dT%H%M%SZ).tar
names=.lakesmith/warehouse/.catalog/media_$environment
mapfile -t logs < <(find "$tables" -type d -name _delta_log)
tar -cf "$copy" "$names" "${logs[@]}"
tar -rf "$copy" --exclude=_delta_log "$tables"
echo "$copy: ${#logs[@]} tables, $(du -h "$copy" | cut -f1)"
echo "to bring them back: rm -r $tables $names && tar -xf $copy"
