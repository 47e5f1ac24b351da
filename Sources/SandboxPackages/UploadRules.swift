import Crypto
import SandboxStore
import SandboxWire

/// Checks a complete form, and converts it to a row.
enum UploadRules {
  /// - Parameter digest: the SHA-256 of the received file.
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
    try checkMD5(form)
    return PackageFileRecord(
      repository: repository, package: name.package, version: name.version.text,
      fileName: name.fileName, blob: form.blob.name, size: form.blob.size, sha256: digest,
      createTime: now, summary: form["summary"] ?? "",
      requiresPython: form["requires_python"] ?? "",
      displayName: form["name"] ?? name.package)
  }

  /// Checks the hash that older tools send in addition to SHA-256; the file is read again for it. (The third one,
  /// BLAKE2b with 32 bytes, is not checked: OpenSSL 3.0 does not have it, and all three are of the same file.)
  private static func checkMD5(_ form: UploadForm) throws(APIError) {
    guard let declared = form["md5_digest"]?.lowercased(), var hash = MD5Stream() else { return }
    let content = form.blob.content
    for start in stride(from: 0, to: content.size, by: 1 << 20) {
      let count = Int(min(1 << 20, content.size - start))
      guard let bytes = content.bytes(at: start, count: count) else {
        throw APIError(.internal, "The sandbox could not read the file again")
      }
      hash.update(bytes)
    }
    let found = Hex.encode(hash.finish())
    guard found != declared else { return }
    throw .invalid("The MD5 of the file is \(found), and the form's md5_digest says \(declared)")
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
