#include "notify/notifier.h"

#include <algorithm>
#include <utility>

namespace lakesmith::notify {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kPagerDutyUrl = "https://events.pagerduty.com/v2/enqueue";

}  // namespace

Notifier::Notifier(NotifierOptions options, std::function<void(const Json&)> on_outcome)
    : options_(std::move(options)),
      on_outcome_(std::move(on_outcome)),
      thread_([this] { Work(); }) {}

Notifier::~Notifier() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    deadline_ = Clock::now() + options_.longest_stay;
    changed_.notify_all();
  }
  thread_.join();
}

void Notifier::Send(Notice notice, Destination destination) {
  const std::lock_guard lock(mutex_);
  letters_.push_back(
      {.notice = std::move(notice), .destination = std::move(destination), .due = Clock::now()});
  changed_.notify_all();
}

void Notifier::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (letters_.empty()) {
      if (closing_) return;
      changed_.wait(lock);
      continue;
    }
    const auto first = std::ranges::min_element(letters_, {}, &Letter::due);
    const bool late = closing_ && Clock::now() > deadline_;
    if (!late && first->due > Clock::now()) {
      changed_.wait_until(lock, first->due);
      continue;
    }
    Letter letter = std::move(*first);
    letters_.erase(first);
    lock.unlock();
    ++letter.tries;
    const Status status =
        late ? Status(Unavailable("there was no time left to deliver it")) : Deliver(letter);
    const bool again = !status && !late && status.error().code() == ErrorCode::kUnavailable &&
                       letter.tries < options_.tries;
    if (!again) Tell(letter, status);
    lock.lock();
    if (again) {
      letter.due = Clock::now() + options_.first_pause * (1 << (letter.tries - 1));
      letters_.push_back(std::move(letter));
    }
  }
}

Status Notifier::Deliver(const Letter& letter) const {
  const Destination& destination = letter.destination;
  const Notice& notice = letter.notice;
  const auto post = [&](const std::string& url, const Json& body,
                        const std::map<std::string, std::string>& headers = {}) {
    return PostBody(url, headers, JsonText(body), options_.timeout);
  };
  switch (destination.kind) {
    case Destination::Kind::kEmail:
      if (options_.mail.url.empty()) {
        return Invalid("no mail server is set; see 'notifications' in lakesmith.yml");
      }
      return SendMail(options_.mail, destination.addresses,
                      MailText(notice, options_.mail.from, destination.addresses),
                      options_.timeout);
    case Destination::Kind::kSlack:
      return post(destination.url, SlackBody(notice));
    case Destination::Kind::kTeams:
      return post(destination.url, TeamsBody(notice));
    case Destination::Kind::kPagerDuty:
      return post(destination.url.empty() ? kPagerDutyUrl : destination.url,
                  PagerDutyBody(notice, destination.secret));
    case Destination::Kind::kWebhook:
      break;
  }
  const Json body = WebhookBody(notice);
  if (destination.secret.empty()) return post(destination.url, body);
  return post(destination.url, body,
              {{"X-Lakesmith-Signature", Signature(JsonText(body), destination.secret)}});
}

void Notifier::Tell(const Letter& letter, const Status& status) const {
  if (!on_outcome_) return;
  Json outcome = {{"destination", letter.destination.name},
                  {"event", NoticeEventName(letter.notice.event)},
                  {"delivered", status.has_value()},
                  {"tries", letter.tries}};
  if (!letter.notice.task_key.empty()) outcome["task_key"] = letter.notice.task_key;
  if (!status) outcome["error"] = status.error().message();
  on_outcome_(outcome);
}

}  // namespace lakesmith::notify
