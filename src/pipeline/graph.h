#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/names.h"
#include "pipeline/definition.h"
#include "pipeline/references.h"

namespace lakesmith::pipeline {

// The catalog outside of the pipeline, as the graph asks it.
struct OutsideCatalog {
  // Whether a table or view of that name exists.
  std::function<Result<bool>(const catalog::QualifiedName&)> exists;
  // The error for a name that is nowhere; `also` are datasets of the pipeline that may be meant.
  std::function<Error(const catalog::QualifiedName&, std::vector<std::string> also)> not_found;
};

// One relation that a flow reads.
struct FlowInput {
  Reference reference;
  std::optional<size_t> dataset;  // Of this pipeline: its position in the definition.
  std::optional<catalog::QualifiedName>
      outside;  // Of the catalog. Neither: a table function or a path.
};

// What one dataset reads, all its flows together.
struct DatasetNode {
  std::vector<std::vector<FlowInput>> flow_inputs;  // One entry a flow.
  std::vector<size_t> reads;  // Datasets read by name, views as such; ordered, each once.
  std::vector<size_t>
      upstream;  // What is read and stored, also through temporary views; ordered, each once.
  bool streaming = false;  // Its query reads a stream.
};

// The datasets of a pipeline and what each reads. Immutable.
class Graph {
 public:
  // Resolves all names and checks the rules of streaming tables and materialized views.
  // Errors, each with its place: kNotFound for a name that is nowhere, with the nearest one;
  // kInvalid for a cycle (all its members named), a batch query that feeds a streaming table and
  // the other way round; kUnsupported for what cannot be answered from a stream.
  static Result<Graph> Build(PipelineDefinition definition, const OutsideCatalog& outside);

  const PipelineDefinition& definition() const { return definition_; }
  const std::vector<DatasetDefinition>& datasets() const { return definition_.datasets; }
  const DatasetNode& node(size_t dataset) const { return nodes_[dataset]; }
  // Every dataset after all that it reads; else in the order of the text.
  const std::vector<size_t>& order() const { return order_; }

  // The dataset that a name of a flow means; nullopt when the pipeline has none such.
  std::optional<size_t> Find(const std::vector<std::string>& parts,
                             const catalog::Namespace& current) const;
  // The dataset that a user names in a selection, qualified or not.
  // Errors: kNotFound with the nearest name; kInvalid when several are meant.
  Result<size_t> FindSelected(const std::string& name) const;

 private:
  Status Resolve(const OutsideCatalog& outside);
  Result<FlowInput> ResolveOne(const Reference& reference, const FlowDefinition& flow,
                               const OutsideCatalog& outside) const;
  Status Sort();
  Status Visit(size_t dataset, std::vector<int>& state, std::vector<size_t>& path);
  Error Cycle(const std::vector<size_t>& path, size_t again) const;
  void GatherUpstream(size_t dataset);
  Status CheckKinds();
  Status CheckFlow(size_t dataset, const FlowDefinition& flow);

  PipelineDefinition definition_;
  std::vector<DatasetNode> nodes_;
  std::vector<size_t> order_;
};

}  // namespace lakesmith::pipeline
