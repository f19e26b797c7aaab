#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "connect/read_files.h"
#include "engine/duckdb/emitted_query.h"
#include "engine/write_request.h"
#include "types/data_type.h"

namespace lakesmith::engine {

class Connection;

// A call of read_files: what it reads and which columns that has.
struct PlannedFiles {
  connect::ReadFiles read;
  connect::FileFormat format = connect::FileFormat::kParquet;
  std::vector<connect::InputFile> files;
  std::vector<types::StructField> columns;
};

// Checks the arguments (constants as text, option names in lower case), lists the files and finds
// the columns: those declared by `schema`, else those of the files as the engine reads them, with
// `schemaHints` on top. Paths are relative to `base_folder`. For a batch query; a stream plans its
// batches from the same parts.
//
// Errors: kInvalid for an unknown option, a wrong value, or no file to learn the columns from;
// kNotFound for a path.
Result<PlannedFiles> PlanReadFiles(Connection& connection,
                                   const std::vector<std::string>& arguments,
                                   const std::map<std::string, std::string>& options,
                                   const std::string& base_folder);

// The columns of files, from a declared schema or by looking into them. Names that differ in case
// only are one. Errors: kInvalid when `files` is empty and no schema is declared.
Result<std::vector<types::StructField>> FileColumns(Connection& connection,
                                                    const connect::ReadFiles& read,
                                                    connect::FileFormat format,
                                                    const std::vector<connect::InputFile>& files);

// The type of a column of CSV or JSON, of the type that its values look like; all text unless
// `infer`. Such formats have no notion of a time without zone: what looks like a time is an
// instant.
types::DataType TypeFromText(const types::DataType& type, bool infer);
// Gives the columns that `schemaHints` names their types, and adds those that are not there.
// Errors: kInvalid for text that is no schema.
Status ApplySchemaHints(const std::string& hints, std::vector<types::StructField>& columns);

// What the engine scans for exactly these files. Errors: kUnsupported for formats and option values
// that the engine's readers lack.
Result<FileScan> ToFileScan(const PlannedFiles& plan);
Result<FileScan> ToFileScan(const FilesRelation& files);

}  // namespace lakesmith::engine
