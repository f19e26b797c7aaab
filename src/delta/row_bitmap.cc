#include "delta/row_bitmap.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace lakesmith::delta {
namespace {

constexpr uint64_t kContainerRows = 65'536;
constexpr size_t kWords = kContainerRows / 64;
constexpr uint32_t kMaxSorted = 4096;  // More positions take less room as bits.

}  // namespace

bool RowBitmap::Container::Contains(uint16_t low) const {
  if (!bits.empty()) return (bits[low / 64] >> (low % 64) & 1) != 0;
  if (!runs.empty()) {
    const auto after = std::ranges::upper_bound(runs, low, {}, &Run::first);
    return after != runs.begin() && std::prev(after)->last >= low;
  }
  return std::ranges::binary_search(sorted, low);
}

template <typename Visit>
void RowBitmap::Container::ForEachRun(const Visit& visit) const {
  for (const Run& run : runs) visit(run);
  for (const uint16_t low : sorted) visit(Run{low, low});
  for (size_t word = 0; word < bits.size(); ++word) {
    uint64_t rest = bits[word];
    while (rest != 0) {
      const int start = std::countr_zero(rest);
      const int length = std::countr_one(rest >> start);
      const auto first = static_cast<uint16_t>(word * 64 + static_cast<size_t>(start));
      visit(Run{first, static_cast<uint16_t>(first + length - 1)});
      rest = start + length >= 64 ? 0 : rest & (~uint64_t{0} << (start + length));
    }
  }
}

std::vector<RowBitmap::Run> RowBitmap::Container::AllRuns() const {
  std::vector<Run> all;
  ForEachRun([&](Run run) {
    if (!all.empty() && all.back().last + 1 == run.first) {
      all.back().last = run.last;
    } else {
      all.push_back(run);
    }
  });
  return all;
}

void RowBitmap::Container::MakeBits() {
  if (!bits.empty()) return;
  const Container source = std::exchange(*this, Container{.count = count});
  bits.resize(kWords);
  source.ForEachRun([&](Run run) { SetBits(run, true); });
}

void RowBitmap::Container::SetBits(Run run, bool value) {
  const size_t first_word = run.first / 64;
  const size_t last_word = run.last / 64;
  for (size_t word = first_word; word <= last_word; ++word) {
    uint64_t mask = ~uint64_t{0};
    if (word == first_word) mask &= ~uint64_t{0} << (run.first % 64);
    if (word == last_word) mask &= ~uint64_t{0} >> (63 - run.last % 64);
    if (value) {
      bits[word] |= mask;
    } else {
      bits[word] &= ~mask;
    }
  }
}

void RowBitmap::Container::Settle() {
  count = 0;
  for (const uint64_t word : bits) count += static_cast<uint32_t>(std::popcount(word));
  if (count > kMaxSorted) return;
  std::vector<uint16_t> positions;
  positions.reserve(count);
  ForEachRun([&](Run run) {
    for (uint32_t low = run.first; low <= run.last; ++low)
      positions.push_back(static_cast<uint16_t>(low));
  });
  sorted = std::move(positions);
  bits = {};
}

void RowBitmap::Container::Add(uint16_t low) {
  if (Contains(low)) return;
  ++count;
  if (bits.empty() && runs.empty() && sorted.size() < kMaxSorted) {
    sorted.insert(std::ranges::lower_bound(sorted, low), low);
    return;
  }
  MakeBits();
  bits[low / 64] |= uint64_t{1} << (low % 64);
}

void RowBitmap::Container::AddRun(Run run) {
  if (count == 0) {
    runs = {run};
    count = static_cast<uint32_t>(run.last - run.first) + 1;
    return;
  }
  MakeBits();
  SetBits(run, true);
  Settle();
}

void RowBitmap::Add(uint64_t row) {
  containers_[row / kContainerRows].Add(static_cast<uint16_t>(row % kContainerRows));
}

void RowBitmap::AddRange(uint64_t first, uint64_t end) {
  while (first < end) {
    const uint64_t key = first / kContainerRows;
    const uint64_t last = std::min(end - 1, key * kContainerRows + kContainerRows - 1);
    containers_[key].AddRun({static_cast<uint16_t>(first % kContainerRows),
                             static_cast<uint16_t>(last % kContainerRows)});
    first = last + 1;
    if (first == 0) return;  // Past the highest row there is.
  }
}

bool RowBitmap::Contains(uint64_t row) const {
  const auto found = containers_.find(row / kContainerRows);
  return found != containers_.end() &&
         found->second.Contains(static_cast<uint16_t>(row % kContainerRows));
}

uint64_t RowBitmap::cardinality() const {
  uint64_t count = 0;
  for (const auto& [key, container] : containers_) count += container.count;
  return count;
}

void RowBitmap::UnionWith(const RowBitmap& other) {
  for (const auto& [key, theirs] : other.containers_) {
    const auto [place, is_new] = containers_.try_emplace(key, theirs);
    if (is_new) continue;
    Container& ours = place->second;
    ours.MakeBits();
    theirs.ForEachRun([&](Run run) { ours.SetBits(run, true); });
    ours.Settle();
  }
}

void RowBitmap::Subtract(const RowBitmap& other) {
  for (const auto& [key, theirs] : other.containers_) {
    const auto place = containers_.find(key);
    if (place == containers_.end()) continue;
    Container& ours = place->second;
    ours.MakeBits();
    theirs.ForEachRun([&](Run run) { ours.SetBits(run, false); });
    ours.Settle();
    if (ours.count == 0) containers_.erase(place);
  }
}

bool RowBitmap::Intersects(const RowBitmap& other) const {
  for (const auto& [key, theirs] : other.containers_) {
    const auto place = containers_.find(key);
    if (place == containers_.end()) continue;
    bool found = false;
    theirs.ForEachRun([&](Run run) {
      for (uint32_t low = run.first; low <= run.last && !found; ++low) {
        found = place->second.Contains(static_cast<uint16_t>(low));
      }
    });
    if (found) return true;
  }
  return false;
}

size_t RowBitmap::ClearSelected(uint64_t first, size_t count, bool* selected) const {
  size_t cleared = 0;
  const uint64_t end = first + count;
  for (auto at = containers_.lower_bound(first / kContainerRows); at != containers_.end(); ++at) {
    const uint64_t base = at->first * kContainerRows;
    if (base >= end) break;
    at->second.ForEachRun([&](Run run) {
      const uint64_t from = std::max(first, base + run.first);
      const uint64_t to = std::min(end, base + run.last + 1);
      for (uint64_t row = from; row < to; ++row) {
        selected[row - first] = false;
        ++cleared;
      }
    });
  }
  return cleared;
}

void RowBitmap::ForEach(const std::function<void(uint64_t)>& visit) const {
  for (const auto& [key, container] : containers_) {
    const uint64_t base = key * kContainerRows;
    container.ForEachRun([&](Run run) {
      for (uint64_t low = run.first; low <= run.last; ++low) visit(base + low);
    });
  }
}

bool RowBitmap::operator==(const RowBitmap& other) const {
  const auto same = [](const auto& a, const auto& b) {
    if (a.first != b.first || a.second.count != b.second.count) return false;
    return std::ranges::equal(a.second.AllRuns(), b.second.AllRuns(),
                              [](Run x, Run y) { return x.first == y.first && x.last == y.last; });
  };
  return std::ranges::equal(containers_, other.containers_, same);
}

namespace {

constexpr uint32_t kMagic = 1681511377;     // Portable layout.
constexpr uint32_t kOldMagic = 1681511376;  // Buckets 0, 1, 2, ... each with its size before it.
constexpr uint32_t kCookie = 12347;         // Some containers are runs.
constexpr uint32_t kCookieWithoutRuns = 12346;
constexpr size_t kNoOffsetsBelow = 4;  // With runs and fewer containers the offsets are left out.
constexpr size_t kBitsetBytes = kWords * 8;

template <typename T>
void AppendLittleEndian(T value, std::string* out) {
  for (size_t i = 0; i < sizeof(T); ++i) out->push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

}  // namespace

// Writes one 32-bit Roaring bitmap after the other.
class RowBitmap::Writer {
 public:
  explicit Writer(std::string* out) : out_(out) {}

  // The containers of one bucket: they share the upper 32 bits of their rows.
  void WriteBucket(const std::vector<std::pair<uint16_t, const Container*>>& containers) {
    std::vector<std::string> bodies;
    std::vector<bool> is_run;
    for (const auto& [key, container] : containers) {
      bool run = false;
      bodies.push_back(Body(*container, &run));
      is_run.push_back(run);
    }
    const bool any_run = std::ranges::find(is_run, true) != is_run.end();
    const size_t start = out_->size();
    WriteCookie(is_run, any_run);
    for (const auto& [key, container] : containers) {
      AppendLittleEndian(key, out_);
      AppendLittleEndian(static_cast<uint16_t>(container->count - 1), out_);
    }
    if (!any_run || containers.size() >= kNoOffsetsBelow) {
      auto offset = static_cast<uint32_t>(out_->size() - start + 4 * containers.size());
      for (const std::string& body : bodies) {
        AppendLittleEndian(offset, out_);
        offset += static_cast<uint32_t>(body.size());
      }
    }
    for (const std::string& body : bodies) *out_ += body;
  }

 private:
  void WriteCookie(const std::vector<bool>& is_run, bool any_run) {
    const auto count = static_cast<uint32_t>(is_run.size());
    if (!any_run) {
      AppendLittleEndian(kCookieWithoutRuns, out_);
      AppendLittleEndian(count, out_);
      return;
    }
    AppendLittleEndian(kCookie | (count - 1) << 16, out_);
    std::string flags((count + 7) / 8, '\0');
    for (size_t i = 0; i < is_run.size(); ++i) {
      if (is_run[i]) flags[i / 8] = static_cast<char>(flags[i / 8] | 1 << (i % 8));
    }
    *out_ += flags;
  }

  // The smallest of the three forms.
  static std::string Body(const Container& container, bool* is_run) {
    const std::vector<Run> runs = container.AllRuns();
    const size_t plain_size =
        container.count > kMaxSorted ? kBitsetBytes : size_t{2} * container.count;
    *is_run = 2 + 4 * runs.size() < plain_size;
    std::string body;
    if (*is_run) {
      AppendLittleEndian(static_cast<uint16_t>(runs.size()), &body);
      for (const Run& run : runs) {
        AppendLittleEndian(run.first, &body);
        AppendLittleEndian(static_cast<uint16_t>(run.last - run.first), &body);
      }
    } else if (container.count > kMaxSorted) {
      Container copy = container;
      copy.MakeBits();
      for (const uint64_t word : copy.bits) AppendLittleEndian(word, &body);
    } else {
      for (const Run& run : runs) {
        for (uint32_t low = run.first; low <= run.last; ++low)
          AppendLittleEndian(static_cast<uint16_t>(low), &body);
      }
    }
    return body;
  }

  std::string* out_;
};

// Reads with bounds checks; the first failure sticks and later reads give zeros.
class RowBitmap::Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Result<RowBitmap> Read() {
    const auto magic = Take<uint32_t>();
    if (magic == kMagic) {
      ReadPortable();
    } else if (magic == kOldMagic) {
      ReadOld();
    } else {
      Fail("the magic number is wrong");
    }
    if (failure_.empty() && at_ != bytes_.size()) Fail("bytes are left over");
    if (!failure_.empty()) return Corrupt("deletion vector: {} at byte {}", failure_, failed_at_);
    return std::move(bitmap_);
  }

 private:
  template <typename T>
  T Take() {
    if (bytes_.size() - at_ < sizeof(T)) {
      Fail("ends too early");
      return 0;
    }
    T value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
      value = static_cast<T>(value | static_cast<T>(static_cast<unsigned char>(bytes_[at_ + i]))
                                         << (8 * i));
    }
    at_ += sizeof(T);
    return value;
  }

  void Fail(const char* reason) {
    if (!failure_.empty()) return;
    failure_ = reason;
    failed_at_ = at_;
  }
  bool ok() const { return failure_.empty(); }

  void ReadPortable() {
    const auto buckets = Take<uint64_t>();
    uint64_t previous = 0;
    for (uint64_t i = 0; i < buckets && ok(); ++i) {
      const auto high = Take<uint32_t>();
      if (high > INT32_MAX || (i > 0 && high <= previous)) Fail("buckets are not in order");
      previous = high;
      ReadBucket(high);
    }
  }

  void ReadOld() {
    const auto buckets = Take<uint32_t>();
    for (uint32_t high = 0; high < buckets && ok(); ++high) {
      const auto size = Take<uint32_t>();
      const size_t start = at_;
      ReadBucket(high);
      if (ok() && at_ - start != size) Fail("a bucket has another size than it says");
    }
  }

  void ReadBucket(uint64_t high) {
    const auto cookie = Take<uint32_t>();
    const bool with_runs = (cookie & 0xFFFF) == kCookie;
    if (!with_runs && cookie != kCookieWithoutRuns) return Fail("the cookie of a bucket is wrong");
    const uint64_t count = with_runs ? (cookie >> 16) + 1 : Take<uint32_t>();
    if (count > kContainerRows) return Fail("a bucket has too many containers");
    std::vector<uint8_t> run_flags;
    for (uint64_t i = 0; with_runs && i < (count + 7) / 8; ++i)
      run_flags.push_back(Take<uint8_t>());
    std::vector<std::pair<uint16_t, uint32_t>> headers;
    for (uint64_t i = 0; i < count && ok(); ++i) {
      const auto key = Take<uint16_t>();
      const uint32_t cardinality = uint32_t{Take<uint16_t>()} + 1;
      if (i > 0 && key <= headers.back().first) Fail("containers are not in order");
      headers.emplace_back(key, cardinality);
    }
    // Containers follow one another, so the offsets tell nothing new.
    for (uint64_t i = 0; (!with_runs || count >= kNoOffsetsBelow) && i < count && ok(); ++i)
      Take<uint32_t>();
    for (uint64_t i = 0; i < count && ok(); ++i) {
      const bool is_run = with_runs && (run_flags[i / 8] >> (i % 8) & 1) != 0;
      ReadContainer(high << 16 | headers[i].first, headers[i].second, is_run);
    }
  }

  void ReadContainer(uint64_t key, uint32_t cardinality, bool is_run) {
    Container container;
    if (is_run) {
      ReadRuns(&container);
    } else if (cardinality > kMaxSorted) {
      ReadBits(&container);
    } else {
      ReadSorted(cardinality, &container);
    }
    if (ok() && container.count != cardinality)
      Fail("a container has another number of rows than it says");
    if (ok()) bitmap_.containers_[key] = std::move(container);
  }

  void ReadRuns(Container* container) {
    const auto count = Take<uint16_t>();
    uint32_t next = 0;
    for (uint32_t i = 0; i < count && ok(); ++i) {
      const uint32_t first = Take<uint16_t>();
      const uint32_t last = first + Take<uint16_t>();
      if (last >= kContainerRows || (i > 0 && first < next)) return Fail("runs are not in order");
      container->runs.push_back({static_cast<uint16_t>(first), static_cast<uint16_t>(last)});
      container->count += last - first + 1;
      next = last + 1;
    }
  }

  void ReadBits(Container* container) {
    if (bytes_.size() - at_ < kBitsetBytes) return Fail("ends too early");
    container->bits.resize(kWords);
    for (uint64_t& word : container->bits) {
      word = Take<uint64_t>();
      container->count += static_cast<uint32_t>(std::popcount(word));
    }
  }

  void ReadSorted(uint32_t cardinality, Container* container) {
    if (bytes_.size() - at_ < 2 * size_t{cardinality}) return Fail("ends too early");
    for (uint32_t i = 0; i < cardinality; ++i) {
      const auto low = Take<uint16_t>();
      if (i > 0 && low <= container->sorted.back()) return Fail("positions are not in order");
      container->sorted.push_back(low);
    }
    container->count = cardinality;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  size_t failed_at_ = 0;
  std::string failure_;
  RowBitmap bitmap_;
};

std::string RowBitmap::Serialize() const {
  std::map<uint32_t, std::vector<std::pair<uint16_t, const Container*>>> buckets;
  for (const auto& [key, container] : containers_) {
    buckets[static_cast<uint32_t>(key >> 16)].emplace_back(static_cast<uint16_t>(key), &container);
  }
  std::string out;
  AppendLittleEndian(kMagic, &out);
  AppendLittleEndian(static_cast<uint64_t>(buckets.size()), &out);
  Writer writer(&out);
  for (const auto& [high, containers] : buckets) {
    AppendLittleEndian(high, &out);
    writer.WriteBucket(containers);
  }
  return out;
}

Result<RowBitmap> RowBitmap::Deserialize(std::string_view bytes) { return Reader(bytes).Read(); }

}  // namespace lakesmith::delta
