import FoundationEssentials
import GoogleCloud
package import JSON
package import Model

/// The declared things that the plan of this run read as present.
///
/// Google's APIs learn of a change one after another, for up to some minutes. An answer that denies what another answer
/// of the same run has shown is slow, and worth a short wait; every other refusal is final.
package struct SeenResources: Sendable {
  private let names: Set<String>
  private let created: [Address: Double]
  private let services: Set<Address>

  /// How long after its creation a resource may still be unknown to some of Google's servers. Source:
  /// cloud.google.com/iam/docs/access-change-propagation (usually 2 minutes, at times 7 and more).
  private static let propagation: Double = 600

  /// - Parameter live: what was read of each declared resource that is there.
  package init(_ live: [Address: JSONValue] = [:]) {
    names = Set(live.keys.compactMap(Self.name))
    created = live.compactMapValues { $0["createTime"]?.string.flatMap(Self.seconds) }
    services = Set(live.keys.filter { $0.resource?.place.isSetting == true })
  }

  /// Whether an error only says that what was read a moment ago is not known yet where it was looked for.
  ///
  /// - Parameters:
  ///   - address: what the call was about.
  ///   - now: Unix seconds.
  func mayPass(_ error: APIError, on address: Address, host: APIHost, now: Double) -> Bool {
    switch error.kind {
    case .invalidArgument, .failedPrecondition:
      Self.saysAbsent(error.message, names)
    case .permissionDenied:
      // A refusal for another reason (a service perimeter, the project that pays) does not pass.
      error.status == "PERMISSION_DENIED"
        && (error.reason == nil || error.reason == "IAM_PERMISSION_DENIED")
        && isRecent(address, now)
    case .notFound: isRecent(address, now)
    case .serviceDisabled:
      error.disabledService(called: host).map { name in
        services.contains { $0.project == address.project && $0.id == name }
      } ?? false
    default: false
    }
  }

  private func isRecent(_ address: Address, _ now: Double) -> Bool {
    address.lineage.contains { address in
      created[address].map { abs(now - $0) < Self.propagation } ?? false
    }
  }

  /// Whether a message says of one of these names that it does not exist.
  static func saysAbsent(_ message: String, _ names: Set<String>) -> Bool {
    guard message.contains("does not exist") else { return false }
    let words = message.lowercased().split { " \t\n\"'`,;()[]".contains($0) }
    return words.contains { word in
      // `serviceAccount:E`, and a full stop at the end.
      let bare = word.hasSuffix(".") ? word.dropLast() : word
      return names.contains(String(bare))
        || bare.firstIndex(of: ":").map {
          names.contains(String(bare[bare.index(after: $0)...]))
        } == true
    }
  }

  /// How an error names a resource, in lower case; nil for kinds that no other resource names.
  static func name(of address: Address) -> String? {
    guard address.resource?.isNamedInErrors == true else { return nil }
    let name = address.accountEmail ?? address.rest?.segments(of: address)?.joined(separator: "/")
    return name?.lowercased()
  }

  /// Unix seconds of an RFC 3339 time.
  private static func seconds(_ text: String) -> Double? {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
    return (try? style.parse(text))?.timeIntervalSince1970
  }
}
