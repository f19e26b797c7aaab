// Result types of functions that make structs, and maps from structs.
#include "plan/function_rules_internal.h"
#include "plan/spark_error.h"

namespace lakesmith::plan {

using types::DataType;
using types::StructField;
using types::TypeId;

namespace {

Status MapEntries(const Arguments&, Signature& signature) {
  const DataType& map = signature.arguments[0];
  signature.result = DataType::Array(
      DataType::Struct({{"key", map.key(), false}, {"value", map.value(), true}}), false);
  return {};
}

Status MapFromEntries(const Arguments& arguments, Signature& signature) {
  const DataType& array = signature.arguments[0];
  if (!array.element().is(TypeId::kStruct) || array.element().fields().size() != 2) {
    return SparkError(
        "DATATYPE_MISMATCH.MAP_FROM_ENTRIES_WRONG_TYPE", "42K09",
        "Cannot resolve \"map_from_entries({})\" due to data type mismatch: it requires an "
        "array of pairs, but has the type \"{}\".",
        PrettyName(*arguments[0]), array.Sql());
  }
  const auto& fields = array.element().fields();
  signature.result = DataType::Map(fields[0].type, fields[1].type, true);
  return {};
}

// Fields are named by the analyzer, which sees the aliases; this is the plain case.
Status MakeStruct(const Arguments& arguments, Signature& signature) {
  std::vector<StructField> fields;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Expression& argument = *arguments[i];
    const bool named = argument.kind == ExpressionKind::kColumn ||
                       argument.kind == ExpressionKind::kField ||
                       argument.kind == ExpressionKind::kLambdaVariable;
    fields.push_back(
        {named ? argument.name : "col" + std::to_string(i + 1), argument.type, argument.nullable});
  }
  signature.result = DataType::Struct(std::move(fields));
  return {};
}

Status NamedStruct(const Arguments& arguments, Signature& signature) {
  if (arguments.empty() || arguments.size() % 2 != 0) {
    return SparkError(
        "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
        "The `named_struct` requires 2n (n > 0) parameters but the actual number is {}.",
        arguments.size());
  }
  std::vector<StructField> fields;
  for (size_t i = 0; i < arguments.size(); i += 2) {
    const Expression& name = *arguments[i];
    if (name.kind != ExpressionKind::kLiteral || !name.type.IsString() || name.value.is_null()) {
      return SparkError("DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING", "42K09",
                        "Cannot resolve \"named_struct\" due to data type mismatch: only foldable "
                        "`STRING` expressions are allowed to appear at odd position, but they are "
                        "[\"{}\"].",
                        PrettyName(name));
    }
    fields.push_back(
        {name.value.as<std::string>(), arguments[i + 1]->type, arguments[i + 1]->nullable});
  }
  signature.result = DataType::Struct(std::move(fields));
  return {};
}

}  // namespace

const RuleTable& NestedRules() {
  static const auto* rules = new RuleTable{
      {"@map_entries", MapEntries},
      {"@map_from_entries", MapFromEntries},
      {"@struct", MakeStruct},
      {"@named_struct", NamedStruct},
  };
  return *rules;
}

}  // namespace lakesmith::plan
