#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakesmith {

// A time zone by which wall-clock times and instants are turned into each other. Immutable, cheap
// to copy; threads may share it. Times are microseconds since 1970-01-01T00:00:00, of UTC for
// instants, of the local clock else. The rules come from the system's zone data
// (/usr/share/zoneinfo).
class TimeZone {
 public:
  TimeZone() = default;  // UTC.

  // An IANA name (Europe/Oslo), UTC, Z, or an offset as Spark takes it: +1, +01:00, -08:30,
  // +01:00:30, each also behind UTC, GMT or UT. Errors: kInvalid, class INVALID_TIMEZONE, names the
  // nearest zone.
  static Result<TimeZone> Find(std::string_view name);

  // The name it was found by; "UTC" for the default.
  const std::string& name() const { return name_; }

  // Local time minus UTC at an instant.
  int64_t OffsetAt(int64_t utc_micros) const;
  int64_t ToLocal(int64_t utc_micros) const { return utc_micros + OffsetAt(utc_micros); }

  enum class LocalKind { kUnique, kGap, kOverlap };
  struct Instant {
    int64_t utc_micros;  // In a gap: moved forward by its length; in an overlap: the earlier one.
    LocalKind kind;
  };
  // The instant of a wall-clock time, with java.time's rules for gaps and overlaps.
  Instant ToInstant(int64_t local_micros) const;

  // Short name at an instant, e.g. "PST" or "+01:00".
  std::string Abbreviation(int64_t utc_micros) const;

 private:
  struct Zone;
  std::string name_ = "UTC";
  int64_t fixed_offset_ = 0;          // Used when zone_ is null.
  std::shared_ptr<const Zone> zone_;  // Null for fixed offsets.
};

}  // namespace lakesmith
