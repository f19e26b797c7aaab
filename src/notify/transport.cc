#include "notify/transport.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace lakesmith::notify {
namespace {

// The functions of libcurl that are used. It is not linked: its many dependencies are the system's
// affair, and a project without notifications needs none of it.
class Curl {
 public:
  static Result<const Curl*> Get() {
    static const Curl kCurl;
    if (kCurl.library_ == nullptr) {
      return Unsupported(
          "notifications need libcurl (libcurl.so.4), which is not installed on this machine");
    }
    return &kCurl;
  }

  decltype(&curl_easy_init) init = nullptr;
  decltype(&curl_easy_setopt) set = nullptr;
  decltype(&curl_easy_perform) perform = nullptr;
  decltype(&curl_easy_getinfo) info = nullptr;
  decltype(&curl_easy_cleanup) cleanup = nullptr;
  decltype(&curl_easy_strerror) error_text = nullptr;
  decltype(&curl_slist_append) append = nullptr;
  decltype(&curl_slist_free_all) free_list = nullptr;

 private:
  Curl() : library_(dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) return;
    Load(init, "curl_easy_init");
    Load(set, "curl_easy_setopt");
    Load(perform, "curl_easy_perform");
    Load(info, "curl_easy_getinfo");
    Load(cleanup, "curl_easy_cleanup");
    Load(error_text, "curl_easy_strerror");
    Load(append, "curl_slist_append");
    Load(free_list, "curl_slist_free_all");
  }
  template <typename Function>
  void Load(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library_, name));
  }

  void* library_;
};

// One transfer with its list of headers or addresses.
class Transfer {
 public:
  Transfer(const Curl& curl, const std::string& url, std::chrono::milliseconds timeout)
      : curl_(curl), handle_(curl.init()) {
    Set(CURLOPT_URL, url.c_str());
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_WRITEFUNCTION, &Transfer::Swallow);
    Set(CURLOPT_ERRORBUFFER, &detail_[0]);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    curl_.free_list(list_);
    curl_.cleanup(handle_);
  }

  template <typename Value>
  void Set(CURLoption option, Value value) {
    curl_.set(handle_, option, value);
  }
  void Append(const std::string& text) { list_ = curl_.append(list_, text.c_str()); }
  curl_slist* list() const { return list_; }

  // The status code of the answer.
  Result<long> Perform() {
    const CURLcode code = curl_.perform(handle_);
    long answer = 0;
    curl_.info(handle_, CURLINFO_RESPONSE_CODE, &answer);
    if (code == CURLE_OK) return answer;
    const std::string text = detail_[0] != '\0' ? detail_ : curl_.error_text(code);
    const bool for_good = code == CURLE_LOGIN_DENIED || code == CURLE_URL_MALFORMAT ||
                          code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_USE_SSL_FAILED ||
                          code == CURLE_PEER_FAILED_VERIFICATION || (answer >= 500 && answer < 600);
    // An SMTP answer 5xx is final; HTTP answers do not come here.
    return for_good ? Invalid("{}", text) : Unavailable("{}", text);
  }

 private:
  static size_t Swallow(char* /*data*/, size_t size, size_t count, void* /*unused*/) {
    return size * count;
  }

  const Curl& curl_;
  CURL* const handle_;
  curl_slist* list_ = nullptr;
  char detail_[CURL_ERROR_SIZE] = {};
};

size_t ReadText(char* buffer, size_t size, size_t count, void* source) {
  auto& rest = *static_cast<std::string_view*>(source);
  const size_t taken = std::min(size * count, rest.size());
  std::memcpy(buffer, rest.data(), taken);
  rest.remove_prefix(taken);
  return taken;
}

}  // namespace

Status PostBody(const std::string& url, const std::map<std::string, std::string>& headers,
                const std::string& body, std::chrono::milliseconds timeout) {
  const Curl* curl = TRY(Curl::Get());
  Transfer transfer(*curl, url, timeout);
  transfer.Append("Content-Type: application/json");
  for (const auto& [name, value] : headers) transfer.Append(fmt::format("{}: {}", name, value));
  transfer.Set(CURLOPT_HTTPHEADER, transfer.list());
  transfer.Set(CURLOPT_PROTOCOLS_STR, "http,https");
  transfer.Set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  transfer.Set(CURLOPT_POSTFIELDS, body.c_str());
  const long answer = TRY(transfer.Perform());
  if (answer >= 200 && answer < 300) return {};
  if (answer == 429 || answer >= 500) return Unavailable("the receiver answered {}", answer);
  return Invalid("the receiver answered {}", answer);
}

Status SendMail(const MailServer& server, const std::vector<std::string>& to,
                const std::string& text, std::chrono::milliseconds timeout) {
  const Curl* curl = TRY(Curl::Get());
  Transfer transfer(*curl, server.url, timeout);
  for (const std::string& address : to) transfer.Append("<" + address + ">");
  const std::string from = "<" + server.from + ">";
  std::string_view rest = text;
  transfer.Set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  transfer.Set(CURLOPT_MAIL_FROM, from.c_str());
  transfer.Set(CURLOPT_MAIL_RCPT, transfer.list());
  transfer.Set(CURLOPT_UPLOAD, 1L);
  transfer.Set(CURLOPT_READFUNCTION, &ReadText);
  transfer.Set(CURLOPT_READDATA, &rest);
  transfer.Set(CURLOPT_USE_SSL,
               static_cast<long>(server.tls_required ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (!server.ca_file.empty()) transfer.Set(CURLOPT_CAINFO, server.ca_file.c_str());
  if (!server.user.empty()) {
    transfer.Set(CURLOPT_USERNAME, server.user.c_str());
    transfer.Set(CURLOPT_PASSWORD, server.password.c_str());
  }
  TRY(transfer.Perform());
  return {};
}

std::string Signature(std::string_view text, std::string_view key) {
  crypto_auth_hmacsha256_state state;
  unsigned char hash[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()),
                              key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                                text.size());
  crypto_auth_hmacsha256_final(&state, hash);
  std::string result = "sha256=";
  for (const unsigned char byte : hash) result += fmt::format("{:02x}", byte);
  return result;
}

}  // namespace lakesmith::notify
