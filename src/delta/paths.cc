#include "delta/paths.h"

#include <sys/random.h>

#include <cstdint>
#include <optional>

#include "base/check.h"
#include "base/result.h"
#include "delta/scalar_text_internal.h"

namespace lakesmith::delta {
namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

void AppendPercent(unsigned char byte, std::string* out) {
  *out += '%';
  *out += kHexDigits[byte >> 4];
  *out += kHexDigits[byte & 15];
}

bool IsAlphanumeric(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::optional<int> HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

// Length of "scheme" in "scheme:/..."; 0 when the path has none.
size_t SchemeLength(std::string_view path) {
  size_t length = 0;
  while (length < path.size() &&
         (IsAlphanumeric(static_cast<unsigned char>(path[length])) ||
          std::string_view("+-.").find(path[length]) != std::string_view::npos)) {
    ++length;
  }
  // One letter alone is no scheme that anybody uses.
  const bool is_scheme = length > 1 && path.substr(length).starts_with(":/");
  return is_scheme ? length : 0;
}

// "/x" of "file:/x", "file:///x" and "file://host/x".
std::string WithoutFileScheme(std::string path) {
  if (!path.starts_with("file:/")) return path;
  path.erase(0, 5);
  if (!path.starts_with("//")) return path;
  const size_t slash = path.find('/', 2);
  return slash == std::string::npos ? "/" : path.substr(slash);
}

uint64_t RandomBits() {
  uint64_t bits = 0;
  CHECK(::getrandom(&bits, sizeof bits, 0) == static_cast<ssize_t>(sizeof bits));
  return bits;
}

}  // namespace

std::string EncodePath(std::string_view path) {
  constexpr std::string_view kLegal = "_-!.~'()*,;:$&+=/@";
  std::string out;
  out.reserve(path.size());
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsAlphanumeric(byte) || kLegal.find(c) != std::string_view::npos) {
      out += c;
    } else {
      AppendPercent(byte, &out);
    }
  }
  return out;
}

std::string DecodePath(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%' && i + 2 < path.size()) {
      const std::optional<int> high = HexValue(path[i + 1]);
      const std::optional<int> low = HexValue(path[i + 2]);
      if (high && low) {
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    out += path[i];
  }
  return out;
}

bool IsAbsolutePath(std::string_view encoded_path) {
  return encoded_path.starts_with('/') || SchemeLength(encoded_path) > 0;
}

std::string EscapePartitionName(std::string_view text) {
  constexpr std::string_view kEscaped = "\"#%'*/:=?\\{[]^";
  if (text.empty()) return "__HIVE_DEFAULT_PARTITION__";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || kEscaped.find(c) != std::string_view::npos) {
      AppendPercent(byte, &out);
    } else {
      out += c;
    }
  }
  return out;
}

std::string CanonicalPath(std::string_view encoded_path, std::string_view root) {
  if (!IsAbsolutePath(encoded_path)) return DecodePath(encoded_path);
  std::string path = WithoutFileScheme(DecodePath(encoded_path));
  if (path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/') {
    return path.substr(root.size() + 1);
  }
  return path;
}

std::string NewUuid() {
  // From the system each time: a generator of our own would repeat itself in a forked process, and
  // two commits of the same id would each take the other's for their own.
  uint64_t high = RandomBits();
  uint64_t low = RandomBits();
  high = (high & ~uint64_t{0xF000}) | 0x4000;
  low = (low & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF,
                     high & 0xFFFF, low >> 48, low & 0xFFFF'FFFF'FFFF);
}

std::string NewDataFileName(std::string_view codec) {
  const std::string suffix =
      codec.empty() || codec == "uncompressed" ? "" : fmt::format(".{}", codec);
  return fmt::format("part-00000-{}-c000{}.parquet", NewUuid(), suffix);
}

}  // namespace lakesmith::delta
