package import SandboxCalls
package import SandboxIAM
package import SandboxStore
package import SandboxWire

/// The service around the packages: it has the journal with its faults, and the state.
package protocol PackageHost: Sendable {
  /// A request that the journal has recorded.
  associatedtype AcceptedRequest: PackageRequest

  /// What stays the same while the server runs.
  var settings: Call.Settings { get }
  /// The content of package files; nil for a sandbox without a folder.
  var blobs: BlobStore? { get }
  /// The folder that stands for PyPI; nil if none does.
  var pypi: UpstreamFolder? { get }

  /// Records a request in the journal, and determines the fault that applies to it.
  func begin(_ request: WireRequest) -> AcceptedRequest

  /// Records how a request was answered, and returns the answer as its fault leaves it.
  func finish(
    _ accepted: AcceptedRequest, _ response: WireResponse, caller: Principal?
  ) -> WireResponse

  /// Logs a request that is not served.
  func logUnserved(_ request: WireRequest)

  /// Reads the state, at the time of the sandbox's clock.
  func look<Result: Sendable>(_ body: (State, Int64) -> Result) -> Result

  /// The same; nil if that would have to wait for the disk.
  func lookNow<Result: Sendable>(_ body: (State, Int64) -> Result) -> Result?

  /// Changes the state. On return the change is on disk; a throw undoes it.
  func change(_ body: (inout State, Int64) throws(APIError) -> Void) throws(APIError)
}

/// A request that its host has recorded.
package protocol PackageRequest: Sendable {
  /// The answer that replaces carrying the request out; nil if it is carried out.
  var replacement: WireResponse? { get }
}
