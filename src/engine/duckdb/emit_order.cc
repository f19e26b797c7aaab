// Order of structs and arrays: the engine puts nulls inside them last, Spark first.
#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using types::DataType;
using types::TypeId;

namespace {

bool IsNestedOrder(const DataType& type) {
  return type.is(TypeId::kStruct) || type.is(TypeId::kArray);
}

// {present, value}: false comes before true.
std::string Part(Emitter& emitter, const std::string& text, const DataType& type) {
  return fmt::format("struct_pack(n := {} IS NOT NULL, v := {})", text,
                     emitter.OrderKey(text, type));
}

// The first or last element of a list, as its elements are ordered; nulls are left out.
std::string Extreme(Emitter& emitter, const std::string& list, const DataType& element,
                    const char* function) {
  const std::string item = emitter.FreshName("o");
  return fmt::format(
      "struct_extract({}(list_transform(list_filter({}, lambda {}: {} IS NOT NULL), lambda {}: "
      "struct_pack(k := {}, v := {}))), 'v')",
      function, list, item, item, item, emitter.OrderKey(item, element), item);
}

std::string Sorted(Emitter& emitter, const std::string& list, const DataType& element,
                   bool ascending, bool nulls_first) {
  const std::string item = emitter.FreshName("o");
  const std::string sorted = emitter.FreshName("o");
  return fmt::format(
      "list_transform(list_sort(list_transform({}, lambda {}: struct_pack(n := {} IS {}NULL, k := "
      "{}, v := {})), '{}'), lambda {}: {}.v)",
      list, item, item, ascending == nulls_first ? "NOT " : "", emitter.OrderKey(item, element),
      item, ascending ? "ASC" : "DESC", sorted, sorted);
}

}  // namespace

std::string Emitter::OrderKey(const std::string& text, const DataType& type) {
  if (!IsNestedOrder(type)) return text;
  if (type.is(TypeId::kArray)) {
    const std::string item = FreshName("o");
    return fmt::format("list_transform({}, lambda {}: {})", text, item,
                       Part(*this, item, type.element()));
  }
  std::string fields;
  for (size_t i = 0; i < type.fields().size(); ++i) {
    const std::string field = fmt::format("struct_extract_at({}, {})", text, i + 1);
    fields += fmt::format("{}f{} := {}", fields.empty() ? "" : ", ", i,
                          Part(*this, field, type.fields()[i].type));
  }
  return fmt::format("CASE WHEN {} IS NOT NULL THEN struct_pack({}) END", text, fields);
}

Result<std::optional<std::string>> Emitter::NestedOrderCall(const plan::Expression& call) {
  using Text = std::optional<std::string>;
  static const std::set<std::string_view> kNames = {
      "<",      "<=",       ">",     ">=",        "max",       "min",        "max_by",
      "min_by", "greatest", "least", "array_max", "array_min", "array_sort", "sort_array"};
  const std::string_view name = call.function->name;
  if (!kNames.contains(name)) return Text();
  const DataType& type = call.children.front()->type;
  const bool by = name == "max_by" || name == "min_by";
  const bool in_list =
      name == "array_max" || name == "array_min" || name == "array_sort" || name == "sort_array";
  const DataType& ordered = by ? call.children[1]->type : in_list ? type.element() : type;
  if (!IsNestedOrder(ordered)) return Text();
  std::vector<std::string> texts;
  for (const plan::ExpressionPtr& child : call.children) texts.push_back(TRY(Expression(*child)));
  if (name == "<" || name == "<=" || name == ">" || name == ">=") {
    return Text(
        fmt::format("({} {} {})", OrderKey(texts[0], ordered), name, OrderKey(texts[1], ordered)));
  }
  if (name == "max" || name == "min") {
    return Text(TRY(AggregateText(*this, call, name == "max" ? "arg_max" : "arg_min",
                                  fmt::format("{}, {}", texts[0], OrderKey(texts[0], ordered)))));
  }
  if (by) {
    return Text(TRY(AggregateText(*this, call, name == "max_by" ? "arg_max_null" : "arg_min_null",
                                  fmt::format("{}, {}", texts[0], OrderKey(texts[1], ordered)))));
  }
  if (name == "array_max" || name == "array_min") {
    return Text(Extreme(*this, texts[0], ordered, name == "array_max" ? "list_max" : "list_min"));
  }
  if (name == "greatest" || name == "least") {
    return Text(Extreme(*this, fmt::format("[{}]", fmt::join(texts, ", ")), ordered,
                        name == "greatest" ? "list_max" : "list_min"));
  }
  if (name == "array_sort") return Text(Sorted(*this, texts[0], ordered, true, false));
  if (name == "sort_array" && (texts.size() == 1 || IsLiteral(*call.children[1]))) {
    const bool ascending = texts.size() == 1 || call.children[1]->value.as<bool>();
    return Text(Sorted(*this, texts[0], ordered, ascending, ascending));
  }
  return Text();
}

}  // namespace lakesmith::engine
