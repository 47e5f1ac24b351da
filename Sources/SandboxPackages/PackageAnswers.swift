import Crypto
import SandboxStore
import SandboxWire

/// Answers of the data plane: plain text for users, as pip and twine show it.
enum PackageAnswers {
  static func text(_ status: Int, _ text: String) -> WireResponse {
    WireResponse(
      status: status, headers: [("Content-Type", "text/plain; charset=utf-8")],
      body: Array(text.utf8))
  }

  /// An error of the control plane, in the form of the data plane: a line of plain text.
  static func failure(_ error: APIError) -> WireResponse {
    if let body = error.otherBody {
      return WireResponse(
        status: error.httpStatus, headers: [("Content-Type", "application/problem+json")],
        body: body.serialized())
    }
    guard error.status == .unauthenticated else {
      return text(error.httpStatus, "\(error.message)\n")
    }
    // The space is Google's (https://github.com/python-poetry/poetry/issues/7545).
    var response = text(401, "The request does not have valid authentication credentials. \n")
    // Without a challenge, pip asks neither its keyring nor its user.
    response.headers.append(("WWW-Authenticate", "Basic realm=\"Artifact Registry\""))
    return response
  }

  /// Google's page for an address that does not exist, without its styles
  /// (https://github.com/bazel-contrib/rules_python/issues/3826).
  static let noSuchPage = WireResponse(
    status: 404, headers: [("Content-Type", "text/html; charset=UTF-8")],
    body: Array(
      """
      <!DOCTYPE html>
      <html lang=en>
        <meta charset=utf-8>
        <title>Error 404 (Not Found)!!1</title>
        <p><b>404.</b> <ins>That’s an error.</ins>
        <p><ins>That’s all we know.</ins>

      """.utf8))

  static let unserved = text(
    404,
    "The sandbox serves uploads at /LOCATION-python.pkg.dev/PROJECT/REPOSITORY/, the index below "
      + "simple/ there, and files at PACKAGE/FILE.")

  /// The permanent redirect to the normal spelling of an address.
  static func moved(to place: String) -> WireResponse {
    var response = text(301, "Moved to \(place)")
    response.headers.append(("Location", place))
    return response
  }

  /// The redirect from a file's link to its download address.
  static func redirect(to place: String) -> WireResponse {
    WireResponse(status: 307, headers: [("Location", place)], body: [])
  }

  static func notAllowed(_ methods: String) -> WireResponse {
    var response = text(405, "This takes \(methods) only.")
    response.headers.append(("Allow", methods))
    return response
  }

  /// An index page, or 304 if the client has it. That of a repository has one form, whatever the client accepts.
  static func page(
    _ body: [UInt8], type: String = "text/html; charset=utf-8", for request: WireRequest
  ) -> WireResponse {
    let tag = "\"\(Hex.encode(Array(SHA256.hash(body).prefix(16))))\""
    let headers = [("Content-Type", type), ("ETag", tag)]
    if Validators.matches(request.headers["if-none-match"], tag) {
      return WireResponse(status: 304, headers: headers, body: [])
    }
    return WireResponse(status: 200, headers: headers, body: body)
  }

  /// A file, a range of it, or 304 if the client has it. Ranges are served, but no header says so: HEAD shows clients
  /// nothing that they could rely on (https://github.com/astral-sh/uv/issues/18998).
  static func file(
    _ file: PackageFileRecord, _ content: FileContent, for request: WireRequest
  ) -> WireResponse {
    let tag = "\"\(file.sha256)\""
    var headers = [
      ("Content-Type", "application/octet-stream"), ("ETag", tag),
      ("Last-Modified", Timestamps.httpDate(file.createTime)),
    ]
    if Validators.matches(request.headers["if-none-match"], tag) {
      return WireResponse(status: 304, headers: headers, body: [])
    }
    // A range of another version would be appended to the wrong file, so a stale `If-Range` gets the whole.
    let condition = request.headers["if-range"]
    let isAsked = request.method == "GET" && (condition == nil || condition == tag)
    switch ByteRange(isAsked ? request.headers["range"] : nil, of: content.size) {
    case .whole:
      return WireResponse(
        status: 200, headers: headers, body: [],
        file: .init(content: content, range: 0..<content.size))
    case .part(let range):
      headers.append(
        ("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(content.size)"))
      return WireResponse(
        status: 206, headers: headers, body: [], file: .init(content: content, range: range))
    case .unsatisfiable:
      headers.append(("Content-Range", "bytes */\(content.size)"))
      return WireResponse(status: 416, headers: headers, body: [])
    }
  }
}

/// The range that a Range header requests. A request for several ranges gets the whole file.
enum ByteRange: Sendable, Hashable {
  case whole
  case part(Range<Int64>)
  case unsatisfiable

  init(_ header: String?, of size: Int64) {
    self = .whole
    guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return }
    let ends = header.dropFirst(6).split(
      separator: "-", maxSplits: 1, omittingEmptySubsequences: false
    ).map { String($0).trimmingSpaces() }
    guard ends.count == 2, ends.allSatisfy({ $0.isEmpty || Int64($0) ?? -1 >= 0 }) else { return }
    switch (Int64(ends[0]), Int64(ends[1])) {
    case (nil, let last?):
      self = last > 0 && size > 0 ? .part(max(0, size - last)..<size) : .unsatisfiable
    case (let first?, let last):
      if let last, last < first { return }
      self = first < size ? .part(first..<(min(last ?? size, size - 1) + 1)) : .unsatisfiable
    case (nil, nil): return
    }
  }
}

/// Conditional requests.
enum Validators {
  /// Whether an If-None-Match header contains the tag.
  static func matches(_ header: String?, _ tag: String) -> Bool {
    (header ?? "").split(separator: ",").contains { part in
      let one = String(part).trimmingSpaces()
      return one == tag || one == "W/\(tag)" || one == "*"
    }
  }
}
