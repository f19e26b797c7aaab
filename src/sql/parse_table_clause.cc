#include <string>
#include <utility>
#include <vector>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

Status Parser::ParseTableClauses(TableClauses* clauses) {
  while (TRY(ParseTableClause(clauses))) {
  }
  return {};
}

// False when no clause begins here.
Result<bool> Parser::ParseTableClause(TableClauses* clauses) {
  if (Accept("USING")) {
    clauses->provider = TRY(ParseMultipartName("a format such as delta"));
  } else if (Accept("OPTIONS")) {
    clauses->options = TRY(ParseOptionList());
  } else if (AcceptAll({"PARTITIONED", "BY"})) {
    clauses->partitioned_by = TRY(ParsePartitionedBy());
  } else if (AcceptAll({"PARTITIONED", "ON"})) {
    clauses->partitioned_by = TRY(ParsePartitionedBy());
  } else if (AcceptAll({"CLUSTER", "BY"})) {
    TRY(ParseClusterBy(clauses));
  } else if (AcceptAll({"CLUSTERED", "BY"})) {
    clauses->bucketed_by = TRY(ParseBuckets());
  } else if (Accept("LOCATION")) {
    clauses->location = TRY(ParseText());
    if (Sees("WITH", 0) && Sees(TokenKind::kLeftParen, 1)) {
      Advance(2);
      TRY(Expect("CREDENTIAL"));
      clauses->location_credential = TRY(ParseIdentifier("a credential")).name;
      TRY(Expect(TokenKind::kRightParen));
    }
  } else if (Accept("COMMENT")) {
    clauses->comment = TRY(ParseText());
  } else if (Accept("TBLPROPERTIES")) {
    clauses->properties = TRY(ParseOptionList());
  } else if (AcceptAll({"WITH", "TAGS"}) || (AcceptAll({"TAGS"}))) {
    clauses->tags = TRY(ParseOptionList());
  } else if (AcceptAll({"DEFAULT", "COLLATION"})) {
    clauses->default_collation = TRY(ParseIdentifier("a collation")).name;
  } else if (AtAll({"ROW", "FORMAT"})) {
    clauses->row_format = TakeRowFormat();
  } else if (AtAll({"STORED", "AS"})) {
    const uint32_t begin = Begin();
    Advance(2);
    if (AcceptAny({"INPUTFORMAT"}) != 0) {
      TRY(ParseText());
      TRY(Expect("OUTPUTFORMAT"));
      TRY(ParseText());
    } else {
      TRY(ParseIdentifier("a format"));
    }
    clauses->stored_as = std::string(TextBetween(begin, RangeFrom(begin).end));
  } else {
    return ParseDatasetClause(clauses);
  }
  return true;
}

// Clauses of pipeline datasets and governed tables.
Result<bool> Parser::ParseDatasetClause(TableClauses* clauses) {
  if (Accept("SCHEDULE")) {
    TRY(ParseSchedule(&clauses->schedule));
  } else if (AcceptAll({"TRIGGER", "ON", "UPDATE"})) {
    clauses->schedule.schedule_kind = RefreshScheduleKind::kTriggerOnUpdate;
    if (AcceptAll({"AT", "MOST", "EVERY"})) {
      clauses->schedule.at_most_every = TRY(ParseValueExpression());
    }
  } else if (AcceptAll({"WITH", "ROW", "FILTER"})) {
    clauses->row_filter = TRY(ParseRowFilter());
  } else if (AcceptAll({"REFRESH", "POLICY"})) {
    if (AcceptAny({"AUTO", "INCREMENTAL", "FULL"}) == 0) {
      return Unexpected();
    }
    clauses->refresh_policy = UpperText(tokens_[position_ - 1]);
  } else {
    return false;
  }
  return true;
}

Status Parser::ParseClusterBy(TableClauses* clauses) {
  if (Accept("AUTO")) {
    clauses->cluster_by = ClusterByKind::kAuto;
  } else if (Accept("NONE")) {
    clauses->cluster_by = ClusterByKind::kExplicitNone;
  } else {
    clauses->cluster_by = ClusterByKind::kColumns;
    clauses->cluster_columns = TRY(ParsePathList());
  }
  return {};
}

Result<std::vector<PartitionItem>> Parser::ParsePartitionedBy() {
  TRY(Expect(TokenKind::kLeftParen));
  auto items = TRY(ParseList<PartitionItem>([this] { return ParsePartitionItem(); }));
  TRY(Expect(TokenKind::kRightParen));
  return items;
}

Result<PartitionItem> Parser::ParsePartitionItem() {
  PartitionItem item;
  if (SeesAny({TokenKind::kLeftParen, TokenKind::kDot}, 1)) {
    item.transform = TRY(ParseExpression());
    return item;
  }
  item.column = TRY(ParseIdentifier("a column"));
  if (Peek().kind == TokenKind::kWord && !Sees("COMMENT", 0)) {
    item.type = TRY(ParseType());
  }
  if (AcceptAll({"NOT", "NULL"})) {
  }
  if (Accept("COMMENT")) {
    TRY(ParseText());
  }
  return item;
}

// (a, b) [SORTED BY (c)] INTO n BUCKETS
Result<BucketSpecification> Parser::ParseBuckets() {
  BucketSpecification buckets;
  buckets.columns = TRY(ParseIdentifierList());
  if (AcceptAll({"SORTED", "BY"})) {
    TRY(Expect(TokenKind::kLeftParen));
    buckets.sorted_by = TRY(ParseList<OrderItem>([this] { return ParseOrderItem(); }));
    TRY(Expect(TokenKind::kRightParen));
  }
  TRY(Expect("INTO"));
  buckets.count = TRY(ParseDigits());
  TRY(Expect("BUCKETS"));
  return buckets;
}

// Behind SCHEDULE.
Status Parser::ParseSchedule(RefreshSchedule* schedule) {
  Accept("REFRESH");
  if (Accept("EVERY")) {
    schedule->schedule_kind = RefreshScheduleKind::kEvery;
    schedule->every_count = TRY(ParseDigits());
    if (AcceptAny({"HOUR", "HOURS", "DAY", "DAYS", "WEEK", "WEEKS"}) == 0) {
      return Unexpected();
    }
    schedule->every_unit = UpperText(tokens_[position_ - 1]);
    if (schedule->every_unit.ends_with('S')) {
      schedule->every_unit.pop_back();
    }
    return {};
  }
  TRY(Expect("CRON"));
  schedule->schedule_kind = RefreshScheduleKind::kCron;
  schedule->cron = TRY(ParseText());
  if (AcceptAll({"AT", "TIME", "ZONE"})) {
    schedule->time_zone = TRY(ParseText());
  }
  return {};
}

// Behind ROW FILTER.
Result<RowFilter> Parser::ParseRowFilter() {
  RowFilter filter;
  filter.function = TRY(ParseMultipartName("a function"));
  TRY(Expect("ON"));
  TRY(Expect(TokenKind::kLeftParen));
  if (!Sees(TokenKind::kRightParen, 0)) {
    filter.columns = TRY(ParseExpressionList());
  }
  TRY(Expect(TokenKind::kRightParen));
  return filter;
}

}  // namespace lakesmith::sql
