#include "app/project_template.h"

namespace lakesmith::app {
namespace {

constexpr std::string_view kBundle =
    R"(#   lakesmith bundle validate
#   lakesmith bundle run @name@
bundle:
  name: @name@

include:
  - resources/*.yml

variables:
  landing:
    description: Folder of the raw files
    default: data/landing

targets:
  dev:
    default: true
    mode: development
  prod:
    mode: production
    workspace:
      root_path: ~/.bundle/${bundle.name}/${bundle.target}
)";

constexpr std::string_view kJob = R"(resources:
  jobs:
    @name@:
      name: @name@
      tasks:
        - task_key: generate
          description: Synthetic raw data; put your own source here
          shell_task:
            command: lakesmith generate retail --out ${var.landing}
        - task_key: tables
          depends_on:
            - task_key: generate
          pipeline_task:
            pipeline_id: ${resources.pipelines.@name@_tables.id}
)";

constexpr std::string_view kPipeline = R"(resources:
  pipelines:
    @name@_tables:
      name: @name@ tables
      catalog: main
      schema: silver
      libraries:
        - glob:
            include: ../src/**
      configuration:
        landing: ${var.landing}
)";

constexpr std::string_view kBronze = R"(-- Every raw row, ingested once.
CREATE OR REFRESH STREAMING TABLE bronze.transactions
AS SELECT * FROM STREAM read_files('${landing}/transactions', format => 'parquet');
)";

constexpr std::string_view kSilver =
    R"(-- Valid sales. Rows that break a rule are dropped and counted.
CREATE OR REFRESH STREAMING TABLE silver.sales (
  CONSTRAINT has_id EXPECT (transaction_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT positive_amount EXPECT (total_amount > 0) ON VIOLATION DROP ROW
)
AS SELECT transaction_id, customer_id, product_id, CAST(transaction_time AS DATE) AS day, total_amount, payment_method
FROM STREAM bronze.transactions
WHERE status = 'completed';
)";

constexpr std::string_view kGold = R"(-- Revenue by day.
CREATE OR REFRESH MATERIALIZED VIEW gold.revenue_by_day
AS SELECT day, count(*) AS sales, sum(total_amount) AS revenue
FROM silver.sales
GROUP BY day;
)";

constexpr std::string_view kCdcJob = R"(resources:
  jobs:
    @name@:
      name: @name@
      tasks:
        - task_key: changes
          description: A file of changes; put your own source here
          shell_task:
            command: sh scripts/changes.sh ${var.landing}
        - task_key: tables
          depends_on:
            - task_key: changes
          pipeline_task:
            pipeline_id: ${resources.pipelines.@name@_tables.id}
)";

constexpr std::string_view kCdcScript =
    R"(# Writes one file of changes to customers: inserts at first, then a move and a deletion.
mkdir -p "$1"
number=$(ls "$1" | wc -l)
{
  if [ "$number" -eq 0 ]; then
    echo '{"id": 1, "name": "Ada", "city": "Bergen", "operation": "INSERT", "sequence": 1}'
    echo '{"id": 2, "name": "Bob", "city": "Oslo", "operation": "INSERT", "sequence": 2}'
  else
    echo "{\"id\": 1, \"name\": \"Ada\", \"city\": \"Town $number\", \"operation\": \"UPDATE\", \"sequence\": $((number * 10))}"
    echo "{\"id\": 2, \"name\": \"Bob\", \"city\": \"Oslo\", \"operation\": \"DELETE\", \"sequence\": $((number * 10 + 1))}"
  fi
} > "$1/changes-$number.json"
)";

constexpr std::string_view kCdcChanges = R"(-- Every change, ingested once.
CREATE OR REFRESH STREAMING TABLE bronze.changes
AS SELECT * FROM STREAM read_files('${landing}', format => 'json', schema => 'id BIGINT, name STRING, city STRING, operation STRING, sequence BIGINT');
)";

constexpr std::string_view kCdcCustomers = R"(-- Customers with their history, from the changes.
CREATE OR REFRESH STREAMING TABLE silver.customers;
CREATE FLOW customers_from_changes AS AUTO CDC INTO silver.customers
FROM STREAM bronze.changes
KEYS (id)
APPLY AS DELETE WHEN operation = 'DELETE'
SEQUENCE BY sequence
COLUMNS * EXCEPT (operation, sequence)
STORED AS SCD TYPE 2;
)";

constexpr std::string_view kStreamingJob = R"yaml(resources:
  jobs:
    @name@:
      name: @name@
      trigger:  # lakesmith bundle deploy && lakesmith serve
        periodic:
          interval: 1
          unit: MINUTES
      tasks:
        - task_key: arrive
          description: One more file of events; put your own source here
          shell_task:
            command: >-
              mkdir -p ${var.landing} && printf '{"device": "%s", "value": %s, "time": "%s"}\n'
              "d$(($$ % 3))" "$(($$ % 100))" "$(date -u +%Y-%m-%dT%H:%M:%S)" > ${var.landing}/$(date +%s%N).json
        - task_key: tables
          depends_on:
            - task_key: arrive
          pipeline_task:
            pipeline_id: ${resources.pipelines.@name@_tables.id}
)yaml";

constexpr std::string_view kStreamingEvents =
    R"(-- Events as they arrive, and what each device did on each day.
CREATE OR REFRESH STREAMING TABLE bronze.events
AS SELECT * FROM STREAM read_files('${landing}', format => 'json', schema => 'device STRING, value BIGINT, time TIMESTAMP');
CREATE OR REFRESH STREAMING TABLE silver.events (
  CONSTRAINT has_device EXPECT (device IS NOT NULL) ON VIOLATION DROP ROW
)
AS SELECT device, value, time, CAST(time AS DATE) AS day FROM STREAM bronze.events;
CREATE OR REFRESH MATERIALIZED VIEW gold.devices
AS SELECT device, day, count(*) AS events, max(value) AS highest FROM silver.events GROUP BY device, day;
)";

constexpr std::string_view kEmptyJob = R"(resources:
  jobs:
    @name@:
      name: @name@
      tasks:
        - task_key: main
          notebook_task:
            notebook_path: ../notebooks/main.sql
)";

constexpr std::string_view kEmptyNotebook = R"(-- Databricks notebook source
SELECT current_date() AS today;
)";

constexpr std::string_view kIgnore = R"(.lakesmith/
data/
)";

}  // namespace

const std::vector<ProjectTemplate>& ProjectTemplates() {
  static const std::vector<ProjectTemplate> kTemplates = {
      {.name = "medallion",
       .description =
           "a job with raw data, and a pipeline with a bronze, a silver and a gold table",
       .files = {{"databricks.yml", kBundle},
                 {"resources/@name@.job.yml", kJob},
                 {"resources/@name@.pipeline.yml", kPipeline},
                 {"src/bronze.sql", kBronze},
                 {"src/silver.sql", kSilver},
                 {"src/gold.sql", kGold},
                 {".gitignore", kIgnore}}},
      {.name = "streaming",
       .description = "a job that runs each minute, and a pipeline of what has arrived",
       .files = {{"databricks.yml", kBundle},
                 {"resources/@name@.job.yml", kStreamingJob},
                 {"resources/@name@.pipeline.yml", kPipeline},
                 {"src/events.sql", kStreamingEvents},
                 {".gitignore", kIgnore}}},
      {.name = "cdc",
       .description = "a table with its history, kept by a stream of changes (AUTO CDC)",
       .files = {{"databricks.yml", kBundle},
                 {"resources/@name@.job.yml", kCdcJob},
                 {"resources/@name@.pipeline.yml", kPipeline},
                 {"scripts/changes.sh", kCdcScript},
                 {"src/changes.sql", kCdcChanges},
                 {"src/customers.sql", kCdcCustomers},
                 {".gitignore", kIgnore}}},
      {.name = "empty",
       .description = "a job with one SQL notebook",
       .files = {{"databricks.yml", kBundle},
                 {"resources/@name@.job.yml", kEmptyJob},
                 {"notebooks/main.sql", kEmptyNotebook},
                 {".gitignore", kIgnore}}}};
  return kTemplates;
}

}  // namespace lakesmith::app
