#include "plan/spark_error.h"

namespace lakesmith::plan {

Error MakeSparkError(std::string_view error_class, std::string_view sql_state,
                     std::string message) {
  return Error(ErrorCode::kInvalid, std::move(message))
      .WithClass(std::string(error_class), std::string(sql_state));
}

}  // namespace lakesmith::plan
