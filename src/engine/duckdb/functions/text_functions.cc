// Codes of bytes, URLs and text distance.
#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/error.h"
#include "functions/hash.h"
#include "functions/text.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::Expression;
using ::duckdb::LogicalType;
using ::duckdb::string_t;
using ::duckdb::unique_ptr;
using types::DataType;

const LogicalType& Text() {
  static const LogicalType kType = LogicalType::VARCHAR;
  return kType;
}

const LogicalType& Bytes() {
  static const LogicalType kType = LogicalType::BLOB;
  return kType;
}

int64_t Crc32(std::string_view bytes) { return functions::Crc32(bytes); }

Result<std::optional<std::string>> Conv(std::string_view text, int32_t from, int32_t to) {
  bool overflow = false;
  auto result = functions::ConvertBase(text, from, to, overflow);
  if (overflow) return functions::ArithmeticOverflow("Function conv():", "");
  return result;
}

functions::Base64Lines ToBase64Lines(std::string_view bytes) {
  return functions::Base64Lines(bytes);
}

void FindInSet(::duckdb::DataChunk& chunk, ::duckdb::ExpressionState&, ::duckdb::Vector& result) {
  MadeOf<functions::CommaList> lists;
  ExecuteRows<string_t, string_t>(
      chunk, result,
      [&](std::string_view text, std::string_view list) {
        return lists.Get(list, [](std::string_view parts) { return functions::CommaList(parts); })
            .Find(text);
      },
      std::index_sequence<0, 1>{});
}

Result<std::optional<std::string>> ParseUrlPart(std::string_view url, std::string_view part) {
  return functions::ParseUrl(url, part, std::nullopt);
}

Result<std::optional<std::string>> ParseUrlKey(std::string_view url, std::string_view part,
                                               std::string_view key) {
  return functions::ParseUrl(url, part, key);
}

Result<std::optional<std::string>> TryUrlDecode(std::string_view text) {
  Result<std::string> decoded = functions::UrlDecode(text);
  return decoded ? std::optional(*std::move(decoded)) : std::nullopt;
}

bool BinaryContains(std::string_view bytes, std::string_view part) {
  return bytes.find(part) != std::string_view::npos;
}

ValueSignature BindSentences(ClientContext&, ::duckdb::vector<unique_ptr<Expression>>& arguments) {
  std::vector<DataType> types;
  for (const auto& argument : arguments) types.push_back(TypeOfArgument(*argument));
  return {.arguments = std::move(types),
          .result = DataType::Array(DataType::Array(DataType::String()))};
}

Result<types::Value> Sentences(const ValueCall& call) {
  if (call.values[0].is_null()) return types::Value();
  types::ArrayValue sentences;
  for (std::vector<std::string>& words : functions::Sentences(call.values[0].as<std::string>())) {
    types::ArrayValue sentence;
    for (std::string& word : words) sentence.elements.emplace_back(std::move(word));
    sentences.elements.emplace_back(std::move(sentence));
  }
  return types::Value(std::move(sentences));
}

const NativeFunction kTextFunctions[] = {
    {"spark_initcap_ascii", ScalarFactory([] {
       return MakeTotal("spark_initcap_ascii", {Text()}, Text(),
                        RowFunction<functions::InitcapAscii, string_t>);
     })},
    {"spark_substring_index", ScalarFactory([] {
       return MakeTotal("spark_substring_index", {Text(), Text(), LogicalType::INTEGER}, Text(),
                        RowFunction<functions::SubstringIndex, string_t, string_t, int32_t>);
     })},
    {"spark_find_in_set", ScalarFactory([] {
       return MakeTotal("spark_find_in_set", {Text(), Text()}, LogicalType::INTEGER, FindInSet);
     })},
    {"spark_sentences",
     ScalarFactory([] { return MakeValueFunction("spark_sentences", BindSentences, Sentences); })},
    {"spark_crc32", ScalarFactory([] {
       return MakeTotal("spark_crc32", {Bytes()}, LogicalType::BIGINT,
                        RowFunction<Crc32, string_t>);
     })},
    {"spark_conv", ScalarFactory([] {
       return MakeScalar("spark_conv", {Text(), LogicalType::INTEGER, LogicalType::INTEGER}, Text(),
                         RowFunction<Conv, string_t, int32_t, int32_t>);
     })},
    {"spark_encode", ScalarFactory([] {
       return MakeScalar("spark_encode", {Text(), Text()}, Bytes(),
                         RowFunction<functions::EncodeCharset, string_t, string_t>);
     })},
    {"spark_decode", ScalarFactory([] {
       return MakeScalar("spark_decode", {Bytes(), Text()}, Text(),
                         RowFunction<functions::DecodeCharset, string_t, string_t>);
     })},
    {"spark_unhex", ScalarFactory([] {
       return MakeTotal("spark_unhex", {Text()}, Bytes(), RowFunction<functions::Unhex, string_t>);
     })},
    {"spark_base64", ScalarFactory([] {
       return MakeTotal("spark_base64", {Bytes()}, Text(), RowFunction<ToBase64Lines, string_t>);
     })},
    {"spark_unbase64_mime", ScalarFactory([] {
       return MakeScalar("spark_unbase64_mime", {Text()}, Bytes(),
                         RowFunction<functions::Unbase64Lines, string_t>);
     })},
    {"spark_unbase64", ScalarFactory([] {
       return MakeScalar("spark_unbase64", {Text()}, Bytes(),
                         RowFunction<functions::Unbase64, string_t>);
     })},
    {"spark_soundex", ScalarFactory([] {
       return MakeTotal("spark_soundex", {Text()}, Text(),
                        RowFunction<functions::Soundex, string_t>);
     })},
    {"spark_levenshtein", ScalarFactory([] {
       return MakeTotal("spark_levenshtein", {Text(), Text(), LogicalType::INTEGER},
                        LogicalType::INTEGER,
                        RowFunction<functions::Levenshtein, string_t, string_t, int32_t>);
     })},
    {"spark_binary_contains", ScalarFactory([] {
       return MakeTotal("spark_binary_contains", {Bytes(), Bytes()}, LogicalType::BOOLEAN,
                        RowFunction<BinaryContains, string_t, string_t>);
     })},
    {"spark_instr", ScalarFactory([] {
       return MakeTotal("spark_instr", {Text(), Text(), LogicalType::INTEGER, LogicalType::INTEGER},
                        LogicalType::INTEGER,
                        RowFunction<functions::Instr, string_t, string_t, int32_t, int32_t>);
     })},
    {"spark_is_valid_utf8", ScalarFactory([] {
       return MakeTotal("spark_is_valid_utf8", {Bytes()}, LogicalType::BOOLEAN,
                        RowFunction<functions::IsValidUtf8, string_t>);
     })},
    {"spark_make_valid_utf8", ScalarFactory([] {
       return MakeTotal("spark_make_valid_utf8", {Bytes()}, Text(),
                        RowFunction<functions::MakeValidUtf8, string_t>);
     })},
    {"spark_url_encode", ScalarFactory([] {
       return MakeTotal("spark_url_encode", {Text()}, Text(),
                        RowFunction<functions::UrlEncode, string_t>);
     })},
    {"spark_url_decode", ScalarFactory([] {
       return MakeScalar("spark_url_decode", {Text()}, Text(),
                         RowFunction<functions::UrlDecode, string_t>);
     })},
    {"spark_try_url_decode", ScalarFactory([] {
       return MakeTotal("spark_try_url_decode", {Text()}, Text(),
                        RowFunction<TryUrlDecode, string_t>);
     })},
    {"spark_parse_url", ScalarFactory([] {
       return MakeScalar("spark_parse_url", {Text(), Text()}, Text(),
                         RowFunction<ParseUrlPart, string_t, string_t>);
     })},
    {"spark_parse_url_key", ScalarFactory([] {
       return MakeScalar("spark_parse_url_key", {Text(), Text(), Text()}, Text(),
                         RowFunction<ParseUrlKey, string_t, string_t, string_t>);
     })},
};

}  // namespace

std::span<const NativeFunction> TextFunctions() { return kTextFunctions; }

}  // namespace lakesmith::engine
