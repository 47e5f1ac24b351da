import Crypto
import JSON
import SandboxIAM

/// The last part of a download address. It names one file of one repository, and only this sandbox can create it.
///
/// It is not a credential: a download needs the caller's permission as well. It differs for each redirect
/// (docs/sandbox.md#the-python-package-index).
struct DownloadToken: Sendable, Hashable {
  /// The package, normalized.
  let package: String
  let fileName: String
  /// SHA-256 of the content, so that a token does not lead to a file that was deleted and uploaded again.
  let sha256: String

  /// How long an address can be used, in seconds.
  static let lifetime: Int64 = 3600

  init(_ file: PackageFileRecord) {
    package = file.package
    fileName = file.fileName
    sha256 = file.sha256
  }

  /// The token for a repository. Base64 for URLs.
  ///
  /// - Parameters:
  ///   - repository: the resource name of the repository that was asked, which can be a virtual one.
  ///   - secret: the sandbox's secret for tokens.
  func text(for repository: String, nowSeconds: Int64, secret: [UInt8]) -> String {
    let payload: JSONValue = [
      "package": .string(package), "file": .string(fileName), "sha256": .string(sha256),
      "exp": .integer(nowSeconds + Self.lifetime), "nonce": .string(Hex.encode(randomBytes(8))),
    ]
    let bytes = payload.serialized()
    return Base64.urlEncode(Self.code(bytes, repository, secret) + bytes)
  }

  /// Nil if this sandbox did not create the token for this repository, or if it has expired.
  init?(_ text: String, for repository: String, nowSeconds: Int64, secret: [UInt8]) {
    guard let all = Base64.urlDecode(text), all.count > Self.codeSize else { return nil }
    let bytes = Array(all[Self.codeSize...])
    guard
      constantTimeEqual(Array(all[..<Self.codeSize]), Self.code(bytes, repository, secret)),
      // Parsed only now: after the code matched, the payload is the sandbox's own.
      let payload = try? JSONValue(parsing: bytes), let package = payload["package"]?.string,
      let fileName = payload["file"]?.string, let sha256 = payload["sha256"]?.string,
      let expires = payload["exp"]?.integer, nowSeconds < expires
    else { return nil }
    self.package = package
    self.fileName = fileName
    self.sha256 = sha256
  }

  private static let codeSize = 32

  /// The authentication code. Its key is derived, so that no token of another kind passes for a download address.
  private static func code(_ payload: [UInt8], _ repository: String, _ secret: [UInt8]) -> [UInt8] {
    let key = HMAC.code(Array("artifacts-downloads".utf8), secret)
    return HMAC.code(Array("\(repository)\n".utf8) + payload, key)
  }
}
