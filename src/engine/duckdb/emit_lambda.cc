#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using plan::Expression;
using types::DataType;
using types::TypeId;

namespace {

using Texts = std::vector<std::string>;

const Expression& Lambda(const Expression& call, size_t index) { return *call.children[index]; }

std::string Variable(const plan::LambdaParameter& parameter) {
  return "l" + std::to_string(parameter.id);
}

// The lambda's body with its parameters under their own names.
Result<std::string> Body(Emitter& emitter, const Expression& lambda) {
  return emitter.Expression(*lambda.children.front());
}

// "list_x(list, lambda l1: body)"; a second parameter is the position, from 0 for Spark.
Result<std::string> OverList(Emitter& emitter, const char* function, const std::string& list,
                             const Expression& lambda) {
  const plan::LambdaParameter& element = lambda.parameters[0];
  if (lambda.parameters.size() == 1) {
    return fmt::format("{}({}, lambda {}: {})", function, list, Variable(element),
                       TRY(Body(emitter, lambda)));
  }
  const std::string place = Variable(lambda.parameters[1]);
  emitter.BindVariable(lambda.parameters[1].id, fmt::format("({} - 1)::INTEGER", place));
  return fmt::format("{}({}, lambda {}, {}: {})", function, list, Variable(element), place,
                     TRY(Body(emitter, lambda)));
}

Result<std::string> Transform(Emitter& emitter, const Expression& call, const Texts& arguments) {
  return OverList(emitter, "list_transform", arguments[0], Lambda(call, 1));
}
Result<std::string> Filter(Emitter& emitter, const Expression& call, const Texts& arguments) {
  return OverList(emitter, "list_filter", arguments[0], Lambda(call, 1));
}

// Three-valued: a null verdict matters only when no other decides.
Result<std::string> ForAll(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const std::string verdicts =
      TRY(OverList(emitter, "list_transform", arguments[0], Lambda(call, 1)));
  const std::string name = emitter.FreshName("v");
  return fmt::format(
      "(list_transform([{0}], lambda {1}: CASE WHEN {1} IS NULL THEN NULL WHEN list_contains({1}, "
      "false) THEN false "
      "WHEN len({1}) > list_count({1}) THEN NULL ELSE true END)[1])",
      verdicts, name);
}
Result<std::string> Exists(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const std::string verdicts =
      TRY(OverList(emitter, "list_transform", arguments[0], Lambda(call, 1)));
  const std::string name = emitter.FreshName("v");
  return fmt::format(
      "(list_transform([{0}], lambda {1}: CASE WHEN {1} IS NULL THEN NULL WHEN list_contains({1}, "
      "true) THEN true WHEN "
      "len({1}) > list_count({1}) THEN NULL ELSE false END)[1])",
      verdicts, name);
}

// The state goes through the list in a struct, because the engine folds values of one type only.
Result<std::string> Aggregate(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const Expression& merge = Lambda(call, 2);
  const DataType& state = call.children[1]->type;
  const DataType& element = call.children[0]->type.element();
  const std::string step = emitter.FreshName("s");
  const std::string next = emitter.FreshName("n");
  emitter.BindVariable(merge.parameters[0].id, step + ".state");
  emitter.BindVariable(merge.parameters[1].id, next + ".item");
  const std::string body = TRY(Body(emitter, merge));
  const std::string shape =
      fmt::format("STRUCT(state {}, item {})", DuckDbTypeName(state), DuckDbTypeName(element));
  const std::string item = emitter.FreshName("e");
  std::string folded = fmt::format(
      "list_reduce(list_transform({0}, lambda {1}: struct_pack(state := {2}, item := {1})::{3}), "
      "lambda {4}, {5}: "
      "struct_pack(state := {6}, item := {7})::{3}, struct_pack(state := {8}, item := "
      "{7})::{3}).state",
      arguments[0], item, TypedNull(state), shape, step, next, body, TypedNull(element),
      arguments[1]);
  if (call.children.size() == 4) {
    const Expression& finish = Lambda(call, 3);
    const std::string result = emitter.FreshName("f");
    emitter.BindVariable(finish.parameters[0].id, result + ".state");
    folded = fmt::format("(list_transform([struct_pack(state := {})], lambda {}: {})[1])", folded,
                         result, TRY(Body(emitter, finish)));
  }
  return fmt::format("CASE WHEN {} IS NOT NULL THEN {} END", arguments[0], folded);
}

Result<std::string> ZipWith(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const Expression& lambda = Lambda(call, 2);
  const std::string place = emitter.FreshName("p");
  emitter.BindVariable(lambda.parameters[0].id, fmt::format("({})[{}]", arguments[0], place));
  emitter.BindVariable(lambda.parameters[1].id, fmt::format("({})[{}]", arguments[1], place));
  return fmt::format(
      "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN list_transform(range(1, "
      "greatest(len({0}), len({1})) + 1), "
      "lambda {2}: {3}) END",
      arguments[0], arguments[1], place, TRY(Body(emitter, lambda)));
}

// Binds the lambda's key and value to an entry of the map.
std::string BindEntry(Emitter& emitter, const Expression& lambda) {
  const std::string entry = emitter.FreshName("e");
  emitter.BindVariable(lambda.parameters[0].id, entry + ".key");
  emitter.BindVariable(lambda.parameters[1].id, entry + ".value");
  return entry;
}

Result<std::string> MapFilter(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const Expression& lambda = Lambda(call, 1);
  const std::string entry = BindEntry(emitter, lambda);
  return fmt::format("map_from_entries(list_filter(map_entries({}), lambda {}: {}))", arguments[0],
                     entry, TRY(Body(emitter, lambda)));
}
Result<std::string> TransformKeys(Emitter& emitter, const Expression& call,
                                  const Texts& arguments) {
  const Expression& lambda = Lambda(call, 1);
  const std::string entry = BindEntry(emitter, lambda);
  return fmt::format(
      "spark_map_from_entries(list_transform(map_entries({0}), lambda {1}: struct_pack(key := {2}, "
      "value := "
      "{1}.value)))",
      arguments[0], entry, TRY(Body(emitter, lambda)));
}
Result<std::string> TransformValues(Emitter& emitter, const Expression& call,
                                    const Texts& arguments) {
  const Expression& lambda = Lambda(call, 1);
  const std::string entry = BindEntry(emitter, lambda);
  return fmt::format(
      "map_from_entries(list_transform(map_entries({0}), lambda {1}: struct_pack(key := {1}.key, "
      "value := {2})))",
      arguments[0], entry, TRY(Body(emitter, lambda)));
}

Result<std::string> MapZipWith(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const Expression& lambda = Lambda(call, 2);
  const std::string key = emitter.FreshName("k");
  emitter.BindVariable(lambda.parameters[0].id, key);
  emitter.BindVariable(lambda.parameters[1].id, fmt::format("({})[{}]", arguments[0], key));
  emitter.BindVariable(lambda.parameters[2].id, fmt::format("({})[{}]", arguments[1], key));
  const std::string body = TRY(Body(emitter, lambda));
  const std::string seen = emitter.FreshName("k");
  return fmt::format(
      "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN "
      "map_from_entries(list_transform(list_concat(map_keys({0}), "
      "list_filter(map_keys({1}), lambda {4}: NOT list_contains(map_keys({0}), {4}))), lambda {2}: "
      "struct_pack(key := "
      "{2}, value := {3}))) END",
      arguments[0], arguments[1], key, body, seen);
}

// Sorting by a comparing lambda: an element's place is the number of those that come before it.
Result<std::string> ArraySortBy(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const Expression& lambda = Lambda(call, 1);
  const std::string one = emitter.FreshName("a");
  const std::string other = emitter.FreshName("b");
  emitter.BindVariable(lambda.parameters[0].id, other + ".item");
  emitter.BindVariable(lambda.parameters[1].id, one + ".item");
  const std::string comparison = TRY(Body(emitter, lambda));
  const std::string items = emitter.FreshName("i");
  const std::string row = emitter.FreshName("r");
  return fmt::format(
      "CASE WHEN {0} IS NOT NULL THEN list_transform(list_sort(list_transform(list_zip({0}, "
      "range(len({0}))), lambda {1}: "
      "struct_pack(place := "
      "len(list_filter(list_transform(list_zip({0}, range(len({0}))), lambda {2}: struct_pack(item "
      ":= {2}[1], at := "
      "{2}[2])), lambda {3}: (list_transform([struct_pack(item := {1}[1], at := {1}[2])], lambda "
      "{4}: ({5}) < 0 OR "
      "(({5}) = 0 AND {3}.at < {4}.at))[1]))), item := {1}[1]))), lambda {2}: {2}.item) END",
      arguments[0], items, row, other, one, comparison);
}

}  // namespace

const CustomTable& LambdaEmits() {
  static const auto* table = new CustomTable{
      {"transform", Transform},
      {"filter", Filter},
      {"exists", Exists},
      {"forall", ForAll},
      {"aggregate", Aggregate},
      {"zip_with", ZipWith},
      {"map_filter", MapFilter},
      {"transform_keys", TransformKeys},
      {"transform_values", TransformValues},
      {"map_zip_with", MapZipWith},
      {"array_sort_by", ArraySortBy},
  };
  return *table;
}

}  // namespace lakesmith::engine
