#include <unistd.h>

#include <CLI/App.hpp>
#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/interrupt.h"
#include "app/scheduler_service.h"

namespace lakesmith::app {
namespace {

constexpr char kServeExamples[] =
    "  lakesmith bundle deploy -t prod && lakesmith serve -t prod\n"
    "  lakesmith serve                                     all deployed targets\n"
    "  lakesmith serve --print-unit -t prod > /etc/systemd/system/lakesmith.service";

struct ServeArguments : ServiceOptions {
  bool print_unit = false;
};

// A unit for this project and this program.
void PrintUnit(const ServeArguments& arguments) {
  std::error_code ignored;
  std::string command =
      std::filesystem::read_symlink("/proc/self/exe", ignored).string() + " serve";
  for (const std::string& target : arguments.targets) command += " -t " + target;
  const std::string folder = std::filesystem::current_path(ignored).string();
  fmt::print(
      "[Unit]\n"
      "Description=Lakesmith scheduler of {0}\n"
      "After=network-online.target\n"
      "Wants=network-online.target\n"
      "\n"
      "[Service]\n"
      "WorkingDirectory={0}\n"
      "ExecStart={1}\n"
      "Restart=always\n"
      "RestartSec=2\n"
      "# Runs are processes of their own: they live on when the scheduler is started anew.\n"
      "KillMode=process\n"
      "TimeoutStopSec={2}\n"
      "#EnvironmentFile=/etc/lakesmith.env\n"
      "#User=lakesmith\n"
      "\n"
      "[Install]\n"
      "WantedBy=multi-user.target\n",
      folder, command, arguments.stop_timeout_seconds + 30);
}

Status Serve(const ServeArguments& arguments) {
  const std::unique_ptr<SchedulerService> service = TRY(SchedulerService::Open(".", arguments));
  std::stop_source stop;
  const InterruptWatcher signals([&stop](int /*signal*/) {
    if (stop.stop_requested()) _exit(130);
    stop.request_stop();
  });
  return service->Run(stop.get_token());
}

}  // namespace

void AddServeCommand(CLI::App& program, Context& context) {
  CLI::App* command = program.add_subcommand(
      "serve", "Run the scheduler: deployed jobs start by their schedules and triggers");
  command->footer(kServeExamples);
  const auto arguments = std::make_shared<ServeArguments>();
  command
      ->add_option("-t,--target", arguments->targets, "Target to schedule; may be repeated (all)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      ->add_option("--misfire-grace", arguments->misfire_grace_seconds,
                   "A start missed while down is made up for when it is at most so old (300)")
      ->type_name("SECONDS");
  command
      ->add_option("--stop-timeout", arguments->stop_timeout_seconds,
                   "Runs under way get so long when it is stopped (60)")
      ->type_name("SECONDS");
  command
      ->add_option("--warehouse", arguments->warehouse,
                   "Folder of the tables (that of the project)")
      ->type_name("DIR");
  command->add_flag("--print-unit", arguments->print_unit,
                    "Prints a systemd unit for this project and ends");
  command->callback([arguments, &context] {
    if (arguments->print_unit) return PrintUnit(*arguments);
    if (const Status done = Serve(*arguments); !done) context.Fail(done.error());
  });
}

}  // namespace lakesmith::app
