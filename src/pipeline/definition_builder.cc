#include <algorithm>
#include <set>
#include <utility>

#include "base/nearest.h"
#include "pipeline/statement_reader_internal.h"

namespace lakesmith::pipeline {

Status DefinitionBuilder::AddDataset(DatasetDefinition dataset) {
  const std::string key = dataset.Key();
  for (const DatasetDefinition& other : definition_.datasets) {
    if (other.Key() != key) continue;
    return Invalid("dataset '{}' is defined twice, first at {}", dataset.FullName(),
                   other.location.ToString())
        .At(dataset.location);
  }
  definition_.datasets.push_back(std::move(dataset));
  return {};
}

void DefinitionBuilder::AddFlow(const catalog::QualifiedName& target, FlowDefinition flow) {
  flows_.push_back({target, std::move(flow)});
}

void DefinitionBuilder::Warn(std::string warning) {
  definition_.warnings.push_back(std::move(warning));
}

void DefinitionBuilder::WarnOnce(const std::string& place, const std::string& text) {
  const std::string ending = ": " + text;
  const bool told = std::ranges::any_of(
      definition_.warnings, [&](const std::string& warning) { return warning.ends_with(ending); });
  if (!told) Warn(place + ending);
}

Status DefinitionBuilder::AttachFlows() {
  for (PendingFlow& pending : flows_) {
    DatasetDefinition wanted;
    wanted.name = pending.target;
    const auto target = std::ranges::find_if(
        definition_.datasets,
        [&](const DatasetDefinition& dataset) { return dataset.Key() == wanted.Key(); });
    if (target == definition_.datasets.end()) {
      std::vector<std::string> names;
      for (const DatasetDefinition& dataset : definition_.datasets)
        names.push_back(dataset.FullName());
      const std::string nearest = Nearest(wanted.FullName(), names);
      return Invalid("flow '{}' feeds '{}', which this pipeline does not define{}",
                     pending.flow.name, wanted.FullName(),
                     nearest.empty() ? "" : fmt::format("; closest: '{}'", nearest))
          .At(pending.flow.location);
    }
    if (target->kind != DatasetKind::kStreamingTable) {
      return Invalid("flow '{}' feeds '{}', which is no streaming table", pending.flow.name,
                     wanted.FullName())
          .At(pending.flow.location);
    }
    target->flows.push_back(std::move(pending.flow));
  }
  return {};
}

Status DefinitionBuilder::CheckFlows() const {
  for (const DatasetDefinition& dataset : definition_.datasets) {
    if (dataset.flows.empty()) {
      return Invalid("'{}' has no query and no flow feeds it", dataset.FullName())
          .WithClass("PIPELINE_DATASET_WITHOUT_FLOW", "0A000")
          .At(dataset.location);
    }
    std::set<std::string> names;
    for (const FlowDefinition& flow : dataset.flows) {
      if (flow.cdc && dataset.flows.size() > 1) {
        return Invalid("'{}' is fed by AUTO CDC, so it can have no other flow", dataset.FullName())
            .At(flow.location);
      }
      if (!names.insert(catalog::FoldName(flow.name)).second) {
        return Invalid("flow '{}' of '{}' is defined twice", flow.name, dataset.FullName())
            .At(flow.location);
      }
    }
  }
  return {};
}

Result<PipelineDefinition> DefinitionBuilder::Finish() && {
  TRY(AttachFlows());
  if (definition_.datasets.empty()) {
    return Invalid("the pipeline defines no dataset").WithClass("RUN_EMPTY_PIPELINE", "42617");
  }
  TRY(CheckFlows());
  return std::move(definition_);
}

}  // namespace lakesmith::pipeline
