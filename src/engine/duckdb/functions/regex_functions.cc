// Regular expressions, LIKE and split.
#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/error.h"
#include "functions/regex.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::DataChunk;
using ::duckdb::ExpressionState;
using ::duckdb::LogicalType;
using ::duckdb::string_t;
using ::duckdb::Vector;
using functions::Regex;

Result<Regex> Compiled(std::string_view pattern, std::string_view function) {
  thread_local functions::RegexCache cache;
  return cache.Get(pattern, function);
}

Result<bool> RLike(std::string_view text, std::string_view pattern) {
  const Regex regex = TRY(Compiled(pattern, "rlike"));
  return regex.Contains(text);
}

Result<std::string> Replace(std::string_view text, std::string_view pattern,
                            std::string_view replacement, int64_t position) {
  const Regex regex = TRY(Compiled(pattern, "regexp_replace"));
  return regex.ReplaceAll(text, replacement, functions::ByteOfCharacter(text, position));
}

// Spark looks at the number of the group only where the pattern is found.
Status CheckGroup(const Regex& regex, int32_t group, std::string_view function) {
  if (group >= 0 && group <= regex.group_count()) return {};
  return functions::InvalidParameterValue(
      "REGEX_GROUP_INDEX", function, "idx",
      fmt::format("Expects group index between 0 and {}, but got {}.", regex.group_count(), group));
}

Result<std::string> Extract(std::string_view text, std::string_view pattern, int32_t group) {
  const Regex regex = TRY(Compiled(pattern, "regexp_extract"));
  const auto match = regex.Find(text);
  if (!match) return std::string();
  TRY(CheckGroup(regex, group, "regexp_extract"));
  return std::string(match->Group(text, static_cast<size_t>(group)));
}

Result<int32_t> Count(std::string_view text, std::string_view pattern) {
  const Regex regex = TRY(Compiled(pattern, "regexp_count"));
  return static_cast<int32_t>(regex.FindAll(text).size());
}

Result<int32_t> Position(std::string_view text, std::string_view pattern) {
  const Regex regex = TRY(Compiled(pattern, "regexp_instr"));
  const auto match = regex.Find(text);
  if (!match) return 0;
  return static_cast<int32_t>(
             functions::CharactersBefore(text, static_cast<size_t>(match->starts[0]))) +
         1;
}

Result<std::optional<std::string>> Substring(std::string_view text, std::string_view pattern) {
  const Regex regex = TRY(Compiled(pattern, "regexp_substr"));
  const auto match = regex.Find(text);
  if (!match) return std::optional<std::string>();
  return std::optional(std::string(match->Group(text, 0)));
}

template <bool kIgnoreCase>
Result<bool> Like(std::string_view text, std::string_view pattern, std::string_view escape) {
  return functions::Like(text, pattern, escape.empty() ? '\\' : escape[0], kIgnoreCase);
}

// Appends texts behind the list of a result vector.
::duckdb::list_entry_t AppendList(Vector& result, const std::vector<std::string>& texts) {
  const ::duckdb::idx_t start = ::duckdb::ListVector::GetListSize(result);
  ::duckdb::ListVector::Reserve(result, start + texts.size());
  Vector& child = ::duckdb::ListVector::GetEntry(result);
  auto* out = ::duckdb::FlatVector::GetData<string_t>(child) + start;
  for (const std::string& text : texts) *out++ = ToVector(child, text);
  ::duckdb::ListVector::SetListSize(result, start + texts.size());
  return {start, texts.size()};
}

// A function of three arguments that gives a list of texts for each row.
template <typename Third, typename Kernel>
void ExecuteLists(DataChunk& chunk, Vector& result, Kernel kernel) {
  ::duckdb::UnifiedVectorFormat formats[3];
  for (size_t i = 0; i < 3; ++i) chunk.data[i].ToUnifiedFormat(chunk.size(), formats[i]);
  const bool constant = chunk.AllConstant();
  result.SetVectorType(::duckdb::VectorType::FLAT_VECTOR);
  auto* out = ::duckdb::FlatVector::GetData<::duckdb::list_entry_t>(result);
  for (::duckdb::idx_t row = 0; row < (constant ? 1 : chunk.size()); ++row) {
    bool valid = true;
    ::duckdb::idx_t at[3];
    for (size_t i = 0; i < 3; ++i) {
      at[i] = formats[i].sel->get_index(row);
      valid = valid && formats[i].validity.RowIsValid(at[i]);
    }
    if (!valid) {
      ::duckdb::FlatVector::SetNull(result, row, true);
      out[row] = {0, 0};
      continue;
    }
    out[row] = AppendList(
        result, ValueOrThrow(kernel(
                    FromVector(::duckdb::UnifiedVectorFormat::GetData<string_t>(formats[0])[at[0]]),
                    FromVector(::duckdb::UnifiedVectorFormat::GetData<string_t>(formats[1])[at[1]]),
                    ::duckdb::UnifiedVectorFormat::GetData<Third>(formats[2])[at[2]])));
  }
  if (constant) result.SetVectorType(::duckdb::VectorType::CONSTANT_VECTOR);
}

void Split(DataChunk& chunk, ExpressionState&, Vector& result) {
  ExecuteLists<int32_t>(chunk, result,
                        [](std::string_view text, std::string_view pattern,
                           int32_t limit) -> Result<std::vector<std::string>> {
                          if (functions::IsLiteralPattern(pattern))
                            return functions::SplitAt(text, pattern, limit);
                          const Regex regex = TRY(Compiled(pattern, "split"));
                          return regex.Split(text, limit);
                        });
}

void ExtractAll(DataChunk& chunk, ExpressionState&, Vector& result) {
  ExecuteLists<int32_t>(chunk, result,
                        [](std::string_view text, std::string_view pattern,
                           int32_t group) -> Result<std::vector<std::string>> {
                          const Regex regex = TRY(Compiled(pattern, "regexp_extract_all"));
                          std::vector<std::string> found;
                          for (const Regex::Match& match : regex.FindAll(text)) {
                            TRY(CheckGroup(regex, group, "regexp_extract_all"));
                            found.emplace_back(match.Group(text, static_cast<size_t>(group)));
                          }
                          return found;
                        });
}

const NativeFunction kRegexFunctions[] = {
    {"spark_rlike", ScalarFactory([] {
       return MakeScalar("spark_rlike", {LogicalType::VARCHAR, LogicalType::VARCHAR},
                         LogicalType::BOOLEAN, RowFunction<RLike, string_t, string_t>);
     })},
    {"spark_regexp_replace", ScalarFactory([] {
       return MakeScalar(
           "spark_regexp_replace",
           {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::BIGINT},
           LogicalType::VARCHAR, RowFunction<Replace, string_t, string_t, string_t, int64_t>);
     })},
    {"spark_regexp_extract", ScalarFactory([] {
       return MakeScalar("spark_regexp_extract",
                         {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::INTEGER},
                         LogicalType::VARCHAR, RowFunction<Extract, string_t, string_t, int32_t>);
     })},
    {"spark_regexp_extract_all", ScalarFactory([] {
       return MakeScalar("spark_regexp_extract_all",
                         {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::INTEGER},
                         LogicalType::LIST(LogicalType::VARCHAR), ExtractAll);
     })},
    {"spark_regexp_count", ScalarFactory([] {
       return MakeScalar("spark_regexp_count", {LogicalType::VARCHAR, LogicalType::VARCHAR},
                         LogicalType::INTEGER, RowFunction<Count, string_t, string_t>);
     })},
    {"spark_regexp_instr", ScalarFactory([] {
       return MakeScalar("spark_regexp_instr", {LogicalType::VARCHAR, LogicalType::VARCHAR},
                         LogicalType::INTEGER, RowFunction<Position, string_t, string_t>);
     })},
    {"spark_regexp_substr", ScalarFactory([] {
       return MakeScalar("spark_regexp_substr", {LogicalType::VARCHAR, LogicalType::VARCHAR},
                         LogicalType::VARCHAR, RowFunction<Substring, string_t, string_t>);
     })},
    {"spark_split", ScalarFactory([] {
       return MakeScalar("spark_split",
                         {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::INTEGER},
                         LogicalType::LIST(LogicalType::VARCHAR), Split);
     })},
    {"spark_like", ScalarFactory([] {
       return MakeScalar(
           "spark_like", {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::VARCHAR},
           LogicalType::BOOLEAN, RowFunction<Like<false>, string_t, string_t, string_t>);
     })},
    {"spark_ilike", ScalarFactory([] {
       return MakeScalar(
           "spark_ilike", {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::VARCHAR},
           LogicalType::BOOLEAN, RowFunction<Like<true>, string_t, string_t, string_t>);
     })},
};

}  // namespace

std::span<const NativeFunction> RegexFunctions() { return kRegexFunctions; }

}  // namespace lakesmith::engine
