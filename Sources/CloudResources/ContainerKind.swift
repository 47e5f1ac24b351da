package import GoogleCloud
package import JSON
package import Model

/// A kind whose resources hold things that a deletion destroys and that Google's API lists.
package protocol ContainerKind: CloudKind {
  /// The call that lists them, with the member of the answer that holds them; nil for an address of another form.
  func contentsList(of address: Address) -> (call: APICall, items: String)?
  /// What `arctl ls` lists of its contents.
  var contentLists: [ContentList] { get }
  /// Whether it serves packages to clients: who may use it is drawn, and its clients get tokens.
  var servesPackages: Bool { get }
  /// The listed things, counted.
  func contents(in items: [JSONValue]) -> DeletionLosses.Contents
}

extension ContainerKind {
  /// Itself.
  package var containerKind: (any ContainerKind)? { self }
}

extension ResourceKind {
  /// This kind, if its resources hold contents that can be listed; else nil.
  package var containerKind: (any ContainerKind)? { cloudKind?.containerKind }
}
