#include <algorithm>

#include "base/ascii.h"
#include "engine/duckdb/emit_internal.h"
#include "functions/number_text.h"

namespace lakesmith::engine {

using types::DataType;
using types::TypeId;

namespace {

using Texts = std::vector<std::string>;

bool IsBinary(const plan::Expression& call, size_t index = 0) {
  return call.children[index]->type.is(TypeId::kBinary);
}

Result<std::string> Length(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return fmt::format("{}({})::INTEGER", IsBinary(call) ? "octet_length" : "length", arguments[0]);
}

Result<std::string> OctetLength(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (IsBinary(call)) return fmt::format("octet_length({})::INTEGER", arguments[0]);
  return fmt::format("strlen({})::INTEGER", arguments[0]);
}

Result<std::string> BitLength(Emitter& emitter, const plan::Expression& call,
                              const Texts& arguments) {
  return fmt::format("({} * 8)", TRY(OctetLength(emitter, call, arguments)));
}

Result<std::string> Concat(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (arguments.empty()) return std::string("''");
  if (call.type.is(TypeId::kArray)) {
    if (arguments.size() == 1) return arguments[0];
    std::string nulls;
    for (const std::string& argument : arguments) {
      nulls += fmt::format("{}({}) IS NULL", nulls.empty() ? "" : " OR ", argument);
    }
    return fmt::format("CASE WHEN {} THEN NULL ELSE list_concat({}) END", nulls,
                       fmt::join(arguments, ", "));
  }
  return fmt::format("({})", fmt::join(arguments, " || "));
}

Result<std::string> ConcatWithSeparator(Emitter& emitter, const plan::Expression& call,
                                        const Texts& arguments) {
  if (arguments.size() == 1)
    return fmt::format("CASE WHEN {} IS NOT NULL THEN '' END", arguments[0]);
  std::string parts;
  for (size_t i = 1; i < arguments.size(); ++i) {
    const bool list = call.children[i]->type.is(TypeId::kArray);
    parts += fmt::format(
        "{}{}", i == 1 ? "" : ", ",
        list ? fmt::format("coalesce({}, [])", arguments[i]) : fmt::format("[{}]", arguments[i]));
  }
  const std::string joined = arguments.size() == 2 ? parts : fmt::format("list_concat({})", parts);
  if (call.children.front()->kind != plan::ExpressionKind::kLiteral) {
    // The engine joins lists by constants only.
    const std::string list = emitter.FreshName("e");
    return fmt::format(
        "CASE WHEN {0} IS NOT NULL THEN list_transform([list_filter(({1})::VARCHAR[], lambda part: "
        "part IS NOT NULL)], lambda {2}: CASE WHEN len({2}) = 0 THEN '' ELSE list_reduce({2}, "
        "lambda whole, part: whole || {0} || part) END)[1] END",
        arguments[0], joined, list);
  }
  return fmt::format(
      "CASE WHEN {0} IS NOT NULL THEN coalesce(array_to_string(list_filter(({1})::VARCHAR[], "
      "lambda part: part IS "
      "NOT NULL), {0}), '') END",
      arguments[0], joined);
}

Result<std::string> Contains(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (IsBinary(call))
    return fmt::format("spark_binary_contains({}, {})", arguments[0], arguments[1]);
  return fmt::format("contains({}, {})", arguments[0], arguments[1]);
}
Result<std::string> StartsWith(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (IsBinary(call))
    return fmt::format("starts_with(hex({}), hex({}))", arguments[0], arguments[1]);
  return fmt::format("starts_with({}, {})", arguments[0], arguments[1]);
}
Result<std::string> EndsWith(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (IsBinary(call)) return fmt::format("ends_with(hex({}), hex({}))", arguments[0], arguments[1]);
  return fmt::format("ends_with({}, {})", arguments[0], arguments[1]);
}

Result<std::string> Elt(Emitter&, const plan::Expression&, const Texts& arguments) {
  std::string text = "CASE";
  for (size_t i = 1; i < arguments.size(); ++i) {
    text += fmt::format(" WHEN {} = {} THEN {}", arguments[0], i, arguments[i]);
  }
  text += fmt::format(
      " WHEN {} IS NULL THEN NULL ELSE {} END", arguments[0],
      RaiseError("INVALID_ARRAY_INDEX", "22003",
                 fmt::format("The index is out of bounds. The array has {} elements. Use the SQL "
                             "function `get()` to tolerate accessing element at invalid index and "
                             "return NULL instead.",
                             arguments.size() - 1)));
  return text;
}

Result<std::string> Chr(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format(
      "CASE WHEN {0} < 0 THEN '' WHEN {0} % 256 = 0 THEN chr(0) ELSE chr(({0} % 256)::INTEGER) END",
      arguments[0]);
}

Result<std::string> Left(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (IsBinary(call)) {
    return fmt::format(
        "CASE WHEN {1} IS NOT NULL THEN unhex(substring(hex({0}), 1, greatest({1}, 0) * 2)) END",
        arguments[0], arguments[1]);
  }
  return fmt::format("CASE WHEN {1} <= 0 THEN left({0}, 0) ELSE left({0}, {1}) END", arguments[0],
                     arguments[1]);
}

Result<std::string> Locate(Emitter&, const plan::Expression&, const Texts& arguments) {
  if (arguments.size() == 2)
    return fmt::format("instr({}, {})::INTEGER", arguments[1], arguments[0]);
  return fmt::format(
      "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN {2} IS NULL OR {2} < 1 THEN 0 WHEN "
      "instr(substring({1}, "
      "{2}), {0}) = 0 THEN 0 ELSE instr(substring({1}, {2}), {0}) + {2} - 1 END::INTEGER",
      arguments[0], arguments[1], arguments[2]);
}

Result<std::string> Pad(const char* function, const plan::Expression& call,
                        const Texts& arguments) {
  const bool binary = IsBinary(call);
  const std::string fill = arguments.size() == 3 ? arguments[2] : (binary ? "unhex('00')" : "' '");
  if (binary) {
    return fmt::format(
        "CASE WHEN octet_length({2}) = 0 THEN unhex(substring(hex({0}), 1, greatest({1}, 0) * 2)) "
        "ELSE "
        "unhex({3}(hex({0}), greatest({1}, 0) * 2, hex({2}))) END",
        arguments[0], arguments[1], fill, function);
  }
  // As long a text as Java makes at most.
  const std::string beyond =
      RaiseError("COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION", "54000",
                 fmt::format("{} makes no text of more than 2147483632 bytes.", function));
  return fmt::format(
      "CASE WHEN {1} > 2147483632 AND {0} IS NOT NULL THEN {4} WHEN {1} IS NULL THEN NULL WHEN "
      "{2} = '' THEN substring({0}, 1, greatest({1}, 0)) ELSE {3}({0}, greatest({1}, 0), {2}) END",
      arguments[0], arguments[1], fill, function, beyond);
}
Result<std::string> LeftPad(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return Pad("lpad", call, arguments);
}
Result<std::string> RightPad(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return Pad("rpad", call, arguments);
}

Result<std::string> TrimBy(const char* function, const Texts& arguments) {
  return fmt::format("{}({}, {})", function, arguments[0],
                     arguments.size() == 2 ? arguments[1] : "' '");
}
Result<std::string> Trim(Emitter&, const plan::Expression&, const Texts& arguments) {
  return TrimBy("trim", arguments);
}
Result<std::string> LeftTrim(Emitter&, const plan::Expression&, const Texts& arguments) {
  return TrimBy("ltrim", arguments);
}
Result<std::string> RightTrim(Emitter&, const plan::Expression&, const Texts& arguments) {
  return TrimBy("rtrim", arguments);
}

Result<std::string> Overlay(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (IsBinary(call)) {
    const std::string count =
        arguments.size() == 4 ? arguments[3] : fmt::format("octet_length({})", arguments[1]);
    return fmt::format(
        "unhex(substring(hex({0}), 1, ({2} - 1) * 2) || hex({1}) || substring(hex({0}), ({2} - 1 + "
        "CASE WHEN {3} < 0 "
        "THEN octet_length({1}) ELSE {3} END) * 2 + 1))",
        arguments[0], arguments[1], arguments[2], count);
  }
  const std::string count = arguments.size() == 4 ? arguments[3] : "-1";
  return fmt::format(
      "(substring({0}, 1, {2} - 1) || {1} || substring({0}, {2} + CASE WHEN {3} < 0 THEN "
      "length({1}) ELSE {3} END))",
      arguments[0], arguments[1], arguments[2], count);
}

bool HasSimplePattern(const plan::Expression& pattern) {
  return IsLiteral(pattern) && pattern.value.as<std::string>().find('\\') == std::string::npos;
}

Result<std::string> LikeBy(const char* native, const char* word, const plan::Expression& call,
                           const Texts& arguments) {
  const bool simple = arguments.size() == 2 && HasSimplePattern(*call.children[1]);
  if (simple) return fmt::format("({} {} {})", arguments[0], word, arguments[1]);
  const std::string escape = arguments.size() == 3 ? arguments[2] : "'\\'";
  return fmt::format("{}({}, {}, {})", native, arguments[0], arguments[1], escape);
}
Result<std::string> Like(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return LikeBy("spark_like", "LIKE", call, arguments);
}
Result<std::string> ILike(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return LikeBy("spark_ilike", "ILIKE", call, arguments);
}

Result<std::string> SplitPart(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format(
      "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN {2} = 0 THEN {3} WHEN {1} = '' THEN "
      "CASE WHEN {2} IN (1, -1) THEN {0} ELSE '' END "
      "ELSE "
      "coalesce(string_split({0}, {1})[{2}], CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL AND {2} "
      "IS NOT NULL THEN "
      "'' END) END",
      arguments[0], arguments[1], arguments[2],
      RaiseError("INVALID_INDEX_OF_ZERO", "22003",
                 "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element "
                 "has index 1)."));
}

std::optional<int64_t> PositiveLiteral(const plan::Expression& expression) {
  const plan::Expression* inner = &expression;
  while (inner->kind == plan::ExpressionKind::kCast) inner = inner->children.front().get();
  if (!IsLiteral(*inner) || !inner->type.IsIntegral()) return std::nullopt;
  const int64_t value = inner->value.as<int64_t>();
  return value > 0 ? std::optional(value) : std::nullopt;
}

// Counts from 1; from the end where the start is negative, and then a part may lie before the text.
Result<std::string> Substring(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (IsBinary(call)) {
    std::string hex = fmt::format("hex({})", arguments[0]);
    const std::string start = fmt::format(
        "CASE WHEN {0} > 0 THEN {0}::BIGINT * 2 - 1 WHEN {0} = 0 THEN 1 ELSE {0}::BIGINT * 2 END",
        arguments[1]);
    if (arguments.size() == 2) return fmt::format("unhex(substring({}, {}))", hex, start);
    return fmt::format(
        "CASE WHEN {2} IS NOT NULL THEN unhex(substring({0}, {1}, greatest({2}, 0)::BIGINT * 2)) "
        "END",
        hex, start, arguments[2]);
  }
  const std::string& text = arguments[0];
  const std::string& start = arguments[1];
  if (PositiveLiteral(*call.children[1])) {
    if (arguments.size() == 2) return fmt::format("substring({}, {})", text, start);
    if (PositiveLiteral(*call.children[2])) {
      return fmt::format("substring({}, {}, {})", text, start, arguments[2]);
    }
    return fmt::format("CASE WHEN {2} IS NOT NULL THEN substring({0}, {1}, greatest({2}, 0)) END",
                       text, start, arguments[2]);
  }
  if (arguments.size() == 2) {
    return fmt::format(
        "CASE WHEN {1} > 0 THEN substring({0}, {1}) WHEN {1} = 0 OR -{1}::BIGINT >= length({0}) "
        "THEN {0} WHEN {1} IS "
        "NOT NULL THEN right({0}, -{1}) END",
        text, start);
  }
  const std::string from = fmt::format("(length({}) + {})", text, start);
  return fmt::format(
      "CASE WHEN {2} IS NULL THEN NULL WHEN {1} > 0 THEN substring({0}, {1}, greatest({2}, 0)) "
      "WHEN "
      "{1} = 0 THEN "
      "substring({0}, 1, greatest({2}, "
      "0)) WHEN {1} IS NOT NULL THEN substring({0}, greatest({3}, 0) + 1, greatest({3} + {2} - "
      "greatest({3}, 0), 0)) "
      "END",
      text, start, arguments[2], from);
}

Result<std::string> ToBinary(Emitter&, const plan::Expression& call, const Texts& arguments) {
  std::string format = "hex";
  if (arguments.size() == 2) {
    if (!IsLiteral(*call.children[1])) return Unsupported("to_binary needs a constant format");
    format = call.children[1]->value.as<std::string>();
    for (char& c : format) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (format == "utf-8" || format == "utf8") return fmt::format("encode({})", arguments[0]);
  if (format == "base64") return fmt::format("spark_unbase64({})", arguments[0]);
  if (format == "hex") {
    return fmt::format(
        "CASE WHEN {0} IS NOT NULL THEN coalesce(spark_unhex({0}), {1}) END", arguments[0],
        RaiseError("CONVERSION_INVALID_INPUT", "22018",
                   "The value cannot be converted to \"BINARY\" because it is malformed."));
  }
  return Invalid(
             "to_binary takes the formats hex, utf-8, "
             "base64, not '{}'",
             format)
      .WithClass("INVALID_PARAMETER_VALUE.BINARY_FORMAT", "22023");
}
Result<std::string> TryToBinary(Emitter& emitter, const plan::Expression& call,
                                const Texts& arguments) {
  const std::string text = TRY(ToBinary(emitter, call, arguments));
  // Texts that are not hexadecimal give NULL already; the engine tries no error() calls.
  if (text.find("spark_unhex") != std::string::npos) {
    return fmt::format("spark_unhex({})", arguments[0]);
  }
  return fmt::format("TRY({})", text);
}

Result<std::string> BinaryToChar(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (!IsLiteral(*call.children[1]))
    return Unsupported("to_char of a binary needs a constant format");
  const std::string format = Lower(call.children[1]->value.as<std::string>());
  if (format == "utf-8") return fmt::format("spark_binary_to_string({})", arguments[0]);
  if (format == "base64") return fmt::format("to_base64({})", arguments[0]);
  if (format == "hex") return fmt::format("hex({})", arguments[0]);
  return Invalid("to_char takes the formats hex, utf-8, base64, not '{}'", format)
      .WithClass("INVALID_PARAMETER_VALUE.BINARY_FORMAT", "22023");
}

std::string TypeList(const plan::Expression& call, size_t first) {
  std::string types;
  for (size_t i = first; i < call.children.size(); ++i) {
    types += (i == first ? "" : ";") + call.children[i]->type.Sql();
  }
  return SqlText(types);
}

// A constant format of `%s` and `%d` alone joins texts, which the engine does faster.
std::optional<std::string> JoinedFormat(const plan::Expression& call, const Texts& arguments) {
  if (!IsLiteral(*call.children[0])) return std::nullopt;
  const auto format = functions::StringFormat::Compile(call.children[0]->value.as<std::string>());
  if (!format) return std::nullopt;
  std::string parts;
  for (const auto& specifier : format->specifiers()) {
    const size_t index = specifier.argument + 1;
    if (!specifier.IsPlain() || index >= arguments.size()) return std::nullopt;
    const DataType& type = call.children[index]->type;
    const bool fits = type.IsIntegral() ? specifier.conversion == 'd' || specifier.conversion == 's'
                                        : type.IsString() && specifier.conversion == 's';
    if (!fits) return std::nullopt;
    parts += fmt::format("{}, coalesce(CAST({} AS VARCHAR), 'null'), ", SqlText(specifier.before),
                         arguments[index]);
  }
  return fmt::format("concat({}{})", parts, SqlText(format->rest()));
}

Result<std::string> FormatString(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (auto joined = JoinedFormat(call, arguments)) return std::move(*joined);
  std::string rest;
  for (size_t i = 1; i < arguments.size(); ++i) rest += ", " + arguments[i];
  return fmt::format("spark_format_string({}, {}{})", arguments[0], TypeList(call, 1), rest);
}

Result<std::string> HashBy(const char* native, const plan::Expression& call,
                           const Texts& arguments) {
  return fmt::format("{}({}, {})", native, TypeList(call, 0), fmt::join(arguments, ", "));
}
Result<std::string> Hash(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return HashBy("spark_hash", call, arguments);
}
Result<std::string> XxHash(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return HashBy("spark_xxhash64", call, arguments);
}

Result<std::string> Aes(const char* native, size_t binaries, const Texts& arguments) {
  const Texts defaults = {"", "", "'GCM'", "'DEFAULT'", "unhex('')", "unhex('')"};
  Texts all = arguments;
  while (all.size() < binaries) all.push_back(defaults[all.size()]);
  return fmt::format("{}({})", native, fmt::join(all, ", "));
}
Result<std::string> AesEncrypt(Emitter&, const plan::Expression&, const Texts& arguments) {
  return Aes("spark_aes_encrypt", 6, arguments);
}
Result<std::string> AesDecrypt(Emitter&, const plan::Expression&, const Texts& arguments) {
  return Aes("spark_aes_decrypt", 5, arguments);
}
Result<std::string> TryAesDecrypt(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("TRY({})", TRY(Aes("spark_aes_decrypt", 5, arguments)));
}

Result<std::string> Mask(Emitter&, const plan::Expression& call, const Texts& arguments) {
  for (size_t i = 1; i < call.children.size(); ++i) {
    const plan::Expression& letter = *call.children[i];
    if (letter.type.is(TypeId::kVoid) ||
        (letter.kind != plan::ExpressionKind::kCast && letter.value.is_null() &&
         letter.kind == plan::ExpressionKind::kLiteral)) {
      continue;
    }
    if (!IsFoldable(letter)) {
      return Invalid("the replacement characters of mask must be constants")
          .WithClass("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09");
    }
    if (!IsLiteral(letter)) continue;
    const std::string& text = letter.value.as<std::string>();
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    if (std::count_if(text.begin(), text.end(), begins) == 1) continue;
    return Invalid("a replacement of mask must be one character, not '{}'", text)
        .WithClass("DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE", "42K09");
  }
  const Texts defaults = {"", "'X'", "'x'", "'n'", "NULL::VARCHAR"};
  Texts all = arguments;
  while (all.size() < 5) all.push_back(defaults[all.size()]);
  return fmt::format(
      "CASE WHEN {0} IS NOT NULL THEN coalesce(array_to_string(list_transform(string_split({0}, "
      "''), lambda letter: CASE "
      "WHEN regexp_matches(letter, '\\p{{Lu}}') THEN coalesce({1}, letter) WHEN "
      "regexp_matches(letter, '\\p{{Ll}}') THEN "
      "coalesce({2}, letter) WHEN regexp_matches(letter, '\\p{{Nd}}') THEN coalesce({3}, letter) "
      "ELSE coalesce({4}, "
      "letter) END), ''), '') END",
      all[0], all[1], all[2], all[3], all[4]);
}

// The `occurrence`th place from `start` on, or backwards from the end where `start` is negative.
Result<std::string> Instr(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("spark_instr({}, {}, {}, {})", arguments[0], arguments[1], arguments[2],
                     arguments.size() > 3 ? arguments[3] : "1");
}

// Text of the engine is valid always: only bytes that become text may not be.
std::string BytesOf(Emitter& emitter, const plan::Expression& call, std::string& problem) {
  const plan::Expression& argument = *call.children.front();
  if (argument.kind != plan::ExpressionKind::kCast ||
      !argument.children.front()->type.is(TypeId::kBinary)) {
    return "";
  }
  Result<std::string> bytes = emitter.Expression(*argument.children.front());
  if (!bytes) problem = bytes.error().message();
  return bytes ? *bytes : "";
}

Result<std::string> ValidUtf8(Emitter& emitter, const plan::Expression& call,
                              const std::string& text, const char* invalid) {
  std::string problem;
  const std::string bytes = BytesOf(emitter, call, problem);
  if (!problem.empty()) return Invalid("{}", problem);
  if (bytes.empty()) return text;
  return fmt::format("CASE WHEN spark_is_valid_utf8({}) THEN {} ELSE {} END", bytes, text, invalid);
}
Result<std::string> IsValidUtf8(Emitter& emitter, const plan::Expression& call,
                                const Texts& arguments) {
  std::string problem;
  const std::string bytes = BytesOf(emitter, call, problem);
  if (!problem.empty()) return Invalid("{}", problem);
  if (bytes.empty()) return fmt::format("({} IS NOT NULL OR NULL)", arguments[0]);
  return fmt::format("spark_is_valid_utf8({})", bytes);
}
Result<std::string> ValidateUtf8(Emitter& emitter, const plan::Expression& call,
                                 const Texts& arguments) {
  static const std::string kRaise =
      RaiseError("INVALID_UTF8_STRING", "22029", "Invalid UTF8 byte sequence found in string.");
  return ValidUtf8(emitter, call, arguments[0], kRaise.c_str());
}
Result<std::string> TryValidateUtf8(Emitter& emitter, const plan::Expression& call,
                                    const Texts& arguments) {
  return ValidUtf8(emitter, call, arguments[0], "NULL");
}

}  // namespace

const CustomTable& TextEmits() {
  static const auto* table = new CustomTable{
      {"length", Length},
      {"octet_length", OctetLength},
      {"bit_length", BitLength},
      {"concat", Concat},
      {"concat_ws", ConcatWithSeparator},
      {"contains", Contains},
      {"instr", Instr},
      {"is_valid_utf8", IsValidUtf8},
      {"validate_utf8", ValidateUtf8},
      {"try_validate_utf8", TryValidateUtf8},
      {"startswith", StartsWith},
      {"endswith", EndsWith},
      {"elt", Elt},
      {"chr", Chr},
      {"left", Left},
      {"locate", Locate},
      {"lpad", LeftPad},
      {"rpad", RightPad},
      {"trim", Trim},
      {"trim_plain", Trim},
      {"ltrim", LeftTrim},
      {"rtrim", RightTrim},
      {"overlay", Overlay},
      {"like", Like},
      {"ilike", ILike},
      {"split_part", SplitPart},
      {"substring", Substring},
      {"to_binary", ToBinary},
      {"try_to_binary", TryToBinary},
      {"binary_to_char", BinaryToChar},
      {"format_string", FormatString},
      {"hash", Hash},
      {"xxhash64", XxHash},
      {"aes_encrypt", AesEncrypt},
      {"aes_decrypt", AesDecrypt},
      {"try_aes_decrypt", TryAesDecrypt},
      {"mask", Mask},
  };
  return *table;
}

}  // namespace lakesmith::engine
