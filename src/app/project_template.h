#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakesmith::app {

// A file of a new project; `@name@` in its text stands for the project's name.
struct TemplateFile {
  std::string_view path;
  std::string_view text;
};

struct ProjectTemplate {
  std::string_view name;
  std::string_view description;
  std::vector<TemplateFile> files;
};

// The templates of `bundle init`, the default first.
const std::vector<ProjectTemplate>& ProjectTemplates();

}  // namespace lakesmith::app
