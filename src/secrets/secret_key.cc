#include "secrets/secret_key.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/check.h"

namespace lakesmith::secrets {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL;

void StartLibrary() {
  static const bool kStarted = [] { return sodium_init() >= 0; }();
  CHECK(kStarted);
}

const uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

std::string ToBase64(const std::vector<uint8_t>& bytes) {
  return Base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

std::string ValueOr(const std::map<std::string, std::string>& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? "" : found->second;
}

fs::path DefaultFile(const std::map<std::string, std::string>& environment) {
  const std::string config = ValueOr(environment, "XDG_CONFIG_HOME");
  const fs::path folder =
      config.empty() ? fs::path(ValueOr(environment, "HOME")) / ".config" : fs::path(config);
  return folder / "lakesmith" / "secrets.key";
}

Status CheckMode(const fs::path& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0)
    return NotFound("key file {}: {}", path.string(), std::strerror(errno));
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Invalid("key file {}: other users may use it; run chmod 600 {}", path.string(),
                   path.string());
  }
  return {};
}

Status WriteNewKey(const fs::path& path) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed) return Unavailable("{}: {}", path.parent_path().string(), failed.message());
  std::vector<uint8_t> bytes(SecretKey::kSize);
  randombytes_buf(bytes.data(), bytes.size());
  const std::string text = ToBase64(bytes) + "\n";
  // Beside it first: who comes at the same time finds a whole key or none, and only one wins.
  const std::string part = fmt::format("{}.{}", path.string(), getpid());
  const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return Unavailable("{}: {}", part, std::strerror(errno));
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fsync(file) == 0;
  close(file);
  const bool placed = written && (link(part.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int error = errno;
  unlink(part.c_str());
  if (!placed) return Unavailable("{}: {}", path.string(), std::strerror(error));
  return {};
}

Result<SecretKey> ReadKeyFile(const fs::path& path) {
  TRY(CheckMode(path));
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return SecretKey::Parse(text, path.string());
}

}  // namespace

std::string Base64(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), Bytes(bytes), bytes.size(), kBase64);
  text.pop_back();  // The library's terminating zero.
  return text;
}

Result<SecretKey> SecretKey::Load(const std::map<std::string, std::string>& environment,
                                  bool make) {
  StartLibrary();
  if (const std::string text = ValueOr(environment, "LAKESMITH_SECRETS_KEY"); !text.empty())
    return Parse(text, "LAKESMITH_SECRETS_KEY");
  const std::string named = ValueOr(environment, "LAKESMITH_SECRETS_KEY_FILE");
  if (!named.empty()) return ReadKeyFile(named);
  const fs::path path = DefaultFile(environment);
  if (!fs::exists(path)) {
    if (!make) {
      return NotFound(
          "there is no key for secrets: give it in LAKESMITH_SECRETS_KEY, in a file named by "
          "LAKESMITH_SECRETS_KEY_FILE, or in {}",
          path.string());
    }
    TRY(WriteNewKey(path));
  }
  return ReadKeyFile(path);
}

Result<SecretKey> SecretKey::Parse(std::string_view text, std::string_view origin) {
  StartLibrary();
  const std::string trimmed = Trimmed(text);
  SecretKey key;
  key.origin_ = origin;
  size_t size = 0;
  const bool hexadecimal =
      trimmed.size() == 2 * kSize && sodium_hex2bin(key.bytes_.data(), kSize, trimmed.data(),
                                                    trimmed.size(), nullptr, &size, nullptr) == 0;
  if (hexadecimal && size == kSize) return key;
  const char* end = nullptr;
  const bool base64 = sodium_base642bin(key.bytes_.data(), kSize, trimmed.data(), trimmed.size(),
                                        nullptr, &size, &end, kBase64) == 0;
  if (base64 && size == kSize && end == trimmed.data() + trimmed.size()) return key;
  return Invalid(
      "{}: a key is 32 bytes in base64 or hexadecimal; make one with: head -c 32 "
      "/dev/urandom | base64",
      origin);
}

SecretKey::~SecretKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

std::string SecretKey::Id() const {
  constexpr std::string_view kPurpose = "lakesmith key id";
  std::array<uint8_t, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(), Bytes(kPurpose), kPurpose.size(), bytes_.data(),
                     bytes_.size());
  std::string id;
  for (size_t i = 0; i < 4; ++i) id += fmt::format("{:02x}", hash[i]);
  return id;
}

std::string SecretKey::Seal(std::string_view value, std::string_view context) const {
  std::vector<uint8_t> sealed(kNonceSize + value.size() + kTagSize);
  randombytes_buf(sealed.data(), kNonceSize);
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kNonceSize, &size, Bytes(value),
                                             value.size(), Bytes(context), context.size(), nullptr,
                                             sealed.data(), bytes_.data());
  return ToBase64(sealed);
}

Result<std::string> SecretKey::Open(std::string_view sealed, std::string_view context) const {
  const Error damaged =
      Corrupt("the secret does not open: it was damaged, or sealed by another key");
  std::vector<uint8_t> bytes(sealed.size());
  size_t size = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), sealed.data(), sealed.size(), nullptr, &size,
                        nullptr, kBase64) != 0 ||
      size < kNonceSize + kTagSize) {
    return damaged;
  }
  std::string value(size - kNonceSize - kTagSize, '\0');
  unsigned long long length = 0;
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<uint8_t*>(value.data()), &length, nullptr, bytes.data() + kNonceSize,
      size - kNonceSize, Bytes(context), context.size(), bytes.data(), bytes_.data());
  if (opened != 0) return damaged;
  return value;
}

}  // namespace lakesmith::secrets
