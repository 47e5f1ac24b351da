/// A number of bytes for people: `312 GB`; decimal units, three digits at most.
package struct ByteCount: CustomStringConvertible {
  private let count: Int64

  /// A number of bytes.
  package init(_ count: Int64) { self.count = count }

  package var description: String {
    var value = Double(count)
    for unit in ["bytes", "kB", "MB", "GB", "TB"] {
      if value < 1000 || unit == "TB" {
        let rounded = value < 10 && unit != "bytes" ? (value * 10).rounded() / 10 : value.rounded()
        let text = rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
        return "\(text) \(unit)"
      }
      value /= 1000
    }
    return "\(count) bytes"
  }
}
