#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakesmith::secrets {

// The key that secrets of a project are sealed with. Wiped from memory when it goes.
class SecretKey {
 public:
  static constexpr size_t kSize = 32;

  // From the environment: LAKESMITH_SECRETS_KEY, 32 bytes in base64 or hexadecimal, else the file
  // that LAKESMITH_SECRETS_KEY_FILE names, else ~/.config/lakesmith/secrets.key, which is made with
  // a random key when `make` is set and it is not there.
  //
  // Errors: kNotFound when there is no key; kInvalid for a text that is none, or a file that other
  // users may read.
  static Result<SecretKey> Load(const std::map<std::string, std::string>& environment, bool make);
  // From 32 bytes in base64 or hexadecimal; `origin` names it in errors.
  static Result<SecretKey> Parse(std::string_view text, std::string_view origin);

  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  // Names the key without telling it: eight hexadecimal digits of a hash.
  std::string Id() const;
  // Where it came from, for errors.
  const std::string& origin() const { return origin_; }

  // Base64 of a random nonce and the value, encrypted and bound to `context`: what is sealed for
  // one secret does not open as another. XChaCha20-Poly1305 of libsodium.
  std::string Seal(std::string_view value, std::string_view context) const;
  // Errors: kCorrupt when the text was changed, or sealed by another key or for another context.
  Result<std::string> Open(std::string_view sealed, std::string_view context) const;

 private:
  SecretKey() = default;

  std::array<uint8_t, kSize> bytes_{};
  std::string origin_;
};

// Standard base64 with padding.
std::string Base64(std::string_view bytes);

}  // namespace lakesmith::secrets
