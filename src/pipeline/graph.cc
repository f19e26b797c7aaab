#include "pipeline/graph.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/nearest.h"
#include "pipeline/stream_options.h"
#include "pipeline/streaming_check.h"

namespace lakesmith::pipeline {
namespace {

enum VisitState { kUnseen, kOpen, kDone };

void AddOnce(std::vector<size_t>& list, size_t value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

// Options after a table or a function are read, or refused where they stand.
Status CheckOptions(const Reference& reference, const SourceText& source) {
  if (reference.options.empty()) return {};
  const SourceLocation first = source.At(reference.options.front().offset);
  if (reference.is_function) {
    return Invalid("WITH after a function: write its options inside, as name => value").At(first);
  }
  if (!reference.stream) {
    return Unsupported("option '{}': a table that is read without STREAM takes no options",
                       reference.options.front().key)
        .At(first);
  }
  std::map<std::string, std::string> options;
  for (const Reference::Option& option : reference.options) options[option.key] = option.value;
  std::string failed_key;
  Result<StreamOptions> parsed = ParseStreamOptions(options, &failed_key);
  if (parsed) return {};
  const auto failed = std::ranges::find(reference.options, failed_key, &Reference::Option::key);
  return std::move(parsed).error().At(source.At(failed->offset));
}

}  // namespace

Result<Graph> Graph::Build(PipelineDefinition definition, const OutsideCatalog& outside) {
  Graph graph;
  graph.definition_ = std::move(definition);
  graph.nodes_.resize(graph.definition_.datasets.size());
  TRY(graph.Resolve(outside));
  TRY(graph.Sort());
  for (const size_t dataset : graph.order_) graph.GatherUpstream(dataset);
  TRY(graph.CheckKinds());
  return graph;
}

std::optional<size_t> Graph::Find(const std::vector<std::string>& parts,
                                  const catalog::Namespace& current) const {
  DatasetDefinition wanted;
  const bool live = parts.size() == 2 && catalog::FoldName(parts[0]) == "live";
  if (parts.size() == 1 || live) {
    // A temporary view hides a table of that name.
    const std::string key = catalog::FoldName(parts.back());
    for (size_t i = 0; i < datasets().size(); ++i) {
      if (datasets()[i].Key() == key) return i;
    }
  }
  const std::vector<std::string> named = live ? std::vector<std::string>{parts[1]} : parts;
  const Result<catalog::QualifiedName> qualified = catalog::Qualify(named, current);
  if (!qualified) return std::nullopt;
  wanted.name = *qualified;
  const std::string key = wanted.Key();
  for (size_t i = 0; i < datasets().size(); ++i) {
    if (datasets()[i].Key() == key) return i;
  }
  return std::nullopt;
}

Result<size_t> Graph::FindSelected(const std::string& name) const {
  const std::string folded = catalog::FoldName(name);
  std::vector<size_t> found;
  std::vector<std::string> names;
  for (size_t i = 0; i < datasets().size(); ++i) {
    const std::string key = datasets()[i].Key();
    names.push_back(datasets()[i].FullName());
    if (key == folded || key.ends_with("." + folded)) found.push_back(i);
  }
  if (found.size() == 1) return found[0];
  if (found.size() > 1) {
    return Invalid("'{}' may be '{}' or '{}': give the schema too", name, names[found[0]],
                   names[found[1]]);
  }
  // A short name is compared with short names.
  std::vector<std::string> comparable = names;
  const auto dots = std::ranges::count(name, '.');
  for (std::string& full : comparable) {
    for (auto extra = std::ranges::count(full, '.') - dots; extra > 0; --extra) {
      full.erase(0, full.find('.') + 1);
    }
  }
  const std::string nearest = Nearest(name, comparable);
  return NotFound("the pipeline has no dataset '{}'{}", name,
                  nearest.empty() ? "" : fmt::format("; closest: '{}'", nearest));
}

Result<FlowInput> Graph::ResolveOne(const Reference& reference, const FlowDefinition& flow,
                                    const OutsideCatalog& outside) const {
  FlowInput input{.reference = reference};
  if (reference.is_function) return input;
  input.dataset = Find(reference.parts, flow.current);
  if (input.dataset) {
    if (reference.time_travel) {
      return Unsupported("time travel on '{}', a dataset of the same pipeline",
                         datasets()[*input.dataset].FullName())
          .At(flow.source->At(reference.offset));
    }
    return input;
  }
  // delta.`/path` and its like name a place, not a thing of the catalog.
  if (reference.parts.size() == 2 && reference.parts[1].find('/') != std::string::npos)
    return input;
  Result<catalog::QualifiedName> qualified = catalog::Qualify(reference.parts, flow.current);
  if (!qualified) return std::move(qualified).error().At(flow.source->At(reference.offset));
  const bool exists = TRY(outside.exists(*qualified));
  if (!exists) {
    std::vector<std::string> names;
    for (const DatasetDefinition& dataset : datasets()) {
      names.push_back(dataset.name.name);
      names.push_back(dataset.FullName());
    }
    return outside.not_found(*qualified, std::move(names)).At(flow.source->At(reference.offset));
  }
  input.outside = std::move(*qualified);
  return input;
}

Status Graph::Resolve(const OutsideCatalog& outside) {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    for (const FlowDefinition& flow : datasets()[i].flows) {
      std::vector<FlowInput> inputs;
      for (const Reference& reference : ReferencesOf(*flow.query)) {
        TRY(CheckOptions(reference, *flow.source));
        inputs.push_back(TRY(ResolveOne(reference, flow, outside)));
        if (inputs.back().dataset) AddOnce(nodes_[i].reads, *inputs.back().dataset);
      }
      nodes_[i].flow_inputs.push_back(std::move(inputs));
    }
    std::ranges::sort(nodes_[i].reads);
  }
  return {};
}

Status Graph::Sort() {
  std::vector<int> state(nodes_.size(), kUnseen);
  std::vector<size_t> path;
  for (size_t i = 0; i < nodes_.size(); ++i) TRY(Visit(i, state, path));
  return {};
}

Status Graph::Visit(size_t dataset, std::vector<int>& state, std::vector<size_t>& path) {
  if (state[dataset] == kDone) return {};
  if (state[dataset] == kOpen) return Cycle(path, dataset);
  state[dataset] = kOpen;
  path.push_back(dataset);
  for (const size_t read : nodes_[dataset].reads) TRY(Visit(read, state, path));
  path.pop_back();
  state[dataset] = kDone;
  order_.push_back(dataset);
  return {};
}

Error Graph::Cycle(const std::vector<size_t>& path, size_t again) const {
  std::string members;
  for (auto it = std::ranges::find(path, again); it != path.end(); ++it) {
    members += datasets()[*it].FullName() + " reads ";
  }
  return Invalid("these datasets read each other in a circle: {}{}", members,
                 datasets()[again].FullName())
      .WithClass("PIPELINE_GRAPH_NOT_TOPOLOGICALLY_SORTABLE", "42K03")
      .At(datasets()[again].location);
}

void Graph::GatherUpstream(size_t dataset) {
  for (const size_t read : nodes_[dataset].reads) {
    if (datasets()[read].IsStored()) {
      AddOnce(nodes_[dataset].upstream, read);
    } else {
      for (const size_t further : nodes_[read].upstream) AddOnce(nodes_[dataset].upstream, further);
    }
  }
  std::ranges::sort(nodes_[dataset].upstream);
}

Status Graph::CheckKinds() {
  for (const size_t dataset : order_) {
    for (const FlowDefinition& flow : datasets()[dataset].flows) TRY(CheckFlow(dataset, flow));
  }
  return {};
}

Status Graph::CheckFlow(size_t dataset, const FlowDefinition& flow) {
  const auto is_streaming_view = [&](const std::vector<std::string>& parts) {
    const std::optional<size_t> found = Find(parts, flow.current);
    return found && !datasets()[*found].IsTable() && nodes_[*found].streaming;
  };
  const bool streaming = TRY(CheckStreaming(*flow.query, *flow.source, is_streaming_view));
  nodes_[dataset].streaming = nodes_[dataset].streaming || streaming;
  const DatasetDefinition& definition = datasets()[dataset];
  switch (definition.kind) {
    case DatasetKind::kStreamingTable:
      if (streaming && flow.once) {
        return Invalid("flow '{}' runs ONCE, so its query must not read a STREAM", flow.name)
            .At(flow.location);
      }
      if (!streaming && !flow.once) {
        return Invalid(
                   "'{}' is a streaming table, but its query reads no stream; write FROM STREAM "
                   "..., or make it a "
                   "MATERIALIZED VIEW",
                   definition.FullName())
            .WithClass("INVALID_FLOW_QUERY_TYPE.BATCH_RELATION_FOR_STREAMING_TABLE", "42000")
            .At(flow.location);
      }
      return {};
    case DatasetKind::kMaterializedView:
    case DatasetKind::kView:
      if (!streaming) return {};
      return Invalid(
                 "'{}' is a {}, but its query reads a STREAM; read without STREAM, or make it a "
                 "STREAMING TABLE",
                 definition.FullName(),
                 definition.kind == DatasetKind::kView ? "view" : "materialized view")
          .WithClass("INVALID_FLOW_QUERY_TYPE.STREAMING_RELATION_FOR_MATERIALIZED_VIEW", "42000")
          .At(flow.location);
    case DatasetKind::kTemporaryView:
      return {};
  }
  return {};
}

}  // namespace lakesmith::pipeline
