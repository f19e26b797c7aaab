#include <cctype>
#include <string>
#include <string_view>
#include <utility>

#include "engine/duckdb/error_mapping_internal.h"
#include "engine/duckdb/error_text.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ErrorData;
using ::duckdb::ExceptionType;

struct Condition {
  ErrorCode code;
  const char* error_class = "";
  const char* sql_state = "";
};

Condition ConditionOf(ExceptionType type) {
  switch (type) {
    case ExceptionType::INTERRUPT:
      return {ErrorCode::kCancelled};
    case ExceptionType::CONVERSION:
      return {ErrorCode::kInvalid, "CAST_INVALID_INPUT", "22018"};
    case ExceptionType::OUT_OF_RANGE:
    case ExceptionType::DECIMAL:
      return {ErrorCode::kInvalid, "ARITHMETIC_OVERFLOW", "22003"};
    case ExceptionType::DIVIDE_BY_ZERO:
      return {ErrorCode::kInvalid, "DIVIDE_BY_ZERO", "22012"};
    case ExceptionType::INVALID_INPUT:
    case ExceptionType::INVALID:
    case ExceptionType::SETTINGS:
    case ExceptionType::INVALID_CONFIGURATION:
      return {ErrorCode::kInvalid};
    case ExceptionType::NOT_IMPLEMENTED:
    case ExceptionType::MISSING_EXTENSION:
      return {ErrorCode::kUnsupported};
    case ExceptionType::OUT_OF_MEMORY:
    case ExceptionType::IO:
    case ExceptionType::HTTP:
    case ExceptionType::NETWORK:
      return {ErrorCode::kUnavailable};
    default:
      return {ErrorCode::kInternal};
  }
}

// Takes "[CLASS:STATE] " or "[CLASS] " off the front of `message`.
bool TakeCondition(std::string& message, std::string& error_class, std::string& sql_state) {
  if (message.size() < 4 || message[0] != '[') return false;
  const size_t end = message.find(']');
  if (end == std::string::npos) return false;
  const std::string inside = message.substr(1, end - 1);
  for (const char c : inside) {
    if (!std::isupper(static_cast<unsigned char>(c)) &&
        !std::isdigit(static_cast<unsigned char>(c)) && c != '_' && c != '.' && c != ':') {
      return false;
    }
  }
  const size_t colon = inside.find(':');
  error_class = inside.substr(0, colon);
  if (colon != std::string::npos) sql_state = inside.substr(colon + 1);
  const size_t text = message.find_first_not_of(' ', end + 1);
  message = text == std::string::npos ? "" : message.substr(text);
  return true;
}

// The engine packs what fails while it makes a file's values those of the table into an error of
// its own, as text. Errors of ours in it say what they are in front.
bool IsUnsupportedInFile(std::string& message) {
  const size_t begin = message.find("[UNSUPPORTED_FEATURE");
  if (!message.starts_with("Error while reading file") || begin == std::string::npos) return false;
  message = message.substr(begin, message.find("\n\n", begin) - begin);
  return true;
}

std::string ExtraInfo(const ErrorData& error, const char* key) {
  const auto& extra = error.ExtraInfo();
  const auto entry = extra.find(key);
  return entry == extra.end() ? "" : entry->second;
}

// Limits of the engine's parser and binder.
bool NestsTooDeep(const std::string& message) {
  return message.find("memory exhausted at or near") != std::string::npos ||
         message.find("Max expression depth limit") != std::string::npos;
}

}  // namespace

Error FromDuckError(const ErrorData& error) {
  if (NestsTooDeep(error.RawMessage())) {
    return Unsupported(
               "The statement is too complex: its expressions or subqueries nest some hundred "
               "levels "
               "deep, more than the engine takes. Divide it into smaller ones.")
        .WithClass("FAILED_TO_PARSE_TOO_COMPLEX", "54001");
  }
  if (error.RawMessage().starts_with("More than one row returned by a subquery")) {
    return Invalid("More than one row returned by a subquery used as an expression.")
        .WithClass("SCALAR_SUBQUERY_TOO_MANY_ROWS", "21000");
  }
  const Condition condition = ConditionOf(error.Type());
  ErrorCode code = condition.code;
  std::string message = error.RawMessage();
  if (IsUnsupportedInFile(message)) code = ErrorCode::kUnsupported;
  std::string error_class = ExtraInfo(error, kSparkErrorClass);
  std::string sql_state = ExtraInfo(error, kSparkSqlState);
  if (const std::string own_code = ExtraInfo(error, kLakesmithCode); !own_code.empty()) {
    code = static_cast<ErrorCode>(std::stoi(own_code));
  } else if (error_class.empty() && !TakeCondition(message, error_class, sql_state)) {
    ErrorText text = InSparkWords(message);
    message = std::move(text.message);
    error_class = text.error_class.empty() ? condition.error_class : text.error_class;
    sql_state = text.error_class.empty() ? condition.sql_state : text.sql_state;
  }
  if (code == ErrorCode::kUnavailable && message.find("No such file") != std::string::npos) {
    code = ErrorCode::kNotFound;
    if (error_class.empty()) {
      error_class = "FAILED_READ_FILE.FILE_NOT_EXIST";
      sql_state = "KD001";
      message += ". FSCK REPAIR TABLE ... DRY RUN lists what is missing of a Delta table";
    }
  }
  if (code == ErrorCode::kInternal) {
    message = "the embedded engine failed: " + message;
  }
  return Error(code, std::move(message)).WithClass(std::move(error_class), std::move(sql_state));
}

void ThrowAsDuckError(const Error& error) {
  const ::duckdb::unordered_map<std::string, std::string> extra = {
      {kLakesmithCode, std::to_string(static_cast<int>(error.code()))},
      {kSparkErrorClass, error.error_class()},
      {kSparkSqlState, error.sql_state()}};
  throw ::duckdb::InvalidInputException(extra, error.ToString());
}

}  // namespace lakesmith::engine
