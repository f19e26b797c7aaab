#include "secrets/vault.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/nearest.h"
#include "base/redaction.h"

namespace lakesmith::secrets {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxNameSize = 128;
constexpr size_t kMaxValueBytes = size_t{128} * 1024;

bool IsGoodName(std::string_view name) {
  const auto good = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '@';
  };
  return !name.empty() && name.size() <= kMaxNameSize && std::ranges::all_of(name, good);
}

Status CheckName(std::string_view what, std::string_view name) {
  if (IsGoodName(name)) return {};
  return Invalid(
      "'{}' is no name of a {}: letters, digits, '_', '-', '.', '@', at most 128 of them", name,
      what);
}

// What a sealed value is bound to.
std::string ContextOf(std::string_view scope, std::string_view key) {
  return fmt::format("{}/{}", scope, key);
}

// "api-key" as a part of an environment variable's name: "API_KEY".
std::string VariableName(std::string_view name) {
  std::string variable;
  for (const unsigned char c : name)
    variable += std::isalnum(c) != 0 ? static_cast<char>(std::toupper(c)) : '_';
  return variable;
}

std::string PrefixOf(const state::SecretScope& scope) {
  const std::string chosen = scope.settings.value("prefix", "");
  return chosen.empty() ? "LAKESMITH_SECRET_" + VariableName(scope.name) + "_" : chosen;
}

std::string ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string Hint(std::string_view name, const std::vector<std::string>& names) {
  const std::string near = Nearest(std::string(name), names);
  return near.empty() ? "" : fmt::format("; closest: '{}'", near);
}

// Lines KEY=VALUE; blank ones and those that begin with '#' are skipped; quotes around a value go.
std::map<std::string, std::string> ReadLines(const fs::path& path) {
  std::map<std::string, std::string> values;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    const size_t equals = line.find('=');
    if (line.empty() || line[0] == '#' || equals == std::string::npos) continue;
    std::string value = line.substr(equals + 1);
    const bool quoted =
        value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0];
    values[line.substr(0, equals)] = quoted ? value.substr(1, value.size() - 2) : value;
  }
  return values;
}

}  // namespace

Status Vault::CreateScope(state::SecretScope scope) {
  TRY(CheckName("secret scope", scope.name));
  scope.created = state::NowMicros();
  return store_.PutSecretScope(scope);
}

Result<state::SecretScope> Vault::FindScope(std::string_view name) {
  std::vector<std::string> names;
  for (state::SecretScope& scope : TRY(store_.ListSecretScopes())) {
    if (scope.name == name) return std::move(scope);
    names.push_back(scope.name);
  }
  return NotFound("there is no secret scope '{}'{}; make it with: lakesmith secrets create-scope",
                  name, Hint(name, names));
}

Result<const SecretKey*> Vault::Key(bool make) {
  const std::lock_guard lock(mutex_);
  if (!key_) key_ = TRY(SecretKey::Load(environment_, make));
  return &*key_;
}

Status Vault::Put(std::string_view scope, std::string_view key, std::string_view value) {
  const state::SecretScope found = TRY(FindScope(scope));
  TRY(CheckName("secret", key));
  if (found.backend != kEncrypted) {
    return Unsupported("scope '{}' reads its secrets from {}: set them there", scope,
                       found.backend == kFile ? found.settings.value("path", "")
                                              : "environment variables " + PrefixOf(found) + "*");
  }
  if (value.size() > kMaxValueBytes) return Invalid("a secret has at most 128 KiB");
  const SecretKey* sealing = TRY(Key(true));
  Redactor::OfProcess().Add(value);
  return store_.PutSecret({.scope = found.name,
                           .key = std::string(key),
                           .key_id = sealing->Id(),
                           .sealed = sealing->Seal(value, ContextOf(scope, key)),
                           .updated = state::NowMicros()});
}

Result<std::string> Vault::GetSealed(const std::string& scope, std::string_view key) {
  std::vector<std::string> names;
  for (const state::SealedSecret& secret : TRY(store_.ListSecrets(scope))) {
    names.push_back(secret.key);
    if (secret.key != key) continue;
    const SecretKey* opening = TRY(Key(false));
    if (opening->Id() != secret.key_id) {
      return Invalid("secret '{}/{}' was sealed with key {}, but {} holds key {}", scope, key,
                     secret.key_id, opening->origin(), opening->Id());
    }
    return opening->Open(secret.sealed, ContextOf(scope, key));
  }
  return NotFound("there is no secret '{}' in scope '{}'{}", key, scope, Hint(key, names));
}

Result<std::string> Vault::Get(std::string_view scope, std::string_view key) {
  const state::SecretScope found = TRY(FindScope(scope));
  std::string value;
  if (found.backend == kEncrypted) {
    value = TRY(GetSealed(found.name, key));
  } else if (found.backend == kEnvironment) {
    const std::string name = PrefixOf(found) + VariableName(key);
    const auto variable = environment_.find(name);
    if (variable == environment_.end()) {
      return NotFound("secret '{}' of scope '{}': environment variable {} is not set", key, scope,
                      name);
    }
    value = variable->second;
  } else {
    const std::map<std::string, std::string> values = TRY(ReadFileScope(found));
    const auto entry = values.find(std::string(key));
    if (entry == values.end()) {
      std::vector<std::string> names;
      for (const auto& [name, unused] : values) names.push_back(name);
      return NotFound("there is no secret '{}' in {}{}", key, found.settings.value("path", ""),
                      Hint(key, names));
    }
    value = entry->second;
  }
  Redactor::OfProcess().Add(value);
  return value;
}

Result<std::map<std::string, std::string>> Vault::ReadFileScope(
    const state::SecretScope& scope) const {
  const fs::path path = scope.settings.value("path", "");
  std::error_code error;
  if (!fs::exists(path, error))
    return NotFound("secret scope '{}': {} does not exist", scope.name, path.string());
  if (!fs::is_directory(path, error)) return ReadLines(path);
  std::map<std::string, std::string> values;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, error)) {
    const std::string name = entry.path().filename().string();
    // Mounted secrets of containers are links beside hidden folders.
    if (!name.starts_with('.') && entry.is_regular_file(error))
      values[name] = ReadWhole(entry.path());
  }
  return values;
}

std::map<std::string, std::string> Vault::ReadEnvironmentScope(
    const state::SecretScope& scope) const {
  const std::string prefix = PrefixOf(scope);
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : environment_) {
    if (name.starts_with(prefix) && name.size() > prefix.size())
      values[name.substr(prefix.size())] = value;
  }
  return values;
}

Result<std::vector<Vault::Listed>> Vault::List(std::string_view scope) {
  const state::SecretScope found = TRY(FindScope(scope));
  std::vector<Listed> keys;
  if (found.backend == kEncrypted) {
    for (const state::SealedSecret& secret : TRY(store_.ListSecrets(found.name)))
      keys.push_back({secret.key, secret.updated / 1000});
    return keys;
  }
  const std::map<std::string, std::string> values =
      found.backend == kEnvironment ? ReadEnvironmentScope(found) : TRY(ReadFileScope(found));
  for (const auto& [key, value] : values) keys.push_back({key, 0});
  return keys;
}

Status Vault::Delete(std::string_view scope, std::string_view key) {
  const state::SecretScope found = TRY(FindScope(scope));
  if (found.backend != kEncrypted)
    return Unsupported("scope '{}' only reads its secrets: remove them where they are", scope);
  return store_.DeleteSecret(scope, key);
}

Result<std::string> Vault::Expand(std::string_view text) {
  constexpr std::string_view kOpen = "{{secrets/";
  constexpr std::string_view kClose = "}}";
  std::string result;
  while (true) {
    const size_t begin = text.find(kOpen);
    const size_t end = begin == std::string_view::npos ? begin : text.find(kClose, begin);
    if (end == std::string_view::npos) return result + std::string(text);
    const std::string_view path = text.substr(begin + kOpen.size(), end - begin - kOpen.size());
    const size_t slash = path.find('/');
    if (slash == std::string_view::npos)
      return Invalid("'{{{{secrets/{}}}}}': write {{{{secrets/scope/key}}}}", path);
    result += text.substr(0, begin);
    result += TRY(Get(path.substr(0, slash), path.substr(slash + 1)));
    text.remove_prefix(end + kClose.size());
  }
}

void Vault::LearnAll() {
  const Result<std::vector<state::SecretScope>> scopes = store_.ListSecretScopes();
  if (!scopes) return;
  for (const state::SecretScope& scope : *scopes) {
    if (scope.backend == kEnvironment) {
      for (const auto& [key, value] : ReadEnvironmentScope(scope)) Redactor::OfProcess().Add(value);
      continue;
    }
    const Result<std::vector<Listed>> keys = List(scope.name);
    if (!keys) continue;
    for (const Listed& listed : *keys) {
      if (const Result<std::string> value = Get(scope.name, listed.key); !value) break;
    }
  }
}

}  // namespace lakesmith::secrets
