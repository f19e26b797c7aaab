// Digests and AES, by OpenSSL.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/error.h"
#include "functions/hash.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::LogicalType;
using ::duckdb::string_t;

constexpr int kGcmIvBytes = 12;
constexpr int kCbcIvBytes = 16;
constexpr int kTagBytes = 16;

// A digest by its name in OpenSSL. Fetched and set up once for each thread: both take longer than
// the digest of a short text.
class Digest {
 public:
  explicit Digest(const char* name)
      : algorithm_(EVP_MD_fetch(nullptr, name, nullptr), EVP_MD_free),
        context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {}

  std::string Hex(std::string_view bytes) const {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestInit_ex(context_.get(), algorithm_.get(), nullptr);
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
    EVP_DigestFinal_ex(context_.get(), digest, &length);
    return functions::HexLower({reinterpret_cast<const char*>(digest), length});
  }

 private:
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

std::optional<std::string> Sha2(std::string_view bytes, int32_t bits) {
  thread_local const Digest sha224("SHA2-224");
  thread_local const Digest sha256("SHA2-256");
  thread_local const Digest sha384("SHA2-384");
  thread_local const Digest sha512("SHA2-512");
  switch (bits) {
    case 224:
      return sha224.Hex(bytes);
    case 0:
    case 256:
      return sha256.Hex(bytes);
    case 384:
      return sha384.Hex(bytes);
    case 512:
      return sha512.Hex(bytes);
    default:
      return std::nullopt;
  }
}

std::string Sha1(std::string_view bytes) {
  thread_local const Digest sha1("SHA1");
  return sha1.Hex(bytes);
}
std::string Md5(std::string_view bytes) {
  thread_local const Digest md5("MD5");
  return md5.Hex(bytes);
}

enum class Mode : uint8_t { kEcb, kCbc, kGcm };

struct Cipher {
  Mode mode;
  const EVP_CIPHER* algorithm;
  int iv_bytes;
};

Error Crypto(std::string_view function, std::string_view what) {
  return functions::InvalidParameterValue("AES_CRYPTO_ERROR", function, "expr, key",
                                          fmt::format("Detail message: {}", what));
}

Result<Cipher> FindCipher(std::string_view function, size_t key_bytes, std::string_view mode_name,
                          std::string_view padding) {
  std::string mode(mode_name);
  std::ranges::transform(mode, mode.begin(), [](unsigned char c) { return std::toupper(c); });
  if (key_bytes != 16 && key_bytes != 24 && key_bytes != 32) {
    return functions::InvalidParameterValue(
        "AES_KEY_LENGTH", function, "key",
        fmt::format("expects a binary value with 16, 24 or 32 bytes, but got {} bytes.",
                    key_bytes));
  }
  const size_t size = key_bytes / 8 - 2;
  const EVP_CIPHER* ecb[] = {EVP_aes_128_ecb(), EVP_aes_192_ecb(), EVP_aes_256_ecb()};
  const EVP_CIPHER* cbc[] = {EVP_aes_128_cbc(), EVP_aes_192_cbc(), EVP_aes_256_cbc()};
  const EVP_CIPHER* gcm[] = {EVP_aes_128_gcm(), EVP_aes_192_gcm(), EVP_aes_256_gcm()};
  const bool pkcs = padding == "PKCS" || padding == "DEFAULT";
  if (mode == "ECB" && pkcs) return Cipher{Mode::kEcb, ecb[size], 0};
  if (mode == "CBC" && pkcs) return Cipher{Mode::kCbc, cbc[size], kCbcIvBytes};
  if (mode == "GCM" && (padding == "NONE" || padding == "DEFAULT"))
    return Cipher{Mode::kGcm, gcm[size], kGcmIvBytes};
  return Unsupported(
             "The feature is not supported: AES-{} with the padding {} by the `{}` function.",
             mode_name, padding, function)
      .WithClass("UNSUPPORTED_FEATURE.AES_MODE", "0A000");
}

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Runs bytes through a context whose key and iv are set; nullopt when the library refuses.
std::optional<std::string> Run(EVP_CIPHER_CTX* context, const Cipher& cipher,
                               std::string_view input, std::string_view aad) {
  int length = 0;
  if (cipher.mode == Mode::kGcm && !aad.empty() &&
      EVP_CipherUpdate(context, nullptr, &length, Bytes(aad), static_cast<int>(aad.size())) != 1) {
    return std::nullopt;
  }
  std::string output(input.size() + EVP_MAX_BLOCK_LENGTH, '\0');
  auto* out = reinterpret_cast<unsigned char*>(output.data());
  if (EVP_CipherUpdate(context, out, &length, Bytes(input), static_cast<int>(input.size())) != 1)
    return std::nullopt;
  int last = 0;
  if (EVP_CipherFinal_ex(context, out + length, &last) != 1) return std::nullopt;
  output.resize(static_cast<size_t>(length) + static_cast<size_t>(last));
  return output;
}

// Layout as Spark's: the iv first, the tag of GCM last.
Result<std::string> AesEncrypt(std::string_view input, std::string_view key, std::string_view mode,
                               std::string_view padding, std::string_view iv,
                               std::string_view aad) {
  const Cipher cipher = TRY(FindCipher("aes_encrypt", key.size(), mode, padding));
  std::string used_iv(iv);
  if (used_iv.empty() && cipher.iv_bytes > 0) {
    used_iv.resize(static_cast<size_t>(cipher.iv_bytes));
    RAND_bytes(reinterpret_cast<unsigned char*>(used_iv.data()), cipher.iv_bytes);
  }
  if (used_iv.size() != static_cast<size_t>(cipher.iv_bytes)) {
    return functions::InvalidParameterValue(
        "AES_IV_LENGTH", "aes_encrypt", "iv",
        fmt::format("supports {}-byte CBC IVs and 12-byte GCM IVs, but got {} bytes for {}.",
                    kCbcIvBytes, iv.size(), mode));
  }
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  EVP_CipherInit_ex(context.get(), cipher.algorithm, nullptr, Bytes(key), Bytes(used_iv), 1);
  const std::optional<std::string> output = Run(context.get(), cipher, input, aad);
  if (!output) return Crypto("aes_encrypt", "the cipher failed");
  std::string tag;
  if (cipher.mode == Mode::kGcm) {
    tag.resize(kTagBytes);
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data());
  }
  return used_iv + *output + tag;
}

Result<std::string> AesDecrypt(std::string_view input, std::string_view key, std::string_view mode,
                               std::string_view padding, std::string_view aad) {
  const Cipher cipher = TRY(FindCipher("aes_decrypt", key.size(), mode, padding));
  const auto iv_bytes = static_cast<size_t>(cipher.iv_bytes);
  const size_t tag_bytes = cipher.mode == Mode::kGcm ? kTagBytes : 0;
  if (input.size() < iv_bytes + tag_bytes) return Crypto("aes_decrypt", "the input is too short");
  const std::string iv(input.substr(0, iv_bytes));
  const std::string_view body = input.substr(iv_bytes, input.size() - iv_bytes - tag_bytes);
  std::string tag(input.substr(input.size() - tag_bytes));
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  EVP_CipherInit_ex(context.get(), cipher.algorithm, nullptr, Bytes(key), Bytes(iv), 0);
  if (tag_bytes > 0)
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data());
  std::optional<std::string> output = Run(context.get(), cipher, body, aad);
  if (!output) return Crypto("aes_decrypt", "the key or the input is wrong");
  return *std::move(output);
}

const NativeFunction kDigestFunctions[] = {
    {"spark_sha2", ScalarFactory([] {
       return MakeScalar("spark_sha2", {LogicalType::BLOB, LogicalType::INTEGER},
                         LogicalType::VARCHAR, RowFunction<Sha2, string_t, int32_t>);
     })},
    {"spark_sha1", ScalarFactory([] {
       return MakeScalar("spark_sha1", {LogicalType::BLOB}, LogicalType::VARCHAR,
                         RowFunction<Sha1, string_t>);
     })},
    {"spark_md5", ScalarFactory([] {
       return MakeScalar("spark_md5", {LogicalType::BLOB}, LogicalType::VARCHAR,
                         RowFunction<Md5, string_t>);
     })},
    {"spark_aes_encrypt", ScalarFactory([] {
       return MakeScalar(
           "spark_aes_encrypt",
           {LogicalType::BLOB, LogicalType::BLOB, LogicalType::VARCHAR, LogicalType::VARCHAR,
            LogicalType::BLOB, LogicalType::BLOB},
           LogicalType::BLOB,
           RowFunction<AesEncrypt, string_t, string_t, string_t, string_t, string_t, string_t>);
     })},
    {"spark_aes_decrypt", ScalarFactory([] {
       return MakeScalar("spark_aes_decrypt",
                         {LogicalType::BLOB, LogicalType::BLOB, LogicalType::VARCHAR,
                          LogicalType::VARCHAR, LogicalType::BLOB},
                         LogicalType::BLOB,
                         RowFunction<AesDecrypt, string_t, string_t, string_t, string_t, string_t>);
     })},
};

}  // namespace

std::span<const NativeFunction> DigestFunctions() { return kDigestFunctions; }

}  // namespace lakesmith::engine
