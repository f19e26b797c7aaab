#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/names.h"
#include "pipeline/cdc.h"
#include "pipeline/pipeline.h"
#include "pipeline/substitute.h"
#include "sql/ast.h"
#include "types/data_type.h"

namespace lakesmith::pipeline {

// A rule that each row of a dataset is to meet.
struct ExpectationDefinition {
  std::string name;
  std::string predicate;  // SQL over the output columns.
  ViolationAction action = ViolationAction::kKeep;
  SourceLocation location;  // Of the predicate.
  // Of a rule that AUTO CDC makes: what its violation says instead of naming it, and the class.
  std::string message = {};
  std::string error_class = {};
  std::string hidden_prefix = {};  // Of columns that the row in its error does not show.
};

// One query that feeds a dataset, with where it was written and what it was written under.
struct FlowDefinition {
  std::string name;
  std::shared_ptr<const SourceText> source;
  sql::QueryPtr query;
  bool once = false;
  std::optional<CdcSpec> cdc;  // AUTO CDC: `query` makes change rows, not rows of the target.
  std::vector<std::string>
      columns;  // INSERT INTO t (a, b): names for the query's columns; empty without.
  SourceLocation location;
  catalog::Namespace current;                   // Where names of the query are looked up.
  std::map<std::string, std::string> settings;  // SET statements before it in its file.
};

struct DatasetDefinition {
  DatasetKind kind = DatasetKind::kStreamingTable;
  // Temporary views have a name of one part: catalog and schema are empty.
  catalog::QualifiedName name;
  bool is_private = false;
  std::string comment;
  std::vector<types::StructField> columns;  // Declared; type void where the query decides.
  std::vector<std::string> partition_columns;
  std::map<std::string, std::string> properties;
  std::vector<ExpectationDefinition> expectations;
  std::vector<FlowDefinition> flows;  // Exactly one but for streaming tables.
  std::string view_text;              // Of a stored view: the query as written.
  SourceLocation location;

  // "main.silver.orders", or the bare name of a temporary view.
  std::string FullName() const;
  // What names are compared by.
  std::string Key() const;
  // Something that is made in the catalog; not so a temporary view.
  bool IsStored() const { return kind != DatasetKind::kTemporaryView; }
  // Its rows change: a stream cannot follow it.
  bool IsCdcTarget() const { return !flows.empty() && flows.front().cdc.has_value(); }
  bool IsTable() const {
    return kind == DatasetKind::kStreamingTable || kind == DatasetKind::kMaterializedView;
  }
};

// What the files of a pipeline define, in the order of the text.
struct PipelineDefinition {
  std::vector<DatasetDefinition> datasets;
  std::vector<std::string> warnings;
};

// Reads the SQL files of a pipeline and gathers its datasets; flows are put to the dataset that
// they feed.
//
// Errors: kNotFound for a file; kInvalid with its place for text that does not parse, a statement
// that is none of a pipeline, a name given twice, a flow into a table that is not defined;
// kUnsupported for what is not built yet.
Result<PipelineDefinition> LoadDefinition(const PipelineSpec& spec,
                                          const catalog::Namespace& current);

// The same from texts: pairs of a file name, as shown in errors, and its content.
Result<PipelineDefinition> DefinitionFromTexts(
    const std::vector<std::pair<std::string, std::string>>& files,
    const std::map<std::string, std::string>& values, const catalog::Namespace& current);

}  // namespace lakesmith::pipeline
