#pragma once

#include <string_view>
#include <utility>

#include "base/result.h"

namespace lakesmith::plan {

// An error of Spark's condition `error_class`; the message is without it.
Error MakeSparkError(std::string_view error_class, std::string_view sql_state, std::string message);

template <typename... Args>
Error SparkError(std::string_view error_class, std::string_view sql_state,
                 fmt::format_string<Args...> format, Args&&... args) {
  return MakeSparkError(error_class, sql_state, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace lakesmith::plan
