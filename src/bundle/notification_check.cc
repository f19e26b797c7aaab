#include "bundle/notification_check.h"

#include <algorithm>
#include <string>
#include <vector>

#include "bundle/shape_check.h"

namespace lakesmith::bundle {
namespace {

constexpr size_t kMostWebhooks = 3;
constexpr const char* kSlowEvent = "on_duration_warning_threshold_exceeded";
constexpr const char* kBacklogEvent = "on_streaming_backlog_exceeded";

class NotificationChecker {
 public:
  NotificationChecker(const Yaml& config, Diagnostics& diagnostics) : diagnostics_(diagnostics) {
    const Yaml* all = config.FindPath("resources.notification_destinations");
    for (const YamlEntry& entry : all == nullptr ? std::vector<YamlEntry>() : all->entries())
      destinations_.push_back(entry.key);
  }

  // `owner` is a job or a task.
  void Check(const Yaml& owner) {
    const bool has_duration_rule = CheckHealth(owner);
    for (const char* kind : {"email_notifications", "webhook_notifications"}) {
      const Yaml* events = owner.Find(kind);
      for (const YamlEntry& event :
           events == nullptr ? std::vector<YamlEntry>() : events->entries()) {
        if (event.value.items().empty()) continue;
        if (event.key == kBacklogEvent) {
          Warn(event.key_location, fmt::format("{}: {}", event.key, kNoBacklog));
        } else if (event.key == kSlowEvent && !has_duration_rule) {
          Warn(event.key_location,
               fmt::format("{} is never told without a health rule of RUN_DURATION_SECONDS beside "
                           "it",
                           event.key));
        }
        if (events == owner.Find("webhook_notifications")) CheckWebhooks(event);
      }
    }
  }

 private:
  static constexpr const char* kNoBacklog =
      "no stream has a backlog here, since updates of pipelines end; this never warns";

  void Warn(const SourceLocation& place, std::string message) {
    diagnostics_.Add(Severity::kWarning, place, std::move(message));
  }

  // Whether one of the rules is of the duration.
  bool CheckHealth(const Yaml& owner) {
    bool of_duration = false;
    const Yaml* rules = owner.FindPath("health.rules");
    for (const Yaml& rule : rules == nullptr ? std::vector<Yaml>() : rules->items()) {
      const Yaml* metric = rule.Find("metric");
      if (metric == nullptr || !metric->is_scalar()) continue;
      if (metric->text() == "RUN_DURATION_SECONDS") of_duration = true;
      if (metric->text().starts_with("STREAMING_BACKLOG_"))
        Warn(metric->location(), fmt::format("{}: {}", metric->text(), kNoBacklog));
    }
    return of_duration;
  }

  void CheckWebhooks(const YamlEntry& event) {
    if (event.value.items().size() > kMostWebhooks) {
      diagnostics_.Add(Severity::kError, event.key_location,
                       fmt::format("'{}' has {} destinations, at most {} are allowed", event.key,
                                   event.value.items().size(), kMostWebhooks));
    }
    for (const Yaml& item : event.value.items()) {
      const Yaml* id = item.Find("id");
      if (id == nullptr || !id->is_scalar()) continue;
      if (std::ranges::find(destinations_, id->text()) != destinations_.end()) continue;
      Warn(id->location(),
           fmt::format("'{}' is none of resources.notification_destinations, so nobody is told{}",
                       id->text(), DidYouMeanOrKnown(id->text(), destinations_)));
    }
  }

  Diagnostics& diagnostics_;
  std::vector<std::string> destinations_;
};

}  // namespace

void CheckNotifications(const Job& job, const Yaml& config, Diagnostics& diagnostics) {
  const Yaml* tree = config.FindPath("resources.jobs." + job.key);
  if (tree == nullptr) return;
  NotificationChecker checker(config, diagnostics);
  checker.Check(*tree);
  const Yaml* tasks = tree->Find("tasks");
  for (const Yaml& task : tasks == nullptr ? std::vector<Yaml>() : tasks->items())
    checker.Check(task);
}

}  // namespace lakesmith::bundle
