#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/definition.h"

namespace lakesmith::pipeline {

// Gathers what statements define and joins flows with their targets once all files are read.
class DefinitionBuilder {
 public:
  // Errors: kInvalid when the name is taken.
  Status AddDataset(DatasetDefinition dataset);
  void AddFlow(const catalog::QualifiedName& target, FlowDefinition flow);
  void Warn(std::string warning);
  // The same text from many places is told for the first of them alone.
  void WarnOnce(const std::string& place, const std::string& text);
  Result<PipelineDefinition> Finish() &&;

 private:
  struct PendingFlow {
    catalog::QualifiedName target;
    FlowDefinition flow;
  };
  Status AttachFlows();
  Status CheckFlows() const;

  PipelineDefinition definition_;
  std::vector<PendingFlow> flows_;
};

// Reads the statements of one file in order.
class StatementReader {
 public:
  StatementReader(std::shared_ptr<const SourceText> source, catalog::Namespace current,
                  DefinitionBuilder& builder);

  // Takes the queries out of the statement.
  Status Read(sql::Statement& statement);

 private:
  Status ReadTable(sql::CreateTable& statement);
  Status ReadView(sql::CreateView& statement);
  Status ReadFlow(sql::CreateFlow& statement);
  Status ReadUse(const sql::Use& statement);
  Status CheckTableClauses(const sql::CreateTable& statement) const;
  Status ReadColumns(const sql::CreateTable& statement, DatasetDefinition& dataset) const;
  Status ReadExpectations(const std::vector<sql::TableConstraint>& constraints,
                          DatasetDefinition& dataset) const;
  Status CheckPredicate(const sql::TableConstraint& constraint) const;
  Status ReadProperties(const std::vector<sql::Option>& options, DatasetDefinition& dataset) const;
  Result<FlowDefinition> MakeFlow(std::string name, sql::QueryPtr query,
                                  SourceLocation location) const;
  Status ReadFlowBody(sql::FlowBody& body, FlowDefinition& flow) const;
  Status ReadAutoCdc(sql::AutoCdc& cdc, FlowDefinition& flow) const;
  std::vector<CdcMention> MentionsOf(const sql::AutoCdc& cdc) const;
  // The full name of a dataset; the old prefix LIVE stands for the current schema.
  Result<catalog::QualifiedName> NameOf(const sql::Name& name) const;
  // The text between two offsets, as substituted.
  std::string Written(const sql::SourceRange& range) const;
  SourceLocation At(const sql::SourceRange& range) const { return source_->At(range.begin); }

  std::shared_ptr<const SourceText> source_;
  catalog::Namespace current_;
  std::map<std::string, std::string> settings_;
  DefinitionBuilder& builder_;
};

}  // namespace lakesmith::pipeline
