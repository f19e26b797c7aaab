// window(...) and session_window(...): windows of time.
#include <algorithm>

#include "functions/cast_text.h"
#include "functions/civil_time.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

ExpressionPtr Long(int64_t value) { return MakeLiteral(types::Value(value), DataType::Long()); }

Error NoDuration(const Expression& argument) {
  return SparkError("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09",
                    "Cannot resolve \"window\" due to data type mismatch: \"{}\" should be a "
                    "constant duration without months.",
                    PrettyName(argument));
}

// Microseconds of a constant duration such as '10 minutes'.
Result<int64_t> Duration(const Expression& argument) {
  const Expression* value = &argument;
  while (value->kind == ExpressionKind::kCast) value = value->children.front().get();
  if (value->kind != ExpressionKind::kLiteral || value->value.is_null())
    return NoDuration(argument);
  std::optional<types::IntervalValue> interval;
  if (value->type.IsString()) {
    interval = functions::TextToCalendarInterval(value->value.as<std::string>());
  } else if (value->type.IsAnsiInterval() || value->type.is(TypeId::kCalendarInterval)) {
    interval = value->value.as<types::IntervalValue>();
  }
  if (!interval || interval->months != 0) return NoDuration(argument);
  return interval->days * functions::kMicrosPerDay + interval->micros;
}

DataType WindowType(const DataType& point) {
  return DataType::Struct({{"start", point}, {"end", point}});
}

const sql::FunctionCall* TimeWindowCall(const sql::Expression& expression) {
  const auto* call = sql::TryAs<sql::FunctionCall>(&expression);
  if (call == nullptr || call->name.identifier_clause || call->name.parts.size() != 1 || call->over)
    return nullptr;
  const std::string name = Lower(call->name.last());
  return name == "window" || name == "session_window" ? call : nullptr;
}

// The input's columns and these.
RelationPtr WithColumns(RelationPtr input, const std::vector<NamedExpression>& added) {
  auto project = std::make_shared<ProjectRelation>();
  for (const OutputColumn& column : input->output) {
    if (column.is_metadata) continue;
    project->expressions.push_back({column.id, column.name, ColumnOf(column)});
    project->output.push_back(column);
  }
  for (const NamedExpression& item : added) {
    project->expressions.push_back(item);
    project->output.push_back({item.id, item.name, item.expression->type, true});
  }
  project->inputs.push_back(std::move(input));
  return project;
}

RelationPtr WithWindow(RelationPtr input, NamedExpression item) {
  auto window = std::make_shared<WindowRelation>();
  window->output = input->output;
  window->output.push_back({item.id, item.name, item.expression->type, true});
  window->windows.push_back(std::move(item));
  window->inputs.push_back(std::move(input));
  return window;
}

// `function` OVER (PARTITION BY keys ORDER BY order ROWS BETWEEN UNBOUNDED PRECEDING AND end); all
// rows of the partition without an order.
ExpressionPtr Over(ExpressionPtr function, const std::vector<ExpressionPtr>& keys,
                   const ExpressionPtr& order,
                   const FrameBound& end = {FrameBoundKind::kCurrentRow, {}}) {
  auto window = std::make_shared<Expression>();
  window->kind = ExpressionKind::kWindow;
  window->type = function->type;
  window->name = function->name;
  window->partition_by = keys;
  if (order) {
    window->order_by.push_back({order, false, true});
    window->frame = WindowFrame{FrameUnit::kRows, {FrameBoundKind::kUnboundedPreceding, {}}, end};
  }
  window->children.push_back(std::move(function));
  return window;
}

}  // namespace

Result<ExpressionPtr> Analyzer::WindowOfTimeCall(const std::string& name,
                                                 const sql::FunctionCall& call,
                                                 const Scope& scope) {
  std::vector<ExpressionPtr> arguments = TRY(CallArguments(call, scope));
  const bool session = name == "session_window";
  const size_t most = session ? 2 : 4;
  if (arguments.size() < 2 || arguments.size() > most) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `{}` requires {} parameters but the actual number is {}.", name,
                      session ? "2" : "[2, 3, 4]", arguments.size());
  }
  const DataType point = arguments[0]->type.is(TypeId::kTimestampNtz) ? DataType::TimestampNtz()
                                                                      : DataType::Timestamp();
  arguments[0] = MakeCast(arguments[0], point, true);
  ExpressionPtr made;
  if (session) {
    arguments[1] = MakeCast(arguments[1], DataType::CalendarInterval(), true);
    made = CallOf("__session_window", std::move(arguments), WindowType(point));
  } else {
    const int64_t duration = TRY(Duration(*arguments[1]));
    const int64_t slide = arguments.size() > 2 ? TRY(Duration(*arguments[2])) : duration;
    const int64_t start = arguments.size() > 3 ? TRY(Duration(*arguments[3])) : 0;
    if (duration <= 0 || slide <= 0 || slide > duration || std::abs(start) >= slide) {
      return SparkError(
          "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09",
          "Cannot resolve \"window\" due to data type mismatch: the duration must be positive, "
          "the slide from 1 microsecond to the duration, the start less than the slide.");
    }
    const bool slides = slide != duration;
    DataType type = WindowType(point);
    if (slides) type = DataType::Array(std::move(type), false);
    made = CallOf(slides ? "__windows" : "__window",
                  {arguments[0], Long(duration), Long(slide), Long(start)}, std::move(type));
  }
  for (const auto& [known, column] : time_windows_) {
    if (SameExpression(*known, *made)) return ColumnOf(column);
  }
  if (made->name == "__window") {
    auto named = std::make_shared<Expression>(*made);
    named->name = "window";
    named->pretty = "window";
    return ExpressionPtr(named);
  }
  if (!grouping_by_time_) {
    return Unsupported("{} with overlapping windows is for GROUP BY alone", name)
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  return made;
}

// A window of time in GROUP BY becomes a column of the input named after it, so that window.start
// finds it.
Status Analyzer::PlanTimeWindows(const sql::Select& select, const Scope& scope,
                                 SelectState& state) {
  if (!select.group_by || select.group_by->all) return {};
  for (const sql::GroupingItem& item : select.group_by->items) {
    if (item.grouping_kind != sql::GroupingKind::kPlain) continue;
    const sql::FunctionCall* call = TimeWindowCall(*item.expression);
    if (call == nullptr) continue;
    grouping_by_time_ = true;
    Result<ExpressionPtr> made = WindowOfTimeCall(Lower(call->name.last()), *call, scope);
    grouping_by_time_ = false;
    if (!made) return Located(std::move(made).error(), item.expression->range);
    if ((*made)->kind != ExpressionKind::kCall) continue;
    if ((*made)->name == "__session_window") {
      TRY(AddSessions(select, **made, scope, state));
    } else {
      TRY(AddTimeWindow(*made, state));
    }
  }
  return {};
}

Status Analyzer::AddTimeWindow(const ExpressionPtr& window, SelectState& state) {
  OutputColumn column;
  if (window->type.is(TypeId::kArray)) {
    auto call = std::make_shared<Expression>();
    call->kind = ExpressionKind::kCall;
    call->name = "explode";
    call->function = &FindFunctions("explode").front();
    call->children = {window};
    Generated generated = TRY(MakeGenerator(std::move(call)));
    generated.columns[0].name = "window";
    column = generated.columns[0];
    Planned planned{std::move(state.relation), {}};
    state.relation = Generate(std::move(planned), std::move(generated), false).relation;
  } else {
    column = NewColumn("window", window->type, true);
    state.relation = WithColumns(std::move(state.relation), {{column.id, column.name, window}});
  }
  state.relation =
      FilterOver(std::move(state.relation), TRY(MakeCall("isnotnull", {ColumnOf(column)})));
  auto plain = std::make_shared<Expression>(*window);
  if (plain->name == "window") plain->name = "__window";
  time_windows_.emplace_back(plain, column);
  state.base.push_back(std::move(column));
  return {};
}

// Rows of the other groups that follow each other by less than the gap are one session: its number
// is counted by the rows that begin one, then first and last time are taken.
Status Analyzer::AddSessions(const sql::Select& select, const Expression& window,
                             const Scope& scope, SelectState& state) {
  std::vector<ExpressionPtr> keys;
  for (const sql::GroupingItem& item : select.group_by->items) {
    if (item.grouping_kind != sql::GroupingKind::kPlain || TimeWindowCall(*item.expression))
      continue;
    const auto* literal = sql::TryAs<sql::Literal>(item.expression.get());
    if (literal != nullptr) {
      return Unsupported("session_window beside GROUP BY of a position; write the expression");
    }
    keys.push_back(TRY(Resolve(*item.expression, scope)));
  }
  const DataType point = window.type.fields()[0].type;
  const ColumnId begin = NextId();
  const ColumnId end = NextId();
  state.relation =
      WithColumns(std::move(state.relation),
                  {{begin, "", window.children[0]},
                   {end, "", TRY(Arithmetic("+", window.children[0], window.children[1]))}});
  const ExpressionPtr begins = MakeColumn(begin, "", point, true);
  const ExpressionPtr ends = MakeColumn(end, "", point, true);
  state.relation = FilterOver(std::move(state.relation), TRY(Compare("<", begins, ends)));
  const ExpressionPtr reach =
      Over(TRY(MakeCall("max", {ends})), keys, begins, {FrameBoundKind::kPreceding, Long(1)});
  const ColumnId reached = NextId();
  state.relation = WithWindow(std::move(state.relation), {reached, "", reach});
  const ExpressionPtr fresh = TRY(Compare(">", begins, MakeColumn(reached, "", point, true)));
  const ColumnId number = NextId();
  state.relation = WithWindow(std::move(state.relation),
                              {number, "", Over(TRY(MakeCall("count_if", {fresh})), keys, begins)});
  std::vector<ExpressionPtr> parts = keys;
  parts.push_back(MakeColumn(number, "", DataType::Long(), true));
  const ColumnId first = NextId();
  const ColumnId last = NextId();
  state.relation = WithWindow(std::move(state.relation),
                              {first, "", Over(TRY(MakeCall("min", {begins})), parts, nullptr)});
  state.relation = WithWindow(std::move(state.relation),
                              {last, "", Over(TRY(MakeCall("max", {ends})), parts, nullptr)});
  auto bounds = std::make_shared<Expression>();
  bounds->kind = ExpressionKind::kStruct;
  bounds->type = window.type;
  bounds->children = {MakeColumn(first, "start", point, true),
                      MakeColumn(last, "end", point, true)};
  OutputColumn column = NewColumn("session_window", window.type, true);
  state.relation = WithColumns(std::move(state.relation), {{column.id, column.name, bounds}});
  time_windows_.emplace_back(std::make_shared<Expression>(window), column);
  state.base.push_back(std::move(column));
  return {};
}

}  // namespace lakesmith::plan
