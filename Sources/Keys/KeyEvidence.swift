import CloudResources
import Crypto
import GoogleCloud
import Model

/// Decides whether a key whose file is on this machine is live, by a request for that key alone: lists lag
/// (docs/google-apis.md#eventual-consistency), so that a key which is missing in one may be live.
///
/// A key is dead when a GET answers 404, a sign-in with it fails, and its file is old enough that the server must know
/// the key.
struct KeyEvidence: Sendable {
  /// What the answers say about the key.
  enum Verdict: Sendable, Hashable {
    /// The server shows the key, or accepts a sign-in with it.
    case live(LiveKey)
    /// The server does not know the key. Only this verdict allows arctl to remove or to overwrite its file.
    case dead
    /// The key cannot be read, but its file is too new to conclude anything: ask again after so many seconds.
    case unseen(Int64)
  }

  let store: KeyStore
  let client: APIClient

  /// Asks the server for the key of a file. Throws if the answer leaves the question open.
  func verdict(
    on held: KeyStore.Held, of key: DesiredKey
  ) async throws(APIError) -> Verdict {
    let (id, email, project) = (held.file.keyID, key.email, key.account.project)
    let call = ReadCalls.key(id: id, email: email, project: project)
    do throws(APIError) {
      let answer = try await client.call(call)
      let live = try LiveKey(read: answer, email: email, project: project, call.label)
      // An answer about another key proves nothing about this one.
      guard live.id == id else {
        throw APIError(.malformed, label: call.label, "the answer is not about what was asked for")
      }
      return .live(live)
    } catch {
      guard error.kind == .notFound else { throw error }
    }
    // A 404 may come from a replica that lags. The token endpoint is another system: if it accepts the key, the key is
    // live. The sign-in says nothing about expiry, so both times stay unknown.
    if try await signsIn(held, email) {
      return .live(
        LiveKey(
          id: id, isUploaded: key.origin == .uploaded, isDisabled: false, validAfter: nil,
          validBefore: nil))
    }
    // Both said no. A key that was created a moment ago looks the same, so the age of the file decides.
    let left = try await secondsUntilOld(held)
    return left == 0 ? .dead : .unseen(left)
  }

  /// The key of a file that names another server, if this run's server knows it too: by the same public key, or by a
  /// sign-in. An equal id alone proves nothing, because two servers choose their ids independently.
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
    // Not found may be a replica that lags, so the sign-in decides, as in `verdict`.
    guard try await signsIn(held, email) else { return nil }
    return LiveKey(
      id: id, isUploaded: key.origin == .uploaded, isDisabled: false, validAfter: nil,
      validBefore: nil)
  }

  /// Whether the token endpoint accepts a sign-in with the key of a file. Throws if it does not decide.
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
      // Only `invalid_grant` (RFC 6749, 5.2) means that the key is unknown; a proxy's error or a time-out must never
      // make a live key look dead. The same code also refuses a JWT whose times are off, which says something about a
      // clock and nothing about the key (docs/google-apis.md#token-endpoints).
      guard error.kind == .unauthenticated, error.status == "invalid_grant",
        !error.message.contains("short-lived"), !error.message.contains("timeframe")
      else { throw error }
      return false
    }
  }

  /// How many seconds remain until the server must know the key of a file. A file with a time in the future counts as
  /// old: otherwise a wrong clock would block the key for as long as it is off.
  private func secondsUntilOld(_ held: KeyStore.Held) async throws(APIError) -> Int64 {
    let modified = try await onDisk { (store) throws(KeyStoreError) in
      try store.modified(held.path)
    }
    let age = Int64(client.run.clock.now) - modified
    return age < 0 ? 0 : max(0, KeyDestination.patience - age)
  }

  /// Runs a step of the key store off the pool, with its error as one of the API's.
  private func onDisk<Value: Sendable>(
    _ body: @escaping @Sendable (KeyStore) throws(KeyStoreError) -> Value
  ) async throws(APIError) -> Value {
    let outcome = await runBlocking { [store] () -> Result<Value, KeyStoreError> in
      do throws(KeyStoreError) {
        return .success(try body(store))
      } catch {
        return .failure(error)
      }
    }
    do {
      return try outcome.get()
    } catch {
      // Not one of the kinds that a server's answer leads to: an unreadable file must not pass for one.
      throw APIError(.other, label: "the key directory", error.message)
    }
  }
}
