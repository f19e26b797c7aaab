#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "pipeline/fingerprint_internal.h"
#include "sql/print.h"

namespace lakesmith::pipeline {
namespace {

// Changes when the same text begins to mean something else.
constexpr std::string_view kMeaning = "1";

constexpr std::array<std::string_view, 22> kVarying = {"current_timestamp",
                                                       "current_date",
                                                       "now",
                                                       "curdate",
                                                       "localtimestamp",
                                                       "current_time",
                                                       "unix_timestamp",
                                                       "rand",
                                                       "random",
                                                       "randn",
                                                       "randstr",
                                                       "uniform",
                                                       "uuid",
                                                       "shuffle",
                                                       "current_user",
                                                       "session_user",
                                                       "user",
                                                       "input_file_name",
                                                       "monotonically_increasing_id",
                                                       "spark_partition_id",
                                                       "current_timezone",
                                                       "read_files"};

void AddText(const Graph& graph, size_t dataset, std::string& text) {
  const DatasetDefinition& definition = graph.datasets()[dataset];
  for (const FlowDefinition& flow : definition.flows) {
    text += fmt::format("flow {}: {}\n", flow.name, sql::ToSql(*flow.query));
    text += fmt::format("in {}.{}\n", flow.current.catalog, flow.current.schema);
    for (const auto& [key, value] : flow.settings) text += fmt::format("set {}={}\n", key, value);
  }
  for (const size_t read : graph.node(dataset).reads) {
    if (!graph.datasets()[read].IsTable()) AddText(graph, read, text);
  }
}

}  // namespace

// FNV-1a of 64 bits. Source: RFC 9923.
std::string Fingerprint(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return fmt::format("{:016x}", hash);
}

std::string DefinitionFingerprint(const Graph& graph, size_t dataset) {
  const DatasetDefinition& definition = graph.datasets()[dataset];
  std::string text(kMeaning);
  AddText(graph, dataset, text);
  for (const types::StructField& column : definition.columns) {
    text +=
        fmt::format("column {} {} {}\n", column.name, column.type.Sql(), JsonText(column.metadata));
  }
  for (const std::string& column : definition.partition_columns)
    text += fmt::format("partition {}\n", column);
  for (const auto& [key, value] : definition.properties)
    text += fmt::format("property {}={}\n", key, value);
  for (const ExpectationDefinition& rule : definition.expectations) {
    text +=
        fmt::format("rule {} {} {}\n", rule.name, ViolationActionName(rule.action), rule.predicate);
  }
  text += "comment " + definition.comment;
  return Fingerprint(text);
}

std::string CallsThatVary(const Graph& graph, size_t dataset) {
  for (const FlowDefinition& flow : graph.datasets()[dataset].flows) {
    for (const std::string& name : FunctionsOf(*flow.query)) {
      if (std::ranges::find(kVarying, name) != kVarying.end()) return "it calls " + name;
    }
  }
  for (const size_t read : graph.node(dataset).reads) {
    if (graph.datasets()[read].IsTable()) continue;
    std::string inner = CallsThatVary(graph, read);
    if (!inner.empty()) return inner;
  }
  return "";
}

}  // namespace lakesmith::pipeline
