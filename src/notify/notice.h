#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"

namespace lakesmith::notify {

enum class NoticeEvent { kStart, kSuccess, kFailure, kDurationWarning };
// "start", "success", "failure", "duration_warning".
std::string_view NoticeEventName(NoticeEvent event);

// What there is to tell of a run or of one of its tasks.
struct Notice {
  NoticeEvent event = NoticeEvent::kStart;
  std::string bundle;
  std::string target;
  std::string job_key;
  std::string job_name;
  std::string task_key;  // "" for the run itself.
  int64_t run_id = 0;
  int64_t time_millis = 0;
  std::string result;   // "SUCCESS", "FAILED", ...; "" at a start.
  std::string message;  // Why it failed, or what took too long.
};

// One line: "[prod] job 'nightly' failed (run 7)".
std::string NoticeTitle(const Notice& notice);
// The title and what is known besides, as lines.
std::string NoticeText(const Notice& notice);

// Bodies for the receivers. Sources: Slack "Incoming webhooks", PagerDuty "Events API v2".
Json SlackBody(const Notice& notice);
Json TeamsBody(const Notice& notice);
// A start or a success resolves what a failure of the same job triggered.
Json PagerDutyBody(const Notice& notice, const std::string& routing_key);
Json WebhookBody(const Notice& notice);
// A whole message of RFC 5322 with CRLF line ends.
std::string MailText(const Notice& notice, const std::string& from,
                     const std::vector<std::string>& to);

}  // namespace lakesmith::notify
