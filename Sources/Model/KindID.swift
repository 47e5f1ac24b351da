/// A kind inside an address: compared by its name, and the access to all the answers of the kind.
///
/// Only a kind creates one, so no other code can compare an address with a literal. Every address has a kind that
/// answers for it, so no code has to assume anything about an unknown kind.
public struct KindID: Hashable, Sendable, CustomStringConvertible {
  private final class Box: Sendable {
    let name: String
    let resource: any ResourceKind
    let rank: Int
    init(_ resource: any ResourceKind) {
      name = resource.addressName
      self.resource = resource
      rank =
        switch resource.place {
        case .root: 0
        case .setting: 1
        case .project: 2
        case .location: 3
        case .child(let parent, _): max(5, parent.rank + 1)
        }
    }
  }
  private let box: Box?

  /// The kind of this resource.
  public init(_ resource: some ResourceKind) { box = Box(resource) }

  private init() { box = nil }

  /// The IAM policy of a resource of any kind.
  public static let policy = KindID()

  /// The kind itself; nil for policies, which have no fields of their own.
  public var resource: (any ResourceKind)? { box?.resource }

  /// As addresses write it: `repository`, or `iam` for a policy.
  public var name: String { box?.name ?? "iam" }
  public var description: String { name }

  public static func == (left: KindID, right: KindID) -> Bool {
    left.box === right.box || left.name == right.name
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The order in which plans show kinds: a parent before its children, and policies before the children of resources.
  public var rank: Int { box?.rank ?? 4 }
}

extension ResourceKind {
  /// The kind, as addresses hold it.
  public var id: KindID { KindID(self) }
}
