import Diagnostics
import JSON
import Manifests
import Model

/// One entry of `iam`, or one IAMBinding, as written.
struct IAMEntry {
  let role: SourcedText?
  private(set) var members: [SourcedText]
  private(set) var absent: [SourcedText]
  let condition: PolicyCondition?
  /// The end of the grant, for `until`.
  let until: Until?
  private(set) var exclusive: (Exclusive, SourcePosition)?
  let source: SourcePosition
  /// Whether it is a binding that is `ensure: absent`.
  private(set) var isAbsent = false

  /// The effect of `exclusive` on other members that hold the role.
  enum Exclusive {
    /// `false`: they stay.
    case no
    /// `true`: they are removed under this condition.
    case condition
    /// `role`: they are removed under any condition.
    case role

    init?(_ value: JSONValue) {
      switch value {
      case true: self = .condition
      case false: self = .no
      case "role": self = .role
      default: return nil
      }
    }
  }

  /// `path` is the entry's own; empty for a whole document.
  init(_ object: JSONObject, _ manifest: Manifest, at path: String) {
    func place(_ name: String) -> SourcePosition {
      manifest.positions[path.isEmpty ? name : "\(path).\(name)"] ?? manifest.namePosition
    }
    func texts(_ name: String) -> [SourcedText] {
      (object[name]?.array ?? []).enumerated().compactMap { index, value in
        value.string.map { SourcedText($0, place("\(name)[\(index)]")) }
      }
    }
    role = object["role"]?.string.map { SourcedText($0, place("role")) }
    members = texts("members")
    absent = texts("absent")
    until = object["until"]?.string.flatMap { Until($0) }
    condition =
      until?.condition
      ?? object["condition"]?.object.map {
        PolicyCondition(
          title: $0["title"]?.string ?? "", description: $0["description"]?.string ?? "",
          expression: $0["expression"]?.string ?? "")
      }
    exclusive = object["exclusive"].flatMap(Exclusive.init).map { ($0, place("exclusive")) }
    source = path.isEmpty ? manifest.source : manifest.positions[path] ?? manifest.source
  }

  /// `ensure: absent` on a binding: exactly its members must not hold the role.
  mutating func turnAbsent() {
    absent += members
    members = []
    isAbsent = true
    exclusive = nil
  }
}
