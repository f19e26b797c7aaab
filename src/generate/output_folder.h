#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakesmith::generate {

// The folder that a data set is written to: files appear under their names only when all of them
// are complete. Used by one thread; destroying it removes what was not published.
class OutputFolder {
 public:
  // Makes the folder with a folder for each of `tables`, names or paths below it, and removes what
  // an earlier, interrupted call left unfinished. `known` are the files of earlier batches, which
  // stay. Errors: kInvalid when the folder holds anything else; kUnavailable when it cannot be
  // made.
  static Result<OutputFolder> Prepare(const std::filesystem::path& folder,
                                      const std::vector<std::string>& tables,
                                      const std::vector<std::string>& known);

  ~OutputFolder();
  OutputFolder(OutputFolder&& other) noexcept;
  OutputFolder& operator=(OutputFolder&&) = delete;

  // The place to write a file to, whose final path below the folder is `path`.
  std::filesystem::path Stage(std::string_view path);
  // Gives the staged files their names. Errors: kUnavailable.
  Status Publish();

 private:
  explicit OutputFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path folder_;
  std::vector<std::string> staged_;
};

}  // namespace lakesmith::generate
