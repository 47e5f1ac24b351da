import SandboxCalls
import SandboxIAM
import SandboxStore
package import SandboxWire
import Synchronization

/// An upload in progress: receives the body as it arrives and returns the answer at its end.
///
/// Used by one thread at a time. If it is released before the end, nothing remains.
final class UploadReceiver<Host: PackageHost>: BodyReceiver {
  private let sandbox: Host
  private let gate: PackageGate
  private let accepted: Host.AcceptedRequest
  private var parser: MultipartParser
  private var form: UploadForm
  private var problem: MultipartError?

  init(
    _ sandbox: Host, _ gate: PackageGate, accepted: Host.AcceptedRequest, boundary: String,
    into blob: PartialBlob
  ) {
    self.sandbox = sandbox
    self.gate = gate
    self.accepted = accepted
    parser = MultipartParser(boundary: boundary)
    form = UploadForm(into: blob)
  }

  /// After an error the rest is read and discarded, so that the client gets to reading the answer.
  func receive(_ bytes: UnsafeRawBufferPointer) {
    guard problem == nil else { return }
    do throws(MultipartError) {
      try parser.feed(bytes, into: &form)
    } catch {
      problem = error
    }
  }

  func finish() -> WireResponse {
    var caller: Principal?
    let response: WireResponse
    do throws(APIError) {
      try store(&caller)
      response = PackageAnswers.text(200, "")
    } catch {
      response = PackageAnswers.failure(error)
    }
    return sandbox.finish(accepted, response, caller: caller)
  }

  private func store(_ caller: inout Principal?) throws(APIError) {
    if let problem { throw .invalid("The form cannot be read: \(problem.message)") }
    guard parser.isComplete else { throw .invalid("The form ends before its last delimiter") }
    let digest = form.digest()
    // Again, since permissions or the repository may have changed while the body arrived.
    let target = try sandbox.uploadTarget(gate, &caller)
    let record = try UploadRules.record(
      form, digest: digest, repository: target.name, now: target.now)
    try sandbox.checkNew(record)
    do throws(BlobError) {
      try form.blob.keep()
    } catch {
      throw APIError(.internal, "The sandbox could not store the file: \(error)")
    }
    do throws(APIError) {
      try sandbox.insert(record, gate)
    } catch {
      // After a failed commit it is not known whether the row exists. The next start decides by the store.
      if error.status != .internal { sandbox.blobs?.remove([record.blob]) }
      throw error
    }
  }
}

/// Where an upload goes, or why it may not, and who the caller is, if that is known.
private struct UploadTarget: Sendable {
  let result: Result<(name: String, now: Int64), APIError>
  let caller: Principal?
}

/// Uploads, from their headers to their row.
extension PackageHost {
  /// How to handle the body of a request, decided when its headers are complete.
  package func plan(_ head: WireRequest) -> BodyPlan {
    guard head.method == "POST", settings.hosts.allows(host: head.host),
      let address = PackageAddress(head), address.target == .repository
    else { return .collect }
    let gate = PackageGate(head, at: address, permission: PackageGate.upload)
    let accepted = begin(head)
    if let response = accepted.replacement { return .refuse(response) }
    var caller: Principal?
    do throws(APIError) {
      // If it must wait for the disk, the end of the body is early enough: the thread has other connections, too.
      if let target = lookNow({ self.target(gate, $0, now: $1) }) {
        caller = target.caller
        _ = try target.result.get()
      }
      let type = HeaderParameters(head.headers["content-type"] ?? "")
      guard type.value == "multipart/form-data", let boundary = type["boundary"],
        (1...200).contains(boundary.utf8.count)
      else { throw .invalid("An upload is a form of type multipart/form-data") }
      guard let blobs else { throw APIError(.unavailable, "This sandbox stores no packages.") }
      return .stream(
        UploadReceiver(
          self, gate, accepted: accepted, boundary: boundary, into: try Self.blob(in: blobs)))
    } catch {
      let response = PackageAnswers.failure(error)
      return .refuse(finish(accepted, response, caller: caller))
    }
  }

  private static func blob(in blobs: BlobStore) throws(APIError) -> PartialBlob {
    do throws(BlobError) {
      return try blobs.create()
    } catch {
      throw APIError(.internal, "The sandbox could not store the file: \(error)")
    }
  }

  /// The repository for an upload: it has the right format and mode, and the caller may upload now.
  func uploadTarget(
    _ gate: PackageGate, _ caller: inout Principal?
  ) throws(APIError) -> (name: String, now: Int64) {
    let target = look { self.target(gate, $0, now: $1) }
    caller = target.caller
    return try target.result.get()
  }

  private func target(_ gate: PackageGate, _ state: State, now: Int64) -> UploadTarget {
    var caller: Principal?
    do throws(APIError) {
      let repository = try gate.admit(state, settings, now: now, caller: &caller)
      return UploadTarget(result: .success(try Self.target(repository, now)), caller: caller)
    } catch {
      return UploadTarget(result: .failure(error), caller: caller)
    }
  }

  private static func target(
    _ repository: RepositoryRecord, _ now: Int64
  ) throws(APIError) -> (name: String, now: Int64) {
    guard repository.fields.value["format"]?.string == "PYTHON" else {
      throw wrongFormat(repository)
    }
    let name = repository.name
    switch repository.fields.value["mode"]?.string {
    case "VIRTUAL_REPOSITORY":
      throw .invalid("Repository \"\(name)\" is virtual: upload to one of its upstreams")
    case "REMOTE_REPOSITORY":
      throw .invalid("Repository \"\(name)\" is remote: it only passes on its upstream's packages")
    default: return (name, now)
    }
  }

  /// Throws if the file exists: versions are immutable.
  func checkNew(_ file: PackageFileRecord) throws(APIError) {
    if look({ (state, _) in state[PackageFileRecord.self][file.key] != nil }) {
      throw Self.duplicate
    }
  }

  private static var duplicate: APIError { .invalid("Requested entity already exists.") }

  /// Adds the row, if everything that was checked at the start of the upload still holds.
  func insert(_ file: PackageFileRecord, _ gate: PackageGate) throws(APIError) {
    try change { (state, now) throws(APIError) in
      var caller: Principal?
      _ = try Self.target(try gate.admit(state, settings, now: now, caller: &caller), now)
      guard state[PackageFileRecord.self][file.key] == nil else { throw Self.duplicate }
      state.put(file)
    }
  }
}
