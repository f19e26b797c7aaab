#include <cstddef>
#include <cstdint>

#include "../tests/fuzz/bundle_targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  lakesmith::bundle::fuzz::FuzzYaml({reinterpret_cast<const char*>(data), size});
  return 0;
}
