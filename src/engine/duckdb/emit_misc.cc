#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using plan::Expression;
using types::DataType;
using types::TypeId;

namespace {

using Texts = std::vector<std::string>;

// Chains of AND and OR become flat, so that a long one is no deep tree for the engine.
Result<std::string> Chain(Emitter& emitter, const Expression& call, const char* word) {
  std::vector<const Expression*> pending = {&call};
  std::vector<const Expression*> parts;
  while (!pending.empty()) {
    const Expression* part = pending.back();
    pending.pop_back();
    if (part->kind == plan::ExpressionKind::kCall && part->function == call.function) {
      pending.push_back(part->children[1].get());
      pending.push_back(part->children[0].get());
    } else {
      parts.push_back(part);
    }
  }
  std::string text;
  for (const Expression* part : parts) {
    if (!text.empty()) text += fmt::format(" {} ", word);
    text += "(" + TRY(emitter.Expression(*part)) + ")";
  }
  return "(" + text + ")";
}

Result<std::string> In(Emitter&, const Expression&, const Texts& arguments) {
  if (arguments.size() == 1) return "false";
  const Texts items(arguments.begin() + 1, arguments.end());
  return fmt::format("({} IN ({}))", arguments[0], fmt::join(items, ", "));
}

Result<std::string> NullIf(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const Expression* first = call.children[0].get();
  while (first->kind == plan::ExpressionKind::kCast && first->implicit)
    first = first->children.front().get();
  const std::string own = TRY(emitter.Expression(*first));
  return fmt::format("CASE WHEN {} = {} THEN NULL ELSE {} END", arguments[0], arguments[1], own);
}

Result<std::string> AssertTrue(Emitter&, const Expression& call, const Texts& arguments) {
  const std::string message =
      arguments.size() == 2
          ? fmt::format("CAST({} AS VARCHAR)", arguments[1])
          : SqlText(fmt::format("'{}' is not true!", PrettyName(*call.children[0])));
  return fmt::format(
      "CASE WHEN {} THEN NULL ELSE error('[USER_RAISED_EXCEPTION:P0001] ' || {})::INTEGER END",
      arguments[0], message);
}

Result<std::string> RaiseUserError(Emitter&, const Expression&, const Texts& arguments) {
  return fmt::format("error('[USER_RAISED_EXCEPTION:P0001] ' || coalesce({}, 'null'))::INTEGER",
                     arguments[0]);
}

Result<std::string> TypeOf(Emitter&, const Expression& call, const Texts&) {
  return SqlText(call.children[0]->type.SimpleString());
}

Result<std::string> Monotonic(Emitter&, const Expression&, const Texts&) {
  return std::string("(row_number() OVER () - 1)");
}

// Options of the JSON and CSV functions as a list of key, value, key, value.
std::string Options(const Texts& arguments, size_t index) {
  if (index >= arguments.size()) return "[]::VARCHAR[]";
  return fmt::format(
      "flatten(list_transform(map_entries({}), lambda pair: [pair.key, pair.value]))",
      arguments[index]);
}

Result<std::string> FromText(const char* native, const Expression& call, const Texts& arguments) {
  return fmt::format("{}({}, {}, {}, {})", native, arguments[0], SqlText(call.type.Sql()),
                     Options(arguments, 1), TypedNull(call.type));
}
Result<std::string> FromJson(Emitter&, const Expression& call, const Texts& arguments) {
  return FromText("spark_from_json", call, arguments);
}
Result<std::string> FromCsv(Emitter&, const Expression& call, const Texts& arguments) {
  return FromText("spark_from_csv", call, arguments);
}
Result<std::string> ToText(const char* native, const Expression& call, const Texts& arguments) {
  return fmt::format("{}({}, {}, {})", native, arguments[0], SqlText(call.children[0]->type.Sql()),
                     Options(arguments, 1));
}
Result<std::string> ToJson(Emitter&, const Expression& call, const Texts& arguments) {
  return ToText("spark_to_json", call, arguments);
}
Result<std::string> ToCsv(Emitter&, const Expression& call, const Texts& arguments) {
  return ToText("spark_to_csv", call, arguments);
}
Result<std::string> SchemaOfJson(Emitter&, const Expression&, const Texts& arguments) {
  return fmt::format("spark_schema_of_json({}, {})", arguments[0], Options(arguments, 1));
}
Result<std::string> SchemaOfCsv(Emitter&, const Expression&, const Texts& arguments) {
  return fmt::format("spark_schema_of_csv({}, {})", arguments[0], Options(arguments, 1));
}

Result<std::string> VariantGet(Emitter&, const Expression& call, const Texts& arguments) {
  return fmt::format("spark_{}({}, {}, {}, {})", call.name, arguments[0], arguments[1],
                     SqlText(call.type.Sql()), TypedNull(call.type));
}
// variant_insert and its relatives: the value becomes a variant.
Result<std::string> VariantChange(Emitter&, const Expression& call, const Texts& arguments) {
  const DataType& type = call.children[2]->type;
  std::string value = arguments[2];
  if (type.is(TypeId::kVoid)) {
    value = "NULL::VARCHAR";
  } else if (!type.is(TypeId::kVariant)) {
    value = fmt::format("spark_to_variant({}, {})", value, SqlText(type.Sql()));
  }
  return fmt::format("spark_{}({}, {}, {})", call.name, arguments[0], arguments[1], value);
}

Result<std::string> VariantDelete(Emitter&, const Expression& call, const Texts& arguments) {
  std::string text = arguments[0];
  for (size_t i = 1; i < arguments.size(); ++i) {
    const bool constant = IsLiteral(*call.children[i]);
    const std::string changed = fmt::format("spark_variant_delete({}, {})", text, arguments[i]);
    text = constant ? changed
                    : fmt::format("CASE WHEN ({}) IS NULL THEN {} ELSE {} END", arguments[i], text,
                                  changed);
  }
  return text;
}

Result<std::string> VariantStripNulls(Emitter&, const Expression&, const Texts& arguments) {
  return fmt::format("spark_variant_strip_nulls({}, {})", arguments[0],
                     arguments.size() > 1 ? arguments[1] : "true");
}

Result<std::string> ToVariant(Emitter&, const Expression& call, const Texts& arguments) {
  return fmt::format("spark_to_variant({}, {})", arguments[0],
                     SqlText(call.children[0]->type.Sql()));
}

Result<std::string> And(Emitter& emitter, const Expression& call, const Texts&) {
  return Chain(emitter, call, "AND");
}
Result<std::string> Or(Emitter& emitter, const Expression& call, const Texts&) {
  return Chain(emitter, call, "OR");
}

}  // namespace

const CustomTable& JsonEmits() {
  static const auto* table = new CustomTable{
      {"from_json", FromJson},
      {"from_csv", FromCsv},
      {"to_json", ToJson},
      {"to_csv", ToCsv},
      {"schema_of_json", SchemaOfJson},
      {"schema_of_csv", SchemaOfCsv},
      {"variant_get", VariantGet},
      {"try_variant_get", VariantGet},
      {"to_variant", ToVariant},
      {"variant_change", VariantChange},
      {"variant_delete", VariantDelete},
      {"variant_strip_nulls", VariantStripNulls},
  };
  return *table;
}

const CustomTable& MiscEmits() {
  static const auto* table = new CustomTable{
      {"and", And},
      {"or", Or},
      {"in", In},
      {"nullif", NullIf},
      {"assert_true", AssertTrue},
      {"raise_error", RaiseUserError},
      {"typeof", TypeOf},
      {"monotonic", Monotonic},
  };
  return *table;
}

CustomEmit FindCustomEmit(std::string_view name) {
  for (const CustomTable* table : {&NumberEmits(), &TextEmits(), &DatetimeEmits(), &IntervalEmits(),
                                   &TimeEmits(), &TimeWindowEmits(), &CollectionEmits(),
                                   &LambdaEmits(), &AggregateEmits(), &JsonEmits(), &MiscEmits()}) {
    const auto found = table->find(name);
    if (found != table->end()) return found->second;
  }
  return nullptr;
}

}  // namespace lakesmith::engine
