// Any text goes through the readers of JSON; what two of them say of it must agree.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "functions/json_functions.h"
#include "functions/json_node.h"
#include "functions/json_path.h"
#include "functions/json_text.h"
#include "functions/testing_columns.h"
#include "types/variant_text.h"

namespace lakesmith::functions {
namespace {

void CheckCopies(std::string_view text) {
  const JsonDialect dialect = {.ignores_rest = true};
  JsonCopier copier(JsonCopier::Style::kVariant);
  JsonCursor cursor(text, dialect);
  std::string variant;
  const bool good = copier.Copy(cursor, variant);
  CHECK(good == JsonNode::Parse(text, dialect).has_value());
  if (!good) return;
  JsonCursor again(variant);
  std::string same;
  CHECK(copier.Copy(again, same) && same == variant);
  types::VariantText(variant);
  SchemaOfVariant(variant);
}

void ReadAsRecord(std::string_view text) {
  using types::DataType;
  const DataType type = DataType::Struct(
      {{.name = "a", .type = DataType::Array(DataType::Int())},
       {.name = "b", .type = DataType::Map(DataType::String(), DataType::Double())},
       {.name = "c", .type = DataType::Variant()},
       {.name = "d", .type = DataType::String()}});
  const Options options = {{"allowcomments", "true"},
                           {"allowunquotedfieldnames", "true"},
                           {"allownumericleadingzeros", "true"}};
  ValueOutput column(type);
  CHECK(JsonReader::Create(type, options, {})->Read(text, column, 0).has_value());
  column.Value(0);
}

}  // namespace
}  // namespace lakesmith::functions

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace functions = lakesmith::functions;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  functions::CheckCopies(text);
  functions::ReadAsRecord(text);
  std::string scratch;
  for (const char* path : {"$.a", "$.a[1].b", "$.a[*].b"})
    functions::GetJsonObject(text, *functions::ParseJsonPath(path), scratch);
  return 0;
}
