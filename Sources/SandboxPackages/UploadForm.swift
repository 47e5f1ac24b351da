import Crypto

/// The form that twine and uv send. Its file goes directly to a blob.
struct UploadForm: MultipartSink {
  /// The limit on all fields together, in bytes; the description is the long one.
  private static let maximumFields = 8 << 20

  let blob: PartialBlob
  /// The first value of each field.
  private(set) var fields: [String: String] = [:]
  /// The name of the uploaded file; nil before it arrives.
  private(set) var fileName: String?
  /// Why the disk refused the file. The rest of the form is then read and discarded.
  private(set) var failure: BlobError?
  private var hash = HashState()

  private enum Part { case field(String), content, ignored }
  private var part = Part.ignored
  private var value: [UInt8] = []
  private var fieldBytes = 0

  init(into blob: PartialBlob) { self.blob = blob }

  mutating func partBegins(name: String, fileName: String?) throws(MultipartError) {
    value = []
    guard let fileName else {
      part = .field(name)
      return
    }
    // Signatures and the like can arrive as further files. Artifact Registry does not use them.
    guard name == "content" else {
      part = .ignored
      return
    }
    guard self.fileName == nil else { throw MultipartError(message: "the form has two files") }
    self.fileName = fileName
    part = .content
  }

  mutating func partContinues(_ bytes: UnsafeRawBufferPointer) throws(MultipartError) {
    switch part {
    case .ignored: break
    case .field:
      fieldBytes += bytes.count
      guard fieldBytes <= Self.maximumFields else {
        throw MultipartError(message: "the fields of the form are longer than 8 MiB")
      }
      value.append(contentsOf: bytes)
    case .content:
      guard failure == nil else { return }
      hash.update(bytes)
      do throws(BlobError) { try blob.append(bytes) } catch { failure = error }
    }
  }

  mutating func partEnds() throws(MultipartError) {
    if case .field(let name) = part, fields[name] == nil {
      fields[name] = String(decoding: value, as: UTF8.self)
    }
    value = []
    part = .ignored
  }

  /// The SHA-256 of the file. Call it once, at the end.
  mutating func digest() -> String { hash.finish() }

  /// A field that is present and not empty.
  subscript(name: String) -> String? {
    fields[name].flatMap { $0.isEmpty || $0 == "UNKNOWN" ? nil : $0 }
  }
}

/// A running hash inside a type that can be copied; used by one owner.
private final class HashState {
  private var stream: SHA256Stream? = SHA256Stream()

  func update(_ bytes: UnsafeRawBufferPointer) { stream?.update(bytes) }

  func finish() -> String {
    guard let stream = stream.take() else { return "" }
    return Hex.encode(stream.finish())
  }
}
