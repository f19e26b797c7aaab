#include "app/generate_media_command.h"

#include <CLI/App.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "app/argument_values.h"
#include "app/generate_progress.h"
#include "app/terminal.h"
#include "generate/calendar.h"
#include "generate/media.h"

namespace lakesmith::app {
namespace {

constexpr char kMediaExamples[] =
    "  lakesmith generate media --out landing --date 2024-01-15    the first day: all assets\n"
    "  lakesmith generate media --out landing                      the day after the last one\n"
    "  lakesmith generate media --out landing --days 30            a month more\n"
    "  lakesmith generate media --out big --metrics 5000000 --deliveries 5000000";

// Values as typed; checked when the command runs.
struct MediaCommand {
  generate::MediaOptions options;
  std::string out;
  std::string date;
  std::string dirty_share;
  std::string output = "text";
};

Status FillMediaOptions(MediaCommand& arguments) {
  generate::MediaOptions& options = arguments.options;
  options.out = arguments.out;
  if (!arguments.date.empty()) options.day = TRY(generate::ParseDay(arguments.date));
  if (!arguments.dirty_share.empty())
    options.dirty_millionths = TRY(ParseShare(arguments.dirty_share));
  if (arguments.output != "text" && arguments.output != "json") {
    return Invalid("unknown output '{}'; one of text, json", arguments.output);
  }
  return {};
}

void PrintMediaReport(const MediaCommand& arguments, const generate::MediaReport& report,
                      std::chrono::microseconds elapsed) {
  for (const std::string& day : report.known_days) {
    fmt::print("{}: {} is there already; nothing was written\n", arguments.out, day);
  }
  if (report.days.empty()) return;
  struct Sum {
    int64_t rows = 0;
    int64_t bytes = 0;
  };
  std::map<std::string, Sum> tables;
  Sum all;
  for (const generate::GeneratedFile& file : report.files) {
    const size_t slash = file.path.find('/');
    Sum& table = tables[file.path.substr(slash + 1, file.path.rfind('/') - slash - 1)];
    // Each row stands in a Parquet and in a CSV file.
    if (file.path.ends_with(".parquet")) table.rows += file.rows;
    table.bytes += file.size_bytes;
  }
  fmt::print("{}: media, {}\n", arguments.out,
             report.days.size() == 1
                 ? report.days.front()
                 : fmt::format("{} to {}", report.days.front(), report.days.back()));
  for (const auto& [name, table] : tables) {
    fmt::print("  {:<10}{:>14} rows  {:>9}\n", name, CountText(table.rows), SizeText(table.bytes));
    all.rows += table.rows;
    all.bytes += table.bytes;
  }
  fmt::print("{} rows, {} in {}, as Parquet and CSV; the exact truth is in {}/{}\n",
             CountText(all.rows), SizeText(all.bytes), DurationText(elapsed.count()), arguments.out,
             generate::kManifestName);
}

void PrintMediaJson(const MediaCommand& arguments, const generate::MediaReport& report) {
  fmt::print("{}\n", JsonText({{"out", arguments.out},
                               {"days", report.days},
                               {"already_there", report.known_days},
                               {"files", generate::FilesJson(report.files)}}));
}

void RunMedia(MediaCommand& arguments, Context& context) {
  if (Status status = FillMediaOptions(arguments); !status)
    return context.FailUsage(status.error());
  GenerateBar bar;
  if (Terminal::Error().interactive() && !context.quiet) {
    arguments.options.progress = [&bar](int64_t done, int64_t total) { bar.Show(done, total); };
  }
  arguments.options.cancelled = &StopOnSignals();
  const auto started = std::chrono::steady_clock::now();
  const Result<generate::MediaReport> report = generate::GenerateMedia(arguments.options);
  bar.Clear();
  if (!report) return context.Fail(report.error());
  if (arguments.output == "json") return PrintMediaJson(arguments, *report);
  const auto elapsed = std::chrono::steady_clock::now() - started;
  if (!context.quiet) {
    PrintMediaReport(arguments, *report,
                     std::chrono::duration_cast<std::chrono::microseconds>(elapsed));
  }
}

void AddMediaSizes(CLI::App& command, generate::MediaOptions& options) {
  command.add_option("--days", options.days, "Days to write (1)")->type_name("N");
  command.add_option("--assets", options.assets, "Assets (500)")->type_name("N");
  command.add_option("--devices", options.devices, "Devices (2000)")->type_name("N");
  command.add_option("--deliveries", options.deliveries, "Rows of delivery each day (20000)")
      ->type_name("N");
  command.add_option("--metrics", options.metrics, "Rows of metrics each day (20000)")
      ->type_name("N");
  command.add_option("--seed", options.seed, "Other seed, other data (42)")->type_name("N");
  command
      .add_option("--threads", options.threads, "Threads; no influence on the rows (one a core)")
      ->type_name("N");
  command.add_flag("--overwrite", options.overwrite, "Replaces an earlier output of this command");
}

}  // namespace

void AddGenerateMedia(CLI::App& group, Context& context) {
  CLI::App* media = group.add_subcommand(
      "media",
      "Assets, delivery, devices, geo and metrics of a streaming service, by day, as Parquet and "
      "CSV, with a share of dirty rows and the exact truth");
  media->footer(kMediaExamples);
  const auto arguments = std::make_shared<MediaCommand>();
  media->add_option("--out", arguments->out, "Folder to write; made when missing")
      ->required()
      ->type_name("DIR");
  media
      ->add_option("--date", arguments->date,
                   "Day to write (the day after the last one; 2024-01-15 in an empty folder)")
      ->type_name("DATE");
  media->add_option("--dirty-share", arguments->dirty_share, "Share of dirty rows, 0 to 0.5 (0.02)")
      ->type_name("SHARE");
  AddMediaSizes(*media, arguments->options);
  media->add_option("-o,--output", arguments->output, "text or json (text)")->type_name("FORMAT");
  media->callback([arguments, &context] { RunMedia(*arguments, context); });
}

}  // namespace lakesmith::app
