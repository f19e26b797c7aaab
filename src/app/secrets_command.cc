#include <termios.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "app/command.h"
#include "app/project.h"
#include "app/text_table.h"
#include "bundle/bundle.h"
#include "secrets/vault.h"

namespace lakesmith::app {
namespace {

constexpr char kSecretsExamples[] =
    "  lakesmith secrets create-scope prod-secrets\n"
    "  lakesmith secrets put --scope prod-secrets --key storage-account-key    asks for the value\n"
    "  lakesmith secrets put prod-secrets api-key < api-key.txt\n"
    "  lakesmith secrets list prod-secrets\n"
    "  lakesmith secrets create-scope ci --scope-backend-type ENVIRONMENT      reads "
    "LAKESMITH_SECRET_CI_*\n"
    "  lakesmith secrets create-scope run --scope-backend-type FILE --path /run/secrets";

struct SecretsArguments {
  std::string scope;
  std::string key;
  std::string principal;
  std::string permission;
  std::string backend = "LAKESMITH";
  std::string prefix;
  std::string path;
  std::string string_value;
  std::string binary_file;
  std::string ignored;
  std::string warehouse;
  std::string output = "text";

  bool json() const { return output == "json"; }
};

struct OpenVault {
  std::unique_ptr<state::Store> store;
  std::unique_ptr<secrets::Vault> vault;
};

Result<OpenVault> OpenSecrets(const SecretsArguments& arguments) {
  if (arguments.output != "text" && arguments.output != "json")
    return Invalid("unknown output '{}'; one of text, json", arguments.output);
  const Project project = TRY(FindProject(".", arguments.warehouse));
  OpenVault open;
  open.store = TRY(state::Store::Open(project.StateFile().string()));
  open.vault = std::make_unique<secrets::Vault>(*open.store, bundle::ProcessEnvironment());
  return open;
}

void PrintJson(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

std::string ReadValue(std::istream& stream) {
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// A line typed without an echo.
std::string AskForValue(const SecretsArguments& arguments) {
  termios before{};
  const bool hidden = tcgetattr(STDIN_FILENO, &before) == 0;
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (hidden) tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  fmt::print(stderr, "Value of {}/{}: ", arguments.scope, arguments.key);
  std::string value;
  std::getline(std::cin, value);
  if (hidden) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  fmt::print(stderr, "\n");
  return value;
}

// From the options, a file, the terminal, or standard input, whose last line break is not part.
Result<std::string> ValueOf(const SecretsArguments& arguments) {
  if (!arguments.string_value.empty()) return arguments.string_value;
  if (!arguments.binary_file.empty()) {
    std::ifstream file(arguments.binary_file, std::ios::binary);
    if (!file) return NotFound("{}: cannot be read", arguments.binary_file);
    return ReadValue(file);
  }
  std::string value = isatty(STDIN_FILENO) == 1 ? AskForValue(arguments) : ReadValue(std::cin);
  if (value.ends_with('\n')) value.pop_back();
  if (value.empty()) return Invalid("the value is empty");
  return value;
}

Status CreateScope(const SecretsArguments& arguments) {
  if (arguments.backend == "AZURE_KEYVAULT") {
    return Unsupported(
        "an Azure Key Vault is not reached from here; export its secrets and use a scope of type "
        "ENVIRONMENT or FILE, e.g. lakesmith secrets create-scope {} --scope-backend-type FILE "
        "--path FOLDER",
        arguments.scope);
  }
  const bool own = arguments.backend == "LAKESMITH" || arguments.backend == "DATABRICKS";
  const bool file = arguments.backend == secrets::kFile;
  if (!own && !file && arguments.backend != secrets::kEnvironment) {
    return Invalid("unknown scope type '{}'; one of LAKESMITH, ENVIRONMENT, FILE",
                   arguments.backend);
  }
  if (file && arguments.path.empty()) return Invalid("a scope of type FILE needs --path");
  Json settings = Json::object();
  if (!arguments.prefix.empty()) settings["prefix"] = arguments.prefix;
  if (file) settings["path"] = std::filesystem::absolute(arguments.path).string();
  const OpenVault open = TRY(OpenSecrets(arguments));
  return open.vault->CreateScope(
      {.name = arguments.scope,
       .backend = own ? std::string(secrets::kEncrypted) : arguments.backend,
       .settings = settings});
}

Status DeleteScope(const SecretsArguments& arguments) {
  const OpenVault open = TRY(OpenSecrets(arguments));
  const state::SecretScope scope = TRY(open.vault->FindScope(arguments.scope));
  return open.store->DeleteSecretScope(scope.name);
}

Status ListScopes(const SecretsArguments& arguments) {
  const OpenVault open = TRY(OpenSecrets(arguments));
  const std::vector<state::SecretScope> scopes = TRY(open.store->ListSecretScopes());
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows;
  for (const state::SecretScope& scope : scopes) {
    const std::string source = scope.settings.value("path", scope.settings.value("prefix", ""));
    list.push_back({{"name", scope.name}, {"backend_type", scope.backend}});
    rows.push_back({scope.name, scope.backend, source});
  }
  if (arguments.json()) {
    PrintJson(list);
  } else {
    fmt::print("{}", TextTable({"scope", "type", "source"}, rows, Terminal::Out()));
  }
  return {};
}

Status Put(const SecretsArguments& arguments) {
  const std::string value = TRY(ValueOf(arguments));
  const OpenVault open = TRY(OpenSecrets(arguments));
  TRY(open.vault->Put(arguments.scope, arguments.key, value));
  if (value.size() < 4) {
    fmt::print(stderr, "warning: values below 4 characters are not struck out of outputs\n");
  }
  return {};
}

Status Get(const SecretsArguments& arguments) {
  const OpenVault open = TRY(OpenSecrets(arguments));
  const std::string value = TRY(open.vault->Get(arguments.scope, arguments.key));
  if (!arguments.json()) {
    fmt::print("{}\n", value);
    return {};
  }
  // As the official tool prints it: base64.
  PrintJson({{"key", arguments.key}, {"value", secrets::Base64(value)}});
  return {};
}

Status List(const SecretsArguments& arguments) {
  const OpenVault open = TRY(OpenSecrets(arguments));
  const std::vector<secrets::Vault::Listed> keys = TRY(open.vault->List(arguments.scope));
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows;
  for (const secrets::Vault::Listed& listed : keys) {
    list.push_back({{"key", listed.key}, {"last_updated_timestamp", listed.updated_millis}});
    rows.push_back({listed.key, listed.updated_millis == 0
                                    ? ""
                                    : state::IsoTime(listed.updated_millis * 1000)});
  }
  if (arguments.json()) {
    PrintJson(list);
  } else {
    fmt::print("{}", TextTable({"key", "last updated"}, rows, Terminal::Out()));
  }
  return {};
}

Status Delete(const SecretsArguments& arguments) {
  const OpenVault open = TRY(OpenSecrets(arguments));
  return open.vault->Delete(arguments.scope, arguments.key);
}

Status PutAcl(const SecretsArguments& arguments) {
  const std::string& permission = arguments.permission;
  if (permission != "READ" && permission != "WRITE" && permission != "MANAGE")
    return Invalid("unknown permission '{}'; one of READ, WRITE, MANAGE", permission);
  const OpenVault open = TRY(OpenSecrets(arguments));
  const state::SecretScope scope = TRY(open.vault->FindScope(arguments.scope));
  return open.store->PutSecretAcl(
      {.scope = scope.name, .principal = arguments.principal, .permission = permission});
}

Status DeleteAcl(const SecretsArguments& arguments) {
  const OpenVault open = TRY(OpenSecrets(arguments));
  const state::SecretScope scope = TRY(open.vault->FindScope(arguments.scope));
  return open.store->PutSecretAcl(
      {.scope = scope.name, .principal = arguments.principal, .permission = ""});
}

Status ListAcls(const SecretsArguments& arguments) {
  const OpenVault open = TRY(OpenSecrets(arguments));
  const state::SecretScope scope = TRY(open.vault->FindScope(arguments.scope));
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows;
  for (const state::SecretAcl& acl : TRY(open.store->ListSecretAcls(scope.name))) {
    list.push_back({{"principal", acl.principal}, {"permission", acl.permission}});
    rows.push_back({acl.principal, acl.permission});
  }
  if (arguments.json()) {
    PrintJson(list);
  } else {
    fmt::print("{}", TextTable({"principal", "permission"}, rows, Terminal::Out()));
  }
  return {};
}

using SecretsAction = Status (*)(const SecretsArguments&);

// What a command takes; each may be given by position or as an option.
enum Takes : unsigned { kScope = 1, kKey = 2, kPrincipal = 4, kPermission = 8 };

struct SecretsShape {
  std::vector<std::string> names;
  const char* description;
  unsigned takes = 0;
  std::function<void(CLI::App&, SecretsArguments&)> more = {};
};

// Adds a command under its name and its other spellings, which the help leaves out.
void AddSecretsAction(CLI::App& group, const SecretsShape& shape, SecretsAction action,
                      Context& context) {
  const unsigned takes = shape.takes;
  for (const std::string& name : shape.names) {
    CLI::App* command = group.add_subcommand(name, shape.description);
    if (name != shape.names.front()) command->group("");
    command->footer(kSecretsExamples);
    const auto arguments = std::make_shared<SecretsArguments>();
    if ((takes & kScope) != 0)
      command->add_option("SCOPE,--scope", arguments->scope, "Name of the scope")->required();
    if ((takes & kKey) != 0)
      command->add_option("KEY,--key", arguments->key, "Name of the secret")->required();
    if ((takes & kPrincipal) != 0)
      command->add_option("PRINCIPAL,--principal", arguments->principal, "User or group")
          ->required();
    if ((takes & kPermission) != 0)
      command->add_option("PERMISSION,--permission", arguments->permission, "READ, WRITE, MANAGE")
          ->required();
    command->add_option("-o,--output", arguments->output, "text or json (text)")
        ->type_name("FORMAT");
    command
        ->add_option("--warehouse", arguments->warehouse,
                     "Folder of the tables (that of the project)")
        ->type_name("DIR");
    if (shape.more) shape.more(*command, *arguments);
    command->callback([arguments, action, &context] {
      if (const Status status = action(*arguments); !status) context.Fail(status.error());
    });
  }
}

void AddScopeOptions(CLI::App& command, SecretsArguments& arguments) {
  command
      .add_option("--scope-backend-type", arguments.backend,
                  "LAKESMITH (encrypted here), ENVIRONMENT or FILE (LAKESMITH)")
      ->type_name("TYPE");
  command
      .add_option("--prefix", arguments.prefix,
                  "ENVIRONMENT: how its variables begin (LAKESMITH_SECRET_<SCOPE>_)")
      ->type_name("TEXT");
  command.add_option("--path", arguments.path, "FILE: a file of KEY=VALUE lines, or a folder")
      ->type_name("PATH");
  command
      .add_option("--resource-id", arguments.ignored, "Of an Azure Key Vault: not possible here")
      ->type_name("ID");
  command.add_option("--initial-manage-principal", arguments.ignored, "Accepted, without effect")
      ->type_name("NAME");
}

void AddValueOptions(CLI::App& command, SecretsArguments& arguments) {
  command
      .add_option("--string-value", arguments.string_value,
                  "The value; seen in the shell's "
                  "history")
      ->type_name("TEXT");
  command.add_option("--binary-file", arguments.binary_file, "File that holds the value")
      ->type_name("FILE");
}

}  // namespace

void AddSecretsCommand(CLI::App& program, Context& context) {
  CLI::App* group =
      program.add_subcommand("secrets", "Keep passwords and keys, encrypted, for jobs and SQL");
  group->footer(kSecretsExamples);
  AddSecretsAction(*group, {{"create-scope"}, "Make a scope", kScope, AddScopeOptions}, CreateScope,
                   context);
  AddSecretsAction(*group, {{"delete-scope"}, "Remove a scope with its secrets", kScope},
                   DeleteScope, context);
  AddSecretsAction(*group, {{"list-scopes"}, "List scopes", 0}, ListScopes, context);
  AddSecretsAction(*group,
                   {{"put", "put-secret", "write"}, "Set a secret", kScope | kKey, AddValueOptions},
                   Put, context);
  AddSecretsAction(*group, {{"get", "get-secret"}, "Print a secret", kScope | kKey}, Get, context);
  AddSecretsAction(*group, {{"list", "list-secrets"}, "List the keys of a scope", kScope}, List,
                   context);
  AddSecretsAction(*group, {{"delete", "delete-secret"}, "Remove a secret", kScope | kKey}, Delete,
                   context);
  AddSecretsAction(*group,
                   {{"acls", "list-acls"}, "List who may use a scope; kept, not enforced", kScope},
                   ListAcls, context);
  AddSecretsAction(*group, {{"put-acl"}, "Set a permission", kScope | kPrincipal | kPermission},
                   PutAcl, context);
  AddSecretsAction(*group, {{"delete-acl"}, "Remove a permission", kScope | kPrincipal}, DeleteAcl,
                   context);
}

}  // namespace lakesmith::app
