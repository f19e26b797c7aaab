#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "delta/snapshot.h"
#include "pipeline/flow_resolver.h"
#include "pipeline/graph.h"
#include "storage/object_store.h"
#include "types/data_type.h"

namespace lakesmith::pipeline {

// What is known of one flow before it runs.
struct FlowPlan {
  std::vector<StreamSource> sources;  // Streams, in the order of the query; none for batch queries.
  // Columns of each source of files, by source key: those read so far and those of files that wait.
  std::map<std::string, types::DataType> file_schemas;
};

struct CdcPlan;

// What is known of one dataset before it runs.
struct DatasetPlan {
  types::DataType schema;  // A struct: declared columns first, then the others of the queries.
  std::vector<FlowPlan> flows;
  std::string definition;  // Fingerprint of everything that decides the rows and columns.
  // Why an unchanged materialized view cannot be left alone; "" when it can.
  std::string always_recomputed;
  std::shared_ptr<const CdcPlan> cdc;  // Of the target of an AUTO CDC flow; null else.
};

// The two steps of AUTO CDC, each a dataset of its own. See cdc.h.
struct CdcPlan {
  DatasetDefinition changes;  // A streaming table of change rows.
  DatasetPlan changes_plan;
  DatasetDefinition target;  // A view of it, in the table that the user named.
  DatasetPlan target_plan;
};

// What a pipeline's tables look like in the catalog.
class TableCatalog {
 public:
  explicit TableCatalog(engine::Session& session, std::string pipeline_id);

  // The snapshot of a dataset's table; null when there is none yet.
  // Errors: kInvalid when a view, a table of another format, or one that this pipeline did not make
  // has the name.
  Result<delta::SnapshotPtr> Find(const DatasetDefinition& dataset) const;
  OutsideCatalog Outside() const;
  // Whether rows of the relation come from more than one Delta table.
  Result<bool> IsPlainTable(const catalog::QualifiedName& name) const;

 private:
  engine::Session& session_;
  std::string pipeline_id_;
};

// The property that says which pipeline a table belongs to.
inline constexpr const char* kPipelineProperty = "pipelines.pipelineId";

// Analyses all datasets in order, without reading rows and without writing: finds columns and
// sources, and with them every mistake in names, types, options and rules. One entry a dataset, by
// position in the definition. `reset` are datasets that start from nothing. Errors have their place
// in a file.
Result<std::vector<DatasetPlan>> PlanDatasets(engine::Session& session, const Graph& graph,
                                              const std::set<size_t>& reset,
                                              const std::string& base_folder,
                                              const std::string& pipeline_id,
                                              const std::shared_ptr<storage::ObjectStore>& store);

// Puts the session where a flow is analysed: catalog, schema, settings.
Status EnterFlow(engine::Session& session, const FlowDefinition& flow);

}  // namespace lakesmith::pipeline
