package import CloudResources
import GoogleCloud
package import JSON
package import Model

/// Writes one resource as its kind's REST resource says.
///
/// Before a write it is read once and checked, and the write is made from the value that was checked. After an answer
/// that leaves the outcome open it is read and checked again.
package struct ResourceWriter: ResourceWrites {
  /// What makes the calls.
  package let calls: CloudCalls
  /// What it writes.
  package let address: Address
  /// How Google serves it.
  package let rest: RESTResource
  /// Its fields.
  package let schema: Schema

  /// Nil for an address of a kind that is not read by its name, or of another form than its kind has.
  package init?(calls: CloudCalls, address: Address) {
    guard let rest = address.rest, rest.path(of: address) != nil else { return nil }
    self.calls = calls
    self.address = address
    self.rest = rest
    schema = address.kind.schema
  }

  // MARK: create

  /// Creates it; what is there already has to be what the manifest writes.
  package func create(_ spec: JSONObject) async throws -> OperationResult {
    let live = try await existing(afterCreating: spec)
    calls.memory.recordCreated(address)
    return try live.map { try found($0, for: spec) } ?? OperationResult()
  }

  /// Creates it. Nil when that was done just now; else what is there, which can be compared with `spec`.
  package func existing(afterCreating spec: JSONObject) async throws -> JSONValue? {
    let body = SchemaDiff.createBody(spec: takenByWrites(spec), schema: schema)
    guard let create = rest.create, let call = rest.create(address, body) else {
      throw impossible("created")
    }
    do {
      return try await createNamed(call, create.answer, spec)
    } catch {
      guard let blocked = create.blockedID, error.message.contains(blocked.words) else {
        throw error
      }
      var failure = OperationFailure(error)
      failure.isFinal = true
      failure.help = blocked.help
      throw failure
    }
  }

  /// Something is there already under the name of a create: right, or of another owner.
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

  /// Changes in place what differs.
  package func update(_ update: ShownUpdate) async throws -> OperationResult {
    try await repeated(label(updateMethod)) {
      let live = try await current(for: update)
      let isChanged = try await patch(update.spec, live)
      return OperationResult(detail: isChanged ? "" : "already so")
    }
  }

  /// The resource as it is now: still the one that the plan saw, with the values that the plan showed.
  package func current(for update: ShownUpdate) async throws -> LiveValue {
    let spec = heldHere(update.spec)
    guard let live = try await calls.read(address, for: spec), try isPresent(live) else {
      throw APIError(.notFound, label(updateMethod), "the \(rest.noun) is gone")
    }
    let differences = differences(spec, live)
    try precondition(update.shown).check(
      live, before: ShownUpdate(spec: spec, fields: update.fields, shown: update.shown),
      differences)
    return LiveValue(value: live, differences: differences)
  }

  /// Changes in place what differs; false where nothing does that an update takes.
  package func patch(_ spec: JSONObject, _ live: LiveValue) async throws -> Bool {
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
      for name in mask where body[name] == nil { body[name] = "" }
    }
    guard let call = rest.patch(address, body, mask: mask) else { throw impossible("changed") }
    try await send(call, update.answer)
    return true
  }

  // MARK: delete

  /// What is gone already is right. A 403 is never taken for absence.
  package func delete(shown: JSONValue, replacement: JSONObject?) async throws -> OperationResult {
    guard let delete = rest.delete else { throw impossible("deleted") }
    let label = label("delete")
    return try await repeated(label) {
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

  /// Undeletes it by its name and makes its fields match; or creates it where Google refuses because it is too late.
  package func undelete(
    uid: String?, _ spec: JSONObject, shown: JSONValue
  ) async throws -> OperationResult {
    if let refusal = try await refusalOfUndelete(shown) {
      return try await createInstead(
        spec, after: refusal, "Google did not undelete it: \(refusal.message)")
    }
    _ = try await update(
      ShownUpdate(spec: spec, fields: differences(heldHere(spec), shown), shown: shown))
    return OperationResult()
  }

  /// Undeletes it; the answer that says that it is too late for that, or nil where the resource is back.
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
        throw APIError(.notFound, label, "The deleted \(rest.noun) is gone.")
      }
      try precondition(shown).check(live, before: .undelete)
      guard try !isPresent(live) else { return }
      let body: JSONObject =
        undelete.sendsETag ? ["etag": .string(try etag(of: live, label))] : [:]
      guard let call = rest.method("undelete", address, body) else {
        throw impossible("undeleted")
      }
      try await send(call, undelete.answer, isPatient: false)
    }
  }

  /// Creates what Google no longer undeletes.
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

/// A resource as it was read and checked directly before a write.
package struct LiveValue {
  /// The server's answer.
  package var value: JSONValue
  /// What still differs from the written fields.
  package var differences: [FieldChange]
  /// Pairs an answer with what still differs.
  package init(value: JSONValue, differences: [FieldChange]) {
    self.value = value
    self.differences = differences
  }
}
