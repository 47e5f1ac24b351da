/// All kinds that there are.
public struct KindSet: Sendable {
  /// The kinds of documents, in the order of reference pages.
  public let documents: [any Kind]
  /// The kinds that have addresses.
  public let resources: [any ResourceKind]
  private let byID: [Address.Kind: any ResourceKind]
  private let byName: [String: any Kind]

  /// - Parameter undocumented: what has addresses and no documents.
  public init(_ documents: [any Kind], undocumented: [any ResourceKind]) {
    self.documents = documents
    resources = documents.compactMap { $0 as? any ResourceKind } + undocumented
    byID = Dictionary(resources.map { ($0.id, $0) }) { first, _ in first }
    byName = Dictionary(documents.map { ($0.name, $0) }) { first, _ in first }
  }

  /// The kind of a resource's address; nil for policies, which have no fields of their own.
  public subscript(id: Address.Kind) -> (any ResourceKind)? { byID[id] }

  /// The kind that manifests call so: `Repository`.
  public func named(_ name: String) -> (any Kind)? { byName[name] }

  /// The address of what policies name as a member by an e-mail of this id and project; nil where no kind is named so.
  public func member(_ id: String, project: String) -> Address? {
    resources.first(where: \.isMember).map { Address(project: project, $0.id, id) }
  }

  /// The address of what policies name as a role of this project; nil where no kind is named so.
  public func role(_ id: String, project: String) -> Address? {
    resources.first(where: \.isRole).map { Address(project: project, $0.id, id) }
  }

  /// How policies name a resource; nil for policies, and where they do not name it.
  public func policyName(of address: Address) -> PolicyName? {
    address.isPolicy ? nil : self[address.kind]?.policyName(of: address)
  }

  /// The order in which kinds are shown: what others stand in comes first, and policies before what stands in resources.
  public func rank(of id: Address.Kind) -> Int {
    guard let kind = byID[id] else { return 4 }
    return switch kind.place {
    case .root: 0
    case .setting: 1
    case .project: 2
    case .location: 3
    case .child: 5
    }
  }
}
