#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "delta/actions.h"
#include "delta/row_bitmap.h"
#include "delta/table.h"

namespace lakesmith::delta {

// The rows that a descriptor marks as deleted.
// Errors: kNotFound  the file is gone. kCorrupt  checksum, size or cardinality do not match.
Result<RowBitmap> ReadDeletionVector(const Table& table,
                                     const DeletionVectorDescriptor& descriptor);

// Writes the bitmaps into one durable file under the table's root and returns a descriptor for
// each, in order.
Result<std::vector<DeletionVectorDescriptor>> WriteDeletionVectors(
    const Table& table, const std::vector<RowBitmap>& bitmaps);

// A descriptor that holds the bitmap itself: for small ones, and for scans that hide rows for a
// while.
DeletionVectorDescriptor InlineDeletionVector(const RowBitmap& bitmap);

// Full path of the file that holds the vector; "" for an inline one.
std::string DeletionVectorPath(const Table& table, const DeletionVectorDescriptor& descriptor);

}  // namespace lakesmith::delta
