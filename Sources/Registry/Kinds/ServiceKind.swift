public import Model

/// A Google service that a project has enabled: declared in a Project's `services`, never a document of its own.
public struct ServiceKind: Kind {
  public init() {}
  public let name = "Service"
  public let segment: Address.Kind? = .service
  public let summary = "A Google service that a project has enabled, from the Project's `services`."
  public let identity = KindIdentity.name
  public let schema = Schema([])
  public func problem(withName name: String) -> String? { NameRules.service(name) }
}
