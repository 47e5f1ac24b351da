import Crypto
import SandboxStore
import SandboxWire

/// The checks of a form that arrived whole, and the row that it becomes.
enum UploadRules {
  /// - Parameter digest: the SHA-256 of what arrived.
  static func record(
    _ form: UploadForm, digest: String, repository: String, now: Int64
  ) throws(APIError) -> PackageFileRecord {
    if let failure = form.failure {
      throw APIError(.internal, "The sandbox could not store the file: \(failure)")
    }
    try checkProtocol(form)
    let name = try distribution(form)
    guard form.blob.size > 0 else { throw .invalid("The file is empty") }
    if let declared = form["sha256_digest"], declared.lowercased() != digest {
      throw .invalid(
        "The SHA-256 of the file is \(digest), and the form's sha256_digest says \(declared)")
    }
    try checkOldDigests(form)
    return PackageFileRecord(
      repository: repository, package: name.package, version: name.version.text,
      fileName: name.fileName, blob: form.blob.name, size: form.blob.size, sha256: digest,
      createTime: now, summary: form["summary"] ?? "",
      requiresPython: form["requires_python"] ?? "",
      metadata: name.kind == .wheel ? WheelMetadata.read(form.blob.content, of: name) : nil,
      displayName: form["name"] ?? name.package)
  }

  /// The hashes that some tools send beside SHA-256: the file is read again for those that were sent.
  private static func checkOldDigests(_ form: UploadForm) throws(APIError) {
    if let declared = form["md5_digest"]?.lowercased(), var hash = MD5Stream() {
      try read(form) { hash.update($0) }
      try compare(Hex.encode(hash.finish()), declared, "MD5", "md5_digest")
    }
    if let declared = form["blake2_256_digest"]?.lowercased() {
      var hash = Blake2b256()
      try read(form) { hash.update($0) }
      try compare(Hex.encode(hash.finish()), declared, "BLAKE2b-256", "blake2_256_digest")
    }
  }

  private static func compare(
    _ found: String, _ declared: String, _ hash: String, _ field: String
  ) throws(APIError) {
    guard found != declared else { return }
    throw .invalid("The \(hash) of the file is \(found), and the form's \(field) says \(declared)")
  }

  /// The file in pieces of a mebibyte.
  private static func read(
    _ form: UploadForm, _ take: ([UInt8]) -> Void
  ) throws(APIError) {
    let content = form.blob.content
    for start in stride(from: 0, to: content.size, by: 1 << 20) {
      let count = Int(min(1 << 20, content.size - start))
      guard let bytes = content.bytes(at: start, count: count) else {
        throw APIError(.internal, "The sandbox could not read the file again")
      }
      take(bytes)
    }
  }

  private static func checkProtocol(_ form: UploadForm) throws(APIError) {
    guard form[":action"] == "file_upload" else {
      throw .invalid("The form's :action must be file_upload")
    }
    guard form["protocol_version"] ?? "1" == "1" else {
      throw .invalid("The form's protocol_version must be 1")
    }
  }

  private static func distribution(_ form: UploadForm) throws(APIError) -> DistributionName {
    guard let fileName = form.fileName else { throw .invalid("The form has no file \"content\"") }
    guard let name = form["name"], let package = PackageName.normalized(name) else {
      throw .invalid("The form's name is not a package name: \"\(form["name"] ?? "")\"")
    }
    guard let text = form["version"], let version = PythonVersion(text) else {
      throw .invalid("The form's version is not a version (PEP 440): \"\(form["version"] ?? "")\"")
    }
    guard let found = DistributionName(fileName, package: package, version: version) else {
      throw .invalid(
        "The file name \"\(fileName)\" is not that of a wheel or source distribution of "
          + "\(package) \(version.text)")
    }
    if let type = form["filetype"], type != found.kind.rawValue {
      throw .invalid("The form's filetype is \(type), and the file name is that of a \(found.kind)")
    }
    return found
  }
}
