package import GoogleCloud
package import Model

/// How `arctl ls` names and shows the resources of a kind, or what they contain.
package struct ListForm: Sendable {
  /// As the user types it: `repositories`.
  package var name: String
  /// What it lists, in a few words: `the repositories of the projects`.
  package var summary: String
  /// The columns in the order of the table.
  package var columns: [ListColumn]
  /// The columns by which a list is sorted if the user names none.
  package var order: [String]

  /// Names the list of a kind, its columns and its order.
  package init(_ name: String, summary: String, _ columns: [ListColumn], order: [String]) {
    self.name = name
    self.summary = summary
    self.columns = columns
    self.order = order
  }
}

/// A list of what a resource contains: the packages of a repository, or the versions of each package.
package struct ContentList: Sendable {
  /// Its name and its columns.
  package var form: ListForm
  /// The last part of Google's names, which is the member of an answer with the list, too: `versions`.
  package var collection: String
  /// The collection whose members hold it: `packages`; nil if the resource holds it.
  package var parent: String?
  /// The query of the list.
  package var query: [(String, String)]

  /// A list that the resource itself holds, by default.
  package init(
    _ form: ListForm, collection: String, parent: String? = nil,
    query: [(String, String)] = []
  ) {
    self.form = form
    self.collection = collection
    self.parent = parent
    self.query = query
  }
}

extension ContainerKind {
  /// The call that lists a collection below a resource, or below one of its members.
  ///
  /// - Parameters:
  ///   - member: the collection and the last part of the name of the member, as answers write it.
  ///   - query: parameters besides the size of a page.
  package func contentCall(
    _ collection: String, of address: Address,
    below member: (collection: String, id: String)? = nil,
    query: [(String, String)] = []
  ) -> APICall? {
    guard let path = ReadCalls.resource(address)?.path else { return nil }
    let inner = (member.map { [$0.collection, $0.id] } ?? []) + [collection]
    let service = rest.permission.prefix { $0 != "." }
    return APICall(
      rest.host, path + APIPath.join(inner), query: query + [("pageSize", "1000")],
      label: "\(service).\(collection).list \(address.names.joined(separator: "/"))",
      consumerProject: address.project)
  }
}

extension RESTResource {
  /// The parts of Google's name of a resource; nil for an address of another form.
  package func nameParts(of address: Address) -> [String]? { segments(of: address) }

  /// The locations that a project can use.
  package func locations(of project: String) -> APICall {
    APICall(
      host, APIPath.join(version, "projects", project, "locations"),
      query: [("pageSize", "1000")],
      label: "\(permission.prefix { $0 != "." }).locations.list \(project)",
      consumerProject: project)
  }
}
