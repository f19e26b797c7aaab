#include <algorithm>

#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::StructField;
using types::TypeId;

namespace {

Error WrongInput(const std::string& name, std::string_view wanted, const Expression& argument) {
  return SparkError(
      "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
      "Cannot resolve \"{}({})\" due to data type mismatch: the first parameter requires the {} "
      "type, however \"{}\" has the type \"{}\".",
      name, PrettyName(argument), wanted, PrettyName(argument), argument.type.Sql());
}

using Columns = std::vector<StructField>;

Result<Columns> ExplodedColumns(const std::string& name, const ExpressionPtr& argument,
                                bool positions) {
  Columns columns;
  if (positions) columns.push_back({"pos", DataType::Int(), false});
  const DataType& type = argument->type;
  if (type.is(TypeId::kArray)) {
    columns.push_back({"col", type.element(), true});
  } else if (type.is(TypeId::kMap)) {
    columns.push_back({"key", type.key(), false});
    columns.push_back({"value", type.value(), true});
  } else {
    return WrongInput(name, "(\"ARRAY\" or \"MAP\")", *argument);
  }
  return columns;
}

Result<Columns> StackColumns(std::vector<ExpressionPtr>& arguments) {
  const Expression& count = *arguments.front();
  if (count.kind != ExpressionKind::kLiteral || count.value.is_null() || !count.type.IsIntegral()) {
    return SparkError(
        "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09",
        "Cannot resolve \"stack\" due to data type mismatch: the input `n` should be a "
        "foldable \"INT\" expression; however, got \"{}\".",
        PrettyName(count));
  }
  const int64_t rows = count.value.as<int64_t>();
  if (rows < 1) {
    return SparkError(
        "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09",
        "Cannot resolve \"stack\" due to data type mismatch: the number of rows must be "
        "positive, but it is {}.",
        rows);
  }
  const size_t values = arguments.size() - 1;
  const size_t width = (values + static_cast<size_t>(rows) - 1) / static_cast<size_t>(rows);
  Columns columns;
  for (size_t column = 0; column < width; ++column) {
    DataType type;
    for (size_t i = column; i < values; i += width) {
      const DataType& next = arguments[i + 1]->type;
      if (type.is(TypeId::kVoid)) type = next;
      if (next.is(TypeId::kVoid) || types::SameTypeIgnoringNullability(type, next)) continue;
      return SparkError(
          "DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES", "42K09",
          "Cannot resolve \"stack\" due to data type mismatch: the values of the column {} are not "
          "of one type: \"{}\" and \"{}\".",
          column, type.Sql(), next.Sql());
    }
    for (size_t i = column; i < values; i += width) {
      arguments[i + 1] = MakeCast(arguments[i + 1], type, true);
    }
    columns.push_back({"col" + std::to_string(column), type, true});
  }
  while (arguments.size() - 1 < width * static_cast<size_t>(rows)) {
    arguments.push_back(MakeNull(columns[(arguments.size() - 1) % width].type));
  }
  return columns;
}

Result<Columns> JsonTupleColumns(std::vector<ExpressionPtr>& arguments) {
  Columns columns;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i]->type.IsString() && !arguments[i]->type.is(TypeId::kVoid)) {
      return SparkError("DATATYPE_MISMATCH.NON_STRING_TYPE", "42K09",
                        "Cannot resolve \"json_tuple(...)\" due to data type mismatch: all "
                        "arguments must be strings, but \"{}\" has the type \"{}\".",
                        PrettyName(*arguments[i]), arguments[i]->type.Sql());
    }
    arguments[i] = MakeCast(arguments[i], DataType::String(), true);
    if (i > 0) columns.push_back({"c" + std::to_string(i - 1), DataType::String(), true});
  }
  return columns;
}

Result<Columns> GeneratorColumns(const std::string& name, std::vector<ExpressionPtr>& arguments) {
  if (arguments.empty()) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `{}` requires 1 parameters but the actual number is 0.", name);
  }
  if (name == "json_tuple" && arguments.size() < 2) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `json_tuple` requires > 1 parameters but the actual number is 1.");
  }
  const bool one = name != "stack" && name != "json_tuple";
  if (one && arguments.size() != 1) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `{}` requires 1 parameters but the actual number is {}.", name,
                      arguments.size());
  }
  if (name.starts_with("explode")) return ExplodedColumns(name, arguments[0], false);
  if (name.starts_with("posexplode")) return ExplodedColumns(name, arguments[0], true);
  if (name == "stack") return StackColumns(arguments);
  if (name.starts_with("inline")) {
    const DataType& type = arguments[0]->type;
    if (!type.is(TypeId::kArray) || !type.element().is(TypeId::kStruct)) {
      return WrongInput(name, "\"ARRAY<STRUCT>\"", *arguments[0]);
    }
    Columns columns = type.element().fields();
    for (StructField& column : columns) column.nullable = true;
    return columns;
  }
  if (name == "json_tuple") {
    return JsonTupleColumns(arguments);
  }
  if (name.starts_with("variant_explode")) {
    if (!arguments[0]->type.is(TypeId::kVariant)) {
      return WrongInput(name, "\"VARIANT\"", *arguments[0]);
    }
    return Columns{{"pos", DataType::Int(), false},
                   {"key", DataType::String(), true},
                   {"value", DataType::Variant(), true}};
  }
  return Unsupported("generator {} is not supported", name);
}

}  // namespace

Result<Generated> Analyzer::MakeGenerator(const ExpressionPtr& call) {
  auto copy = std::make_shared<Expression>(*call);
  const Columns columns = TRY(GeneratorColumns(copy->name, copy->children));
  Generated generated;
  for (const StructField& column : columns) {
    generated.columns.push_back(NewColumn(column.name, column.type, column.nullable));
  }
  generated.outer = copy->name.ends_with("_outer");
  generated.call = std::move(copy);
  return generated;
}

Planned Analyzer::Generate(Planned input, Generated generated, bool outer) {
  auto relation = std::make_shared<GenerateRelation>();
  relation->generator = std::move(generated.call);
  relation->outer = outer || generated.outer;
  relation->generated = generated.columns;
  relation->output = input.relation->output;
  relation->output.insert(relation->output.end(), generated.columns.begin(),
                          generated.columns.end());
  relation->inputs.push_back(std::move(input.relation));
  Planned planned{std::move(relation), std::move(input.columns)};
  planned.columns.insert(planned.columns.end(), generated.columns.begin(), generated.columns.end());
  return planned;
}

}  // namespace lakesmith::plan
