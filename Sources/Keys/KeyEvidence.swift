import CloudResources
import Crypto
import GoogleCloud
import Model

/// What is known of one key whose file is here, by asking for the key itself: lists lag, and prove nothing.
///
/// A key is dead when it cannot be read (404), nobody can sign in with it, and its file is no longer new.
struct KeyEvidence: Sendable {
  enum Verdict: Sendable, Hashable {
    case live(LiveKey)
    case dead
    /// It cannot be read, and that means nothing for so many seconds more: its file is new.
    case unseen(Int64)
  }

  let store: KeyStore
  let client: APIClient

  /// Asks for the key of a file. Throws where the answer does not say.
  func verdict(
    on held: KeyStore.Held, of key: DesiredKey
  ) async throws(APIError) -> Verdict {
    let (id, email, project) = (held.file.keyID, key.email, key.account.project)
    let call = ReadCalls.key(id: id, email: email, project: project)
    do throws(APIError) {
      let answer = try await client.call(call)
      let live = try LiveKey(read: answer, email: email, project: project, call.label)
      guard live.id == id else {
        throw APIError(.malformed, call.label, "the answer is not about what was asked for")
      }
      return .live(live)
    } catch {
      guard error.kind == .notFound else { throw error }
    }
    if try await signsIn(held, email) {
      return .live(
        LiveKey(
          id: id, isUploaded: key.origin == .uploaded, isDisabled: false, validAfter: nil,
          validBefore: nil))
    }
    let left = try await secondsUntilOld(held)
    return left == 0 ? .dead : .unseen(left)
  }

  /// The key of a file that names another server, where this one knows it: by its public key, which is what decides, or
  /// by a sign-in. Ids alone prove nothing across servers.
  func recognized(
    _ held: KeyStore.Held, of key: DesiredKey
  ) async throws(APIError) -> LiveKey? {
    let (id, email, project) = (held.file.keyID, key.email, key.account.project)
    let call = ReadCalls.key(id: id, email: email, project: project)
    do throws(APIError) {
      let answer = try await client.call(call)
      let live = try LiveKey(read: answer, email: email, project: project, call.label)
      let shown = LiveKey.publicHalf(of: answer).map { Hex.encode($0.fingerprint) }
      return live.id == id && shown == held.file.fingerprint ? live : nil
    } catch {
      guard error.kind == .notFound else { throw error }
    }
    guard try await signsIn(held, email) else { return nil }
    return LiveKey(
      id: id, isUploaded: key.origin == .uploaded, isDisabled: false, validAfter: nil,
      validBefore: nil)
  }

  private func signsIn(_ held: KeyStore.Held, _ email: String) async throws(APIError) -> Bool {
    let (endpoints, run) = (client.endpoints, client.run)
    let assertion = try await onDisk { (store) throws(KeyStoreError) in
      try store.assertion(at: held.path, email: email, endpoints: endpoints, run: run)
    }
    do {
      try await ServiceAccountSignIn.verify(
        assertion: assertion, email: email, endpoints: endpoints, run: run)
      return true
    } catch {
      // Only the endpoint's own word counts: RFC 6749 5.2, `invalid_grant`. It also says so of times that it does not
      // take, which says nothing about the key. Source: Google's "OAuth 2.0 for service accounts", JWT error codes:
      // "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and
      // exp values".
      guard error.kind == .unauthenticated, error.status == "invalid_grant",
        !error.message.contains("short-lived"), !error.message.contains("timeframe")
      else { throw error }
      return false
    }
  }

  /// How long a file is still too new for its key to be known everywhere; one of the future counts as old.
  private func secondsUntilOld(_ held: KeyStore.Held) async throws(APIError) -> Int64 {
    let modified = try await onDisk { (store) throws(KeyStoreError) in
      try store.modified(held.path)
    }
    let age = Int64(client.run.clock.now) - modified
    return age < 0 ? 0 : max(0, KeyDestination.patience - age)
  }

  private func onDisk<Value: Sendable>(
    _ body: @escaping @Sendable (KeyStore) throws(KeyStoreError) -> Value
  ) async throws(APIError) -> Value {
    let outcome = await onThread { [store] () -> Result<Value, KeyStoreError> in
      do throws(KeyStoreError) {
        return .success(try body(store))
      } catch {
        return .failure(error)
      }
    }
    do {
      return try outcome.get()
    } catch {
      throw APIError(.other, "the key directory", error.message)
    }
  }
}
