#pragma once

#include <string>

namespace lakesmith::engine {

// A folder of the warehouse for files that live as long as one statement; made when the first file
// is written.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& warehouse);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace lakesmith::engine
