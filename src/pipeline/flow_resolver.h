#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "connect/read_files.h"
#include "engine/session.h"
#include "engine/write_request.h"
#include "pipeline/graph.h"
#include "pipeline/stream_options.h"
#include "types/data_type.h"

namespace lakesmith::pipeline {

// A table as a flow names it, whether of the pipeline or of the catalog.
struct TableInput {
  catalog::QualifiedName name;
  std::optional<size_t> dataset;  // Of the pipeline: its position.
  StreamOptions options;

  std::vector<std::string> Parts() const { return {name.catalog, name.schema, name.name}; }
  // "table:main.silver.orders", folded: what positions and recorded versions are kept under.
  std::string SourceKey() const;
};

// Says what the relations of one flow read. Temporary views are put in as their queries; the rest
// is asked of the functions below, one for each way to read.
class FlowResolver : public engine::RelationResolver {
 public:
  FlowResolver(const Graph& graph, const FlowDefinition& flow, std::string base_folder);

  Result<std::optional<engine::RelationReplacement>> Resolve(
      const engine::RelationRequest& request) final;

 protected:
  using Replacement = std::optional<engine::RelationReplacement>;
  virtual Result<Replacement> ReadTable(const TableInput& table) = 0;
  virtual Result<Replacement> StreamTable(const TableInput& table) = 0;
  virtual Result<Replacement> ReadFiles(const connect::ReadFiles& read) = 0;
  virtual Result<Replacement> StreamFiles(const connect::ReadFiles& read) = 0;

  const Graph& graph() const { return graph_; }

 private:
  Result<Replacement> ResolveTable(const engine::RelationRequest& request);

  const Graph& graph_;
  const FlowDefinition& flow_;
  std::string base_folder_;
};

// One stream that a flow reads.
struct StreamSource {
  std::string key;
  std::optional<connect::ReadFiles> files;  // Either files
  std::optional<TableInput> table;          // or a table.
};

// What read_files gives for these files: declared columns, or those found in the files with the
// hints of the call. Errors: kInvalid when there is no file to learn from; kUnsupported for folders
// of the form key=value.
Result<engine::FilesRelation> RelationOfFiles(engine::Session& session,
                                              const connect::ReadFiles& read,
                                              const std::vector<connect::InputFile>& files);

// A relation without rows that has these columns.
engine::FilesRelation EmptyRelation(std::vector<types::StructField> columns);

// `known` with the columns of `found` that it lacks at the end. Types of known columns stay.
types::DataType MergeSchemas(const types::DataType& known, const types::DataType& found);

}  // namespace lakesmith::pipeline
