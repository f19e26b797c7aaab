#include "delta/deletion_vector.h"

#include <zlib.h>

#include "delta/paths.h"
#include "delta/z85_internal.h"

namespace lakesmith::delta {
namespace {

constexpr size_t kEncodedUuidLength = 20;
constexpr char kFormatVersion = 1;

uint32_t Crc32(std::string_view bytes) {
  return static_cast<uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

void AppendBigEndian(uint32_t value, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out->push_back(static_cast<char>(value >> shift & 0xFF));
}

uint32_t BigEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// "d2c639aa-8816-431a-aaf6-d3fe2512ff61" of its 16 bytes.
std::string UuidText(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(bytes[i]));
  }
  return text;
}

std::string UuidBytes(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    if (c == '-') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<char>(high * 16 + digit));
      high = -1;
    }
  }
  return bytes;
}

Result<std::string> InlineBytes(const DeletionVectorDescriptor& descriptor) {
  std::string bytes = TRY(Z85Decode(descriptor.path_or_inline));
  if (descriptor.size_bytes < 0 || static_cast<size_t>(descriptor.size_bytes) > bytes.size()) {
    return Corrupt("inline deletion vector holds {} bytes, but should hold {}", bytes.size(),
                   descriptor.size_bytes);
  }
  bytes.resize(static_cast<size_t>(descriptor.size_bytes));
  return bytes;
}

Result<std::string> FileBytes(const Table& table, const DeletionVectorDescriptor& descriptor) {
  const std::string path = DeletionVectorPath(table, descriptor);
  if (path.empty())
    return Corrupt("deletion vector '{}' does not name a file", descriptor.path_or_inline);
  const int64_t offset = descriptor.offset.value_or(0);
  const int64_t size = descriptor.size_bytes;
  const std::string block = TRY(table.store->ReadRange(path, offset, size + 8));
  if (static_cast<int64_t>(block.size()) != size + 8) {
    return Corrupt("{}: deletion vector at byte {} of {} bytes reaches beyond the end of the file",
                   path, offset, size);
  }
  if (BigEndian(block) != static_cast<uint32_t>(size)) {
    return Corrupt("{}: deletion vector at byte {} has size {}, but the log says {}", path, offset,
                   BigEndian(block), size);
  }
  std::string bytes = block.substr(4, static_cast<size_t>(size));
  if (BigEndian(std::string_view(block).substr(static_cast<size_t>(size) + 4)) != Crc32(bytes)) {
    return Corrupt("{}: deletion vector at byte {} has a wrong checksum", path, offset);
  }
  return bytes;
}

}  // namespace

std::string DeletionVectorPath(const Table& table, const DeletionVectorDescriptor& descriptor) {
  if (descriptor.storage_type == 'i') return "";
  if (descriptor.storage_type == 'p') return table.FullPath(descriptor.path_or_inline);
  const std::string& text = descriptor.path_or_inline;
  if (text.size() < kEncodedUuidLength) return "";
  const std::string prefix = text.substr(0, text.size() - kEncodedUuidLength);
  const Result<std::string> uuid = Z85Decode(std::string_view(text).substr(prefix.size()));
  if (!uuid) return "";
  const std::string name = fmt::format("deletion_vector_{}.bin", UuidText(*uuid));
  return storage::JoinPath(storage::JoinPath(table.root, prefix), name);
}

Result<RowBitmap> ReadDeletionVector(const Table& table,
                                     const DeletionVectorDescriptor& descriptor) {
  if (descriptor.size_bytes < 0)
    return Corrupt("deletion vector of {} bytes", descriptor.size_bytes);
  const std::string bytes =
      TRY(descriptor.storage_type == 'i' ? InlineBytes(descriptor) : FileBytes(table, descriptor));
  Result<RowBitmap> bitmap = RowBitmap::Deserialize(bytes);
  if (!bitmap) return std::move(bitmap).error().Within(DeletionVectorPath(table, descriptor));
  if (static_cast<int64_t>(bitmap->cardinality()) != descriptor.cardinality) {
    return Corrupt("{}: deletion vector marks {} rows, but the log says {}",
                   DeletionVectorPath(table, descriptor), bitmap->cardinality(),
                   descriptor.cardinality);
  }
  return bitmap;
}

DeletionVectorDescriptor InlineDeletionVector(const RowBitmap& bitmap) {
  const std::string bytes = bitmap.Serialize();
  return {.storage_type = 'i',
          .path_or_inline = Z85Encode(bytes),
          .size_bytes = static_cast<int32_t>(bytes.size()),
          .cardinality = static_cast<int64_t>(bitmap.cardinality())};
}

Result<std::vector<DeletionVectorDescriptor>> WriteDeletionVectors(
    const Table& table, const std::vector<RowBitmap>& bitmaps) {
  std::vector<DeletionVectorDescriptor> descriptors;
  if (bitmaps.empty()) return descriptors;
  const std::string uuid = NewUuid();
  std::string file(1, kFormatVersion);
  for (const RowBitmap& bitmap : bitmaps) {
    const std::string bytes = bitmap.Serialize();
    descriptors.push_back({.storage_type = 'u',
                           .path_or_inline = Z85Encode(UuidBytes(uuid)),
                           .offset = static_cast<int32_t>(file.size()),
                           .size_bytes = static_cast<int32_t>(bytes.size()),
                           .cardinality = static_cast<int64_t>(bitmap.cardinality())});
    AppendBigEndian(static_cast<uint32_t>(bytes.size()), &file);
    file += bytes;
    AppendBigEndian(Crc32(bytes), &file);
    if (file.size() > INT32_MAX)
      return Unsupported("deletion vectors of one statement take more than 2 GiB");
  }
  TRY(table.store->PutIfAbsent(
      storage::JoinPath(table.root, fmt::format("deletion_vector_{}.bin", uuid)), file));
  return descriptors;
}

}  // namespace lakesmith::delta
