#include "notify/notice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ctime>

namespace lakesmith::notify {
namespace {

std::string Subject(const Notice& notice) {
  const std::string job = notice.job_name.empty() ? notice.job_key : notice.job_name;
  return notice.task_key.empty() ? fmt::format("job '{}'", job)
                                 : fmt::format("task '{}' of job '{}'", notice.task_key, job);
}

std::string UtcTime(int64_t millis, const char* format) {
  const auto seconds = static_cast<std::time_t>(millis / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[64];
  std::strftime(text, sizeof text, format, &utc);
  return text;
}

// A header's value on one line; other characters than ASCII as an encoded word of RFC 2047.
std::string HeaderValue(const std::string& text) {
  std::string encoded;
  bool plain = true;
  for (const unsigned char c : text) {
    if (c < 0x20 || c > 0x7E) plain = false;
    encoded += fmt::format("={:02X}", c);
  }
  return plain ? text : "=?utf-8?Q?" + encoded + "?=";
}

}  // namespace

std::string_view NoticeEventName(NoticeEvent event) {
  constexpr std::string_view kNames[] = {"start", "success", "failure", "duration_warning"};
  return kNames[static_cast<size_t>(event)];
}

std::string NoticeTitle(const Notice& notice) {
  constexpr std::string_view kVerbs[] = {"has started", "has succeeded", "has failed",
                                         "takes longer than expected"};
  return fmt::format("[{}] {} {} (run {})", notice.target, Subject(notice),
                     kVerbs[static_cast<size_t>(notice.event)], notice.run_id);
}

std::string NoticeText(const Notice& notice) {
  std::string text = fmt::format("{}\n\nBundle: {}\nTarget: {}\nJob: {}\nRun: {}\nTime: {} UTC\n",
                                 NoticeTitle(notice), notice.bundle, notice.target, notice.job_key,
                                 notice.run_id, UtcTime(notice.time_millis, "%Y-%m-%d %H:%M:%S"));
  if (!notice.task_key.empty()) text += fmt::format("Task: {}\n", notice.task_key);
  if (!notice.result.empty()) text += fmt::format("Result: {}\n", notice.result);
  if (!notice.message.empty()) text += fmt::format("\n{}\n", notice.message);
  return text;
}

Json SlackBody(const Notice& notice) { return {{"text", NoticeText(notice)}}; }

Json TeamsBody(const Notice& notice) {
  return {{"@type", "MessageCard"},
          {"@context", "https://schema.org/extensions"},
          {"summary", NoticeTitle(notice)},
          {"title", NoticeTitle(notice)},
          {"text", NoticeText(notice)}};
}

Json PagerDutyBody(const Notice& notice, const std::string& routing_key) {
  const bool trouble =
      notice.event == NoticeEvent::kFailure || notice.event == NoticeEvent::kDurationWarning;
  Json body = {{"routing_key", routing_key},
               {"event_action", trouble ? "trigger" : "resolve"},
               {"dedup_key", fmt::format("lakesmith/{}/{}/{}/{}", notice.bundle, notice.target,
                                         notice.job_key, notice.task_key)}};
  if (trouble) {
    body["payload"] = {{"summary", NoticeTitle(notice)},
                       {"source", notice.bundle + "/" + notice.target},
                       {"severity", notice.event == NoticeEvent::kFailure ? "error" : "warning"},
                       {"custom_details", WebhookBody(notice)}};
  }
  return body;
}

Json WebhookBody(const Notice& notice) {
  Json body = {{"event_type", fmt::format("jobs.on_{}", NoticeEventName(notice.event))},
               {"bundle", notice.bundle},
               {"target", notice.target},
               {"job", {{"job_id", notice.job_key}, {"name", notice.job_name}}},
               {"run", {{"run_id", notice.run_id}}},
               {"time", notice.time_millis}};
  if (!notice.task_key.empty()) body["task"] = {{"task_key", notice.task_key}};
  if (!notice.result.empty()) body["result_state"] = notice.result;
  if (!notice.message.empty()) body["message"] = notice.message;
  return body;
}

std::string MailText(const Notice& notice, const std::string& from,
                     const std::vector<std::string>& to) {
  std::string text = fmt::format(
      "Date: {}\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}.{}.{}@lakesmith>\r\n"
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: 8bit\r\n\r\n",
      UtcTime(notice.time_millis, "%a, %d %b %Y %H:%M:%S +0000"), from, fmt::join(to, ", "),
      HeaderValue(NoticeTitle(notice)), notice.run_id, notice.time_millis,
      NoticeEventName(notice.event));
  for (const char c : NoticeText(notice))
    text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return text;
}

}  // namespace lakesmith::notify
