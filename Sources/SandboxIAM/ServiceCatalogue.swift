import Compression
import Crypto

/// The services that a project can enable.
package enum ServiceCatalogue {
  /// What a project made here has from the start, so that a tutorial's first commands work. (A fact of
  /// the sandbox: Google enables a larger set, which depends on how the project was made.)
  package static let enabledAtCreation: Set<String> = [
    "cloudresourcemanager.googleapis.com", "iam.googleapis.com", "iamcredentials.googleapis.com",
    "serviceusage.googleapis.com",
  ]

  /// A service and those that it cannot do without.
  package static let needs: [String: Set<String>] = [
    "iamcredentials.googleapis.com": ["iam.googleapis.com"],
    "containerscanning.googleapis.com": ["containeranalysis.googleapis.com"],
    "binaryauthorization.googleapis.com": ["containeranalysis.googleapis.com"],
  ]

  /// The services that need this one, directly.
  package static func dependents(of service: String) -> Set<String> {
    Set(needs.filter { $0.value.contains(service) }.keys)
  }

  /// Service name to title, after `Scripts/data/services.tsv`.
  package static let titles: [String: String] = {
    var found: [String: String] = [:]
    for line in PackedText.lines(PackedServices.base64, size: PackedServices.size) {
      let space = line.firstIndex(of: UInt8(ascii: " ")) ?? line.endIndex
      found["\(String(decoding: line[..<space], as: UTF8.self)).googleapis.com"] =
        String(decoding: line[space...].dropFirst(), as: UTF8.self)
    }
    return found
  }()
}

/// Texts that were packed by `Scripts/sandbox-data`.
enum PackedText {
  /// The lines of a text, empty ones too; none when it cannot be unpacked.
  static func lines(_ base64: String, size: Int) -> [ArraySlice<UInt8>] {
    guard let packed = Base64.decode(base64), let text = Deflate.inflate(packed, size: size) else {
      return []
    }
    return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  }
}
