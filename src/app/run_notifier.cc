#include "app/run_notifier.h"

#include <fstream>
#include <iterator>

#include "base/nearest.h"
#include "base/yaml.h"
#include "state/state.h"

namespace lakesmith::app {
namespace {

using notify::Destination;
using notify::NoticeEvent;

// The lists of an event.
const std::vector<std::string>& MailsOf(const bundle::EmailNotifications& mails,
                                        NoticeEvent event) {
  switch (event) {
    case NoticeEvent::kStart:
      return mails.on_start;
    case NoticeEvent::kSuccess:
      return mails.on_success;
    case NoticeEvent::kFailure:
      return mails.on_failure;
    case NoticeEvent::kDurationWarning:
      break;
  }
  return mails.on_duration_warning_threshold_exceeded;
}

const std::vector<bundle::WebhookReference>& WebhooksOf(
    const bundle::WebhookNotifications& webhooks, NoticeEvent event) {
  switch (event) {
    case NoticeEvent::kStart:
      return webhooks.on_start;
    case NoticeEvent::kSuccess:
      return webhooks.on_success;
    case NoticeEvent::kFailure:
      return webhooks.on_failure;
    case NoticeEvent::kDurationWarning:
      break;
  }
  return webhooks.on_duration_warning_threshold_exceeded;
}

std::string ReadOwnFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string TextAt(const Yaml& map, const char* path) {
  const Yaml* value = map.FindPath(path);
  return value != nullptr && value->is_scalar() ? value->text() : "";
}

// From the environment (LAKESMITH_SMTP_URL, _USER, _PASSWORD, _FROM, _TLS, _CA_FILE), else from
// `notifications` of lakesmith.yml.
notify::MailServer MailServerOf(const std::filesystem::path& root, secrets::Vault& vault) {
  const std::map<std::string, std::string> environment = bundle::ProcessEnvironment();
  const Result<Yaml> parsed = ParseYaml(ReadOwnFile(root / "lakesmith.yml"), "lakesmith.yml");
  const Yaml own = parsed ? *parsed : Yaml::Map();
  const auto setting = [&](const std::string& variable, const char* path) {
    const auto found = environment.find("LAKESMITH_SMTP_" + variable);
    const std::string text = found != environment.end() ? found->second : TextAt(own, path);
    return vault.Expand(text).value_or("");
  };
  notify::MailServer server{.url = setting("URL", "notifications.smtp_url"),
                            .user = setting("USER", "notifications.smtp_user"),
                            .password = setting("PASSWORD", "notifications.smtp_password"),
                            .from = setting("FROM", "notifications.from")};
  server.ca_file = setting("CA_FILE", "notifications.ca_file");
  server.tls_required = setting("TLS", "notifications.tls") != "optional";
  if (server.from.empty()) server.from = "lakesmith@localhost";
  return server;
}

// The kinds of destinations, with the key of their address and of their secret.
struct DestinationKind {
  const char* name;
  Destination::Kind kind;
  const char* url;
  const char* secret;
};
constexpr DestinationKind kDestinationKinds[] = {
    {"slack", Destination::Kind::kSlack, "url", ""},
    {"microsoft_teams", Destination::Kind::kTeams, "url", ""},
    {"teams", Destination::Kind::kTeams, "url", ""},
    {"pagerduty", Destination::Kind::kPagerDuty, "url", "integration_key"},
    {"generic_webhook", Destination::Kind::kWebhook, "url", "secret"},
    {"webhook", Destination::Kind::kWebhook, "url", "secret"},
    {"email", Destination::Kind::kEmail, "", ""}};

}  // namespace

RunNotifier::RunNotifier(const bundle::Bundle& bundle, const bundle::Job& job, OpenProject& opened,
                         int64_t run_id)
    : bundle_(bundle),
      job_(job),
      opened_(opened),
      run_id_(run_id),
      vault_(*opened.store, bundle::ProcessEnvironment()) {}

RunNotifier::~RunNotifier() = default;

void RunNotifier::OnEvent(const jobs::RunEvent& event) {
  switch (event.kind) {
    case jobs::RunEvent::Kind::kRun:
      if (event.run->outcome || event.run->life_cycle != jobs::LifeCycle::kRunning || start_told_)
        return;
      start_told_ = true;
      return Tell(NoticeEvent::kStart, job_.email_notifications, job_.webhook_notifications,
                  nullptr, "", "");
    case jobs::RunEvent::Kind::kTask:
      return OnTask(*event.task);
    case jobs::RunEvent::Kind::kWarning: {
      const bundle::Task* task =
          event.task == nullptr ? nullptr : job_.FindTask(event.task->task_key);
      if (event.task == nullptr) {
        Tell(NoticeEvent::kDurationWarning, job_.email_notifications, job_.webhook_notifications,
             nullptr, "", event.text);
      } else if (task != nullptr) {
        Tell(NoticeEvent::kDurationWarning, task->email_notifications, task->webhook_notifications,
             event.task, "", event.text);
      }
      return;
    }
    case jobs::RunEvent::Kind::kLog:
      return;
  }
}

// A start and a failure of every attempt, or with alert_on_last_attempt the first start and the
// last failure.
void RunNotifier::OnTask(const jobs::TaskRecord& task) {
  const bundle::Task* settings = job_.FindTask(task.task_key);
  if (settings == nullptr || task.iteration || task.kind == bundle::TaskKind::kCondition) return;
  const bool last_only = settings->notification_settings.alert_on_last_attempt;
  const auto tell = [&](NoticeEvent event, const std::string& result, const std::string& message) {
    Tell(event, settings->email_notifications, settings->webhook_notifications, &task, result,
         message);
  };
  Told& told = told_[task.task_key];
  // An attempt that has failed is told when the next one is there, or the task has ended.
  for (; told.attempts < task.attempts.size(); ++told.attempts) {
    if (told.attempts > 0 && !last_only) {
      const jobs::AttemptRecord& failed = task.attempts[told.attempts - 1];
      tell(NoticeEvent::kFailure,
           failed.outcome ? std::string(jobs::OutcomeName(*failed.outcome)) : "", failed.error);
    }
    if (told.attempts == 0 || !last_only) tell(NoticeEvent::kStart, "", "");
  }
  if (!task.outcome || told.ended || task.attempts.empty()) return;
  told.ended = true;
  const std::string result(jobs::OutcomeName(*task.outcome));
  const bool muted = *task.outcome == jobs::Outcome::kCanceled &&
                     settings->notification_settings.no_alert_for_canceled_runs;
  if (jobs::IsGood(*task.outcome)) {
    tell(NoticeEvent::kSuccess, result, "");
  } else if (!muted) {
    tell(NoticeEvent::kFailure, result, task.message);
  }
}

void RunNotifier::OnEnd(const jobs::RunRecord& run) {
  if (!run.outcome) return;
  const std::string result(jobs::OutcomeName(*run.outcome));
  std::string message = run.message;
  for (const jobs::TaskRecord& task : run.tasks) {
    if (task.outcome && !jobs::IsGood(*task.outcome) && !task.attempts.empty())
      message += fmt::format("{}{}: {}", message.empty() ? "" : "\n", task.task_key, task.message);
  }
  const bool muted = *run.outcome == jobs::Outcome::kCanceled &&
                     job_.notification_settings.no_alert_for_canceled_runs;
  if (muted) return;
  Tell(jobs::IsGood(*run.outcome) ? NoticeEvent::kSuccess : NoticeEvent::kFailure,
       job_.email_notifications, job_.webhook_notifications, nullptr, result, message);
}

void RunNotifier::Tell(NoticeEvent event, const bundle::EmailNotifications& mails,
                       const bundle::WebhookNotifications& webhooks, const jobs::TaskRecord* task,
                       const std::string& result, const std::string& message) {
  std::vector<Destination> destinations;
  for (const std::string& address : MailsOf(mails, event)) {
    destinations.push_back(
        {.kind = Destination::Kind::kEmail, .name = address, .addresses = {address}});
  }
  for (const bundle::WebhookReference& reference : WebhooksOf(webhooks, event)) {
    Result<Destination> found = Find(reference.id);
    if (found) {
      destinations.push_back(*std::move(found));
      continue;
    }
    const Status kept =
        opened_.queue->AddDelivery(run_id_, {{"destination", reference.id},
                                             {"event", notify::NoticeEventName(event)},
                                             {"delivered", false},
                                             {"tries", 0},
                                             {"error", found.error().ToString()}});
    static_cast<void>(kept);  // A notice that cannot be kept is no reason to stop a run.
  }
  if (destinations.empty()) return;
  if (!notifier_) {
    notifier_ = std::make_unique<notify::Notifier>(
        notify::NotifierOptions{.mail = MailServerOf(opened_.project.root, vault_)},
        [this](const Json& outcome) {
          const Status kept = opened_.queue->AddDelivery(run_id_, outcome);
          static_cast<void>(kept);
        });
  }
  notify::Notice notice{.event = event,
                        .bundle = bundle_.name,
                        .target = bundle_.target,
                        .job_key = job_.key,
                        .job_name = job_.name,
                        .task_key = task == nullptr ? "" : task->task_key,
                        .run_id = run_id_,
                        .time_millis = state::NowMicros() / 1000,
                        .result = result,
                        .message = message};
  for (Destination& destination : destinations) notifier_->Send(notice, std::move(destination));
}

Result<Destination> RunNotifier::Find(const std::string& id) {
  const Yaml* all = bundle_.config.FindPath("resources.notification_destinations");
  const Yaml* entry = all == nullptr ? nullptr : all->Find(id);
  if (entry == nullptr) {
    std::vector<std::string> names;
    for (const YamlEntry& known : all == nullptr ? std::vector<YamlEntry>() : all->entries())
      names.push_back(known.key);
    const std::string near = Nearest(id, names);
    return NotFound("'{}' is none of resources.notification_destinations{}", id,
                    near.empty() ? "" : fmt::format("; closest: '{}'", near));
  }
  const Yaml* config = entry->Find("config");
  if (config == nullptr) config = entry;
  for (const DestinationKind& kind : kDestinationKinds) {
    const Yaml* section = config->Find(kind.name);
    if (section == nullptr) continue;
    Destination destination{.kind = kind.kind, .name = id};
    destination.url = TRY(vault_.Expand(TextAt(*section, kind.url)));
    destination.secret = TRY(vault_.Expand(TextAt(*section, kind.secret)));
    const Yaml* addresses = section->Find("addresses");
    for (const Yaml& address : addresses == nullptr ? std::vector<Yaml>() : addresses->items())
      destination.addresses.push_back(address.text());
    return destination;
  }
  return Invalid(
             "destination '{}' has none of slack, microsoft_teams, pagerduty, generic_webhook, "
             "email",
             id)
      .At(entry->location());
}

}  // namespace lakesmith::app
