import Platform

/// Tokens that were found genuine, so that each is verified once and not with every request.
///
/// What is remembered holds for ever: that this secret or key signed exactly this text, and what the text says. Whether
/// it has expired, and whether its account, key and pool may still be used, is decided with every request.
final class VerifiedTokens<Content: Sendable>: Sendable {
  private struct Entry: Sendable {
    let signer: String
    let content: Content
  }

  private let entries = ReadWriteLock<[String: Entry]>([:])
  private let capacity: Int

  /// - Parameter capacity: the number of tokens; one more, and all are forgotten.
  init(capacity: Int = 256) { self.capacity = capacity }

  /// The content of a token that a secret or key signed; nil if it did not.
  ///
  /// - Parameters:
  ///   - signer: the secret or the public key, as text. Another one may be asked for the same token.
  ///   - verify: reads the token and checks that the signer signed it.
  func content(of token: String, from signer: String, verify: () -> Content?) -> Content? {
    if let known = entries.read({ $0[token] }), known.signer == signer { return known.content }
    // A token that is not genuine is not remembered: anyone can make up as many as he likes.
    guard let content = verify() else { return nil }
    entries.withLock { entries in
      if entries.count >= capacity { entries.removeAll(keepingCapacity: true) }
      entries[token] = Entry(signer: signer, content: content)
    }
    return content
  }
}
