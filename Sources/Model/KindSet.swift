/// All kinds.
public struct KindSet: Sendable {
  /// The kinds of documents, in the order of reference pages.
  public let documents: [any Kind]
  /// The kinds that have addresses.
  public let resources: [any ResourceKind]
  /// The kind at the root of every address: a project.
  public let root: KindID
  /// The kind of a project's settings: a service.
  public let setting: KindID
  /// The kinds that documents only refer to, and that arctl never creates; they are among `resources`.
  public let references: [any ResourceKind]
  /// The kind that policies name as a member by its own e-mail, and the kind that they name as a role.
  private let member: KindID?
  private let role: KindID?
  private let ids: [String: KindID]
  private let byName: [String: any Kind]

  /// - Parameters:
  ///   - root: the kind that has documents and no parent.
  ///   - setting: the kind of a project's settings, which has addresses and no documents.
  ///   - references: the kinds that documents only refer to.
  public init(
    _ documents: [any Kind], root: some ResourceKind, setting: some ResourceKind,
    references: [any ResourceKind] = []
  ) {
    self.documents = documents
    resources = documents.compactMap(\.resource) + [setting] + references
    self.references = references
    self.root = root.id
    self.setting = setting.id
    ids = Dictionary(resources.map { ($0.addressName, $0.id) }) { first, _ in first }
    byName = Dictionary(documents.map { ($0.name, $0) }) { first, _ in first }
    member = resources.first(where: \.isMember)?.id
    role = resources.first(where: \.isRole)?.id
  }

  /// The kind of this name in addresses: `repository`; nil for an unknown one, and for `iam`.
  public subscript(name: some StringProtocol) -> KindID? { ids[String(name)] }

  /// The kind of this name in manifests: `Repository`.
  public func named(_ name: String) -> (any Kind)? { byName[name] }

  /// The kind of the credentials of resources of a kind; nil if there is none.
  public func credential(of kind: KindID) -> KindID? {
    resources.first { $0.isCredential && $0.place.parent == kind }?.id
  }

  /// The address of a project.
  public func project(_ id: String) -> Address { Address(project: id, root) }

  /// The address of a service of a project.
  public func service(_ name: String, project: String) -> Address {
    Address(project: project, setting, name)
  }

  /// The address of the member with an e-mail of this id and project; nil if there is no such kind.
  public func member(_ id: String, project: String) -> Address? {
    member.map { Address(project: project, $0, id) }
  }

  /// The address of a role of this project; nil if there is no such kind.
  public func role(_ id: String, project: String) -> Address? {
    role.map { Address(project: project, $0, id) }
  }

  /// The address in a text; nil if it has another form or an unknown kind.
  public func address(parsing text: String) -> Address? {
    var parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)[...]
    guard parts.count > 1, !parts.contains(""), let project = parts.popFirst() else { return nil }
    let isPolicy = parts.first == KindID.policy.name
    if isPolicy { parts.removeFirst() }
    guard let name = parts.popFirst(), let kind = self[name] else { return nil }
    let address = Address(project: project, kind, names: Array(parts))
    return isPolicy ? address.policy : address
  }
}
