#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/job_run.h"
#include "bundle/bundle.h"
#include "jobs/run.h"
#include "notify/notifier.h"
#include "secrets/vault.h"

namespace lakesmith::app {

// Tells of one run what its job and tasks ask to be told: `email_notifications` and
// `webhook_notifications`. Deliveries go on in the background; how each went is kept with the run.
// The destructor waits for them for a limited time.
class RunNotifier {
 public:
  // All that it is given outlives it.
  RunNotifier(const bundle::Bundle& bundle, const bundle::Job& job, OpenProject& opened,
              int64_t run_id);
  ~RunNotifier();
  RunNotifier(const RunNotifier&) = delete;
  RunNotifier& operator=(const RunNotifier&) = delete;

  // Of the job's own run; called by one thread at a time.
  void OnEvent(const jobs::RunEvent& event);
  void OnEnd(const jobs::RunRecord& run);

 private:
  // How far a task was told of.
  struct Told {
    size_t attempts = 0;
    bool ended = false;
  };

  void OnTask(const jobs::TaskRecord& task);
  void Tell(notify::NoticeEvent event, const bundle::EmailNotifications& mails,
            const bundle::WebhookNotifications& webhooks, const jobs::TaskRecord* task,
            const std::string& result, const std::string& message);
  Result<notify::Destination> Find(const std::string& id);

  const bundle::Bundle& bundle_;
  const bundle::Job& job_;
  OpenProject& opened_;
  const int64_t run_id_;
  secrets::Vault vault_;
  std::map<std::string, Told> told_;            // By task.
  bool start_told_ = false;                     // Of the run.
  std::unique_ptr<notify::Notifier> notifier_;  // Made when there is something to send.
};

}  // namespace lakesmith::app
