import FoundationEssentials
import GoogleCloud
package import JSON
package import Model

/// The declared resources that the plan of this run read.
///
/// Google's APIs learn of a change one after another, within minutes. If an answer denies a resource that another
/// answer of the same run has shown, a short wait is worthwhile; every other refusal is final.
package struct SeenResources: Sendable {
  private let names: Set<String>
  private let created: [Address: Double]
  private let services: Set<Address>

  /// How many seconds after its creation a resource may be unknown to some of Google's servers. Source:
  /// cloud.google.com/iam/docs/access-change-propagation (usually 2 minutes, sometimes 7 and more).
  private static let propagation: Double = 600

  /// - Parameter live: the live value of each declared resource that exists.
  package init(_ live: [Address: JSONValue] = [:]) {
    names = Set(live.keys.compactMap(Self.name))
    created = live.compactMapValues { $0["createTime"]?.string.flatMap(Self.seconds) }
    services = Set(live.keys.filter { $0.resource?.place.isSetting == true })
  }

  /// Whether an error only means that this server does not know a resource yet that the plan read a moment ago.
  ///
  /// - Parameters:
  ///   - address: the subject of the call.
  ///   - now: Unix seconds.
  func mayPass(_ error: APIError, on address: Address, host: APIHost, now: Double) -> Bool {
    switch error.kind {
    case .invalidArgument, .failedPrecondition:
      Self.saysAbsent(error.message, names)
    case .permissionDenied:
      // A refusal for another reason (a service perimeter, the project that pays) is permanent.
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

  /// Whether a message says that one of these names does not exist.
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

  /// The name of a resource in errors, in lower case; nil for kinds that no other resource names.
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
