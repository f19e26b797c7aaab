#include "jobs/python_packages.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "bundle/paths.h"

namespace lakesmith::jobs {
namespace {

// A line of `dependencies`: a wheel, a file of requirements, or what pip takes.
Json PackageOf(const bundle::LocatedText& dependency) {
  const std::string& text = dependency.value;
  for (const std::string_view option : {"-r ", "--requirement "}) {
    if (!text.starts_with(option)) continue;
    const size_t start = text.find_first_not_of(' ', option.size());
    const std::string path = start == std::string::npos ? "" : text.substr(start);
    return {{"file", bundle::PathFromRoot({path, dependency.location})}};
  }
  const bool is_path = text.starts_with("./") || text.starts_with("../") || text.starts_with('/');
  const bool is_address = text.find("://") != std::string::npos;
  if (is_path || (text.ends_with(".whl") && !is_address))
    return {{"wheel", bundle::PathFromRoot(dependency)}};
  return {{"requirement", text}};
}

}  // namespace

Json PackagesOf(const bundle::Job& job, const bundle::Task& task) {
  Json packages = Json::array();
  for (const bundle::TaskLibrary& library : task.libraries) {
    if (library.pypi && !library.pypi->repo.empty())
      packages.push_back({{"index", library.pypi->repo}});
    if (library.pypi) packages.push_back({{"requirement", library.pypi->package.value}});
    if (!library.whl.empty()) packages.push_back({{"wheel", library.whl.value}});
    if (!library.requirements.empty()) packages.push_back({{"file", library.requirements.value}});
  }
  const auto environment = std::ranges::find(
      job.environments, task.environment_key.value,
      [](const bundle::JobEnvironment& one) { return one.environment_key.value; });
  if (environment == job.environments.end() || task.environment_key.empty()) return packages;
  for (const bundle::LocatedText& dependency : environment->spec.dependencies) {
    if (!dependency.empty()) packages.push_back(PackageOf(dependency));
  }
  return packages;
}

}  // namespace lakesmith::jobs
