/// The identity of one thing that arctl manages: `my-project-id/repository/us-east4/my-python-libraries`.
///
/// `PROJECT/KIND[/LOCATION]/ID`. A policy's address is `PROJECT/iam/` and the local part of its resource.
public struct Address: Hashable, Sendable {
  /// The kinds that have addresses, by the segment that names them there.
  ///
  /// A `switch` over it has no `default`: what a new kind means is decided at every place, or the place does not compile.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case project, service, role, serviceAccount, repository, serviceAccountKey
    /// The IAM policy of one of the others.
    case iam
  }
  /// The id of the project that the thing is in; for a project, its own id.
  public let project: String
  /// What sort of thing it is, or `iam` for a policy.
  public let kind: Kind
  /// What follows the kind: `["us-east4", "my-python-libraries"]`; empty for a project.
  public let names: [String]

  /// An address of these names; none for a project.
  public init(project: String, _ kind: Kind, _ names: String...) {
    self.init(project: project, kind, names: names)
  }
  /// An address of these names, which are not checked against the kind.
  public init(project: String, _ kind: Kind, names: [String]) {
    self.project = project
    self.kind = kind
    self.names = names
  }

  /// Google's own id of the thing, or the manifest's name for it; the kind where there is none (`project`).
  public var id: String { names.last ?? kind.rawValue }
  /// The address without its project: `repository/us-east4/my-python-libraries`.
  public var local: String { segments.joined(separator: "/") }
  /// Whether this is the address of an IAM policy.
  public var isPolicy: Bool { kind == .iam }

  /// The address of the IAM policy of this resource.
  public var policy: Address { Address(project: project, .iam, names: segments) }
  /// For a policy, the address of the resource that it belongs to; nil for everything else.
  public var policyResource: Address? {
    guard isPolicy, let kind = names.first.flatMap(Kind.init(rawValue:)) else { return nil }
    return Address(project: project, kind, names: Array(names.dropFirst()))
  }

  private var segments: [String] { [kind.rawValue] + names }
}

extension Address {
  /// The address that a text writes; nil where its form is another, or its kind is not known.
  public init?(parsing text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, !parts.contains(""), let kind = Kind(rawValue: parts[1]) else {
      return nil
    }
    self.init(project: parts[0], kind, names: Array(parts[2...]))
    if isPolicy, policyResource == nil { return nil }
  }
}

extension Address: CustomStringConvertible {
  public var description: String { "\(project)/\(local)" }
}

extension Address: Comparable {
  /// By project, then segment by segment.
  public static func < (left: Address, right: Address) -> Bool {
    if left.project != right.project { return left.project < right.project }
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
    return left.names.lexicographicallyPrecedes(right.names)
  }
}
