#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/json.h"
#include "notify/notice.h"
#include "notify/transport.h"

namespace lakesmith::notify {

// Where notices go.
struct Destination {
  enum class Kind { kEmail, kSlack, kTeams, kPagerDuty, kWebhook };
  Kind kind = Kind::kEmail;
  std::string name;                    // For the record: an address, or the destination's key.
  std::vector<std::string> addresses;  // kEmail.
  std::string url;                     // The others.
  std::string secret;  // kPagerDuty: routing key. kWebhook: signs the body; may be empty.
};

struct NotifierOptions {
  MailServer mail;  // Without a URL no mail is sent, which is an outcome to be told.
  int tries = 3;
  std::chrono::milliseconds timeout{10'000};       // Of each try.
  std::chrono::milliseconds first_pause{1'000};    // Before the second try; doubles.
  std::chrono::milliseconds longest_stay{30'000};  // Of the destructor.
};

// Delivers notices on a thread of its own, each destination up to three times: a receiver that is
// broken, slow or refuses never holds up who tells. `on_outcome` takes {"destination", "event",
// "delivered", "tries", "error"} of each delivery, on that thread.
class Notifier {
 public:
  Notifier(NotifierOptions options, std::function<void(const Json&)> on_outcome);
  // Waits for what is on its way, but not longer than `longest_stay`.
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  void Send(Notice notice, Destination destination);

 private:
  struct Letter {
    Notice notice;
    Destination destination;
    int tries = 0;
    std::chrono::steady_clock::time_point due;
  };

  void Work();
  Status Deliver(const Letter& letter) const;
  void Tell(const Letter& letter, const Status& status) const;

  const NotifierOptions options_;
  const std::function<void(const Json&)> on_outcome_;
  std::mutex mutex_;  // Guards letters_ and closing_.
  std::condition_variable changed_;
  std::deque<Letter> letters_;
  bool closing_ = false;
  std::chrono::steady_clock::time_point deadline_;
  std::thread thread_;
};

}  // namespace lakesmith::notify
