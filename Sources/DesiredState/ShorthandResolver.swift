import Diagnostics
import Grammar
import Manifests
import Model

extension ReferenceResolver {
  /// The member that a shorthand stands for, and the resource that defines it; nil, reported, if there is not exactly
  /// one.
  func shorthand(
    _ shorthand: MemberShorthand, for reference: SourcedText, in referrer: Referrer
  ) -> ResolvedName? {
    var found: [ResolvedName] = []
    for manifest in index.identities + elsewhere.identities {
      guard let kind = manifest.kind.resource?.identityKind, let address = manifest.address else {
        continue
      }
      do throws(Problem) {
        let member = try kind.member(for: shorthand, of: address, with: manifest.spec)
        guard let member, !found.contains(where: { $0.text == member }) else { continue }
        found.append(ResolvedName(text: member, address: address))
      } catch {
        sink.report(error, as: .badMember, at: reference.source)
        return nil
      }
    }
    guard let first = found.first, let address = first.address else {
      reportUndefined(reference, in: referrer)
      return nil
    }
    guard found.count == 1 else {
      sink.error(
        .ambiguousReference, "`\(reference.text)` could be \(found.count) members",
        at: reference.source,
        help: "write one of: \(found.prefix(3).map(\.text).joined(separator: ", "))")
      return nil
    }
    // Another stack may define it: then its resource must exist, like the target of any other reference.
    _ = declaredOrExternal(address, for: reference, in: referrer)
    return first
  }

  private func reportUndefined(_ reference: SourcedText, in referrer: Referrer) {
    guard !referrer.isLost, !sink.hasLostDocuments, !index.hasUnsoundIdentities,
      !elsewhere.identities.contains(where: \.isUnsoundIdentity)
    else { return }
    let isPool = reference.text.hasPrefix("pool:")
    sink.error(
      .danglingReference,
      isPool
        ? "`\(reference.text)`: no document declares this pool"
        : "`\(reference.text)`: no provider with a `github` block has this owner",
      at: reference.source,
      help: isPool
        ? "declare a WorkloadIdentityPool, or write the whole member, `principalSet://iam.googleapis.com/projects/...`"
        : "declare a WorkloadIdentityPoolProvider with `github: {owner: ..., ownerId: ..., repositories: [...]}`"
    )
  }
}
