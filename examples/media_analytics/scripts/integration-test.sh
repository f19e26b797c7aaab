#!/usr/bin/env bash
# Runs two days of synthetic data through an environment's pipeline, in a warehouse of its own, and compares the gold
# tables with the manifest of the data.
#   scripts/integration-test.sh dev|qa|uat|prod
set -euo pipefail
cd "$(dirname "$0")/.."
environment=${1:?scripts/integration-test.sh needs an environment: dev, qa, uat or prod}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for day in 2024-01-15 2024-01-16; do
  lakesmith generate media --out "$folder/data" --date $day
  lakesmith bundle run media_analytics_pipeline -t "$environment" --var data_path="$folder/data" \
    --warehouse "$folder/warehouse" --params date=$day
done

lakesmith sql --warehouse "$folder/warehouse" -o jsonl -e "
  SELECT date, views, CAST(revenue * 100 AS BIGINT) AS revenue_cents, deliveries
  FROM media_$environment.gold.executive_summary ORDER BY date" > "$folder/found.jsonl"
python3 - "$folder" <<'CHECK'
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
found = [json.loads(line) for line in (folder / "found.jsonl").read_text().splitlines()]
days = json.loads((folder / "data/manifest.json").read_text())["days"]
wanted = [{"date": day["date"], "views": day["truth"]["metrics"]["views"],
           "revenue_cents": day["truth"]["metrics"]["revenue_cents"],
           "deliveries": day["truth"]["delivery"]["deliveries"]} for day in days]
if found != wanted:
    sys.exit(f"gold.executive_summary differs from the manifest:\n  found  {found}\n  wanted {wanted}")
print(f"gold.executive_summary equals the manifest on {len(days)} days")
CHECK
