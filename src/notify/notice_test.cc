#include "notify/notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/notifier.h"

namespace lakesmith::notify {
namespace {

using testing::HasSubstr;

Notice Failure() {
  return {.event = NoticeEvent::kFailure,
          .bundle = "b",
          .target = "prod",
          .job_key = "nightly",
          .job_name = "Nachtlauf ü",
          .run_id = 7,
          .time_millis = 1'704'067'200'000,
          .result = "FAILED",
          .message = "no rows"};
}

TEST(NoticeTest, HasAFormForEachReceiver) {
  const Notice notice = Failure();
  EXPECT_EQ(NoticeTitle(notice), "[prod] job 'Nachtlauf ü' has failed (run 7)");
  EXPECT_THAT(SlackBody(notice)["text"].get<std::string>(), HasSubstr("no rows"));
  EXPECT_EQ(WebhookBody(notice)["event_type"], "jobs.on_failure");
  EXPECT_EQ(PagerDutyBody(notice, "key")["event_action"], "trigger");
  EXPECT_EQ(PagerDutyBody(notice, "key")["payload"]["severity"], "error");
  Notice success = notice;
  success.event = NoticeEvent::kSuccess;
  EXPECT_EQ(PagerDutyBody(success, "key")["event_action"], "resolve");
  EXPECT_EQ(PagerDutyBody(success, "key")["dedup_key"], PagerDutyBody(notice, "key")["dedup_key"]);
  const std::string mail = MailText(notice, "lake@example.com", {"a@example.com", "b@example.com"});
  EXPECT_THAT(mail, HasSubstr("Date: Mon, 01 Jan 2024 00:00:00 +0000\r\n"));
  EXPECT_THAT(mail, HasSubstr("To: a@example.com, b@example.com\r\n"));
  EXPECT_THAT(mail, HasSubstr("Subject: =?utf-8?Q?=5B"));
  EXPECT_THAT(mail, HasSubstr("\r\n\r\n[prod] job"));
}

TEST(NoticeTest, SignaturesAreThoseOfTheStandard) {
  // RFC 4231, test case 2.
  EXPECT_EQ(Signature("what do ya want for nothing?", "Jefe"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(NotifierTest, TellsOfReceiversThatAreNotThereAndHoldsNobodyUp) {
  std::vector<Json> outcomes;
  const auto started = std::chrono::steady_clock::now();
  {
    Notifier notifier({.mail = {}, .first_pause = std::chrono::milliseconds(1)},
                      [&](const Json& outcome) { outcomes.push_back(outcome); });
    notifier.Send(
        Failure(),
        {.kind = Destination::Kind::kWebhook, .name = "gone", .url = "http://127.0.0.1:1/"});
    notifier.Send(
        Failure(),
        {.kind = Destination::Kind::kEmail, .name = "mail", .addresses = {"a@example.com"}});
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(1));
  }
  ASSERT_EQ(outcomes.size(), 2U);
  const bool webhook_first = outcomes[0]["destination"] == "gone";
  const Json& webhook = outcomes[webhook_first ? 0 : 1];
  const Json& mail = outcomes[webhook_first ? 1 : 0];
  EXPECT_EQ(webhook["tries"], 3);
  EXPECT_EQ(webhook["delivered"], false);
  EXPECT_THAT(mail["error"].get<std::string>(), HasSubstr("no mail server is set"));
}

}  // namespace
}  // namespace lakesmith::notify
