#include "app/project_template.h"

namespace lakesmith::app {
namespace {

constexpr std::string_view kBundle =
    R"(# A job that fetches raw data and a pipeline that makes tables of it.
#   lakesmith bundle validate
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

constexpr std::string_view kIgnore = R"(.lakesmith/
data/
)";

}  // namespace

const std::vector<ProjectTemplate>& ProjectTemplates() {
  static const std::vector<ProjectTemplate> templates = {
      {.name = "medallion",
       .description =
           "a job with raw data, and a pipeline with a bronze, a silver and a gold table",
       .files = {{"databricks.yml", kBundle},
                 {"resources/@name@.job.yml", kJob},
                 {"resources/@name@.pipeline.yml", kPipeline},
                 {"src/bronze.sql", kBronze},
                 {"src/silver.sql", kSilver},
                 {"src/gold.sql", kGold},
                 {".gitignore", kIgnore}}}};
  return templates;
}

}  // namespace lakesmith::app
