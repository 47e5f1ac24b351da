package import CloudResources
import GoogleCloud
package import JSON
package import Model

/// Writes one resource by the description of its kind's REST resource.
///
/// It reads and checks the resource once before a write, and makes the write from the checked value: a second read
/// could show another value than the checked one. After an ambiguous answer it reads and checks again.
package struct ResourceWriter: ResourceWrites {
  /// The client for the calls.
  package let calls: CloudCalls
  /// The resource.
  package let address: Address
  /// The resource's REST description.
  package let rest: RESTResource
  /// The fields of its kind.
  package let schema: Schema

  /// Nil if the kind has no reads by name, or if the address has another form than its kind.
  package init?(calls: CloudCalls, address: Address) {
    guard let rest = address.rest, rest.path(of: address) != nil else { return nil }
    self.calls = calls
    self.address = address
    self.rest = rest
    schema = address.kind.schema
  }

  // MARK: create

  /// Creates it; if it exists already, it must equal the manifest.
  package func create(_ spec: JSONObject) async throws -> OperationResult {
    let live = try await existing(afterCreating: spec)
    // The server may not see a new resource everywhere at once; later calls of this run wait for those recorded here.
    calls.memory.recordCreated(address)
    return try live.map { try found($0, for: spec) } ?? OperationResult()
  }

  /// Creates it. Nil if this call created it; otherwise the existing resource, to compare with `spec`.
  package func existing(afterCreating spec: JSONObject) async throws -> JSONValue? {
    let body = SchemaDiff.createBody(spec: takenByWrites(spec), schema: schema)
    guard let create = rest.create, let call = rest.create(address, body) else {
      throw impossible("created")
    }
    do {
      return try await createNamed(call, answer: create.answer, spec: spec)
    } catch {
      guard let blocked = create.blockedID, error.message.contains(blocked.words) else {
        throw error
      }
      var failure = OperationFailure(error)
      // Google keeps the id of the deleted resource blocked, so another run would fail in the same way.
      failure.isFinal = true
      failure.help = blocked.help
      throw failure
    }
  }

  /// A create found an existing resource: it is either as the manifest writes it, or another owner's.
  package func found(_ live: JSONValue, for spec: JSONObject) throws -> OperationResult {
    guard try isPresent(live) else {
      throw OperationFailure.stale(
        label("create"), "a deleted \(rest.noun) has this id since the plan")
    }
    let different = differences(spec, live)
    guard !different.isEmpty else { return OperationResult(detail: "already there") }
    let fields = different.map { $0.path.description }.joined(separator: ", ")
    throw OperationFailure.stale(label("create"), "it exists already, and differs in \(fields)")
  }

  // MARK: update

  /// Changes the differing fields in place.
  package func update(_ update: ShownUpdate) async throws -> OperationResult {
    try await repeated(label(updateMethod)) {
      let live = try await current(for: update)
      let isChanged = try await patch(update.spec, live)
      return OperationResult(detail: isChanged ? "" : "already so")
    }
  }

  /// The current resource, if it is still the one that the plan saw, with the values that the plan showed.
  package func current(for update: ShownUpdate) async throws -> LiveValue {
    let spec = heldHere(update.spec)
    guard let live = try await calls.read(address, for: spec), try isPresent(live) else {
      throw APIError(.notFound, label: label(updateMethod), "the \(rest.noun) is gone")
    }
    let differences = differences(spec, live)
    try precondition(update.shown).check(
      live, before: ShownUpdate(spec: spec, fields: update.fields, shown: update.shown),
      differences)
    return LiveValue(value: live, differences: differences)
  }

  /// Changes the differing fields in place; false if none of them belongs to an update.
  package func patch(_ spec: JSONObject, _ live: LiveValue) async throws -> Bool {
    // Separate calls change the switched fields; the update method does not accept them.
    let fields = live.differences.filter { field in
      field.mask.map(rest.switchedFields.contains) != true
    }
    guard !fields.isEmpty else { return false }
    var (body, mask) = SchemaDiff.patchBody(
      spec: spec, fields: fields, live: live.value, schema: schema)
    guard let update = rest.update else { throw impossible("changed") }
    if update.sendsETag {
      body["etag"] = .string(try etag(of: live.value, label(update.method)))
    }
    if case .body = update.mask {
      // A field in the mask that is missing in the body is reset. For APIs whose mask is the body itself, an empty
      // value resets it.
      for name in mask where body[name] == nil { body[name] = "" }
    }
    guard let call = rest.patch(address, body, mask: mask) else { throw impossible("changed") }
    try await send(call, update.answer)
    return true
  }

  // MARK: delete

  /// A resource that does not exist any more is a success. A 403 is never taken for absence.
  package func delete(shown: JSONValue, replacement: JSONObject?) async throws -> OperationResult {
    guard let delete = rest.delete else { throw impossible("deleted") }
    let label = label("delete")
    return try await repeated(label) {
      // The read is repeated in every attempt: after an ambiguous answer the resource may be deleted already, or
      // exchanged.
      guard let live = try await calls.read(address, for: replacement ?? [:]),
        try isPresent(live)
      else { return OperationResult(detail: "already gone") }
      try precondition(shown).check(live, beforeDeletionFor: replacement)
      let etag = delete.sendsETag ? try etag(of: live, label) : nil
      guard let call = rest.delete(address, etag: etag) else { throw impossible("deleted") }
      do {
        try await send(call, delete.answer, isPatient: false)
        return OperationResult()
      } catch let error as APIError where error.kind == .notFound {
        return OperationResult(detail: "already gone")
      }
    }
  }

  // MARK: undelete

  /// Undeletes it by its name and makes its fields match, or creates it if Google refuses because it is too late.
  package func undelete(
    uid: String?, _ spec: JSONObject, shown: JSONValue
  ) async throws -> OperationResult {
    if let refusal = try await refusalOfUndelete(shown) {
      return try await createInstead(
        spec, after: refusal, "Google did not undelete it: \(refusal.message)")
    }
    // An undeleted resource returns with its old fields, so an update follows.
    _ = try await update(
      ShownUpdate(spec: spec, fields: differences(heldHere(spec), shown), shown: shown))
    return OperationResult()
  }

  /// Undeletes it; returns the refusal if it is too late for that, or nil if the resource is restored.
  func refusalOfUndelete(_ shown: JSONValue) async throws -> APIError? {
    guard let undelete = rest.undelete else { throw impossible("undeleted") }
    do {
      try await restore(shown, undelete)
      return nil
    } catch let error as APIError {
      guard address.resource?.deletion.returning?.orCreate == true, try await saysTooLate(error)
      else { throw error }
      // Another process may have undeleted it meanwhile.
      guard let live = try await calls.read(address) else { return error }
      return try isPresent(live) ? nil : error
    }
  }

  private func restore(_ shown: JSONValue, _ undelete: RESTResource.PlainCall) async throws {
    let label = label("undelete")
    try await repeated(label) {
      guard let live = try await calls.read(address) else {
        throw APIError(.notFound, label: label, "The deleted \(rest.noun) is gone.")
      }
      try precondition(shown).check(live, before: .undelete)
      guard try !isPresent(live) else { return }
      let body: JSONObject =
        undelete.sendsETag ? ["etag": .string(try etag(of: live, label))] : [:]
      guard let call = rest.method("undelete", on: address, body: body) else {
        throw impossible("undeleted")
      }
      try await send(call, undelete.answer, isPatient: false)
    }
  }

  /// Creates a resource that Google no longer undeletes.
  private func createInstead(
    _ spec: JSONObject, after refusal: APIError, _ warning: String
  ) async throws -> OperationResult {
    do {
      _ = try await create(spec)
      return OperationResult(detail: "created instead", warnings: [warning])
    } catch {
      var failure = OperationFailure(of: error)
      failure.message = "\(refusal.message) Creating it was refused too: \(failure.message)"
      throw failure
    }
  }
}

/// A resource that was read and checked directly before a write.
package struct LiveValue {
  /// The server's answer.
  package var value: JSONValue
  /// The remaining differences from the written fields.
  package var differences: [FieldChange]
  /// Pairs an answer with the remaining differences.
  package init(value: JSONValue, differences: [FieldChange]) {
    self.value = value
    self.differences = differences
  }
}
