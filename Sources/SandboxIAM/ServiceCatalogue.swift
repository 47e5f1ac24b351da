import Crypto
import SandboxStore

/// The services that a project can enable.
package enum ServiceCatalogue {
  /// The services that a new project has enabled, so that the first commands of a tutorial work. Google enables a
  /// larger set, which depends on how the project was created.
  package static let enabledAtCreation: Set<String> = [
    "cloudresourcemanager.googleapis.com", "iam.googleapis.com", "iamcredentials.googleapis.com",
    "serviceusage.googleapis.com",
  ]

  /// The services that a service requires.
  package static let needs: [String: Set<String>] = [
    "iamcredentials.googleapis.com": ["iam.googleapis.com"],
    "containerscanning.googleapis.com": ["containeranalysis.googleapis.com"],
    "binaryauthorization.googleapis.com": ["containeranalysis.googleapis.com"],
  ]

  /// The services that require this one directly.
  package static func dependents(of service: String) -> Set<String> {
    Set(needs.filter { $0.value.contains(service) }.keys)
  }

  /// Titles by full service name, from `Scripts/data/services.tsv`.
  package static let titles: [String: String] = {
    var found: [String: String] = [:]
    for line in PackedText.lines(PackedServices.base64, size: PackedServices.size) {
      // A title may contain spaces; the name before it does not.
      let space = line.firstIndex(of: UInt8(ascii: " ")) ?? line.endIndex
      found["\(String(decoding: line[..<space], as: UTF8.self)).googleapis.com"] =
        String(decoding: line[space...].dropFirst(), as: UTF8.self)
    }
    return found
  }()
}

/// Texts that `Scripts/sandbox-data` packed.
enum PackedText {
  /// The lines of a text, including empty ones; none if it cannot be unpacked.
  static func lines(_ base64: String, size: Int) -> [ArraySlice<UInt8>] {
    guard let packed = Base64.decode(base64), let text = Deflate.inflate(packed, size: size) else {
      return []
    }
    return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  }
}
