package import SandboxCalls
package import SandboxIAM
package import SandboxStore
package import SandboxWire

/// The service that the packages are a part of: it keeps the journal with its faults, and the state.
package protocol PackageHost: Sendable {
  associatedtype Arrival: PackageArrival

  var settings: Call.Settings { get }
  /// The content of package files; nil in a sandbox without a folder.
  var blobs: BlobStore? { get }

  /// Notes a request in the journal, and finds out what strikes it.
  func begin(_ request: WireRequest) -> Arrival

  /// Notes how a request was answered, and gives the answer with its fault.
  func finish(
    _ arrival: Arrival, _ response: WireResponse, caller: Principal?
  ) -> WireResponse

  /// Tells people of a request that is not served.
  func logUnserved(_ request: WireRequest)

  /// Reads the state, at a time of the sandbox's clock.
  func look<Result: Sendable>(_ body: (State, Int64) -> Result) -> Result

  /// Changes the state; on return the change is on the disk, and after a throw it is undone.
  func change(_ body: (inout State, Int64) throws(APIError) -> Void) throws(APIError)
}

/// A request that its host has noted.
package protocol PackageArrival: Sendable {
  /// The answer in place of carrying it out.
  var instead: WireResponse? { get }
}
