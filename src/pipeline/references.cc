#include "pipeline/references.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "sql/print.h"

namespace lakesmith::pipeline {
namespace {

// Walks a query with all queries inside it.
class Walker {
 public:
  std::vector<Reference> references;
  std::set<std::string> functions;
  std::vector<const sql::FunctionCall*> calls;
  bool enter_queries = true;

  void Walk(const sql::QueryPtr& query) {
    if (query && enter_queries) Walk(*query);
  }

  void Walk(const sql::Query& query) {
    const size_t outer_scope = scope_.size();
    if (query.with) {
      for (const sql::CommonTableExpression& table : query.with->tables) {
        // A recursive one sees itself, each sees those before it.
        if (query.with->recursive) scope_.push_back(Lower(table.name.name));
        Walk(table.query);
        if (!query.with->recursive) scope_.push_back(Lower(table.name.name));
      }
    }
    Walk(query.body);
    Walk(query.organization);
    scope_.resize(outer_scope);
  }

 private:
  void Walk(const sql::QueryOrganization& organization) {
    for (const sql::OrderItem& item : organization.order_by) Walk(item.expression);
    for (const sql::OrderItem& item : organization.sort_by) Walk(item.expression);
    WalkAll(organization.cluster_by);
    WalkAll(organization.distribute_by);
    for (const auto& [name, window] : organization.windows) Walk(window);
    Walk(organization.limit);
    Walk(organization.offset);
  }

  void Walk(const sql::WindowSpecification& window) {
    WalkAll(window.partition_by);
    for (const sql::OrderItem& item : window.order_by) Walk(item.expression);
  }

  void Walk(const sql::QueryBodyPtr& body) {
    if (!body) return;
    switch (body->kind) {
      case sql::QueryBodyKind::kSelect:
        return Walk(sql::As<sql::Select>(*body));
      case sql::QueryBodyKind::kSetOperation:
        Walk(sql::As<sql::SetOperation>(*body).left);
        return Walk(sql::As<sql::SetOperation>(*body).right);
      case sql::QueryBodyKind::kValues:
        return Walk(sql::As<sql::ValuesBody>(*body).values);
      case sql::QueryBodyKind::kTable:
        return Walk(sql::As<sql::TableBody>(*body).table);
      case sql::QueryBodyKind::kSubquery:
        return Walk(sql::As<sql::SubqueryBody>(*body).query);
      case sql::QueryBodyKind::kFrom:
        return Walk(sql::As<sql::FromBody>(*body).from);
      case sql::QueryBodyKind::kPipe:
        return Walk(sql::As<sql::PipeBody>(*body));
    }
  }

  void Walk(const sql::Select& select) {
    // References are wanted in the order of the text; a select list rarely has any.
    WalkAll(select.items);
    Walk(select.from);
    Walk(select.where);
    if (select.group_by) Walk(*select.group_by);
    Walk(select.having);
    Walk(select.qualify);
    for (const auto& [name, window] : select.windows) Walk(window);
  }

  void Walk(const sql::GroupBy& group) {
    for (const sql::GroupingItem& item : group.items) Walk(item);
    for (const auto& set : group.suffix_sets) WalkAll(set);
  }

  void Walk(const sql::GroupingItem& item) {
    Walk(item.expression);
    for (const auto& set : item.sets) WalkAll(set);
    for (const sql::GroupingItem& nested : item.nested) Walk(nested);
  }

  void Walk(const sql::PipeBody& pipe) {
    Walk(pipe.input);
    Walk(pipe.select);
    WalkAll(pipe.items);
    Walk(pipe.condition);
    Walk(pipe.relation);
    Walk(pipe.right);
    Walk(pipe.organization);
    if (pipe.group_by) Walk(*pipe.group_by);
  }

  void Walk(const sql::RelationPtr& relation) {
    if (!relation) return;
    switch (relation->kind) {
      case sql::RelationKind::kTable:
        return Walk(sql::As<sql::TableRelation>(*relation));
      case sql::RelationKind::kTableFunction:
        return Walk(sql::As<sql::TableFunctionRelation>(*relation));
      case sql::RelationKind::kSubquery:
        return Walk(sql::As<sql::SubqueryRelation>(*relation).query);
      case sql::RelationKind::kValues:
        return WalkAll(sql::As<sql::ValuesRelation>(*relation).rows);
      case sql::RelationKind::kParenthesized:
        return Walk(sql::As<sql::ParenthesizedRelation>(*relation).input);
      case sql::RelationKind::kJoin:
        Walk(sql::As<sql::JoinRelation>(*relation).left);
        Walk(sql::As<sql::JoinRelation>(*relation).right);
        return Walk(sql::As<sql::JoinRelation>(*relation).condition);
      case sql::RelationKind::kLateralView:
        Walk(sql::As<sql::LateralViewRelation>(*relation).input);
        return WalkAll(sql::As<sql::LateralViewRelation>(*relation).arguments);
      case sql::RelationKind::kPivot:
        return Walk(sql::As<sql::PivotRelation>(*relation).input);
      case sql::RelationKind::kUnpivot:
        return Walk(sql::As<sql::UnpivotRelation>(*relation).input);
    }
  }

  void Walk(const sql::TableRelation& table) {
    const std::vector<std::string> parts = PartsOf(table.name);
    if (parts.empty()) return;
    const bool in_scope =
        parts.size() == 1 && std::ranges::find(scope_, Lower(parts[0])) != scope_.end();
    if (in_scope) return;
    references.push_back({.parts = parts,
                          .stream = table.stream,
                          .time_travel = table.time_travel != sql::TimeTravelKind::kNone,
                          .offset = table.name.range.begin,
                          .options = OptionsOf(table.options)});
  }

  static std::vector<Reference::Option> OptionsOf(const std::vector<sql::Option>& options) {
    std::vector<Reference::Option> texts;
    for (const sql::Option& option : options) {
      texts.push_back(
          {.key = option.key, .value = OptionText(option), .offset = option.range.begin});
    }
    return texts;
  }

  void Walk(const sql::TableFunctionRelation& function) {
    references.push_back({.parts = PartsOf(function.name),
                          .is_function = true,
                          .stream = function.stream,
                          .offset = function.name.range.begin,
                          .options = OptionsOf(function.options)});
    functions.insert(Lower(function.name.parts.empty() ? "" : function.name.last()));
    for (const sql::FunctionArgument& argument : function.arguments) Walk(argument.value);
  }

  template <typename Expressions>
  void WalkAll(const Expressions& expressions) {
    for (const auto& expression : expressions) Walk(expression);
  }

  void Walk(const sql::FunctionCall& call) {
    calls.push_back(&call);
    functions.insert(Lower(call.name.parts.empty() ? "" : call.name.last()));
    for (const sql::FunctionArgument& argument : call.arguments) Walk(argument.value);
    for (const sql::OrderItem& item : call.within_group) Walk(item.expression);
    Walk(call.filter);
    if (call.over) Walk(*call.over);
  }

  void Walk(const sql::ColumnReference& column) {
    // CURRENT_DATE and its like are functions without parentheses.
    if (column.parts.size() == 1 && !column.parts[0].quoted)
      functions.insert(Lower(column.parts[0].name));
  }

  void Walk(const sql::Case& expression) {
    Walk(expression.operand);
    for (const sql::Case::Branch& branch : expression.branches) {
      Walk(branch.when);
      Walk(branch.then);
    }
    Walk(expression.otherwise);
  }

  void Walk(const sql::ExpressionPtr& pointer) {
    if (pointer) Walk(*pointer);
  }

 public:
  void Walk(const sql::Expression& expression) {
    using enum sql::ExpressionKind;
    switch (expression.kind) {
      case kLiteral:
      case kIntervalLiteral:
      case kStar:
      case kParameter:
        return;
      case kColumnReference:
        return Walk(sql::As<sql::ColumnReference>(expression));
      case kIdentifierClause:
        return Walk(sql::As<sql::IdentifierClause>(expression).argument);
      case kUnary:
        return Walk(sql::As<sql::Unary>(expression).operand);
      case kBinary:
        return WalkBinary(expression);
      case kIsTest:
        return Walk(sql::As<sql::IsTest>(expression).operand);
      case kIsDistinctFrom:
        Walk(sql::As<sql::IsDistinctFrom>(expression).left);
        return Walk(sql::As<sql::IsDistinctFrom>(expression).right);
      case kBetween:
        Walk(sql::As<sql::Between>(expression).operand);
        Walk(sql::As<sql::Between>(expression).low);
        return Walk(sql::As<sql::Between>(expression).high);
      case kLike:
        Walk(sql::As<sql::Like>(expression).operand);
        return WalkAll(sql::As<sql::Like>(expression).patterns);
      case kInList:
        Walk(sql::As<sql::InList>(expression).operand);
        return WalkAll(sql::As<sql::InList>(expression).items);
      default:
        return WalkRest(expression);
    }
  }

 private:
  // A chain of operators is left-deep and may be long.
  void WalkBinary(const sql::Expression& expression) {
    const sql::Expression* current = &expression;
    while (const auto* binary = sql::TryAs<sql::Binary>(current)) {
      Walk(binary->right);
      if (sql::TryAs<sql::Binary>(binary->left) == nullptr) {
        Walk(binary->left);
        return;
      }
      current = binary->left.get();
    }
  }

  void WalkRest(const sql::Expression& expression) {
    using enum sql::ExpressionKind;
    switch (expression.kind) {
      case kInSubquery:
        Walk(sql::As<sql::InSubquery>(expression).operand);
        return Walk(sql::As<sql::InSubquery>(expression).query);
      case kExists:
        return Walk(sql::As<sql::Exists>(expression).query);
      case kScalarSubquery:
        return Walk(sql::As<sql::ScalarSubquery>(expression).query);
      case kCast:
        return Walk(sql::As<sql::Cast>(expression).operand);
      case kFieldAccess:
        return Walk(sql::As<sql::FieldAccess>(expression).base);
      case kSubscript:
        Walk(sql::As<sql::Subscript>(expression).base);
        return Walk(sql::As<sql::Subscript>(expression).index);
      case kSemiStructured:
        return Walk(sql::As<sql::SemiStructured>(expression).base);
      case kCase:
        return Walk(sql::As<sql::Case>(expression));
      case kFunctionCall:
        return Walk(sql::As<sql::FunctionCall>(expression));
      case kLambda:
        return Walk(sql::As<sql::Lambda>(expression).body);
      case kCollate:
        return Walk(sql::As<sql::Collate>(expression).operand);
      case kRow:
        return WalkAll(sql::As<sql::Row>(expression).items);
      case kAlias:
        return Walk(sql::As<sql::Alias>(expression).operand);
      case kTableArgument:
        return Walk(sql::As<sql::TableArgument>(expression));
      default:
        return;
    }
  }

  void Walk(const sql::TableArgument& argument) {
    Walk(argument.query);
    const std::vector<std::string> parts = PartsOf(argument.table);
    if (!parts.empty())
      references.push_back({.parts = parts, .offset = argument.table.range.begin});
    WalkAll(argument.partition_by);
  }

  std::vector<std::string>
      scope_;  // Names of common table expressions that hold here, in lower case.
};

}  // namespace

std::vector<std::string> PartsOf(const sql::Name& name) {
  std::vector<std::string> parts;
  for (const sql::Identifier& part : name.parts) parts.push_back(part.name);
  return parts;
}

std::vector<Reference> ReferencesOf(const sql::Query& query) {
  Walker walker;
  walker.Walk(query);
  std::ranges::stable_sort(walker.references, {}, &Reference::offset);
  return std::move(walker.references);
}

std::vector<Reference> ReferencesOf(const sql::Expression& expression) {
  Walker walker;
  walker.Walk(expression);
  return std::move(walker.references);
}

std::string OptionText(const sql::Option& option) {
  if (!option.value) return "";
  if (const auto* literal = sql::TryAs<sql::Literal>(option.value)) return literal->text;
  return sql::ToSql(*option.value);
}

std::vector<const sql::FunctionCall*> CallsOf(const sql::Expression& expression) {
  Walker walker;
  walker.enter_queries = false;
  walker.Walk(expression);
  return std::move(walker.calls);
}

std::vector<std::string> FunctionsOf(const sql::Query& query) {
  Walker walker;
  walker.Walk(query);
  return {walker.functions.begin(), walker.functions.end()};
}

}  // namespace lakesmith::pipeline
