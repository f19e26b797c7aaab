#include "state/store_internal.h"

namespace lakesmith::state {
namespace {

Result<SecretScope> ReadScope(const Statement& row) {
  SecretScope scope{.name = row.Text(0), .backend = row.Text(1)};
  scope.settings = TRY(row.JsonValue(2));
  scope.created = row.Integer(3);
  return scope;
}

Result<SealedSecret> ReadSecret(const Statement& row) {
  return SealedSecret{.scope = row.Text(0),
                      .key = row.Text(1),
                      .key_id = row.Text(2),
                      .sealed = row.Text(3),
                      .updated = row.Integer(4)};
}

Result<SecretAcl> ReadAcl(const Statement& row) {
  return SecretAcl{.scope = row.Text(0), .principal = row.Text(1), .permission = row.Text(2)};
}

}  // namespace

Status Store::PutSecretScope(const SecretScope& scope) {
  const std::lock_guard lock(mutex_);
  Statement put = TRY(connection_->database.Prepare(
      "INSERT OR IGNORE INTO secret_scopes (name, backend, settings, created) VALUES (?, ?, ?, "
      "?)"));
  put.Bind(scope.name).Bind(scope.backend).BindJson(scope.settings);
  TRY(put.Bind(scope.created).Run());
  if (connection_->database.changes() == 0)
    return Conflict("there is a secret scope '{}' already", scope.name);
  return {};
}

Status Store::DeleteSecretScope(std::string_view name) {
  const std::lock_guard lock(mutex_);
  // Secrets and permissions go with it: ON DELETE CASCADE.
  Statement remove = TRY(connection_->database.Prepare("DELETE FROM secret_scopes WHERE name = ?"));
  TRY(remove.Bind(name).Run());
  if (connection_->database.changes() == 0) return NotFound("there is no secret scope '{}'", name);
  return {};
}

Result<std::vector<SecretScope>> Store::ListSecretScopes() {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(
      "SELECT name, backend, settings, created FROM secret_scopes ORDER BY name"));
  return ReadAll(select, ReadScope);
}

Status Store::PutSecret(const SealedSecret& secret) {
  const std::lock_guard lock(mutex_);
  Statement put = TRY(connection_->database.Prepare(
      "INSERT OR REPLACE INTO secrets (scope, key, key_id, sealed, updated) VALUES (?, ?, ?, ?, "
      "?)"));
  put.Bind(secret.scope).Bind(secret.key).Bind(secret.key_id).Bind(secret.sealed);
  return put.Bind(secret.updated).Run();
}

Status Store::DeleteSecret(std::string_view scope, std::string_view key) {
  const std::lock_guard lock(mutex_);
  Statement remove =
      TRY(connection_->database.Prepare("DELETE FROM secrets WHERE scope = ? AND key = ?"));
  TRY(remove.Bind(scope).Bind(key).Run());
  if (connection_->database.changes() == 0)
    return NotFound("there is no secret '{}' in scope '{}'", key, scope);
  return {};
}

Result<std::vector<SealedSecret>> Store::ListSecrets(std::string_view scope) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(
      "SELECT scope, key, key_id, sealed, updated FROM secrets WHERE scope = ? ORDER BY key"));
  select.Bind(scope);
  return ReadAll(select, ReadSecret);
}

Status Store::PutSecretAcl(const SecretAcl& acl) {
  const std::lock_guard lock(mutex_);
  if (acl.permission.empty()) {
    Statement remove = TRY(
        connection_->database.Prepare("DELETE FROM secret_acls WHERE scope = ? AND principal = ?"));
    return remove.Bind(acl.scope).Bind(acl.principal).Run();
  }
  Statement put = TRY(connection_->database.Prepare(
      "INSERT OR REPLACE INTO secret_acls (scope, principal, permission) VALUES (?, ?, ?)"));
  return put.Bind(acl.scope).Bind(acl.principal).Bind(acl.permission).Run();
}

Result<std::vector<SecretAcl>> Store::ListSecretAcls(std::string_view scope) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(
      "SELECT scope, principal, permission FROM secret_acls WHERE scope = ? ORDER BY principal"));
  select.Bind(scope);
  return ReadAll(select, ReadAcl);
}

}  // namespace lakesmith::state
