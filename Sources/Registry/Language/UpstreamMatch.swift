import Diagnostics
import Reconcile

extension ReferenceResolver {
  /// Reports an upstream in another location than its virtual repository, which its name says, declared or not
  /// [WEB cloud.google.com/artifact-registry/docs/repositories/virtual-overview].
  func checkLocation(ofUpstream target: Address, _ reference: SourcedText, of manifest: Manifest) {
    guard !manifest.isAbsent, let location = manifest.location, target.segments.count == 3,
      target.segments[1] != location
    else { return }
    sink.error(
      .badValue,
      "`\(target.id)` is in `\(target.segments[1])`, and `\(manifest.name)` serves `\(location)`",
      at: reference.source, help: "a virtual repository serves repositories of its own location")
  }
}
