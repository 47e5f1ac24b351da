import CloudResources
public import GoogleCloud
import JSON
public import Keys
public import Model

/// Reads lists of live resources for `arctl ls`, in all projects at once.
///
/// No read waits for one of another project; the client limits how many are sent at a time. A list that cannot be read is
/// a problem of its own, and leaves the others as they are.
public struct ListReader: Sendable {
  let client: APIClient
  let keys: KeyStore?
  let kinds: KindSet
  let scope: ListScope
  let environment: [String: String]

  /// Reads with this client. Without a key store, no key is known by its file. `environment` has the variables in which
  /// a token for GitHub may be.
  public init(
    client: APIClient, keys: KeyStore?, kinds: KindSet, scope: ListScope,
    environment: [String: String] = [:]
  ) {
    self.environment = environment
    self.client = client
    self.keys = keys
    self.kinds = kinds
    self.scope = scope
  }

  /// The names of all lists with their summaries, in the order of help pages.
  public static func lists(of kinds: KindSet) -> [(name: String, summary: String)] {
    forms(of: kinds).map { ($0.name, $0.summary) }
  }

  /// The name of the list of grants.
  public static var grantsName: String { GrantColumns.form.name }

  /// The columns of a list; none for an unknown one.
  package static func columns(of name: String, kinds: KindSet) -> [ListColumn] {
    form(name, of: kinds)?.columns ?? []
  }

  /// For a list of contents, the kind of the resources that hold them; nil for any other list.
  public static func container(of name: String, kinds: KindSet) -> KindID? {
    kinds.resources.first { kind in
      kind.containerKind?.contentLists.contains { $0.form.name == name } == true
    }?.id
  }

  private static func form(_ name: String, of kinds: KindSet) -> ListForm? {
    forms(of: kinds).first { $0.name == name }
  }

  private static func forms(of kinds: KindSet) -> [ListForm] {
    kinds.resources.flatMap { kind -> [ListForm] in
      let own = kind.cloudKind?.listForm
      let contents = kind.containerKind?.contentLists ?? []
      return [own].compactMap { $0 } + contents.map(\.form)
    } + [GrantColumns.form]
  }

  /// Reads the list of this name; nil for an unknown one.
  ///
  /// - Parameter containers: for a list of contents, the resources that hold them.
  package func read(_ name: String, in containers: ListContainers = .scope) async -> Listing? {
    guard let form = Self.form(name, of: kinds) else { return nil }
    client.run.beginReading()
    var listing = Listing(name, form.columns)
    listing.add(await part(form, containers))
    listing.sort(by: form.order.map { Listing.Order($0) })
    return listing
  }

  private func part(_ form: ListForm, _ containers: ListContainers) async -> Listing.Part {
    for kind in kinds.resources {
      if kind.cloudKind?.listForm?.name == form.name {
        return kind.isCredential
          ? await credentials(of: kind, form) : await resources(of: kind.id, form)
      }
      guard let container = kind.containerKind,
        let list = container.contentLists.first(where: { $0.form.name == form.name })
      else { continue }
      return await contents(of: container, list, containers)
    }
    return await grants(form)
  }
}

/// The resources whose contents are listed.
public enum ListContainers: Sendable, Hashable {
  /// The declared ones of the projects; in a project that no manifest names, all that live there.
  case scope
  /// These ones.
  case named([Address])
  /// Those that live in the projects and that a pattern matches: their address, its local part, or their id.
  case matching(AddressGlob)
}

/// Runs work for each of several things at once; the results are in the order of the things.
func concurrently<Item: Sendable, Result: Sendable>(
  _ items: [Item], _ work: @escaping @Sendable (Item) async -> Result
) async -> [Result] {
  await withTaskGroup(of: (Int, Result).self) { group in
    for (index, item) in items.enumerated() {
      group.addTask { (index, await work(item)) }
    }
    var results: [(Int, Result)] = []
    for await result in group { results.append(result) }
    return results.sorted { $0.0 < $1.0 }.map(\.1)
  }
}

extension ListProblem {
  /// What a failed call leaves out.
  init(_ error: APIError, project: String, what: String) {
    self.init(project: project, what: what, reason: ReadProblem(error, project: project))
  }
}
