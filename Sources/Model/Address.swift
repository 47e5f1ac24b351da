/// The identity of one thing that arctl manages: `my-project-id/repository/us-east4/my-python-libraries`.
///
/// `PROJECT/KIND[/LOCATION]/ID`. A policy's address is `PROJECT/iam/` and the local part of its resource.
public struct Address: Hashable, Sendable {
  public let project: String
  /// What stands behind the project: `["repository", "us-east4", "my-python-libraries"]`; never empty.
  public let segments: [String]

  public init(project: String, _ segments: String...) {
    self.project = project
    self.segments = segments
  }
  public init(project: String, segments: [String]) {
    self.project = project
    self.segments = segments
  }

  /// The kind's segment: `repository`, `serviceAccount`, `iam`.
  public var kind: String { segments.first ?? "" }
  /// Google's own id of the thing, or the manifest's name for it; the kind where there is none (`project`).
  public var id: String { segments.last ?? "" }
  /// The address without its project: `repository/us-east4/my-python-libraries`.
  public var local: String { segments.joined(separator: "/") }
  /// Whether this is the address of an IAM policy.
  public var isPolicy: Bool { kind == "iam" }

  /// The address of the IAM policy of this resource.
  public var policy: Address { Address(project: project, segments: ["iam"] + segments) }
  /// For a policy, the address of the resource that it belongs to; nil for everything else.
  public var policyResource: Address? {
    isPolicy ? Address(project: project, segments: Array(segments.dropFirst())) : nil
  }
}

extension Address: CustomStringConvertible {
  public var description: String { "\(project)/\(local)" }
}

extension Address: Comparable {
  /// By project, then segment by segment.
  public static func < (left: Address, right: Address) -> Bool {
    if left.project != right.project { return left.project < right.project }
    return left.segments.lexicographicallyPrecedes(right.segments)
  }
}
