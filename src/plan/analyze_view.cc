// Views: their stored query, and how their columns follow it.
#include <algorithm>

#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "sql/parse.h"

namespace lakesmith::plan {
namespace {

constexpr int kMaxViewDepth = 100;

Error IncompatibleView(const ResolvedView& view, const std::string& column, size_t expected,
                       size_t actual) {
  return SparkError(
      "INCOMPATIBLE_VIEW_SCHEMA_CHANGE", "51024",
      "The query of view {} has an incompatible schema change: it gives column `{}` {} times, and "
      "gave it {} times when the view was made. Make the view again with CREATE OR REPLACE VIEW.",
      DottedName(view.name), column, actual, expected);
}

size_t CountOf(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<size_t>(
      std::ranges::count_if(names, [&](const std::string& each) { return SameName(each, name); }));
}

}  // namespace

void Analyzer::NoteTemporary(const std::string& kind, const std::vector<std::string>& parts) {
  if (text_depth_ == 0) temporary_objects_.push_back({kind, DottedName(parts)});
}

// The query's columns that the view shows, in the view's order.
Result<std::vector<OutputColumn>> Analyzer::ViewSources(const ResolvedView& view,
                                                        const std::vector<OutputColumn>& found) {
  if (view.query_columns.empty() || view.mode == ViewSchemaMode::kEvolution) return found;
  std::vector<OutputColumn> sources;
  for (size_t i = 0; i < view.query_columns.size(); ++i) {
    const std::string& name = view.query_columns[i];
    std::vector<const OutputColumn*> same;
    for (const OutputColumn& column : found) {
      if (SameName(column.name, name)) same.push_back(&column);
    }
    const size_t expected = CountOf(view.query_columns, name);
    if (same.size() != expected) return IncompatibleView(view, name, expected, same.size());
    const std::vector<std::string> before(view.query_columns.begin(),
                                          view.query_columns.begin() + static_cast<long>(i));
    sources.push_back(*same[CountOf(before, name)]);
  }
  return sources;
}

Result<ExpressionPtr> Analyzer::ViewValue(const ResolvedView& view, size_t index,
                                          ExpressionPtr value) {
  const types::StructField& column = view.columns[index];
  if (FollowsTypes(view.mode) || value->type == column.type) return value;
  if (view.mode == ViewSchemaMode::kBinding && !CanUpCast(value->type, column.type)) {
    return SparkError(
        "CANNOT_UP_CAST_DATATYPE", "42846",
        "Cannot up cast {} from \"{}\" to \"{}\": column `{}` of view {} has that type. "
        "Cast it in the view's query, or make the view WITH SCHEMA COMPENSATION.",
        PrettyName(*value), value->type.Sql(), column.type.Sql(), column.name,
        DottedName(view.name));
  }
  if (view.mode == ViewSchemaMode::kNone) {
    const bool fits =
        !column.type.is(types::TypeId::kVoid) && CanStoreAssign(value->type, column.type);
    return fits ? MakeCast(std::move(value), column.type, true) : value;
  }
  return Cast(std::move(value), column.type, false);
}

Result<Planned> Analyzer::PlanView(const ResolvedView& view) {
  if (++depth_ > kMaxViewDepth) {
    return SparkError("VIEW_EXCEED_MAX_NESTED_DEPTH", "54K00",
                      "The depth of view {} exceeds the maximum view resolution depth ({}).",
                      DottedName(view.name), kMaxViewDepth);
  }
  views_.push_back(view.name);
  const auto query = TRY(sql::ParseQuery(view.text, sql::OptionsUnder(view.config)));
  Result<Planned> result = WithinText(view.names, [&] { return PlanQuery(*query, nullptr); });
  --depth_;
  if (!result)
    return std::move(result).error().Within(fmt::format("view {}", DottedName(view.name)));
  Planned planned = *std::move(result);
  std::erase_if(planned.columns, [](const OutputColumn& column) { return column.hidden; });
  const std::vector<OutputColumn> sources = TRY(ViewSources(view, planned.columns));
  const bool named =
      view.columns.size() == sources.size() && view.mode != ViewSchemaMode::kEvolution;
  std::vector<NamedExpression> items;
  for (size_t i = 0; i < sources.size(); ++i) {
    ExpressionPtr value = ColumnOf(sources[i]);
    if (named) value = TRY(ViewValue(view, i, std::move(value)));
    items.push_back({NextId(), named ? view.columns[i].name : sources[i].name, std::move(value)});
  }
  planned = ProjectOver(std::move(planned), std::move(items));
  for (size_t i = 0; i < planned.columns.size(); ++i) {
    planned.columns[i].qualifier = view.name;
    planned.columns[i].metadata = named ? view.columns[i].metadata : sources[i].metadata;
  }
  return planned;
}

}  // namespace lakesmith::plan
