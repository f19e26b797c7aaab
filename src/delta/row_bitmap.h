#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakesmith::delta {

// A set of row positions, compressed as 64-bit Roaring. Not safe for writing from several threads
// at once.
class RowBitmap {
 public:
  void Add(uint64_t row);
  // Adds the rows from `first` up to but without `end`.
  void AddRange(uint64_t first, uint64_t end);
  bool Contains(uint64_t row) const;
  uint64_t cardinality() const;
  bool empty() const { return containers_.empty(); }

  void UnionWith(const RowBitmap& other);
  void Subtract(const RowBitmap& other);
  bool Intersects(const RowBitmap& other) const;

  // Sets `selected[i]` to false for each i in [0, count) where row `first + i` is in the set; says
  // how many it set.
  size_t ClearSelected(uint64_t first, size_t count, bool* selected) const;
  // Calls `visit` with every row, ascending.
  void ForEach(const std::function<void(uint64_t)>& visit) const;

  // The bytes of a deletion vector: magic number, then the portable 64-bit Roaring format.
  // Source: Delta protocol, "Deletion Vector Format"; Roaring format specification.
  std::string Serialize() const;
  // Errors: kCorrupt  what is wrong and at which byte. Never reads out of bounds, whatever the
  // input.
  static Result<RowBitmap> Deserialize(std::string_view bytes);

  bool operator==(const RowBitmap& other) const;

 private:
  // Rows from `first` to `last`, both within one container and included.
  struct Run {
    uint16_t first;
    uint16_t last;
  };

  // 65,536 rows, in the one of three forms that is filled.
  struct Container {
    std::vector<uint16_t> sorted;
    std::vector<Run> runs;       // Ascending, not touching one another.
    std::vector<uint64_t> bits;  // 1,024 words.
    uint32_t count = 0;

    bool Contains(uint16_t low) const;
    void Add(uint16_t low);
    void AddRun(Run run);
    // Calls `visit(Run)` for all rows, ascending; single positions come as runs of one.
    template <typename Visit>
    void ForEachRun(const Visit& visit) const;
    // The rows as longest possible runs.
    std::vector<Run> AllRuns() const;
    void MakeBits();
    // Sets or clears a run of bits; MakeBits before, Settle after.
    void SetBits(Run run, bool value);
    // Counts anew and takes the small form where it suffices.
    void Settle();
  };

  class Writer;
  class Reader;

  std::map<uint64_t, Container> containers_;  // By row / 65,536; none is empty.
};

}  // namespace lakesmith::delta
