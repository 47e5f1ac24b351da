import Diagnostics
import Manifests
import Model

extension ReferenceResolver {
  /// Reports an upstream that its virtual repository cannot serve: it must have the same location and format
  /// [WEB cloud.google.com/artifact-registry/docs/repositories/virtual-overview]. What a repository outside of the set
  /// holds is for Google to say.
  func checkUpstream(_ target: Address, _ reference: SourcedText, of manifest: Manifest) {
    guard !manifest.isAbsent, let location = manifest.location, target.names.count == 2 else {
      return
    }
    let name = "the upstream `\(target.id)`"
    let its = target.names[0]
    if its != location {
      sink.error(
        .fieldConflict, "\(name) is in `\(its)`, and the virtual repository in `\(location)`",
        at: reference.source, help: "a virtual repository serves repositories of its own location")
    }
    guard let other = index[target], let own = manifest.spec["format"]?.string,
      let format = other.spec["format"]?.string, format != own
    else { return }
    sink.error(
      .fieldConflict,
      "\(name) is of format `\(format.lowercased())`, and the virtual repository `\(own.lowercased())`",
      at: reference.source,
      related: [.init(other.position(of: "format"), "`\(format.lowercased())` is written here")],
      help: "a virtual repository serves repositories of its own format")
  }
}
