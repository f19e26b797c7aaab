#include <cstddef>
#include <cstdint>

#include "../tests/fuzz/delta_targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  lakesmith::delta::fuzz::FuzzCheckpoint({reinterpret_cast<const char*>(data), size});
  return 0;
}
