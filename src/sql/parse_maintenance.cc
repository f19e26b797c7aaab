#include <string>
#include <utility>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

Result<StatementPtr> Parser::ParseOptimize() {
  const uint32_t begin = Begin();
  TRY(Expect("OPTIMIZE"));
  Ptr<Optimize> optimize(new Optimize);
  optimize->table = TRY(ParseTableOrPath());
  optimize->full = Accept("FULL");
  if (Accept("WHERE")) {
    optimize->where = TRY(ParseExpression());
  }
  if (AcceptAll({"ZORDER", "BY"})) {
    optimize->zorder_by =
        Sees(TokenKind::kLeftParen, 0)
            ? TRY(ParsePathList())
            : TRY(ParseList<std::vector<Identifier>>([this] { return ParsePath(); }));
  }
  optimize->range = RangeFrom(begin);
  return optimize;
}

// A name, or 'path' for delta.`path`.
Result<Name> Parser::ParseTableOrPath() {
  if (!Sees(TokenKind::kString, 0)) {
    return ParseMultipartName("a table");
  }
  const uint32_t begin = Begin();
  Name name;
  std::string path = TakeText();
  name.range = RangeFrom(begin);
  name.parts.push_back({.name = "delta", .quoted = false, .range = name.range});
  name.parts.push_back({.name = std::move(path), .quoted = true, .range = name.range});
  return name;
}

Result<StatementPtr> Parser::ParseVacuum() {
  const uint32_t begin = Begin();
  TRY(Expect("VACUUM"));
  Ptr<Vacuum> vacuum(new Vacuum);
  if (Sees("TABLE", 0) && SeesAny({TokenKind::kWord, TokenKind::kQuotedName}, 1)) {
    Advance();
  }
  vacuum->table = TRY(ParseTableOrPath());
  while (true) {
    if (Accept("LITE")) {
      vacuum->lite = true;
    } else if (Accept("FULL")) {
      vacuum->full = true;
    } else if (Accept("RETAIN")) {
      if (!SeesAny({TokenKind::kInteger, TokenKind::kDecimal})) {
        return Unexpected("a number of hours");
      }
      vacuum->retain_hours = std::string(TextOf(Peek()));
      Advance();
      if (!Accept("HOUR")) {
        TRY(Expect("HOURS"));
      }
    } else if (AcceptAll({"DRY", "RUN"})) {
      vacuum->dry_run = true;
    } else {
      break;
    }
  }
  vacuum->range = RangeFrom(begin);
  return vacuum;
}

Result<StatementPtr> Parser::ParseRestore() {
  const uint32_t begin = Begin();
  TRY(Expect("RESTORE"));
  Ptr<Restore> restore(new Restore);
  if (Sees("TABLE", 0) && SeesAny({TokenKind::kWord, TokenKind::kQuotedName}, 1)) {
    Advance();
  }
  restore->table = TRY(ParseTableOrPath());
  Accept("TO");
  if (Accept("TIMESTAMP")) {
    restore->unit = TimeTravelKind::kTimestamp;
  } else {
    TRY(Expect("VERSION"));
  }
  TRY(ExpectAll({"AS", "OF"}));
  restore->point = TRY(ParseExpression());
  restore->range = RangeFrom(begin);
  return restore;
}

Result<StatementPtr> Parser::ParseReorg() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"REORG", "TABLE"}));
  Ptr<Reorg> reorg(new Reorg);
  reorg->table = TRY(ParseTableOrPath());
  if (Accept("WHERE")) {
    reorg->where = TRY(ParseExpression());
  }
  TRY(Expect("APPLY"));
  TRY(Expect(TokenKind::kLeftParen));
  if (Accept("PURGE")) {
    reorg->apply = "PURGE";
  } else {
    TRY(ExpectAll({"UPGRADE", "UNIFORM"}));
    reorg->apply = "UPGRADE UNIFORM";
    if (Sees(TokenKind::kLeftParen, 0)) {
      reorg->options = TRY(ParseOptionList());
    }
  }
  TRY(Expect(TokenKind::kRightParen));
  reorg->range = RangeFrom(begin);
  return reorg;
}

Result<StatementPtr> Parser::ParseAnalyze() {
  const uint32_t begin = Begin();
  TRY(Expect("ANALYZE"));
  Ptr<Analyze> analyze(new Analyze);
  if (Accept("TABLES")) {
    analyze->tables_in_schema = true;
    if (AcceptAny({"IN", "FROM"}) != 0) {
      analyze->name = TRY(ParseMultipartName("a schema"));
    }
  } else {
    TRY(Expect("TABLE"));
    analyze->name = TRY(ParseMultipartName("a table"));
    if (Accept("PARTITION")) {
      analyze->partition = TRY(ParsePartition());
    }
  }
  TRY(Expect("COMPUTE"));
  if (Accept("DELTA")) {
    analyze->columns_mode = AnalyzeColumns::kDelta;
  }
  TRY(Expect("STATISTICS"));
  if (Accept("NOSCAN")) {
    analyze->columns_mode = AnalyzeColumns::kNoScan;
  } else if (AcceptAll({"FOR", "ALL", "COLUMNS"})) {
    analyze->columns_mode = AnalyzeColumns::kAll;
  } else if (AcceptAll({"FOR", "COLUMNS"})) {
    analyze->columns_mode = AnalyzeColumns::kList;
    analyze->columns = TRY(ParseList<Identifier>([this] { return ParseIdentifier("a column"); }));
  }
  analyze->range = RangeFrom(begin);
  return analyze;
}

Result<StatementPtr> Parser::ParseRefresh() {
  const uint32_t begin = Begin();
  TRY(Expect("REFRESH"));
  Ptr<Refresh> refresh(new Refresh);
  if (AcceptAll({"MATERIALIZED", "VIEW"})) {
    refresh->target = RefreshTarget::kMaterializedView;
  } else if (AcceptAll({"STREAMING", "TABLE"})) {
    refresh->target = RefreshTarget::kStreamingTable;
  } else if (AcceptAll({"FOREIGN", "CATALOG"})) {
    refresh->target = RefreshTarget::kCatalog;
  } else if (Accept("FUNCTION")) {
    refresh->target = RefreshTarget::kFunction;
  } else if (!Accept("TABLE") &&
             (Sees(TokenKind::kString, 0) || !(AtName() || Sees("IDENTIFIER", 0)))) {
    refresh->target = RefreshTarget::kPath;
    if (AtEnd()) {
      return Unexpected("a table or a path");
    }
    if (Sees(TokenKind::kString, 0)) {
      refresh->path = TakeText();
    } else {
      const uint32_t path_begin = Begin();
      while (!AtEnd()) {
        Advance();
      }
      refresh->path = std::string(TextBetween(path_begin, RangeFrom(path_begin).end));
    }
  }
  if (refresh->target != RefreshTarget::kPath) {
    refresh->name = TRY(ParseMultipartName("a name"));
  }
  refresh->full = Accept("FULL");
  refresh->range = RangeFrom(begin);
  return refresh;
}

Result<StatementPtr> Parser::ParseCache() {
  const uint32_t begin = Begin();
  TRY(Expect("CACHE"));
  Ptr<Cache> cache(new Cache);
  cache->lazy = Accept("LAZY");
  TRY(Expect("TABLE"));
  cache->table = TRY(ParseMultipartName("a table"));
  if (Accept("OPTIONS")) {
    cache->options = TRY(ParseOptionList());
  }
  if (Accept("AS") || AtQuery()) {
    cache->query = TRY(ParseQuery());
  }
  cache->range = RangeFrom(begin);
  return cache;
}

Result<StatementPtr> Parser::ParseUncache() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"UNCACHE", "TABLE"}));
  Ptr<Uncache> uncache(new Uncache);
  uncache->if_exists = AcceptIfExists();
  uncache->table = TRY(ParseMultipartName("a table"));
  uncache->range = RangeFrom(begin);
  return uncache;
}

Result<StatementPtr> Parser::ParseClearCache() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"CLEAR", "CACHE"}));
  return Make<Uncache>(begin);
}

Result<StatementPtr> Parser::ParseMsck() {
  const uint32_t begin = Begin();
  Accept("MSCK");
  TRY(ExpectAll({"REPAIR", "TABLE"}));
  Ptr<Maintenance> repair(new Maintenance);
  repair->table = TRY(ParseMultipartName("a table"));
  if (AcceptAny({"ADD", "DROP", "SYNC"}) != 0) {
    repair->mode = UpperText(tokens_[position_ - 1]);
    if (repair->mode == "SYNC" && Accept("METADATA")) {
      repair->mode = "SYNC METADATA";
    } else {
      TRY(Expect("PARTITIONS"));
    }
  }
  repair->range = RangeFrom(begin);
  return repair;
}

Result<StatementPtr> Parser::ParseFsck() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"FSCK", "REPAIR", "TABLE"}));
  Ptr<Maintenance> repair(new Maintenance);
  repair->maintenance_kind = MaintenanceKind::kFsckRepair;
  repair->table = TRY(ParseTableOrPath());
  repair->dry_run = AcceptAll({"DRY", "RUN"});
  repair->range = RangeFrom(begin);
  return repair;
}

Result<StatementPtr> Parser::ParseGenerate() {
  const uint32_t begin = Begin();
  TRY(Expect("GENERATE"));
  Ptr<Maintenance> generate(new Maintenance);
  generate->maintenance_kind = MaintenanceKind::kGenerate;
  generate->mode = TRY(ParseIdentifier("a kind of manifest")).name;
  TRY(ExpectAll({"FOR", "TABLE"}));
  generate->table = TRY(ParseTableOrPath());
  generate->range = RangeFrom(begin);
  return generate;
}

Result<StatementPtr> Parser::ParseConvert() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"CONVERT", "TO", "DELTA"}));
  Ptr<ConvertToDelta> convert(new ConvertToDelta);
  convert->name = TRY(ParseMultipartName("a table"));
  convert->no_statistics = AcceptAll({"NO", "STATISTICS"});
  if (AcceptAll({"PARTITIONED", "BY"})) {
    convert->partitioned_by = TRY(ParsePartitionedBy());
  }
  convert->range = RangeFrom(begin);
  return convert;
}

}  // namespace lakesmith::sql
