#include "engine/duckdb/error_text.h"

#include <fmt/format.h>

#include <map>
#include <regex>

namespace lakesmith::engine {
namespace {

// The engine's names of types in its messages, and what a literal of them ends with.
struct TypeText {
  std::string name;
  std::string suffix;
};

const std::map<std::string, TypeText>& TypeTexts() {
  static const std::map<std::string, TypeText> kTexts = {
      {"INT8", {"TINYINT", "Y"}}, {"INT16", {"SMALLINT", "S"}}, {"INT32", {"INT", ""}},
      {"INT64", {"BIGINT", "L"}}, {"INT128", {"DECIMAL", ""}},  {"FLOAT", {"FLOAT", ""}},
      {"DOUBLE", {"DOUBLE", "D"}}};
  return kTexts;
}

TypeText TypeTextOf(const std::string& engine_name) {
  const auto found = TypeTexts().find(engine_name);
  return found == TypeTexts().end() ? TypeText{engine_name, ""} : found->second;
}

ErrorText CastOverflow(const std::string& value, const std::string& from, const std::string& to) {
  return {"CAST_OVERFLOW", "22003",
          fmt::format("The value {} of the type \"{}\" cannot be cast to \"{}\" due to an "
                      "overflow. Use `try_cast` to tolerate overflow and return NULL instead.",
                      value, from, to)};
}

ErrorText NumberOverflow(const std::smatch& found) {
  const TypeText from = TypeTextOf(found[1]);
  const TypeText to = TypeTextOf(found[3]);
  if (found[1] == "INT128") {  // What sum() adds up in.
    return {"ARITHMETIC_OVERFLOW", "22003",
            fmt::format("The sum {} does not fit in \"{}\". Use `try_sum` to tolerate overflow and "
                        "return NULL instead.",
                        found[2].str(), to.name)};
  }
  return CastOverflow(found[2].str() + from.suffix, from.name, to.name);
}

ErrorText DecimalOverflow(const std::string& value, const std::string& type) {
  return {"NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "22003",
          fmt::format("The value {} cannot be represented as {}. Use `try_cast` to tolerate it and "
                      "return NULL instead.",
                      value, type)};
}

ErrorText ArithmeticOverflow(const std::smatch& found) {
  static const std::map<std::string, std::string> kTries = {
      {"addition", "try_add"}, {"subtraction", "try_subtract"}, {"multiplication", "try_multiply"}};
  const auto hint = kTries.find(found[1]);
  const std::string use =
      hint == kTries.end()
          ? ""
          : fmt::format(" Use `{}` to tolerate overflow and return NULL instead.", hint->second);
  const bool small = found[2] == "INT8" || found[2] == "INT16";
  return {small ? "BINARY_ARITHMETIC_OVERFLOW" : "ARITHMETIC_OVERFLOW", "22003",
          fmt::format("Overflow in {} of {} ({}).{}", found[1].str(), TypeTextOf(found[2]).name,
                      found[3].str(), use)};
}

// Without the place in the text that was made of the query, which the user never wrote.
std::string WithoutMadeText(const std::string& message) {
  const std::string text = message.substr(0, message.find("\n\nLINE "));
  return text.substr(0, text.find(" when casting from source column"));
}

}  // namespace

ErrorText InSparkWords(const std::string& engine_message) {
  static const std::regex kCast(
      R"re(Type (\w+) with value (\S+) can't be cast because the value is out of range for the destination type (\w+).*)re");
  static const std::regex kDecimal(
      R"re(Casting value "([^"]*)" to type (DECIMAL\(\d+,\d+\)) failed: value is out of range!.*)re");
  static const std::regex kToDecimal(
      R"re(Could not (?:cast value|convert string) "?([-+.\w]+)"? to (DECIMAL\(\d+,\d+\)).*)re");
  static const std::regex kFromDecimal(R"re(Failed to cast decimal value (\S+) to type (\w+).*)re");
  static const std::regex kArithmetic(R"re(Overflow in (\w+) of (\w+) \((.*)\)!.*)re");
  static const std::regex kField(R"re((Date|Time) out of range: (\S+))re");
  const std::string message = WithoutMadeText(engine_message);
  std::smatch found;
  if (std::regex_match(message, found, kCast)) return NumberOverflow(found);
  if (std::regex_match(message, found, kDecimal)) return DecimalOverflow(found[1], found[2]);
  if (std::regex_match(message, found, kToDecimal)) return DecimalOverflow(found[1], found[2]);
  if (std::regex_match(message, found, kFromDecimal))
    return CastOverflow(found[1], "DECIMAL", TypeTextOf(found[2]).name);
  if (std::regex_match(message, found, kArithmetic)) return ArithmeticOverflow(found);
  if (std::regex_match(message, found, kField)) {
    return {"DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION", "22023",
            fmt::format("There is no {} {}. The try_ function of the same name gives NULL instead.",
                        found[1] == "Date" ? "date" : "time of day", found[2].str())};
  }
  return {"", "", message};
}

}  // namespace lakesmith::engine
