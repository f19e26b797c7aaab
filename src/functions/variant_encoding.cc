#include "functions/variant_encoding.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <string_view>

namespace lakesmith::functions {
namespace {

constexpr size_t kMaxBytes = 16 << 20;
constexpr size_t kMaxDecimalDigits = 38;
constexpr size_t kMaxSmallCount = 255;

enum class BasicType : uint8_t { kPrimitive = 0, kShortString = 1, kObject = 2, kArray = 3 };
enum class PrimitiveType : uint8_t {
  kNull = 0,
  kTrue = 1,
  kFalse = 2,
  kInt8 = 3,
  kInt16 = 4,
  kInt32 = 5,
  kInt64 = 6,
  kDouble = 7,
  kDecimal4 = 8,
  kDecimal8 = 9,
  kDecimal16 = 10,
  kString = 16,
};

void AppendLittleEndian(unsigned __int128 number, size_t bytes, std::string* out) {
  for (size_t i = 0; i < bytes; ++i) *out += static_cast<char>((number >> (8 * i)) & 0xFF);
}

void AppendHeader(BasicType type, unsigned header, std::string* out) {
  *out += static_cast<char>(static_cast<unsigned>(type) | (header << 2));
}

void AppendPrimitive(PrimitiveType type, std::string* out) {
  AppendHeader(BasicType::kPrimitive, static_cast<unsigned>(type), out);
}

// Bytes that hold any number up to `largest`.
size_t WidthOf(size_t largest) {
  size_t width = 1;
  while (width < 4 && largest >> (8 * width) != 0) ++width;
  return width;
}

void CollectNames(const JsonNode& node, std::set<std::string_view>* names) {
  for (const JsonNode& element : node.elements) CollectNames(element, names);
  for (const auto& [name, value] : node.fields) {
    names->insert(name);
    CollectNames(value, names);
  }
}

// Writes values that refer to names by their position in a dictionary.
class ValueWriter {
 public:
  explicit ValueWriter(const std::set<std::string_view>& names) {
    size_t id = 0;
    for (const std::string_view name : names) ids_[name] = id++;
  }

  void Write(const JsonNode& node, std::string* out) const {
    switch (node.kind) {
      case JsonKind::kNull:
        return AppendPrimitive(PrimitiveType::kNull, out);
      case JsonKind::kBoolean:
        return AppendPrimitive(node.boolean ? PrimitiveType::kTrue : PrimitiveType::kFalse, out);
      case JsonKind::kInteger:
      case JsonKind::kFraction:
        return WriteNumber(node.text, out);
      case JsonKind::kString:
        return WriteString(node.text, out);
      case JsonKind::kArray:
        return WriteArray(node, out);
      case JsonKind::kObject:
        return WriteObject(node, out);
    }
  }

 private:
  static void WriteString(const std::string& text, std::string* out) {
    if (text.size() < 64) {
      AppendHeader(BasicType::kShortString, static_cast<unsigned>(text.size()), out);
    } else {
      AppendPrimitive(PrimitiveType::kString, out);
      AppendLittleEndian(text.size(), 4, out);
    }
    *out += text;
  }

  static void WriteNumber(const std::string& digits, std::string* out) {
    int64_t integer = 0;
    const char* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, integer);
    if (parsed.ec == std::errc() && parsed.ptr == end) return WriteInteger(integer, out);
    if (!WriteDecimal(digits, out)) WriteDouble(digits, out);
  }

  static void WriteInteger(int64_t number, std::string* out) {
    const auto bits = static_cast<unsigned __int128>(static_cast<__int128>(number));
    if (number == static_cast<int8_t>(number)) {
      AppendPrimitive(PrimitiveType::kInt8, out);
      return AppendLittleEndian(bits, 1, out);
    }
    if (number == static_cast<int16_t>(number)) {
      AppendPrimitive(PrimitiveType::kInt16, out);
      return AppendLittleEndian(bits, 2, out);
    }
    if (number == static_cast<int32_t>(number)) {
      AppendPrimitive(PrimitiveType::kInt32, out);
      return AppendLittleEndian(bits, 4, out);
    }
    AppendPrimitive(PrimitiveType::kInt64, out);
    AppendLittleEndian(bits, 8, out);
  }

  // False when the number has an exponent or too many digits.
  static bool WriteDecimal(std::string_view digits, std::string* out) {
    const bool negative = digits.starts_with('-');
    if (negative) digits.remove_prefix(1);
    unsigned __int128 unscaled = 0;
    size_t precision = 0;
    size_t scale = 0;
    bool in_fraction = false;
    for (const char c : digits) {
      if (c == '.') {
        in_fraction = true;
        continue;
      }
      if (c < '0' || c > '9') return false;
      if (precision > 0 || c != '0') ++precision;
      if (in_fraction) ++scale;
      if (precision > kMaxDecimalDigits || scale > kMaxDecimalDigits) return false;
      unscaled = unscaled * 10 + static_cast<unsigned>(c - '0');
    }
    if (negative) unscaled = ~unscaled + 1;
    const size_t width = std::max(precision, scale);
    AppendPrimitive(width <= 9    ? PrimitiveType::kDecimal4
                    : width <= 18 ? PrimitiveType::kDecimal8
                                  : PrimitiveType::kDecimal16,
                    out);
    *out += static_cast<char>(scale);
    AppendLittleEndian(unscaled, width <= 9 ? 4 : width <= 18 ? 8 : 16, out);
    return true;
  }

  static void WriteDouble(const std::string& digits, std::string* out) {
    double number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    uint64_t bits = 0;
    std::memcpy(&bits, &number, sizeof(bits));
    AppendPrimitive(PrimitiveType::kDouble, out);
    AppendLittleEndian(bits, 8, out);
  }

  // The offsets of `values`, then the values.
  static void AppendValues(const std::vector<std::string>& values, size_t width, std::string* out) {
    size_t offset = 0;
    AppendLittleEndian(offset, width, out);
    for (const std::string& value : values) {
      offset += value.size();
      AppendLittleEndian(offset, width, out);
    }
    for (const std::string& value : values) *out += value;
  }

  static size_t TotalSize(const std::vector<std::string>& values) {
    size_t size = 0;
    for (const std::string& value : values) size += value.size();
    return size;
  }

  void WriteArray(const JsonNode& node, std::string* out) const {
    std::vector<std::string> values;
    for (const JsonNode& element : node.elements) Write(element, &values.emplace_back());
    const size_t width = WidthOf(TotalSize(values));
    const bool large = values.size() > kMaxSmallCount;
    AppendHeader(BasicType::kArray, static_cast<unsigned>((width - 1) | (large ? 4 : 0)), out);
    AppendLittleEndian(values.size(), large ? 4 : 1, out);
    AppendValues(values, width, out);
  }

  void WriteObject(const JsonNode& node, std::string* out) const {
    std::map<std::string_view, const JsonNode*> fields;
    for (const auto& [name, value] : node.fields) fields[name] = &value;
    std::vector<std::string> values;
    for (const auto& [name, value] : fields) Write(*value, &values.emplace_back());
    const size_t width = WidthOf(TotalSize(values));
    const size_t id_width = WidthOf(ids_.size());
    const bool large = values.size() > kMaxSmallCount;
    AppendHeader(BasicType::kObject,
                 static_cast<unsigned>((width - 1) | ((id_width - 1) << 2) | (large ? 16 : 0)),
                 out);
    AppendLittleEndian(values.size(), large ? 4 : 1, out);
    for (const auto& [name, value] : fields) AppendLittleEndian(ids_.at(name), id_width, out);
    AppendValues(values, width, out);
  }

  std::map<std::string_view, size_t> ids_;
};

std::string EncodeNames(const std::set<std::string_view>& names) {
  constexpr unsigned kVersion = 1;
  constexpr unsigned kSorted = 1 << 4;
  size_t size = 0;
  for (const std::string_view name : names) size += name.size();
  const size_t width = WidthOf(std::max(size, names.size()));
  std::string out(1, static_cast<char>(kVersion | kSorted | ((width - 1) << 6)));
  AppendLittleEndian(names.size(), width, &out);
  size_t offset = 0;
  AppendLittleEndian(offset, width, &out);
  for (const std::string_view name : names) {
    offset += name.size();
    AppendLittleEndian(offset, width, &out);
  }
  for (const std::string_view name : names) out += name;
  return out;
}

}  // namespace

Result<EncodedVariant> EncodeVariant(const JsonNode& node) {
  std::set<std::string_view> names;
  CollectNames(node, &names);
  EncodedVariant encoded;
  encoded.metadata = EncodeNames(names);
  ValueWriter(names).Write(node, &encoded.value);
  if (encoded.metadata.size() > kMaxBytes || encoded.value.size() > kMaxBytes) {
    return Invalid("Cannot build a variant bigger than {} bytes.", kMaxBytes)
        .WithClass("VARIANT_SIZE_LIMIT", "22023");
  }
  return encoded;
}

}  // namespace lakesmith::functions
