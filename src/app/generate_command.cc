#include <CLI/App.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "app/argument_values.h"
#include "app/command.h"
#include "app/generate_media_command.h"
#include "app/generate_progress.h"
#include "app/terminal.h"
#include "generate/calendar.h"
#include "generate/retail.h"
#include "types/value.h"

namespace lakesmith::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kGenerateExamples[] =
    "  lakesmith generate retail --out landing\n"
    "  lakesmith generate retail --out landing --batch 2               the next batch of the same "
    "data\n"
    "  lakesmith generate retail --out big --target-size 1GB --threads 8\n"
    "  lakesmith generate retail --out clean --dirty-share 0 --format csv";

// Values as typed; checked when the command runs.
struct GenerateArguments {
  generate::RetailOptions options;
  std::string out;
  std::string start_date;
  std::string dirty_share;
  std::string format;
  std::string target_size;
  std::string output = "text";
};

Status FillOptions(GenerateArguments& arguments) {
  generate::RetailOptions& options = arguments.options;
  options.out = arguments.out;
  if (!arguments.start_date.empty())
    options.start_day = TRY(generate::ParseDay(arguments.start_date));
  if (!arguments.dirty_share.empty())
    options.dirty_millionths = TRY(ParseShare(arguments.dirty_share));
  if (!arguments.format.empty()) options.format = TRY(generate::ParseFormat(arguments.format));
  if (!arguments.target_size.empty())
    options.target_size_bytes = TRY(ParseSize(arguments.target_size));
  if (arguments.output != "text" && arguments.output != "json") {
    return Invalid("unknown output '{}'; one of text, json", arguments.output);
  }
  return {};
}

struct TableSum {
  int64_t rows = 0;
  int64_t files = 0;
  int64_t bytes = 0;
};

void PrintReport(const GenerateArguments& arguments, const generate::RetailReport& report,
                 Clock::duration elapsed) {
  const generate::RetailOptions& options = arguments.options;
  if (report.already_there) {
    fmt::print("{}: batch {} is there already; nothing was written\n", arguments.out,
               options.batch);
    return;
  }
  const Json& batch = report.manifest.batches.back();
  fmt::print("{}: batch {} of retail, {} to {}\n", arguments.out, options.batch,
             batch["first_day"].get<std::string>(), batch["last_day"].get<std::string>());
  TableSum all;
  for (const auto& [table, facts] : batch["tables"].items()) {
    TableSum sum;
    for (const Json& file : facts["files"]) {
      sum.rows += file["rows"].get<int64_t>();
      sum.bytes += file["bytes"].get<int64_t>();
      ++sum.files;
    }
    const int64_t dirty = sum.rows - facts["clean_rows"].get<int64_t>();
    fmt::print("  {:<13}{:>14} rows, {} dirty  {:>9}, {}\n", table, CountText(sum.rows),
               CountText(dirty), Plural(sum.files, "file"), SizeText(sum.bytes));
    all.rows += sum.rows;
    all.bytes += sum.bytes;
  }
  const int64_t micros = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
  fmt::print("{} rows, {} in {}; the exact truth is in {}/{}\n", CountText(all.rows),
             SizeText(all.bytes), DurationText(micros), arguments.out, generate::kManifestName);
}

void PrintManifest(const GenerateArguments& arguments, const generate::RetailReport& report) {
  fmt::print("{}\n", JsonText({{"out", arguments.out},
                               {"batch", arguments.options.batch},
                               {"already_there", report.already_there},
                               {"files", generate::FilesJson(report.files)}}));
}

void RunRetail(GenerateArguments& arguments, Context& context) {
  if (Status status = FillOptions(arguments); !status) return context.FailUsage(status.error());
  GenerateBar bar;
  if (Terminal::Error().interactive() && !context.quiet) {
    arguments.options.progress = [&bar](int64_t done, int64_t total) { bar.Show(done, total); };
  }
  arguments.options.cancelled = &StopOnSignals();
  const Clock::time_point started = Clock::now();
  const Result<generate::RetailReport> report = generate::GenerateRetail(arguments.options);
  bar.Clear();
  if (!report) return context.Fail(report.error());
  if (arguments.output == "json") return PrintManifest(arguments, *report);
  if (!context.quiet) PrintReport(arguments, *report, Clock::now() - started);
}

void AddSizes(CLI::App& command, generate::RetailOptions& options) {
  command.add_option("--customers", options.customers, "Rows of customers in batch 1 (10000)")
      ->type_name("N");
  command
      .add_option("--transactions", options.transactions,
                  "Rows of transactions in each batch (50000)")
      ->type_name("N");
  command.add_option("--products", options.products, "Rows of products in batch 1 (200)")
      ->type_name("N");
  command.add_option("--seed", options.seed, "Other seed, other data (42)")->type_name("N");
  command.add_option("--days", options.days, "Days that one batch covers (365)")->type_name("N");
  command.add_option("--batch", options.batch, "Writes batch N beside the earlier ones (1)")
      ->type_name("N");
  command.add_option("--files", options.files, "Files of transactions (one per million rows)")
      ->type_name("N");
  command
      .add_option("--threads", options.threads, "Threads; no influence on the rows (one a core)")
      ->type_name("N");
  command.add_flag("--overwrite", options.overwrite, "Replaces an earlier output of this command");
}

}  // namespace

void AddGenerateCommand(CLI::App& program, Context& context) {
  CLI::App* group = program.add_subcommand(
      "generate", "Write synthetic data: same arguments, same rows, anywhere");
  group->footer(std::string(kGenerateExamples) +
                "\n  lakesmith generate media --out data/dev/media_analytics --date 2024-01-15");
  CLI::App* retail = group->add_subcommand("retail",
                                           "Customers, products and transactions of a web shop, "
                                           "with a share of dirty rows and the exact truth");
  retail->footer(kGenerateExamples);
  const auto arguments = std::make_shared<GenerateArguments>();
  retail->add_option("--out", arguments->out, "Folder to write; made when missing")
      ->required()
      ->type_name("DIR");
  AddSizes(*retail, arguments->options);
  retail->add_option("--start-date", arguments->start_date, "First day of batch 1 (2024-01-01)")
      ->type_name("DATE");
  retail
      ->add_option("--dirty-share", arguments->dirty_share, "Share of dirty rows, 0 to 0.5 (0.02)")
      ->type_name("SHARE");
  retail->add_option("--format", arguments->format, "parquet, csv or json (parquet)")
      ->type_name("FORMAT");
  retail
      ->add_option("--target-size", arguments->target_size,
                   "Scales the row counts to about SIZE, e.g. 1GB")
      ->type_name("SIZE");
  retail->add_option("-o,--output", arguments->output, "text or json (text)")->type_name("FORMAT");
  retail->callback([arguments, &context] { RunRetail(*arguments, context); });
  AddGenerateMedia(*group, context);
}

}  // namespace lakesmith::app
