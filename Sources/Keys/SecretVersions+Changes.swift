import CloudResources
package import GoogleCloud
import JSON

/// What became of a change that needs the etag of what it changes.
package enum Compared<Value: Sendable & Hashable>: Sendable, Hashable {
  /// It was made; the value as it is now.
  case done(Value)
  /// Another process changed the value first, and nothing was written; the value as it is now, nil if it is gone.
  case overtaken(Value?)
}

extension SecretVersions {
  // MARK: The secret

  /// Replaces the annotations and the aliases of the secret, if it still has this etag.
  ///
  /// Both maps are complete: what is missing in them is removed.
  package func patch(
    annotations: [String: String], aliases: [String: Int], etag: String
  ) async throws(APIError) -> Compared<StoredSecret> {
    let body: JSONValue = [
      "annotations": Self.object(annotations.mapValues(JSONValue.string)),
      "versionAliases": Self.object(aliases.mapValues { .string("\($0)") }),
      "etag": .string(etag),
    ]
    let call = APICall(
      .secretManager, method: .patch, path: path(),
      query: [("updateMask", "annotations,versionAliases")], body: body, retry: .idempotentWrite,
      label: label("secrets.patch"), consumerProject: project)
    return try await compared(
      call, etag: etag, read: { () throws(APIError) in try await read() },
      parse: { (answer) throws(APIError) in try StoredSecret(answer, of: self, call) },
      currentETag: \.etag
    ) { $0.annotations == annotations && $0.aliases == aliases }
  }

  /// In the order of the keys, so that equal changes send equal bodies.
  private static func object(_ members: [String: JSONValue]) -> JSONValue {
    .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
  }

  // MARK: A version

  /// Destroys a version, if it still has this etag. A secret with a delay only sets the time; that is done, too.
  package func destroy(
    _ number: Int, etag: String
  ) async throws(APIError) -> Compared<StoredVersion> {
    let isDone = { (version: StoredVersion) in
      version.state == .destroyed || version.state == .disabled && version.isScheduledForDestruction
    }
    let call = APICall(
      .secretManager, method: .post, path: path("versions", "\(number)", verb: "destroy"),
      body: ["etag": .string(etag)], retry: .idempotentWrite, label: label("versions.destroy"),
      consumerProject: project)
    return try await compared(
      call, etag: etag,
      read: { () throws(APIError) in try await existing(number) },
      parse: { (answer) throws(APIError) in
        let version = try StoredVersion(answer, of: self, call, number: number)
        guard isDone(version) else {
          throw APIError(.malformed, label: call.label, "the version is in another state")
        }
        return version
      }, currentETag: \.etag, isDone: isDone)
  }

  private func existing(_ number: Int) async throws(APIError) -> StoredVersion? {
    do {
      return try await version(number)
    } catch {
      if error.kind == .notFound { return nil }
      throw error
    }
  }

  // MARK: Compare and set

  /// Makes a change with an etag. After an answer that leaves the outcome open, a read decides.
  ///
  /// A stale etag is 400 `FAILED_PRECONDITION` or 409 `ABORTED`: which one is not verified. The former can also mean
  /// something else, so only another etag, or words about the etag, prove that another process was first.
  private func compared<Value: Sendable & Hashable>(
    _ call: APICall, etag: String, read: () async throws(APIError) -> Value?,
    parse: (JSONValue) throws(APIError) -> Value, currentETag: (Value) -> String,
    isDone: (Value) -> Bool
  ) async throws(APIError) -> Compared<Value> {
    for round in 0..<CloudCalls.rounds {
      let (value, failure) = await attempt(call, parse)
      if let value { return .done(value) }
      // A malformed answer to a write may be that of a success.
      guard let failure,
        [.ambiguous, .malformed, .aborted, .failedPrecondition].contains(failure.kind)
      else { throw failure ?? APIError(.other, label: call.label, "there is no answer") }
      guard let now = try await read() else { return .overtaken(nil) }
      if isDone(now) { return .done(now) }
      if currentETag(now) != etag { return .overtaken(now) }
      // The value is as before. What was refused is not repeated: the server may only be late to show the other value.
      if failure.kind == .aborted || failure.message.lowercased().contains("etag") {
        return .overtaken(now)
      }
      guard failure.kind != .failedPrecondition, round < CloudCalls.rounds - 1 else {
        throw failure
      }
      try await calls.backOff(attempt: round, call.label)
    }
    throw APIError(.ambiguous, label: call.label, "arctl does not know whether it was changed")
  }

  /// Sends it once: the value in the answer, or why there is none.
  private func attempt<Value>(
    _ call: APICall, _ parse: (JSONValue) throws(APIError) -> Value
  ) async -> (Value?, APIError?) {
    do throws(APIError) {
      return (try parse(try await sent(call)), nil)
    } catch {
      return (nil, error)
    }
  }
}
