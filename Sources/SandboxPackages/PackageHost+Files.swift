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
    guard let content = blobs?.open(file.blob) else {
      throw RepositoryView.noFile(file.fileName)
    }
    return PackageAnswers.file(file, content, for: request)
  }

  private static func secret(_ state: State) -> [UInt8] {
    Base64.decode(state.meta.tokenSecret) ?? []
  }
}
