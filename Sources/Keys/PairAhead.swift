import Crypto
import Platform
import Synchronization

/// A key pair that is made while a run still waits for the server: the first new key then need not wait for it.
///
/// It is in memory only. OpenSSL wipes it if no key takes it before the executor has ended.
final class PairAhead: Sendable {
  private struct Progress {
    var isMaking = false
    var isTaken = false
  }

  private let progress = Monitor(Progress())
  private let pair = Mutex<RSAPrivateKey?>(nil)
  private let make: @Sendable () throws(CryptoError) -> RSAPrivateKey

  init(_ make: @escaping @Sendable () throws(CryptoError) -> RSAPrivateKey) { self.make = make }

  /// Begins to make it, if there is a thread for that.
  func begin() {
    progress.withLock { $0.isMaking = true }
    do throws(FileError) {
      try Threads.start { [self] in
        keep()
        end()
      }
    } catch {
      end()
    }
  }

  private func keep() {
    // What fails here is tried again by the one who needs the pair, and gets the error.
    guard let made = try? make() else { return }
    var kept: RSAPrivateKey? = consume made
    pair.withLock { swap(&$0, &kept) }
  }

  private func end() {
    progress.withLock { $0.isMaking = false }
    progress.signalAll()
  }

  /// The pair, for the first caller, once it is made. Others make their own. Blocks.
  func take() throws(CryptoError) -> RSAPrivateKey {
    let isFirst = progress.withLock { progress in
      defer { progress.isTaken = true }
      return !progress.isTaken
    }
    guard isFirst else { return try make() }
    progress.wait { $0.isMaking ? .wait(until: nil) : .found(()) }
    var taken: RSAPrivateKey?
    pair.withLock { swap(&$0, &taken) }
    if let taken { return taken }
    return try make()
  }
}

extension KeyStore {
  /// The same store, which makes the pair of the first new key from now on, beside whatever the run does until then.
  public func makingPairAhead() -> KeyStore {
    let ahead = PairAhead(makePair)
    ahead.begin()
    var store = self
    store.makePair = { () throws(CryptoError) in try ahead.take() }
    return store
  }
}
