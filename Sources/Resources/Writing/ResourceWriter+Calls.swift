package import CloudResources
package import GoogleCloud
package import JSON
package import Model

/// The steps that the writes of all kinds share.
extension ResourceWriter {
  /// The label of a call in messages: `iam.roles.patch p/role/publisher`.
  package func label(_ verb: String) -> String { rest.label(verb, address) }

  /// Google's name of the update method.
  package var updateMethod: String { rest.update?.method ?? "update" }

  func precondition(_ shown: JSONValue) -> Precondition {
    Precondition(address: address, rest: rest, schema: schema, shown: shown)
  }

  /// The remaining differences between the written fields and a live resource.
  package func differences(_ spec: JSONObject, _ live: JSONValue) -> [FieldChange] {
    SchemaDiff.changes(desired: spec, live: live, schema: schema)
  }

  /// The written fields that answers of this API can contain.
  package func heldHere(_ spec: JSONObject) -> JSONObject { spec.without(rest.foreignFields) }

  /// The written fields that create and update accept.
  package func takenByWrites(_ spec: JSONObject) -> JSONObject {
    spec.without(rest.foreignFields.union(rest.switchedFields))
  }

  /// Whether a live resource exists and is not soft-deleted. Throws if arctl does not know its state.
  func isPresent(_ live: JSONValue) throws(APIError) -> Bool {
    switch address.state(of: live) {
    case .present: return true
    case .softDeleted, .absent: return false
    case .unknown(let state): throw APIError(.malformed, label: "\(address)", state)
    }
  }

  /// The failure of a write that the kind does not support: `a role cannot be PARTICIPLE`.
  package func impossible(_ participle: String) -> OperationFailure {
    OperationFailure(
      .other, call: "\(address)", message: "a \(rest.noun) cannot be \(participle)")
  }

  /// Sends a write and waits for its end. Throws `ambiguous` if the answer is about something else.
  ///
  /// - Parameter isPatient: whether to wait until the server sees what this run has just created.
  package func send(
    _ call: APICall, _ answer: RESTResource.Answer, isPatient: Bool = true
  ) async throws(APIError) {
    let value =
      isPatient ? try await calls.call(call, on: address) : try await calls.client.call(call)
    switch answer {
    case .resource: try LiveAnswer.checkWrite(value, of: address, call)
    case .empty: try LiveAnswer.checkEmpty(value, call)
    case .operation(let version):
      let response = try await calls.wait(value, of: call, version: version)
      // Some operations end with an empty response, which names no resource to check.
      guard response["name"] != nil else { return }
      try LiveAnswer.checkWrite(response, of: address, call)
    }
  }

  /// Creates a named resource; after an ambiguous answer or a 409 a read decides the outcome.
  ///
  /// Returns nil if this call created it; otherwise the existing resource, to compare with `spec`.
  func createNamed(
    _ call: APICall, answer: RESTResource.Answer, spec: JSONObject
  ) async throws(APIError) -> JSONValue? {
    var isOurs = false
    for round in 0..<CloudCalls.rounds {
      do {
        try await send(call, answer)
        return nil
      } catch {
        switch error.kind {
        // The create may have succeeded, so a conflict in a later round can be about this run's own resource.
        case .ambiguous: isOurs = true
        case .alreadyExists:
          // A conflict proves that it exists: wait for a read that shows it.
          return try await isOurs
            ? calls.readCreated(address, for: spec) : existing(call, spec, after: error)
        default: throw error
        }
        if let live = try await calls.read(address, for: spec) { return live }
        if round == CloudCalls.rounds - 1 { throw error }
        try await calls.backOff(attempt: round, call.label)
      }
    }
    throw APIError(.ambiguous, label: call.label, "arctl does not know whether it was created")
  }

  /// The resource behind a conflict. Its name may be taken before a read shows it, so this waits a little.
  private func existing(
    _ call: APICall, _ spec: JSONObject, after refusal: APIError
  ) async throws(APIError) -> JSONValue {
    var pause = Pause(calls)
    while true {
      if let live = try await calls.read(address, for: spec) { return live }
      guard try await pause.wait(atMost: .seconds(20), call.label) else {
        throw APIError(
          .alreadyExists, label: call.label,
          "\(refusal.message); nothing of this name can be read, so it may be about another resource"
        )
      }
    }
  }

  /// The etag, without which a write could undo changes of others.
  func etag(of live: JSONValue, _ label: String) throws(APIError) -> String {
    guard let etag = live["etag"]?.string, !etag.isEmpty else {
      throw APIError(.malformed, label: label, "the answer has no etag; nothing was written")
    }
    return etag
  }

  /// Repeats an idempotent write after an ambiguous answer or a lost race: `attempt` reads and checks first, and
  /// writes only what is still missing.
  package func repeated<Value>(
    _ label: String, _ attempt: () async throws -> Value
  ) async throws -> Value {
    for round in 0..<CloudCalls.rounds - 1 {
      do {
        return try await attempt()
      } catch let error as APIError where mayBeRepeated(error) {
        try await calls.backOff(attempt: round, label)
      }
    }
    return try await attempt()
  }

  /// Whether another attempt, which reads again, can succeed.
  private func mayBeRepeated(_ error: APIError) -> Bool {
    error.kind == .ambiguous || error.kind == .aborted
      || rest.refusesStaleETagsAs400 && error.kind == .failedPrecondition
  }

  /// Whether a refused undelete means that its time is over, or that there is nothing left to undelete.
  ///
  /// For a purged resource Google answers 403 with the same text as for a missing permission. It proves the purge only
  /// to a caller that holds the permission.
  package func saysTooLate(_ error: APIError) async throws(APIError) -> Bool {
    switch error.kind {
    case .notFound, .invalidArgument, .failedPrecondition: return true
    case .permissionDenied:
      guard error.message.contains("may not exist") else { return false }
      return await calls.holds("\(rest.permission).undelete", in: address.project)
    case .notReachable, .tls, .refused, .unauthenticated, .serviceDisabled, .alreadyExists,
      .aborted, .rateLimited, .unavailable, .ambiguous, .malformed, .deadline, .cancelled, .other:
      return false
    }
  }
}

extension JSONObject {
  fileprivate func without(_ names: Set<String>) -> JSONObject {
    var rest = self
    for name in names { rest[name] = nil }
    return rest
  }
}
