import CloudResources
import GoogleCloud
import JSON
import Model

extension ListReader {
  /// What resources contain: each list is read as soon as its parent is known.
  func contents(
    of kind: any ContainerKind, _ list: ContentList, _ containers: ListContainers
  ) async -> Listing.Part {
    switch containers {
    case .named(let addresses):
      return Listing.Part(
        await concurrently(addresses) { await contents(of: $0, kind, list, isNamed: true) })
    case .scope:
      return Listing.Part(
        await concurrently(scope.projects) { project in
          guard scope.hasManifests(of: project) else {
            return await liveContents(in: project, kind, list) { _ in true }
          }
          let declared = scope.declared(in: project).filter { $0.kind == kind.id }
          return Listing.Part(
            await concurrently(declared) { await contents(of: $0, kind, list, isNamed: false) })
        })
    case .matching(let glob):
      return Listing.Part(
        await concurrently(scope.projects) { project in
          await liveContents(in: project, kind, list) { $0.isMatched(by: glob) }
        })
    }
  }

  /// The contents of the live resources of a project: each list is read as soon as its resource is known.
  private func liveContents(
    in project: String, _ kind: any ContainerKind, _ list: ContentList,
    where isWanted: @Sendable (Address) -> Bool
  ) async -> Listing.Part {
    let listed = await listed(kind.id, in: project)
    let parts = await concurrently(listed.found.map(\.address).filter(isWanted)) {
      await contents(of: $0, kind, list, isNamed: false)
    }
    return Listing.Part([Listing.Part(problems: listed.problems)] + parts)
  }

  /// - Parameter isNamed: whether the user named the resource, even if its document says that it is absent.
  private func contents(
    of address: Address, _ kind: any ContainerKind, _ list: ContentList, isNamed: Bool
  ) async -> Listing.Part {
    do throws(APIError) {
      guard let parent = list.parent else {
        let members = try await members(list.collection, of: address, kind, query: list.query)
        return rows(members, of: address, list)
      }
      let parents = try await members(parent, of: address, kind)
      let parts = await concurrently(parents) { member in
        let id = ResourceNames.lastSegment(of: member["name"]?.string ?? "")
        do throws(APIError) {
          let members = try await members(
            list.collection, of: address, kind, below: (parent, id), query: list.query)
          return rows(members, of: address, list)
        } catch {
          // It was deleted since the list was read.
          if error.kind == .notFound { return Listing.Part() }
          return Listing.Part(
            problems: [ListProblem(error, project: address.project, what: list.form.name)])
        }
      }
      return Listing.Part(parts)
    } catch {
      if error.kind == .notFound {
        return Listing.Part(absent: isNamed || scope.declares(address) ? [address] : [])
      }
      return Listing.Part(
        problems: [ListProblem(error, project: address.project, what: list.form.name)])
    }
  }

  /// The members of a list; throws if one of them belongs to another list, or has a name twice.
  private func members(
    _ collection: String, of address: Address, _ kind: any ContainerKind,
    below member: (collection: String, id: String)? = nil, query: [(String, String)] = []
  ) async throws(APIError) -> [JSONValue] {
    guard
      let call = kind.contentCall(collection, of: address, below: member, query: query),
      let own = kind.rest.nameParts(of: address)
    else {
      throw APIError(.other, label: "\(address)", "arctl cannot list what it contains")
    }
    let members = try await client.pages(call, items: collection)
    let prefix = own.dropFirst(2) + (member.map { [$0.collection, $0.id] } ?? []) + [collection]
    var seen: Set<String> = []
    for member in members {
      let name = member["name"]?.string ?? ""
      let parts = ResourceNames.parts(of: name)
      guard let id = parts.last, !id.isEmpty,
        ResourceNames.isName(
          parts.dropLast(), in: address.project, followedBy: Array(prefix))
      else {
        throw APIError(
          .malformed, label: call.label, "a member of the list belongs to another list")
      }
      guard seen.insert(name).inserted else {
        throw APIError(.malformed, label: call.label, "the list holds a member twice")
      }
    }
    return members
  }

  private func rows(
    _ members: [JSONValue], of address: Address, _ list: ContentList
  ) -> Listing.Part {
    var part = Listing.Part()
    let extra: [String: JSONValue] = [
      address.kind.name: .string(address.description), "project": .string(address.project),
    ]
    for member in members {
      let name = member["name"]?.string ?? ""
      let collections = [list.parent, list.collection].compactMap { $0 }
      let own = collections.compactMap { ListColumn.part(of: name, after: $0) }
        .joined(separator: "/")
      add(member, list.form, extra, names: [own], of: name, to: &part)
    }
    return part
  }
}
