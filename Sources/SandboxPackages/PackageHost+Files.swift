import Crypto
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// Files: the links of the index, and the download addresses that they redirect to.
extension PackageHost {
  /// Redirects a link of the index to the address of the content.
  func link(
    to name: String, of package: String, at address: PackageAddress, _ gate: PackageGate,
    caller: inout Principal?
  ) throws(APIError) -> WireResponse {
    let package = PackageName.normalized(package) ?? ""
    let place = try admitted(gate, caller: &caller) { (view) throws(APIError) in
      let token = DownloadToken(try view.file(name, of: package)).text(
        for: view.repository.name, nowSeconds: Timestamps.seconds(view.now),
        secret: Self.secret(view.state))
      return address.downloadPath(of: view.repository, token: token)
    }
    return PackageAnswers.redirect(to: place)
  }

  /// The content of a file, from its download address. The caller needs the permission here, too: an address that
  /// leaked opens nothing.
  func download(
    _ token: String, _ gate: PackageGate, for request: WireRequest, caller: inout Principal?
  ) throws(APIError) -> WireResponse {
    let file = try admitted(gate, caller: &caller) { (view) throws(APIError) in
      guard
        let named = DownloadToken(
          token, for: view.repository.name, nowSeconds: Timestamps.seconds(view.now),
          secret: Self.secret(view.state))
      else { throw APIError(.notFound, "The download address is not valid, or not any more") }
      let file = try view.file(named.fileName, of: named.package)
      guard DownloadToken(file) == named else { throw RepositoryView.noFile(named.fileName) }
      return file
    }
    let stored = file.blob.isEmpty ? try fill(file) : file
    guard let content = blobs?.open(stored.blob) else {
      throw RepositoryView.noFile(file.fileName)
    }
    return PackageAnswers.file(stored, content, for: request)
  }

  /// Stores a file of the upstream in its remote repository, as the first download does. Returns the stored one, which
  /// another download may have stored meanwhile.
  private func fill(_ file: PackageFileRecord) throws(APIError) -> PackageFileRecord {
    guard let blobs, let pypi,
      let found = pypi.look().packages[file.package]?
        .first(where: { $0.name.fileName == file.fileName && $0.sha256 == file.sha256 })
    else { throw RepositoryView.noFile(file.fileName) }
    let blob: PartialBlob
    do throws(BlobError) {
      blob = try Self.copy(pypi.open(found), into: try blobs.create(), sha256: file.sha256)
      try blob.keep()
    } catch {
      throw APIError(.internal, "The sandbox could not store the file: \(error)")
    }
    var stored = file
    do throws(APIError) {
      try change { (state, now) throws(APIError) in
        guard let place = UpstreamPlace(name: file.repository, state),
          state.repository(project: place.project, location: place.location, id: place.id) != nil
        else {
          throw RepositoryView.noFile(file.fileName)
        }
        let made = found.record(in: file.repository, blob: blob.name, at: now)
        stored = state[PackageFileRecord.self][made.key] ?? made
        if stored.blob == blob.name { state.put(made) }
      }
    } catch {
      // After a failed commit it is not known whether the row exists. The next start decides by the store.
      if error.status != .internal { blobs.remove([blob.name]) }
      throw error
    }
    if stored.blob != blob.name { blobs.remove([blob.name]) }
    return stored
  }

  /// Copies a file, if its content still is what it was.
  private static func copy(
    _ content: FileContent?, into blob: PartialBlob, sha256: String
  ) throws(BlobError) -> PartialBlob {
    var hash = SHA256Stream()
    var problem: BlobError?
    let isWhole =
      content?.read { bytes in
        hash.update(bytes)
        do throws(BlobError) {
          if problem == nil { try blob.append(bytes) }
        } catch {
          problem = error
        }
      } ?? false
    if let problem { throw problem }
    guard isWhole, Hex.encode(hash.finish()) == sha256 else {
      throw BlobError(changed: "a file of the folder for PyPI")
    }
    return blob
  }

  private static func secret(_ state: State) -> [UInt8] {
    Base64.decode(state.meta.tokenSecret) ?? []
  }
}
