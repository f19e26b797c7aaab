#pragma once

#include <memory>

#include "delta/actions.h"
#include "delta/predicate.h"
#include "delta/snapshot.h"

namespace lakesmith::delta {

// Says which files cannot hold a row that fulfils a predicate, from partition values and
// statistics. Any thread may ask; statistics are parsed at each call.
class FileSkipper {
 public:
  // `predicate` names logical columns of the snapshot; one that is not there counts as unknown.
  FileSkipper(const Snapshot& snapshot, const Predicate& predicate);
  ~FileSkipper();
  FileSkipper(FileSkipper&&) noexcept;

  // False only when no live row of the file fulfils the predicate.
  bool CanMatch(const AddFile& file) const;
  // The same from partition values alone.
  bool CanMatchPartition(const AddFile& file) const;
  // Whether partition values alone decide: every row of the file then fulfils it or none does.
  bool OnlyPartitionColumns() const;
  // True only when every row of the file fulfils the predicate by its partition values (whole-file
  // delete).
  bool AllMatchPartition(const AddFile& file) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace lakesmith::delta
