#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace lakesmith {

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr,
               "%s:%d: CHECK failed: %s\nThis is a defect of lakesmith; please report it.\n", file,
               line, condition);
  std::abort();
}

}  // namespace lakesmith
