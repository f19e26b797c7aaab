#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakesmith::notify {

// Where mail is handed in.
struct MailServer {
  std::string url;   // smtp://host:587 (with STARTTLS where offered) or smtps://host:465.
  std::string user;  // "" without a login.
  std::string password;
  std::string from;
  bool tls_required = true;  // False takes a server without TLS.
  std::string ca_file;       // Certificates to trust instead of the system's; "" for those.
};

// Sends over the network, by the system's libcurl, which is loaded when it is first needed. Every
// call ends within its timeout. Thread-safe.
//
// Errors: kUnavailable  no connection, a timeout, an answer 429 or 5xx: worth another try.
//         kInvalid      refused for good: another 4xx, a wrong address or password.
//         kUnsupported  libcurl is not installed.
Status PostBody(const std::string& url, const std::map<std::string, std::string>& headers,
                const std::string& body, std::chrono::milliseconds timeout);
Status SendMail(const MailServer& server, const std::vector<std::string>& to,
                const std::string& text, std::chrono::milliseconds timeout);

// "sha256=" and the HMAC-SHA-256 of the text, in hexadecimal: how webhooks are signed.
std::string Signature(std::string_view text, std::string_view key);

}  // namespace lakesmith::notify
