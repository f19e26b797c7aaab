#include <pwd.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>

#include "bundle/bundle.h"
#include "bundle/deployment.h"
#include "bundle/git.h"

extern char** environ;

namespace lakesmith::bundle {
namespace {

struct ResourceLine {
  std::string key;
  std::string name;
};

struct ResourceGroup {
  std::string kind;  // Under `resources`.
  std::string title;
  std::vector<ResourceLine> lines;
};

// Groups of `bundle summary` with the resources in each, in the order shown.
std::vector<ResourceGroup> ResourceGroups(const Bundle& bundle) {
  std::vector<ResourceGroup> groups;
  const auto add = [&](std::string kind, std::string title, const auto& resources) {
    std::vector<ResourceLine> lines;
    lines.reserve(resources.size());
    for (const auto& [key, resource] : resources) lines.push_back({key, resource.name});
    if (!lines.empty()) groups.push_back({std::move(kind), std::move(title), std::move(lines)});
  };
  add("jobs", "Jobs", bundle.jobs);
  add("pipelines", "Pipelines", bundle.pipelines);
  add("schemas", "Schemas", bundle.schemas);
  add("secret_scopes", "Secret Scopes", bundle.secret_scopes);
  add("volumes", "Volumes", bundle.volumes);
  return groups;
}

std::string Plural(size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::string User::ShortName() const {
  std::string name = user_name.substr(0, user_name.find('@'));
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

Json Bundle::ToJson() const {
  Json json = config.ToJson();
  if (!json.is_object()) return Json::object();
  if (json.contains("variables") && json["variables"].is_object()) {
    for (auto& [name, variable] : json["variables"].items()) {
      if (variable.is_object()) variable.erase("origin");
    }
  }
  return json;
}

std::map<std::string, std::string> ProcessEnvironment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const size_t equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return variables;
}

User ProcessUser(const std::filesystem::path& root) {
  std::string name = ReadGitConfig(root, "user", "email");
  if (name.empty()) {
    const passwd* entry = getpwuid(getuid());
    name = entry != nullptr ? entry->pw_name : "user";
  }
  return {.user_name = std::move(name)};
}

std::string SummaryText(const Bundle& bundle, const DeploymentState& deployed) {
  std::string text = fmt::format("Name: {}\nTarget: {}\nWorkspace:\n", bundle.name, bundle.target);
  if (!bundle.workspace.host.empty()) text += fmt::format("  Host: {}\n", bundle.workspace.host);
  text +=
      fmt::format("  User: {}\n  Path: {}\n", bundle.user.user_name, bundle.workspace.root_path);
  const auto groups = ResourceGroups(bundle);
  if (groups.empty()) return text;
  text += "Resources:\n";
  for (const ResourceGroup& group : groups) {
    text += fmt::format("  {}:\n", group.title);
    for (const ResourceLine& line : group.lines) {
      const bool there = deployed.resources.contains(group.kind + "." + line.key);
      text += fmt::format(
          "    {}:\n      Name: {}\n      URL:  {}\n", line.key, line.name,
          there ? fmt::format("(deployment {}, no page)", deployed.serial) : "(not deployed)");
    }
  }
  return text;
}

Json SummaryJson(const Bundle& bundle, const DeploymentState& deployed) {
  Json json = bundle.ToJson();
  if (!json.contains("resources") || !json["resources"].is_object()) return json;
  Json& all = json["resources"];
  for (auto& [kind, resources] : all.items()) {
    if (!resources.is_object()) continue;
    for (auto& [key, resource] : resources.items()) {
      if (!resource.is_object()) continue;
      const auto before = deployed.resources.find(kind + "." + key);
      if (before == deployed.resources.end()) {
        resource["modified_status"] = "created";
        continue;
      }
      const bool changed = before->second != resource;
      resource["id"] = key;
      if (changed) resource["modified_status"] = "updated";
    }
  }
  for (const auto& [name, resource] : deployed.resources) {
    const std::string kind = name.substr(0, name.find('.'));
    const std::string key = name.substr(kind.size() + 1);
    if (!resource.is_object() || (all.contains(kind) && all[kind].contains(key))) continue;
    all[kind][key] = resource;
    all[kind][key]["id"] = key;
    all[kind][key]["modified_status"] = "deleted";
  }
  return json;
}

std::string ValidationVerdict(const Diagnostics& diagnostics) {
  std::string text;
  const auto add = [&](Severity severity) {
    const size_t count = diagnostics.Count(severity);
    if (count == 0) return;
    text += (text.empty() ? "" : ", ") + Plural(count, SeverityName(severity));
  };
  add(Severity::kError);
  add(Severity::kWarning);
  add(Severity::kRecommendation);
  return text.empty() ? "Validation OK!" : "Found " + text;
}

}  // namespace lakesmith::bundle
