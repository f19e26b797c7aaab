#include "base/result.h"

#include "base/check.h"

namespace lakesmith {

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return "INVALID";
    case ErrorCode::kNotFound:
      return "NOT_FOUND";
    case ErrorCode::kUnsupported:
      return "UNSUPPORTED";
    case ErrorCode::kCorrupt:
      return "CORRUPT";
    case ErrorCode::kConflict:
      return "CONFLICT";
    case ErrorCode::kCommitUnknown:
      return "COMMIT_UNKNOWN";
    case ErrorCode::kUnavailable:
      return "UNAVAILABLE";
    case ErrorCode::kCancelled:
      return "CANCELLED";
    case ErrorCode::kInternal:
      return "INTERNAL";
  }
  CHECK(!"a valid error code");
}

std::string SourceLocation::ToString() const {
  std::string text = file;
  if (line > 0) {
    text += fmt::format("{}{}", text.empty() ? "" : ":", line);
    if (column > 0) text += fmt::format(":{}", column);
  }
  return text;
}

std::string Error::ToString() const {
  const std::string place = location_.ToString();
  return place.empty() ? message_ : fmt::format("{}: {}", place, message_);
}

Error&& Error::WithClass(std::string error_class, std::string sql_state) && {
  error_class_ = std::move(error_class);
  sql_state_ = std::move(sql_state);
  return std::move(*this);
}

Error&& Error::At(SourceLocation location) && {
  location_ = std::move(location);
  return std::move(*this);
}

Error&& Error::InFile(std::string_view file) && {
  if (location_.file.empty()) location_.file = file;
  return std::move(*this);
}

Error&& Error::Within(std::string_view context) && {
  message_ = fmt::format("{}: {}", context, message_);
  return std::move(*this);
}

}  // namespace lakesmith
