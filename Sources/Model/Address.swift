/// The identity of one resource, key or policy that arctl manages:
/// `my-project-id/repository/us-east4/my-python-libraries`.
///
/// `PROJECT/KIND[/LOCATION]/ID`. A policy's address is `PROJECT/iam/` and the local part of its resource.
///
/// Every table of a run is keyed by addresses, so one is a single reference that is hashed once.
public struct Address: Sendable {
  private let identity: Identity

  /// What makes two addresses the same, and its hash.
  private final class Identity: Sendable {
    let project: String
    let subject: KindID
    let subjectName: String
    let subjectNames: [String]
    let isPolicy: Bool
    let hash: Int

    init(project: String, _ subject: KindID, names: [String], isPolicy: Bool) {
      self.project = project
      self.subject = subject
      subjectName = subject.name
      subjectNames = names
      self.isPolicy = isPolicy
      var hasher = Hasher()
      hasher.combine(project)
      hasher.combine(subjectName)
      for name in names { hasher.combine(name) }
      hasher.combine(isPolicy)
      hash = hasher.finalize()
    }
  }

  /// The id of the resource's project; for a project, its own id.
  public var project: String { identity.project }
  /// The kind of the resource, or of the resource whose policy this is.
  private var subject: KindID { identity.subject }
  /// The names of the resource, or of the resource whose policy this is.
  private var subjectNames: [String] { identity.subjectNames }
  /// Whether this is the address of an IAM policy.
  public var isPolicy: Bool { identity.isPolicy }

  /// An address with these names; a project has none.
  public init(project: String, _ kind: KindID, _ names: String...) {
    self.init(project: project, kind, names: names)
  }
  /// An address with these names, which are not checked against the kind.
  public init(project: String, _ kind: KindID, names: [String]) {
    self.init(project: project, kind, names: names, isPolicy: false)
  }
  private init(project: String, _ subject: KindID, names: [String], isPolicy: Bool) {
    identity = Identity(project: project, subject, names: names, isPolicy: isPolicy)
  }

  /// The kind of the resource, or `KindID.policy`.
  public var kind: KindID { isPolicy ? .policy : subject }
  /// The kind with all its answers; nil for a policy.
  public var resource: (any ResourceKind)? { kind.resource }
  /// What follows the kind: `["us-east4", "my-python-libraries"]`; empty for a project.
  public var names: [String] { isPolicy ? [subject.name] + subjectNames : subjectNames }

  /// Google's own id of the resource, or the manifest's name for it; the kind if there is no name (`project`).
  public var id: String { subjectNames.last ?? subject.name }
  /// The address without its project: `repository/us-east4/my-python-libraries`.
  public var local: String { ([kind.name] + names).joined(separator: "/") }

  /// The address of the IAM policy of this resource.
  public var policy: Address {
    Address(project: project, subject, names: subjectNames, isPolicy: true)
  }
  /// For a policy, the address of the resource that it belongs to; nil for everything else.
  public var policyResource: Address? {
    isPolicy ? Address(project: project, subject, names: subjectNames, isPolicy: false) : nil
  }

  /// The parent or, for a policy, the resource that it belongs to; nil for a project.
  public var parent: Address? {
    if let policyResource { return policyResource }
    guard let place = subject.resource?.place, let parent = place.parent else { return nil }
    let names =
      if case .child = place { Array(subjectNames.dropLast()) } else { [String]() }
    return Address(project: project, parent, names: names)
  }

  /// The address and its ancestors, from the inside to the project.
  public var lineage: [Address] { Array(sequence(first: self) { $0.parent }) }

  /// The project of the resource; for a project, itself.
  public var root: Address {
    var address = self
    while let parent = address.parent { address = parent }
    return address
  }

  /// The name of the resource in policies; nil for policies and for resources that policies do not name.
  public var policyName: PolicyName? { resource?.policyName(of: self) }
}

extension Address {
  /// How to get a manifest of something undeclared, as a sentence without a full stop.
  package var writingDown: String { "to write it down: arctl get \(self)" }
}

extension Address: Hashable {
  public static func == (left: Address, right: Address) -> Bool {
    let (mine, other) = (left.identity, right.identity)
    return mine === other
      || (mine.hash == other.hash && mine.isPolicy == other.isPolicy
        && mine.subjectNames == other.subjectNames && mine.subjectName == other.subjectName
        && mine.project == other.project)
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(identity.hash) }
}

extension Address: CustomStringConvertible {
  public var description: String { "\(project)/\(local)" }
}

extension Address: Comparable {
  /// Orders by project, then segment by segment.
  public static func < (left: Address, right: Address) -> Bool {
    let (mine, other) = (left.identity, right.identity)
    if mine.project != other.project { return mine.project < other.project }
    if mine.isPolicy != other.isPolicy || mine.subjectName != other.subjectName {
      if left.kind != right.kind { return left.kind.name < right.kind.name }
      if mine.subjectName != other.subjectName { return mine.subjectName < other.subjectName }
    }
    for (name, another) in zip(mine.subjectNames, other.subjectNames) where name != another {
      return name < another
    }
    return mine.subjectNames.count < other.subjectNames.count
  }
}
