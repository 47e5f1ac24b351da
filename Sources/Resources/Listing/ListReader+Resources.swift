import CloudResources
import GoogleCloud
import JSON
import Model

/// A live resource of a list.
struct ListedResource: Sendable {
  let address: Address
  let value: JSONValue
}

/// The members of some lists, and the lists that could not be read.
struct ListedResources: Sendable {
  var found: [ListedResource] = []
  var problems: [ListProblem] = []
}

extension ListReader {
  /// The resources of a kind in all projects.
  func resources(of kind: KindID, _ form: ListForm) async -> Listing.Part {
    let parts = await concurrently(scope.projects) { project in
      rows(of: await listed(kind, in: project), form)
    }
    return Listing.Part(parts)
  }

  private func rows(of listed: ListedResources, _ form: ListForm) -> Listing.Part {
    var part = Listing.Part(problems: listed.problems)
    for resource in listed.found {
      let address = resource.address
      let extra: [String: JSONValue] = [
        "address": .string(address.description), "project": .string(address.project),
        "declared": .bool(scope.declares(address)),
        "standard": .bool(address.resource?.standard?.ids.contains(address.id) == true),
      ]
      add(resource.value, form, extra, names: names(of: address), of: address, to: &part)
    }
    return part
  }

  /// The texts by which a pattern selects an address: the same as for `--target`.
  func names(of address: Address) -> [String] { [address.description, address.local] }

  /// Adds a row, or the reason why the value cannot be shown.
  func add(
    _ value: JSONValue, _ form: ListForm, _ extra: [String: JSONValue], names: [String],
    of thing: some CustomStringConvertible, in project: String? = nil, to part: inout Listing.Part
  ) {
    var values: [String: JSONValue] = [:]
    for column in form.columns {
      do throws(ListColumn.Mistake) {
        values[column.name] = try column.value(in: value) ?? extra[column.name] ?? .null
      } catch {
        let problem = ReadProblem.local("\(thing): \(error.message)")
        part.problems.append(
          ListProblem(
            project: project ?? extra["project"]?.string ?? "", what: form.name, reason: problem))
        return
      }
    }
    part.rows.append(ListRow(names: names, values: values))
  }

  /// The resources of a kind in a project, in all locations of the scope.
  func listed(_ kind: KindID, in project: String) async -> ListedResources {
    guard kind.resource?.place.isLocation == true else {
      return await listed(ResourceCollection(kind, project: project))
    }
    var (locations, problems) = await locations(of: kind, in: project)
    locations = Array(Set(locations)).sorted()
    let parts = await concurrently(locations) { location in
      await listed(ResourceCollection(kind, project: project, [location]))
    }
    return ListedResources(
      found: parts.flatMap(\.found), problems: problems + parts.flatMap(\.problems))
  }

  /// The locations of the scope. If Google's cannot be read, those that the manifests name.
  private func locations(
    of kind: KindID, in project: String
  ) async -> ([String], [ListProblem]) {
    if let locations = scope.locations { return (locations, []) }
    let named = scope.namedLocations(in: project)
    let found = await client.locations(of: kind, in: project)
    guard let error = found.error else { return (found.ids + named, []) }
    // Without the API, the lists of locations have the same answer.
    let isFutile = !error.leavesOtherReads
    let what = isFutile ? kind.rest?.plural ?? "" : "locations"
    let problem = ListProblem(error, project: project, what: what)
    return (isFutile ? [] : named, [problem])
  }

  func listed(_ collection: ResourceCollection) async -> ListedResources {
    let plural = collection.kind.rest?.plural ?? collection.kind.name
    do throws(APIError) {
      let members = try await client.members(of: collection)
      return checked(members, of: collection, plural)
    } catch {
      return ListedResources(
        problems: [ListProblem(error, project: collection.project, what: plural)])
    }
  }

  /// The members that can be understood; each other one is a problem.
  private func checked(
    _ members: [JSONValue], of collection: ResourceCollection, _ plural: String
  ) -> ListedResources {
    var result = ListedResources()
    guard let rest = collection.kind.rest else { return result }
    func refuse(_ address: Address, _ why: String) {
      result.problems.append(
        ListProblem(
          project: collection.project, what: plural, reason: .local("\(address): \(why)")))
    }
    for member in members {
      guard let id = rest.id(of: member, in: collection) else { continue }
      let address = rest.address(of: id, in: collection)
      if let why = address.problem(comparing: member, written: [:]) {
        refuse(address, why)
        continue
      }
      switch address.state(of: member) {
      case .present, .softDeleted:
        result.found.append(ListedResource(address: address, value: member))
      case .absent: break
      case .unknown(let why): refuse(address, why)
      }
    }
    return result
  }
}

extension ListProblem {
  /// Whether it only says that a project does not use a kind that few projects have: its API is off.
  func isOfUnusedKind(_ kind: KindID) -> Bool {
    kind.rest?.isSoughtOnlyWhereNamed == true && reason.reason == .serviceDisabled
  }
}
