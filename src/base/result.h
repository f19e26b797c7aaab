#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace lakesmith {

// What the caller does next decides the code, not where the error came from.
enum class ErrorCode {
  kInvalid,        // The input is wrong: tell the user.
  kNotFound,       // A named thing does not exist.
  kUnsupported,    // Legal, but this product does not do it.
  kCorrupt,        // Stored bytes are damaged.
  kConflict,       // Another writer won: plan again and retry.
  kCommitUnknown,  // A write was sent and no answer came: read back, never resend.
  kUnavailable,    // Try again later, with backoff.
  kCancelled,      // The caller asked to stop.
  kInternal,       // A defect of this product or of the embedded engine.
};

// Upper-case name as shown in logs and JSON, e.g. "NOT_FOUND".
std::string_view ErrorCodeName(ErrorCode code);

// A place in a text that a user wrote. `line` and `column` count from 1; 0 means unknown.
struct SourceLocation {
  std::string file;
  int line = 0;
  int column = 0;

  // "file:line:column", leaving out what is unknown; "" when all is.
  std::string ToString() const;
  bool operator==(const SourceLocation&) const = default;
};

// An error that a caller can act on and a user can read. Values, never thrown.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  // What was found and what to do, without the place. One sentence or a few lines.
  const std::string& message() const { return message_; }
  // Spark's error condition, e.g. "TABLE_OR_VIEW_NOT_FOUND"; empty when Spark has none.
  const std::string& error_class() const { return error_class_; }
  // Five-character SQLSTATE; empty when unknown.
  const std::string& sql_state() const { return sql_state_; }
  const SourceLocation& location() const { return location_; }

  // "file:line:column: message": what a terminal shows.
  std::string ToString() const;

  // Each returns the error itself, so that they chain on a fresh error.
  Error&& WithClass(std::string error_class, std::string sql_state) &&;
  Error&& At(SourceLocation location) &&;
  // Fills in the file name where the location has none.
  Error&& InFile(std::string_view file) &&;
  // Puts "context: " before the message.
  Error&& Within(std::string_view context) &&;

 private:
  ErrorCode code_;
  std::string message_;
  std::string error_class_;
  std::string sql_state_;
  SourceLocation location_;
};

// The value, or why there is none.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}
};

using Status = Result<void>;

// The value of a Result that has one; nothing for a Status. For TRY.
template <typename T>
T TakeValue(Result<T>&& result) {
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// Makes an error of one code from a fmt format string.
#define LAKESMITH_DEFINE_ERROR(Name)                                                    \
  template <typename... Args>                                                           \
  Error Name(fmt::format_string<Args...> format, Args&&... args) {                      \
    return Error(ErrorCode::k##Name, fmt::format(format, std::forward<Args>(args)...)); \
  }
LAKESMITH_DEFINE_ERROR(Invalid)
LAKESMITH_DEFINE_ERROR(NotFound)
LAKESMITH_DEFINE_ERROR(Unsupported)
LAKESMITH_DEFINE_ERROR(Corrupt)
LAKESMITH_DEFINE_ERROR(Conflict)
LAKESMITH_DEFINE_ERROR(CommitUnknown)
LAKESMITH_DEFINE_ERROR(Unavailable)
LAKESMITH_DEFINE_ERROR(Cancelled)
LAKESMITH_DEFINE_ERROR(Internal)
#undef LAKESMITH_DEFINE_ERROR

}  // namespace lakesmith

// The value of a Result, or return its error from the enclosing function. One per line: as the
// whole initialiser, return operand or statement, so that no half-built temporary is left behind.
#define TRY(...)                                             \
  ({                                                         \
    auto lakesmith_try_result = (__VA_ARGS__);               \
    if (!lakesmith_try_result) [[unlikely]] {                \
      return std::move(lakesmith_try_result).error();        \
    }                                                        \
    ::lakesmith::TakeValue(std::move(lakesmith_try_result)); \
  })
